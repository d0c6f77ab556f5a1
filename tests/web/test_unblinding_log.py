"""The unblinding log: who is handed it, which lines it has, and that none tells a treatment or of the safety desk."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from irt.safety.break_code import BreakCode, break_code
from irt.safety.desk import OpenCase, open_case
from irt.safety.tables import SusarCandidate
from irt.safety.unblindings import AssessUnblinding, ReportUnblinding, assess, report
from tests.cast import World
from tests.safety.told import DEADLY, judged, reported
from tests.treated import Patient, treated
from tests.web.conftest import Visitor

Visit = Callable[[str], Visitor]
LOG = "/unblindings/log.csv"
READERS = ("trial_statistician", "trial_manager", "monitor")
OTHERS = ("investigator_01", "coordinator_01", "assessor_01", "laboratory", "medical_monitor", "data_manager",
          "auditor", "quality", "sponsor", "safety_officer", "supply_manager", "unblinded_statistician")  # fmt: skip


@pytest.fixture
def one(database_url: str) -> Patient:
    """A code was broken, a case was opened, and an assessor reported; the report was assessed."""
    one = treated(database_url, "01", "02")
    one.on_day(9)
    world, today = one.world, one.day(9)
    judged(world, reported(world, one.id, **DEADLY).event)
    world.do(open_case, OpenCase(candidate=world.row(SusarCandidate).id, reason="due now"), by="safety_officer")
    order = BreakCode(participant=one.id, break_reason="overdose", told="took it all", treatment="continue")
    world.do(break_code, order, by="investigator_01")
    world.clock.advance(timedelta(minutes=5))
    told = ReportUnblinding(
        site="01", scope="participants", numbers=("01-0001",), learned_on=today, who="I", how="A list lay open",
        done="It was locked away",
    )  # fmt: skip
    unblinding = world.do(report, told, by="assessor_01")
    said = AssessUnblinding(unblinding=unblinding, revision=1, impact="none", corrective="a lock", reason="it is small")
    world.do(assess, said, by="quality")
    return one


@pytest.fixture
def trial(one: Patient) -> World:
    return one.world


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


@pytest.mark.parametrize("name", READERS)
def test_a_line_for_each_and_none_for_the_desk(trial: World, visit: Visit, name: str) -> None:
    visitor = visit(name)
    answer = visitor.get(LOG)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    broken, told = lines(answer.text)
    assert (broken["Kind"], broken["Site"], broken["Participants"]) == ("Emergency code break", "01", "01-0001")
    assert (broken["By"], broken["Reason"]) == ("Investigator", "Overdose")
    assert (broken["What followed"], broken["Assessed"]) == ("Treatment continues", "")
    assert (told["Kind"], told["Participants"], told["By"]) == ("Accidental unblinding", "01-0001", "Assessor")
    assert (told["Reason"], told["Assessed"][:4]) == ("A list lay open", str(trial.clock.now().year))
    for hidden in ("took it all", "due now", "interleukin", "placebo", *(arm.id for arm in trial.study.arms)):
        assert hidden not in answer.text
    assert LOG in visitor.get("/unblindings/").text


def test_nobody_else_is_handed_it(visit: Visit) -> None:
    for name in OTHERS:
        visitor = visit(name)
        assert visitor.get(LOG).status_code == 403, name
        assert LOG not in visitor.get("/unblindings/").text, name
