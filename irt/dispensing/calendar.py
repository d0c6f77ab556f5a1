"""The calendar of doses, by calendar days of the site alone: pure, no instants, no zones, no hours counted."""

from collections.abc import Iterable, Mapping, Sequence
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


def too_close(dosing: Dosing, day: date, others: Iterable[date]) -> bool:
    """Whether a dose on a day is one too many beside others: on the same day, or on the next where none may be.

    Doses may be given on consecutive days where the cadence itself has such days.
    """
    least = min(dosing.least_gap, 2)
    return any(abs((day - other).days) < least for other in others)


def numbers_anew(dosing: Dosing, first_dose: date, days: Mapping[int, date]) -> dict[int, int | None]:
    """The number that each recorded dose has by a calendar that begins on another day: by old numbers.

    `days`: when each was taken; of a missed one, when it was due. A dose is the one that was due on its day, or so
    many days before as a dose may be late; None where there is none, or another has taken its place.
    """
    late, given, found = timedelta(days=dosing.late_by_days), dict[int, date](), dict[int, int | None]()
    for number, day in sorted(days.items(), key=lambda one: (one[1], one[0])):
        fits = (one.number for one in schedule(dosing, first_dose, given) if one.due_on <= day <= one.due_on + late)
        found[number] = next((one for one in fits if one not in given), None)
        if (place := found[number]) is not None:
            given[place] = day
    return found


def adherence(taken: int, due: int) -> Fraction | None:
    """The exact share of due doses that were taken; None when none was due. Above 1 it is a query, never clipped."""
    return Fraction(taken, due) if due else None
