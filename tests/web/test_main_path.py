"""The main path by the pages alone: stock, open, screen, confirm, randomize, hand over; and what each person sees."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from irt.conduct.tables import Site
from irt.gate.tables import AuditEntry
from irt.participants.tables import Participant
from irt.randomization.prepare import PrepareList, prepare_list
from irt.randomization.tables import Randomization
from irt.supply.readiness import LaySites, lay_sites
from irt.supply.tables import Assignment, Kit, Shipment
from irt.vault.proof import LayProof, lay_proof
from tests.cast import PASSWORD, World
from tests.setting import answers, baseline_values, invented
from tests.web.conftest import Visitor, manifest

SIGNED = {"password": PASSWORD}


def stocked(trial: World, visit: Callable[[str], Visitor], site: str = "01") -> None:
    """List sealed, kits taken in and received at a site, the study open and the site active: by the pages."""
    trial.do(lay_proof, LayProof(), by="operator")
    trial.do(lay_sites, LaySites(), by="operator")
    design = PrepareList(block_sizes=(4, 6), slots=trial.study.cap)
    trial.do(prepare_list, design, by="unblinded_statistician")
    supplier, manager, depot = visit("supply_manager"), visit("trial_manager"), visit("depot")
    done(supplier.send("/supply/manifest", file=(io.BytesIO(manifest(trial)), "kits.csv"), **SIGNED))
    done(visit("quality").send("/lots/release/L1", reason="certificate of analysis reviewed", **SIGNED))
    done(manager.send("/study/open", **SIGNED))
    for kind in ("ethics", "contract"):
        approval = {"kind": kind, "reference": f"{kind} 1", "approved_on": "2026-02-01"}
        done(manager.send(f"/sites/{site}/approval", **approval))
    done(visit(f"investigator_{site}").send(f"/sites/{site}/delegation", **SIGNED))
    done(visit(f"investigator_{site}").send(f"/sites/{site}/practice", **invented(site), **SIGNED))
    done(manager.send("/shipments/request", site=site, kits="32"))
    shipment = trial.row(Shipment, site=site).id
    numbers = " ".join(kit.number for kit in trial.rows(Kit, site=site))
    done(depot.send(f"/shipments/{shipment}/pack", scanned=numbers))
    done(depot.send(f"/shipments/{shipment}/send", carrier="SF 123"))
    trial.clock.advance(timedelta(minutes=20))
    pharmacist = visit(f"pharmacist_{site}")
    kits = {f"kits.{kit.number}": "intact" for kit in trial.rows(Kit, site=site)}
    done(pharmacist.send(f"/shipments/{shipment}/receive", temperature="in_range", **kits))
    done(manager.send(f"/sites/{site}/ready"))
    done(manager.send(f"/sites/{site}/activate"))
    assert trial.row(Site, code=site).state == "active"


def done(answer: Any) -> Any:
    """The step was taken: the answer sends on."""
    problems = re.findall(r'class="alert alert-danger.*?</div>', answer.text, re.S)
    assert answer.status_code == 303, (answer.status_code, problems)
    return answer


def candidate(trial: World, visit: Callable[[str], Visitor]) -> str:
    """Somebody screened by the coordinator, with baseline values."""
    coordinator = visit("coordinator_01")
    person = {
        "site": "01", "sex": "female", "birth_year": "1980", "identity_document": "EXAMPLE-77001",
        "consent_version": trial.study.consent_version, "consent_on": "2026-03-02",
    }  # fmt: skip
    screened = done(coordinator.send("/participants/screen", **person))
    path = screened.headers["Location"]
    values = {f"values.{name}": value for name, value in baseline_values(trial).items()}
    done(coordinator.send(f"{path}/baseline", **values))
    return str(path)


def test_the_main_path_by_the_pages(trial: World, visit: Callable[[str], Visitor]) -> None:
    stocked(trial, visit)
    path = candidate(trial, visit)
    investigator, pharmacist = visit("investigator_01"), visit("pharmacist_01")
    assert f"{path}/eligibility" in investigator.get("/").text
    confirmed = {f"answers.{name}": answer for name, answer in answers(trial).items()}
    done(investigator.send(f"{path}/eligibility", **confirmed, **SIGNED))
    assert f"{path}/randomize" in investigator.get("/").text
    confirmation = done(investigator.send(f"{path}/randomize", **SIGNED)).headers["Location"]

    drawn, given = trial.row(Randomization), trial.row(Assignment)
    witness = trial.rows(AuditEntry, act="participant.randomize", kind="act")[0]
    page = investigator.get(confirmation).text
    for shown in (drawn.number, given.kit, witness.hash[:16], "2026-03-02", "+08:00 Asia/Shanghai"):
        assert shown in page
    assert "I request randomization" in page
    assert "Investigator 01" in page

    hand_over = f"{path}/visits/{given.visit}/hand-over"
    assert hand_over in pharmacist.get("/").text
    wrong = next(kit.number for kit in trial.rows(Kit, state="available"))
    refused = pharmacist.send(hand_over, kit=wrong)
    assert refused.status_code == 422
    assert "Not the assigned kit." in refused.text
    slip = done(pharmacist.send(hand_over, kit=given.kit)).headers["Location"]
    assert trial.row(Assignment).state == "handed_over"
    assert "Pharmacist 01" in pharmacist.get(slip).text


def test_another_sites_participant_is_not_found(trial: World, visit: Callable[[str], Visitor]) -> None:
    stocked(trial, visit)
    path = candidate(trial, visit)
    stranger = visit("investigator_02")
    for page in ("", "/eligibility", "/randomize", "/consent", "/baseline", "/withdrawal", "/randomization"):
        assert stranger.get(path + page).status_code == 404, page
    assert trial.row(Participant).screening_number not in stranger.get("/participants/").text


def test_an_assessor_sees_no_kit(trial: World, visit: Callable[[str], Visitor]) -> None:
    stocked(trial, visit)
    path = candidate(trial, visit)
    investigator = visit("investigator_01")
    confirmed = {f"answers.{name}": answer for name, answer in answers(trial).items()}
    done(investigator.send(f"{path}/eligibility", **confirmed, **SIGNED))
    done(investigator.send(f"{path}/randomize", **SIGNED))
    kit, number = trial.row(Assignment).kit, trial.row(Randomization).number
    assert kit in investigator.get(path).text
    for rater in ("assessor_01", "physician_assessor_01"):
        visitor = visit(rater)
        for page in ("/", "/participants/", path):
            answer = visitor.get(page)
            assert answer.status_code == 200
            assert kit not in answer.text
            assert "kit" not in re.sub(r"<[^>]+>", "", answer.text).lower()
        assert number in visitor.get("/participants/").text
        for closed in (f"{path}/randomization", f"{path}/visits/W0/slip", "/shelf", "/shipments", "/dispensing"):
            assert visitor.get(closed).status_code == 403
