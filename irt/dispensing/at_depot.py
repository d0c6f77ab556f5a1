"""A kit that is lost or broken at the depot before any site had it, and one that turns up there again."""

from typing import Any, Literal

from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing.cancelling import call_off
from irt.gate.act import Act, Order, act
from irt.gate.fields import KitNumber, Reason
from irt.gate.refusals import RaceLost
from irt.supply import ledger
from irt.supply.shipments import UNSENT
from irt.supply.tables import Kit, Movement, Shipment

HERE = ("at_depot", "packed")  # what the depot has and may send yet


class ReportAtDepot(Order):
    """Which kit of the depot, what became of it, and what is known of that."""

    kit: KitNumber
    what: Literal["lost", "damaged", "found"]
    reason: Reason


@act("kit.report_at_depot", roles={Role.DEPOT}, during={"setup", "open"}, reason=True)
def report_at_depot(act: Act, order: ReportAtDepot) -> None:
    """The kit is sent to nobody; in a box that has not left, the box is cancelled, and its other kits are back.

    One that was lost here and is found is quarantined for good, for nobody knows how it was kept. Nothing is answered:
    neither that there was a box, nor for whom. Refused: kit_not_at_depot, kit_not_lost_at_depot.
    """
    kit = act.seek(Kit, number=order.kit)
    if order.what == "found":
        if kit is None or kit.state != "lost" or kit.site is not None:
            act.refuse("kit_not_lost_at_depot", kit=order.kit)
        ledger.move(act, _still(act, kit), "quarantined", site=None)
        return
    if kit is None or kit.state not in HERE:
        act.refuse("kit_not_at_depot", kit=order.kit)
    box = _take_apart(act, kit, order.reason) if kit.state == "packed" else None
    ledger.move(act, _still(act, kit), order.what, site=None, shipment=box)


def _take_apart(act: Act, kit: Row[Any], reason: str) -> str:
    """Cancel the box that a kit lies in, all but this kit; answers the shipment."""
    lines = act.rows(Movement, kit=kit.number)
    box = act.find(Shipment, id=next(line.shipment for line in lines if line.line == kit.moves))
    if box.state not in UNSENT:
        raise RaceLost("kit")  # it left since it was read
    call_off(act, box, reason, but=kit.number)
    return str(box.id)


def _still(act: Act, kit: Row[Any]) -> Row[Any]:
    """The kit, locked, and where it was when it was read."""
    locked = act.find(Kit, number=kit.number)
    if locked.moves != kit.moves:
        raise RaceLost("kit")
    return locked
