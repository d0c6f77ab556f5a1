"""The calendar of doses, by calendar days of the site alone: pure, no instants, no zones, no hours counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from irt.study import Dosing

NOTHING_GIVEN: Mapping[int, date] = {}


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A dose, numbered from 1, and the day on which it is due."""

    number: int
    due_on: date


def study_day(first_dose: date, on: date) -> int:
    """The study day of a date: that of the first dose is 1, the day before it -1; there is no day 0."""
    days = (on - first_dose).days
    return days + 1 if days >= 0 else days


def dose_day(dosing: Dosing, number: int) -> int:
    """The study day of a dose, as planned; ValueError for a number that no dose has."""
    if not 1 <= number <= dosing.doses:
        raise ValueError(f"dose {number}: there are doses 1 to {dosing.doses}")
    return dosing.day_of(number)


def dose_on(dosing: Dosing, first_dose: date, number: int) -> date:
    """The date of a dose, as planned from the day of the first; ValueError for a number that no dose has."""
    return first_dose + timedelta(days=dose_day(dosing, number) - 1)


def doses_due(dosing: Dosing, from_day: int, to_day: int) -> int:
    """How many doses are planned from one study day to another, both included; 0 when the second is the earlier."""
    return max(0, dosing.doses_until(to_day) - dosing.doses_until(from_day - 1))


def schedule(dosing: Dosing, first_dose: date, given: Mapping[int, date] = NOTHING_GIVEN) -> list[Scheduled]:
    """All doses with the dates on which they are due, in order; `given` holds the dates of doses taken, by number.

    keep_grid: no dose moves another. shift_grid: a dose taken d days after its due date, as that stands after earlier
    moves, moves all that follow by d days; one taken early, or never, moves none. No dose is due after the treatment
    period, which is the masked weeks from day 1 and does not move: doses that would be due later drop off the list.
    """
    last = first_dose + timedelta(days=dosing.treatment_days - 1)
    moved, planned = timedelta(0), []
    for number, day in enumerate(dosing.dose_days, start=1):
        due = first_dose + timedelta(days=day - 1) + moved
        if due > last:
            break
        planned.append(Scheduled(number, due))
        if dosing.late_dose == "shift_grid":
            moved += max(timedelta(0), given.get(number, due) - due)
    return planned


def next_doses(planned: Sequence[Scheduled], after: date, count: int) -> list[Scheduled]:
    """The first `count` doses of a schedule that are due after a day; fewer when no more are left."""
    return [one for one in planned if one.due_on > after][:count]


def adherence(taken: int, due: int) -> Fraction | None:
    """The exact share of due doses that were taken; None when none was due. Above 1 it is a query, never clipped."""
    return Fraction(taken, due) if due else None
