"""Eligibility: an investigator's signed answers, kept whether yes or no, and all that makes them lapse."""

from datetime import timedelta
from typing import Any

import pytest

from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.act import REGISTRY, Act, Order, act
from irt.gate.fields import Code
from irt.gate.tables import SignatureRow
from irt.participants.baseline import CorrectBaseline, RecordBaseline, correct_baseline, record_baseline
from irt.participants.screen import Screened
from irt.participants.state import find_participant
from irt.participants.tables import Participant
from irt.randomization.eligibility import Confirm, Confirmed, confirm, eligibility_now, standing_of, valid_eligibility
from irt.randomization.opening import AmendStudy, amend_study
from irt.randomization.randomize import RandomizeOrder, randomize
from irt.randomization.tables import Eligibility
from tests.cast import World, world
from tests.setting import answers, baseline_values, open_trial, other_stratum, recorded, screened


@pytest.fixture
def trial(database_url: str) -> World:
    return open_trial(world(database_url), "01", "02")


class Ask(Order):
    """Whose eligibility."""

    participant: Code


@act("test.ask_eligibility", roles=["coordinator"])
def ask(act: Act, order: Ask) -> str:
    """What the confirmation is worth, as an act sees it."""
    participant = find_participant(act, order.participant)
    standing, row = eligibility_now(act, participant)
    valid = valid_eligibility(act, participant)
    assert (valid is not None) == (standing == "valid")
    assert valid is None or valid == row
    return standing


REGISTRY.pop("test.ask_eligibility")  # it is no act of the service


def standing(world: World, one: Screened) -> str:
    return str(world.do(ask, Ask(participant=one.id), by="coordinator_01"))


def confirmed(world: World, one: Screened, **other: str) -> Confirmed:
    order = Confirm(participant=one.id, answers=answers(world) | other)
    answer = world.do(confirm, order, by="investigator_01")
    assert isinstance(answer, Confirmed)
    return answer


def test_an_investigator_confirms_with_a_signature(trial: World) -> None:
    one = recorded(trial)
    assert standing(trial, one) == "missing"
    order = Confirm(participant=one.id, answers=answers(trial))
    first = trial.perform(confirm, order, by="investigator_01", request_id="once")
    row = trial.row(Eligibility)
    stratum = first.answer.stratum
    assert first.answer == Confirmed(eligible=True, stratum=stratum)
    assert stratum in trial.study.strata_keys()
    assert (row.eligible, row.stratum, row.revision) == (True, stratum, 1)
    assert (row.answers, row.protocol_version) == (order.answers, trial.study.protocol_version)
    assert row.confirmed_by == trial.actor("investigator_01").account
    signature = trial.row(SignatureRow, id=row.signature)
    assert signature.meaning == "I confirm that this participant meets the eligibility criteria"
    assert trial.last_audit().participant == one.id
    assert standing(trial, one) == "valid"


def test_asked_again_with_the_same_request_it_is_one_confirmation(trial: World) -> None:
    one = recorded(trial)
    order = Confirm(participant=one.id, answers=answers(trial))
    first = trial.perform(confirm, order, by="investigator_01", request_id="once")
    again = trial.perform(confirm, order, by="investigator_01", request_id="once")
    assert (again.answer, again.repeated) == (first.answer, True)
    assert len(trial.rows(Eligibility)) == 1


def test_one_wrong_answer_makes_not_eligible_and_is_kept(trial: World) -> None:
    one = recorded(trial)
    for count, criterion in enumerate(trial.study.criteria, 1):
        wrong = {"inclusion": "no", "exclusion": "yes"}[criterion.kind]
        assert not confirmed(trial, one, **{criterion.id: wrong}).eligible
        assert standing(trial, one) == "not_eligible"
        assert trial.row(Eligibility, revision=count).answers[criterion.id] == wrong
    assert confirmed(trial, one).eligible
    assert standing(trial, one) == "valid"


def test_a_later_no_takes_the_place_of_a_yes(trial: World) -> None:
    one = recorded(trial)
    confirmed(trial, one)
    first = trial.study.criteria[0]
    confirmed(trial, one, **{first.id: "no" if first.kind == "inclusion" else "yes"})
    assert standing(trial, one) == "not_eligible"


@pytest.mark.parametrize("by", ["coordinator_01", "pharmacist_01", "trial_manager", "medical_monitor"])
def test_nobody_but_an_investigator_confirms(trial: World, by: str) -> None:
    order = Confirm(participant=recorded(trial).id, answers=answers(trial))
    assert trial.refusal(confirm, order, by=by).code == "role_not_allowed"


def test_another_sites_participant_is_not_found(trial: World) -> None:
    order = Confirm(participant=recorded(trial).id, answers=answers(trial))
    assert trial.refusal(confirm, order, by="investigator_02").code == "not_found"


def test_every_unanswered_and_unknown_criterion_is_named(trial: World) -> None:
    given = answers(trial)
    left_out = [given.popitem()[0], given.popitem()[0]]
    order = Confirm(participant=recorded(trial).id, answers=given | {"X9": "yes"})
    refused = trial.refusal(confirm, order, by="investigator_01")
    assert refused.code == "criteria_mistakes"
    assert (sorted(left_out), ["X9"]) == (sorted(refused.facts["unanswered"]), refused.facts["unknown"])  # type: ignore[call-overload]


def test_what_comes_first_must_be_there(trial: World) -> None:
    one = screened(trial)
    order = Confirm(participant=one.id, answers=answers(trial))
    refused = trial.refusal(confirm, order, by="investigator_01")
    assert refused.code == "baseline_incomplete"
    assert refused.facts["fields"] == [field.id for field in trial.study.baseline if field.required]
    record = RecordBaseline(participant=one.id, values=baseline_values(trial))
    trial.do(record_baseline, record, by="coordinator_01")
    trial.do(withdraw, Withdraw(participant=one.id, reason="Moved away"), by="coordinator_01")
    assert trial.refusal(confirm, order, by="investigator_01").code == "participant_state"


def amended(trial: World, **changed: Any) -> World:
    after = trial.under(**changed)
    after.do(amend_study, AmendStudy(reason="Protocol amendment 2"), by="trial_manager")
    return after


def test_an_old_consent_is_not_enough(trial: World) -> None:
    one = recorded(trial)
    after = amended(trial, consent_version="99.0")
    order = Confirm(participant=one.id, answers=answers(after))
    assert after.refusal(confirm, order, by="investigator_01").code == "consent_not_current"


def test_it_lapses_when_the_stratum_changes_and_comes_back_with_it(trial: World) -> None:
    one = recorded(trial)
    confirmed(trial, one)
    values = other_stratum(trial)
    before = {name: baseline_values(trial)[name] for name in values}
    correct = CorrectBaseline(participant=one.id, values=values, reason="Copied from the wrong line")
    trial.do(correct_baseline, correct, by="coordinator_01")
    assert standing(trial, one) == "stratum_changed"
    back = CorrectBaseline(participant=one.id, values=before, reason="It had been right")
    trial.do(correct_baseline, back, by="coordinator_01")
    assert standing(trial, one) == "valid"


def test_it_lapses_when_a_value_that_criteria_were_judged_by_changes_and_comes_back_with_it(trial: World) -> None:
    one = recorded(trial)
    confirmed(trial, one)
    before = baseline_values(trial)["mmt8_150"]
    for value, expected in (("97", "values_changed"), (before, "valid")):
        trial.clock.advance(timedelta(minutes=1))
        correct = CorrectBaseline(participant=one.id, values={"mmt8_150": value}, reason="Copied from the wrong line")
        trial.do(correct_baseline, correct, by="coordinator_01")
        assert standing(trial, one) == expected
    order = RandomizeOrder(participant=one.id)
    again = CorrectBaseline(participant=one.id, values={"mmt8_150": "97"}, reason="It had been wrong after all")
    trial.clock.advance(timedelta(minutes=1))
    trial.do(correct_baseline, again, by="coordinator_01")
    assert trial.refusal(randomize, order, by="coordinator_01").code == "eligibility_not_confirmed"
    confirmed(trial, one)
    assert standing(trial, one) == "valid"


def test_it_lapses_with_a_new_protocol_version_or_criterion(trial: World) -> None:
    one = recorded(trial)
    confirmed(trial, one)
    more = trial.study.criteria[0].model_copy(update={"id": "I99"})
    row = trial.row(Eligibility)
    criteria = trial.under(criteria=(*trial.study.criteria, more)).study
    assert standing_of(criteria, row, row.stratum, "01", trial.clock.now(), []) == "criteria_changed"
    after = amended(trial, protocol_version="99.0")
    assert standing(after, one) == "protocol_changed"
    confirmed(after, one)
    assert standing(after, one) == "valid"


def test_it_lapses_when_an_amendment_asks_for_another_value(trial: World) -> None:
    one = recorded(trial)
    confirmed(trial, one)
    more = trial.study.baseline[0].model_copy(update={"id": "new_measure"})
    after = amended(trial, baseline=(*trial.study.baseline, more))
    assert standing(after, one) == "stratum_changed"


def test_it_lapses_after_the_set_number_of_days_at_the_site(trial: World) -> None:
    one = recorded(trial)
    confirmed(trial, one)
    trial.clock.advance(timedelta(days=trial.study.eligibility_days, hours=14))  # 23:00 in Beijing, of the last day
    assert standing(trial, one) == "valid"
    trial.clock.advance(timedelta(hours=2))
    assert standing(trial, one) == "too_old"


def test_a_participant_row_is_untouched_by_confirming(trial: World) -> None:
    one = recorded(trial)
    confirmed(trial, one)
    assert trial.row(Participant).state == "screened"
