"""Visit windows and the state of each visit: pure, by the calendar days of the site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from irt.clock import local_day
from irt.study import Study

__all__ = ["VisitState", "Window", "local_day", "visit_on", "visit_state", "windows"]

VisitState = Literal["not_yet", "due", "overdue", "missed", "done"]


@dataclass(frozen=True, slots=True)
class Window:
    """A visit's planned day, and the first and last day on which it counts as in time (both included)."""

    visit: str
    due: date
    earliest: date
    latest: date


def windows(study: Study, anchor: date) -> list[Window]:
    """The windows of every planned visit, in order of time.

    `anchor` is study day 1: the day of the first dose, or for the never-dosed the day of randomization. study.toml's
    check sees to it that no two windows overlap, so a day belongs to one visit at most. Visits without a day (early
    termination) have no window.
    """
    found = []
    for visit in study.visits:
        if visit.day is None:
            continue
        due, margin = anchor + timedelta(days=visit.day - 1), timedelta(days=visit.window_days)
        found.append(Window(visit.id, due, due - margin, due + margin))
    return sorted(found, key=lambda window: window.due)


def visit_on(planned: Sequence[Window], day: date) -> Window | None:
    """The visit whose window holds `day`; None between windows."""
    return next((window for window in planned if window.earliest <= day <= window.latest), None)


def visit_state(planned: Sequence[Window], visit: str, today: date, done: bool) -> VisitState:
    """The state of `visit` on the site's day `today`.

    not_yet before its window, due within it, overdue after it, and missed once the next visit's window has begun.
    """
    if done:
        return "done"
    at = next(index for index, window in enumerate(planned) if window.visit == visit)
    if today < planned[at].earliest:
        return "not_yet"
    if today <= planned[at].latest:
        return "due"
    following = planned[at + 1 : at + 2]
    return "missed" if following and today >= following[0].earliest else "overdue"
