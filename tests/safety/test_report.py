"""An event judged by an investigator: all that does not go together is said at once, whoever must know is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.refusals import Refused
from irt.gate.tables import AuditEntry, Outbox, SignatureRow
from irt.safety.events import report_event
from irt.safety.tables import AdverseEvent, EventVersion, SusarCandidate
from tests.safety.told import (
    DEADLY,
    INVESTIGATOR,
    SERIOUS,
    facts,
    latest,
    numbers,
    reported,
    reporting,
)
from tests.setting import open_trial, screened
from tests.treated import Patient, treated

DAY = timedelta(days=1)


@pytest.fixture
def one(database_url: str) -> Patient:
    patient = treated(database_url, "01", "02")
    patient.on_day(5)
    return patient


def said(one: Patient, **other: Any) -> list[tuple[str, str]]:
    """The mistakes that a report is refused for: field and remedy."""
    refused = one.world.refusal(report_event, reporting(one.world, one.id, **other), by=INVESTIGATOR)
    assert refused.code == "event_mistakes", refused
    return [(mistake["field"], mistake["remedy"]) for mistake in refused.facts["mistakes"]]


def test_an_event_is_recorded_as_told_and_signed(one: Patient) -> None:
    done = reported(one.world, one.id, onset_at="07:30", causality_procedure="unlikely", treatment="paracetamol 500 mg")
    assert (done.number, done.version) == (1, 1)
    row = one.world.row(EventVersion)
    assert (row.verbatim, row.term, row.grade, row.onset_at) == ("发热 38.2 °C", "fever", 1, "07:30")
    assert (row.stands, row.seriousness, row.why, row.treatment) == (True, [], None, "paracetamol 500 mg")
    assert row.recorded_by == one.world.actor(INVESTIGATOR).account
    assert one.world.row(SignatureRow, id=row.signature).meaning == "I have judged this adverse event"
    entry = one.world.last_audit()
    assert (entry.act, entry.site, entry.participant) == ("event.report", "01", one.id)
    assert one.world.rows(Outbox, kind="event.serious") == one.world.rows(SusarCandidate) == []


def test_the_last_dose_and_its_kit_come_from_the_diary(one: Patient) -> None:
    one.take(2)
    row = latest(one.world, reported(one.world, one.id, onset_on=one.day(4)).event)
    assert (row.last_dose_on, row.last_dose_at, row.last_kit) == (one.day(3), None, one.kit)
    row = latest(one.world, reported(one.world, one.id, onset_on=one.day(1), onset_at="08:29").event)
    assert (row.last_dose_on, row.last_dose_at, row.last_kit) == (None, None, None)
    row = latest(one.world, reported(one.world, one.id, term="chills", onset_on=one.day(1), onset_at="08:30").event)
    assert (row.last_dose_on, row.last_dose_at) == (one.day(1), "08:30")


def test_a_serious_one_is_told_to_those_whom_the_study_names(one: Patient) -> None:
    reported(one.world, one.id, **SERIOUS)
    told = one.world.row(Outbox, kind="event.serious")
    assert set(told.audience) == set(one.world.study.safety.serious_event_recipients)
    assert (told.site, told.participant, told.facts["number"]) == ("01", one.id, one.number)
    assert not {"fever", "3", "发热"} & set(map(str, told.facts.values()))
    assert one.world.rows(SusarCandidate) == [], "it waits for the sponsor's opinion"
    assert one.world.rows(Outbox, kind="event.late") == []


def test_a_report_after_its_time_is_told_as_late(one: Patient) -> None:
    hours = one.world.study.safety.investigator_report_hours
    began = one.world.clock.now()
    told = facts(one.world, **SERIOUS)
    one.world.clock.move_to(began + timedelta(hours=hours))
    in_time = {**told, "term": None, "verbatim": "a fall"}
    one.world.do(report_event, reporting(one.world, one.id, **in_time), by=INVESTIGATOR)
    assert one.world.rows(Outbox, kind="event.late") == []
    one.world.clock.advance(timedelta(minutes=1))
    one.world.do(report_event, reporting(one.world, one.id, **told), by=INVESTIGATOR)
    assert set(one.world.row(Outbox, kind="event.late").audience) == {
        "investigator",
        "medical_monitor",
        "trial_manager",
    }


def test_from_consent_on_and_whatever_became_of_the_participant(one: Patient) -> None:
    world = one.world
    person = screened(world, identity_document="EXAMPLE-000009")
    never = {"causality_drug": "unrelated", "action": "not_applicable"}
    world.do(report_event, reporting(world, person.id, **never), by=INVESTIGATOR)
    world.do(withdraw, Withdraw(participant=one.id, reason="wishes to stop"), by="coordinator_01")
    reported(world, one.id)
    assert numbers(world, one.id) == numbers(world, person.id) == [1]


def test_whoever_was_never_randomized_had_no_drug(database_url: str) -> None:
    from tests.cast import world

    trial = open_trial(world(database_url), "01")
    person = screened(trial)
    refused = trial.refusal(report_event, reporting(trial, person.id), by=INVESTIGATOR)
    found = [(one["field"], one["remedy"]) for one in refused.facts["mistakes"]]
    assert found == [("causality_drug", "never_given"), ("action", "never_given_action")]


@pytest.mark.parametrize("by", ["coordinator_01", "pharmacist_01", "assessor_01", "medical_monitor", "safety_officer"])
def test_nobody_else_judges(one: Patient, by: str) -> None:
    assert one.world.refusal(report_event, reporting(one.world, one.id), by=by).code == "role_not_allowed"


def test_not_by_an_investigator_of_another_site(one: Patient) -> None:
    refused = one.world.refusal(report_event, reporting(one.world, one.id), by="investigator_02")
    assert refused.code == "not_found"


def test_death_grade_5_and_fatal_are_one(one: Patient) -> None:
    reported(one.world, one.id, **DEADLY)
    others = {"term": None, "verbatim": "collapse"}
    assert said(one, **others, seriousness=("death",)) == [("grade", "death_grade"), ("outcome", "death_outcome")]
    assert said(one, **others, grade=5) == [("seriousness", "death_seriousness"), ("outcome", "death_outcome")]
    wrong = said(one, **others, outcome="fatal", ended_on=None)
    assert wrong == [("ended_on", "fatal_has_end"), ("seriousness", "death_seriousness"), ("grade", "death_grade")]


def test_terms_and_grades_are_those_of_the_study(one: Patient) -> None:
    assert said(one, term="sadness") == [("term", "unknown_term")]
    assert said(one, term="eosinophilia", grade=2) == [("grade", "grade_of_term")]
    assert said(one, grade=3, seriousness=("life_threatening",)) == [("grade", "threatening_grade")]
    assert said(one, seriousness=("disability", "disability")) == [("seriousness", "named_twice")]
    reported(one.world, one.id, term=None, verbatim="坐骨神经痛", grade=2)


def test_nothing_lies_in_the_future(one: Patient) -> None:
    tomorrow = one.day(6)
    assert said(one, onset_on=tomorrow, aware_on=tomorrow) == [("onset_on", "in_future"), ("aware_on", "in_future")]
    assert said(one, onset_at="10:01", outcome="unknown", ended_on=one.day(5), ended_at="10:02") == [
        ("onset_on", "in_future"), ("ended_on", "in_future"), ("aware_on", "aware_before_onset"),
    ]  # fmt: skip
    assert said(one, aware_at="10:01") == [("aware_on", "in_future")]


def test_times_follow_one_another(one: Patient) -> None:
    day = one.day(4)
    wrong = said(one, onset_on=day, onset_at="12:00", ended_on=day, ended_at="11:59", outcome="recovered")
    assert wrong == [("ended_on", "end_before_onset")]
    assert said(one, outcome="recovered", ended_on=None) == [("ended_on", "recovered_has_end")]
    assert said(one, outcome="sequelae", ended_on=None) == [("ended_on", "sequelae_has_end")]
    assert said(one, ended_on=one.day(5)) == [("ended_on", "goes_on")]
    assert said(one, ended_at="11:00") == [("ended_at", "time_without_day")]
    assert said(one, onset_on=one.day(4), aware_on=one.day(3)) == [("aware_on", "aware_before_onset")]
    assert said(one, onset_on=one.day_1 - DAY, aware_on=one.day(5)) == [("onset_on", "before_consent")]


def test_every_mistake_at_once_with_field_value_and_remedy(one: Patient) -> None:
    order = reporting(
        one.world, one.id, term="eosinophilia", grade=4, onset_on=one.day(9), ended_on=one.day(8), outcome="fatal",
        aware_on=one.day(7),
    )  # fmt: skip
    refused = one.world.refusal(report_event, order, by=INVESTIGATOR)
    assert len(refused.facts["mistakes"]) == 8
    first = refused.facts["mistakes"][0]
    assert first == {"field": "grade", "value": "4", "remedy": "grade_of_term", "grades": "1, 3"}


def test_the_same_event_is_not_told_twice(one: Patient) -> None:
    for _ in range(2):
        one.world.perform(report_event, reporting(one.world, one.id), by=INVESTIGATOR, request_id="once")
    assert numbers(one.world, one.id) == [1]
    again = one.world.refusal(report_event, reporting(one.world, one.id, verbatim="fever"), by=INVESTIGATOR)
    assert (again.code, again.facts["number"]) == ("event_known", 1)
    reported(one.world, one.id, term="chills")
    reported(one.world, one.id, onset_on=one.day(4))
    assert numbers(one.world, one.id) == [1, 2, 3]


def test_two_at_once_are_numbered_one_after_the_other(one: Patient) -> None:
    one.world.actor(INVESTIGATOR)

    def report(verbatim: str) -> str:
        order = reporting(one.world, one.id, term=None, verbatim=verbatim)
        try:
            return str(one.world.do(report_event, order, by=INVESTIGATOR).number)
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(report, ["a rash", "a cough", "a rash", "a fall"]))
    assert found == ["1", "2", "3", "event_known"]
    assert len(one.world.rows(AdverseEvent)) == len(one.world.rows(EventVersion)) == 3
    assert len(one.world.rows(AuditEntry, act="event.report", kind="act")) == 3
