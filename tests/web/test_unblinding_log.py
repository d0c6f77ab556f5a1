"""The unblinding log: who is handed it, which lines it has, and that none tells a treatment or of the safety desk."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from irt.safety.break_code import Agree, BreakCode, agree, break_code
from irt.safety.desk import OpenCase, open_case
from irt.safety.tables import AdverseEvent, SusarCandidate
from irt.safety.unblindings import AssessUnblinding, ReportUnblinding, assess, report
from irt.vault._tables import Shown
from tests.cast import PASSWORD, World
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
    order = BreakCode(
        participant=one.id, event=world.row(AdverseEvent).id, break_reason="overdose", told="took it all",
        treatment="continue",
    )  # fmt: skip
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
    assert (broken["Adverse event"], broken["Second person"]) == ("1", "None was asked for")
    assert broken["Treatment shown"] == "not shown"
    assert (told["Adverse event"], told["Second person"], told["Treatment shown"]) == ("", "", "")
    assert (told["Kind"], told["Participants"], told["By"]) == ("Accidental unblinding", "01-0001", "Assessor")
    assert (told["Reason"], told["Assessed"][:4]) == ("A list lay open", str(trial.clock.now().year))
    for hidden in ("took it all", "due now", "interleukin", "placebo", *(arm.id for arm in trial.study.arms)):
        assert hidden not in answer.text
    assert LOG in visitor.get("/unblindings/").text


def test_when_it_was_shown_and_who_agreed_but_never_what(one: Patient, visit: Visit) -> None:
    world, doctor, path = one.world, visit("investigator_01"), f"/participants/{one.id}/code-break"
    form = {"break_reason": "overdose", "told": "again", "treatment": "continue", "password": PASSWORD}
    shown = doctor.get(doctor.send(path, **form).location)
    assert shown.text.count('big-number">') == 1
    at = texts_at(world.row(Shown).shown_at, one)
    world.clock.advance(timedelta(minutes=1))
    doctor.send(path, **form, alone="yes")
    world.clock.advance(timedelta(minutes=1))
    world.do(agree, Agree(site="01", reason="a bus came"), by="coordinator_01")
    doctor.send(path, **form)
    text = visit("monitor").get(LOG).text
    found = [line for line in lines(text) if line["Kind"] == "Emergency code break"]
    assert [line["Second person"] for line in found] == [
        "None was asked for", "None was asked for", "Without a second person", "A second person agreed",
    ]  # fmt: skip
    assert [line["Treatment shown"][:16] for line in found] == ["not shown", at, "not shown", "not shown"]
    assert [line["Adverse event"] for line in found] == ["1", "", "", ""]
    for hidden in ("interleukin", "placebo", *(arm.id for arm in world.study.arms)):
        assert hidden not in text


def texts_at(instant: datetime, one: Patient) -> str:
    """An instant by the clocks at the site, to the minute."""
    return instant.astimezone(ZoneInfo(one.world.study.site("01").time_zone)).strftime("%Y-%m-%d %H:%M")


def test_nobody_else_is_handed_it(visit: Visit) -> None:
    for name in OTHERS:
        visitor = visit(name)
        assert visitor.get(LOG).status_code == 403, name
        assert LOG not in visitor.get("/unblindings/").text, name
