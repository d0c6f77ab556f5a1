"""The mixed model: a published listing, the closed form of complete data, a likelihood written out, missing visits.

ST-O11 (FEV1, 537 measurements) is not run: the reference file names its data but does not hold them.
"""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import ttest_ind

from irt.analysis.methods import WrongInputError, mixed_model_repeated_measures
from irt.analysis.repeated import fit

# Potthoff & Roy (1964), distance in mm at 8, 10, 12 and 14 years: 11 girls, then 16 boys.
DISTANCES = """
21 20 21.5 23, 21 21.5 24 25.5, 20.5 24 24.5 26, 23.5 24.5 25 26.5, 21.5 23 22.5 23.5, 20 21 21 22.5, 21.5 22.5 23 25,
23 23 23.5 24, 20 21 22 21.5, 16.5 19 19 19.5, 24.5 25 28 28, 26 25 29 31, 21.5 22.5 23 26.5, 23 22.5 24 27.5,
25.5 27.5 26.5 27, 20 23.5 22.5 26, 24.5 25.5 27 28.5, 22 22 24.5 26.5, 24 21.5 24.5 25.5, 23 20.5 31 26,
27.5 28 31 31.5, 23 23 23.5 25, 21.5 23.5 24 28, 17 24.5 26 29.5, 22.5 25.5 25.5 26, 23 24.5 26 30, 22 21.5 23.5 25
"""
GROWTH = np.array([[float(one) for one in child.split()] for child in DISTANCES.split(",")])
GIRL, AGES = np.repeat([1.0, 0.0], [11, 16]), np.array([8.0, 10.0, 12.0, 14.0])
LINES = np.stack(np.broadcast_arrays(1.0, GIRL[:, None], AGES[None], GIRL[:, None] * AGES), axis=2)

RNG = np.random.Generator(np.random.PCG64(5))
ACTIVE, STRATUM = np.tile([0, 1, 1, 0], 20), RNG.choice(["a", "b"], 80)
BASELINE = RNG.normal(0, 1, 80)
COMPLETE = BASELINE[:, None] + ACTIVE[:, None] * [0.0, 0.5, 1.0] + RNG.multivariate_normal(
    np.zeros(3), [[2, 1, 0.5], [1, 3, 1.5], [0.5, 1.5, 4]], 80
)  # fmt: skip
HOLES = RNG.random((80, 3)) < 0.25
HOLED = np.where(HOLES, np.nan, COMPLETE)


def test_growth_as_sas_prints_it():
    """PROC MIXED method=ml, `y = gender age gender*age`, type=un (SAS/STAT, MIXED, example Repeated Measures)."""
    told = fit(GROWTH, LINES, restricted=False)
    assert told.coefficients == pytest.approx([15.8423, 1.5831, 0.8268, -0.3504], abs=5e-5)
    assert np.sqrt(np.diag(told.spread)) == pytest.approx([0.9356, 1.4658, 0.07911, 0.1239], abs=5e-5)
    assert told.deviance == pytest.approx(419.47704812, abs=1e-6)
    assert told.visits[0, :2] == pytest.approx([5.1192, 2.4409], abs=5e-5)


def test_growth_has_25_degrees_of_freedom():
    told = fit(GROWTH, LINES)
    assert [told.degrees(one) for one in np.eye(4)] == pytest.approx([25] * 4, abs=1e-6)


def test_complete_data_have_a_closed_form():
    """Without covariates each visit is a t test, Σ is the covariance pooled within arms, and degrees are N - 2."""
    told = mixed_model_repeated_measures(GROWTH, GIRL)
    for visit, found in enumerate(told.differences):
        by_t = ttest_ind(GROWTH[GIRL == 1, visit], GROWTH[GIRL == 0, visit])
        assert (found.p, found.degrees) == pytest.approx((by_t.pvalue, 25), abs=1e-9)
        assert (found.low, found.high) == pytest.approx(tuple(by_t.confidence_interval()), abs=1e-9)
    pooled = sum(np.cov(GROWTH[arm == GIRL].T) * ((arm == GIRL).sum() - 1) for arm in (0, 1)) / 25
    assert told.covariance == pytest.approx(pooled, abs=1e-9)
    assert [one.value for one in told.active] == pytest.approx(GROWTH[GIRL == 1].mean(axis=0))
    assert (told.participants, told.measurements, told.degrees) == (27, 108, "Satterthwaite")


def written_out(triangle, response, design):
    """-2 restricted log likelihood over the full matrices, as it stands in the textbook."""
    lower = np.zeros((3, 3))
    lower[np.tril_indices(3)] = triangle
    seen = ~np.isnan(response)
    spread = np.kron(np.eye(len(response)), lower @ lower.T)[np.ix_(seen.ravel(), seen.ravel())]
    x, y = design[seen], response[seen]
    weighted = np.linalg.solve(spread, x)
    information = x.T @ weighted
    fitted = np.linalg.solve(information, weighted.T @ y)
    rest = y - x @ fitted
    logs = np.linalg.slogdet(spread)[1] + np.linalg.slogdet(information)[1]
    return (len(y) - x.shape[1]) * np.log(2 * np.pi) + logs + rest @ np.linalg.solve(spread, rest)


def test_missing_visits_come_to_the_maximum_that_a_search_finds():
    response = HOLED[:40]
    each = np.broadcast_to(np.eye(3), (40, 3, 3))
    design = np.concatenate([each, each * ACTIVE[:40, None, None]], axis=2)
    told = fit(response, design)
    start = np.linalg.cholesky(told.visits + 0.3 * np.eye(3))[np.tril_indices(3)]
    found = minimize(written_out, start, (response, design), method="BFGS", options={"gtol": 1e-4})
    assert told.deviance == pytest.approx(found.fun, abs=1e-5)
    at = np.linalg.cholesky(told.visits)[np.tril_indices(3)]
    assert written_out(at, response, design) == pytest.approx(told.deviance, abs=1e-8)
    for place in range(6):
        for step in (-1e-3, 1e-3):
            assert written_out(at + step * np.eye(6)[place], response, design) > told.deviance


def test_the_degrees_of_freedom_are_those_of_numerical_derivatives():
    response = HOLED[:40]
    each = np.broadcast_to(np.eye(3), (40, 3, 3))
    design = np.concatenate([each, each * ACTIVE[:40, None, None]], axis=2)
    told, step = fit(response, design), 1e-3
    at, contrast = np.linalg.cholesky(told.visits)[np.tril_indices(3)], np.eye(6)[5]

    def variance(triangle):
        lower = np.zeros((3, 3))
        lower[np.tril_indices(3)] = triangle
        seen = ~np.isnan(response)
        spread = np.kron(np.eye(40), lower @ lower.T)[np.ix_(seen.ravel(), seen.ravel())]
        return contrast @ np.linalg.inv(design[seen].T @ np.linalg.solve(spread, design[seen])) @ contrast

    turns = step * np.eye(6)
    slope = np.array([(variance(at + turn) - variance(at - turn)) / (2 * step) for turn in turns])

    def bent(a, b):
        corners = ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
        return sum(sign * written_out(at + i * a + j * b, response, design) for i, j, sign in corners) / (4 * step**2)

    curvature = np.array([[bent(a, b) for b in turns] for a in turns])
    expected = 2 * variance(at) ** 2 / (slope @ (2 * np.linalg.inv(curvature)) @ slope)
    assert told.degrees(contrast) == pytest.approx(expected, rel=1e-3)


def test_covariates_strata_and_missing_visits_together():
    told = mixed_model_repeated_measures(HOLED, ACTIVE, BASELINE, STRATUM)
    assert [one.value for one in told.differences] == pytest.approx(
        [a.value - c.value for a, c in zip(told.active, told.control, strict=True)]
    )
    assert told.measurements == (~HOLES).sum()
    assert told.participants == (~HOLES).any(axis=1).sum()
    assert all(40 < one.degrees < 80 for one in told.differences)
    turned = mixed_model_repeated_measures(HOLED, 1 - ACTIVE, BASELINE, STRATUM)
    assert [one.value for one in turned.differences] == pytest.approx([-one.value for one in told.differences])
    one_slope = mixed_model_repeated_measures(HOLED, ACTIVE, BASELINE, STRATUM, by_visit=False)
    assert one_slope.deviance != pytest.approx(told.deviance)


def test_scale_and_order_of_participants_are_nothing():
    told = mixed_model_repeated_measures(HOLED, ACTIVE, BASELINE, STRATUM)
    mixed = RNG.permutation(80)
    moved = mixed_model_repeated_measures(1000 * HOLED[mixed], ACTIVE[mixed], BASELINE[mixed], STRATUM[mixed])
    for one, other in zip(told.differences, moved.differences, strict=True):
        assert (1000 * one.value, one.p, one.degrees) == pytest.approx((other.value, other.p, other.degrees), rel=1e-6)


def test_somebody_without_any_visit_is_not_counted():
    response = np.vstack([HOLED, [[np.nan] * 3]])
    told = mixed_model_repeated_measures(response, [*ACTIVE, 1], [*BASELINE, 99.0])
    plain = mixed_model_repeated_measures(HOLED, ACTIVE, BASELINE)
    assert told.differences[2].value == pytest.approx(plain.differences[2].value)
    assert told.active[2].value == pytest.approx(plain.active[2].value)


@pytest.mark.parametrize(("argument", "changes"), [
    ("response", {"response": COMPLETE[:, 0]}), ("response", {"response": np.full((80, 3), np.inf)}),
    ("response", {"response": [["a"]]}), ("active", {"active": ACTIVE[:5]}), ("active", {"active": ACTIVE + 1}),
    ("response", {"response": np.where((ACTIVE == 1)[:, None], np.nan, COMPLETE)}),
    ("response", {"response": np.column_stack([np.where(np.arange(80) % 8 < 4, np.nan, COMPLETE[:, 0]),
                                               np.where(np.arange(80) % 8 < 4, COMPLETE[:, 1], np.nan)])}),
    ("covariates", {"covariates": np.where(np.arange(80) == 2, np.nan, BASELINE)}),
    ("covariates", {"covariates": ACTIVE}), ("stratum", {"stratum": ["a"]}), ("confidence", {"confidence": 0}),
    ("response", {"response": np.repeat(COMPLETE[:, :1], 3, axis=1)}),
])  # fmt: skip
def test_what_cannot_be_fitted_is_refused_by_name(argument, changes):
    with pytest.raises(WrongInputError) as refused:
        mixed_model_repeated_measures(**({"response": COMPLETE, "active": ACTIVE} | changes))
    assert refused.value.argument == argument
