"""Pooled counts of a small trial that was counted by hand."""

from dataclasses import replace
from datetime import date, timedelta

from irt.safety.exposure import Course
from irt.safety.summary import Happened, Line, Onset, incidence, onsets, overall, under_treatment

FIRST = date(2026, 3, 2)
DAYS_AFTER = 30
# a: on treatment; b: last dose on study day 29; c: never treated, so in no course
COURSES = {"a": Course(FIRST, None), "b": Course(FIRST, FIRST + timedelta(28)), "d": Course(FIRST + timedelta(7), None)}


def event(who: str, number: int, key: str, grade: int, day: int, *, serious: bool = False) -> Happened:
    """An event whose onset is on this study day of somebody whose first dose was on FIRST (day 1)."""
    return Happened(who, number, key, grade, serious, FIRST + timedelta(day - 1))


EVENTS = [
    event("a", 1, "fever", 1, 1),
    event("a", 2, "fever", 3, 15, serious=True),
    event("a", 3, "rash", 2, 400),
    event("b", 1, "fever", 2, 3),
    event("b", 2, "rash", 4, 59, serious=True),  # 30 days after day 29
    event("b", 3, "rash", 5, 60, serious=True),  # too late
    event("c", 1, "fever", 5, 3, serious=True),  # never treated
    event("d", 1, "itch", 1, 7),  # the day before the first dose, which was on day 8
    event("d", 2, "itch", 1, 8),
]


def counted() -> list[Happened]:
    return under_treatment(EVENTS, COURSES, DAYS_AFTER)


def test_what_arose_under_treatment_counts_and_nothing_else() -> None:
    assert [(one.participant, one.number) for one in counted()] == [
        ("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2), ("d", 2),
    ]  # fmt: skip


def test_the_time_of_the_first_dose_counts() -> None:
    at = {hour: replace(event("t", 1, "fever", 1, 1), onset_at=f"0{hour}:00") for hour in (7, 9)}
    courses = {"t": Course(FIRST, None, "08:00")}
    assert under_treatment(at.values(), courses, DAYS_AFTER) == [at[9]]


def test_each_counts_once_with_the_worst_grade() -> None:
    assert incidence(counted()) == [
        Line("fever", (0, 1, 1, 0, 0), events=3, serious_participants=1, serious_events=1),
        Line("rash", (0, 1, 0, 1, 0), events=2, serious_participants=1, serious_events=1),
        Line("itch", (1, 0, 0, 0, 0), events=1, serious_participants=0, serious_events=0),
    ]
    assert [line.participants for line in incidence(counted())] == [2, 2, 1]


def test_over_all_terms_each_counts_once_more() -> None:
    assert overall(counted()) == Line("", (1, 0, 1, 1, 0), events=6, serious_participants=2, serious_events=2)
    assert overall([]) == Line("", (0, 0, 0, 0, 0), 0, 0, 0)


def test_the_first_onset_is_told_in_study_days_from_1() -> None:
    assert onsets(counted(), COURSES) == [Onset("fever", (1, 3)), Onset("rash", (59, 400)), Onset("itch", (1,))]
    assert [one.middle for one in onsets(counted(), COURSES)] == [2.0, 229.5, 1.0]


def test_the_order_of_what_was_told_changes_nothing() -> None:
    assert incidence(list(reversed(counted()))) == incidence(counted())
    assert under_treatment(list(reversed(EVENTS)), COURSES, DAYS_AFTER) == counted()
