"""From the depot to a site: requested, sent, received kit by kit. What a box holds is decided in the vault."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.conduct.open import hold_site
from irt.entropy import below, new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, KitNumber, Number
from irt.gate.refusals import RaceLost
from irt.participants.tables import Participant
from irt.supply import assigning, ledger, shelf
from irt.supply.expiry import last_arrival_use
from irt.supply.tables import Express, Kit, Lot, Movement, Shipment
from irt.vault import blind

SMALLEST = 8  # fewer kits in one box would tell more of each other
Found = Literal["intact", "damaged", "missing"]
CONDITION: dict[Found, str] = {"intact": "available", "damaged": "damaged", "missing": "missing"}


class RequestShipment(Order):
    """A number of kits for a site."""

    site: Code
    kits: Annotated[Number, Field(ge=SMALLEST, le=400)]


class SendShipment(Order):
    """A packed shipment that leaves the depot."""

    shipment: Code


class ReceiveShipment(Order):
    """A shipment that arrived, each kit looked at."""

    shipment: Code
    kits: dict[KitNumber, Found]


@act("shipment.request", roles={Role.SUPPLY_MANAGER, Role.TRIAL_MANAGER}, during={"setup", "open"})
def request_shipment(act: Act, order: RequestShipment) -> str:
    """Ask the depot for kits; the vault decides which. Answers the shipment's id."""
    site = hold_site(act, order.site)  # or it might be closed before this is done
    if site.state == "closed":
        act.refuse("site_inactive", site=order.site, state=site.state)
    numbers = chosen(act, order.kits)
    if not numbers:
        act.refuse("depot_short")
    return order_box(act, order.site, "by_hand", numbers)


def chosen(act: Act, count: int, **needs: Any) -> list[str]:
    """The numbers of kits at the depot for a box, chosen in the vault: `needs` as `blind.pick` takes them.

    The box comes from one lot, the first to expire that can fill it: two lots in one box would tell of types where one
    of them runs out. Nothing where none can.
    """
    until = last_arrival_use(act.study, act.now.date())
    return blind.pick(act, count=count, shelf=ledger.IN_LOT, lots=lots_to_ship(act, until), until=until, **needs)


def lots_to_ship(act: Act, until: date) -> list[str]:
    """The released lots that are in date until then, the first to expire first."""
    released = [lot for lot in act.rows(Lot, state="released") if lot.expiry >= until]
    return [lot.code for lot in sorted(released, key=lambda lot: (lot.expiry, lot.code))]


def order_box(act: Act, site: str, kind: str, numbers: Sequence[str]) -> str:
    """A shipment of these kits is to be packed; answers its id."""
    shipment = new_id(act.entropy)
    act.add(
        Shipment,
        id=shipment,
        number=f"S{below(act.entropy, 10**7):07d}",
        site=site,
        kind=kind,
        state="requested",
        kits=len(numbers),
        requested_at=act.now,
    )
    for number in numbers:
        ledger.move(act, _at_depot(act, number), "packed", site=site, shipment=shipment)
    act.send("shipment.requested", audience={Role.DEPOT}, site=site, shipment=shipment)
    return shipment


@act("shipment.send", roles={Role.DEPOT}, during={"setup", "open"})
def send_shipment(act: Act, order: SendShipment) -> None:
    """The box has left the depot."""
    shipment = _in_state(act, order.shipment, "requested")
    act.change(Shipment, shipment, state="in_transit", sent_at=act.now)
    for number in contents(act, shipment.id):
        ledger.move(act, act.find(Kit, number=number), "in_transit", site=shipment.site, shipment=shipment.id)
    act.send("shipment.sent", audience={Role.PHARMACIST}, site=shipment.site, shipment=shipment.id)


@act("shipment.receive", roles={Role.PHARMACIST}, during={"setup", "open"})
def receive_shipment(act: Act, order: ReceiveShipment) -> None:
    """The box has arrived; every kit is accounted for. Whether the site may randomize is set anew."""
    express = act.seek(Express, shipment=order.shipment)
    participant = act.find(Participant, id=express.participant) if express else None  # before the shelf
    ledger.lock_shelf(act, act.find(Shipment, id=order.shipment, lock=False).site)
    shipment = _in_state(act, order.shipment, "in_transit")
    expected = contents(act, shipment.id)
    unknown, unnamed = sorted(set(order.kits) - set(expected)), sorted(set(expected) - set(order.kits))
    if unknown or unnamed:
        act.refuse("shipment_kits_differ", not_in_box=unknown, not_named=unnamed)
    act.change(Shipment, shipment, state="received", received_at=act.now)
    for number in expected:
        after = CONDITION[order.kits[number]]
        if after == "available" and express is not None and participant is not None:
            assigning.arrived(act, express, participant)
        else:
            ledger.move(act, act.find(Kit, number=number), after, site=shipment.site, shipment=shipment.id)
    shelf.set_randomization(act, shipment.site)


def contents(act: Act, shipment: str) -> list[str]:
    """The numbers of the kits that were packed into a shipment, sorted."""
    return sorted(line.kit for line in act.rows(Movement, shipment=shipment, after="packed"))


def contents_of(session: Session, shipment: str) -> list[str]:
    """The same for pages, within the reader's sites."""
    lines = select(Movement).where(Movement.shipment == shipment, Movement.after == "packed").order_by(Movement.kit)
    return [line.kit for line in session.scalars(lines)]


def _at_depot(act: Act, number: str) -> Row[Any]:
    """A kit that was picked, locked. Nothing locks the depot: another box may have taken it since it was read."""
    kit = act.find(Kit, number=number)
    if kit.state != "at_depot":
        raise RaceLost("kit")
    return kit


def _in_state(act: Act, shipment: str, state: str) -> Row[Any]:
    row = act.find(Shipment, id=shipment)
    if row.state != state:
        act.refuse("shipment_state", number=row.number, state=row.state)
    return row
