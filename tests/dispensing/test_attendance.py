"""Visits: recorded once, early and late with a reason, skipped with one, missed and noted, unscheduled by ordinal."""

import json
from typing import Any

import pytest

from irt.conduct.tables import Deviation, DeviationRevision
from irt.dispensing.attendance import (
    RecordVisit,
    SkipVisit,
    SweepVisits,
    record_visit,
    skip_visit,
    sweep_visits,
)
from irt.dispensing.dispense import Assign, HandOver, assign, hand_over
from irt.dispensing.treatment import HoldTreatment, StopTreatment, hold_treatment, stop_treatment
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.tables import AuditEntry
from irt.participants.tables import VisitRecord
from irt.supply.tables import Assignment, Kit
from tests.setting import recorded
from tests.stocked import randomized
from tests.treated import Patient, treated

BY = "coordinator_01"


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url, "01", "02")


def visit(one: Patient, name: str, day: int, reason: str | None = None) -> RecordVisit:
    return RecordVisit(participant=one.id, visit=name, visited_on=one.day(day), reason=reason)


def kept(one: Patient, name: str) -> Any:
    return one.world.row(VisitRecord, participant=one.id, visit=name)


def test_the_first_kit_records_the_first_visit_with_it(one: Patient) -> None:
    record = kept(one, "W0")
    assert (record.state, record.visited_on, record.reason) == ("done", one.day_1, None)
    assert one.world.rows(Deviation) == []


@pytest.mark.parametrize("by", ["investigator_01", "coordinator_01", "pharmacist_01"])
def test_a_visit_in_its_window_is_recorded(one: Patient, by: str) -> None:
    one.on_day(30)
    one.world.do(record_visit, visit(one, "W4", 28), by=by)
    record = kept(one, "W4")
    assert (record.state, record.visited_on, record.revision) == ("done", one.day(28), 1)
    assert record.recorded_by == one.world.actor(by).account
    assert one.world.rows(Deviation) == []
    entry = one.world.last_audit()
    assert (entry.act, entry.participant, entry.site) == ("visit.record", one.id, "01")


@pytest.mark.parametrize(("day", "timing"), [(24, "early"), (40, "late")])
def test_out_of_its_window_it_asks_for_a_reason_and_is_a_deviation(one: Patient, day: int, timing: str) -> None:
    one.on_day(45)
    refused = one.world.refusal(record_visit, visit(one, "W4", day), by=BY)
    assert (refused.code, refused.facts["visit"]) == ("visit_reason_needed", "W4")
    window = (one.day(26).isoformat(), one.day(32).isoformat(), one.day(day).isoformat())
    assert tuple(refused.facts[name] for name in ("earliest", "latest", "day")) == window
    one.world.do(record_visit, visit(one, "W4", day, "was travelling"), by=BY)
    noted = one.world.row(Deviation)
    assert (noted.kind, noted.subject, noted.told) == ("visit_out_of_window", f"{one.id}/W4", "was travelling")
    assert (noted.facts["timing"], noted.facts["day"], noted.happened_on) == (timing, window[2], one.day(day))
    assert kept(one, "W4").reason == "was travelling"


@pytest.mark.parametrize("day", [1, 54])
def test_in_the_time_of_another_visit_it_is_not_due(one: Patient, day: int) -> None:
    one.on_day(60)
    refused = one.world.refusal(record_visit, visit(one, "W4", day, "a reason"), by=BY)
    assert refused.code == "visit_not_due"
    assert not str(refused.facts["first"]) <= str(refused.facts["day"]) <= str(refused.facts["last"])


def test_a_day_to_come_and_an_unknown_visit_are_refused(one: Patient) -> None:
    one.on_day(28)
    refused = one.world.refusal(record_visit, visit(one, "W4", 29), by=BY)
    assert (refused.code, refused.facts["field"]) == ("date_in_future", "visited_on")
    for name in ("W5", "UV.1", "ET.1"):
        assert one.world.refusal(record_visit, visit(one, name, 28), by=BY).code == "visit_not_in_study"


def test_a_visit_is_recorded_once(one: Patient) -> None:
    one.on_day(30)
    for _ in range(2):
        one.world.perform(record_visit, visit(one, "W4", 29), by=BY, request_id="once")
    refused = one.world.refusal(record_visit, visit(one, "W4", 30), by=BY)
    assert (refused.code, refused.facts) == ("visit_recorded", {"visit": "W4", "day": one.day(29).isoformat()})
    skip = SkipVisit(participant=one.id, visit="W4", reason="did not come")
    assert one.world.refusal(skip_visit, skip, by=BY).code == "visit_recorded"


def test_a_skipped_visit_is_a_deviation_and_its_kit_waits(one: Patient) -> None:
    one.on_day(29)
    kit = one.world.do(assign, Assign(participant=one.id, visit="W4"), by="pharmacist_01").kit
    skip = SkipVisit(participant=one.id, visit="W4", reason="in hospital elsewhere")
    assert one.world.refusal(skip_visit, skip, by="pharmacist_01").code == "role_not_allowed"
    one.world.do(skip_visit, skip, by=BY)
    record, noted = kept(one, "W4"), one.world.row(Deviation)
    assert (record.state, record.visited_on, record.reason) == ("skipped", None, skip.reason)
    assert (noted.kind, noted.subject, noted.told) == ("visit_skipped", f"{one.id}/W4", skip.reason)
    assert one.world.row(Assignment, kit=kit).state == "cancelled"
    assert one.world.row(Kit, number=kit).state == "assigned"
    again = Assign(participant=one.id, visit="W4")
    assert one.world.refusal(assign, again, by="pharmacist_01").code == "visit_recorded"
    one.on_day(57)
    assert one.world.do(assign, Assign(participant=one.id, visit="W8"), by="pharmacist_01").kit == kit


def test_a_contact_may_be_skipped_and_nothing_before_its_time(one: Patient) -> None:
    one.on_day(100)
    early = SkipVisit(participant=one.id, visit="SC", reason="cannot be reached")
    assert one.world.refusal(skip_visit, early, by=BY).code == "visit_not_due"
    one.on_day(198)
    one.world.do(skip_visit, early, by=BY)
    assert kept(one, "SC").state == "skipped"


@pytest.mark.parametrize("day", [24, 25])
def test_a_kit_prepared_before_its_window_opens_asks_nobody_why(one: Patient, day: int) -> None:
    one.on_day(day)
    kit = one.world.do(assign, Assign(participant=one.id, visit="W4"), by="pharmacist_01").kit
    assert one.world.rows(Deviation) == []
    box = HandOver(participant=one.id, visit="W4", kit=kit)
    assert one.world.refusal(hand_over, box, by="pharmacist_01").code == "visit_reason_needed"
    one.on_day(26)
    one.world.do(hand_over, box, by="pharmacist_01")
    assert (kept(one, "W4").visited_on, kept(one, "W4").reason) == (one.day(26), None)
    assert one.world.rows(Deviation) == []


def test_a_kit_prepared_and_handed_over_early_asks_why_at_the_hand_over(one: Patient) -> None:
    one.on_day(24)
    kit = one.world.do(assign, Assign(participant=one.id, visit="W4"), by="pharmacist_01").kit
    box = HandOver(participant=one.id, visit="W4", kit=kit, reason="leaves on a journey")
    one.world.do(hand_over, box, by="pharmacist_01")
    assert (kept(one, "W4").visited_on, kept(one, "W4").reason) == (one.day(24), "leaves on a journey")
    noted = one.world.row(Deviation)
    assert (noted.kind, noted.facts["timing"], noted.told) == ("visit_out_of_window", "early", "leaves on a journey")


def test_no_kit_is_asked_for_in_the_time_of_another_visit(one: Patient) -> None:
    one.on_day(4)
    assert one.world.refusal(assign, Assign(participant=one.id, visit="W8"), by="pharmacist_01").code == "visit_not_due"


def test_a_kit_asked_for_in_time_and_handed_over_late_asks_for_the_reason_then(one: Patient) -> None:
    one.on_day(29)
    kit = one.world.do(assign, Assign(participant=one.id, visit="W4"), by="pharmacist_01").kit
    one.on_day(40)
    box = HandOver(participant=one.id, visit="W4", kit=kit)
    assert one.world.refusal(hand_over, box, by="pharmacist_01").code == "visit_reason_needed"
    one.world.do(hand_over, box.model_copy(update={"reason": "forgot the box"}), by="pharmacist_01")
    assert kept(one, "W4").visited_on == one.day(40)
    assert one.world.row(Deviation).told == "forgot the box"


def test_a_visit_recorded_before_is_not_recorded_again_with_its_kit(one: Patient) -> None:
    one.on_day(29)
    one.world.do(record_visit, visit(one, "W4", 29), by=BY)
    kit = one.world.do(assign, Assign(participant=one.id, visit="W4"), by="pharmacist_01").kit
    one.on_day(30)
    one.world.do(hand_over, HandOver(participant=one.id, visit="W4", kit=kit), by="pharmacist_01")
    assert kept(one, "W4").visited_on == one.day(29)


def test_no_kit_while_held_after_a_stop_or_before_the_first_dose(one: Patient) -> None:
    world = one.world
    other, _ = randomized(world, "EXAMPLE-000002")
    one.on_day(29)
    never = Assign(participant=other.id, visit="W4")
    assert world.refusal(assign, never, by="pharmacist_01").code == "first_dose_missing"
    wanted = Assign(participant=one.id, visit="W4")
    kit = world.do(assign, wanted, by="pharmacist_01").kit
    hold = HoldTreatment(participant=one.id, from_on=one.day(29), hold_reason="fever")
    world.do(hold_treatment, hold, by="investigator_01")
    box = HandOver(participant=one.id, visit="W4", kit=kit)
    assert world.refusal(hand_over, box, by="pharmacist_01").code == "treatment_held"
    stopped(one, 29)
    assert world.refusal(hand_over, box, by="pharmacist_01").code == "treatment_stopped"


def stopped(one: Patient, day: int) -> None:
    order = StopTreatment(participant=one.id, last_day=one.day(day), stop_reason="adverse_event")
    one.world.do(stop_treatment, order, by="investigator_01")


def test_early_termination_is_due_after_a_stop_once(one: Patient) -> None:
    one.on_day(50)
    refused = one.world.refusal(record_visit, visit(one, "ET", 50, "stopped"), by=BY)
    assert refused.code == "early_termination_not_due"
    stopped(one, 48)
    assert one.world.refusal(record_visit, visit(one, "ET", 50), by=BY).code == "unscheduled_reason_needed"
    assert one.world.refusal(record_visit, visit(one, "ET", 47, "stopped"), by=BY).code == "visit_before_stop"
    one.world.do(record_visit, visit(one, "ET", 50, "stopped"), by=BY)
    assert (kept(one, "ET.1").visited_on, one.world.rows(Deviation)) == (one.day(50), [])
    one.on_day(51)
    assert one.world.refusal(record_visit, visit(one, "ET", 51, "again"), by=BY).code == "visit_recorded"


def test_early_termination_later_than_allowed_is_a_deviation(one: Patient) -> None:
    one.on_day(60)
    stopped(one, 48)
    one.world.do(record_visit, visit(one, "ET", 60, "was away"), by=BY)
    noted = one.world.row(Deviation)
    assert (noted.kind, noted.subject, noted.told) == ("visit_out_of_window", f"{one.id}/ET", "was away")


def test_unscheduled_visits_are_numbered(one: Patient) -> None:
    one.on_day(20)
    for day in (10, 12):
        one.world.do(record_visit, visit(one, "UV", day, "a rash"), by=BY)
    assert one.world.refusal(record_visit, visit(one, "UV", 12, "a rash"), by=BY).code == "visit_recorded"
    before = visit(one, "UV", -5, "a rash")
    assert one.world.refusal(record_visit, before, by=BY).code == "visit_before_screening"
    rows = one.world.rows(VisitRecord, participant=one.id)
    found = sorted(row.visit for row in rows if row.visit != "W0")
    assert found == ["UV.1", "UV.2"]


def test_whoever_withdrew_comes_for_unscheduled_visits_alone(one: Patient) -> None:
    one.on_day(30)
    one.world.do(withdraw, Withdraw(participant=one.id, reason="moved away"), by=BY)
    assert one.world.refusal(record_visit, visit(one, "W4", 29), by=BY).code == "participant_state"
    one.world.do(record_visit, visit(one, "ET", 30, "last visit"), by=BY)
    one.world.do(record_visit, visit(one, "UV", 30, "a question"), by=BY)
    waiting = recorded(one.world, identity_document="EXAMPLE-000009")
    today = one.day(30)
    early = RecordVisit(participant=waiting.id, visit="W0", visited_on=today)
    assert one.world.refusal(record_visit, early, by=BY).code == "participant_state"
    loose = RecordVisit(participant=waiting.id, visit="UV", visited_on=today, reason="blood taken again")
    one.world.do(record_visit, loose, by=BY)


def test_another_site_and_other_roles_record_nothing(one: Patient) -> None:
    one.on_day(29)
    assert one.world.refusal(record_visit, visit(one, "W4", 29), by="coordinator_02").code == "not_found"
    for by in ("assessor_01", "monitor", "data_manager"):
        assert one.world.refusal(record_visit, visit(one, "W4", 29), by=by).code == "role_not_allowed"


def test_the_night_notes_each_missed_visit_once(one: Patient) -> None:
    world = one.world
    gone = randomized(world, "EXAMPLE-000002")[0]
    world.do(withdraw, Withdraw(participant=gone.id, reason="moved away"), by=BY)
    one.on_day(53)
    assert world.do(sweep_visits, SweepVisits(), by="operator") == 0  # the time of W4 is not over yet
    one.on_day(54)
    assert world.do(sweep_visits, SweepVisits(), by="operator") == 1
    assert world.do(sweep_visits, SweepVisits(), by="operator") == 0
    noted = world.row(Deviation)
    assert (noted.kind, noted.subject, noted.happened_on) == ("visit_missed", f"{one.id}/W4", one.day(32))
    assert json.loads(world.rows(AuditEntry, act="visits.sweep")[-1].body)["changes"] == []
    one.on_day(84)
    assert world.do(sweep_visits, SweepVisits(), by="operator") == 1
    assert world.refusal(sweep_visits, SweepVisits(), by="trial_manager").code == "role_not_allowed"


def test_a_skipped_or_recorded_visit_is_not_missed(one: Patient) -> None:
    one.on_day(54)
    one.world.do(record_visit, visit(one, "W4", 30), by=BY)
    assert one.world.do(sweep_visits, SweepVisits(), by="operator") == 0
    assert one.world.rows(Deviation) == []


def test_a_visit_noted_as_missed_and_skipped_later_is_one_deviation(one: Patient) -> None:
    one.on_day(60)
    assert one.world.do(sweep_visits, SweepVisits(), by="operator") >= 1
    one.world.do(skip_visit, SkipVisit(participant=one.id, visit="W4", reason="Was ill"), by=BY)
    noted = [row for row in one.world.rows(Deviation) if row.subject.endswith("/W4")]
    lifted = {row.deviation: row.stands for row in one.world.rows(DeviationRevision)}
    assert {row.kind: lifted.get(row.id, True) for row in noted} == {"visit_missed": False, "visit_skipped": True}
    assert one.world.do(sweep_visits, SweepVisits(), by="operator") == 0


def test_a_visit_noted_as_missed_and_recorded_later_was_not(one: Patient) -> None:
    one.on_day(54)
    assert one.world.do(sweep_visits, SweepVisits(), by="operator") == 1
    one.world.do(record_visit, visit(one, "W4", 30), by=BY)
    (noted,) = one.world.rows(Deviation)
    assert [(row.deviation, row.stands) for row in one.world.rows(DeviationRevision)] == [(noted.id, False)]
