"""What a box holds that was never sent: at no address of the box, for nobody but the depot."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from irt.dispensing.cancelling import CancelShipment, cancel_shipment
from irt.dispensing.lot_holds import hold_lot
from irt.supply.lots import DecideLot
from irt.supply.shipments import PackShipment, RequestShipment, pack_shipment, request_shipment  # fmt: skip
from irt.supply.tables import Kit, Shipment
from tests.cast import World
from tests.stocked import packed, running_trial, send_off
from tests.web.conftest import Visitor

PHARMACIST = "pharmacist_01"
READERS = (
    PHARMACIST, "coordinator_01", "investigator_01", "trial_manager", "monitor", "quality", "auditor", "supply_manager",
)  # fmt: skip
Visit = Callable[[str], Visitor]


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", depot=80)


def asked(world: World) -> str:
    return str(world.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager"))


def into_the_box(world: World, box: str) -> None:
    world.do(pack_shipment, PackShipment(shipment=box, kits=tuple(packed(world, box))), by="depot")


def unsent(world: World) -> dict[str, str]:
    """Boxes that were not sent, by what became of them."""
    boxes = {name: asked(world) for name in ("requested", "packed", "cancelled", "packed, cancelled")}
    for name in ("packed", "packed, cancelled"):
        into_the_box(world, boxes[name])
    for name in ("cancelled", "packed, cancelled"):
        world.do(cancel_shipment, CancelShipment(shipment=boxes[name], reason="too large"), by="trial_manager")
    states = {name: world.row(Shipment, id=box).state for name, box in boxes.items()}
    assert states == {name: name.rpartition(", ")[2] for name in boxes}
    return boxes


def addresses(app: Flask, box: str, kit: str) -> Iterator[tuple[str, bool]]:
    """Every address of one box, the ones of a kit too, and whether a form is taken there."""
    with app.test_request_context():
        for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
            if "shipment" in rule.arguments:
                given = {"shipment": box, "kit": kit}
                path = app.url_map.bind("").build(rule.endpoint, {name: given[name] for name in rule.arguments})
                yield path, "POST" in (rule.methods or ())


def told(visitor: Visitor, path: str, takes: bool) -> str:
    """All that is answered there: the page, where it leads, and what an empty form gets."""
    shown = visitor.get(path)
    answers = [shown]
    if shown.location:
        answers.append(visitor.get(shown.location))
    if takes:
        answers.append(visitor.post(path, {**visitor.tokens("/"), **visitor.tokens(path)}))
    return "\n".join(f"{one.status} {one.location} {one.get_data().decode('latin-1')}" for one in answers)


def test_no_address_of_an_unsent_box_tells_what_it_holds(trial: World, app: Flask, visit: Visit) -> None:
    boxes, strange, looked = unsent(trial), trial.rows(Kit, site="01", state="available")[0].number, 0
    for name in READERS:
        visitor = visit(name)
        for state, box in boxes.items():
            kits = packed(trial, box)
            assert len(kits) == 8
            for path, takes in addresses(app, box, strange):
                page = told(visitor, path, takes)
                assert not [kit for kit in kits if kit in page], (name, state, path)
                looked += 1
    assert looked >= len(READERS) * len(boxes) * 8
    depot = visit("depot")
    for state, box in boxes.items():
        page = depot.get(f"/shipments/{box}").text
        assert all(kit in page for kit in packed(trial, box)), state


def test_nor_does_a_box_that_a_hold_cancelled(trial: World, app: Flask, visit: Visit) -> None:
    box, strange = asked(trial), trial.rows(Kit, site="01", state="available")[0].number
    into_the_box(trial, box)
    kits = packed(trial, box)
    lot = DecideLot(lot=trial.row(Kit, number=kits[0]).lot, reason="particles were seen")
    trial.do(hold_lot, lot, by="quality")
    assert trial.row(Shipment, id=box).state == "cancelled"
    for name in READERS:
        visitor = visit(name)
        for path, takes in addresses(app, box, strange):
            page = told(visitor, path, takes)
            assert not [kit for kit in kits if kit in page], (name, path)


def test_whether_a_kit_is_in_an_unsent_box_is_not_found_out_by_correcting_it(trial: World, visit: Visit) -> None:
    boxes, pharmacist = unsent(trial), visit(PHARMACIST)
    for box in boxes.values():
        strange = next(kit.number for kit in trial.rows(Kit, state="at_depot") if kit.number not in packed(trial, box))
        said = []
        for kit in (packed(trial, box)[0], strange):
            path = f"/shipments/{box}/kits/{kit}/correct"
            answer = pharmacist.send(path, found="missing", reason="it was not there")
            words = answer.text.partition("<form")[0].replace(kit, "")
            said.append((pharmacist.get(path).status_code, answer.status_code, words))
        assert said[0] == said[1]
        assert said[0][1] == 422


def test_a_box_that_was_not_sent_cannot_be_received_and_leads_to_its_page(trial: World, visit: Visit) -> None:
    boxes, pharmacist = unsent(trial), visit(PHARMACIST)
    for box in boxes.values():
        answer = pharmacist.get(f"/shipments/{box}/receive")
        assert (answer.status_code, answer.location) == (303, f"/shipments/{box}")
    box = asked(trial)
    send_off(trial, box)
    page = pharmacist.get(f"/shipments/{box}/receive").text
    assert all(kit in page for kit in packed(trial, box))
