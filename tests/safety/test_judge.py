"""The sponsor's opinion stands beside the investigator's; what both say makes a candidate, or does not."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from irt.gate.tables import Outbox, SignatureRow
from irt.safety.events import void_event
from irt.safety.opinions import judge_event
from irt.safety.tables import EventOpinion, SusarCandidate
from tests.safety.told import DEADLY, INVESTIGATOR, SERIOUS, followed, judged, judging, latest, reported, voiding
from tests.setting import screened
from tests.treated import Patient, treated


@pytest.fixture
def one(database_url: str) -> Patient:
    patient = treated(database_url, "01", "02")
    patient.on_day(5)
    return patient


def test_an_opinion_is_signed_and_overwrites_nothing(one: Patient) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    before = latest(one.world, event)
    judged(one.world, event, causality_drug="unrelated")
    row = one.world.row(EventOpinion)
    assert (row.about, row.revision, row.causality_drug, row.expectedness) == (1, 1, "unrelated", "unexpected")
    assert one.world.row(SignatureRow, id=row.signature).meaning == "I have judged this adverse event for the sponsor"
    assert latest(one.world, event) == before
    entry = one.world.last_audit()
    assert (entry.act, entry.participant, entry.site) == ("event.judge", one.id, "01")


def test_a_candidate_arises_for_the_safety_officer_alone(one: Patient) -> None:
    event = reported(one.world, one.id, **DEADLY).event
    one.on_day(8)
    judged(one.world, event)
    row = one.world.row(SusarCandidate)
    assert (row.event, row.urgency, row.version, row.day_zero) == (event, "fatal", 1, one.day(5))
    told = one.world.row(Outbox, kind="event.candidate")
    assert told.audience == ["safety_officer"]
    assert set(told.facts) == {"number", "event"}


@pytest.mark.parametrize(
    ("investigator", "sponsor", "expectedness"),
    list(
        itertools.product(("unrelated", "unlikely", "possible"), ("unrelated", "unlikely"), ("expected", "unexpected"))
    ),
)
def test_either_suspicion_suffices_and_what_is_expected_is_none(
    one: Patient, investigator: str, sponsor: str, expectedness: str
) -> None:
    event = reported(one.world, one.id, **SERIOUS, causality_drug=investigator).event
    judged(one.world, event, causality_drug=sponsor, expectedness=expectedness)
    wanted = expectedness == "unexpected" and {investigator, sponsor} != {"unrelated"}
    assert len(one.world.rows(SusarCandidate)) == wanted


def test_given_anew_it_stands_beside_the_first_and_no_second_candidate_arises(one: Patient) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    judged(one.world, event, expectedness="expected")
    assert one.world.rows(SusarCandidate) == []
    one.on_day(9)
    judged(one.world, event)
    judged(one.world, event, causality_drug="definite")
    assert sorted(row.revision for row in one.world.rows(EventOpinion)) == [1, 2, 3]
    assert one.world.row(SusarCandidate).day_zero == one.day(5), "another mind about the same facts"


def refused(one: Patient, order: Any, by: str = "medical_monitor") -> str:
    return one.world.refusal(judge_event, order, by=by).code


@pytest.mark.parametrize("by", [INVESTIGATOR, "safety_officer", "trial_manager", "monitor", "sponsor", "assessor_01"])
def test_nobody_else_speaks_for_the_sponsor(one: Patient, by: str) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    assert refused(one, judging(one.world, event), by) == "role_not_allowed"


def test_what_moved_or_was_taken_back_is_looked_at_first(one: Patient) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    stale = judging(one.world, event)
    followed(one.world, event, grade=4)
    assert refused(one, stale) == "event_moved"
    one.world.clock.advance(timedelta(hours=1))
    one.world.do(void_event, voiding(one.world, event), by=INVESTIGATOR)
    assert refused(one, judging(one.world, event)) == "event_void"
    assert refused(one, judging(one.world, event).model_copy(update={"event": "nothing"})) == "not_found"


def test_of_who_never_had_the_drug_only_unrelated_is_taken(one: Patient) -> None:
    person = screened(one.world, identity_document="EXAMPLE-000009")
    never = {"causality_drug": "unrelated", "action": "not_applicable"}
    event = reported(one.world, person.id, **SERIOUS, **never).event
    for said in ("unlikely", "definite"):
        refusal = one.world.refusal(judge_event, judging(one.world, event, causality_drug=said), by="medical_monitor")
        (mistake,) = refusal.facts["mistakes"]
        assert (refusal.code, mistake["field"], mistake["remedy"]) == (
            "event_mistakes",
            "causality_drug",
            "never_given",
        )
    judged(one.world, event, causality_drug="unrelated")
    assert one.world.rows(SusarCandidate) == []


def test_sent_twice_it_is_one_opinion(one: Patient) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    order = judging(one.world, event)
    for _ in range(2):
        one.world.perform(judge_event, order, by="medical_monitor", request_id="once")
    assert len(one.world.rows(EventOpinion)) == len(one.world.rows(SusarCandidate)) == 1
