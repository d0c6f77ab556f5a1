"""Recruitment is gamma-Poisson: its closed form is that of the reference, and the simulation agrees with it."""

import json
from pathlib import Path

import numpy as np
import pytest

from irt.supply.forecast.beta import beta_below, beta_quantile, clopper_pearson, student_quantile
from irt.supply.forecast.recruitment import Rates, TimeToRecruit, days_until

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "supply.json").read_text())["cases"]
CASES = [case for case in VECTORS if "centres" in case]
QUANTILES = {"q10": 0.1, "q50": 0.5, "q90": 0.9}
RUNS = 4000
ERRORS = 4  # standard errors: by chance once in 16,000


def closed_form(case) -> TimeToRecruit:
    return TimeToRecruit(case["patients"], case["centres"], Rates(case["alpha"], case["mean_rate_per_week"] / 7))


def test_the_reference_has_such_cases():
    assert {case["id"] for case in CASES} == {"PG-O1", "PG-O2"}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_closed_form_is_that_of_the_reference(case):
    time = closed_form(case)
    assert case["alpha"] == pytest.approx(1 / case["cv"] ** 2)
    assert time.mean / 7 == pytest.approx(case["mean_weeks"], rel=1e-12)
    assert time.sd / 7 == pytest.approx(case["sd_weeks"], rel=1e-12)
    for name, share in QUANTILES.items():
        assert time.quantile(share) / 7 == pytest.approx(case[name], rel=1e-11), name


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_simulation_agrees_within_monte_carlo_error(case):
    time = closed_form(case)
    draws = np.random.default_rng(20261125)
    each = np.concatenate([
        days_until(time.rates.times(draws, RUNS // 4, case["centres"], case["patients"]), case["patients"])
        for _ in range(4)
    ]) / 7  # fmt: skip
    assert abs(each.mean() - case["mean_weeks"]) < ERRORS * case["sd_weeks"] / RUNS**0.5
    for name, share in QUANTILES.items():
        below = (each <= case[name]).mean()
        assert abs(below - share) < ERRORS * (share * (1 - share) / RUNS) ** 0.5, name
    excess = ((each - each.mean()) ** 4).mean() / each.var() ** 2 - 1
    assert abs(each.std() - case["sd_weeks"]) < ERRORS * case["sd_weeks"] * (excess / 4 / RUNS) ** 0.5


def test_another_rate_would_be_noticed():
    case = CASES[0]
    draws = np.random.default_rng(20261125)
    slower = Rates(case["alpha"], 0.9 * case["mean_rate_per_week"] / 7)
    each = days_until(slower.times(draws, 1000, case["centres"], case["patients"]), case["patients"]) / 7
    assert abs(each.mean() - case["mean_weeks"]) > ERRORS * case["sd_weeks"] / 1000**0.5


def test_a_full_site_counts_no_further():
    times = np.array([[[1.0, 2.0], [5.0, np.inf]]])
    assert days_until(times, 3).tolist() == [5.0]


def test_the_beta_distribution_is_exact_where_it_is_a_polynomial():
    assert beta_below(0.3, 2, 3) == pytest.approx(6 * 0.3**2 - 8 * 0.3**3 + 3 * 0.3**4, rel=1e-13)
    assert beta_below(0.0, 2, 3) == 0
    assert beta_below(1.0, 2, 3) == 1
    assert beta_quantile(0.5, 4, 4) == pytest.approx(0.5, abs=1e-12)
    for share in (0.001, 0.2, 0.975):
        assert beta_below(beta_quantile(share, 240, 12), 240, 12) == pytest.approx(share, rel=1e-10)


def test_student_and_clopper_pearson_are_those_of_the_tables():
    assert student_quantile(0.975, 10) == pytest.approx(2.228139, abs=1e-6)
    assert student_quantile(0.975, 1) == pytest.approx(12.706205, abs=1e-5)
    assert clopper_pearson(0, 1000) == pytest.approx(1 - 0.025 ** (1 / 1000), rel=1e-10)
    assert clopper_pearson(3, 20) == pytest.approx(0.378927, abs=1e-6)
    assert clopper_pearson(5, 5) == 1
