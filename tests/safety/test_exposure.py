"""The last dose before an onset, and whether an event is treatment-emergent, from the lines of a diary."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from irt.safety.exposure import Course, LastDose, emergent, first_dose_at, last_dose

DAY_1 = date(2026, 3, 2)


def line(number: int, day: int | None, at: str | None = None, revision: int = 1, **other: Any) -> Any:
    on = DAY_1 + timedelta(days=day - 1) if day else None
    values = {"kind": "scheduled", "outcome": "taken" if day else "missed", "taken_on": on, "taken_at": at, "kit": "K1"}
    return SimpleNamespace(number=number, revision=revision, **{**values, **other})


def day(number: int) -> date:
    return DAY_1 + timedelta(days=number - 1)


DIARY = [line(1, 1, "08:30"), line(2, 3), line(3, None), line(4, 7, "20:00", outcome="partial", kit="K2")]


@pytest.mark.parametrize(
    ("onset", "at", "found"),
    [
        (1, "08:29", LastDose()),
        (1, "08:30", LastDose(day(1), "08:30", "K1")),
        (1, None, LastDose(day(1), "08:30", "K1")),
        (2, "00:00", LastDose(day(1), "08:30", "K1")),
        (3, "00:00", LastDose(day(3), None, "K1")),  # its time is not known: it may have been before
        (6, None, LastDose(day(3), None, "K1")),  # a missed dose is none
        (7, "19:59", LastDose(day(3), None, "K1")),
        (7, "20:00", LastDose(day(7), "20:00", "K2")),
        (0, None, LastDose()),
    ],
)
def test_the_last_dose_before_the_onset(onset: int, at: str | None, found: LastDose) -> None:
    assert last_dose(DIARY, day(onset), at) == found


def test_a_corrected_line_counts_as_corrected() -> None:
    lines = [*DIARY, line(4, 9, "20:00", revision=2), line(1, None, kind="extra", outcome="void")]
    assert last_dose(lines, day(8), None).on == day(3)


@pytest.mark.parametrize(
    ("onset", "at", "is_so"),
    [
        (0, None, False), (1, "08:29", False), (1, "08:30", True), (1, None, True), (4, "00:00", True),
        (37, None, True), (37, "23:59", True), (38, None, False),
    ],
)  # fmt: skip
def test_emergent_from_the_first_dose_to_days_after_the_last(onset: int, at: str | None, is_so: bool) -> None:
    assert emergent(Course(day(1), day(7), "08:30"), day(onset), at, 30) is is_so


def test_while_doses_may_follow_the_time_has_no_end() -> None:
    assert emergent(Course(day(1), None, "08:30"), day(400), None, 30)
    assert not emergent(None, day(1), None, 30), "no dose"


def test_where_one_time_is_not_known_the_day_decides() -> None:
    assert emergent(Course(day(1)), day(1), "00:00", 30)
    assert not emergent(Course(day(1)), day(0), "23:59", 30)


def test_the_time_of_the_first_dose() -> None:
    assert first_dose_at(DIARY, day(1)) == "08:30"
    assert first_dose_at([*DIARY, line(5, 1, "07:00", kind="extra")], day(1)) == "07:00"
    assert first_dose_at([*DIARY, line(5, 1, kind="extra")], day(1)) is None
    assert first_dose_at(DIARY, day(2)) is None
