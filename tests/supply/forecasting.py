"""Small studies and quiet assumptions for the forecast's tests."""

from dataclasses import replace
from typing import Any

from irt.study import Study
from irt.supply.forecast.assumptions import Assumptions, Trial
from irt.supply.forecast.policies import Policy
from tests.wiring import study_of_tests

QUIET = Assumptions(
    recruitment_shape=40.0, least_share=0.5, never_dosed=0, first_at_home=0, withdraws=0, stops=0, skipped=0,
    unrecorded=0, out_of_window=0, on_the_day=1, box_given_up=0, wrong_box=0, damaged=0, days_to_expiry=(6000,),
)  # fmt: skip


def small(sites: int = 2, cap: int = 12, *, weeks: int = 20, **supply: Any) -> Study:
    """A study of few sites, each of which may take everybody, recruited in some weeks."""
    study = study_of_tests()
    kept = tuple(site.model_copy(update={"cap": cap}) for site in study.sites[:sites])
    plan = study.supply.model_copy(update={"recruitment_weeks": weeks, **supply})
    return study.model_copy(update={"sites": kept, "cap": cap, "supply": plan})


def trial(study: Study, **assumed: Any) -> Trial:
    """A trial of a study in which nothing goes wrong but what is said here."""
    return Trial(study, replace(QUIET, **assumed))


def policy(study: Study, **numbers: Any) -> Policy:
    """The study's plan with other numbers."""
    return Policy("tried", study.supply.model_copy(update=numbers))
