"""Visit windows and the state of each visit: pure, by the calendar days of the site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from irt.clock import local_day
from irt.study import Study

__all__ = ["Timing", "VisitState", "Window", "local_day", "span", "timing", "visit_on", "visit_state", "windows"]

VisitState = Literal["not_yet", "due", "overdue", "missed", "skipped", "done"]
Timing = Literal["early", "in_window", "late", "outside"]
AFTER_THE_LAST = timedelta(days=28)  # the last visit has no other to end its time: as long as visits lie apart


@dataclass(frozen=True, slots=True)
class Window:
    """A visit's planned day, and the first and last day on which it counts as in time (both included).

    `moved`: a contact that comes earlier because treatment stopped; it takes no days from the visits about it.
    """

    visit: str
    due: date
    earliest: date
    latest: date
    moved: bool = False


def windows(study: Study, anchor: date, *, last_dose_on: date | None = None, stopped: bool = False) -> list[Window]:
    """The windows of every planned visit, in order of time.

    `anchor` is study day 1: the day of the first dose, or for the never-dosed the day of randomization. study.toml's
    check sees to it that no two windows overlap, so a day belongs to one visit at most. Visits without a day (early
    termination) have no window.

    `stopped`: treatment ended early, on `last_dose_on`. Then contact visits planned after the last dose come as long
    after the real last one, with the same window; for the never-dosed, after the anchor. They may then overlap others,
    which stay where they are, for follow-up goes on.
    """
    found = []
    for visit in study.visits:
        due, margin = anchor + timedelta(days=visit.day - 1), timedelta(days=visit.window_days)
        moved = stopped and visit.contact and visit.day > study.dosing.last_day
        if moved:
            due = (last_dose_on or anchor) + timedelta(days=visit.day - study.dosing.last_day)
        found.append(Window(visit.id, due, due - margin, due + margin, moved))
    return sorted(found, key=lambda window: window.due)


def visit_on(planned: Sequence[Window], day: date) -> Window | None:
    """The visit whose window holds `day`; None between windows."""
    return next((window for window in planned if window.earliest <= day <= window.latest), None)


def span(planned: Sequence[Window], visit: str) -> tuple[date, date]:
    """The first and last day that can be taken for a visit held early or late.

    From the day after the window before it to the day before the window after it: a day between two windows can be
    late for one and early for the other. The first visit starts with its window; the last ends 28 days after its own.
    """
    here, before, after = _around(planned, visit)
    first = before.latest + timedelta(days=1) if before else here.earliest
    last = after.earliest - timedelta(days=1) if after else here.latest + AFTER_THE_LAST
    return first, last


def timing(planned: Sequence[Window], visit: str, on: date) -> Timing:
    """How a visit held on a day stands to its window; outside when the day cannot be taken for this visit at all."""
    here, (first, last) = _around(planned, visit)[0], span(planned, visit)
    if not first <= on <= last:
        return "outside"
    if on < here.earliest:
        return "early"
    return "in_window" if on <= here.latest else "late"


def visit_state(planned: Sequence[Window], visit: str, today: date, done: bool, skipped: bool = False) -> VisitState:
    """The state of `visit` on the site's day `today`.

    not_yet before its window, due within it, overdue after it, and missed once the next visit's window has begun; done
    or skipped, whatever the day, when that was recorded.
    """
    if done:
        return "done"
    if skipped:
        return "skipped"
    here, _, after = _around(planned, visit)
    if today < here.earliest:
        return "not_yet"
    if today <= here.latest:
        return "due"
    return "missed" if after and today >= after.earliest else "overdue"


def _around(planned: Sequence[Window], visit: str) -> tuple[Window, Window | None, Window | None]:
    """A visit's window, and those that end before it and begin after it; one that overlaps it is neither."""
    here = next(window for window in planned if window.visit == visit)
    others = [window for window in planned if not window.moved]
    before = max((one for one in others if one.latest < here.earliest), key=lambda one: one.latest, default=None)
    after = min((one for one in others if one.earliest > here.latest), key=lambda one: one.earliest, default=None)
    return here, before, after
