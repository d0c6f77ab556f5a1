"""A participant of one site comes to another: known by the two numbers of their card, served from the shelf there.

The assignment belongs to the home site, whose books go on; the box stands where the participant is, until it is handed
over, or not collected. Whoever serves here is let in to the home site for this one act, by the card, or by the mishap
that it opened.
"""

from datetime import date
from typing import Any, Literal

from sqlalchemy import Row, bindparam, select

from irt.actor import Role
from irt.conduct.open import require_open
from irt.dispensing.counting import given_on
from irt.dispensing.dispense import CARE, hand_out, hindrance, require_on_treatment, set_aside
from irt.dispensing.expected import expected_until, took_place
from irt.dispensing.guests import follow, home_of, put_by, require_none_away
from irt.dispensing.lost import give_up, place_of
from irt.dispensing.planned import plan_of, today_at
from irt.dispensing.replacing import NOT_WANTED, Replaced, on_treatment
from irt.dispensing.tables import Mishap, PassedOn
from irt.dispensing.telling import require_day, require_past, tell
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, KitNumber, Number, Reason, Text
from irt.gate.rows import table_of
from irt.participants.tables import Participant
from irt.participants.visits import visit_on
from irt.randomization.tables import Randomization
from irt.supply import assigning, ledger
from irt.supply.tables import Assignment, Kit

_person, _done = table_of(Participant), table_of(Randomization)
BY_CARD = (
    select(_person.c.id, _person.c.site, _done.c.randomized_at)
    .select_from(_person.join(_done, _done.c.participant == _person.c.id))
    .where(_person.c.screening_number == bindparam("screening"), _done.c.number == bindparam("number"))
)
SERVED = frozenset({"set_aside", "being_sent", "to_be_allowed", "to_ask"})  # a kit waits here, or is still to be found


class Elsewhere(Order):
    """Who came, by the emergency card, to which site; and what became of the box that they had, where it is gone.

    `kit`: that box, where its number is known; else it is the one that they were last given. `used`: how many of its
    vials were injected before.
    """

    site: Code
    screening_number: Code
    randomization_number: Code
    happened_on: CalendarDay
    gone: Literal["no", "lost", "damaged"] = "no"
    kit: KitNumber | None = None
    used: Number | None = None
    told: Text


class HandOverElsewhere(Order):
    """The box in hand, as its number was scanned."""

    mishap: Code
    kit: KitNumber
    reason: Reason | None = None  # why, where the visit's window has passed since the kit was set aside


class NotCollected(Order):
    """The box that was not collected, scanned where it stands, and why; no box where none is set aside."""

    mishap: Code
    kit: KitNumber | None = None
    reason: Reason


@act("mishap.elsewhere", roles=CARE)
def elsewhere(act: Act, order: Elsewhere) -> str:
    """Set the due visit's kit aside on this site's shelf for a participant of another; answers the mishap.

    Told again, the same mishap, and as long as a kit waits here the same kit. A box that was set aside at home stays
    there and is given to nobody. Where the box that they had is gone, that is told at home too, and the kit is for the
    visit that it was for, or for the one that is due by now. Refused: not_found (the site), card_unknown,
    date_in_future, date_too_early, kit_not_theirs, kit_number_needed, kit_not_at_hand, used_missing, used_too_many,
    visit_none_due, visit_has_its_kit, kit_being_sent, kit_waits_elsewhere, and where dispensing is not open here.
    """
    if act.sites is not None and order.site not in act.sites:
        act.refuse("not_found", what="site")
    act.about(site=order.site)
    require_past(act, order.happened_on, order.site)
    participant = _by_card(act, order)
    box = _theirs(act, participant, order)
    since = given_on(act, box, participant.site) if box else None
    require_day(act, order.happened_on, order.site, participant=participant, since=since)
    was_for = _give_up(act, participant, order, box) if box else None
    served = _served(act, participant, order.site)
    visit, latest = _due(act, participant, {row.replacement_kit for row in served})
    require_on_treatment(act, participant, visit)
    given = assigning.latest(act, participant.id, visit)
    waiting = [row for row in served if given is not None and _waits(row, given)]
    if waiting:
        replaced = Replaced("set_aside", waiting[0].replacement_kit)
    else:
        replaced = _from_here(act, participant, visit, latest, order.site, given)
    if box:
        tell(
            act, order.gone, participant, site=participant.site, kit=box.number, visit=was_for,
            happened_on=order.happened_on, told=order.told, box=place_of(order.gone, box.state),
            replaced=replaced if was_for == visit else NOT_WANTED,
        )  # fmt: skip
    if waiting:
        return str(waiting[0].id)
    if replaced.kit is not None:
        act.send(
            "mishap.elsewhere", audience={Role.COORDINATOR}, site=participant.site, participant=participant.id,
            number=participant.screening_number, at=order.site,
        )  # fmt: skip
    before = given.kit if given is not None else None
    return _told_before(act, participant, order.site, visit, replaced) or tell(
        act, "elsewhere", participant, site=order.site, kit=replaced.kit or before, visit=visit,
        happened_on=order.happened_on, told=order.told, box="at_site", replaced=replaced,
        card=f"{participant.screening_number} · {order.randomization_number}",
    )  # fmt: skip


@act("mishap.hand_over_elsewhere", roles={Role.PHARMACIST})
def hand_over_elsewhere(act: Act, order: HandOverElsewhere) -> None:
    """Hand the scanned box over; from now on it is in the books of the participant's own site, and these say so.

    Refused as kit.hand_over is: any box but the one that was set aside, in the same words.
    """
    mishap, participant = _guest(act, order.mishap)
    if mishap.replacement not in ("set_aside", "handed_over"):
        act.refuse("visit_not_assigned", visit=mishap.visit)
    if mishap.replacement_kit != order.kit:
        act.refuse("not_the_assigned_kit")
    if mishap.replacement == "handed_over":
        return
    hand_out(act, participant, mishap.visit, order.kit, here=mishap.site, reason=order.reason)
    follow(act, order.kit, mishap.visit, "handed_over", order.kit)
    act.change(Mishap, act.find(Mishap, id=mishap.id), box="with_participant")
    kit = act.find(Kit, number=order.kit)
    act.add(
        PassedOn, kit=kit.number, site=mishap.site, mishap=mishap.id, lot=kit.lot, expiry=kit.expiry, vials=kit.vials,
        passed_at=act.now, passed_by=act.actor.account,
    )  # fmt: skip


@act("mishap.not_collected", roles={Role.PHARMACIST}, reason=True)
def not_collected(act: Act, order: NotCollected) -> None:
    """The participant of another site did not collect the kit: it is never given, and waits to be destroyed or sent
    back. Their own site may set another aside, and is told.

    Refused: not_found, visit_not_assigned (nothing waits), not_the_assigned_kit (also when none was scanned).
    """
    mishap, participant = _guest(act, order.mishap)
    if mishap.replacement not in SERVED:
        act.refuse("visit_not_assigned", visit=mishap.visit)
    if mishap.replacement_kit != order.kit:
        act.refuse("not_the_assigned_kit")
    if mishap.replacement_kit is None:
        act.change(Mishap, mishap, replacement="not_collected")
    else:
        put_by(act, participant, act.find(Assignment, kit=mishap.replacement_kit))
    act.send(
        "mishap.not_collected", audience={Role.COORDINATOR}, site=participant.site, participant=participant.id,
        number=participant.screening_number, at=mishap.site,
    )  # fmt: skip


def _guest(act: Act, mishap: str) -> tuple[Row[Any], Row[Any]]:
    """What was told of a participant of another site, who is locked before it."""
    known = act.find(Mishap, id=mishap, lock=False)
    if known.kind != "elsewhere":
        act.refuse("not_found", what="mishap")
    act.admit(home_of(act, known.participant))
    participant = act.find(Participant, id=known.participant)
    return act.find(Mishap, id=mishap), participant


def _by_card(act: Act, order: Elsewhere) -> Row[Any]:
    """The participant of another site whose two numbers these are; one refusal for all that does not fit."""
    found = act.select(BY_CARD, screening=order.screening_number, number=order.randomization_number)
    if len(found) != 1 or found[0].site == order.site:
        act.refuse("card_unknown")
    act.admit(found[0].site)
    participant = act.find(Participant, id=found[0].id)
    if not on_treatment(act, participant):
        act.refuse("card_unknown")
    return participant


def _theirs(act: Act, participant: Row[Any], order: Elsewhere) -> Row[Any] | None:
    """The box in their hands that is gone; None where none is, or where that was told before."""
    if order.gone == "no":
        return None
    number = order.kit or _last_given(act, participant)
    if number is None:
        act.refuse("kit_number_needed", participant=participant.screening_number)
    kit = act.seek(Kit, number=number)
    if order.kit is not None and (kit is None or kit.participant != participant.id):
        act.refuse("kit_not_theirs", kit=order.kit, participant=participant.screening_number)
    if kit is None or kit.state in ("lost", "damaged") or _told_damaged(act, participant, kit):
        return None
    if kit.state not in ledger.AT_HOME:
        act.refuse("kit_not_at_hand", kit=kit.number, state=kit.state)
    return kit


def _told_damaged(act: Act, participant: Row[Any], kit: Row[Any]) -> bool:
    """Whether the box, still in their hands until it is brought back, was told of as damaged before."""
    return bool(act.rows(Mishap, kit=kit.number, kind="damaged", participant=participant.id))


def _last_given(act: Act, participant: Row[Any]) -> str | None:
    """The kit that they were last given, whichever waits for them since; None where none is in their hands.

    One of which that was told before is the last that they had, too: told again, it is not another.
    """
    visits = [one.id for one in act.study.dispensing_visits]
    rows = [
        row for row in act.rows(Assignment, lock=True, participant=participant.id) if row.handed_over_at is not None
    ]
    for row in sorted(rows, key=lambda row: (visits.index(row.visit), row.ordinal), reverse=True):
        kit = act.find(Kit, number=row.kit, lock=False)
        if row.state == "handed_over" or (kit.participant == participant.id and kit.state == "lost"):
            return str(row.kit)
        if _told_damaged(act, participant, kit):
            return str(row.kit)
    return None


def _give_up(act: Act, participant: Row[Any], order: Elsewhere, box: Row[Any]) -> str | None:
    """The box that they had is lost or damaged, in the books of their own site; answers the visit that it was for."""
    ledger.lock_shelf(act, order.site)
    kit = act.find(Kit, number=box.number)
    return give_up(act, participant, kit, order.gone, used=order.used, on=order.happened_on, told=order.told)


def _due(act: Act, participant: Row[Any], waiting: set[str]) -> tuple[str, date]:
    """The visit that a kit may be given for today, and until when.

    It is the one whose window holds the day; else one whose kit is gone, as long as that may be replaced: none was set
    aside instead yet, or that waits here, or at home.
    """
    window = visit_on(plan_of(act, participant), today_at(act, participant.site))
    visits = [one.id for one in act.study.dispensing_visits]
    asked = [
        one
        for one in visits
        if (window is not None and one == window.visit) or _is_owed(act, participant, one, waiting)
    ]
    found = [(one, until) for one in asked if (until := expected_until(act, participant, one)) is not None]
    if not found:
        act.refuse("visit_none_due")
    return found[-1]


def _is_owed(act: Act, participant: Row[Any], visit: str, waiting: set[str]) -> bool:
    """Whether a visit, early or late as it may be, is owed a kit: its own is gone, or waits."""
    given = assigning.latest(act, participant.id, visit)
    if given is None or given.state == "handed_over":
        return False
    return given.state == "void" or given.kit in waiting or took_place(act, participant, visit)


def _served(act: Act, participant: Row[Any], here: str) -> list[Row[Any]]:
    """What was told of a participant at this site and has not come to its end: a kit waits, or is still to be found."""
    told = act.rows(Mishap, lock=True, participant=participant.id, site=here, kind="elsewhere")
    return [row for row in told if row.replacement in SERVED]


def _waits(told: Row[Any], given: Row[Any]) -> bool:
    """Whether the kit of a visit waits here, as was told."""
    return bool(given.state == "assigned" and told.replacement == "set_aside" and told.replacement_kit == given.kit)


def _from_here(
    act: Act, participant: Row[Any], visit: str, latest: date, here: str, given: Row[Any] | None
) -> Replaced:
    """Set a kit of this shelf aside, instead of the one that was set aside at home.

    Where a second person is to allow it first, that is told and not refused: they would not know of it otherwise.
    """
    require_none_away(act, participant, here)
    require_open(act, here, "dispensing")
    ledger.lock_shelf(act, here)
    left = _leave_at_home(act, participant, given, here) if given is not None and given.state != "void" else None
    if hindrance(act, participant, visit, latest, here) == "to_be_allowed":
        found = Replaced("to_be_allowed")
    else:
        found = Replaced("set_aside", set_aside(act, participant, visit, latest, here).kit)
    if left is not None:
        follow(act, left, visit, found.state, found.kit)
    return found


def _leave_at_home(act: Act, participant: Row[Any], given: Row[Any], here: str) -> str | None:
    """The box set aside at home is not given to anybody; one that was handed over is the visit's kit.

    One that stands set aside here already is the answer.
    """
    kit = act.seek(Kit, lock=True, number=given.kit)
    if given.state in ("assigned", "cancelled") and kit is not None and kit.site == here:
        return None
    if given.state == "handed_over" or kit is None or kit.state != "assigned":
        act.refuse("visit_has_its_kit")
    ledger.move(act, kit, "not_dispensed", site=kit.site, participant=participant.id)
    assigning.make_void(act, given)
    return str(kit.number)


def _told_before(act: Act, participant: Row[Any], here: str, visit: str, found: Replaced) -> str | None:
    """What was told here of the same visit goes on with what was found, and is the answer; of another visit, it
    ends."""
    goes_on = None
    for row in _served(act, participant, here):
        if row.visit == visit:
            act.change(Mishap, row, replacement=found.state, replacement_kit=found.kit)
            goes_on = str(row.id)
        else:
            act.change(Mishap, row, replacement="not_collected")
    return goes_on
