"""The depot's pages: a return, a destruction with its certificate, kits by type for the supply manager, a drill."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from irt.conduct.sites import SiteOrder, close_recruitment
from irt.dispensing.excursions import DecideQuarantine, ReportExcursion, reject_quarantine, report_excursion
from irt.dispensing.lot_holds import hold_lot, reject_lot, resume_lot
from irt.gate.tables import AuditEntry
from irt.supply.lots import DecideLot
from irt.supply.shipments import RequestShipment, request_shipment
from irt.supply.tables import Destruction, Kit, Lot, Manifest, ManifestDisposal, Quarantine, RecallDrill, Shipment
from tests.cast import PASSWORD, World
from tests.stocked import bring_in_kits, on_the_way, packed, running_trial, take_away, types_of
from tests.web.conftest import Visitor
from tests.web.test_main_path import done

SIGNED = {"password": PASSWORD}
PDF = b"%PDF-1.7 a certificate"


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", kits=16, depot=64)


def test_a_return_is_received_and_destroyed_with_its_certificate(trial: World, visit: Callable[[str], Visitor]) -> None:
    lot = DecideLot(lot=trial.row(Lot).code, reason="particles were seen")
    trial.do(hold_lot, lot, by="quality")
    trial.do(reject_lot, lot, by="quality")
    kits = [kit.number for kit in trial.rows(Kit, site="01")]
    done(visit("pharmacist_01").send("/sites/01/disposals/send-back", method="SF 9", kits=kits, **SIGNED))
    depot, quality = visit("depot"), visit("quality")
    page = depot.get("/").text
    assert "Returns to receive" in page
    link = next(part for part in page.split('"') if part.startswith("/depot/returns/"))
    done(depot.send(link, scanned="\n".join(kits[2:])))
    assert trial.row(Kit, number=kits[0]).state == "lost"
    page = depot.get("/").text
    assert "Returns to receive" not in page
    assert "Returns with kits missing" in page
    assert f'href="{link}"' in page
    done(depot.send(link, scanned=kits[1]))
    assert "Returns with kits missing" in depot.get("/").text, "one did not come yet"
    done(depot.send("/depot/destroy", method="incinerated", kits=kits[1:], file=(io.BytesIO(PDF), "c.pdf"), **SIGNED))
    destruction = trial.row(Destruction).id
    assert "Certificates of destruction to check" in quality.get("/").text
    assert quality.get(f"/depot/destructions/{destruction}/certificate.pdf").data == PDF
    done(quality.send(f"/depot/destructions/{destruction}/sign", **SIGNED))
    assert {kit.state for kit in trial.rows(Kit) if kit.number in kits[1:]} == {"destroyed"}
    assert kits[0] in visit("auditor").get("/depot/destructions").text
    assert "Disposals" in visit("pharmacist_01").get("/disposals").text


def body(visitor: Visitor) -> str:
    return str(visitor.get("/depot/types").text.partition("<tbody>")[2].partition("</tbody>")[0])


def test_the_supply_manager_sees_types_as_they_lay_on_a_monday_that_tells_of_no_box(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    visitor, kinds = visit("supply_manager"), [arm.kit_type for arm in trial.study.arms]

    def a_week_later() -> str:
        trial.clock.advance(timedelta(days=7))
        visitor.sign_in("supply_manager")
        return body(visitor)

    def kits_in(shown: str) -> int:
        return sum(map(int, re.findall(r'<td class="number text-end"[^>]*>(\d+)</td>', shown)))

    assert kits_in(a_week_later()) == 64, "as they came in: one box left since"
    bring_in_kits(trial, 96)
    for site in ("02", "03", "02"):
        on_the_way(trial, site, 8)
    before, types = a_week_later(), types_of(trial)
    here = [types[kit.number] for kit in trial.rows(Kit, state="at_depot")]
    for kind in kinds:
        assert f">{kind}<" in before
    assert kits_in(before) == len(here)
    for site in ("01", "02", "03"):
        on_the_way(trial, site, 8)
    assert body(visitor) == before
    assert a_week_later() == before  # three boxes could be computed together with what their sites are known to need
    on_the_way(trial, "01", 8)
    assert a_week_later() == before  # the fourth is of the next lot, alone
    for site in ("02", "03", "02", "01"):
        on_the_way(trial, site, 8)
    assert a_week_later() != before
    for other in ("depot", "trial_manager", "auditor", "quality"):
        assert visit(other).get("/depot/types").status_code == 403
    assert not [kind for kind in kinds for entry in trial.rows(AuditEntry) if kind in entry.body]


def test_who_knows_the_types_sees_neither_size_nor_kind_of_a_box_and_asks_for_none(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    box = trial.row(Shipment, id=on_the_way(trial, "01", 17))
    visitor, manager = visit("supply_manager"), visit("trial_manager")
    for reader, told in ((visitor, False), (manager, True)):
        page = reader.get("/shipments").text
        assert box.number in page
        assert (">17<" in page, f"/shipments/{box.id}" in page, "/shipments/request" in page) == (told,) * 3
    assert visitor.get("/shipments/request").status_code == 403
    assert visitor.get(f"/shipments/{box.id}/cancel").status_code == 403


def test_the_file_of_a_kit_list_is_put_away_once(trial: World, visit: Callable[[str], Visitor]) -> None:
    visitor, manifest = visit("supply_manager"), trial.row(Manifest).id
    assert "to be destroyed or put into escrow" in visitor.get("/").text
    form = {"kind": "escrow", "place": "with the notary, by Chen Jie"}
    done(visitor.send(f"/depot/manifests/{manifest}/put-away", **form, **SIGNED))
    assert trial.row(ManifestDisposal).kind == "escrow"
    assert "with the notary" in visit("auditor").get("/supply").text
    assert "to be destroyed or put into escrow" not in visitor.get("/").text
    again = visitor.send(f"/depot/manifests/{manifest}/put-away", **form, **SIGNED)
    assert "is recorded already" in again.text


def test_a_recall_is_rehearsed_and_a_kit_leads_to_its_lot(trial: World, visit: Callable[[str], Visitor]) -> None:
    manager, lot = visit("trial_manager"), trial.row(Lot).code
    done(manager.send("/recall/drill", lot=lot))
    assert trial.row(RecallDrill).counts == {"depot": 48, "shelf": 16}
    assert f"Rehearsed: lot {lot}" in visit("monitor").get("/recall").text
    kit = trial.rows(Kit, site="01")[0].number
    assert f'href="/recall?q={lot}"' in manager.get(f"/recall?q={kit}").text
    assert visit("monitor").get("/recall/drill").status_code == 403


def test_expired_kits_on_the_shelf_wait_to_be_disposed_of(trial: World, visit: Callable[[str], Visitor]) -> None:
    from irt.dispensing.sweep import SweepKits, sweep_kits

    take_away(trial, [trial.rows(Kit, site="01")[0].number], expiry=trial.clock.now().date() - timedelta(days=1))
    trial.do(sweep_kits, SweepKits(), by="operator")
    assert "Expired kits to be disposed of" in visit("pharmacist_01").get("/").text
    assert "Expired kits to be disposed of" not in visit("pharmacist_02").get("/").text


def test_what_is_to_be_destroyed_at_the_depot_waits_once_quality_has_decided(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    depot, lot = visit("depot"), DecideLot(lot=trial.row(Lot).code, reason="particles were seen")
    assert "Kits to destroy" not in depot.get("/").text
    trial.do(hold_lot, lot, by="quality")
    own = [kit.number for kit in trial.rows(Kit, state="quarantined") if kit.site is None]
    assert "Kits to destroy" not in depot.get("/").text
    page = depot.get("/depot/destroy").text
    assert not [number for number in own if number in page]
    trial.do(reject_lot, lot, by="quality")
    page = depot.get("/").text
    assert "Kits to destroy" in page
    assert f"{len(own)} kits" in page
    page = depot.get("/depot/destroy").text
    assert all(number in page for number in own)
    form = {"method": "incinerated", "all": "yes", "shown": own, "file": (io.BytesIO(PDF), "c.pdf")}
    done(depot.send("/depot/destroy", **form, **SIGNED))
    assert sorted(trial.row(Destruction).kits) == sorted(own)
    assert "Kits to destroy" not in depot.get("/").text, "they wait for quality"


def test_a_site_is_offered_no_kit_to_dispose_of_that_quality_is_to_decide_on(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    pharmacist, lot = visit("pharmacist_01"), DecideLot(lot=trial.row(Lot).code, reason="particles were seen")
    found, *others = [kit.number for kit in trial.rows(Kit, site="01")]
    take_away(trial, [found])  # in quarantine, and held by no entry
    warm = ReportExcursion(
        site="01", noticed_on=trial.clock.now().date(), noticed_at="07:30", told="the door stood open"
    )  # fmt: skip

    def offered() -> set[str]:
        page = pharmacist.get("/sites/01/disposals/destroy").text
        return {number for number in (found, *others) if number in page}

    assert offered() == {found}
    trial.do(hold_lot, lot, by="quality")
    assert offered() == set()
    trial.do(resume_lot, lot, by="quality")
    assert offered() == {found}
    entry = trial.do(report_excursion, warm, by="pharmacist_01")
    assert offered() == set()
    page = pharmacist.get("/sites/01/disposals/destroy").text
    assert "No kit here waits to go." in page
    answer = pharmacist.send("/sites/01/disposals/destroy", method="incinerated", kits=others[:1], **SIGNED)
    assert answer.status_code == 422
    assert f"{others[0]} are in quarantine ({trial.row(Quarantine, id=entry).number}): quality decides" in answer.text
    decision = DecideQuarantine(quarantine=entry, reason="too warm for hours")
    trial.do(reject_quarantine, decision, by="quality")
    assert offered() == {found, *others}


def test_a_kit_that_the_packer_cannot_find_is_reported_from_the_page(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    depot = visit("depot")
    box = trial.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager")
    kit, *others = packed(trial, box)
    there = "/depot/kits/report"
    wrong = depot.send(f"/shipments/{box}/pack", scanned="\n".join(others))
    assert "Kit lost or damaged" in wrong.text
    assert f'href="{there}"' in wrong.text
    assert f'href="{there}"' in depot.get("/supply").text
    assert f'href="{there}"' not in visit("trial_manager").get("/supply").text
    assert "data-scan" in depot.get(there).text
    assert "Reason" in depot.send(there, kit=kit, what="lost").text
    done(depot.send(there, kit=kit, what="lost", reason="not in the refrigerator"))
    assert trial.row(Kit, number=kit).state == "lost"
    assert trial.row(Shipment, id=box).state == "cancelled"
    again = depot.send(there, kit=kit, what="damaged", reason="not in the refrigerator").text
    assert "does not lie at the depot" in again
    manager = visit("trial_manager")
    assert kit not in manager.get(trial.entry_page(trial.last_audit().seq - 1)).text
    assert manager.get("/recall?q=" + kit).status_code == 200
    done(depot.send(there, kit=kit, what="found", reason="it stood in another refrigerator"))
    assert f'value="{kit}"' in depot.get("/depot/destroy").text


def test_a_closed_site_sends_its_shelf_back_with_one_tick(trial: World, visit: Callable[[str], Visitor]) -> None:
    pharmacist, manager = visit("pharmacist_01"), visit("trial_manager")
    there = "/sites/01/disposals/send-back"
    assert 'name="shelf"' not in pharmacist.get(there).text
    trial.do(close_recruitment, SiteOrder(site="01"), by="trial_manager")
    assert "16 still there, 0 in boxes for it, 0 with participants" in manager.get("/sites/01/close").text
    done(manager.send("/sites/01/close", reason="nobody came"))
    shelf = [kit.number for kit in trial.rows(Kit, site="01", state="available")]
    shown = pharmacist.get(there).text
    assert "All that are available on the shelf (16)" in shown
    assert f'name="kits" id="kit-{shelf[0]}"' not in shown
    part = pharmacist.send(there, method="SF 9", kits=shelf[1:], **SIGNED)
    assert "are left out. Choose the whole shelf" in part.text
    assert pharmacist.send(there, method="SF 9", unused=shelf, **SIGNED).status_code == 422  # not ticked
    done(pharmacist.send(there, method="SF 9", shelf="yes", unused=shelf, **SIGNED))
    assert {trial.row(Kit, number=kit).state for kit in shelf} == {"sent_back"}
