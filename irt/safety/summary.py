"""Adverse events pooled over all who were treated: nothing is split, and nothing here knows of arms. Pure.

A participant counts once for each term, with the worst grade of that term; events are counted apart. Denominators are
those treated, that is, with a first dose. Treatment-emergent: from the day of the first dose to so many days after the
last one, where treatment has ended (study.toml, safety.emergent_days_after_last_dose).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

GRADES = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Course:
    """When somebody was treated; `last_dose_on`: None while doses may follow."""

    first_dose_on: date
    last_dose_on: date | None


@dataclass(frozen=True)
class Happened:
    """An event as it is told now. `key`: what it is counted under; of a term that no list has, the words themselves."""

    participant: str
    number: int
    key: str
    grade: int
    serious: bool
    onset_on: date


@dataclass(frozen=True)
class Line:
    """How many of those treated had a term, by their worst grade of it, and how many events there were."""

    key: str
    by_grade: tuple[int, ...]  # participants whose worst grade is 1, 2, 3, 4, 5
    events: int
    serious_participants: int
    serious_events: int

    @property
    def participants(self) -> int:
        """All who had it."""
        return sum(self.by_grade)


@dataclass(frozen=True)
class Onset:
    """When a term first arose: the study days of those who had it, ascending; day 1 is that of the first dose."""

    key: str
    days: tuple[int, ...]

    @property
    def middle(self) -> float:
        """The median day."""
        return float(median(self.days))


def emergent(one: Happened, course: Course | None, days_after: int) -> bool:
    """Whether an event arose under treatment, or within `days_after` days of its end."""
    if course is None or one.onset_on < course.first_dose_on:
        return False
    last = course.last_dose_on
    return last is None or one.onset_on <= last + timedelta(days=days_after)


def under_treatment(events: Iterable[Happened], courses: Mapping[str, Course], days_after: int) -> list[Happened]:
    """The treatment-emergent events, by participant and number."""
    found = [one for one in events if emergent(one, courses.get(one.participant), days_after)]
    return sorted(found, key=lambda one: (one.participant, one.number))


def incidence(events: Sequence[Happened]) -> list[Line]:
    """A line for each term, that of most participants first, then by events and by term."""
    of: dict[str, list[Happened]] = {}
    for one in events:
        of.setdefault(one.key, []).append(one)
    lines = [_line(key, found) for key, found in of.items()]
    return sorted(lines, key=lambda line: (-line.participants, -line.events, line.key))


def overall(events: Sequence[Happened]) -> Line:
    """The same over all terms together."""
    return _line("", events)


def _line(key: str, events: Sequence[Happened]) -> Line:
    worst: dict[str, int] = {}
    for one in events:
        worst[one.participant] = max(worst.get(one.participant, 0), one.grade)
    serious = [one for one in events if one.serious]
    counted = list(worst.values())
    return Line(
        key,
        tuple(counted.count(grade) for grade in GRADES),
        len(events),
        len({one.participant for one in serious}),
        len(serious),
    )


def onsets(events: Sequence[Happened], courses: Mapping[str, Course]) -> list[Onset]:
    """When each term first arose in those who had it; in the order of `incidence`."""
    first: dict[str, dict[str, int]] = {}
    for one in events:
        day = (one.onset_on - courses[one.participant].first_dose_on).days + 1
        of = first.setdefault(one.key, {})
        of[one.participant] = min(of.get(one.participant, day), day)
    return [Onset(line.key, tuple(sorted(first[line.key].values()))) for line in incidence(events)]
