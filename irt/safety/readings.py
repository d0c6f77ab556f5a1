"""What the rows of the safety laboratory say now: current values, baselines, grades, and what they suggest. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, Literal

from irt.safety.grading import Liver, Measured, grade, liver
from irt.study import LaboratoryTest, Study

Standing = Literal["waiting", "worse", "confirmed", "dismissed"]


@dataclass(frozen=True)
class Reading:
    """One current value of a sample that stands."""

    number: int  # of the sample
    taken_on: date
    analyte: str
    revision: int
    found: Measured


@dataclass(frozen=True)
class Told:
    """An adverse event as it is told now: what suggestions are held against."""

    number: int
    term: str | None
    grade: int
    onset_on: date
    ended_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the event lasted on this day."""
        return self.onset_on <= day and (self.ended_on is None or day <= self.ended_on)


@dataclass(frozen=True)
class Suggestion:
    """A graded value after the first dose, and what became of it.

    waiting: nobody said anything; worse: an event of its term lasts on that day with a lower grade; confirmed: one of
    at least its grade does; dismissed: an investigator said that it is none.
    """

    reading: Reading
    term: str
    grade: int
    baseline: Measured | None
    standing: Standing
    event: int | None = None

    @property
    def open(self) -> bool:
        """Whether somebody has to look at it."""
        return self.standing in ("waiting", "worse")


def latest(rows: Iterable[Any], key: Callable[[Any], Any], order: str = "revision") -> dict[Any, Any]:
    """The row with the highest revision (or version) under each key."""
    return {key(row): row for row in sorted(rows, key=attrgetter(order))}


def current_samples(samples: Iterable[Any]) -> dict[int, Any]:
    """The highest revision of each sample by its number, those that do not stand too."""
    return latest(samples, attrgetter("number"))


def current_values(values: Iterable[Any]) -> dict[tuple[int, str], Any]:
    """The highest revision of each value by sample and test, those that were taken back too."""
    return latest(values, attrgetter("number", "analyte"))


def readings(samples: Iterable[Any], values: Iterable[Any]) -> list[Reading]:
    """The current values of the samples that stand, by day, sample and test."""
    of = current_samples(samples)
    found = [
        Reading(row.number, of[row.number].taken_on, row.analyte, row.revision, measured_of(row))
        for row in current_values(values).values()
        if row.value is not None and of[row.number].stands
    ]
    return sorted(found, key=lambda one: (one.taken_on, one.number, one.analyte))


def measured_of(row: Any) -> Measured:
    """A stored value with its limits."""
    return Measured(row.value, getattr(row, "lower", None), row.upper)


def baselines_of(
    study: Study, found: Sequence[Reading], written: Mapping[str, str], first_dose_on: date | None
) -> dict[str, Measured]:
    """The baseline of each test: as recorded at screening (`written`: current baseline values, by field), else of the
    last sample up to the day of the first dose, whose blood is taken before it."""
    known = {}
    for test in study.safety_laboratory:
        if test.baseline in written and test.baseline_limit in written:
            known[test.id] = Measured(
                Decimal(written[str(test.baseline)]), upper=Decimal(written[str(test.baseline_limit)])
            )
            continue
        before = [
            one for one in found if one.analyte == test.id and (first_dose_on is None or one.taken_on <= first_dose_on)
        ]
        if before:
            known[test.id] = before[-1].found
    return known


def graded(study: Study, one: Reading, baselines: Mapping[str, Measured]) -> int:
    """The grade of a reading; 0 also for a test that the study no longer has."""
    test = study.laboratory_test(one.analyte)
    return grade(test, one.found, baselines.get(test.id)) if test else 0


def suggestions(
    study: Study,
    found: Sequence[Reading],
    baselines: Mapping[str, Measured],
    first_dose_on: date | None,
    events: Sequence[Told],
    dismissals: Iterable[Any],
) -> list[Suggestion]:
    """The graded values of samples after the day of the first dose, in the order of `found`; none before it."""
    dismissed = {(row.number, row.analyte, row.revision, row.grade) for row in dismissals}
    suggested = []
    for one in found:
        test = study.laboratory_test(one.analyte)
        if test is None or test.term is None or first_dose_on is None or one.taken_on <= first_dose_on:
            continue
        reached = graded(study, one, baselines)
        if not reached:
            continue
        standing, event = _standing(one, test, reached, events, dismissed)
        suggested.append(Suggestion(one, test.term, reached, baselines.get(test.id), standing, event))
    return suggested


def _standing(
    one: Reading,
    test: LaboratoryTest,
    reached: int,
    events: Sequence[Told],
    dismissed: set[tuple[int, str, int, int]],
) -> tuple[Standing, int | None]:
    lasting = [event for event in events if event.term == test.term and event.covers(one.taken_on)]
    worst = max(lasting, key=lambda event: (event.grade, -event.number), default=None)
    if worst is not None and worst.grade >= reached:
        return "confirmed", worst.number
    if (one.number, one.analyte, one.revision, reached) in dismissed:
        return "dismissed", None
    return ("worse", worst.number) if worst is not None else ("waiting", None)


def livers(study: Study, found: Iterable[Reading], baselines: Mapping[str, Measured]) -> dict[int, Liver]:
    """Hy's law by the number of the sample."""
    of: dict[int, dict[str, Measured]] = {}
    for one in found:
        of.setdefault(one.number, {})[one.analyte] = one.found
    return {number: liver(study, sample, baselines) for number, sample in of.items()}


def current_events(events: Iterable[Any], versions: Iterable[Any]) -> list[Any]:
    """The highest version of each event that stands, with its number: pairs of event and version, by number."""
    now = latest(versions, attrgetter("event"), "version")
    pairs = [(one, now[one.id]) for one in events if one.id in now and now[one.id].stands]
    return sorted(pairs, key=lambda pair: (pair[0].participant, pair[0].number))


def told(events: Iterable[Any], versions: Iterable[Any]) -> list[Told]:
    """One participant's events as suggestions are held against them."""
    return [
        Told(event.number, row.term, row.grade, row.onset_on, row.ended_on)
        for event, row in current_events(events, versions)
    ]
