"""The safety desk by its pages: a case is read, opened once, closed part by part; its start page says what waits."""

import re
from collections.abc import Callable

import pytest

from irt.safety.emergency_tables import DeskClosing, DeskOpening
from irt.safety.tables import SusarCandidate
from tests.cast import PASSWORD, World
from tests.safety.told import DEADLY, judged, reported
from tests.treated import Patient, treated
from tests.web.conftest import Visitor

Visit = Callable[[str], Visitor]


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url, "01")


@pytest.fixture
def trial(one: Patient) -> World:
    return one.world


@pytest.fixture
def case(one: Patient) -> str:
    """The address of a fatal case that waits."""
    judged(one.world, reported(one.world, one.id, **DEADLY).event)
    return f"/desk/{one.world.row(SusarCandidate).id}"


def shown_arms(world: World, page: str) -> list[str]:
    """The arms that the page names as assigned."""
    return [arm.label.en for arm in world.study.arms if f'big-number">{arm.label.en}<' in page]


def test_a_case_is_read_with_every_version_and_its_clocks(trial: World, case: str, visit: Visit) -> None:
    page = visit("safety_officer").get(case)
    assert page.status_code == 200
    for said in ("First report", "Complete report", "Running", "Fatal", "Not yet"):
        assert said in page.text, said
    assert shown_arms(trial, page.text) == []


def test_a_case_is_opened_once_and_booked(trial: World, case: str, visit: Visit) -> None:
    officer = visit("safety_officer")
    answer = officer.send(f"{case}/open", reason="the report is due", password=PASSWORD)
    assert answer.status_code == 303
    page = officer.get(answer.location).text
    assert len(shown_arms(trial, page)) == 1
    assert 'role="status"' not in page, "no empty message stands above it"
    assert shown_arms(trial, officer.get(answer.location).text) == []
    assert trial.row(DeskOpening).reason == "the report is due"
    assert "the report is due" in officer.get(case).text


def test_the_form_says_what_is_closed_and_the_start_page_what_waits(trial: World, case: str, visit: Visit) -> None:
    officer = visit("safety_officer")
    for word, clock in (("Report", "First report"), ("Complete report", "Complete report")):
        start = officer.get("/").text
        assert "Cases at the desk" in start
        assert re.search(rf"· {clock}\s+due until", start), word
        assert case in start
        assert f"Close the case: {word}" in officer.get(f"{case}/close").text
        assert officer.send(f"{case}/close", password=PASSWORD).status_code == 303
    assert sorted(row.part for row in trial.rows(DeskClosing)) == ["follow_up", "report"]
    assert "Cases at the desk" not in officer.get("/").text
    for name in ("investigator_01", "medical_monitor", "trial_manager", "monitor"):
        assert "Cases at the desk" not in visit(name).get("/").text
