"""Lots, quarantines and receipts by the pages: who is shown what, the report that is handed in and out, Chinese."""

import io
import re
from collections.abc import Callable

import pytest

from irt.dispensing.cancelling import CancelShipment, cancel_shipment
from irt.dispensing.lot_holds import hold_lot, reject_lot
from irt.dispensing.returns import return_kit
from irt.supply.lots import DecideLot
from irt.supply.shipments import (
    PackShipment,
    RequestShipment,
    pack_shipment,
    request_shipment,
)
from irt.supply.tables import Kit, Lot, Quarantine, Shipment
from tests.cast import PASSWORD, World
from tests.dispensing.given import at_home, back
from tests.stocked import on_the_way, packed, running_trial, stock_site
from tests.web.conftest import Visitor, hidden
from tests.web.test_main_path import done

SIGNED = {"password": PASSWORD}
PDF = b"%PDF-1.7 a logger's report"


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", kits=16, depot=64)


def test_a_box_is_packed_by_scanning_and_may_be_cancelled(trial: World, visit: Callable[[str], Visitor]) -> None:
    box = trial.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager")
    depot, numbers = visit("depot"), packed(trial, box)
    assert "Shipments to pack" in depot.get("/").text
    wrong = depot.send(f"/shipments/{box}/pack", scanned="\n".join(numbers[1:]))
    assert wrong.status_code == 422
    assert f"not scanned yet: {numbers[0]}" in wrong.text
    done(depot.send(f"/shipments/{box}/pack", scanned="\n".join(numbers)))
    assert "Shipments to send" in depot.get("/").text
    assert "Cancel it" in depot.get(f"/shipments/{box}").text
    done(depot.send(f"/shipments/{box}/cancel", reason="the site is closed over the holidays"))
    assert "over the holidays" in visit("trial_manager").get(f"/shipments/{box}").text


def test_what_a_box_holds_is_the_depots_alone_until_it_leaves(trial: World, visit: Callable[[str], Visitor]) -> None:
    """A manager who asks for one box after another, and cancels each, sees no kit's number."""
    manager, depot = visit("trial_manager"), visit("depot")
    before = trial.last_audit().seq
    asked = trial.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager")
    numbers = packed(trial, asked)
    trial.do(pack_shipment, PackShipment(shipment=asked, kits=tuple(numbers)), by="depot")
    wrong = PackShipment(shipment=trial.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager"),
                         kits=tuple(numbers))  # fmt: skip
    assert trial.refusal(pack_shipment, wrong, by="depot").code == "packed_kits_differ"
    assert numbers[0] in depot.get(f"/shipments/{asked}").text
    trial.do(cancel_shipment, CancelShipment(shipment=asked, reason="not now"), by="trial_manager")
    drawn = [*numbers, *packed(trial, wrong.shipment)]
    pages = [f"/shipments/{asked}", f"/shipments/{wrong.shipment}", "/recall?q=L0"]
    pages += [trial.entry_page(seq) for seq in range(before + 1, trial.last_audit().seq + 1)]
    assert len(pages) >= 8
    for page in pages:
        answer = manager.get(page)
        assert answer.status_code == 200
        assert not [kit for kit in drawn if kit in answer.text], page
    box = on_the_way(trial, "01", 8)
    assert packed(trial, box)[0] in manager.get(f"/shipments/{box}").text
    assert packed(trial, box)[0] in manager.get(trial.entry_page(trial.last_audit().seq)).text


def test_an_excursion_on_the_way_with_its_report(trial: World, visit: Callable[[str], Visitor]) -> None:
    box = on_the_way(trial, "01", 8)
    kit, *others = packed(trial, box)
    pharmacist = visit("pharmacist_01")
    kits = {f"kits.{number}": "intact" for number in others} | {f"kits.{kit}": "missing"}
    form = {"temperature": "excursion", "highest": "12.5", "minutes": "90", **kits}
    assert pharmacist.send(f"/shipments/{box}/receive", **form).status_code == 422
    done(pharmacist.send(
        f"/shipments/{box}/receive", told="it stood in the sun", file=(io.BytesIO(PDF), "logger.pdf"), **form
    ))  # fmt: skip
    page = pharmacist.get(f"/shipments/{box}").text
    assert "Excursion" in page
    assert "In quarantine" in page
    answer = visit("quality").get(f"/shipments/{box}/logger.pdf")
    assert (answer.data, answer.headers["Content-Type"]) == (PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="logger-S')
    assert "no-store" in answer.headers["Cache-Control"]
    assert visit("pharmacist_02").get(f"/shipments/{box}/logger.pdf").status_code == 404
    assert visit("supply_manager").get(f"/shipments/{box}/logger.pdf").status_code == 403
    done(pharmacist.send(f"/shipments/{box}/kits/{kit}/correct", found="intact", reason="it lay beneath the ice"))
    assert trial.row(Kit, number=kit).state == "quarantined"
    entry = trial.row(Quarantine)
    quality = visit("quality")
    assert entry.number in quality.get("/").text
    assert quality.get(f"/quarantines/{entry.id}/logger.pdf").data == PDF
    done(quality.send(f"/quarantines/{entry.id}/release", reason="within the stability data", **SIGNED))
    assert "within the stability data" in pharmacist.get("/quarantines").text
    assert trial.row(Kit, number=kit).state == "available"


def test_a_refrigerator_is_reported_and_rejected(trial: World, visit: Callable[[str], Visitor]) -> None:
    coordinator, quality = visit("coordinator_01"), visit("quality")
    form = {"noticed_on": "2026-03-02", "noticed_at": "07:30", "lowest": "-2", "told": "the plug was pulled"}
    assert coordinator.send("/sites/01/excursion", **form | {"told": ""}).status_code == 422
    done(coordinator.send("/sites/01/excursion", **form))
    assert "the plug was pulled" in quality.get("/quarantines").text
    assert "the plug was pulled" not in visit("pharmacist_02").get("/quarantines").text
    done(quality.send(f"/quarantines/{trial.row(Quarantine).id}/reject", reason="frozen", **SIGNED))
    assert {kit.state for kit in trial.rows(Kit, site="01")} == {"damaged"}


def test_a_lot_is_held_resumed_and_extended(trial: World, visit: Callable[[str], Visitor]) -> None:
    lot, quality = trial.row(Lot).code, visit("quality")
    monitor = visit("medical_monitor")
    assert "Put on hold" in monitor.get("/lots").text
    done(monitor.send(f"/lots/hold/{lot}", reason="two reports of particles", **SIGNED))
    assert monitor.get(f"/lots/resume/{lot}").status_code == 404
    assert "two reports of particles" in visit("depot").get("/lots").text
    done(quality.send(f"/lots/resume/{lot}", reason="they were bubbles", **SIGNED))
    assert quality.send(f"/lots/extend/{lot}", expiry="2026-03-03", reason="x y z", **SIGNED).status_code == 422
    done(quality.send(f"/lots/extend/{lot}", expiry="2029-12-31", reason="stability data", **SIGNED))
    pharmacist = visit("pharmacist_01")
    assert "Kits to relabel" in pharmacist.get("/").text
    decision = next(link for link in pharmacist.get("/").text.split('"') if "/relabel/" in link)
    shown, numbers = pharmacist.get(decision).text, [kit.number for kit in trial.rows(Kit, site="01")]
    assert re.findall(r'<li class="number mono">(\d+)</li>', shown) == sorted(numbers, key=int)
    form = hidden(shown)
    stock_site(trial, "01", 8)  # another box arrives before it is sent
    late = pharmacist.post(decision, form)
    assert late.status_code == 422
    assert "Look again" in late.text
    assert len(re.findall(r'<li class="number mono">', late.text)) == 24
    done(pharmacist.post(decision, hidden(late.text)))
    assert "Kits to relabel" not in pharmacist.get("/").text
    assert "No kit here waits for a new label." in pharmacist.get(decision).text


def test_kits_at_home_of_a_lot_on_hold_wait_to_be_called_back(trial: World, visit: Callable[[str], Visitor]) -> None:
    one, kit = at_home(trial)
    lot, group = DecideLot(lot=trial.row(Lot).code, reason="two reports of particles"), "Kits at home to recall"
    people = {"pharmacist_01": f"/participants/{one.id}/return", "coordinator_01": f"/participants/{one.id}/kits"}
    readers = {name: visit(name) for name in people}
    assert not [name for name in people if group in readers[name].get("/").text]
    for act, state in ((hold_lot, "On hold"), (reject_lot, "Rejected")):
        trial.do(act, lot, by="quality")
        for name, path in people.items():
            listed = readers[name].get("/").text.partition(group)[2].partition("</section>")[0]
            assert f"Kit {kit} of lot {lot.lot}: {state}" in listed
            assert f'href="{path}"' in listed
            assert readers[name].get(path).status_code == 200
        assert group not in visit("pharmacist_02").get("/").text
    trial.do(return_kit, back(trial, one, kit, 18, 0), by="pharmacist_01")
    assert group not in readers["pharmacist_01"].get("/").text


def test_the_supply_manager_sees_no_place_of_a_lots_kits(trial: World, visit: Callable[[str], Visitor]) -> None:
    assert "At the site" in visit("quality").get("/lots").text
    page = visit("supply_manager").get("/lots").text
    assert trial.row(Lot).code in page
    assert "At the site" not in page


def test_the_pages_are_chinese_for_whoever_reads_chinese(trial: World, visit: Callable[[str], Visitor]) -> None:
    visit("pharmacist_01").send("/sites/01/excursion", noticed_on="2026-03-02", noticed_at="07:30", told="warm")
    box = trial.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager")
    assert trial.row(Shipment, id=box).state == "requested"
    entry, lot = trial.row(Quarantine).id, trial.row(Lot).code
    for who, pages in {
        "quality": {"/quarantines": "隔离", "/lots": "批号", f"/lots/extend/{lot}": "延长有效期",
                    f"/quarantines/{entry}/release": "放行"},
        "depot": {f"/shipments/{box}/pack": "装箱", f"/shipments/{box}/cancel": "取消发货"},
        "pharmacist_01": {"/sites/01/excursion": "报告冰箱温度偏离"},
    }.items():  # fmt: skip
        visitor = visit(who)
        visitor.get("/language/zh_Hans_CN")
        for path, text in pages.items():
            assert text in visitor.get(path).text, path
