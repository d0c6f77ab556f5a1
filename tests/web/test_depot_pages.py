"""The depot's pages: a return, a destruction with its certificate, kits by type for the supply manager, a drill."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from irt.dispensing.lot_holds import hold_lot, reject_lot
from irt.gate.tables import AuditEntry
from irt.supply.lots import DecideLot
from irt.supply.tables import Destruction, Kit, Lot, Manifest, ManifestDisposal, RecallDrill
from tests.cast import PASSWORD, World
from tests.stocked import on_the_way, running_trial, types_of
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
    done(depot.send(link, scanned="\n".join(kits[1:])))
    assert trial.row(Kit, number=kits[0]).state == "lost"
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


def test_the_supply_manager_sees_types_as_they_lay_when_the_week_began(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    visitor, kinds = visit("supply_manager"), [arm.kit_type for arm in trial.study.arms]
    assert not [kind for kind in kinds if kind in visitor.get("/depot/types").text]  # all came in this week
    trial.clock.advance(timedelta(days=7))
    visitor.sign_in("supply_manager")
    before = body(visitor)
    types = types_of(trial)
    here = [types[kit.number] for kit in trial.rows(Kit, state="at_depot")]
    for kind in kinds:
        assert f">{kind}<" in before
        assert f">{here.count(kind)}<" in before
    on_the_way(trial, "01", 16)
    assert body(visitor) == before  # what was packed since is not to be computed
    for other in ("depot", "trial_manager", "auditor", "quality"):
        assert visit(other).get("/depot/types").status_code == 403
    assert not [kind for kind in kinds for entry in trial.rows(AuditEntry) if kind in entry.body]


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
    from tests.stocked import take_away

    take_away(trial, [trial.rows(Kit, site="01")[0].number], expiry=trial.clock.now().date() - timedelta(days=1))
    trial.do(sweep_kits, SweepKits(), by="operator")
    assert "Expired kits to be disposed of" in visit("pharmacist_01").get("/").text
    assert "Expired kits to be disposed of" not in visit("pharmacist_02").get("/").text
