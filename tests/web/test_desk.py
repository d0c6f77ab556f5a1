"""The safety desk by its pages: a case is opened, shown once, closed, and nobody else comes in."""

from collections.abc import Callable

import pytest

from irt.safety.emergency_tables import DeskClosing, DeskOpening
from irt.safety.opinions import JudgeEvent, judge_event
from irt.safety.tables import SusarCandidate
from irt.web import create
from tests.cast import PASSWORD
from tests.safety.told import SERIOUS, reported
from tests.treated import Patient, treated
from tests.web.conftest import Visitor, visiting

Visit = Callable[[str], Visitor]
SHOWN = 'big-number">'


@pytest.fixture
def one(database_url: str) -> Patient:
    patient = treated(database_url)
    patient.on_day(5)
    return patient


@pytest.fixture
def visit(one: Patient) -> Visit:
    return visiting(one.world, create(one.world.service))


@pytest.fixture
def case(one: Patient) -> str:
    """A candidate for a report."""
    done = reported(one.world, one.id, **SERIOUS)
    opinion = JudgeEvent(event=done.event, version=done.version, causality_drug="possible", expectedness="unexpected",
                         reason="not listed")  # fmt: skip
    one.world.do(judge_event, opinion, by="medical_monitor")
    return str(one.world.row(SusarCandidate).id)


def test_a_case_is_opened_shown_once_and_closed(one: Patient, case: str, visit: Visit) -> None:
    officer = visit("safety_officer")
    assert case in officer.get("/desk/").text
    answer = officer.send(f"/desk/{case}/open", reason="an expedited report", password=PASSWORD)
    assert answer.status_code == 303
    assert SHOWN in officer.get(answer.location).text
    assert SHOWN not in officer.get(answer.location).text
    assert one.world.row(DeskOpening).candidate == case
    assert officer.get(f"/desk/{case}/worksheet.pdf").data.startswith(b"%PDF")
    assert officer.send(f"/desk/{case}/close", password=PASSWORD).status_code == 303
    assert one.world.row(DeskClosing).part == "report"
    assert f"/desk/{case}/close" not in officer.get(f"/desk/{case}").text
