"""When a job is due: pure, so every kind of clock and every kind of pause can be tried."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.gate.job_runs import Due
from irt.jobs.times import Daily, Every, Rule, between, due

ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Chatham", "Pacific/Kiritimati")
INSTANTS = st.integers(0, 3 * 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
RULES = st.one_of(
    st.builds(Daily, st.times().map(lambda one: one.replace(second=0, microsecond=0)), st.sampled_from(ZONES)),
    st.builds(Every, st.integers(1, 60)),
)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Timed:
    name: str
    rule: Rule


JOBS = (Timed("late", Daily(time(1), "Asia/Shanghai")), Timed("early", Daily(time(1), "Asia/Shanghai")))
MORNING = datetime(2026, 3, 1, 17, tzinfo=UTC)  # 01:00 in Shanghai


@given(RULES, INSTANTS)
def test_latest_and_after_are_neighbours(rule: Rule, now: datetime) -> None:
    latest, after = rule.latest(now), rule.after(now)
    assert latest <= now < after
    assert rule.after(latest) == after
    assert rule.latest(after) == after
    assert rule.latest(after - timedelta(microseconds=1)) == latest


@given(st.sampled_from(ZONES), st.times(), INSTANTS, st.integers(1, 400))
def test_a_daily_job_is_due_once_on_every_calendar_day(zone: str, at: time, start: datetime, days: int) -> None:
    rule = Daily(at.replace(second=0, microsecond=0), zone)
    found = list(between(rule, start, start + days * DAY))
    of_day = Counter(one.astimezone(ZoneInfo(zone)).date() for one in found)
    assert set(of_day.values()) == {1}
    assert days - 1 <= len(found) <= days + 1
    assert list(of_day) == [min(of_day) + n * DAY for n in range(len(found))]


@pytest.mark.parametrize(
    ("at", "day", "instant"),
    [
        (time(2, 30), date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # the clocks skip it: 03:30 CEST
        (time(2, 30), date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # shown twice: the first
        (time(2, 30), date(2026, 10, 26), datetime(2026, 10, 26, 1, 30, tzinfo=UTC)),
    ],
)
def test_when_the_clocks_are_put_forward_or_back(at: time, day: date, instant: datetime) -> None:
    midnight = datetime.combine(day, time(), ZoneInfo("Europe/Berlin")).astimezone(UTC)
    within = list(between(Daily(at, "Europe/Berlin"), midnight - timedelta(seconds=1), midnight + timedelta(hours=23)))
    assert within == [instant]


def test_what_is_due_at_one_time_keeps_the_order_of_the_jobs() -> None:
    assert due(JOBS, {}, MORNING) == [Due(MORNING, "late"), Due(MORNING, "early")]
    assert due(JOBS, {"late": MORNING}, MORNING) == [Due(MORNING, "early")]
    assert due(JOBS, {"late": MORNING, "early": MORNING}, MORNING + timedelta(hours=23)) == []


def test_a_hundred_nights_are_caught_up_by_one_run() -> None:
    last = dict.fromkeys(("late", "early"), MORNING)
    assert due(JOBS, last, MORNING + 100 * DAY) == [
        Due(MORNING + 100 * DAY, "late"),
        Due(MORNING + 100 * DAY, "early"),
    ]


def test_what_was_begun_is_due_until_it_has_ended_and_comes_first() -> None:
    begun = [Due(MORNING, "early"), Due(MORNING, "gone from the registry")]
    found = due(JOBS, {"late": MORNING, "early": MORNING - DAY}, MORNING + DAY, begun)
    assert found == [Due(MORNING, "early"), Due(MORNING + DAY, "late"), Due(MORNING + DAY, "early")]
    assert due(JOBS, {"late": MORNING, "early": MORNING - DAY}, MORNING, begun) == [Due(MORNING, "early")]


@given(st.lists(RULES, min_size=1, max_size=4), INSTANTS, st.lists(st.integers(0, 10_000), min_size=1, max_size=40))
def test_however_the_clock_goes_on_nothing_runs_twice_and_the_latest_has_run(
    rules: list[Rule], start: datetime, steps: list[int]
) -> None:
    jobs, now, last, ran = [Timed(str(n), rule) for n, rule in enumerate(rules)], start, {}, []
    for step in steps:
        now += timedelta(minutes=step)
        for one in due(jobs, last, now):
            ran.append(one)
            last[one.job] = one.at
        assert all(last[job.name] == job.rule.latest(now) for job in jobs)
        assert due(jobs, last, now) == []
    assert len(set(ran)) == len(ran) >= len(jobs)


@given(st.lists(RULES, min_size=1, max_size=3), INSTANTS)
def test_a_clock_that_goes_from_one_due_time_to_the_next_misses_none(rules: list[Rule], start: datetime) -> None:
    jobs, until = [Timed(str(n), rule) for n, rule in enumerate(rules)], start + timedelta(hours=50)
    last = {job.name: start for job in jobs}
    ran = set()
    while (now := min(job.rule.after(last[job.name]) for job in jobs)) <= until:
        for one in due(jobs, last, now):
            ran.add(one)
            last[one.job] = one.at
    assert ran == {Due(at, job.name) for job in jobs for at in between(job.rule, start, until)}
    assert len(ran) >= 2
