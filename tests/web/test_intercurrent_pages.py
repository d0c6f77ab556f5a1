"""Intercurrent events by the pages: reported by the site, judged by the medical monitor, read by no site."""

from collections.abc import Callable

import pytest

from irt.outcomes.intercurrent_tables import Adjudication, InterferingMedication
from tests.cast import PASSWORD, World
from tests.outcomes.happened import judge, rescued, stopped
from tests.treated import Patient, treated
from tests.web.conftest import Visitor
from tests.web.test_main_path import done

Visit = Callable[[str], Visitor]
WHY = "given for the skin, so it is a rescue"


@pytest.fixture
def one(database_url: str) -> Patient:
    one = treated(database_url, "01", "02")
    one.on_day(60)
    return one


@pytest.fixture
def trial(one: Patient) -> World:
    return one.world


def path(one: Patient, rest: str = "") -> str:
    return f"/intercurrent/of/{one.id}{rest and '/' + rest}"


def test_medication_is_reported_corrected_and_a_deviation(one: Patient, visit: Visit) -> None:
    nurse = visit("coordinator_01")
    assert path(one) in nurse.get(f"/participants/{one.id}").text
    wrong = {"kind": "ivig", "drug": "immunoglobulin", "started_on": str(one.day(61))}
    assert nurse.send(path(one, "report"), **wrong).status_code == 422
    told = wrong | {"started_on": str(one.day(50)), "dose": "2 g/kg"}
    early = nurse.send(path(one, "report"), **told, ended_on=str(one.day(49)))
    assert "is before the start" in early.text
    done(nurse.send(path(one, "report"), **told))
    page = nurse.get(path(one)).text
    for said in ("Intravenous immunoglobulin: immunoglobulin, 2 g/kg", "goes on"):
        assert said in page, said
    done(nurse.send(path(one, "1/correct"), **told | {"dose": "1 g/kg"}, stands="yes", reason="read from the chart"))
    page = nurse.get(path(one)).text
    for said in ("immunoglobulin, 1 g/kg", "read from the chart", "immunoglobulin, 2 g/kg"):
        assert said in page, said
    deviations = nurse.get("/deviations/").text
    for said in ("Medication was given that changes what an outcome means.", "Intravenous immunoglobulin"):
        assert said in deviations, said
    done(nurse.send(path(one, "1/correct"), **told, stands="no", reason="another participant"))
    assert "Recorded by mistake" in nurse.get(path(one)).text
    assert nurse.get(path(one, "2/correct")).status_code == 404
    assert len(one.world.rows(InterferingMedication)) == 3


def test_an_event_waits_for_the_medical_monitor_who_judges_and_signs(one: Patient, visit: Visit) -> None:
    rescued(one, 50)
    stopped(one, 55, "lack_of_efficacy")
    monitor = visit("medical_monitor")
    assert "Intercurrent events to judge" in monitor.get("/").text
    address = path(one, "medication.1/judge")
    assert address in monitor.get("/").text
    form = monitor.get(address).text
    for said in (
        "immunoglobulin 2 g/kg",
        "I judged this without knowing the treatment",
        "The study file proposes: Rescue",
    ):
        assert said in form, said
    assert "checked" not in form, "nobody signs a judgement that was filled in for them"
    judged = {"verdict": "rescue", "happened_on": str(one.day(50)), "reason": WHY, "password": PASSWORD}
    named = monitor.send(address, **judged | {"reason": "surely on placebo"})
    assert named.status_code == 422
    assert "placebo" not in named.text.replace("surely on placebo", "")
    done(monitor.send(address, **judged))
    assert address not in monitor.get("/").text
    listed = monitor.get("/intercurrent/").text
    for said in (WHY, "Signed by Medical monitor", "Treatment stopped", "Lack of efficacy", "To be judged"):
        assert said in listed, said
    done(monitor.send(address, **judged | {"verdict": "none", "reason": "it was for another disease"}))
    assert [row.verdict for row in sorted(one.world.rows(Adjudication), key=lambda row: row.revision)] == [
        "rescue", "none",
    ]  # fmt: skip
    assert WHY in monitor.get(address).text, "what was said before stands beside the form"
    assert monitor.get(path(one, "death/judge")).status_code == 404


@pytest.mark.parametrize("name", ["data_manager", "monitor", "trial_statistician", "auditor"])
def test_those_who_read_it_judge_nothing(one: Patient, visit: Visit, name: str) -> None:
    rescued(one, 50)
    judge(one, "medication.1")
    reader = visit(name)
    page = reader.get("/intercurrent/").text
    assert one.number in page
    assert "/judge" not in page
    assert reader.get(path(one, "medication.1/judge")).status_code == 403
    assert reader.get(path(one)).status_code == 200
    assert reader.get(path(one, "report")).status_code == 403


def test_no_site_reads_what_was_judged(one: Patient, visit: Visit) -> None:
    rescued(one, 50)
    judge(one, "medication.1")
    for name in ("investigator_01", "coordinator_01"):
        site = visit(name)
        assert site.get("/intercurrent/").status_code == 403
        for address in (path(one), f"/participants/{one.id}", "/"):
            assert "as the protocol says" not in site.get(address).text
    for name in ("coordinator_02", "assessor_01", "physician_assessor_01", "laboratory", "pharmacist_01"):
        other = visit(name)
        assert other.get(path(one)).status_code == (404 if name == "coordinator_02" else 403)
        assert other.get(path(one, "report")).status_code == (404 if name == "coordinator_02" else 403)
