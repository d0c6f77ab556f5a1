"""Results that can unmask: the laboratory enters and corrects them; in the trail sealed, in a refusal no value."""

import json
from typing import Any

import pytest

from irt.assurance.verify import verify
from irt.dispensing.attendance import RecordVisit, record_visit
from irt.migrate import newest
from irt.outcomes.results import (
    CorrectResult,
    RecordResult,
    correct_result,
    current_results,
    readings_of,
    record_result,
    stored,
)
from irt.outcomes.tables import LaboratoryResult
from irt.participants.leave import Leave, screen_fail
from tests.safety.test_withheld import trail
from tests.setting import screened
from tests.treated import Patient, treated
from tests.wiring import at_once

LABORATORY = "laboratory"
TELLING = "731.5"  # stands nowhere else


@pytest.fixture
def one(database_url: str) -> Patient:
    one = treated(database_url, "01", "02")
    one.on_day(86)
    return one


def cytokines(one: Patient, **other: Any) -> RecordResult:
    told = {"participant": one.id, "visit": "W12", "instrument": "cytokines", "collected_on": one.day(85),
            "readings": {"il6": TELLING, "il2": "<0.5"}}  # fmt: skip
    return RecordResult(**{**told, **other})


def correction(one: Patient, **other: Any) -> CorrectResult:
    told = {"readings": {"il6": "731.6", "il2": "<0.5"}, "revision": 2, "reason": "copied"}
    return CorrectResult(**cytokines(one).model_dump() | told | other)


def current(one: Patient) -> dict[tuple[str, str], dict[str, str]]:
    rows = one.world.rows(LaboratoryResult, participant=one.id)
    return {place: dict(readings_of(row)) for place, row in current_results(rows).items()}


def test_it_is_recorded_once_and_sealed_in_the_trail(one: Patient) -> None:
    first = one.world.perform(record_result, cytokines(one), by=LABORATORY, request_id="once")
    assert one.world.perform(record_result, cytokines(one), by=LABORATORY, request_id="once").seq == first.seq
    assert current(one) == {("W12", "cytokines"): {"il6": TELLING, "il2": "<0.5"}}
    entry = one.world.last_audit()
    assert (entry.site, entry.participant) == ("01", one.id)
    ((_table, _key, _old, new),) = json.loads(entry.body)["changes"]
    assert set(new["readings"]) == {"sealed"}
    assert "readings" not in json.loads(entry.body)["order"]
    assert TELLING not in trail(one)
    assert "cytokines" in trail(one), "so that the search finds what is there"
    assert TELLING not in repr(cytokines(one))


def test_every_result_of_an_instrument_leaves_an_entry_of_one_length(one: Patient) -> None:
    lengths = set()
    most = dict.fromkeys(("il2", "il6", "il10", "il17a", "ifn_gamma", "tnf_alpha"), "<99999.99")
    for visit, readings in (("W0", {"il6": "0"}), ("W12", most)):
        day = one.day(1) if visit == "W0" else one.day(85)
        one.world.do(record_result, cytokines(one, visit=visit, collected_on=day, readings=readings), by=LABORATORY)
        lengths.add(len(one.world.last_audit().body.replace("W12", "W0")))
    assert len(lengths) == 1
    longest = dict.fromkeys(("cd4_number", "cd4_proportion"), f"-{'9' * 12}.{'9' * 12}")
    tests = one.world.study.instrument("t_cells")
    assert len(stored(tests, longest)) == len(stored(tests, {}))


def test_a_refusal_shows_the_mistakes_and_records_their_count(one: Patient) -> None:
    wrong = cytokines(one, readings={"il6": f"{TELLING}9x", "il9": "1", "il2": "<-7"})
    refused = one.world.refusal(record_result, wrong, by=LABORATORY)
    mistakes: Any = refused.facts["mistakes"]
    assert [(found["field"], found["remedy"]) for found in mistakes] == [
        ("readings.il9", "remove_unknown_field"), ("readings.il2", "at_least"), ("readings.il6", "write_a_number"),
    ]  # fmt: skip
    assert json.loads(one.world.last_audit().body)["facts"] == {"mistakes": 3}
    missing = one.world.refusal(record_result, cytokines(one, collected_on=None, readings={}), by=LABORATORY)
    assert missing.code == "result_mistakes"
    one.world.do(record_result, cytokines(one), by=LABORATORY)
    assert one.world.refusal(record_result, cytokines(one, readings={"il6": "1"}), by=LABORATORY).code == "result_known"
    same = correction(one, readings={"il6": TELLING, "il2": "< 0.5"})
    assert one.world.refusal(correct_result, same, by=LABORATORY).code == "result_unchanged"
    assert TELLING not in trail(one)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"instrument": "mmt8"}, "not_found"),
        ({"instrument": "muscle_enzymes"}, "not_found"),
        ({"visit": "W4"}, "not_found"),
        ({"visit": "W16"}, "not_found"),
        ({"visit": "ET.1"}, "not_found"),
        ({"participant": "nobody"}, "not_found"),
        ({"collected_on": "2099-01-01"}, "date_in_future"),
        ({"collected_on": "1999-01-01"}, "before_screening"),
        ({"not_done": "failed"}, "result_done_or_not"),
        ({"not_done": "failed", "readings": {}}, "result_done_or_not"),
    ],
)
def test_what_does_not_belong_is_refused(one: Patient, changed: dict[str, Any], code: str) -> None:
    assert one.world.refusal(record_result, cytokines(one, **changed), by=LABORATORY).code == code


def test_not_done_has_a_reason_from_the_list_and_is_put_right_later(one: Patient) -> None:
    nothing: dict[str, Any] = {"collected_on": None, "readings": {}, "not_done": "not_received"}
    one.world.do(record_result, cytokines(one, **nothing), by=LABORATORY)
    assert current(one) == {("W12", "cytokines"): {}}
    one.world.do(correct_result, correction(one, reason="came_later"), by=LABORATORY)
    assert current(one)["W12", "cytokines"]["il6"] == "731.6"
    one.world.do(correct_result, correction(one, **nothing, revision=3, reason="mixed_up"), by=LABORATORY)
    rows = sorted(one.world.rows(LaboratoryResult), key=lambda row: row.revision)
    assert [(row.revision, row.state, row.not_done, row.why) for row in rows] == [
        (1, "not_done", "not_received", None), (2, "final", None, "came_later"),
        (3, "not_done", "not_received", "mixed_up"),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="not_done"):
        cytokines(one, **nothing | {"not_done": f"it was {TELLING}"})


def test_a_correction_gives_a_reason_from_the_list_and_no_words(one: Patient) -> None:
    assert one.world.refusal(correct_result, correction(one), by=LABORATORY).code == "not_found"
    one.world.do(record_result, cytokines(one), by=LABORATORY)
    first = one.world.perform(correct_result, correction(one), by=LABORATORY, request_id="once")
    assert one.world.perform(correct_result, correction(one), by=LABORATORY, request_id="once").seq == first.seq
    assert current(one)["W12", "cytokines"]["il6"] == "731.6"
    assert one.world.last_audit().reason == "copied"
    with pytest.raises(ValueError, match="reason"):
        correction(one, reason=f"it is {TELLING}")
    assert TELLING not in trail(one)


def test_a_visit_outside_the_plan_goes_by_its_day(one: Patient) -> None:
    came = RecordVisit(participant=one.id, visit="UV", visited_on=one.day(60), reason="felt unwell")
    one.world.do(record_visit, came, by="coordinator_01")
    label = f"X.{one.day(60)}"
    order = cytokines(one, visit=label, instrument="blood_count", collected_on=one.day(60),
                      readings={"eosinophils": "0.81", "lymphocytes": "1.2"})  # fmt: skip
    one.world.do(record_result, order, by=LABORATORY)
    assert one.world.row(LaboratoryResult).visit == "UV.1"


def test_who_failed_screening_is_nobody_to_the_laboratory(one: Patient) -> None:
    other = screened(one.world, identity_document="EXAMPLE-777777")
    order = cytokines(one, participant=other.id, visit="W0", collected_on=one.world.clock.now().date())
    later = cytokines(one, participant=other.id)
    assert one.world.refusal(record_result, later, by=LABORATORY).code == "not_found"
    failure = Leave(participant=other.id, reason="too old by then")
    one.world.do(screen_fail, failure, by="coordinator_01")
    assert one.world.refusal(record_result, order, by=LABORATORY).code == "not_found"


@pytest.mark.parametrize(
    "by",
    ["coordinator_01", "investigator_01", "assessor_01", "physician_assessor_01", "monitor", "medical_monitor",
     "data_manager", "trial_statistician", "auditor"],
)  # fmt: skip
def test_nobody_but_the_laboratory(one: Patient, by: str) -> None:
    assert one.world.refusal(record_result, cytokines(one), by=by).code == "role_not_allowed"
    one.world.do(record_result, cytokines(one), by=LABORATORY)
    assert one.world.refusal(correct_result, correction(one), by=by).code == "role_not_allowed"


def test_two_at_once_are_one_and_of_two_corrections_of_one_reading_too(one: Patient) -> None:
    world = one.world
    world.actor(LABORATORY)
    at_once(
        lambda: world.perform(record_result, cytokines(one), by=LABORATORY, request_id="one"),
        lambda: world.perform(record_result, cytokines(one, readings={"il6": "2"}), by=LABORATORY, request_id="two"),
    )
    assert len(world.rows(LaboratoryResult)) == 1
    found = at_once(
        lambda: world.perform(correct_result, correction(one), by=LABORATORY, request_id="three"),
        lambda: world.perform(correct_result, correction(one, readings={"il6": "3"}), by=LABORATORY, request_id="four"),
    )
    assert sorted(getattr(answer, "code", "done") for answer in found) == ["corrected_meanwhile", "done"]
    assert sorted(row.revision for row in world.rows(LaboratoryResult)) == [1, 2]


def test_verification_holds_the_sealed_values_against_their_rows(one: Patient) -> None:
    world = one.world
    world.do(record_result, cytokines(one), by=LABORATORY)
    world.do(correct_result, correction(one), by=LABORATORY)
    assert verify(world.database, world.keys, world.vault, world.study, revision=newest()) == []
