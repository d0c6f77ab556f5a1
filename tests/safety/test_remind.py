"""Whoever has a clock is reminded once when half of its time is gone, once when it is over, and of nothing else."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from irt.gate.tables import Outbox
from irt.safety.events import NoEvent, no_event
from irt.safety.reminding import Reminders, RemindOfClocks, remind_of_clocks
from irt.safety.tables import ClockReminder
from tests.cast import World
from tests.safety.told import DEADLY, INVESTIGATOR, SERIOUS, heard, judged, reported
from tests.treated import Patient, treated


@pytest.fixture
def one(database_url: str) -> Patient:
    patient = treated(database_url, "01", "02")
    patient.on_day(5)
    return patient


def remind(world: World) -> tuple[int, int]:
    """Who was reminded now: of reports, of cases."""
    done = world.do(remind_of_clocks, RemindOfClocks(), by="operator")
    assert isinstance(done, Reminders)
    return done.reports, done.cases


def told(world: World, kind: str) -> list[set[str]]:
    return [set(row.audience) for row in world.rows(Outbox, kind=kind)]


def test_a_site_is_reminded_of_what_it_heard_and_all_when_it_is_over(one: Patient) -> None:
    heard(one.world, one.id)
    heard(one.world, one.id, told="a bruise", serious=False)
    one.world.clock.advance(timedelta(hours=12) - timedelta(minutes=1))
    assert remind(one.world) == (0, 0)
    one.world.clock.advance(timedelta(minutes=1))
    assert [remind(one.world) for _ in range(2)] == [(1, 0), (0, 0)]
    assert told(one.world, "clock.report_close") == [{"investigator"}]
    one.world.clock.advance(timedelta(hours=12))
    assert remind(one.world) == (0, 0), "the last minute is in time"
    one.world.clock.advance(timedelta(minutes=1))
    assert [remind(one.world) for _ in range(2)] == [(1, 0), (0, 0)]
    assert told(one.world, "clock.report_over") == [{"investigator", "medical_monitor", "trial_manager"}]
    row = one.world.rows(Outbox, kind="clock.report_over")[0]
    assert (row.site, row.participant, row.facts["number"]) == ("01", one.id, one.number)


def test_what_is_settled_reminds_nobody(one: Patient) -> None:
    order = NoEvent(told=heard(one.world, one.id), reason="a planned admission")
    one.world.do(no_event, order, by=INVESTIGATOR)
    one.on_day(9)
    assert remind(one.world) == (0, 0)


def test_after_days_without_the_job_only_the_last_is_told(one: Patient) -> None:
    heard(one.world, one.id)
    one.on_day(9)
    assert remind(one.world) == (1, 0)
    assert told(one.world, "clock.report_close") == []
    assert [row.stage for row in one.world.rows(ClockReminder)] == ["over"]


def at_sponsor(one: Patient, day: int, at: time) -> datetime:
    return datetime.combine(one.day(day), at, ZoneInfo(one.world.study.safety.sponsor_time_zone))


def test_the_desks_clocks_are_the_safety_officers_alone(one: Patient) -> None:
    event = reported(one.world, one.id, **DEADLY).event
    judged(one.world, event)
    one.world.clock.move_to(at_sponsor(one, 9, time(0)))  # day zero is day 5; it began at midnight and ends on day 12
    assert [remind(one.world) for _ in range(2)] == [(0, 1), (0, 0)]
    one.world.clock.move_to(at_sponsor(one, 12, time(23, 59)))
    assert remind(one.world) == (0, 0)
    one.world.clock.move_to(at_sponsor(one, 13, time(0)))
    assert remind(one.world) == (0, 2), "the first is over, of the second half of the time is gone"
    one.world.clock.move_to(at_sponsor(one, 21, time(0)))
    assert [remind(one.world) for _ in range(2)] == [(0, 1), (0, 0)]
    assert told(one.world, "clock.desk_close") == [{"safety_officer"}] * 2
    assert told(one.world, "clock.desk_over") == [{"safety_officer"}] * 2
    kept = sorted((row.clock, row.stage) for row in one.world.rows(ClockReminder))
    assert kept == [("first", "half"), ("first", "over"), ("follow_up", "half"), ("follow_up", "over")]


def test_an_event_that_waits_for_an_opinion_has_no_clock_of_the_desk(one: Patient) -> None:
    reported(one.world, one.id, **SERIOUS)
    one.on_day(40)
    assert remind(one.world) == (0, 0)


@pytest.mark.parametrize("by", [INVESTIGATOR, "safety_officer", "trial_manager"])
def test_time_alone_reminds(one: Patient, by: str) -> None:
    assert one.world.refusal(remind_of_clocks, RemindOfClocks(), by=by).code == "role_not_allowed"
