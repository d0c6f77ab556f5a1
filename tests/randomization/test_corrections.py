"""After randomization: the right stratum stands beside the one used, and an error is marked and undoes nothing."""

from datetime import date, timedelta

import pytest

from irt.conduct.tables import Deviation
from irt.gate.act import REGISTRY, Act, Order, act
from irt.gate.fields import Code
from irt.participants.baseline import CorrectBaseline, correct_baseline
from irt.participants.screen import Screened
from irt.participants.tables import Participant
from irt.randomization.corrections import Correction, correct_stratum, mark_in_error
from irt.randomization.eligibility import Confirm, confirm
from irt.randomization.tables import Eligibility, Randomization, RandomizedInError, StratumCorrection
from tests.cast import World, world
from tests.setting import answers, baseline_values, open_trial, other_stratum, recorded

REASON = "The antibody report was of another person"


@pytest.fixture
def trial(database_url: str) -> World:
    return open_trial(world(database_url), "01", "02")


class Note(Order):
    """Who was randomized."""

    participant: Code


@act("test.note_randomization", roles=["coordinator"], sign="I note that this participant is randomized")
def note_randomization(act: Act, order: Note) -> None:
    """What randomizing leaves in this room, without a list, a vault or a kit."""
    participant = act.find(Participant, id=order.participant)
    (eligibility,) = act.rows(Eligibility, participant=order.participant)
    act.add(
        Randomization,
        participant=participant.id,
        site=participant.site,
        number="R000001",
        stratum=eligibility.stratum,
        eligibility=eligibility.id,
        randomized_by=act.actor.account,
        randomized_at=act.now,
        signature=act.signature,
    )
    act.change(Participant, participant, state="randomized")


REGISTRY.pop("test.note_randomization")  # it is no act of the service


def randomized(world: World) -> Screened:
    one = recorded(world)
    world.do(confirm, Confirm(participant=one.id, answers=answers(world)), by="investigator_01")
    world.do(note_randomization, Note(participant=one.id), by="coordinator_01")
    return one


def correct_values(world: World, one: Screened, values: dict[str, str]) -> None:
    world.do(correct_baseline, CorrectBaseline(participant=one.id, values=values, reason=REASON), by="coordinator_01")


def test_the_right_stratum_stands_beside_the_one_used(trial: World) -> None:
    one = randomized(trial)
    used = trial.row(Randomization)
    order = Correction(participant=one.id, reason=REASON)
    assert trial.refusal(correct_stratum, order, by="coordinator_01").code == "stratum_unchanged"
    correct_values(trial, one, other_stratum(trial))
    first = trial.perform(correct_stratum, order, by="coordinator_01", request_id="once")
    assert trial.perform(correct_stratum, order, by="coordinator_01", request_id="once").repeated
    row = trial.row(StratumCorrection)
    assert first.answer == row.stratum != used.stratum
    assert (row.reason, row.revision) == (REASON, 1)
    assert trial.row(Randomization) == used
    entry = trial.last_audit()
    assert (entry.act, entry.reason, entry.participant) == ("stratum.correct", REASON, one.id)
    assert trial.refusal(correct_stratum, order, by="coordinator_01").code == "stratum_unchanged"
    correct_values(trial, one, {name: baseline_values(trial)[name] for name in other_stratum(trial)})
    assert trial.do(correct_stratum, order, by="investigator_01") == used.stratum
    assert trial.row(StratumCorrection, revision=2).stratum == used.stratum


def test_each_wrong_stratum_and_the_error_are_noted_as_deviations(trial: World) -> None:
    one = randomized(trial)
    used, day = trial.row(Randomization).stratum, date(2026, 3, 2)
    trial.clock.advance(timedelta(days=3))
    order = Correction(participant=one.id, reason=REASON)
    correct_values(trial, one, other_stratum(trial))
    right = trial.do(correct_stratum, order, by="coordinator_01")
    correct_values(trial, one, {name: baseline_values(trial)[name] for name in other_stratum(trial)})
    trial.do(correct_stratum, order, by="coordinator_01")  # the one used was right after all: nothing more to note
    trial.do(mark_in_error, order, by="investigator_01")
    noted = sorted((row.kind, row.happened_on, row.told, row.participant) for row in trial.rows(Deviation))
    assert noted == [("randomized_in_error", day, REASON, one.id), ("wrong_stratum", day, REASON, one.id)]
    assert trial.row(Deviation, kind="wrong_stratum").facts == {"used": used, "stratum": right}


def test_a_participant_randomized_in_error_is_marked_once(trial: World) -> None:
    one = randomized(trial)
    used = trial.row(Randomization)
    order = Correction(participant=one.id, reason="The wrong person's page was open")
    trial.perform(mark_in_error, order, by="investigator_01", request_id="once")
    assert trial.perform(mark_in_error, order, by="investigator_01", request_id="once").repeated
    assert trial.row(RandomizedInError).reason == order.reason
    assert trial.last_audit().reason == order.reason
    assert (trial.row(Randomization), trial.row(Participant).state) == (used, "randomized")
    assert trial.refusal(mark_in_error, order, by="trial_manager").code == "already_marked_in_error"


def test_who_was_not_randomized_has_nothing_to_correct(trial: World) -> None:
    order = Correction(participant=recorded(trial).id, reason=REASON)
    assert trial.refusal(correct_stratum, order, by="investigator_01").code == "not_randomized"
    assert trial.refusal(mark_in_error, order, by="trial_manager").code == "not_randomized"


def test_others_correct_nothing(trial: World) -> None:
    order = Correction(participant=randomized(trial).id, reason=REASON)
    for function, by, code in (
        (correct_stratum, "investigator_02", "not_found"),
        (mark_in_error, "investigator_02", "not_found"),
        (correct_stratum, "trial_manager", "role_not_allowed"),
        (correct_stratum, "unblinded_statistician", "role_not_allowed"),
        (mark_in_error, "coordinator_01", "role_not_allowed"),
        (mark_in_error, "supply_manager", "role_not_allowed"),
    ):
        assert trial.refusal(function, order, by=by).code == code
