"""Days changed by agreement: first dose, hold, stop, withdrawal, hand-over; what they judge is judged again at once."""

from typing import Any

import pytest

from irt.conduct.deviations import Kind, Told, history
from irt.conduct.tables import Deviation, DeviationRevision
from irt.dispensing.attendance import RecordVisit, record_visit
from irt.dispensing.boxes import box_of
from irt.dispensing.change_requests import AskChange, DecideChange, agree_change, ask_change
from irt.dispensing.course import course_of
from irt.dispensing.dispense import Assign, HandOver, assign, hand_over
from irt.dispensing.planned import today_at
from irt.dispensing.tables import ChangeRequest, Hold, TreatmentStop
from irt.dispensing.treatment import (
    HoldTreatment,
    ResumeTreatment,
    StopTreatment,
    hold_treatment,
    resume_treatment,
    stop_treatment,
)
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.act import Act, Order, act
from irt.participants.tables import Participant
from irt.supply.tables import Assignment
from tests.treated import Patient, patient, treated

BY, JUDGE, INVESTIGATOR = "coordinator_01", "data_manager", "investigator_01"
WHY = "the source document says otherwise"


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url)


class LookForTests(Order):
    """Whose course, and the box of which number."""

    participant: str
    kit: str


@act("course.look_for_tests", roles=["coordinator"])
def look(act: Act, order: LookForTests) -> list[str]:
    """Each dose with its day and status, and the first day on which the box was in the participant's hands."""
    person = act.find(Participant, id=order.participant)
    found = course_of(act, person, today_at(act, person.site))
    box = box_of(act, order.kit, person)
    assert box is not None
    told = [f"{dose.number} {dose.due_on} {dose.status}" for dose in found.due]
    return [*told, *(f"x{row.number} {row.taken_on}" for row in found.extra), f"came {box.came_on}"]


def looked(one: Patient) -> list[str]:
    found: list[str] = one.world.do(look, LookForTests(participant=one.id, kit=one.kit), by=BY)
    return found


def wanted(one: Patient, target: str, **parts: str) -> AskChange:
    return AskChange(participant=one.id, target=target, wanted=parts, reason=WHY)


def changed(one: Patient, target: str, **parts: str) -> None:
    change = str(one.world.do(ask_change, wanted(one, target, **parts), by=BY))
    one.world.do(agree_change, DecideChange(change=change, reason="seen in the source"), by=JUDGE)


def limits(one: Patient, target: str, **parts: str) -> list[tuple[str, str, str]]:
    """What is wrong with a wanted value: part, remedy, limit."""
    mistakes: Any = one.world.refusal(ask_change, wanted(one, target, **parts), by=BY).facts["mistakes"]
    return [(found["field"], found["remedy"], found.get("limit", "")) for found in mistakes]


def told(one: Patient, kind: Kind) -> list[Told]:
    """How the one deviation of a kind was noted, first and later; none, an empty list."""
    rows = one.world.rows(Deviation, kind=kind)
    assert len(rows) <= 1
    return history(rows[0], one.world.rows(DeviationRevision, deviation=rows[0].id)) if rows else []


def standing(one: Patient, kind: Kind) -> list[bool]:
    return [now.stands for now in told(one, kind)]


def hold(one: Patient, first: int, until: int | None = None) -> str:
    """Treatment is held from a day, and resumed on another; answers the target of a change of it."""
    order = HoldTreatment(participant=one.id, from_on=one.day(first), hold_reason="fever")
    one.world.do(hold_treatment, order, by=INVESTIGATOR)
    if until is not None:
        one.world.do(resume_treatment, ResumeTreatment(participant=one.id, resumed_on=one.day(until)), by=INVESTIGATOR)
    return f"hold:{one.world.row(Hold, from_on=one.day(first)).id}"


def stop(one: Patient, day: int) -> None:
    order = StopTreatment(participant=one.id, last_day=one.day(day), stop_reason="adverse_event")
    one.world.do(stop_treatment, order, by=INVESTIGATOR)


def iso(one: Patient, day: int) -> str:
    return one.day(day).isoformat()


# -- the first dose --------------------------------------------------------------------------------------------------


def test_another_first_dose_judges_the_visits_again(one: Patient) -> None:
    """W4, recorded on the last day of its window, is late by the new one; changed back it stands no longer."""
    one.on_day(2)
    changed(one, "first_dose", day=iso(one, 2), time="09:00")
    one.on_day(33)
    one.world.do(record_visit, RecordVisit(participant=one.id, visit="W4", visited_on=one.day(33)), by=BY)
    assert told(one, "visit_out_of_window") == []
    changed(one, "first_dose", day=iso(one, 1), time="09:00")
    (noted,) = told(one, "visit_out_of_window")
    assert (noted.facts["timing"], noted.facts["latest"], noted.told) == ("late", iso(one, 32), WHY)
    changed(one, "first_dose", day=iso(one, 2), time="09:00")
    before, now = told(one, "visit_out_of_window")
    assert (before.stands, before.facts["latest"]) == (True, iso(one, 32))
    assert (now.stands, now.told) == (False, WHY)
    changed(one, "first_dose", day=iso(one, 1), time="09:00")
    assert standing(one, "visit_out_of_window") == [True, False, True]


def test_a_deviation_shows_the_facts_as_they_are_now_beside_the_old_ones(one: Patient) -> None:
    one.on_day(41)
    order = RecordVisit(participant=one.id, visit="W4", visited_on=one.day(40), reason="was travelling")
    one.world.do(record_visit, order, by=BY)
    changed(one, "visit:W4", day=iso(one, 38))
    before, now = told(one, "visit_out_of_window")
    assert (before.happened_on, before.facts["day"], before.told) == (one.day(40), iso(one, 40), "was travelling")
    assert (now.stands, now.happened_on, now.facts["day"], now.told) == (True, one.day(38), iso(one, 38), WHY)
    changed(one, "visit:W4", day=iso(one, 31))
    assert standing(one, "visit_out_of_window") == [True, True, False]


def test_later_doses_get_the_numbers_that_they_have_by_the_new_calendar(one: Patient) -> None:
    """Doses on days 4, 6, 8, 10 were 2 to 5, each a day late; had the first been on day 3, that of day 4 was extra."""
    one.on_day(12)
    one.record({number: one.taken(taken_on=one.day(2 * number)) for number in (2, 3, 4, 5)})
    assert limits(one, "first_dose", day=iso(one, 4), time="09:00") == [("day", "at_most", iso(one, 3))]
    changed(one, "first_dose", day=iso(one, 3), time="09:00")
    assert looked(one)[:-1] == [
        f"1 {one.day(3)} taken", f"2 {one.day(5)} taken", f"3 {one.day(7)} taken", f"4 {one.day(9)} taken",
        f"5 {one.day(11)} unrecorded", f"x1 {one.day(4)}",
    ]  # fmt: skip
    assert [row.revision for row in one.doses(kind="scheduled", number=2)] == [1, 2]
    assert [row.outcome for row in one.doses(kind="scheduled", number=5)] == ["taken", "void"]
    assert len(told(one, "dose_not_due")) == 1
    one.on_day(13)
    one.record({5: one.taken(taken_on=one.day(12))})
    assert [row.revision for row in one.doses(kind="scheduled", number=5)] == [1, 2, 3]


def test_missed_doses_go_with_their_days(one: Patient) -> None:
    one.on_day(2)
    changed(one, "first_dose", day=iso(one, 2), time="09:00")
    one.on_day(9)
    one.miss(2)  # due on day 4
    one.record({3: one.taken()})  # day 6
    changed(one, "first_dose", day=iso(one, 1), time="09:00")
    found = looked(one)
    assert found[1:3] == [f"2 {one.day(3)} missed", f"3 {one.day(5)} taken"]
    assert found[3] == f"4 {one.day(7)} unrecorded"


def test_the_first_dose_is_not_after_the_stop(one: Patient) -> None:
    one.on_day(4)
    stop(one, 2)
    assert limits(one, "first_dose", day=iso(one, 3), time="09:00") == [("day", "at_most", iso(one, 2))]


# -- holds -----------------------------------------------------------------------------------------------------------


def test_a_hold_moved_over_doses_makes_them_departures_and_moved_back_they_are_none(one: Patient) -> None:
    one.on_day(9)
    one.take(2, 3)
    target = hold(one, 7, 9)
    changed(one, target, from_on=iso(one, 4), resumed_on=iso(one, 9))
    (noted,) = told(one, "dose_while_held")
    assert (noted.happened_on, noted.told) == (one.day(5), WHY)
    assert looked(one)[3] == f"4 {one.day(7)} held"
    row = one.world.row(ChangeRequest)
    assert (row.before, row.wanted) == (f"{one.day(7)} {one.day(9)}", f"{one.day(4)} {one.day(9)}")
    changed(one, target, from_on=iso(one, 8), resumed_on=iso(one, 9))
    assert standing(one, "dose_while_held") == [True, False]
    assert looked(one)[3] == f"4 {one.day(7)} unrecorded"


def test_missed_doses_that_were_held_after_all_are_no_run(one: Patient) -> None:
    one.on_day(12)
    one.miss(2, 3, 4)
    assert standing(one, "doses_missed") == [True]
    target = hold(one, 9, 10)
    changed(one, target, from_on=iso(one, 3), resumed_on=iso(one, 10))
    assert standing(one, "doses_missed") == [True, False]
    changed(one, target, from_on=iso(one, 9), resumed_on=iso(one, 10))
    assert standing(one, "doses_missed") == [True, False, True]


def test_the_days_of_a_hold_lie_between_others(one: Patient) -> None:
    one.on_day(12)
    first, second = hold(one, 3, 5), hold(one, 8)
    assert limits(one, first, from_on=iso(one, 3), resumed_on=iso(one, 9)) == [("resumed_on", "at_most", iso(one, 8))]
    assert limits(one, second, from_on=iso(one, 4)) == [("from_on", "at_least", iso(one, 5))]
    assert limits(one, first, from_on=iso(one, 4), resumed_on=iso(one, 4)) == [("resumed_on", "at_least", iso(one, 5))]
    assert limits(one, first, from_on=iso(one, 3)) == [("resumed_on", "fill_in", "")]
    assert limits(one, second, from_on=iso(one, 8), resumed_on=iso(one, 9)) == [("resumed_on", "still_held", "")]
    changed(one, second, from_on=iso(one, 7))
    assert one.world.row(Hold, from_on=one.day(7)).resumed_on is None


# -- the stop and withdrawal -----------------------------------------------------------------------------------------


def test_another_last_day_judges_doses_and_the_early_termination_visit(one: Patient) -> None:
    one.on_day(9)
    one.take(2, 3)
    hold(one, 7)
    stop(one, 7)
    one.on_day(16)
    order = RecordVisit(participant=one.id, visit="ET", visited_on=one.day(14), reason="stopped")
    one.world.do(record_visit, order, by=BY)
    assert told(one, "visit_out_of_window") == []
    changed(one, "stop", day=iso(one, 4))
    assert one.world.row(TreatmentStop).last_day == one.day(4)
    assert one.world.row(Hold).resumed_on == one.day(7), "the hold is over before it begins"
    assert [(now.happened_on, now.stands) for now in told(one, "dose_after_stop")] == [(one.day(5), True)]
    (noted,) = told(one, "visit_out_of_window")
    assert (noted.facts["visit"], noted.facts["timing"]) == ("ET", "late")
    changed(one, "stop", day=iso(one, 7))
    assert standing(one, "dose_after_stop") == standing(one, "visit_out_of_window") == [True, False]
    assert limits(one, "stop", day=iso(one, 17)) == [("day", "at_most", iso(one, 16))]
    assert limits(one, "stop", day="2026-01-01") == [("day", "at_least", iso(one, 1))]


def test_another_day_of_withdrawal(one: Patient) -> None:
    one.on_day(12)
    one.take(2, 3, 4)
    one.world.do(withdraw, Withdraw(participant=one.id, left_on=one.day(7), reason="moves away"), by=BY)
    assert told(one, "dose_after_stop") == []
    changed(one, "withdrawal", day=iso(one, 6))
    assert (one.row().ended_on, standing(one, "dose_after_stop")) == (one.day(6), [True])
    changed(one, "withdrawal", day=iso(one, 9))
    assert standing(one, "dose_after_stop") == [True, False]
    assert limits(one, "withdrawal", day=iso(one, 13)) == [("day", "at_most", iso(one, 12))]
    assert limits(one, "withdrawal", day="2026-01-01") == [("day", "at_least", iso(one, 1))]


# -- the hand-over ---------------------------------------------------------------------------------------------------


def test_a_box_that_was_handed_over_before_it_was_written_down(database_url: str) -> None:
    one = treated(database_url)
    before = one.world.row(Assignment, kit=one.kit).handed_over_at
    other = patient(one.world, "EXAMPLE-000002")
    assert limits(other, "hand_over:W0", day=iso(other, 2)) == [("day", "at_most", iso(other, 1))]
    assert limits(other, "hand_over:W0", day=iso(other, 0)) == [("day", "at_least", iso(other, 1))]
    assert one.world.refusal(ask_change, wanted(other, "hand_over:W4", day=iso(other, 1)), by=BY).code == (
        "change_target_unknown"
    )
    assert one.world.row(Assignment, kit=one.kit).handed_over_at == before


def test_the_day_of_a_later_hand_over_is_changed_and_the_box_was_in_hand_since(one: Patient) -> None:
    one.on_day(27)
    kit = one.world.do(assign, Assign(participant=one.id, visit="W4"), by="pharmacist_01").kit
    one.on_day(29)
    one.world.do(hand_over, HandOver(participant=one.id, visit="W4", kit=kit), by="pharmacist_01")
    second = Patient(one.world, one.id, one.number, kit, one.day_1)
    assert looked(second)[-1] == f"came {one.day(29)}"
    changed(one, "hand_over:W4", day=iso(one, 27))
    assert looked(second)[-1] == f"came {one.day(27)}"
    given = one.world.row(Assignment, kit=kit)
    assert (given.handed_over_at.date(), given.state) == (one.day(27), "handed_over")
    one.record({14: one.taken(kit=kit, taken_on=one.day(27))})
    assert limits(one, "hand_over:W4", day=iso(one, 28)) == [("day", "at_most", iso(one, 27))]
    row = one.world.row(ChangeRequest)
    assert (row.target, row.before, row.wanted) == ("hand_over:W4", iso(one, 29), iso(one, 27))
