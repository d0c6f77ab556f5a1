"""TIS: every reference case, the choice of the enzyme, exact totals, what is missing."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from irt.outcomes.cases import tis_shape
from irt.outcomes.response import TotalImprovement, WrongValuesError, total_improvement
from tests.outcomes.reference import TABLE, VECTORS, parts, plain

CASES = VECTORS["tis"]


def percent(score: TotalImprovement, measure: str) -> Fraction | None:
    return {one.measure: one.percent for one in score.measures}[measure]


def points(score: TotalImprovement, measure: str) -> Fraction | None:
    return {one.measure: one.points for one in score.measures}[measure]


def test_there_are_all_the_cases() -> None:
    assert len(CASES) == 92


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_the_reference_cases_are_met_exactly(case: dict[str, Any]) -> None:
    assert tis_shape(total_improvement(**parts(case))) == case["expected"]


def test_the_second_table_is_the_published_one() -> None:
    bands = {
        measure: [(row["gt"], row["le"], Fraction(row["points"])) for row in rows]
        for measure, rows in VECTORS["tis_table"]["bands"].items()
    }
    assert {name: [(above, to, Fraction(told)) for above, to, told in rows] for name, rows in TABLE.items()} == bands


def test_a_haq_of_sevenths_stays_exact() -> None:
    score = total_improvement(**plain(haq=("10/7", Fraction(9, 7))))
    assert (percent(score, "haq"), points(score, "haq")) == (Fraction(100, 21), 0)
    assert percent(total_improvement(**plain(haq=("10/7", "1"))), "haq") == Fraction(100, 7)


@pytest.mark.parametrize("later", ["3.9", Decimal("3.9"), Fraction(39, 10)])
def test_text_decimal_and_fraction_are_one(later: object) -> None:
    score = total_improvement(**plain(phga=("4.4", later)))
    assert (percent(score, "phga"), score.total) == (5, 0)


@pytest.mark.parametrize(
    ("enzymes", "chosen"),
    [
        ({"CK": ("400", "400", "200"), "ALT": ("80", "80", "40")}, "CK"),
        ({"CK": ("399", "400", "200"), "ALT": ("80", "80", "40"), "AST": ("70", "1", "35")}, "AST"),
        ({"CK": ("1", "1", "200"), "LDH": ("500", "1", "250"), "AST": ("80", "1", "40")}, "LDH"),
        ({"CK": ("1", "1", "200"), "LDH": ("500", "1", "250"), "aldolase": ("15", "1", "7.5")}, "aldolase"),
        ({"CK": ("0", "0", "200"), "ALT": ("0", "9", "40")}, "CK"),
        ({"CK": (None, "9000", "200"), "ALT": ("1", "9", "40")}, "ALT"),
    ],
)
def test_the_most_abnormal_enzyme_at_baseline_is_followed(enzymes: dict[str, Any], chosen: str) -> None:
    score = total_improvement(**plain(**enzymes))
    assert score.enzyme == chosen
    before, after, limit = (Fraction(value) for value in enzymes[chosen])
    multiple = {"CK": 15, "aldolase": 6}.get(chosen, 3)
    assert percent(score, "enzyme") == 100 * (before - after) / (multiple * limit)
    backwards = plain(**dict(reversed(enzymes.items())))
    assert total_improvement(**backwards).enzyme == chosen


def test_another_range_of_an_enzyme_may_be_given() -> None:
    case = plain(CK=("2000", "1000", "200"))
    assert percent(total_improvement(**case), "enzyme") == Fraction(100, 3)
    assert percent(total_improvement(**case, enzyme_ranges={"CK": "12.5"}), "enzyme") == 40
    with pytest.raises(WrongValuesError, match=r"enzyme_ranges\.CK: is missing; write the range"):
        total_improvement(**case, enzyme_ranges={"ALT": 3})


def test_the_scale_of_the_muscle_test_has_no_default() -> None:
    case = plain(mmt=("60", "63"))
    assert total_improvement(**case).total == 10
    assert total_improvement(**{**case, "mmt_max": 150}).total == 0
    del case["mmt_max"]
    with pytest.raises(TypeError, match="mmt_max"):
        total_improvement(**case)


def test_what_is_missing_makes_no_total_and_no_zero() -> None:
    score = total_improvement(**plain(mmt=("40", "70"), haq=(None, "1"), phga=("6", None), CK=(None, None, None)))
    assert score.missing == ("phga", "haq", "enzyme")
    assert (score.enzyme, score.total, score.category, score.responder) == (None, None, None, None)
    assert score.total_if_missing_scored_0 == Fraction("32.5")
    assert total_improvement({}, {}, {}, "80").missing == ("phga", "pga", "mmt", "haq", "enzyme", "extramuscular")
