"""The blind review: populations decided masked, a record over them, and signatures that lapse with them."""

from datetime import timedelta

import pytest

from irt.lock.review import Decide, SignReview, decide, record_review, review_signers, sign_review
from irt.lock.tables import BlindReview, LockSignature, PopulationDecision
from irt.participants.tables import Participant
from tests.cast import World
from tests.lock.locked import frozen, left, meeting, populations, reviewed


@pytest.fixture
def trial(database_url: str) -> World:
    world = left(database_url)
    frozen(world)
    return world


def people(world: World) -> list[str]:
    return [row.id for row in sorted(world.rows(Participant), key=lambda row: row.screening_number)]


def leaving_out(world: World, **other: object) -> Decide:
    values = {"participant": people(world)[0], "population": "full_analysis", "included": "no", "reason": "never dosed"}
    return Decide.model_validate(values | other)


def test_who_was_never_dosed_is_left_out_by_a_decision_alone(trial: World) -> None:
    before, shown = populations(trial), trial.rows(PopulationDecision)
    assert shown == []
    trial.do(decide, leaving_out(trial), by="trial_statistician")
    assert populations(trial) != before
    trial.do(decide, leaving_out(trial, included="yes", reason="it was decided otherwise"), by="data_manager")
    assert populations(trial) == before, "the last word counts, and the first stays to be read"
    assert [row.revision for row in trial.rows(PopulationDecision)].count(2) == 1


def test_others_decide_nothing(trial: World) -> None:
    for by in ("sponsor", "unblinded_statistician", "investigator_01", "monitor"):
        assert trial.refusal(decide, leaving_out(trial), by=by).code == "role_not_allowed"


def test_in_no_part_of_a_set_that_one_is_not_in(trial: World) -> None:
    trial.do(decide, leaving_out(trial), by="trial_statistician")
    order = leaving_out(trial, population="per_protocol", included="yes", reason="why not")
    assert trial.refusal(decide, order, by="trial_statistician").code == "outside_full_analysis"


def test_a_meeting_is_recorded_over_the_populations_that_were_shown(trial: World) -> None:
    order = meeting(trial, held_on=trial.clock.now().date() + timedelta(days=2))
    assert trial.refusal(record_review, order, by="trial_statistician").code == "date_in_future"
    order = meeting(trial, populations_sha256="0" * 64)
    assert trial.refusal(record_review, order, by="trial_statistician").code == "populations_changed"
    assert trial.refusal(record_review, meeting(trial), by="data_manager").code == "role_not_allowed"
    review = trial.do(record_review, meeting(trial), by="trial_statistician")
    row = trial.row(BlindReview, id=review)
    assert row.populations["full_analysis"] == 4
    assert "per_protocol" not in row.populations, "nobody took a dose"
    assert len(row.listings) == 6
    assert all(len(sha256) == 64 for sha256 in row.listings.values())


def test_everybody_signs_the_last_record(trial: World) -> None:
    review = reviewed(trial)
    signed = {row.role for row in trial.rows(LockSignature, step="review", subject=review)}
    assert signed == set(review_signers(trial.study))
    shown = populations(trial)
    order = SignReview(review=review, populations_sha256=shown)
    assert trial.refusal(sign_review, order, by="sponsor").code == "signed_already"
    trial.do(decide, leaving_out(trial), by="trial_statistician")
    assert trial.refusal(sign_review, order, by="quality").code == "populations_changed"
    later = reviewed(trial)
    assert trial.refusal(sign_review, order, by="quality").code == "review_superseded"
    assert trial.row(BlindReview, id=later).revision == 2


def test_a_decision_is_part_of_what_is_locked_and_no_word_of_a_site(trial: World) -> None:
    from tests.lock.locked import data, of_site

    before, of_sites = data(trial), [of_site(trial, "01"), of_site(trial, "02")]
    trial.do(decide, leaving_out(trial), by="trial_statistician")
    assert data(trial) != before
    assert [of_site(trial, "01"), of_site(trial, "02")] == of_sites


def test_a_signer_is_one_of_those_of_the_lock(trial: World) -> None:
    review = trial.do(record_review, meeting(trial), by="trial_statistician")
    order = SignReview(review=review, populations_sha256=populations(trial))
    assert trial.refusal(sign_review, order, by="monitor").code == "nothing_to_sign"
