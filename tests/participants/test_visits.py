"""Visit windows: by calendar days, each day in one window at most, and a state for every day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.participants.visits import Window, local_day, span, timing, visit_on, visit_state, windows
from irt.study import load_study
from tests.cast import STUDY_FILE

ANCHOR = date(2026, 3, 2)
STUDY = load_study(STUDY_FILE)


def test_day_one_is_the_anchor() -> None:
    planned = windows(STUDY, ANCHOR)
    by_id = {window.visit: window for window in planned}
    for visit in STUDY.visits:
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


def _days(planned: list[Window], visit: str, anchor: date = ANCHOR) -> tuple[int, int]:
    """The study days of a visit's span."""
    first, last = span(planned, visit)
    return (first - anchor).days + 1, (last - anchor).days + 1


def test_a_visit_may_be_taken_early_or_late_between_its_neighbours_windows() -> None:
    planned = windows(STUDY, ANCHOR)
    assert _days(planned, "W0") == (1, 25)
    assert _days(planned, "W4") == (2, 53)
    assert _days(planned, "W24") == (145, 193)
    assert _days(planned, "SC") == (173, 200 + 28)


@pytest.mark.parametrize(
    ("visit", "day", "expected"),
    [
        ("W4", 1, "outside"), ("W4", 2, "early"), ("W4", 25, "early"), ("W4", 26, "in_window"), ("W4", 32, "in_window"),
        ("W4", 33, "late"), ("W4", 53, "late"), ("W4", 54, "outside"), ("W8", 32, "outside"), ("W8", 33, "early"),
        ("W0", 0, "outside"), ("W0", 1, "in_window"), ("W0", 2, "late"), ("SC", 228, "late"), ("SC", 229, "outside"),
    ],
)  # fmt: skip
def test_the_timing_of_a_visit(visit: str, day: int, expected: str) -> None:
    assert timing(windows(STUDY, ANCHOR), visit, ANCHOR + timedelta(days=day - 1)) == expected


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-40, 300))
def test_a_day_from_the_first_visit_on_can_be_taken_for_some_visit(anchor: date, off: int) -> None:
    planned, on = windows(STUDY, anchor), anchor + timedelta(days=off)
    found = {one.visit: timing(planned, one.visit, on) for one in planned}
    within = visit_on(planned, on)
    assert [visit for visit, said in found.items() if said == "in_window"] == ([within.visit] if within else [])
    assert ({*found.values()} == {"outside"}) == (not 0 <= off < 228)


def test_after_an_early_stop_the_contact_follows_the_last_dose_and_the_rest_stays() -> None:
    last = ANCHOR + timedelta(days=58)  # dose 30, on day 59
    going_on = {one.visit: one for one in windows(STUDY, ANCHOR)}
    stopped = {one.visit: one for one in windows(STUDY, ANCHOR, last_dose_on=last, stopped=True)}
    contact = stopped.pop("SC")
    assert (contact.due - last).days == STUDY.safety.emergent_days_after_last_dose == 30
    assert (contact.due - contact.earliest).days == (contact.latest - contact.due).days == 3
    assert stopped == {visit: one for visit, one in going_on.items() if visit != "SC"}
    assert windows(STUDY, ANCHOR, last_dose_on=last) == list(going_on.values())


def test_the_contact_of_the_never_dosed_follows_their_randomization() -> None:
    contact = next(one for one in windows(STUDY, ANCHOR, stopped=True) if one.visit == "SC")
    assert contact.due == ANCHOR + timedelta(days=30)


def test_a_contact_that_overlaps_a_visit_hides_neither() -> None:
    last = ANCHOR + timedelta(days=84 - 30)  # the contact falls on day 85, as week 12 does
    planned = windows(STUDY, ANCHOR, last_dose_on=last, stopped=True)
    assert [one.due for one in planned] == sorted(one.due for one in planned)
    for visit in ("W12", "SC"):
        assert _days(planned, visit) == (61, 109)
        for day, state in (
            (81, "not_yet"),
            (82, "due"),
            (88, "due"),
            (89, "overdue"),
            (109, "overdue"),
            (110, "missed"),
        ):
            assert visit_state(planned, visit, ANCHOR + timedelta(days=day - 1), done=False) == state


def test_a_skipped_visit_is_skipped_and_a_done_one_done() -> None:
    planned = windows(STUDY, ANCHOR)
    for off in (0, 28, 400):
        today = ANCHOR + timedelta(days=off)
        assert visit_state(planned, "W4", today, done=False, skipped=True) == "skipped"
        assert visit_state(planned, "W4", today, done=True, skipped=True) == "done"
