"""A box arrives at a site: every kit looked at, its temperature record read; what was found is corrected later."""

from typing import Any, Literal

from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing.cancelling import tell_not_given
from irt.dispensing.review import review_shelf
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, DecimalNumber, KitNumber, Number, Reason, Text
from irt.participants.tables import Participant
from irt.supply import assigning, ledger, quarantining
from irt.supply.attaching import FileContent, FileName, attach
from irt.supply.shipments import contents, in_state
from irt.supply.tables import Express, Kit, Lot, Movement, Quarantine, Shipment

Found = Literal["intact", "damaged", "missing"]
Temperature = Literal["in_range", "excursion", "not_read"]
STANDS_AS = {  # the state of a kit after its receipt → as what it was found
    "available": "intact",
    "assigned": "intact",
    "quarantined": "intact",
    "damaged": "damaged",
    "missing": "missing",
}
CORRECTABLE = {"missing": ("intact", "damaged"), "intact": ("damaged", "missing")}
ARRIVED_FROM = "in_transit"  # the state before the line of a receipt; a line of the box after it is its correction


class ReceiveShipment(Order):
    """A shipment that arrived, each kit looked at, and what its temperature record says (°C).

    `minutes`: out of the range, together. The logger's own report may come with it. An excursion is told in words.
    """

    shipment: Code
    kits: dict[KitNumber, Found]
    temperature: Temperature
    lowest: DecimalNumber | None = None
    highest: DecimalNumber | None = None
    minutes: Number | None = None
    told: Text | None = None
    file_name: FileName = None
    file: FileContent = None


class CorrectReceipt(Order):
    """What a kit was found to be, otherwise than it was recorded, and why."""

    shipment: Code
    kit: KitNumber
    found: Found
    reason: Reason


@act("shipment.receive", roles={Role.PHARMACIST}, during={"setup", "open"})
def receive_shipment(act: Act, order: ReceiveShipment) -> None:
    """The box has arrived; every kit is accounted for. Whether the site may randomize is set anew.

    Where the record shows an excursion, or was not read, all intact kits wait in quarantine for quality's decision; so
    do those of a lot on hold. Refused: not_found, shipment_state, shipment_kits_differ, excursion_untold,
    temperature_not_in_range (the readings say otherwise), file_not_pdf, file_too_large.
    """
    participant = _meant_for(act, order.shipment)
    ledger.lock_shelf(act, act.find(Shipment, id=order.shipment, lock=False).site)
    shipment = in_state(act, order.shipment, "in_transit")
    expected = contents(act, shipment.id)
    unknown, unnamed = sorted(set(order.kits) - set(expected)), sorted(set(expected) - set(order.kits))
    if unknown or unnamed:
        act.refuse("shipment_kits_differ", not_in_box=unknown, not_named=unnamed)
    if order.temperature == "excursion" and order.told is None:
        act.refuse("excursion_untold")
    _require_in_range(act, order)
    attachment = attach(act, order.file_name, order.file, site=shipment.site)
    act.change(
        Shipment, shipment, state="received", received_at=act.now, temperature=order.temperature, lowest=order.lowest,
        highest=order.highest, minutes=order.minutes, told=order.told, attachment=attachment,
    )  # fmt: skip
    if order.temperature != "in_range" and "intact" in order.kits.values():
        _open(act, shipment, order, attachment)
    for number in expected:
        _place(act, shipment, number, order.kits[number], participant)
    review_shelf(act, shipment.site)


@act("shipment.correct", roles={Role.PHARMACIST}, during={"setup", "open"}, reason=True)
def correct_receipt(act: Act, order: CorrectReceipt) -> None:
    """Put right what one kit was found to be, once, as long as it has not moved on; both findings stay in the ledger.

    What was missing and is there after all waits in quarantine for quality, and the site's status is left to the night:
    a kit put on the shelf and taken from it at will would tell its type. Refused: not_found, shipment_state,
    kit_not_in_shipment, kit_moved_on, receipt_not_correctable.
    """
    ledger.lock_shelf(act, act.find(Shipment, id=order.shipment, lock=False).site)
    shipment = in_state(act, order.shipment, "received")
    if order.kit not in contents(act, shipment.id):
        act.refuse("kit_not_in_shipment", kit=order.kit, number=shipment.number)
    kit = act.find(Kit, number=order.kit)
    last = act.find(Movement, kit=order.kit, line=kit.moves, lock=False)
    if last.shipment != shipment.id:
        act.refuse("kit_moved_on", kit=order.kit, state=kit.state)
    if not correctable(kit.state, last.before, order.found):
        act.refuse("receipt_not_correctable", kit=order.kit, state=kit.state)
    if order.found == "intact":
        _found_again(act, shipment, kit, order.reason)
    else:
        ledger.move(act, kit, order.found, site=shipment.site, shipment=shipment.id)


def correctable(state: str, before: str, found: str | None = None) -> bool:
    """Whether the finding of a kit in this state may become `found` (None: any other), by its last line's state before.

    A kit that stands set aside may not, and none whose finding was corrected already.
    """
    others = CORRECTABLE.get(STANDS_AS.get(state, ""), ())
    return state != "assigned" and before == ARRIVED_FROM and (found in others if found else bool(others))


def arrives(act: Act, kit: Row[Any], shipment: Row[Any], found: Found) -> str:
    """The state of a kit after its receipt, by what it was found to be, its lot, and the temperature of its box."""
    if found != "intact":
        return found
    lot = act.find(Lot, code=kit.lot, lock=False)
    if lot.state == "rejected":
        return "damaged"
    if lot.state != "released" or quarantining.transit_entry(act, shipment.id) is not None:
        return "quarantined"
    return "available"


def _require_in_range(act: Act, order: ReceiveShipment) -> None:
    """A record is not in range whose readings are not: nobody's word puts such a box on the shelf."""
    least, most = act.study.kit.storage_minimum_celsius, act.study.kit.storage_maximum_celsius
    read = [value for value in (order.lowest, order.highest) if value is not None]
    if order.temperature == "in_range" and (order.minutes or any(not least <= value <= most for value in read)):
        act.refuse("temperature_not_in_range", least=str(least), most=str(most))


def _meant_for(act: Act, shipment: str) -> Row[Any] | None:
    """The participant for whom an express shipment comes, locked before the shelf; None of other shipments."""
    express = act.seek(Express, shipment=shipment)
    return act.find(Participant, id=express.participant) if express else None


def _place(act: Act, shipment: Row[Any], number: str, found: Found, participant: Row[Any] | None) -> None:
    kit = act.find(Kit, number=number)
    after = arrives(act, kit, shipment, found)
    express = act.find(Express, shipment=shipment.id, lock=False) if participant is not None else None
    if after == "available" and express is not None and participant is not None:
        assigning.arrived(act, express, participant)
        return
    if after != "quarantined":
        ledger.move(act, kit, after, site=shipment.site, shipment=shipment.id)
    else:
        _quarantine(act, shipment, kit)
    if express is not None:
        tell_not_given(act, express)


def _found_again(act: Act, shipment: Row[Any], kit: Row[Any], reason: str) -> None:
    """A kit that was missing: nobody knows how it was kept, and quality decides. Given up where its box or lot is."""
    boxes = act.rows(Quarantine, shipment=shipment.id)
    if act.find(Lot, code=kit.lot, lock=False).state == "rejected" or any(row.state == "rejected" for row in boxes):
        ledger.move(act, kit, "damaged", site=shipment.site, shipment=shipment.id)
        return
    if quarantining.transit_entry(act, shipment.id) is None:
        entry = quarantining.open_entry(act, "transit", reason, site=shipment.site, shipment=shipment.id)
        act.send(
            "quarantine.found", audience={Role.QUALITY}, site=shipment.site, entry=entry.number, box=shipment.number
        )  # fmt: skip
    _quarantine(act, shipment, kit)


def _quarantine(act: Act, shipment: Row[Any], kit: Row[Any]) -> None:
    for entry in (quarantining.transit_entry(act, shipment.id), quarantining.lot_entry(act, kit.lot)):
        if entry is not None:
            quarantining.put(act, entry, kit.number, shipment=shipment.id)


def _open(act: Act, shipment: Row[Any], order: ReceiveShipment, attachment: str | None) -> None:
    """Quality is told of the box, and decides on all its kits."""
    entry = quarantining.open_entry(
        act, "transit", "", site=shipment.site, shipment=shipment.id, attachment=attachment
    )  # fmt: skip
    site, box = shipment.site, shipment.number
    if order.temperature == "excursion":
        act.send("quarantine.excursion", audience={Role.QUALITY}, site=site, entry=entry.number, box=box)
    else:
        act.send("quarantine.not_read", audience={Role.QUALITY}, site=site, entry=entry.number, box=box)
