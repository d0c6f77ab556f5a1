"""From the depot to a site: requested, packed, sent, or cancelled before. What a box holds is decided in the vault."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.conduct.open import hold_site
from irt.entropy import below, new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, KitNumber, Number, Text
from irt.gate.refusals import RaceLost
from irt.supply import ledger, quarantining
from irt.supply.expiry import depot_day, last_arrival_use, leaves_by
from irt.supply.tables import Kit, Lot, Movement, Shipment
from irt.vault import blind

SMALLEST = 8  # fewer kits in one box would tell more of each other
UNSENT = ("requested", "packed")


class RequestShipment(Order):
    """A number of kits for a site."""

    site: Code
    kits: Annotated[Number, Field(ge=SMALLEST, le=400)]


class PackShipment(Order):
    """The numbers of the kits in the box, as they were scanned."""

    shipment: Code
    kits: tuple[KitNumber, ...]


class SendShipment(Order):
    """A packed box that leaves the depot: with whom, under which waybill, with which logger."""

    shipment: Code
    carrier: Text | None = None
    logger: Text | None = None


@act("shipment.request", roles={Role.TRIAL_MANAGER}, during={"setup", "open"})
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
    until = last_arrival_use(act.study, leaves_by(act.study, act.now))
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


@act("shipment.pack", roles={Role.DEPOT}, during={"setup", "open"})
def pack_shipment(act: Act, order: PackShipment) -> None:
    """The box is packed: what was scanned is what it should hold. Refused: shipment_state, packed_kits_differ."""
    shipment = in_state(act, order.shipment, "requested")
    expected, scanned = set(contents(act, shipment.id)), set(order.kits)
    if expected != scanned:
        act.refuse("packed_kits_differ", missing_kits=sorted(expected - scanned), not_in_box=sorted(scanned - expected))
    act.change(Shipment, shipment, state="packed", packed_at=act.now)


@act("shipment.send", roles={Role.DEPOT}, during={"setup", "open"})
def send_shipment(act: Act, order: SendShipment) -> None:
    """The box has left the depot.

    Refused: shipment_state, box_for_closed_site, lot_not_released, box_expires_too_soon.
    """
    shipment = in_state(act, order.shipment, "packed")
    if hold_site(act, shipment.site).state == "closed":
        act.refuse("box_for_closed_site", site=shipment.site, number=shipment.number)
    kits = [act.find(Kit, number=number) for number in contents(act, shipment.id)]
    for code in sorted({kit.lot for kit in kits}):
        lot = act.find(Lot, code=code)
        if lot.state != "released":
            act.refuse("lot_not_released", lot=code, state=lot.state)
    if min(kit.expiry for kit in kits) < last_arrival_use(act.study, depot_day(act.study, act.now)):
        act.refuse("box_expires_too_soon", number=shipment.number)
    act.change(
        Shipment, shipment, state="in_transit", sent_at=act.now, carrier=order.carrier, logger=order.logger,
        overdue_at=None,  # awaited anew from the day on which it leaves
    )  # fmt: skip
    for kit in kits:
        ledger.move(act, kit, "in_transit", site=shipment.site, shipment=shipment.id)
    act.send("shipment.sent", audience={Role.PHARMACIST}, site=shipment.site, shipment=shipment.id)


def cancel_box(act: Act, shipment: Row[Any], reason: str, *, but: str | None = None) -> None:
    """Cancel a box that has not left: its kits lie at the depot, held where their lot is; but for kit `but`, which the
    caller moves. Whoever waited for it is told by `dispensing.cancelling`."""
    act.change(Shipment, shipment, state="cancelled", cancelled_at=act.now, cancel_reason=reason)
    for number in contents(act, shipment.id):
        if number == but:
            continue
        kit = act.find(Kit, number=number)
        lot, held = act.find(Lot, code=kit.lot), quarantining.lot_entry(act, kit.lot)
        if held is not None:
            quarantining.put(act, held, number, shipment=shipment.id)
        else:
            back = "not_dispensed" if shipment.kind == "express" else "at_depot"  # meant for somebody: for no other
            after = "damaged" if lot.state == "rejected" else back
            ledger.move(act, kit, after, site=None, shipment=shipment.id)


def contents(act: Act, shipment: str) -> list[str]:
    """The numbers of the kits that were packed into a shipment, sorted."""
    return sorted(line.kit for line in act.rows(Movement, shipment=shipment, after="packed"))


def contents_of(session: Session, shipment: str, *, depot: bool = False) -> list[str]:
    """The same for pages, within the reader's sites; of a box that was never sent, nothing but for the depot.

    Box after box, each cancelled before it leaves, would tell which type is scarce (decision 29).
    """
    sent = select(Shipment).where(Shipment.id == shipment, Shipment.sent_at.is_not(None))
    if not depot and session.scalars(sent).one_or_none() is None:
        return []
    lines = select(Movement).where(Movement.shipment == shipment, Movement.after == "packed").order_by(Movement.kit)
    return [line.kit for line in session.scalars(lines)]


def _at_depot(act: Act, number: str) -> Row[Any]:
    """A kit that was picked, locked. Nothing locks the depot: another box may have taken it since it was read."""
    kit = act.find(Kit, number=number)
    if kit.state != "at_depot":
        raise RaceLost("kit")
    return kit


def in_state(act: Act, shipment: str, state: str) -> Row[Any]:
    """A shipment that is in this state. Refused: not_found, shipment_state."""
    row = act.find(Shipment, id=shipment)
    if row.state != state:
        act.refuse("shipment_state", number=row.number, state=row.state)
    return row
