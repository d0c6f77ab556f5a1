"""The course of treatment, by hand-written days: what was due, what became of it, what comes; and vials against it."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from irt.dispensing.course import Course, DueDose, course
from irt.dispensing.proposal import Proposal, proposed
from irt.study import load_study
from tests.cast import STUDY_FILE

STUDY = load_study(STUDY_FILE)
FIRST = date(2028, 2, 25)  # a leap year: day 5 is 29 February, day 6 the first of March


def day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def dose(
    number: int, outcome: str = "taken", on: int | None = None, *, kind: str = "scheduled", revision: int = 1
) -> Any:
    taken_on = None if outcome in ("missed", "void") else day(2 * number - 1 if on is None else on)
    return SimpleNamespace(kind=kind, number=number, revision=revision, outcome=outcome, taken_on=taken_on)


def held(first: int, until: int | None = None, *, written: int | None = None, ended: int | None = None) -> Any:
    """A hold written down on its own day, and its end on that day, unless told."""
    return SimpleNamespace(
        from_on=day(first),
        resumed_on=day(until) if until else None,
        held_at=datetime.combine(day(written or first), time(4), UTC),
        resumed_at=datetime.combine(day(ended or until), time(4), UTC) if until else None,
    )


def lived(
    until: int,
    *doses: Any,
    holds: tuple[tuple[int, int | None] | Any, ...] = (),
    stop: int | None = None,
    ended: int | None = None,
    dosed: bool = True,
    **dosing: Any,
) -> Course:
    study = STUDY.model_copy(update={"dosing": STUDY.dosing.model_copy(update=dosing)})
    who = SimpleNamespace(site="01", first_dose_on=FIRST if dosed else None, ended_on=day(ended) if ended else None)
    return course(
        study,
        participant=who,
        randomized_on=FIRST if not dosed else FIRST - timedelta(days=2),
        doses=doses,
        holds=[held(*one) if isinstance(one, tuple) else one for one in holds],
        stop=SimpleNamespace(last_day=day(stop)) if stop else None,
        until=day(until),
    )


def statuses(found: Course) -> list[str]:
    return [f"{one.number} {one.due_on:%d %b} {one.status}" for one in found.due]


def test_what_was_due_and_what_became_of_it() -> None:
    found = lived(11, dose(1), dose(2, "partial"), dose(3, "missed"), dose(4, on=8), holds=((9, 10),))
    assert statuses(found) == [
        "1 25 Feb taken", "2 27 Feb partial", "3 29 Feb missed", "4 02 Mar taken", "5 04 Mar held",
        "6 06 Mar unrecorded",
    ]  # fmt: skip
    assert (found.tally.due, found.tally.taken, found.tally.partial) == (6, 2, 1)
    assert (found.tally.missed, found.tally.held, found.tally.unrecorded) == (1, 1, 1)
    assert found.diary_adherence() == Fraction(3, 5)
    assert [one.due_on for one in found.coming(3)] == [day(13), day(15), day(17)]


def test_the_latest_revision_counts_and_a_void_extra_dose_does_not() -> None:
    found = lived(
        3, dose(1), dose(2, "missed"), dose(2, on=3, revision=2),
        dose(1, on=2, kind="extra"), dose(2, on=3, kind="extra"), dose(2, "void", kind="extra", revision=2),
    )  # fmt: skip
    assert statuses(found) == ["1 25 Feb taken", "2 27 Feb taken"]
    assert [row.number for row in found.extra] == [1]
    assert found.diary_adherence() == Fraction(3, 2), "above 1 it is a query, never clipped"


def test_a_dose_taken_on_hold_is_taken_and_a_missed_one_is_held() -> None:
    found = lived(7, dose(1), dose(2), dose(3, "missed"), holds=((3, 7),))
    assert statuses(found) == ["1 25 Feb taken", "2 27 Feb taken", "3 29 Feb held", "4 02 Mar unrecorded"]
    assert found.missed_in_a_row == 0


def test_nothing_comes_while_treatment_is_held_nor_after_its_end() -> None:
    assert lived(4, dose(1), holds=((3, None),)).coming(3) == []
    assert lived(4, dose(1), holds=((3, None),)).held_since == day(3)
    assert lived(4, dose(1), stop=4).coming(3) == []
    assert [one.number for one in lived(165).coming(3)] == [84]


def test_a_stop_and_leaving_end_what_is_due() -> None:
    assert [one.number for one in lived(30, stop=5).due] == [1, 2, 3]
    assert [one.number for one in lived(30, ended=5).due] == [1, 2], "the day of leaving is not due any more"
    assert [one.number for one in lived(30, dose(3), ended=5).due] == [1, 2, 3], "unless a dose was given"
    assert [one.number for one in lived(30, stop=9, ended=4).due] == [1, 2]
    assert [one.number for one in lived(200).due] == list(range(1, 85))


def test_the_never_dosed_are_counted_from_randomization_once_their_time_has_passed() -> None:
    limit = STUDY.dosing.first_dose_within_days
    assert lived(limit + 1, dosed=False).due == ()
    assert [one.due_on for one in lived(limit, dosed=False).coming(3)] == [day(9), day(11), day(13)]
    late = lived(limit + 2, dosed=False)
    assert [(one.number, one.due_on) for one in late.due] == [(n, day(2 * n - 1)) for n in range(1, 6)]
    assert {one.status for one in late.due} == {"unrecorded"}
    for early in (lived(60, dosed=False, ended=6), lived(60, dosed=False, stop=5)):
        assert [one.due_on for one in early.due] == [day(1), day(3), day(5)], "whoever left before was never dosed"
        assert early.coming(3) == []


def test_as_of_a_day_only_what_was_true_or_written_by_then() -> None:
    doses = [dose(1), dose(2), dose(3, on=6), dose(4, "missed"), dose(5, on=10)]
    then = lived(5, *doses, stop=10, ended=14, holds=((7, 9),), late_dose="shift_grid")
    assert statuses(then) == ["1 25 Feb taken", "2 27 Feb taken", "3 29 Feb unrecorded"]
    assert (then.stopped_on, then.ends_on, then.given_until, then.pauses) == (None, None, None, ())
    assert [one.due_on for one in then.coming(3)] == [day(7), day(9), day(11)]
    assert lived(0, *doses, dosed=True).first_dose_on is None
    held_then = lived(7, *doses, holds=((7, 9),))
    assert (held_then.held_since, held_then.coming(3)) == (day(7), []), "that it ends was not known"
    known = lived(6, dose(1), holds=(held(7, 9, written=6, ended=6),))
    assert (known.held_since, [one.due_on for one in known.coming(2)]) == (None, [day(9), day(11)])


def test_a_dose_of_the_day_of_leaving_departs_from_nothing() -> None:
    found = lived(20, dose(1), ended=5, holds=((3, 4),))
    assert found.given_until == day(5)
    asked = [found.departure(day(n), scheduled=True) for n in (2, 3, 4, 5, 6)]
    assert asked == [None, "dose_while_held", None, None, "dose_after_stop"]
    assert found.departure(day(5), scheduled=False) == "dose_not_due"


def test_adherence_over_some_days_only() -> None:
    found = lived(9, dose(1), dose(2), dose(3, "missed"), dose(1, on=6, kind="extra"))
    assert found.diary_adherence(day(3), day(6)) == Fraction(2, 2)
    assert found.diary_adherence(day(4), day(4)) is None
    assert found.diary_adherence(day(20)) is None


def test_runs_of_missed_doses() -> None:
    found = lived(19, *(dose(n, "missed") for n in (2, 3, 5, 6, 7, 9)), dose(4), dose(8))
    assert [[one.number for one in run] for run in found.missed_runs] == [[2, 3], [5, 6, 7], [9]]
    assert found.missed_in_a_row == 3


def test_a_grid_that_shifts_moves_what_comes_after() -> None:
    found = lived(8, dose(1), dose(2, on=4), late_dose="shift_grid")
    assert [one.due_on for one in found.due] == [day(1), day(3), day(6), day(8)]
    assert [one.due_on for one in found.coming(2)] == [day(10), day(12)]


OUTCOMES = some.sampled_from(["taken", "partial", "missed", None])


@given(
    some.lists(OUTCOMES, max_size=84),
    some.integers(1, 200),
    some.lists(some.tuples(some.integers(1, 170), some.integers(1, 30)), max_size=3),
    some.none() | some.integers(1, 170),
)
def test_due_is_always_the_sum_and_every_day_is_counted(
    outcomes: list[str | None], until: int, pauses: list[tuple[int, int]], stop: int | None
) -> None:
    recorded = [dose(n, what) for n, what in enumerate(outcomes, 1) if what and 2 * n - 1 <= until]
    found = lived(until, *recorded, holds=tuple((a, a + long) for a, long in pauses), stop=stop)
    tally = found.tally
    assert tally.due == len(found.due) == sum([tally.taken, tally.partial, tally.missed, tally.held, tally.unrecorded])
    ends = min(until, stop or until, 168)
    expected = {n for n in range(1, 85) if 2 * n - 1 <= ends} | {row.number for row in recorded if row.taken_on}
    assert {one.number for one in found.due} == expected


@pytest.mark.parametrize(
    ("due", "used", "expected"),
    [(14, 14, Proposal(14, 0, 0)), (14, 11, Proposal(11, 3, 0)), (14, 16, Proposal(14, 0, 2)),
     (0, 0, Proposal(0, 0, 0)), (0, 2, Proposal(0, 0, 2)), (3, 0, Proposal(0, 3, 0))],
)  # fmt: skip
def test_what_used_vials_say_about_unrecorded_doses(due: int, used: int, expected: Proposal) -> None:
    assert proposed([DueDose(n, day(n), "unrecorded", None) for n in range(due)], used) == expected
