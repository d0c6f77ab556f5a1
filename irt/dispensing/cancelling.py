"""A box that does not leave the depot after all, and an express kit that its visit is not given."""

from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing.allowance import ask_for_word
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Reason
from irt.participants.tables import Participant
from irt.supply.shipments import UNSENT, cancel_box
from irt.supply.tables import Express, Shipment


class CancelShipment(Order):
    """A box that is not to leave the depot, and why."""

    shipment: Code
    reason: Reason


@act(
    "shipment.cancel",
    roles={Role.DEPOT, Role.TRIAL_MANAGER},
    during={"setup", "open"},
    reason=True,
)
def cancel_shipment(act: Act, order: CancelShipment) -> None:
    """The box does not leave; its kits lie at the depot again. Refused: not_found, shipment_state (it has left)."""
    shipment = act.find(Shipment, id=order.shipment)
    if shipment.state not in UNSENT:
        act.refuse("shipment_state", number=shipment.number, state=shipment.state)
    call_off(act, shipment, order.reason)


def call_off(act: Act, shipment: Row[Any], reason: str, *, but: str | None = None) -> None:
    """Cancel a box that has not left, as `cancel_box` has it. Of an express one those who wait for it at the site are
    told to ask again, and those who watch over the kits of its visit."""
    cancel_box(act, shipment, reason, but=but)
    express = act.seek(Express, shipment=shipment.id)
    if express is None:
        return
    participant = _meant(act, express)
    act.send(
        "shipment.express_cancelled", audience={Role.PHARMACIST, Role.COORDINATOR}, site=express.site,
        participant=participant.id, number=participant.screening_number, box=shipment.number,
    )  # fmt: skip
    tell_not_given(act, express)


def tell_not_given(act: Act, express: Row[Any]) -> None:
    """The visit is not given its express kit: monitor and trial manager are told as of a box that was lost.

    It was one of the visit's kits all the same; where the next one waits to be allowed, that is told too.
    """
    participant = _meant(act, express)
    act.send(
        "mishap.told", audience={Role.MONITOR, Role.TRIAL_MANAGER}, site=express.site, participant=participant.id,
        number=participant.screening_number,
    )  # fmt: skip
    ask_for_word(act, participant, express.visit, express.site)


def _meant(act: Act, express: Row[Any]) -> Row[Any]:
    """For whom the kit was. Not by `find`: a lot on hold is not about one participant."""
    (participant,) = act.rows(Participant, id=express.participant)
    return participant
