"""Adverse events pooled over all who were treated: nothing is split, and nothing here knows of arms. Pure.

A participant counts once for each term, with the worst grade of that term; events are counted apart. Denominators are
those treated, that is, with a first dose. What is treatment-emergent, `exposure.emergent` says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from irt.safety.exposure import Course, emergent
from irt.safety.grading import by_worst_grade


@dataclass(frozen=True)
class Happened:
    """An event as it is told now. `key`: what it is counted under; of a term that no list has, the words themselves."""

    participant: str
    number: int
    key: str
    grade: int
    serious: bool
    onset_on: date
    onset_at: str | None = None


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


def under_treatment(events: Iterable[Happened], courses: Mapping[str, Course], days_after: int) -> list[Happened]:
    """The treatment-emergent events, by participant and number."""
    found = [one for one in events if emergent(courses.get(one.participant), one.onset_on, one.onset_at, days_after)]
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
    serious = [one for one in events if one.serious]
    return Line(
        key,
        by_worst_grade((one.participant, one.grade) for one in events),
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
