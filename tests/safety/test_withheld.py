"""Values from which the treatment can be told: the investigator alone; in the trail sealed, in a refusal not at all."""

import json
from typing import Any

import pytest

from irt.assurance.verify import verify
from irt.gate.tables import AuditEntry, Outbox
from irt.migrate import newest
from irt.safety.laboratory_tables import WithheldValue
from irt.safety.withheld import CorrectWithheld, RecordWithheld, correct_withheld, record_withheld, withheld_readings
from tests.safety.sampled import normal
from tests.treated import Patient
from tests.wiring import at_once

INVESTIGATOR = "investigator_01"
TELLING = "7.31"  # stands nowhere else


@pytest.fixture
def one(database_url: str) -> Patient:
    one = normal(database_url, "01", "02")
    one.on_day(20)
    return one


def value(one: Patient, **other: Any) -> RecordWithheld:
    told = {"participant": one.id, "analyte": "eosinophils", "taken_on": one.day(15), "value": TELLING, "upper": "0.52"}
    return RecordWithheld(**{**told, **other})


def correction(one: Patient, **other: Any) -> CorrectWithheld:
    told = value(one).model_dump() | {"value": "0.73", "reason": "copied"}
    return CorrectWithheld(**{**told, **other})


def current(one: Patient) -> list[str]:
    return [str(reading.found.value) for reading in withheld_readings(one.world.rows(WithheldValue))]


def trail(one: Patient) -> str:
    """All that the audit trail and the outbox hold."""
    entries = one.world.rows(AuditEntry)
    return "\n".join([*(f"{row.body} {row.reason}" for row in entries), *map(str, one.world.rows(Outbox))])


def test_it_is_recorded_once_and_sealed_in_the_trail(one: Patient) -> None:
    first = one.world.perform(record_withheld, value(one), by=INVESTIGATOR, request_id="once")
    assert one.world.perform(record_withheld, value(one), by=INVESTIGATOR, request_id="once").seq == first.seq
    assert current(one) == [TELLING]
    ((_table, _key, _old, new),) = json.loads(one.world.last_audit().body)["changes"]
    assert set(new["value"]) == {"sealed"}
    assert new["upper"] == "0.52"
    assert TELLING not in trail(one)
    assert "0.52" in trail(one), "so that the search finds what is there"


def test_a_high_and_a_low_value_leave_entries_of_one_shape(one: Patient) -> None:
    lengths = set()
    for day, text in ((14, "0"), (15, "199.99")):
        one.world.do(record_withheld, value(one, taken_on=one.day(day), value=text), by=INVESTIGATOR)
        lengths.add(len(one.world.last_audit().body))
    assert len(lengths) == 1


def test_a_refusal_holds_nothing_of_it(one: Patient) -> None:
    refused = one.world.refusal(record_withheld, value(one, value=f"{TELLING}9", upper="x"), by=INVESTIGATOR)
    mistakes: Any = refused.facts["mistakes"]
    assert [(wrong["field"], wrong["remedy"]) for wrong in mistakes] == [
        ("value", "in_steps_of"), ("upper", "write_a_number"),
    ]  # fmt: skip
    one.world.do(record_withheld, value(one), by=INVESTIGATOR)
    assert one.world.refusal(record_withheld, value(one, value="0.1"), by=INVESTIGATOR).code == "withheld_known"
    same = correction(one, value=TELLING)
    assert one.world.refusal(correct_withheld, same, by=INVESTIGATOR).code == "withheld_unchanged"
    assert TELLING not in trail(one)


def test_a_correction_gives_a_reason_from_the_list_and_no_words(one: Patient) -> None:
    one.world.do(record_withheld, value(one), by=INVESTIGATOR)
    first = one.world.perform(correct_withheld, correction(one), by=INVESTIGATOR, request_id="once")
    assert one.world.perform(correct_withheld, correction(one), by=INVESTIGATOR, request_id="once").seq == first.seq
    assert current(one) == ["0.73"]
    assert one.world.last_audit().reason == "copied"
    with pytest.raises(ValueError, match="reason"):
        correction(one, reason=f"it is {TELLING}")
    one.world.do(correct_withheld, correction(one, reason="not_measured"), by=INVESTIGATOR)
    assert current(one) == []
    assert [row.revision for row in sorted(one.world.rows(WithheldValue), key=lambda row: row.revision)] == [1, 2, 3]
    assert TELLING not in trail(one)
    missing = correction(one, taken_on=one.day(3))
    assert one.world.refusal(correct_withheld, missing, by=INVESTIGATOR).code == "not_found"


def test_tests_of_everybody_are_not_withheld(one: Patient) -> None:
    for analyte in ("alt", "nonsense"):
        assert one.world.refusal(record_withheld, value(one, analyte=analyte), by=INVESTIGATOR).code == "not_found"
    assert (
        one.world.refusal(record_withheld, value(one, taken_on=one.day(21)), by=INVESTIGATOR).code == "date_in_future"
    )


@pytest.mark.parametrize(
    "by",
    ["coordinator_01", "pharmacist_01", "monitor", "medical_monitor", "data_manager", "laboratory", "assessor_01"],
)
def test_nobody_but_the_investigator(one: Patient, by: str) -> None:
    assert one.world.refusal(record_withheld, value(one), by=by).code == "role_not_allowed"
    one.world.do(record_withheld, value(one), by=INVESTIGATOR)
    assert one.world.refusal(correct_withheld, correction(one), by=by).code == "role_not_allowed"


def test_nor_one_of_another_site(one: Patient) -> None:
    assert one.world.refusal(record_withheld, value(one), by="investigator_02").code == "not_found"


def test_two_at_once_are_one(one: Patient) -> None:
    world = one.world
    world.actor(INVESTIGATOR)
    at_once(
        lambda: world.perform(record_withheld, value(one), by=INVESTIGATOR, request_id="one"),
        lambda: world.perform(record_withheld, value(one, value="0.1"), by=INVESTIGATOR, request_id="two"),
    )
    assert len(world.rows(WithheldValue)) == 1


def test_two_corrections_at_once_follow_one_another(one: Patient) -> None:
    world = one.world
    world.do(record_withheld, value(one), by=INVESTIGATOR)
    at_once(
        lambda: world.perform(correct_withheld, correction(one), by=INVESTIGATOR, request_id="one"),
        lambda: world.perform(correct_withheld, correction(one, value="0.1"), by=INVESTIGATOR, request_id="two"),
    )
    assert sorted(row.revision for row in world.rows(WithheldValue)) == [1, 2, 3]


def test_verification_holds_the_sealed_value_against_its_row(one: Patient) -> None:
    world = one.world
    world.do(record_withheld, value(one), by=INVESTIGATOR)
    world.do(correct_withheld, correction(one), by=INVESTIGATOR)
    assert verify(world.database, world.keys, world.vault, world.study, revision=newest()) == []
