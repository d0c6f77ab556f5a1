"""DOI: every reference case, baselines of 0, and what TIS sees otherwise."""

import random
from fractions import Fraction
from typing import Any

import pytest

from irt.outcomes.cases import doi_shape
from irt.outcomes.response import definition_of_improvement, total_improvement
from tests.outcomes.reference import VECTORS, parts, plain, slow_doi

CASES = VECTORS["doi"]


def statuses(case: dict[str, Any]) -> dict[str, str]:
    return {one.measure: one.status for one in definition_of_improvement(**case).measures}


def test_there_are_all_the_cases() -> None:
    assert len(CASES) == 16


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_the_reference_cases_are_met_exactly(case: dict[str, Any]) -> None:
    assert doi_shape(definition_of_improvement(**parts(case))) == case["expected"]


@pytest.mark.parametrize(
    ("measure", "later", "status"),
    [
        ("haq", "0", "unchanged"),
        ("haq", "0.125", "worsened"),
        ("enzyme", "0", "unchanged"),
        ("enzyme", "1", "worsened"),
        ("mmt", "0", "unchanged"),
        ("mmt", "1", "improved"),
    ],
)
def test_of_a_baseline_of_0_no_percent_is_taken(measure: str, later: str, status: str) -> None:
    case = plain(**({"CK": ("0", later, "200")} if measure == "enzyme" else {measure: ("0", later)}))
    assert statuses(case)[measure] == status
    assert next(one for one in definition_of_improvement(**case).measures if one.measure == measure).percent is None


def test_percent_is_of_baseline_here_and_of_the_range_in_tis() -> None:
    case = plain(CK=("250", "200", "200"))
    here, there = definition_of_improvement(**case), total_improvement(**case)
    assert next(one.percent for one in here.measures if one.measure == "enzyme") == 20
    assert next(one.percent for one in there.measures if one.measure == "enzyme") == Fraction(5, 3)


def test_muscles_that_worsen_outweigh_all_the_rest() -> None:
    better = {"phga": ("6", "0"), "pga": ("7", "0"), "haq": ("2", "0"), "extramuscular": ("5", "0")}
    assert definition_of_improvement(**plain(**better, mmt=("60", "45.1"))).met is True
    found = definition_of_improvement(**plain(**better, mmt=("60", "45")))
    assert (found.met, found.mmt_worsened, found.improved, found.worsened) == (False, True, 4, 1)


def test_random_inputs_agree_with_a_second_computation() -> None:
    chance = random.Random(2004)
    later = {"0.8": 6, "0.81": 2, "0.79": 2, "1.25": 4, "1.24": 1, "1.26": 1, "1": 2, "0.75": 2, "1.2": 3}
    met = 0
    for _ in range(5_000):
        case = plain(mmt_max="80")
        factors = chance.choices(list(later), list(later.values()), k=6)
        for name, factor in zip(case["baseline"], factors, strict=False):
            first = Fraction(chance.randrange(1, 21), 10) if chance.random() < 0.95 else Fraction(0)
            case["baseline"][name], case["followup"][name] = first, first * Fraction(factor)
        case["enzymes"]["CK"]["followup"] = 2000 * Fraction(factors[5])
        expected = slow_doi(case)
        met += expected
        assert definition_of_improvement(**case).met is expected
    assert 500 < met < 4_500
