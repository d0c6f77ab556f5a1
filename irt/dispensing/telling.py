"""What every report of a mishap does: check the day, note the deviation, lay the row that stays open to its end."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from sqlalchemy import Row

from irt.actor import Role
from irt.conduct import deviations
from irt.dispensing.allowance import ask_for_word
from irt.dispensing.counting import latest_count
from irt.dispensing.planned import randomized_on
from irt.dispensing.replacing import NOT_WANTED, Replaced
from irt.dispensing.tables import Dose, Mishap
from irt.entropy import new_id
from irt.gate.act import Act
from irt.participants.visits import local_day
from irt.randomization.tables import Randomization
from irt.supply.tables import Movement

YesNo = Literal["yes", "no"]
AWAITED = frozenset({"wrong_kit", "lost", "damaged"})  # kinds of mishap that end with the box
DEVIATIONS: Mapping[str, deviations.Kind] = {
    "wrong_kit": "wrong_kit",
    "not_handed_over": "kit_not_handed_over",
    "lost": "kit_lost",
    "damaged": "kit_damaged",
    "elsewhere": "kit_elsewhere",
}


def require_past(act: Act, happened_on: date, site: str, field: str = "happened_on") -> None:
    """Refuse a day that has not come at the site."""
    today = local_day(act.now, act.study.site(site).time_zone)
    if happened_on > today:
        act.refuse("date_in_future", field=field, value=happened_on.isoformat(), today=today.isoformat())


def require_day(
    act: Act,
    on: date,
    site: str,
    *,
    participant: Row[Any] | None = None,
    kit: Row[Any] | None = None,
    since: date | None = None,
) -> None:
    """Refuse a day on which it cannot have happened: date_in_future, date_too_early.

    Nothing happens to a box before it came to a site, and nothing to a participant before their randomization; `since`:
    nor before that day, where the box was in somebody's hands only then.
    """
    require_past(act, on, site)
    zone = act.study.site(site).time_zone
    lines = act.rows(Movement, kit=kit.number) if kit is not None else []
    days = [local_day(line.moved_at, zone) for line in lines if line.before == "in_transit"][:1]
    if participant is not None and act.seek(Randomization, participant=participant.id) is not None:
        days.append(randomized_on(act, participant))
    earliest = max([*days, *filter(None, [since])], default=on)
    if on < earliest:
        act.refuse("date_too_early", field="happened_on", value=on.isoformat(), earliest=earliest.isoformat())


def require_unused(act: Act, kit: Row[Any]) -> None:
    """Refuse to say of a kit that it never left, when doses or a count are recorded from it."""
    doses = sorted(f"{row.taken_on}" for row in _standing_doses(act, kit))
    if doses:
        act.refuse("kit_doses_recorded", kit=kit.number, days=doses)
    if latest_count(act, kit.number) is not None:
        act.refuse("kit_counted_already", kit=kit.number)


def _standing_doses(act: Act, kit: Row[Any]) -> list[Row[Any]]:
    last: dict[tuple[str, str, int], Row[Any]] = {}
    for holder in {row.participant for row in act.rows(Dose, kit=kit.number)}:
        for row in sorted(act.rows(Dose, participant=holder), key=lambda row: int(row.revision)):
            last[holder, row.kind, row.number] = row
    return [row for row in last.values() if row.kit == kit.number]


def awaited(mishap: Any) -> bool:
    """Whether the box that was told of may still come back: it is with somebody, or lost."""
    return mishap.kind in AWAITED and mishap.box in ("with_participant", "lost")


def settle(act: Act, kit: str, box: str) -> None:
    """Whatever was told of a box that was with somebody, or lost, goes on to where the box is now."""
    for row in act.rows(Mishap, lock=True, kit=kit):
        if row.box == "with_participant" or awaited(row):
            act.change(Mishap, row, box=box)


def tell(
    act: Act,
    kind: str,
    participant: Row[Any] | None,
    *,
    site: str,
    kit: str | None,
    visit: str | None,
    happened_on: date,
    told: str,
    box: str,
    instead_of: str | None = None,
    replaced: Replaced = NOT_WANTED,
    card: str | None = None,
) -> str:
    """Note the deviation at the participant's site and lay the mishap at the site where it happened; answers its id.

    A box that nobody was to get concerns no participant: the deviation is the site's, and of nobody's treatment.
    """
    facts = {"kit": kit, "instead_of": instead_of, "visit": visit, "on": happened_on.isoformat()}
    home, whose = (participant.site, participant.id) if participant is not None else (site, None)
    if site != home:
        facts["at"] = site
    mishap = new_id(act.entropy)
    deviation = deviations.note(
        act,
        DEVIATIONS[kind],
        site=home,
        participant=whose,
        subject=f"{whose or site}/{kit}/{mishap}",  # the same box again is another event
        happened_on=happened_on,
        facts={name: value for name, value in facts.items() if value is not None},
        told=told,
    )
    _send(act, site, participant, visit)
    return act.add(
        Mishap,
        id=mishap,
        participant=whose,
        site=site,
        kind=kind,
        visit=visit,
        kit=kit,
        instead_of=instead_of,
        happened_on=happened_on,
        told=told,
        box=box,
        replacement=replaced.state,
        replacement_kit=replaced.kit,
        card=card,
        deviation=deviation,
        reported_by=act.actor.account,
        reported_at=act.now,
    )


def _send(act: Act, site: str, participant: Row[Any] | None, visit: str | None) -> None:
    audience = {Role.MONITOR, Role.TRIAL_MANAGER}
    if participant is None:
        act.send("mishap.in_stock", audience=audience, site=site)
        return
    act.send(
        "mishap.told", audience=audience, site=site, participant=participant.id, number=participant.screening_number
    )
    ask_for_word(act, participant, visit, site)
