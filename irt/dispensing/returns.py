"""Kits that come back: every vial is counted once, and what does not add up waits for somebody to say why."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from irt.actor import Role
from irt.clock import local_day
from irt.dispensing.agreement import BACK
from irt.dispensing.counting import Counts, count_vials, latest_count
from irt.dispensing.discrepancies import resolve
from irt.dispensing.tables import Discrepancy, Mishap
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, KitNumber, Number, Reason
from irt.participants.tables import Participant
from irt.supply import ledger
from irt.supply.tables import Kit, Movement

MOST_VIALS = 200  # more were not counted, but typed
FOUND_AGAIN = "found_again"  # why a kit that was given up is counted anew
Vials = Annotated[Number, Field(le=MOST_VIALS)]


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
    """Why two counts differ."""

    discrepancy: Code
    reason: Reason


class Returned(BaseModel):
    """What was counted of how many; where they differ, a discrepancy is open."""

    model_config = ConfigDict(frozen=True)
    kit: str
    vials: int
    counted: int


@act("kit.return", roles={Role.PHARMACIST})
def return_kit(act: Act, order: ReturnKit) -> Returned:
    """Take a kit back that this participant had: also after they left or stopped, also one that was given up as lost.

    Refused: not_found, kit_not_theirs, kit_back_already, kit_cannot_come_back, date_in_future, returned_before_given.
    """
    participant = act.find(Participant, id=order.participant)
    kit = act.seek(Kit, lock=True, number=order.kit)
    if kit is None or kit.participant != participant.id:
        act.refuse("kit_not_theirs", kit=order.kit, participant=participant.screening_number)
    if kit.state in BACK:
        act.refuse("kit_back_already", kit=order.kit, state=kit.state)
    if kit.state not in (*ledger.AT_HOME, "lost"):
        act.refuse("kit_cannot_come_back", kit=order.kit, state=kit.state)
    _require_day(act, kit, participant.site, order.returned_on)
    ledger.move(act, kit, "returned", site=kit.site, participant=participant.id)
    counts = Counts(order.unused, order.used, order.broken, order.lost)
    again = FOUND_AGAIN if latest_count(act, kit.number) else None
    count_vials(act, kit, participant, counts, order.returned_on, again)
    _settle_mishaps(act, kit.number)
    return Returned(kit=kit.number, vials=kit.vials, counted=counts.total)


def _settle_mishaps(act: Act, kit: str) -> None:
    """What was told about a box that was with somebody, or lost, ends with its return."""
    for row in act.rows(Mishap, lock=True, kit=kit):
        if row.box == "with_participant" or (row.kind in ("wrong_kit", "lost") and row.box == "lost"):
            act.change(Mishap, row, box="recovered")


def _require_day(act: Act, kit: Row[Any], site: str, on: date) -> None:
    """A kit comes back today or before, and not before it was given."""
    zone = act.study.site(site).time_zone
    today = local_day(act.now, zone)
    if on > today:
        act.refuse("date_in_future", field="returned_on", value=on.isoformat(), today=today.isoformat())
    # A wrong box is told of later than it was given: then the day on which it came to the site is the first.
    since = "dispensed" if kit.state == "dispensed" else "available"
    given = [local_day(line.moved_at, zone) for line in act.rows(Movement, kit=kit.number, after=since)]
    if given and on < max(given):
        act.refuse("returned_before_given", value=on.isoformat(), kit=kit.number, given=max(given).isoformat())


@act("discrepancy.resolve", roles={Role.PHARMACIST, Role.COORDINATOR, Role.INVESTIGATOR}, reason=True)
def resolve_discrepancy(act: Act, order: ResolveDiscrepancy) -> None:
    """Say why two counts differ. Vials that are missing stay unaccounted, and the kit is reconciled with them.

    Refused: not_found, discrepancy_resolved.
    """
    act.find(Participant, id=act.find(Discrepancy, id=order.discrepancy, lock=False).participant)
    discrepancy = act.find(Discrepancy, id=order.discrepancy)
    if discrepancy.state == "resolved":
        act.refuse("discrepancy_resolved")
    resolve(act, discrepancy, order.reason)
