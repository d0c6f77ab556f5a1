"""Doses and visits found by walking over the calendar one day at a time: slow, and sharing no step with the service.

A cadence is drawn, not computed: one letter for each day of its cycle, "x" where a dose falls. Dates are (year, month,
day), and tomorrow is found by the length of the month.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from irt.participants.visits import Window

MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

Day = tuple[int, int, int]


class Cadence(NamedTuple):
    """What study.toml says, and the drawing of the same."""

    name: str
    interval_days: int
    on_days: int | None
    off_days: int | None
    drawn: str


CADENCES = (
    Cadence("every other day", 2, None, None, "x."),
    Cadence("daily", 1, None, None, "x"),
    Cadence("weekly", 7, None, None, "x......"),
    Cadence("every third day", 3, None, None, "x.."),
    Cadence("2 weeks on, 2 off", 1, 14, 14, "xxxxxxxxxxxxxx.............."),
    Cadence("3 weeks on, 1 off", 1, 21, 7, "xxxxxxxxxxxxxxxxxxxxx......."),
    Cadence("every other day, 3 weeks on, 1 off", 2, 21, 7, "x.x.x.x.x.x.x.x.x.x.x......."),
    Cadence("every third day, 8 days on, 5 off", 3, 8, 5, "x..x..x......"),
)


def month_length(year: int, month: int) -> int:
    """The days of a month."""
    leap = year % 400 == 0 or (year % 4 == 0 and year % 100 != 0)
    return 29 if month == 2 and leap else MONTHS[month - 1]


def tomorrow(day: Day) -> Day:
    """The next day of the calendar."""
    year, month, number = day
    if number < month_length(year, month):
        return year, month, number + 1
    return (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)


def yesterday(day: Day) -> Day:
    """The day of the calendar before."""
    year, month, number = day
    if number > 1:
        return year, month, number - 1
    year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return year, month, month_length(year, month)


def moved(day: Day, steps: int) -> Day:
    """The day so many steps on, or back."""
    for _ in range(abs(steps)):
        day = tomorrow(day) if steps > 0 else yesterday(day)
    return day


def walked_doses(
    cadence: Cadence, doses: int, weeks: int, shifts: bool, first: Day, given: Mapping[int, Day]
) -> list[tuple[int, Day]]:
    """Number and due day of each dose: the drawing is read one letter a day, and stands still while a dose is late."""
    found: list[tuple[int, Day]] = []
    today, letter, late_until = first, 0, first
    for _ in range(weeks * 7):
        if today > late_until or not found:
            if cadence.drawn[letter] == "x" and len(found) < doses:
                found.append((len(found) + 1, today))
                taken = given.get(len(found), today)
                if shifts and taken > today:
                    # The letter is done with on the day of the dose; the days of the delay belong to no letter.
                    late_until = taken
            letter = (letter + 1) % len(cadence.drawn)
        today = tomorrow(today)
    return found


def counted(cadence: Cadence, doses: int, from_day: int, to_day: int) -> int:
    """The doses on study days from_day to to_day, walking from day 1."""
    number = within = 0
    for day in range(1, to_day + 1):
        if cadence.drawn[(day - 1) % len(cadence.drawn)] == "x" and number < doses:
            number += 1
            within += day >= from_day
    return within


class WalkedVisit(NamedTuple):
    """What study.toml says of a visit."""

    id: str
    day: int
    window: int
    contact: bool


def walked_windows(
    visits: Sequence[WalkedVisit], anchor: Day, last_planned: int, stopped_on: Day | None
) -> dict[str, tuple[Day, Day, Day]]:
    """Due, first and last day of each visit. `stopped_on`: the last dose, or the anchor of the never-dosed."""
    found = {}
    for visit in visits:
        due = moved(anchor, visit.day - 1)
        if stopped_on is not None and visit.contact and visit.day > last_planned:
            due = moved(stopped_on, visit.day - last_planned)
        found[visit.id] = (due, moved(due, -visit.window), moved(due, visit.window))
    return found


def walked_timing(window: tuple[Day, Day, Day], fixed: Sequence[tuple[Day, Day, Day]], on: Day) -> str:
    """early, in_window, late or outside: walks from `on` to the window, and looks whose window it passes through.

    `fixed`: the windows of all visits but of contacts that moved because treatment stopped.
    """
    _, first, last = window
    before = [(one[1], one[2]) for one in fixed if one[2] < first]
    after = [(one[1], one[2]) for one in fixed if one[1] > last]
    if first <= on <= last:
        return "in_window"
    steps, today, others = 0, on, before if on < first else after
    while not first <= today <= last:
        # a window further off is passed through too, at its near end at least
        if any(begin <= today <= end for begin, end in others):
            return "outside"
        today, steps = (tomorrow(today) if on < first else yesterday(today)), steps + 1
    if on < first:
        return "early" if before else "outside"
    return "late" if after or steps <= 28 else "outside"


def walked_state(window: tuple[Day, Day, Day], fixed: Sequence[tuple[Day, Day, Day]], today: Day) -> str:
    """not_yet, due, overdue or missed: walks from the window's first day to today."""
    _, first, last = window
    state, day = "not_yet", first
    while day <= today:
        state = "due" if day <= last else state
        if day > last:
            opens = any(one[1] == day for one in fixed)
            state = "missed" if opens or state == "missed" else "overdue"
        day = tomorrow(day)
    return state


def as_walked(window: Window) -> tuple[Day, Day, Day]:
    """The service's window in the reference's days."""
    return tuple((one.year, one.month, one.day) for one in (window.due, window.earliest, window.latest))  # type: ignore[return-value]
