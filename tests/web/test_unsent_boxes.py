"""What a box holds that was never sent: at no address of the box, for nobody but the depot."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from irt.dispensing.at_depot import ReportAtDepot, report_at_depot
from irt.dispensing.cancelling import CancelShipment, cancel_shipment
from irt.dispensing.lost import LostOrDamaged, lost_or_damaged
from irt.dispensing.lot_holds import hold_lot
from irt.dispensing.receiving import ReceiveShipment, receive_shipment
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


def arrived_after_many(world: World) -> tuple[list[str], int]:
    """A box that came after many were cancelled: its kits, and the entry by which it was sent."""
    for _ in range(12):
        world.do(cancel_shipment, CancelShipment(shipment=asked(world), reason="too many"), by="trial_manager")
    box = asked(world)
    send_off(world, box)
    kits, sent = packed(world, box), world.last_audit().seq
    assert len({world.row(Kit, number=kit).moves for kit in kits}) > 1, "the kits differ in what must not be told"
    intact = ReceiveShipment(shipment=box, kits=dict.fromkeys(kits, "intact"), temperature="in_range")
    world.do(receive_shipment, intact, by=PHARMACIST)
    return kits, sent


def test_how_often_a_kit_lay_in_boxes_that_never_left_is_told_nowhere(trial: World, visit: Visit) -> None:
    kits, sent = arrived_after_many(trial)
    lot = DecideLot(lot=trial.row(Kit, number=kits[0]).lot, reason="particles were seen")
    trial.do(hold_lot, lot, by="quality")
    held = trial.last_audit().seq
    for name in ("trial_manager", "monitor", "data_manager", "quality", "auditor"):
        visitor = visit(name)
        for seq in range(sent, held + 1):
            page = visitor.get(trial.entry_page(seq)).text
            tables = [part.partition("</table>")[0] for part in page.split('<div class="card">')]
            cards = {kit: [one for one in tables if kit in one] for kit in kits}
            assert all(cards.values()), (name, seq)
            alike = {tuple(re.sub(kit, "", part) for part in parts) for kit, parts in cards.items()}
            assert len(alike) == 1, (name, seq)


def test_nor_where_lines_are_signed(trial: World, visit: Visit) -> None:
    kits, _ = arrived_after_many(trial)
    page = visit("monitor").get("/books/01/sign-off/inventory").text
    assert {key for key in re.findall(r'name="lines\.(\d+/\d+)"', page) if key.partition("/")[0] in kits} == {
        f"{kit}/1" for kit in kits
    }
    kit = max(kits, key=lambda one: trial.row(Kit, number=one).moves)
    assert trial.row(Kit, number=kit).moves > 3
    lost = LostOrDamaged(
        kit=kit, what="lost", happened_on=trial.clock.now().date(), replace="no", told="it is not there"
    )  # fmt: skip
    mishap = trial.do(lost_or_damaged, lost, by="coordinator_01")
    assert f'name="covers" value="{kit}:2 count:0"' in visit("investigator_01").get(f"/mishaps/{mishap}/sign").text


def test_a_site_that_asks_number_by_number_is_answered_alike_of_every_kit_at_the_depot(
    trial: World, visit: Visit
) -> None:
    boxed = packed(trial, asked(trial))[0]
    other = packed(trial, str(trial.do(request_shipment, RequestShipment(site="02", kits=8), by="trial_manager")))[0]
    free, lost = (kit.number for kit in trial.rows(Kit, state="at_depot")[:2])
    trial.do(report_at_depot, ReportAtDepot(kit=lost, what="lost", reason="not in the refrigerator"), by="depot")
    for name in (PHARMACIST, "coordinator_01", "investigator_01"):
        visitor = visit(name)
        for path in ("/recall", "/recall.csv"):
            pages = {kit: visitor.get(f"{path}?q={kit}").text for kit in (boxed, other, free, lost, "99999999")}
            said = {page.rpartition("<main")[2].replace(kit, "") for kit, page in pages.items()}
            assert len(said) == 1, (name, path)
    lot = trial.row(Kit, number=boxed).lot
    for path in (f"/recall?q={lot}", f"/recall.csv?q={lot}"):
        assert "At the depot" not in visit(PHARMACIST).get(path).text
    assert "At the depot" in visit("monitor").get(f"/recall?q={lot}").text
    assert "<dt>At the depot<" not in visit(PHARMACIST).get("/lots").text
    assert "<dt>At the depot<" in visit("monitor").get("/lots").text
