"""The pages of accidental unblinding: who reports, who sees which report, and that no treatment gets in."""

from collections.abc import Callable

import pytest
from flask import Flask

from irt.safety.unblinding_tables import Unblinding
from irt.web import create
from tests.cast import PASSWORD, World
from tests.setting import open_trial
from tests.web.conftest import Visitor

WHO = "The nurse on duty"
TEXTS = {"who": WHO, "how": "A list lay open", "done": "It was locked away"}


@pytest.fixture
def app(trial: World) -> Flask:
    return create(open_trial(trial, "01", "02").service)


def reported(trial: World, visitor: Visitor, **other: str) -> str:
    """A report sent through the form; answers its address."""
    values = {"site": "01", "scope": "site", "learned_on": trial.clock.now().date().isoformat(), **TEXTS, **other}
    answer = visitor.send("/unblindings/report", **values, password=PASSWORD)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_who_sees_the_report_of_an_assessor(trial: World, visit: Callable[[str], Visitor]) -> None:
    place = reported(trial, visit("assessor_01"))
    care, offices = ("investigator_01", "coordinator_01", "pharmacist_01"), ("monitor", "trial_manager", "quality")
    seeing = ("assessor_01", *care, *offices, "trial_statistician")
    for name in seeing:
        visitor = visit(name)
        assert WHO in visitor.get("/unblindings/").text, name
        assert "A list lay open" in visitor.get(place).text, name
    blind = ("physician_assessor_01", "investigator_02", "laboratory", "data_manager", "medical_monitor", "sponsor",
             "depot", "auditor")  # fmt: skip
    for name in blind:
        visitor = visit(name)
        assert WHO not in visitor.get("/unblindings/").text, name
        assert visitor.get(place).status_code == 404, name


def test_the_laboratory_sees_its_own(trial: World, visit: Callable[[str], Visitor]) -> None:
    laboratory = visit("laboratory")
    place = reported(trial, laboratory, site="", scope="trial")
    reported(trial, visit("coordinator_01"), who="Somebody else")
    page = laboratory.get("/unblindings/").text
    assert (WHO in page, "Somebody else" in page) == (True, False)
    assert laboratory.get(place).status_code == 200
    assert WHO not in visit("investigator_01").get("/unblindings/").text  # it happened at no site


def test_a_treatment_does_not_get_in_and_is_not_named_back(trial: World, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("coordinator_01")
    values = {"scope": "site", "site": "01", "learned_on": trial.clock.now().date().isoformat(), "password": PASSWORD}
    said = set()
    for named in ("she had PBO", "she had the placebo", "她用的是安慰剂"):
        page = visitor.send("/unblindings/report", **values, **TEXTS | {"how": named}).text
        alert = page[page.index('role="alert"') : page.index("</div>", page.index('role="alert"'))]
        assert named not in alert
        said.add(alert)
    assert len(said) == 1
    assert "A treatment must not be written here" in said.pop()
    assert trial.rows(Unblinding) == []


def test_an_assessment_stands_on_the_page(trial: World, visit: Callable[[str], Visitor]) -> None:
    place, quality = reported(trial, visit("coordinator_01")), visit("quality")
    assert "To be assessed" in quality.get("/unblindings/").text
    said = {"impact": "None", "corrective": "Retraining", "reason": "as the plan says", "password": PASSWORD}
    assert quality.send(f"{place}/assess", **said).status_code == 303
    page = visit("investigator_01").get(place).text
    assert all(text in page for text in ("Assessment 1", "Retraining", "Signed by Quality"))
    assert visit("monitor").get(f"{place}/assess").status_code == 403
