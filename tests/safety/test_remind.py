"""Whoever has a clock is reminded once when half of its time is gone, once when it is over, and of nothing else."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from irt.gate.tables import Outbox
from irt.safety.events import NoEvent, no_event
from irt.safety.reminding import Reminders, RemindOfClocks, remind_of_clocks
from irt.safety.tables import ClockReminder
from tests.cast import World
from tests.safety.told import DEADLY, INVESTIGATOR, SERIOUS, followed, heard, judged, reported
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


def remind_of_opinions(one: Patient, day: int, at: time = time(0)) -> int:
    one.world.clock.move_to(at_sponsor(one, day, at))
    done = one.world.do(remind_of_clocks, RemindOfClocks(), by="operator")
    assert isinstance(done, Reminders)
    return done.opinions


def test_a_fatal_event_without_an_opinion_has_the_clock_of_its_report(one: Patient) -> None:
    event = reported(one.world, one.id, **DEADLY, causality_drug="unrelated").event
    last_minute = time(23, 59)
    assert [remind_of_opinions(one, *at) for at in ((8, last_minute), (9,), (9,), (12, last_minute))] == [0, 1, 0, 0]
    assert told(one.world, "clock.opinion_close") == [{"medical_monitor", "trial_manager"}]
    assert [remind_of_opinions(one, 13) for _ in range(2)] == [1, 0]
    assert told(one.world, "clock.opinion_over") == [{"medical_monitor", "trial_manager"}]
    row = one.world.rows(Outbox, kind="clock.opinion_over")[0]
    assert (row.site, row.participant, row.facts) == ("01", one.id, {"number": one.number, "event": event})


def test_another_serious_event_has_fifteen_days(one: Patient) -> None:
    reported(one.world, one.id, **SERIOUS)
    reported(one.world, one.id, term=None, verbatim="a bruise")
    assert [remind_of_opinions(one, *at) for at in ((20, time(23, 59)), (21,))] == [1, 1]


@pytest.mark.parametrize("expectedness", ["expected", "unexpected"])
def test_an_opinion_ends_its_clock(one: Patient, expectedness: str) -> None:
    event = reported(one.world, one.id, **DEADLY).event
    judged(one.world, event, expectedness=expectedness)
    assert remind_of_opinions(one, 40) == 0


def test_what_became_fatal_meanwhile_has_a_clock_of_its_own(one: Patient) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    one.on_day(15)
    followed(one.world, event, **DEADLY, ended_on=one.day(15))
    assert remind_of_opinions(one, 19) == 2, "half of both"
    assert [remind_of_opinions(one, day) for day in (21, 22, 23, 40)] == [1, 0, 1, 0]
    kept = sorted((row.clock, row.stage) for row in one.world.rows(ClockReminder))
    assert kept == [("opinion", "half"), ("opinion", "half"), ("opinion", "over"), ("opinion", "over")]


def test_what_is_judged_no_more_as_it_is_waits_anew(one: Patient) -> None:
    event = reported(one.world, one.id, **DEADLY).event
    judged(one.world, event, expectedness="expected")
    one.on_day(30)
    followed(one.world, event, verbatim="septic shock", **{**DEADLY, "ended_on": one.day(5)})
    assert [remind_of_opinions(one, day) for day in (33, 34, 38)] == [0, 1, 1]


@pytest.mark.parametrize("by", [INVESTIGATOR, "safety_officer", "trial_manager"])
def test_time_alone_reminds(one: Patient, by: str) -> None:
    assert one.world.refusal(remind_of_clocks, RemindOfClocks(), by=by).code == "role_not_allowed"
