"""The worksheet of a case: every fact of the form, lines for what is not recorded, and never a treatment."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from irt.safety.desk import CloseCase, OpenCase, close_case, open_case
from irt.safety.tables import SusarCandidate
from irt.safety.withheld import RecordWithheld, record_withheld
from irt.web import create, desk_worksheet
from tests.cast import PASSWORD, World
from tests.paper.reading import texts
from tests.safety.sampled import sampled
from tests.safety.told import SERIOUS, followed, judged, reported
from tests.treated import Patient, treated
from tests.web.conftest import Visitor, visiting
from tests.wiring import study_of_tests

Visit = Callable[[str], Visitor]
LINE = desk_worksheet.BY_PEN


@pytest.fixture
def one(database_url: str) -> Patient:
    """Under treatment, ill on day 30 with samples long before, before, on and long after the onset; told twice."""
    one = treated(database_url)
    for day, alt in ((2, "31"), (9, "39"), (26, "111"), (30, "222")):
        one.on_day(day)
        sampled(one, day, alt=alt)
    one.take(2, 3)
    withheld = RecordWithheld(
        participant=one.id, analyte="eosinophils", taken_on=one.day(30), value="7.77", upper="0.5"
    )
    one.world.do(record_withheld, withheld, by="investigator_01")
    event = reported(one.world, one.id, **SERIOUS, verbatim="shivering since noon").event
    judged(one.world, event)
    followed(one.world, event, outcome="not_recovered", reason="blood cultures grew nothing")
    one.on_day(50)
    sampled(one, 50, alt="44")
    return one


@pytest.fixture
def visit(one: Patient) -> Visit:
    return visiting(one.world, create(one.world.service))


def case_of(world: World) -> str:
    return str(world.row(SusarCandidate).id)


def worksheet(officer: Visitor, case: str) -> str:
    """Its text without blanks."""
    return "".join(texts(officer.get(f"/desk/{case}/worksheet.pdf").data))


def joined(text: str) -> str:
    return "".join(text.split())


def test_it_has_the_facts_of_the_form_in_both_languages(one: Patient, visit: Visit) -> None:
    read = worksheet(visit("safety_officer"), case_of(one.world))
    for said in (
        "首次报告 First report", "单次剂量 Amount of a dose 1,000,000 IU", "皮下注射 subcutaneous",
        "每 2 天一次 once every 2 days", "难治性皮肌炎 Refractory dermatomyositis", "中国 China",
        "注射用冻干粉 Powder for solution for injection",
        "shivering since noon", "blood cultures grew nothing", f"{one.day_1} / {one.day(5)}",
    ):  # fmt: skip
        assert joined(said) in read, said
    assert read.index(joined("shivering since noon")) < read.index(joined("blood cultures")), "in their order"
    assert read.count(joined("blood cultures grew nothing")) == 1


def test_laboratory_values_around_the_onset_and_none_that_are_withheld(one: Patient, visit: Visit) -> None:
    read = worksheet(visit("safety_officer"), case_of(one.world))
    for day, alt in ((26, "111"), (30, "222")):
        assert f"Laboratoryvaluesof{one.day(day)}" in read
        assert joined(f"ALT {Decimal(alt)}") in read
    for day in (2, 9, 50):
        assert f"Laboratoryvaluesof{one.day(day)}" not in read
    for hidden in ("7.77", "Eosinophil", "嗜酸"):
        assert hidden not in read


def test_what_is_not_recorded_has_a_line(one: Patient, visit: Visit) -> None:
    read = worksheet(visit("safety_officer"), case_of(one.world))
    for label in (
        "Relevant medical history", "Concomitant drugs, with their days", "相关病史", "合并用药及起止日期",
        "Did it abate when the drug was stopped?", "Did it come back when the drug was given again?",
    ):  # fmt: skip
        assert joined(label) in read, label
    assert read.count(LINE) == 5, "these and the treatment by hand"


def test_after_the_report_was_closed_it_is_a_follow_up(one: Patient, visit: Visit) -> None:
    world, case, officer = one.world, case_of(one.world), visit("safety_officer")
    world.do(close_case, CloseCase(candidate=case, part="report"), by="safety_officer")
    read = worksheet(officer, case)
    assert joined("随访报告 Follow-up report") in read
    assert joined("首次报告 First report") not in read


def test_it_holds_no_treatment_also_after_it_was_shown(one: Patient, visit: Visit) -> None:
    world, case, officer = one.world, case_of(one.world), visit("safety_officer")
    before = worksheet(officer, case)
    world.do(open_case, OpenCase(candidate=case, reason="due now"), by="safety_officer")
    shown = officer.send(f"/desk/{case}/open", reason="due now", password=PASSWORD)
    assert officer.get(shown.location).text.count('big-number">') == 1
    assert worksheet(officer, case) == before
    for arm in world.study.arms:
        assert joined(arm.label.zh) not in before, "the kit's name tells both and neither"


def test_a_study_that_says_neither_has_lines(database_url: str) -> None:
    """Without samples, too, there is a line."""
    safety = study_of_tests().safety.model_copy(update={"indication": None, "country": None})
    one = treated(database_url, safety=safety)
    world = one.world
    one.on_day(5)
    judged(world, reported(world, one.id, **SERIOUS).event)
    officer = visiting(world, create(world.service))("safety_officer")
    assert worksheet(officer, case_of(world)).count(LINE) == 8
