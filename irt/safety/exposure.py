"""What an adverse event has to do with the doses in time: the last one before it, and whether it is treatment-emergent.

Pure, over the lines of one participant's diary.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from irt.dispensing.adherence import GIVEN
from irt.dispensing.course import latest_doses
from irt.dispensing.planned import last_dose_on
from irt.participants.state import ENDED
from irt.safety.facts import FIRST_MINUTE, LAST_MINUTE


@dataclass(frozen=True, slots=True)
class LastDose:
    """The last dose before an onset, as the diary has it; nothing known: none was given."""

    on: date | None = None
    at: str | None = None
    kit: str | None = None


def last_dose(doses: Iterable[Any], onset_on: date, onset_at: str | None) -> LastDose:
    """The last dose that was taken, whole or in part, before an onset or at it, by all lines of a diary.

    Where one of two times of the same day is not known, the dose counts as given before: it may have been.
    """
    onset = (onset_on, onset_at or LAST_MINUTE)
    before = [row for row in _given(doses) if (row.taken_on, row.taken_at or FIRST_MINUTE) <= onset]
    last = max(before, key=_when, default=None)
    return LastDose() if last is None else LastDose(last.taken_on, last.taken_at, last.kit)


@dataclass(frozen=True, slots=True)
class Course:
    """When somebody was treated; `last_dose_on`: None while doses may follow, `first_dose_at`: where not known."""

    first_dose_on: date
    last_dose_on: date | None = None
    first_dose_at: str | None = None


def treated(person: Any, doses: Sequence[Any], *, stopped: bool) -> Course | None:
    """From when to when somebody was treated, by their row and their diary; None without a dose.

    `stopped`: whether treatment was stopped for good.
    """
    first = person.first_dose_on
    if first is None:
        return None
    last = (last_dose_on(doses) or first) if stopped or person.state in ENDED else None
    return Course(first, last, first_dose_at(doses, first))


def day_of(course: Course | None, on: date) -> int | None:
    """The day of treatment: that of the first dose is 1, the day before it -1, for there is no day 0; None without a
    dose."""
    if course is None:
        return None
    days = (on - course.first_dose_on).days
    return days + 1 if days >= 0 else days


def emergent(course: Course | None, onset_on: date, onset_at: str | None, days_after: int) -> bool:
    """Whether an event began under treatment: the one definition, of its page as of the pooled tables.

    From the first dose on, by the time too where both are known, to `days_after` days after the last one, once
    treatment has ended.
    """
    if course is None:
        return False
    first_at = FIRST_MINUTE if course.first_dose_at is None else course.first_dose_at
    if (onset_on, onset_at or LAST_MINUTE) < (course.first_dose_on, first_at):
        return False
    last = course.last_dose_on
    return last is None or onset_on <= last + timedelta(days=days_after)


def first_dose_at(doses: Iterable[Any], first_dose_on: date) -> str | None:
    """The time of the first dose by the lines of a diary; None where one of that day has none."""
    times = [row.taken_at for row in _given(doses) if row.taken_on == first_dose_on]
    return min(times) if times and None not in times else None


def _given(doses: Iterable[Any]) -> list[Any]:
    return [row for row in latest_doses(doses).values() if row.outcome in GIVEN]


def _when(row: Any) -> tuple[date, str, str, int]:
    return row.taken_on, row.taken_at or FIRST_MINUTE, row.kind, row.number
