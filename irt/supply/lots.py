"""Lots: what quality decides of all kits of a lot together, whatever they hold."""

from irt.actor import Role
from irt.gate.act import Act, Order, act
from irt.gate.fields import Reason, Text
from irt.supply.tables import Lot


class DecideLot(Order):
    """A lot by its blinded code, and what the decision rests on."""

    lot: Text
    reason: Reason


@act("lot.release", roles={Role.QUALITY}, during={"setup", "open"}, sign="I release this lot for shipping", reason=True)
def release_lot(act: Act, order: DecideLot) -> None:
    """The lot's kits may be shipped. Refused: not_found, lot_state (anything but received)."""
    lot = act.find(Lot, code=order.lot)
    if lot.state != "received":
        act.refuse("lot_state", lot=lot.code, state=lot.state)
    act.change(Lot, lot, state="released", set_at=act.now)
