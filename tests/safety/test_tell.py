"""What a site heard waits for its investigator: reported from there, or found to be no event."""

from datetime import timedelta

import pytest

from irt.gate.tables import Outbox, SignatureRow
from irt.safety.events import NoEvent, follow_up, no_event, report_event, tell_event
from irt.safety.tables import AdverseEvent, EventTold
from tests.safety.told import INVESTIGATOR, SERIOUS, following, heard, latest, reported, reporting, telling
from tests.treated import Patient, patient, treated


@pytest.fixture
def one(database_url: str) -> Patient:
    made = treated(database_url, "01", "02")
    made.on_day(5)
    return made


def test_what_was_heard_waits_and_is_reported(one: Patient) -> None:
    told = heard(one.world, one.id)
    row = one.world.row(EventTold)
    assert (row.state, row.serious, row.participant) == ("open", True, one.id)
    one.world.clock.advance(timedelta(hours=2))
    order = reporting(one.world, one.id, **SERIOUS, told=told, aware_at="10:00")
    one.world.do(report_event, order, by=INVESTIGATOR)
    row = one.world.row(EventTold)
    assert (row.state, row.settled_at) == ("reported", one.world.clock.now())
    assert one.world.row(AdverseEvent).told == told
    assert one.world.refusal(report_event, order, by=INVESTIGATOR).code == "told_settled"


def test_the_site_did_not_learn_of_it_after_it_had_told_it(one: Patient) -> None:
    told = heard(one.world, one.id)
    one.world.clock.advance(timedelta(hours=2))
    refused = one.world.refusal(report_event, reporting(one.world, one.id, told=told), by=INVESTIGATOR)
    (mistake,) = refused.facts["mistakes"]
    assert (mistake["field"], mistake["remedy"]) == ("aware_on", "aware_after_told")
    assert mistake["told"].endswith("10:00")


def test_news_of_an_event_is_settled_by_its_follow_up(one: Patient) -> None:
    event = reported(one.world, one.id).event
    told = heard(one.world, one.id)
    one.world.clock.advance(timedelta(hours=30))
    late = following(one.world, event, **SERIOUS, told=told)
    (mistake,) = one.world.refusal(follow_up, late, by=INVESTIGATOR).facts["mistakes"]
    assert mistake["remedy"] == "aware_after_told"
    order = late.model_copy(update={"aware_on": one.day(5), "aware_at": "10:00"})
    one.world.do(follow_up, order, by=INVESTIGATOR)
    row, version = one.world.row(EventTold), latest(one.world, event)
    assert (row.state, row.settled_at, version.told) == ("followed_up", one.world.clock.now(), told)
    assert version.aware_at == row.aware_at, "the clock of the report began with what was heard"
    assert len(one.world.rows(Outbox, kind="event.late")) == 1
    again = following(one.world, event, told=told, aware_on=one.day(5), aware_at="10:00")
    assert one.world.refusal(follow_up, again, by=INVESTIGATOR).code == "told_settled"


def test_what_was_known_already_is_settled_by_a_follow_up_too(one: Patient) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    order = following(one.world, event, told=heard(one.world, one.id))
    one.world.do(follow_up, order, by=INVESTIGATOR)
    assert one.world.row(EventTold).state == "followed_up"


def test_it_is_news_of_that_participants_event_alone(one: Patient) -> None:
    event = reported(one.world, patient(one.world, "EXAMPLE-000002").id).event
    order = following(one.world, event, grade=2, told=heard(one.world, one.id))
    assert one.world.refusal(follow_up, order, by=INVESTIGATOR).code == "not_found"


def test_of_a_known_onset_the_note_may_be_news(one: Patient) -> None:
    reported(one.world, one.id)
    order = reporting(one.world, one.id, told=heard(one.world, one.id))
    assert one.world.refusal(report_event, order, by=INVESTIGATOR).code == "news_known"
    assert one.world.row(EventTold).state == "open"


def test_what_is_no_event_is_said_with_a_reason(one: Patient) -> None:
    told = heard(one.world, one.id)
    order = NoEvent(told=told, reason="a planned admission, agreed before consent")
    assert one.world.refusal(no_event, order, by="coordinator_01").code == "role_not_allowed"
    assert one.world.refusal(no_event, order, by="investigator_02").code == "not_found"
    one.world.do(no_event, order, by=INVESTIGATOR)
    row = one.world.row(EventTold)
    assert (row.state, row.reason) == ("no_event", order.reason)
    assert one.world.last_audit().reason == order.reason
    signed = one.world.row(SignatureRow, id=row.signature)
    assert signed.meaning == "I have judged that this is no adverse event"
    assert one.world.refusal(no_event, order, by=INVESTIGATOR).code == "told_settled"


def test_it_is_of_the_participant_that_it_was_told_of(one: Patient) -> None:
    told = heard(one.world, one.id)
    other = patient(one.world, "EXAMPLE-000002")
    refused = one.world.refusal(report_event, reporting(one.world, other.id, told=told), by=INVESTIGATOR)
    assert refused.code == "not_found"


def test_not_before_it_happened_nor_by_everybody(one: Patient) -> None:
    refused = one.world.refusal(tell_event, telling(one.world, one.id, aware_at="10:01"), by="coordinator_01")
    assert (refused.code, refused.facts["mistakes"][0]["remedy"]) == ("event_mistakes", "in_future")
    assert one.world.refusal(tell_event, telling(one.world, one.id), by="pharmacist_01").code == "role_not_allowed"
    assert one.world.refusal(tell_event, telling(one.world, one.id), by="coordinator_02").code == "not_found"


def test_sent_twice_it_waits_once(one: Patient) -> None:
    for _ in range(2):
        one.world.perform(tell_event, telling(one.world, one.id), by="coordinator_01", request_id="once")
    assert len(one.world.rows(EventTold)) == 1
