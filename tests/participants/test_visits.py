"""Visit windows: by calendar days, each day in one window at most, and a state for every day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.participants.visits import Window, local_day, visit_on, visit_state, windows
from irt.study import load_study
from tests.cast import STUDY_FILE

ANCHOR = date(2026, 3, 2)
STUDY = load_study(STUDY_FILE)


def test_day_one_is_the_anchor() -> None:
    planned = windows(STUDY, ANCHOR)
    by_id = {window.visit: window for window in planned}
    for visit in STUDY.visits:
        if visit.day is None:
            assert visit.id not in by_id
            continue
        window = by_id[visit.id]
        assert window.due == ANCHOR + timedelta(days=visit.day - 1)
        assert (window.due - window.earliest).days == (window.latest - window.due).days == visit.window_days
    assert [window.due for window in planned] == sorted(window.due for window in planned)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_windows_never_overlap(anchor: date) -> None:
    planned = windows(STUDY, anchor)
    assert len(planned) > 1
    assert all(before.latest < after.earliest for before, after in pairwise(planned))


def test_a_window_spans_a_change_of_clocks_by_calendar_days() -> None:
    evening = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # the night in which Berlin's clocks go forward
    assert local_day(evening, "Europe/Berlin") == date(2026, 3, 29)
    assert local_day(evening, "UTC") == date(2026, 3, 28)


@pytest.mark.parametrize(
    ("day", "state"),
    [(-4, "not_yet"), (-3, "due"), (0, "due"), (3, "due"), (4, "overdue"), (24, "overdue"), (25, "missed")],
)
def test_a_visit_has_one_state_on_each_day(day: int, state: str) -> None:
    week = timedelta(days=3)
    planned = [
        Window("first", ANCHOR, ANCHOR - week, ANCHOR + week),
        Window("second", ANCHOR + timedelta(days=28), ANCHOR + timedelta(days=25), ANCHOR + timedelta(days=31)),
    ]
    today = ANCHOR + timedelta(days=day)
    assert visit_state(planned, "first", today, done=False) == state
    assert visit_state(planned, "first", today, done=True) == "done"
    at = visit_on(planned, today)
    assert (at is not None and at.visit == "first") == (state == "due")


def test_the_last_visit_stays_overdue() -> None:
    planned = windows(STUDY, ANCHOR)
    assert visit_state(planned, planned[-1].visit, planned[-1].latest + timedelta(days=900), done=False) == "overdue"
