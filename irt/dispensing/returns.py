"""Kits that come back: every vial is counted once, and what does not add up waits for somebody to say why."""

from pydantic import BaseModel, ConfigDict

from irt.actor import Role
from irt.dispensing.agreement import BACK
from irt.dispensing.counting import Counts, Vials, count_vials, hold_people, latest_count, require_day_of_return
from irt.dispensing.discrepancies import resolve
from irt.dispensing.tables import Discrepancy
from irt.dispensing.telling import settle
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, KitNumber, Number, Reason
from irt.gate.state import CLEANING
from irt.participants.tables import Participant
from irt.supply import ledger
from irt.supply.tables import Kit

FOUND_AGAIN = "found_again"  # why a kit that was given up is counted anew
BACK_AGAIN = "back_again"  # the same of one that went out again, by mistake


class ReturnKit(Order):
    """The box that came back, scanned, and its vials, each counted once."""

    participant: Code
    kit: KitNumber
    returned_on: CalendarDay
    unused: Vials
    used: Vials
    broken: Vials
    lost: Vials


class ResolveDiscrepancy(Order):
    """Why two counts differ: the two as they were shown."""

    discrepancy: Code
    expected: Number
    found: Number
    reason: Reason


class Returned(BaseModel):
    """What was counted of how many; where they differ, a discrepancy is open."""

    model_config = ConfigDict(frozen=True)
    kit: str
    vials: int
    counted: int


@act("kit.return", roles={Role.PHARMACIST}, during=CLEANING)
def return_kit(act: Act, order: ReturnKit) -> Returned:
    """Take a kit back that this participant had: also after they left or stopped, also one that was given up as lost.

    Refused: not_found, kit_not_theirs, kit_back_already, kit_cannot_come_back, date_in_future, returned_before_given,
    used_before_too.
    """
    participant = act.find(Participant, id=order.participant, lock=False)
    participant = hold_people(act, order.kit, participant.id)[participant.id]
    kit = act.seek(Kit, lock=True, number=order.kit)
    if kit is None or kit.participant != participant.id:
        act.refuse("kit_not_theirs", kit=order.kit, participant=participant.screening_number)
    if kit.state in BACK:
        act.refuse("kit_back_already", kit=order.kit, state=kit.state)
    if kit.state not in (*ledger.AT_HOME, "lost"):
        act.refuse("kit_cannot_come_back", kit=order.kit, state=kit.state)
    require_day_of_return(act, kit, participant.site, order.returned_on)
    ledger.move(act, kit, "returned", site=kit.site, participant=participant.id)
    counts = Counts(order.unused, order.used, order.broken, order.lost)
    why = FOUND_AGAIN if kit.state == "lost" else BACK_AGAIN
    count_vials(act, kit, participant, counts, order.returned_on, why if latest_count(act, kit.number) else None)
    settle(act, kit.number, "recovered")
    return Returned(kit=kit.number, vials=kit.vials, counted=counts.total)


@act("discrepancy.resolve", roles={Role.PHARMACIST, Role.COORDINATOR, Role.INVESTIGATOR}, during=CLEANING, reason=True)
def resolve_discrepancy(act: Act, order: ResolveDiscrepancy) -> None:
    """Say why two counts differ. Vials that are missing stay unaccounted, and the kit is reconciled with them.

    Refused: not_found, discrepancy_resolved, discrepancy_moved (the counts are others by now).
    """
    act.find(Participant, id=act.find(Discrepancy, id=order.discrepancy, lock=False).participant)
    discrepancy = act.find(Discrepancy, id=order.discrepancy)
    if discrepancy.state == "resolved":
        act.refuse("discrepancy_resolved")
    if (discrepancy.expected, discrepancy.found) != (order.expected, order.found):
        act.refuse("discrepancy_moved", expected=discrepancy.expected, found=discrepancy.found)
    resolve(act, discrepancy, order.reason)
