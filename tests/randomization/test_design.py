import time
from fractions import Fraction

import pytest

from irt.randomization.design import BlocksPlan, assess, describe
from irt.randomization.predictability import expected_right


def test_assessment_of_the_trial_is_complete_and_quick():
    shares = []
    plan = BlocksPlan((1, 1), (4, 6), 240, strata=4)
    started = time.perf_counter()
    found = assess(plan, sites=8, progress=shares.append)
    assert time.perf_counter() - started < 20
    assert found.right == expected_right(plan, 60) / 60
    assert found.expected_right == 4 * expected_right(plan, 60)
    assert found.right_long_run == Fraction(52, 75)
    assert float(found.certain_size_known) == pytest.approx(0.277, abs=0.001)
    assert found.certain_set_known == pytest.approx(0.055, abs=0.003)
    assert (found.worst_in_list, found.worst_overall) == (3, 12)
    assert found.typical_difference == pytest.approx(found.simulated_difference, rel=0.05)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert found == assess(plan, sites=8)


def test_uneven_cells_are_counted_each():
    plan = BlocksPlan((1, 1), (4,), 10, strata=2, sites=2)
    assert plan.cell_sizes == [3, 3, 2, 2]
    found = assess(plan, sites=2, lists=20, trials=100)
    assert found.expected_right == 2 * Fraction(11, 6) + 2 * Fraction(7, 6)


def test_table_shows_every_figure_and_warns():
    text = describe(assess(BlocksPlan((1, 1), (4, 6), 240, strata=4), sites=8))
    rows = dict(
        zip([line[:58].strip() for line in text.splitlines()], [line[58:] for line in text.splitlines()], strict=True)
    )
    assert text.startswith("Shows block sizes: for the unmasked statistician only.")
    assert rows["block sizes"] == "4 (50%), 6 (50%)"
    assert rows["right guesses, by running counts alone"] == "165.7 of 240, 69.1%"
    assert rows["the same in an endless list"] == "69.3%"
    assert rows["certain, current size known"] == "27.7%"
    assert rows["worst within a list"] == "3"
    assert rows["worst overall"] == "12"
    assert rows["100% known"].startswith("right 69.")


def test_other_ratios_are_described():
    text = describe(assess(BlocksPlan((2, 1), (3, 6), 60), sites=3, lists=50, trials=200))
    assert "at most: block size known" in text
    assert "bias" not in text


def test_plan_and_assessment_print_without_sizes():
    plan = BlocksPlan((1, 1), (74, 96), 240)
    assert repr(plan) == "<blocks plan for 240 participants>"
    assert repr(assess(BlocksPlan((1, 1), (4,), 8), sites=1, lists=5, trials=5)) == "<assessment of a design>"
