"""The calendar of doses as a page draws it: months of weeks, each day with what became of its dose."""

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from irt.dispensing.course import Course

MARKS = {  # beside the colour: print and eyes that see none read these
    "taken": "●", "partial": "◐", "missed": "✕", "held": "‖", "unrecorded": "?", "coming": "○", "extra": "+",
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One day: the dose that is due on it and what became of it; both empty on other days."""

    day: date
    number: int | None
    status: str
    extra: bool  # a dose was given that was not due
    today: bool


@dataclass(frozen=True)
class Month:
    """One month, in weeks from Monday to Sunday; None where a week belongs to the month before or after."""

    first: date
    weeks: tuple[tuple[Cell | None, ...], ...]


def months(course: Course) -> list[Month]:
    """Every month of a course, from the first dose to the last that is due; none while it has no first day."""
    known = {one.due_on: (one.number, str(one.status)) for one in course.due}
    for one in course.planned:
        if one.due_on > course.until and (course.ends_on is None or one.due_on <= course.ends_on):
            known.setdefault(one.due_on, (one.number, "held" if course.held_on(one.due_on) else "coming"))
    extra = {row.taken_on for row in course.extra}
    days = sorted([*known, *extra])
    if not days:
        return []
    names = [(year, month) for year in range(days[0].year, days[-1].year + 1) for month in range(1, 13)]
    first, last = (days[0].year, days[0].month), (days[-1].year, days[-1].month)
    return [_month(*name, known, extra, course.until) for name in names if first <= name <= last]


def _month(year: int, month: int, known: Mapping[date, tuple[int, str]], extra: set[date], today: date) -> Month:
    weeks = []
    for week in Calendar().monthdatescalendar(year, month):
        cells = []
        for day in week:
            number, status = known.get(day, (None, ""))
            cells.append(Cell(day, number, status, day in extra, day == today) if day.month == month else None)
        weeks.append(tuple(cells))
    return Month(date(year, month, 1), tuple(weeks))
