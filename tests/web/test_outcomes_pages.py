"""Outcomes by the pages: a worklist, the sheet of a visit, what is shown to whom, and what is hidden from a rater."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from irt.dispensing.attendance import RecordVisit, record_visit
from irt.dispensing.treatment import StopTreatment, stop_treatment
from irt.outcomes.capture import CorrectForm, correct, draft, rate, record
from irt.outcomes.tables import OutcomeForm
from irt.web import create
from tests.cast import PASSWORD, World
from tests.outcomes.answered import least, rated, sheet, transcribed
from tests.treated import Patient, treated
from tests.web.conftest import Visitor, visiting
from tests.web.test_main_path import done

Visit = Callable[[str], Visitor]
SIGNED = {"password": PASSWORD}
ASSESSOR, PHYSICIAN, COORDINATOR = "assessor_01", "physician_assessor_01", "coordinator_01"


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url)


@pytest.fixture
def trial(one: Patient) -> World:
    return one.world


def path(one: Patient, rest: str = "") -> str:
    return f"/outcomes/{one.id}/{rest}"


def typed(one: Patient, *instruments: str, **other: str) -> dict[str, str]:
    """The fields of a sheet with accepted values."""
    study = one.world.study
    values = {
        f"readings.{name}.{key}": text for name in instruments for key, text in least(study.instrument(name)).items()
    }
    return values | {f"readings.{name.replace('__', '.')}": text for name, text in other.items()}


def main(answer: Any) -> str:
    text: str = answer.text
    return text[text.index("<main") :]


def test_a_rater_finds_what_waits_and_signs_it(one: Patient, visit: Visit) -> None:
    rater = visit(ASSESSOR)
    for page in ("/", "/outcomes/"):
        assert path(one, "W0") in rater.get(page).text
    assert "Visits to rate" in rater.get("/").text
    form = main(rater.get(path(one, "W0")))
    assert "MMT-8" in form
    assert "CDASI" in form
    assert "readings.physician_global.vas" not in form, "it is another's to judge"
    told = typed(one, "mmt8", "cdasi", mmt8__deltoid="7") | {"assessed_on": str(one.day_1)}
    answer = done(rater.send(path(one, "W0"), **told, **SIGNED))
    assert answer.headers["Location"] == path(one)
    (mmt8,) = one.world.rows(OutcomeForm, instrument="mmt8")
    assert (mmt8.state, mmt8.readings["deltoid"]) == ("final", "7")
    shown = main(rater.get(path(one)))
    for said in ("MMT-8 total", ">7<", "/ 80", "Assessor 01", "I rated this myself, without knowing the treatment"):
        assert said in shown, said
    assert "Physician" not in shown
    assert path(one, "W0") not in rater.get("/outcomes/").text
    assert rater.get(path(one, "W0")).status_code == 303


def test_all_mistakes_stand_beside_their_fields_and_what_was_typed_stays(one: Patient, visit: Visit) -> None:
    rater = visit(ASSESSOR)
    told = typed(one, "mmt8", mmt8__deltoid="11", mmt8__biceps="") | {"not_done.cdasi": "x", "assessed_on": ""}
    answer = rater.send(path(one, "W0"), **told, **SIGNED)
    assert answer.status_code == 422
    assert "severity) · Not performed: “x” is not accepted" in answer.text
    told = typed(one, "mmt8", mmt8__deltoid="11", mmt8__biceps="") | {"assessed_on": str(one.day_1)}
    told |= {"not_done.cdasi": "not asked for", "readings.cdasi.activity": "3"}
    answer = rater.send(path(one, "W0"), **told)
    assert answer.status_code == 422
    for said in ("type your password", "Deltoid: “11” is not accepted; write 10 or less", "Biceps brachii: fill it in",
                 "severity) · Not performed: “not asked for”", 'href="#field-readings.mmt8.deltoid"'):  # fmt: skip
        assert said in answer.text, said
    assert re.search(r'name="readings.mmt8.deltoid"[^>]*value="11"', answer.text)
    assert one.world.rows(OutcomeForm) == []
    told |= {"readings.mmt8.deltoid": "10", "readings.mmt8.biceps": "9", "readings.cdasi.activity": ""}
    done(rater.send(path(one, "W0"), **told, **SIGNED))
    assert {row.instrument: row.state for row in one.world.rows(OutcomeForm)} == {"mmt8": "final", "cdasi": "not_done"}
    assert "Not performed: “not asked for”" in main(rater.get(path(one)))


@pytest.mark.parametrize(("password", "told"), [("", "type your password"), ("wrong", "password")])
def test_without_the_password_nothing_is_rated(one: Patient, visit: Visit, password: str, told: str) -> None:
    rater = visit(ASSESSOR)
    answer = rater.send(path(one, "W0"), **typed(one, "cdasi"), assessed_on=str(one.day_1), password=password)
    assert answer.status_code == 422
    assert told in answer.text
    assert one.world.rows(OutcomeForm) == []


def test_a_draft_is_proposed_again_and_seen_by_its_raters_alone(one: Patient, visit: Visit) -> None:
    rater = visit(ASSESSOR)
    kept = done(rater.send(path(one, "W0"), **typed(one, mmt8__deltoid="6"), assessed_on=str(one.day_1), keep="draft"))
    assert kept.headers["Location"] == path(one, "W0")
    again = rater.get(path(one, "W0")).text
    assert re.search(r'name="readings.mmt8.deltoid"[^>]*value="6"', again)
    assert "Draft" in main(rater.get("/outcomes/"))
    for other in ("investigator_01", "monitor", "data_manager", "auditor", COORDINATOR):
        page = main(visit(other).get(path(one)))
        assert "Draft" not in page, other
        assert "Deltoid" not in page, other


def test_the_coordinator_records_unsigned_and_reads_their_own(one: Patient, visit: Visit) -> None:
    rated(one)
    coordinator = visit(COORDINATOR)
    form = main(coordinator.get(path(one, "W0")))
    assert "Electronic signature" not in form
    assert "copied from the participant" in form
    told = typed(one, "haq", "patient_global", "glucocorticoid", glucocorticoid__drug="methylprednisolone",
                 glucocorticoid__dose="7", haq__grip="3", haq__reach="") | {"assessed_on": str(one.day_1)}  # fmt: skip
    done(coordinator.send(path(one, "W0"), **told))
    shown = main(coordinator.get(path(one)))
    for said in ("Prednisone equivalent", "8.75", 'title="35/4"', "0.429", 'title="3/7"', "3 Unable to do",
                 "Methylprednisolone", "from a source"):  # fmt: skip
        assert said in shown, said
    assert "MMT-8" not in shown, "judgements are the raters'"
    assert "MMT-8" in main(visit("investigator_01").get(path(one)))


@pytest.mark.parametrize("name", ["investigator_01", "monitor", "data_manager", "auditor"])
def test_those_who_oversee_read_all_but_the_laboratory_s(one: Patient, visit: Visit, name: str) -> None:
    rated(one)
    transcribed(one)
    shown = main(visit(name).get(path(one)))
    for said in ("MMT-8", "Activity", "Extramuscular", "HAQ-DI", "Muscle enzymes"):
        assert said in shown, said
    for never in ("CD4", "cytokine", "Eosinophils", "TIS", "DOI", "esponder", "Correct<"):
        assert never not in shown, never


@pytest.mark.parametrize("name", ["medical_monitor", "trial_manager", "pharmacist_01", "laboratory", "sponsor"])
def test_it_is_no_page_of_the_others(one: Patient, visit: Visit, name: str) -> None:
    other = visit(name)
    for rest in ("", "W0", "W0/mmt8/correct"):
        assert other.get(path(one, rest)).status_code == 403


def test_another_site_finds_nothing(one: Patient, visit: Visit) -> None:
    rated(one)
    other = visit("assessor_02")
    nobody = other.get(path(one, "W0").replace(one.id, "nobody"))
    assert nobody.status_code == 404
    for rest in ("", "W0", "W0/mmt8/correct"):
        found = other.get(path(one, rest))
        assert (found.status_code, found.text) == (404, nobody.text)


def test_the_physician_reads_the_extract_of_the_visit_and_nothing_else(one: Patient, visit: Visit) -> None:
    one.world.do(
        record, sheet(one, "W0", "muscle_enzymes", "glucocorticoid", muscle_enzymes__ck="4321"), by=COORDINATOR
    )
    form = main(visit(PHYSICIAN).get(path(one, "W0")))
    assert "From the record of this visit" in form
    assert "4321" in form
    assert "Glucocorticoid" not in form
    assert "4321" not in main(visit(PHYSICIAN).get(path(one)))
    assert "4321" not in main(visit(ASSESSOR).get(path(one, "W0")))


def test_earlier_visits_are_hidden_until_the_visit_at_hand_is_rated(one: Patient, visit: Visit) -> None:
    one.world.do(rate, sheet(one, "W0", "mmt8", "cdasi", cdasi__activity="97"), by=ASSESSOR)
    rater, fix = visit(ASSESSOR), path(one, "W0/cdasi/correct")
    assert ">97<" in main(rater.get(path(one)))
    assert 'value="97"' in rater.get(fix).text
    one.on_day(85)
    rater = visit(ASSESSOR)
    sent = {
        "assessed_on": str(one.day_1),
        "readings.activity": "97",
        "readings.damage": "0",
        "reason": "is it?",
    } | SIGNED
    told = {**rater.tokens(path(one, "W12")), **sent}
    for page in (rater.get(path(one)), rater.get(fix), rater.get(path(one, "W12")), rater.post(fix, told)):
        assert page.status_code == 200
        assert "97" not in main(page)
    assert len(one.world.rows(OutcomeForm, instrument="cdasi")) == 1
    assert "Shown again once the visit at hand is rated." in main(rater.get(path(one)))
    assert ">97<" in main(visit("investigator_01").get(path(one))), "who does not rate is kept from nothing"
    one.world.do(rate, sheet(one, "W12", "mmt8", on=one.day(85)), by=ASSESSOR)
    assert ">97<" not in main(rater.get(path(one))), "one instrument is still open"
    one.world.do(rate, sheet(one, "W12", "cdasi", on=one.day(85)), by=ASSESSOR)
    assert ">97<" in main(rater.get(path(one)))
    assert 'value="97"' in rater.get(fix).text


def test_a_study_may_let_raters_see_what_they_rated(one: Patient) -> None:
    one.world.do(rate, sheet(one, "W0", "mmt8", "cdasi", cdasi__activity="97"), by=ASSESSOR)
    one.on_day(85)
    study = one.world.study
    open_ = one.world.under(capture=study.capture.model_copy(update={"hide_earlier_visits": False}))
    rater = visiting(one.world, create(open_.service))(ASSESSOR)
    assert ">97<" in main(rater.get(path(one)))


def test_a_correction_keeps_what_stood_there_with_the_reason(one: Patient, visit: Visit) -> None:
    rated(one)
    rater, fix = visit(ASSESSOR), path(one, "W0/cdasi/correct")
    told = {"assessed_on": str(one.day_1), "readings.activity": "12", "readings.damage": "0"}
    wrong = rater.send(fix, **{**told, "readings.damage": "33"}, reason="misread", **SIGNED)
    assert "CDASI (cutaneous disease area and severity) · Damage: “33” is not accepted" in wrong.text
    assert "Reason: fill it in" in rater.send(fix, **told, **SIGNED).text
    done(rater.send(fix, **told, reason="misread the scale", **SIGNED))
    shown = main(rater.get(path(one)))
    for said in (">12<", "Corrected: “misread the scale”", "Earlier versions (1)", "I correct this record"):
        assert said in re.sub(r"</?summary>", "", shown), said
    assert visit(PHYSICIAN).get(fix).status_code == 404
    assert visit(COORDINATOR).get(fix).status_code == 404


def test_late_and_out_of_its_window_is_marked(one: Patient, visit: Visit) -> None:
    rated(one)
    one.on_day(90)
    assert "late" in main(visit(ASSESSOR).get(path(one, "W12")))
    one.on_day(120)
    assert "out of its time" in main(visit(ASSESSOR).get("/outcomes/"))
    rated(one, "W12", on=one.day(120))
    assert "out of its time" in main(visit("monitor").get(path(one)))


def test_raters_are_not_told_that_treatment_stopped(one: Patient, visit: Visit) -> None:
    rated(one)
    one.on_day(40)
    stop = StopTreatment(participant=one.id, last_day=one.day(38), stop_reason="adverse_event", note="rash all over")
    one.world.do(stop_treatment, stop, by="investigator_01")
    early = RecordVisit(participant=one.id, visit="ET", visited_on=one.day(40), reason="stopped")
    one.world.do(record_visit, early, by=COORDINATOR)
    rater = visit(ASSESSOR)
    name, address = f"Additional visit of {one.day(40)}", path(one, f"day-{one.day(40)}")
    for page in ("/", "/outcomes/", path(one), address):
        text = rater.get(page).text
        assert name in text, page
        assert not re.search(r"ET\.1|Early termination|stopped|Stopped", text), page
    assert rater.get(path(one, "ET.1")).status_code == 404
    assert "Early termination" in main(visit("investigator_01").get(path(one)))
    done(rater.send(address, **typed(one, "mmt8", "cdasi"), assessed_on=str(one.day(40)), **SIGNED))
    assert {row.visit for row in one.world.rows(OutcomeForm, instrument="mmt8")} == {"W0", "ET.1"}
    again = rater.post(address, {**rater.tokens("/account/password"), "request_id": "a" * 20, "password": PASSWORD,
                                 "assessed_on": str(one.day(40)), **typed(one, "mmt8")})  # fmt: skip
    assert "it is recorded already" in again.text
    assert "ET" not in main(again)


def test_the_participant_page_leads_there(one: Patient, visit: Visit) -> None:
    for name in (ASSESSOR, PHYSICIAN, COORDINATOR, "investigator_01", "monitor", "auditor"):
        assert f'href="{path(one)}"' in visit(name).get(f"/participants/{one.id}").text, name
    for name in ("pharmacist_01", "medical_monitor", "trial_manager"):
        assert f'href="{path(one)}"' not in visit(name).get(f"/participants/{one.id}").text, name


def test_a_visit_that_has_not_begun_has_no_sheet(one: Patient, visit: Visit) -> None:
    assert visit(ASSESSOR).get(path(one, "W12")).status_code == 404
    assert visit(ASSESSOR).get(path(one, "nonsense")).status_code == 404


def test_it_speaks_chinese(one: Patient, app: Flask, visit: Visit) -> None:
    one.world.do(draft, sheet(one, "W0", "mmt8"), by=ASSESSOR)
    one.world.do(rate, sheet(one, "W0", "physician_global"), by=PHYSICIAN)
    fixed = CorrectForm(participant=one.id, visit="W0", instrument="physician_global", assessed_on=one.day_1,
                        readings={"vas": "3.5"}, revision=2, reason="misread")  # fmt: skip
    one.world.do(correct, fixed, by=PHYSICIAN)
    for name in (ASSESSOR, PHYSICIAN):
        rater = visit(name)
        rater.get("/language/zh_Hans_CN")
        for page in ("/outcomes/", path(one), path(one, "W0")):
            text = re.sub(r"<[^>]*>", " ", main(rater.get(page)))
            assert not re.findall(r"\b[a-z]+(?: [a-z]+){2,}\b", text), page
