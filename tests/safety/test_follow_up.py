"""What is known later stands beside what was told before; an event told by mistake is taken back and stays readable."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from irt.gate.refusals import Refused
from irt.gate.tables import Outbox
from irt.safety.clocks import Clock, report_of
from irt.safety.events import follow_up, report_event, void_event
from irt.safety.tables import SusarCandidate
from tests.cast import World
from tests.safety.told import (
    DEADLY,
    INVESTIGATOR,
    SERIOUS,
    followed,
    following,
    judged,
    latest,
    reported,
    reporting,
    versions,
    voiding,
)
from tests.treated import Patient, treated


@pytest.fixture
def one(database_url: str) -> Patient:
    patient = treated(database_url, "01", "02")
    patient.on_day(5)
    return patient


def test_a_follow_up_is_a_version_and_nothing_is_overwritten(one: Patient) -> None:
    event = reported(one.world, one.id).event
    before = latest(one.world, event)
    followed(one.world, event, grade=2, treatment="ibuprofen")
    first, second = versions(one.world, event)
    assert first == before
    assert (second.version, second.grade, second.why) == (2, 2, "the hospital's letter came")
    entry = one.world.last_audit()
    assert (entry.act, entry.reason, entry.participant) == ("event.follow_up", "the hospital's letter came", one.id)
    assert one.world.rows(Outbox, kind="event.news") == [], "it is not serious"


def test_the_last_dose_is_read_anew(one: Patient) -> None:
    event = reported(one.world, one.id, onset_on=one.day(4)).event
    assert latest(one.world, event).last_dose_on == one.day(1)
    one.take(2)
    followed(one.world, event, grade=2)
    assert [row.last_dose_on for row in versions(one.world, event)] == [one.day(1), one.day(3)]


def test_an_upgrade_is_told_once_and_then_as_news(one: Patient) -> None:
    event = reported(one.world, one.id).event
    followed(one.world, event, **SERIOUS)
    assert len(one.world.rows(Outbox, kind="event.serious")) == 1
    followed(one.world, event, **DEADLY, ended_on=one.day(5))
    followed(one.world, event, **{**DEADLY, "ended_on": one.day(5)}, verbatim="发热,感染性休克")
    assert len(one.world.rows(Outbox, kind="event.serious")) == 1
    assert len(one.world.rows(Outbox, kind="event.news")) == 2


def test_what_is_judged_of_an_upgrade_makes_a_candidate_of_its_own(one: Patient) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    judged(one.world, event)
    one.on_day(7)
    followed(one.world, event, **DEADLY, ended_on=one.day(7))
    rows = {row.urgency: row for row in one.world.rows(SusarCandidate)}
    assert (rows["other"].version, rows["other"].day_zero) == (1, one.day(5))
    assert (rows["fatal"].version, rows["fatal"].day_zero) == (2, one.day(7))
    assert [set(row.audience) for row in one.world.rows(Outbox, kind="event.candidate")] == [{"safety_officer"}] * 2


def test_a_downgrade_takes_no_candidate_back(one: Patient) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    judged(one.world, event)
    followed(one.world, event, seriousness=(), grade=2)
    followed(one.world, event, seriousness=("disability",), grade=3)
    assert [row.version for row in one.world.rows(SusarCandidate)] == [1]


def test_every_rule_of_the_form_holds_again_and_something_is_new(one: Patient) -> None:
    event = reported(one.world, one.id).event
    refused = one.world.refusal(follow_up, following(one.world, event, grade=5), by=INVESTIGATOR)
    assert refused.code == "event_mistakes"
    refused = one.world.refusal(follow_up, following(one.world, event), by=INVESTIGATOR)
    assert (refused.code, refused.facts) == ("event_unchanged", {"number": 1})


def test_an_awareness_is_put_right_and_only_to_an_earlier_moment(one: Patient) -> None:
    event = reported(one.world, one.id, **SERIOUS, onset_on=one.day(3)).event
    began = latest(one.world, event).aware_at
    followed(one.world, event)  # known an hour later
    clock, done_at = report(one.world, event)
    assert (clock.began, clock.state(done_at, done_at)) == (began, "done")
    assert one.world.rows(Outbox, kind="event.late") == []
    for _ in range(2):
        followed(one.world, event, aware_on=one.day(4), aware_at="08:00", grade=len(versions(one.world, event)))
    clock, done_at = report(one.world, event)
    assert (clock.began, clock.state(done_at, done_at)) == (began - timedelta(hours=26), "late")
    assert len(one.world.rows(Outbox, kind="event.late")) == 1, "it was late only by what is known now"
    assert one.world.last_audit().reason == "the hospital's letter came"


def report(world: World, event: str) -> tuple[Clock, datetime]:
    found = report_of(versions(world, event), world.study.safety)
    assert found is not None
    return found


def test_what_was_told_otherwise_meanwhile_is_looked_at_first(one: Patient) -> None:
    event = reported(one.world, one.id).event
    stale, void = following(one.world, event, grade=3), voiding(one.world, event)
    followed(one.world, event, grade=2)
    for function, order in ((follow_up, stale), (void_event, void)):
        refused = one.world.refusal(function, order, by=INVESTIGATOR)
        assert (refused.code, refused.facts) == ("event_moved", {"number": 1})


def test_two_follow_ups_at_once_are_one(one: Patient) -> None:
    event = reported(one.world, one.id).event
    orders = [following(one.world, event, grade=grade) for grade in (2, 3, 4)]

    def follow(place: int) -> str:
        try:
            one.world.do(follow_up, orders[place], by=INVESTIGATOR)
        except Refused as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(follow, range(3))) == ["done", "event_moved", "event_moved"]
    assert [row.version for row in versions(one.world, event)] == [1, 2]


def test_sent_twice_it_is_one_version(one: Patient) -> None:
    event = reported(one.world, one.id).event
    order = following(one.world, event, grade=2)
    for _ in range(2):
        one.world.perform(follow_up, order, by=INVESTIGATOR, request_id="once")
    assert len(versions(one.world, event)) == 2


@pytest.mark.parametrize("by", ["coordinator_01", "pharmacist_01", "medical_monitor", "assessor_01"])
def test_nobody_else_follows_up_or_takes_back(one: Patient, by: str) -> None:
    event = reported(one.world, one.id).event
    assert one.world.refusal(follow_up, following(one.world, event, grade=2), by=by).code == "role_not_allowed"
    assert one.world.refusal(void_event, voiding(one.world, event), by=by).code == "role_not_allowed"


def test_another_sites_event_is_not_found(one: Patient) -> None:
    event = reported(one.world, one.id).event
    assert one.world.refusal(follow_up, following(one.world, event, grade=2), by="investigator_02").code == "not_found"
    assert one.world.refusal(void_event, voiding(one.world, event), by="investigator_02").code == "not_found"


def test_an_event_told_by_mistake_is_taken_back_and_stays(one: Patient) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    judged(one.world, event)
    one.world.clock.advance(timedelta(hours=1))
    one.world.do(void_event, voiding(one.world, event), by=INVESTIGATOR)
    first, second = versions(one.world, event)
    assert (second.stands, second.why, second.verbatim) == (False, "it was another participant's", first.verbatim)
    entry = one.world.last_audit()
    assert (entry.act, entry.reason) == ("event.void", "it was another participant's")
    assert len(one.world.rows(SusarCandidate)) == 1
    assert len(one.world.rows(Outbox, kind="event.news")) == 1
    for function, order in (
        (void_event, voiding(one.world, event)), (follow_up, following(one.world, event, grade=2)),
    ):  # fmt: skip
        assert one.world.refusal(function, order, by=INVESTIGATOR).code == "event_void"
    one.world.do(report_event, reporting(one.world, one.id), by=INVESTIGATOR)
