"""Totals of the HAQ and of the muscle test: exact, missing where too little was answered, steps checked on items."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from irt.outcomes.response import WrongValuesError, haq_total, mmt_total


def eight(*values: Any) -> dict[str, Any]:
    return dict(zip(("one", "two", "three", "four", "five", "six", "seven", "eight"), values, strict=True))


@pytest.mark.parametrize(
    ("answers", "total"),
    [
        ((1, 1, 1, 1, 1, 1, 1, 2), Fraction(9, 8)),
        (("3", 2, 2, 1, 1, 1, "0", None), Fraction(10, 7)),
        ((3, 3, 3, 3, 3, 3, None, None), 3),
        ((0, 0, 0, 0, 0, 0, 0, 0), 0),
        ((3, 3, 3, 3, 3, None, None, None), None),
        ((None,) * 8, None),
    ],
)
def test_the_haq_is_the_mean_of_what_was_answered(answers: tuple[Any, ...], total: Fraction | None) -> None:
    assert haq_total(eight(*answers)) == total


def test_the_muscle_test_is_the_sum_of_all_eight() -> None:
    assert mmt_total(eight(*["10"] * 8)) == 80
    assert mmt_total(eight(0, 1, 2, 3, 4, 5, Decimal("6.0"), Fraction(7))) == 28
    assert mmt_total(eight(10, 10, 10, 10, 10, 10, 10, None)) is None


def test_items_off_their_steps_are_refused_by_name() -> None:
    with pytest.raises(WrongValuesError) as refused:
        mmt_total(eight(1, "7.5", 11, -1, "x", "10/3", 1, "１"))
    assert [(one.field, one.value, one.problem) for one in refused.value.mistakes] == [
        ("mmt.two", "'7.5'", "is between two steps"),
        ("mmt.three", "11", "is above 10"),
        ("mmt.four", "-1", "is below 0"),
        ("mmt.five", "'x'", "is no number"),
        ("mmt.six", "'10/3'", "is between two steps"),
        ("mmt.eight", "'１'", "is no number"),
    ]
    with pytest.raises(
        WrongValuesError, match=r"haq\.one: '0\.125' is between two steps; write a whole number from 0 to 3"
    ):
        haq_total(eight("0.125", 1, 1, 1, 1, 1, 1, 1))
    with pytest.raises(WrongValuesError, match=r"haq\.two: 4 is above 3"):
        haq_total(eight(1, 4, 1, 1, 1, 1, 1, 1))


@pytest.mark.parametrize("total", [haq_total, mmt_total])
def test_seven_items_are_refused_and_floats_too(total: Any) -> None:
    seven = dict(list(eight(*[1] * 8).items())[:7])
    with pytest.raises(WrongValuesError, match="7 items were given; give all 8"):
        total(seven)
    with pytest.raises(TypeError, match="binary float"):
        total(eight(1.0, 1, 1, 1, 1, 1, 1, 1))
