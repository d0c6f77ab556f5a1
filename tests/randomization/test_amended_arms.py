"""An amendment that renames an arm or a kit type would leave slots and kits that nobody can match: it is refused."""

from typing import Any

import pytest

from irt.conduct.tables import Enrolment
from irt.randomization.opening import AmendStudy, amend_study
from tests.cast import World
from tests.stocked import running_trial

AMEND = AmendStudy(reason="Protocol amendment 2")


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url)


@pytest.mark.parametrize("changed", [{"id": "NEW"}, {"kit_type": "NEW"}])
def test_other_arms_than_those_sealed_are_refused_without_a_word_of_them(trial: World, changed: dict[str, Any]) -> None:
    first, *others = trial.study.arms
    after = trial.under(arms=(first.model_copy(update=changed), *others))
    refused = after.refusal(amend_study, AMEND, by="trial_manager")
    assert (refused.code, refused.facts) == ("list_arms", {})


def test_an_amendment_of_anything_else_is_taken_in(trial: World) -> None:
    after = trial.under(cap=trial.study.cap + 1)
    after.do(amend_study, AMEND, by="trial_manager")
    assert after.row(Enrolment, scope="study").cap == trial.study.cap + 1
