"""Numbers as journals print them."""

import pytest

from irt.analysis.report.formats import counted, digits_for, fixed, p_value, points, said_p, whole


@pytest.mark.parametrize(("value", "told"), [
    (0.0309, "0.031"), (0.0005, "<0.001"), (0.00099, "<0.001"), (0.001, "0.001"), (0.9995, ">0.999"), (1.0, ">0.999"),
    (0.5, "0.500"), (None, "–"), (float("nan"), "–"),
])  # fmt: skip
def test_p(value, told) -> None:
    assert p_value(value) == told


def test_p_in_a_sentence_brings_its_sign() -> None:
    assert [said_p(one) for one in (0.0309, 0.0001, 1.0)] == ["=0.031", "<0.001", ">0.999"]


@pytest.mark.parametrize(("value", "digits", "told"), [
    (2.25, 1, "2.3"), (-2.25, 1, "−2.3"), (-0.04, 1, "0.0"), (0, 1, "0.0"), (1234.5, 0, "1235"), ("0.125", 2, "0.13"),
    (None, 1, "–"), (float("inf"), 1, "–"), (1.234e35, 2, "1.2e+35"), (-1e13, 1, "−1.0e+13"), (1e11, 0, "100000000000"),
])  # fmt: skip
def test_fixed_rounds_halves_away_and_has_a_real_minus(value, digits, told) -> None:
    assert fixed(value, digits) == told


def test_points_are_percentage_points() -> None:
    assert (points(0.2), points(-0.08566), points(None)) == ("20.0", "−8.6", "–")


@pytest.mark.parametrize(("count", "of", "told"), [(53, 120, "53 (44.2)"), (0, 120, "0 (0.0)"), (0, 0, "0"),
                                                   (None, 5, "–"), (120, 120, "120 (100.0)")])  # fmt: skip
def test_counted(count, of, told) -> None:
    assert counted(count, of) == told


def test_whole_and_percent() -> None:
    assert (whole(1440), whole(-3), whole(None), fixed(44.1666)) == ("1,440", "−3", "–", "44.2")


@pytest.mark.parametrize(("spread", "digits"), [(0.54, 2), (5.3, 1), (188.0, 0), (0.0, 1), (None, 1)])
def test_means_are_given_by_their_spread(spread, digits) -> None:
    assert digits_for(spread) == digits
