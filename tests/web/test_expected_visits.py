"""Whoever left is waited for on no list: raters, coordinator, laboratory and board go by one rule; late forms come."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.outcomes.tables import LaboratoryResult, OutcomeForm
from irt.web import create
from tests.outcomes.answered import rated, transcribed
from tests.outcomes.written_forms import written
from tests.setting import recorded
from tests.treated import Patient, treated
from tests.web.conftest import Visitor, visiting

Visit = Callable[[str], Visitor]
ASKED = ("assessor_01", "physician_assessor_01", "coordinator_01")


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url)


@pytest.fixture
def visit(one: Patient) -> Visit:
    app: Flask = create(one.world.service)
    return visiting(one.world, app)


def left(one: Patient, day: int) -> None:
    """They withdraw on a study day, which it is then."""
    one.on_day(day)
    one.world.do(withdraw, Withdraw(participant=one.id, reason="moved away"), by="investigator_01")


def waiting(one: Patient, visit: Visit) -> dict[str, set[str]]:
    """The visits that each is asked for by their list and their start page."""
    found = {}
    for name in ASKED:
        pages = [visit(name).get(page).text for page in ("/outcomes/", "/")]
        lists = [set(re.findall(rf'/outcomes/{one.id}/([^"/]+)"', page)) for page in pages]
        assert lists[0] == lists[1], name
        found[name.removesuffix("_01")] = lists[0]
    laboratory = visit("laboratory")
    found["laboratory"] = set(re.findall(rf"/results/of/{one.id}/([^/]+)/", laboratory.get("/results/").text))
    template = laboratory.get("/results/template.csv").data.decode("utf-8-sig")
    assert {row.split(",")[1] for row in template.splitlines() if row.startswith(one.number)} == found["laboratory"]
    return found


def on_board(one: Patient, visit: Visit) -> list[int]:
    """How many marks stand in each cell of the participant's row."""
    page = visit("monitor").get("/completeness/").text
    row = page[page.index(one.number) :].partition("</tr>")[0]
    return [cell.count('class="cell-mark') for cell in row.split("<td>")[1:]]


def test_who_left_within_a_window_is_waited_for_at_that_visit_by_nobody(one: Patient, visit: Visit) -> None:
    rated(one)
    one.on_day(85)
    assert all("W12" in visits for visits in waiting(one, visit).values())
    assert on_board(one, visit) == [13, 2, 2, 13, 2, 2, 13, 0]
    left(one, 85)
    earlier = {"W4", "W8"}  # they were over, and nothing is there
    assert waiting(one, visit) == {
        "assessor": set(), "physician_assessor": set(), "coordinator": {"W0"} | earlier, "laboratory": {"W0"} | earlier,
    }  # fmt: skip
    assert on_board(one, visit) == [13, 2, 2, 0, 0, 0, 0, 0]
    one.on_day(300)
    assert waiting(one, visit)["laboratory"] == {"W0"} | earlier
    assert on_board(one, visit) == [13, 2, 2, 0, 0, 0, 0, 0]


def test_who_left_after_a_window_is_still_waited_for_there(one: Patient, visit: Visit) -> None:
    left(one, 89)
    every = {"W0", "W4", "W8", "W12"}
    raters = {"W0", "W12"}
    assert waiting(one, visit) == {
        "assessor": raters, "physician_assessor": raters, "coordinator": every, "laboratory": every,
    }  # fmt: skip
    assert on_board(one, visit) == [13, 2, 2, 13, 0, 0, 0, 0]


def test_a_rater_reads_what_they_rated_of_who_left(one: Patient, visit: Visit) -> None:
    rated(one)
    one.on_day(85)
    later = "Shown again once the visit at hand is rated."
    assert later in visit("assessor_01").get(f"/outcomes/{one.id}/").text
    left(one, 85)
    assert later not in visit("assessor_01").get(f"/outcomes/{one.id}/").text


def test_what_comes_late_of_who_left_is_taken_by_its_address(one: Patient, visit: Visit) -> None:
    rated(one)
    left(one, 85)
    one.on_day(90)
    rater = visit("assessor_01")
    assert f"/outcomes/{one.id}/W12" in rater.get(f"/outcomes/{one.id}/").text
    assert rater.get(f"/outcomes/{one.id}/W12").status_code == 200
    written(one.world, one.id, "W12", "mmt8", on=one.day(85))
    assert len(one.world.rows(OutcomeForm, visit="W12")) == 1
    here = f"/results/of/{one.id}/W12/cytokines/record"
    sent = visit("laboratory").send(here, collected_on=str(one.day(85)), **{"readings.il6": "3.5"})
    assert sent.status_code == 303
    assert one.world.row(LaboratoryResult).visit == "W12"


def test_nobody_waits_for_who_withdrew_before_randomization(one: Patient, visit: Visit) -> None:
    screened = recorded(one.world, identity_document="EXAMPLE-000077")
    other = Patient(one.world, screened.id, screened.screening_number, "", one.day_1)
    assert all(visits == {"W0"} for visits in waiting(other, visit).values())
    one.world.do(withdraw, Withdraw(participant=other.id, reason="moved away"), by="investigator_01")
    assert not any(waiting(other, visit).values())
    assert other.number not in visit("monitor").get("/completeness/").text
    transcribed(other, "W0", "haq")
    assert one.world.row(OutcomeForm, participant=other.id).state == "final"
    assert visit("laboratory").get(f"/results/of/{other.id}/W0/t_cells/record").status_code == 200
