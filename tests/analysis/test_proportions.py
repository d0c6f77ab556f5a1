"""Newcombe and Miettinen-Nurminen: published rows, the likelihood found by search, symmetry, and empty cells."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from irt.analysis.methods import (
    WrongInputError,
    cochran_mantel_haenszel,
    miettinen_nurminen_interval,
    miettinen_nurminen_score,
    newcombe_interval,
)
from irt.analysis.proportions import _restricted
from tests.analysis.reference import STATISTICS, tables

ARM = st.tuples(st.integers(0, 25), st.integers(0, 25)).filter(any)
TABLES = st.lists(st.tuples(ARM, ARM), min_size=1, max_size=4)


def rows(case):
    told = STATISTICS[case]
    return [
        pytest.param(*row, expected, told["tolerance"], id=f"{case}-{place}")
        for place, (row, expected) in enumerate(zip(told["input"]["cases"], told["expected"], strict=True))
    ]


@pytest.mark.parametrize(("a", "n", "c", "m", "expected", "tolerance"), rows("ST-O5"))
def test_newcombe_as_published(a, n, c, m, expected, tolerance):
    told = newcombe_interval(a, n, c, m)
    assert (told.low, told.high) == pytest.approx(tuple(expected), abs=tolerance)
    assert told.value == pytest.approx(a / n - c / m)


@pytest.mark.parametrize(("a", "n", "c", "m", "expected", "tolerance"), rows("ST-O6"))
def test_miettinen_nurminen_as_published(a, n, c, m, expected, tolerance):
    told = miettinen_nurminen_interval([[a, n - a], [c, m - c]])
    assert (told.low, told.high) == pytest.approx(tuple(expected), abs=tolerance)


@pytest.mark.parametrize(("a", "n", "c", "m", "expected", "tolerance"), rows("ST-O7"))
def test_mee_as_published(a, n, c, m, expected, tolerance):
    told = miettinen_nurminen_interval([[a, n - a], [c, m - c]], small_sample=False)
    assert (told.low, told.high) == pytest.approx(tuple(expected), abs=tolerance)


def test_eight_centres_as_ratesci_prints_them():
    expected, tolerance = STATISTICS["ST-O10"]["expected"], STATISTICS["ST-O10"]["tolerance"]
    told = miettinen_nurminen_interval(tables("ST-O10"))
    assert (told.value, told.low, told.high) == pytest.approx((expected["rd"], *expected["ci"]), abs=tolerance)
    assert miettinen_nurminen_score(tables("ST-O10")) == pytest.approx(expected["score_at_0"], abs=tolerance)


@given(TABLES)
def test_the_score_at_0_is_cochran_mantel_haenszel(counts):
    table = np.array(counts)
    assert miettinen_nurminen_score(table) == pytest.approx(
        cochran_mantel_haenszel(table).statistic, rel=1e-6, abs=1e-6
    )


@settings(deadline=None, max_examples=60)
@given(ARM, ARM, st.floats(-0.98, 0.98))
def test_the_restricted_proportions_are_the_likeliest(arm, control, delta):
    (a, b), (c, d) = arm, control

    def minus(p):
        parts = ((a, p), (b, 1 - p), (c, p - delta), (d, 1 - p + delta))
        return -sum(count * np.log(max(share, 1e-300)) for count, share in parts if count)

    low, high = max(0.0, delta), min(1.0, 1 + delta)
    found = minimize_scalar(minus, bounds=(low, high), method="bounded", options={"xatol": 1e-10})
    one, other = _restricted(*(np.array([x]) for x in (a / (a + b), c / (c + d), a + b, c + d)), delta)
    assert minus(float(one[0])) <= found.fun + 1e-6
    assert float(one[0] - other[0]) == pytest.approx(delta, abs=1e-9)


@settings(deadline=None)
@given(TABLES)
def test_intervals_hold_their_estimate_and_turn_with_the_arms(counts):
    table = np.array(counts)
    told, turned = miettinen_nurminen_interval(table), miettinen_nurminen_interval(table[:, ::-1])
    assert -1 <= told.low <= told.value <= told.high <= 1
    assert (turned.low, turned.high) == pytest.approx((-told.high, -told.low), abs=1e-6)
    wider = miettinen_nurminen_interval(table, confidence=0.99)
    assert wider.low <= told.low
    assert wider.high >= told.high
    for bound in (told.low, told.high):
        if abs(bound) < 1 - 1e-9:
            assert miettinen_nurminen_score(table, bound) == pytest.approx(3.841459, abs=1e-3)


@given(ARM, ARM)
def test_newcombe_turns_with_the_arms_and_stays_within_bounds(arm, control):
    told = newcombe_interval(arm[0], sum(arm), control[0], sum(control))
    turned = newcombe_interval(control[0], sum(control), arm[0], sum(arm))
    assert (turned.low, turned.high) == pytest.approx((-told.high, -told.low), abs=1e-12)
    assert -1 - 1e-12 <= told.low <= told.value <= told.high <= 1 + 1e-12


def test_empty_cells_and_all_responders_have_intervals():
    none = miettinen_nurminen_interval([[0, 120], [0, 120]])
    everybody = miettinen_nurminen_interval([[120, 0], [120, 0]])
    assert (none.low, none.high) == pytest.approx((everybody.low, everybody.high), abs=1e-9)
    assert none.high == pytest.approx(-none.low)
    assert 0.02 < none.high < 0.05
    apart = miettinen_nurminen_interval([[10, 0], [0, 10]])
    assert (apart.value, apart.high) == (1, 1)
    assert 0.5 < apart.low < 1


def test_a_stratum_with_one_arm_is_left_out():
    plain = [[[10, 20], [5, 25]], [[7, 8], [6, 9]]]
    assert miettinen_nurminen_interval([*plain, [[3, 3], [0, 0]]]) == miettinen_nurminen_interval(plain)
    with pytest.raises(WrongInputError, match="no stratum has both arms"):
        miettinen_nurminen_interval([[3, 3], [0, 0]])


@pytest.mark.parametrize(("counts", "argument"), [
    ((5, 4, 1, 3), "responders"), ((-1, 4, 1, 3), "responders"), ((1, 0, 1, 3), "participants"),
    ((1, 4, 1, 0), "control_participants"), ((1, 4, 9, 3), "control_responders"), ((1.5, 4, 1, 3), "responders"),
])  # fmt: skip
def test_impossible_counts_are_refused_by_name(counts, argument):
    with pytest.raises(WrongInputError) as refused:
        newcombe_interval(*counts)
    assert refused.value.argument == argument


def test_a_difference_of_proportions_is_within_1():
    with pytest.raises(WrongInputError, match=r"^difference: "):
        miettinen_nurminen_score([[3, 4], [5, 6]], 1.5)
