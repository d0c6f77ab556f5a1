"""Cochran-Mantel-Haenszel, Mantel-Haenszel and Breslow-Day: reference cases, symmetry, and strata that tell nothing."""

from math import inf, isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from irt.analysis.methods import (
    WrongInputError,
    breslow_day,
    cochran_mantel_haenszel,
    mantel_haenszel_odds_ratio,
    mantel_haenszel_risk_difference,
    tabulate,
)
from tests.analysis.reference import STATISTICS, tables

ARM = st.tuples(st.integers(0, 30), st.integers(0, 30))
TABLES = st.lists(st.tuples(ARM, ARM), min_size=1, max_size=5)
BOTH_ARMS = st.tuples(ARM.filter(any), ARM.filter(any))


def close(expected, case):
    return pytest.approx(expected, abs=STATISTICS[case]["tolerance"])


def test_admissions_with_correction_as_r_prints_them():
    expected = STATISTICS["ST-O1"]["expected"]
    told = cochran_mantel_haenszel(tables("ST-O1"), correct=True)
    assert (told.statistic, told.p) == close((expected["statistic"], expected["p"]), "ST-O1")
    exact = expected["full_precision"]
    assert (told.statistic, told.p) == pytest.approx((exact["statistic"], exact["p"]), abs=1e-11)
    ratio = mantel_haenszel_odds_ratio(tables("ST-O1"))
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((expected["or_mh"], *expected["ci"]), abs=1e-7)


def test_admissions_without_correction():
    expected = STATISTICS["ST-O2"]["expected"]
    told = cochran_mantel_haenszel(tables("ST-O2"))
    assert (told.statistic, told.p) == close((expected["statistic"], expected["p"]), "ST-O2")
    assert told.degrees == 1


def test_migraine_as_sas_prints_it():
    expected = STATISTICS["ST-O3"]["expected"]
    told, ratio = cochran_mantel_haenszel(tables("ST-O3")), mantel_haenszel_odds_ratio(tables("ST-O3"))
    same = breslow_day(tables("ST-O3"))
    assert (told.statistic, told.p) == close((expected["cmh"], expected["p"]), "ST-O3")
    assert (ratio.value, ratio.low, ratio.high) == close((expected["or_mh"], *expected["or_ci"]), "ST-O3")
    assert (same.statistic, same.p, same.degrees) == close((expected["breslow_day"], expected["bd_p"], 1), "ST-O3")


def test_eight_centres_as_agresti_prints_them():
    expected = STATISTICS["ST-O4"]["expected"]
    told = mantel_haenszel_risk_difference(tables("ST-O4"))
    assert (told.value, told.error) == close((expected["rd"], expected["se"]), "ST-O4")
    full = expected["full"]
    assert (told.value, told.error) == pytest.approx((full["rd"], full["se_sato"]), abs=1e-12)
    assert (told.low, told.high) == pytest.approx(tuple(full["ci"]), abs=1e-12)


@given(TABLES)
def test_arms_may_change_places(counts):
    table = np.array(counts)
    turned = table[:, ::-1]
    for correct in (False, True):
        one, other = (cochran_mantel_haenszel(each, correct=correct) for each in (table, turned))
        assert one.statistic == pytest.approx(other.statistic, abs=1e-9)
        assert 0 <= one.p <= 1
        assert one.p == pytest.approx(chi2.sf(one.statistic, 1), abs=1e-12)


@given(st.lists(BOTH_ARMS, min_size=1, max_size=5))
def test_a_risk_difference_turns_its_sign_with_the_arms_and_with_the_response(counts):
    table = np.array(counts)
    told = mantel_haenszel_risk_difference(table)
    for turned in (table[:, ::-1], table[:, :, ::-1]):
        other = mantel_haenszel_risk_difference(turned)
        assert (other.value, other.error) == pytest.approx((-told.value, told.error), abs=1e-9)
        assert (other.low, other.high) == pytest.approx((-told.high, -told.low), abs=1e-9)


@given(st.lists(BOTH_ARMS, min_size=1, max_size=5), ARM, ARM)
def test_a_stratum_with_one_arm_only_changes_nothing(counts, alone, other):
    more = np.array([*counts, (alone, (0, 0)), ((0, 0), other), ((0, 0), (0, 0))])
    table = np.array(counts)
    assert cochran_mantel_haenszel(more).statistic == pytest.approx(cochran_mantel_haenszel(table).statistic, abs=1e-9)
    left, right = mantel_haenszel_risk_difference(more), mantel_haenszel_risk_difference(table)
    assert (left.value, left.error) == pytest.approx((right.value, right.error), abs=1e-9)
    ratio, again = mantel_haenszel_odds_ratio(more), mantel_haenszel_odds_ratio(table)
    assert ratio.value == pytest.approx(again.value, nan_ok=True)
    assert breslow_day(more) == breslow_day(table)


@given(st.integers(1, 200), st.integers(0, 200), st.integers(1, 200), st.integers(0, 200))
def test_one_stratum_is_the_plain_table(a, b, c, d):
    table = [[a, b], [c, d]]
    n1, n0 = a + b, c + d
    told = mantel_haenszel_risk_difference(table)
    assert told.value == pytest.approx(a / n1 - c / n0)
    if b and d:
        assert mantel_haenszel_odds_ratio(table).value == pytest.approx(a * d / (b * c))
        error = (1 / a + 1 / b + 1 / c + 1 / d) ** 0.5
        assert mantel_haenszel_odds_ratio(table).error == pytest.approx(error)


def test_the_statistic_grows_with_the_difference():
    told = [cochran_mantel_haenszel([[[a, 30 - a], [10, 20]], [[12, 18], [10, 20]]]).statistic for a in range(9, 31)]
    assert told == sorted(told)
    assert told[-1] > 4 * told[0]


def test_when_all_respond_nothing_is_told():
    table = [[[10, 0], [12, 0]], [[3, 0], [5, 0]]]
    assert cochran_mantel_haenszel(table) == cochran_mantel_haenszel(table, correct=True)
    assert (cochran_mantel_haenszel(table).statistic, cochran_mantel_haenszel(table).p) == (0, 1)
    told = mantel_haenszel_risk_difference(table)
    assert (told.value, told.error, told.low, told.high, told.p) == (0, 0, 0, 0, 1)
    assert isnan(mantel_haenszel_odds_ratio(table).value)
    assert breslow_day(table).degrees == 0


def test_empty_cells_give_a_ratio_without_an_end():
    never = mantel_haenszel_odds_ratio([[[0, 10], [4, 6]]])
    always = mantel_haenszel_odds_ratio([[[10, 0], [4, 6]]])
    assert (never.value, never.low, never.high) == (0, 0, inf)
    assert (always.value, always.low, always.high) == (inf, 0, inf)


def test_equal_odds_ratios_are_equal():
    same = breslow_day([[[20, 10], [10, 20]], [[40, 20], [20, 40]]])
    assert (same.statistic, same.degrees) == (pytest.approx(0, abs=1e-9), 1)
    one = breslow_day([[[20, 20], [10, 10]], [[30, 30], [20, 20]]])  # common odds ratio 1: the equation is linear
    assert one.statistic == pytest.approx(0, abs=1e-9)
    apart = [[[20, 10], [10, 20]], [[10, 20], [20, 10]], [[12, 10], [10, 11]]]
    assert breslow_day(apart).statistic > 10
    assert breslow_day(apart, tarone=True).statistic <= breslow_day(apart).statistic


@pytest.mark.parametrize("wrong", [
    [[1, 2, 3], [4, 5, 6]], [[-1, 2], [3, 4]], [[0.5, 2], [3, 4]], [[float("nan"), 2], [3, 4]], [], [[[[1]]]],
])  # fmt: skip
@pytest.mark.parametrize("method", [
    cochran_mantel_haenszel, mantel_haenszel_risk_difference, mantel_haenszel_odds_ratio, breslow_day,
])  # fmt: skip
def test_what_is_no_table_is_refused_by_name(method, wrong):
    with pytest.raises(WrongInputError, match=r"^table: ") as refused:
        method(wrong)
    assert refused.value.argument == "table"


def test_one_arm_everywhere_has_no_difference():
    with pytest.raises(WrongInputError, match="no stratum has both arms"):
        mantel_haenszel_risk_difference([[[5, 5], [0, 0]], [[0, 0], [1, 1]]])


@pytest.mark.parametrize("method", [mantel_haenszel_risk_difference, mantel_haenszel_odds_ratio])
@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_level_is_between_0_and_1(method, confidence):
    with pytest.raises(WrongInputError, match=r"^confidence: "):
        method([[3, 4], [5, 6]], confidence=confidence)


def test_participants_are_counted_by_stratum_arm_and_response():
    counts = tabulate([1, 0, 1, 1, 0], [1, 1, 0, 0, 0], ["b", "b", "b", "a", "a"])
    assert counts.tolist() == [[[0, 0], [1, 1]], [[1, 1], [1, 0]]]
    assert tabulate([1, 0], [1, 0]).tolist() == [[[1, 0], [0, 1]]]


@pytest.mark.parametrize(("argument", "values"), [
    ("response", ([1, 2], [1, 0], None)), ("active", ([1, 0], [1, -1], None)), ("active", ([1, 0], [1], None)),
    ("stratum", ([1, 0], [1, 0], ["a"])), ("response", ([1, float("nan")], [1, 0], None)),
    ("response", (["yes", "no"], [1, 0], None)), ("response", ([], [], None)),
])  # fmt: skip
def test_participants_that_cannot_be_counted_are_refused_by_name(argument, values):
    with pytest.raises(WrongInputError) as refused:
        tabulate(*values)
    assert refused.value.argument == argument
