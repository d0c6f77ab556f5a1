"""A participant has a box that was not set aside for them. What it holds is nobody's question: the steps are the same.

The steps may come in any order: told before or after the right box was given, before or after the wrong one came back.
It may have been any box of the site: also one that somebody had brought back, or that was missed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row

from irt.dispensing.agreement import compare_diary
from irt.dispensing.counting import as_it_left, count_vials, hold_people, latest_count
from irt.dispensing.dispense import CARE
from irt.dispensing.guests import admit_guest, follow, give_up, quarantine, require_from_here
from irt.dispensing.replacing import replace
from irt.dispensing.telling import YesNo, require_day, require_unused, settle, tell
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, KitNumber, Text
from irt.gate.refusals import RaceLost
from irt.participants.tables import Participant
from irt.supply import assigning, ledger, quarantining
from irt.supply.tables import Assignment, ExposedKit, Kit, Lot, Quarantine

BACK = frozenset({"returned", "reconciled"})
MEANT = frozenset({"assigned", "dispensed"})  # for somebody, who has not got it after all
AT_HAND = BACK | MEANT | {"available", "not_dispensed", "quarantined", "damaged", "expired", "missing", "lost"}


class WrongKit(Order):
    """Which box a participant has, as its label says, instead of the one for the visit.

    `box`: where it is now; `recovered` means back and unopened. `right_box`: where the one set aside for the visit is.
    """

    participant: Code
    visit: Code
    kit: KitNumber
    happened_on: CalendarDay
    box: Literal["with_participant", "recovered"]
    right_box: Literal["at_site", "with_participant", "not_known"]
    replace: YesNo
    told: Text


@act("mishap.wrong_kit", roles=CARE)
def wrong_kit(act: Act, order: WrongKit) -> str:
    """Put the books right about a box in the wrong hands; answers the mishap.

    The box is the participant's from now on; whoever it was meant for may be given another, and whoever had it before
    keeps what was counted then. Refused: not_found, date_in_future, date_too_early, visit_unknown, kit_is_theirs,
    kit_not_at_hand, kit_doses_recorded, kit_counted_already, kit_passed_on.
    """
    participant = act.find(Participant, id=order.participant, lock=False)
    if order.visit not in {one.id for one in act.study.dispensing_visits}:
        act.refuse("visit_unknown", visit=order.visit, known=[one.id for one in act.study.dispensing_visits])
    people = _whose(act, participant, order.kit)
    participant = people[participant.id]
    ledger.lock_shelf(act, participant.site)
    right = assigning.latest(act, participant.id, order.visit)
    kit = _in_their_hands(act, people, participant, order.kit, right)
    count = latest_count(act, kit.number)
    since = count.returned_on if count is not None and kit.state in BACK else None
    require_day(act, order.happened_on, participant.site, participant=participant, kit=kit, since=since)
    settle(act, kit.number, order.box)  # it had been told of as lost, and here it is
    if order.box == "recovered":
        _came_back_unopened(act, participant, kit, order)
    if right is not None and right.state == "handed_over" and order.right_box == "at_site":
        never_left(act, right)
    replaced = replace(act, participant, order.visit, site=participant.site, wanted=order.replace == "yes")
    return tell(
        act,
        "wrong_kit",
        participant,
        site=participant.site,
        kit=kit.number,
        visit=order.visit,
        happened_on=order.happened_on,
        told=order.told,
        box=order.box,
        instead_of=right.kit if right else None,
        replaced=replaced,
    )


def _whose(act: Act, participant: Row[Any], number: str) -> dict[str, Row[Any]]:
    """Everybody whose books the box is in, locked: the participant, and whoever had it or was to get it."""
    kit = act.seek(Kit, number=number)
    if kit is not None:
        admit_guest(act, kit)
    others = [] if kit is None else _others(act, kit)
    return hold_people(act, number, participant.id, *others)


def _others(act: Act, kit: Row[Any]) -> list[str]:
    meant = [row.participant for row in act.rows(Assignment, kit=kit.number) if row.state != "void"]
    return meant if kit.participant is None else [kit.participant, *meant]


def _in_their_hands(
    act: Act, people: Mapping[str, Row[Any]], participant: Row[Any], number: str, right: Row[Any] | None
) -> Row[Any]:
    """The box, moved to whoever has it; it is no longer set aside for anybody."""
    kit = _here(act, participant, number)
    if not people.keys() >= set(_others(act, kit)):
        raise RaceLost("kit")  # it became somebody else's meanwhile
    theirs = kit.participant == participant.id and kit.state in ledger.AT_HOME
    if theirs or (right is not None and right.kit == number and right.state != "void" and kit.state not in BACK):
        act.refuse("kit_is_theirs", kit=number)
    if kit.state not in AT_HAND:
        act.refuse("kit_not_at_hand", kit=number, state=kit.state)
    if kit.state == "dispensed":
        require_unused(act, kit)
    for meant in act.rows(Assignment, lock=True, kit=number) if kit.state in MEANT else ():
        if meant.state in ("assigned", "cancelled"):
            follow(act, number, meant.visit, "to_ask", None)
        assigning.make_void(act, meant)
    ledger.move(act, kit, "misallocated", site=participant.site, participant=participant.id)
    if kit.participant is not None and latest_count(act, number) is not None:
        compare_diary(act, people[kit.participant])  # whose count of it is at its end
    return kit


def _here(act: Act, participant: Row[Any], number: str) -> Row[Any]:
    """A kit of the participant's site; whatever stands elsewhere is not found, in the same words as what is nowhere."""
    kit = ledger.find_sent(act, number)
    if kit.site != participant.site:
        act.refuse("not_found", what="kit")
    return kit


def _came_back_unopened(act: Act, participant: Row[Any], kit: Row[Any], order: WrongKit) -> None:
    again, counts = order.told if latest_count(act, kit.number) else None, as_it_left(act, kit)
    ledger.move(act, act.find(Kit, number=kit.number), "returned", site=participant.site, participant=participant.id)
    count_vials(act, kit, participant, counts, order.happened_on, again)


def never_left(act: Act, given: Row[Any]) -> None:
    """A box that the books call handed over is still here: it is set aside again, to be handed over.

    Refused when another site handed it over, for it would stand in the wrong books, and when doses or a count are
    recorded from it. What was decided of its lot or of the refrigerator meanwhile holds for it too: then its visit may
    be given another.
    """
    kit = act.find(Kit, number=given.kit)
    require_from_here(act, kit)
    require_unused(act, kit)
    if kit.state == "dispensed":
        ledger.move(act, kit, "assigned", site=kit.site, participant=kit.participant)
        act.change(Assignment, given, state="assigned", handed_over_at=None, handed_over_by=None)
        _catch_up(act, kit, given.handed_over_at)


def _catch_up(act: Act, kit: Row[Any], since: datetime) -> None:
    """Hold or give up a kit that stands set aside as everything was that stood here since then."""
    rejected = act.find(Lot, code=kit.lot, lock=False).state == "rejected"
    cold = act.rows(Quarantine, kind="refrigerator", site=kit.site)
    named = {row.quarantine for row in act.rows(ExposedKit, kit=kit.number)}  # as one that had gone home
    entries = [row for row in cold if row.reported_at >= since or row.id in named]
    if rejected or any(row.state == "rejected" for row in entries):
        give_up(act, act.find(Kit, number=kit.number))
        return
    held = quarantining.lot_entry(act, kit.lot)
    for entry in [row for row in entries if row.state == "open"] + ([held] if held is not None else []):
        quarantine(act, entry, act.find(Kit, number=kit.number))
