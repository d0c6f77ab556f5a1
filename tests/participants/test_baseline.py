"""Baseline values: every mistake at once, nothing half recorded, revisions beside each other."""

from decimal import Decimal

import pytest

from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.participants.baseline import (
    CorrectBaseline,
    RecordBaseline,
    correct_baseline,
    current,
    latest,
    mistakes_in,
    record_baseline,
)
from irt.participants.leave import Leave, screen_fail
from irt.participants.tables import BaselineValue
from irt.study import load_study
from tests.cast import STUDY_FILE, World, world
from tests.setting import baseline_values, open_trial, recorded, screened

REASON = "Copied from the wrong line"


@pytest.fixture
def trial(database_url: str) -> World:
    return open_trial(world(database_url), "01", "02")


def a_number(world: World) -> tuple[str, str]:
    """A numeric field and another value that it may take."""
    field = next(one for one in world.study.baseline if not one.choices)
    return field.id, str(field.maximum)


def test_values_are_recorded_as_written(trial: World) -> None:
    one, values = screened(trial), baseline_values(trial)
    order = RecordBaseline(participant=one.id, values=values)
    first = trial.perform(record_baseline, order, by="coordinator_01", request_id="once")
    assert trial.perform(record_baseline, order, by="coordinator_01", request_id="once").seq == first.seq
    rows = trial.rows(BaselineValue)
    assert current(rows) == values
    assert {(row.revision, row.recorded_by) for row in rows} == {(1, trial.actor("coordinator_01").account)}
    assert trial.last_audit().participant == one.id
    assert trial.refusal(record_baseline, order, by="investigator_01").code == "baseline_already_recorded"


def test_every_mistake_shows_at_once_and_nothing_is_recorded(trial: World) -> None:
    one = screened(trial)
    values = baseline_values(trial)
    number, _ = a_number(trial)
    left_out = next(field.id for field in trial.study.baseline if field.required and field.id != number)
    del values[left_out]
    values |= {number: "１２", "shoe_size": "43"}
    refused = trial.refusal(record_baseline, RecordBaseline(participant=one.id, values=values), by="coordinator_01")
    assert refused.code == "baseline_mistakes"
    mistakes = refused.facts["mistakes"]
    assert isinstance(mistakes, list)
    assert {(one["field"], one["value"], one["remedy"]) for one in mistakes} == {
        (left_out, "", "fill_in"),
        (number, "１２", "write_a_number"),
        ("shoe_size", "43", "remove_unknown_field"),
    }


@pytest.mark.parametrize("text", ["1e3", "1_0", "+5", "NaN", "", "five", "1,5", "--1"])
def test_what_is_no_plain_number_is_a_mistake(text: str) -> None:
    study = load_study(STUDY_FILE)
    number = next(one.id for one in study.baseline if not one.choices)
    (mistake,) = mistakes_in(study, {number: text})
    assert mistake["remedy"] == ("write_a_number" if text else "fill_in")


def test_limits_steps_and_choices_hold_for_every_field() -> None:
    study, seen = load_study(STUDY_FILE), set()
    for field in study.baseline:
        if field.choices:
            assert mistakes_in(study, {field.id: "perhaps"})[0]["remedy"] == "one_of"
            assert not any(mistakes_in(study, {field.id: choice}) for choice in field.choices)
            seen.add("choices")
            continue
        if field.maximum is not None:
            over = str(field.maximum + (field.step or 1))
            assert mistakes_in(study, {field.id: over})[0]["remedy"] == "at_most"
            assert not mistakes_in(study, {field.id: str(field.maximum)})
            seen.add("maximum")
        if field.minimum is not None:
            under = str(field.minimum - (field.step or 1))
            assert mistakes_in(study, {field.id: under})[0]["remedy"] == "at_least"
            assert not mistakes_in(study, {field.id: str(field.minimum)})
            seen.add("minimum")
        if field.step is not None:
            between = str((field.minimum or Decimal(0)) + field.step / 2)
            assert mistakes_in(study, {field.id: between})[0]["remedy"] == "in_steps_of"
            seen.add("step")
    assert {"choices", "maximum", "minimum", "step"} <= seen


def test_a_correction_stands_beside_what_was_recorded(trial: World) -> None:
    one = recorded(trial)
    number, other = a_number(trial)
    before = current(trial.rows(BaselineValue))
    order = CorrectBaseline(participant=one.id, values={number: other}, reason=REASON)
    first = trial.perform(correct_baseline, order, by="coordinator_01", request_id="once")
    assert trial.perform(correct_baseline, order, by="coordinator_01", request_id="once").seq == first.seq
    assert trial.last_audit().reason == REASON
    rows = trial.rows(BaselineValue)
    assert len(rows) == len(before) + 1
    assert latest(rows)[number].revision == 2
    assert current(rows) == before | {number: other}
    back = CorrectBaseline(participant=one.id, values={number: before[number]}, reason=REASON)
    trial.do(correct_baseline, back, by="investigator_01")
    assert latest(trial.rows(BaselineValue))[number].revision == 3
    assert current(trial.rows(BaselineValue)) == before


def test_a_correction_that_cannot_be_is_refused(trial: World) -> None:
    one = screened(trial)
    number, other = a_number(trial)
    order = CorrectBaseline(participant=one.id, values={number: other}, reason=REASON)
    assert trial.refusal(correct_baseline, order, by="coordinator_01").code == "baseline_not_recorded"
    values = baseline_values(trial)
    trial.do(record_baseline, RecordBaseline(participant=one.id, values=values), by="coordinator_01")
    for wrong, remedy in (
        ({number: values[number]}, "leave_out_unchanged"),
        ({number: "many"}, "write_a_number"),
        ({number: ""}, "fill_in"),
        ({}, "fill_in"),
    ):
        refused = trial.refusal(correct_baseline, order.model_copy(update={"values": wrong}), by="coordinator_01")
        assert refused.code == "baseline_mistakes"
        assert [one["remedy"] for one in refused.facts["mistakes"]] == [remedy]  # type: ignore[attr-defined]
    trial.do(withdraw, Withdraw(participant=one.id, reason="Moved away"), by="coordinator_01")
    trial.do(correct_baseline, order, by="coordinator_01")  # data are put right after a withdrawal too


def test_others_record_and_correct_nothing(trial: World) -> None:
    one = screened(trial)
    record = RecordBaseline(participant=one.id, values=baseline_values(trial))
    correct = CorrectBaseline(participant=one.id, values=baseline_values(trial), reason=REASON)
    for act, order in ((record_baseline, record), (correct_baseline, correct)):
        assert trial.refusal(act, order, by="coordinator_02").code == "not_found"
        assert trial.refusal(act, order, by="assessor_01").code == "role_not_allowed"
    trial.do(screen_fail, Leave(participant=one.id, reason="An infection"), by="coordinator_01")
    for act, order in ((record_baseline, record), (correct_baseline, correct)):
        assert trial.refusal(act, order, by="coordinator_01").code == "participant_state"
