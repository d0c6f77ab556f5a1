"""How many kits a site is sent: by totals, visits ahead, recruitment and the calendar."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.study import Study
from irt.supply.resupply import Outlook, box_size, covered_until, levels, poisson_level, recruitment_per_day
from tests.wiring import study_of_tests

CASES = json.loads((Path(__file__).parents[1] / "vectors" / "supply.json").read_text())["cases"]
LEVELS = [case for case in CASES if "lead_weeks" in case]


@pytest.fixture(name="study")
def _study() -> Study:
    return study_of_tests()


@pytest.mark.parametrize("case", LEVELS, ids=[case["id"] for case in LEVELS])
def test_poisson_levels_are_those_of_the_reference(case):
    mean = case["rate_per_week_per_arm"] * case["lead_weeks"]
    levels = {"level_95": 0.95, "level_99": 0.99, "level_999": 0.999}
    assert {name: poisson_level(mean, level) for name, level in levels.items()} == {name: case[name] for name in levels}


def test_a_box_fills_up_to_the_maximum_and_is_never_too_small(study):
    plan, recruiting = study.supply, Outlook(there=4, visits=8, per_day=0.1)
    assert (plan.minimum, plan.maximum, plan.smallest_box) == (2, 4, 8)
    assert box_size(study, recruiting) == 12  # 8 visits and 4 of each type, less the 4 that are there
    assert box_size(study, replace(recruiting, there=11)) == 8
    assert box_size(study, replace(recruiting, per_day=0.0)) == 8


def test_when_nobody_more_is_randomized_only_spares_are_kept(study):
    assert levels(study, 0.0) == (1, 2)
    assert levels(study, 0.1) == (2, 4)


def test_predictive_numbers_grow_with_recruitment():
    study = study_of_tests()
    study = study.model_copy(update={"supply": study.supply.model_copy(update={"policy": "predictive"})})
    assert levels(study, 2 * 0.125 / 7) == (2, 3)  # 0.125 a week and arm, 11 days to cover and 15 to fill up
    assert levels(study, 2.0) > levels(study, 0.2) > levels(study, 0.02)


def test_an_order_lasts_until_the_next_one_could_be_there(study):
    assert study.supply.review_days == 4
    assert covered_until(study.supply, date(2026, 3, 2)) == date(2026, 3, 13)
    assert [study.supply.ships_on(date(2026, 3, 2 + day)) for day in range(7)] == [1, 0, 0, 1, 0, 0, 0]


def test_recruitment_is_the_plan_at_first_and_what_was_seen_later(study):
    planned = 240 / (60 * 7 * 8)
    assert recruitment_per_day(study, 0, 0) == pytest.approx(planned)
    assert recruitment_per_day(study, 40, 200) == pytest.approx(42 / (2 / planned + 200))
    assert recruitment_per_day(study, 0, 400) < planned / 10 * 3


@given(st.integers(0, 120), st.integers(0, 60), st.floats(0, 2))
def test_a_box_reaches_visits_and_maximum(there, visits, per_day):
    study = study_of_tests()
    size = box_size(study, Outlook(there, visits, per_day))
    assert there + size >= visits + 2 * levels(study, per_day)[1]
    assert size >= study.supply.smallest_box
