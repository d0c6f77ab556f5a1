"""Rescue and prohibited medication: reported by the site, put right with a reason, a deviation while it stands."""

from typing import Any

import pytest

from irt.assurance.verify import verify
from irt.conduct.deviations import history
from irt.conduct.tables import Deviation, DeviationRevision
from irt.migrate import newest
from irt.outcomes.intercurrent import current_medications
from irt.outcomes.intercurrent_tables import InterferingMedication
from irt.outcomes.medication import CorrectMedication, correct_medication, report_medication
from tests.outcomes.happened import events, medication, rescued
from tests.treated import Patient, treated
from tests.wiring import at_once

COORDINATOR = "coordinator_01"


@pytest.fixture
def one(database_url: str) -> Patient:
    one = treated(database_url, "01", "02")
    one.on_day(60)
    return one


def correction(one: Patient, **other: Any) -> CorrectMedication:
    told = medication(one, 50).model_dump() | {"number": 1, "revision": 2, "reason": "read from the chart"}
    return CorrectMedication(**{**told, **other})


def deviation(one: Patient) -> Any:
    """The one deviation, as it is now."""
    row = one.world.row(Deviation)
    return history(row, one.world.rows(DeviationRevision, deviation=row.id))[-1]


@pytest.mark.parametrize("by", ["investigator_01", COORDINATOR])
def test_it_is_reported_once_and_is_a_deviation(one: Patient, by: str) -> None:
    order = medication(one, 50)
    first = one.world.perform(report_medication, order, by=by, request_id="once")
    assert first.answer == 1
    assert one.world.perform(report_medication, order, by=by, request_id="once").seq == first.seq
    row = one.world.row(InterferingMedication)
    assert (row.number, row.revision, row.kind, row.drug, row.started_on, row.stands) == (
        1, 1, "ivig", "immunoglobulin", one.day(50), True,
    )  # fmt: skip
    entry = one.world.last_audit()
    assert (entry.act, entry.site, entry.participant) == ("medication.report", "01", one.id)
    noted = one.world.row(Deviation)
    assert (noted.kind, noted.participant, noted.happened_on) == ("rescue", one.id, one.day(50))
    assert (noted.facts, noted.told) == ({"medication": "ivig"}, None)
    assert rescued(one, 55, "pulse_steroid") == 2


def test_a_correction_keeps_what_stood_there_and_moves_the_deviation(one: Patient) -> None:
    rescued(one, 50)
    order = correction(one, started_on=one.day(51), ended_on=one.day(52))
    first = one.world.perform(correct_medication, order, by=COORDINATOR, request_id="once")
    assert one.world.perform(correct_medication, order, by=COORDINATOR, request_id="once").seq == first.seq
    assert one.world.last_audit().reason == "read from the chart"
    rows = one.world.rows(InterferingMedication)
    assert sorted((row.revision, row.started_on, row.reason) for row in rows) == [
        (1, one.day(50), None), (2, one.day(51), "read from the chart"),
    ]  # fmt: skip
    assert (deviation(one).stands, deviation(one).happened_on) == (True, one.day(51))
    again = correction(one, started_on=one.day(51), ended_on=one.day(52), revision=3)
    assert one.world.refusal(correct_medication, again, by=COORDINATOR).code == "medication_unchanged"


def test_what_was_recorded_by_mistake_is_taken_back_and_may_come_again(one: Patient) -> None:
    rescued(one, 50)
    one.world.do(correct_medication, correction(one, stands="no"), by=COORDINATOR)
    assert events(one) == []
    assert not deviation(one).stands
    one.world.do(correct_medication, correction(one, stands="yes", revision=3, reason="it was given"), by=COORDINATOR)
    assert [each.subject for each in events(one)] == ["medication.1"]
    assert deviation(one).stands
    assert rescued(one, 55) == 2
    world = one.world
    assert verify(world.database, world.keys, world.vault, world.study, revision=newest()) == []


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"kind": "aspirin"}, "not_offered"),
        ({"started_on": "2099-01-01"}, "date_in_future"),
        ({"ended_on": "2099-01-01"}, "date_in_future"),
        ({"ended_on": "2026-03-01"}, "medication_ends_before"),
        ({"drug": "aldesleukin"}, "treatment_named"),
        ({"dose": "like IL-2"}, "treatment_named"),
        ({"participant": "nobody"}, "not_found"),
    ],
)
def test_what_does_not_belong_is_refused(one: Patient, other: dict[str, Any], code: str) -> None:
    assert one.world.refusal(report_medication, medication(one, 50, **other), by=COORDINATOR).code == code
    rescued(one, 50)
    assert one.world.refusal(correct_medication, correction(one, **other), by=COORDINATOR).code == code


def test_what_is_not_there_is_not_corrected(one: Patient) -> None:
    assert one.world.refusal(correct_medication, correction(one), by=COORDINATOR).code == "not_found"
    rescued(one, 50)
    named = correction(one, stands="no", reason="it was placebo after all")
    assert one.world.refusal(correct_medication, named, by=COORDINATOR).code == "treatment_named"


@pytest.mark.parametrize(
    "by", ["pharmacist_01", "assessor_01", "physician_assessor_01", "laboratory", "monitor", "medical_monitor"]
)
def test_nobody_else_reports(one: Patient, by: str) -> None:
    assert one.world.refusal(report_medication, medication(one, 50), by=by).code == "role_not_allowed"
    assert one.world.refusal(correct_medication, correction(one), by=by).code == "role_not_allowed"


def test_nor_somebody_of_another_site(one: Patient) -> None:
    assert one.world.refusal(report_medication, medication(one, 50), by="coordinator_02").code == "not_found"


def test_two_at_once_are_two_medications_and_of_two_corrections_one_is_made(one: Patient) -> None:
    world = one.world
    world.actor(COORDINATOR)
    at_once(
        *(
            lambda day=day: world.perform(report_medication, medication(one, day), by=COORDINATOR, request_id=f"r{day}")
            for day in (50, 51)
        )
    )
    rows = world.rows(InterferingMedication)
    assert sorted(current_medications(rows)) == [1, 2]
    found = at_once(
        *(
            lambda day=day: world.perform(
                correct_medication, correction(one, started_on=one.day(day)), by=COORDINATOR, request_id=f"c{day}"
            )
            for day in (40, 41)
        )
    )
    assert sorted(getattr(answer, "code", "done") for answer in found) == ["corrected_meanwhile", "done"]
    rows = world.rows(InterferingMedication, number=1)
    assert sorted(row.revision for row in rows) == [1, 2]
