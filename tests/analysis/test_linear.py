"""Analysis of covariance: the t test without covariates, the projection with them, robust errors, and refusals."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from irt.analysis.methods import WrongInputError, ancova

RNG = np.random.Generator(np.random.PCG64(11))
ACTIVE = np.tile([0, 1, 1, 0], 15)
BASELINE = RNG.normal(30, 5, 60)
STRATUM = RNG.choice(["a", "b", "c"], 60)
RESPONSE = 10 + 0.5 * BASELINE + 2 * ACTIVE + (STRATUM == "b") + RNG.normal(0, 3, 60)


def test_without_covariates_it_is_the_t_test():
    told, by_t = ancova(RESPONSE, ACTIVE), ttest_ind(RESPONSE[ACTIVE == 1], RESPONSE[ACTIVE == 0])
    assert (told.difference.p, told.difference.degrees) == (pytest.approx(by_t.pvalue), 58)
    interval = by_t.confidence_interval()
    assert (told.difference.low, told.difference.high) == pytest.approx((interval.low, interval.high))
    assert told.active.value == pytest.approx(RESPONSE[ACTIVE == 1].mean())
    assert told.control.value == pytest.approx(RESPONSE[ACTIVE == 0].mean())


def test_with_one_covariate_it_is_the_difference_less_the_pooled_slope():
    """Fisher's own formula: means adjusted by the slope within arms, and its standard error."""
    told = ancova(RESPONSE, ACTIVE, BASELINE).difference
    x1, x0, y1, y0 = BASELINE[ACTIVE == 1], BASELINE[ACTIVE == 0], RESPONSE[ACTIVE == 1], RESPONSE[ACTIVE == 0]
    sxx = ((x1 - x1.mean()) ** 2).sum() + ((x0 - x0.mean()) ** 2).sum()
    sxy = ((x1 - x1.mean()) * y1).sum() + ((x0 - x0.mean()) * y0).sum()
    syy = ((y1 - y1.mean()) ** 2).sum() + ((y0 - y0.mean()) ** 2).sum()
    assert told.value == pytest.approx(y1.mean() - y0.mean() - sxy / sxx * (x1.mean() - x0.mean()))
    variance = (syy - sxy**2 / sxx) / 57
    assert told.error == pytest.approx((variance * (1 / 30 + 1 / 30 + (x1.mean() - x0.mean()) ** 2 / sxx)) ** 0.5)
    assert told.degrees == 57


def test_robust_errors_without_covariates_are_each_arms_own():
    """HC3 of two means: the squared residuals over (1 - 1/n)², which is n/(n - 1) times Welch's variance."""
    told = ancova(RESPONSE, ACTIVE, errors="HC3").difference
    arms = [RESPONSE[arm == ACTIVE] for arm in (0, 1)]
    assert told.error == pytest.approx(sum(arm.var(ddof=1) / (len(arm) - 1) for arm in arms) ** 0.5)


def test_strata_are_columns_and_their_names_are_nothing():
    told = ancova(RESPONSE, ACTIVE, BASELINE, STRATUM)
    by_hand = np.column_stack([BASELINE, STRATUM == "a", STRATUM == "b"])
    other = ancova(RESPONSE, ACTIVE, by_hand)
    assert told.difference.value == pytest.approx(other.difference.value)
    assert told.difference.error == pytest.approx(other.difference.error)
    assert told.active.value - told.control.value == pytest.approx(told.difference.value)
    assert told.difference.degrees == 60 - 5
    turned = ancova(RESPONSE, 1 - ACTIVE, BASELINE, STRATUM)
    assert turned.difference.value == pytest.approx(-told.difference.value)
    assert turned.active.value == pytest.approx(told.control.value)


@pytest.mark.parametrize(("argument", "changes"), [
    ("response", {"response": np.where(np.arange(60) == 3, np.nan, RESPONSE)}), ("active", {"active": ACTIVE[:10]}),
    ("active", {"active": ACTIVE * 2}), ("covariates", {"active": ACTIVE * 0}),
    ("covariates", {"covariates": np.column_stack([BASELINE, 2 * BASELINE])}), ("covariates", {"covariates": [1, 2]}),
    ("covariates", {"covariates": BASELINE * np.nan}), ("stratum", {"stratum": ["a"]}), ("errors", {"errors": "HC9"}),
    ("confidence", {"confidence": 95}), ("covariates", {"covariates": np.eye(60)}),
    ("errors", {"errors": "HC3", "covariates": (np.arange(60) == 7).astype(float)}),
])  # fmt: skip
def test_what_cannot_be_fitted_is_refused_by_name(argument, changes):
    with pytest.raises(WrongInputError) as refused:
        ancova(**({"response": RESPONSE, "active": ACTIVE} | changes))
    assert refused.value.argument == argument


def test_too_few_participants_are_refused():
    with pytest.raises(WrongInputError, match="too few"):
        ancova([1.0, 2.0], [0, 1])
