import json
from fractions import Fraction
from itertools import permutations
from math import comb
from pathlib import Path

import pytest

from irt.randomization.blocks_plan import BlocksPlan
from irt.randomization.predictability import (
    bias_factor,
    certain_guesses,
    expected_certain,
    expected_right,
    long_run,
    right_guesses,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "randomization.json").read_text())


def plan(*sizes, ratio=(1, 1), **more):
    return BlocksPlan(ratio, sizes, 240, **more)


@pytest.mark.parametrize("case", VECTORS["blackwell_hodges"], ids=lambda case: case["id"])
def test_blackwell_and_hodges(case):
    right = [right_guesses((size // 2, size // 2))[-1] for size in case["block_sizes"]]
    assert right == [Fraction(value) for value in case["expected_correct"]]
    assert long_run(plan(*case["block_sizes"])) == (Fraction(case["proportion"]), Fraction(case["certain"]))


def test_first_places_of_a_block():
    assert list(right_guesses((2, 2))) == [Fraction(v) for v in VECTORS["first_places_of_a_block_of_4"]["values"]]


@pytest.mark.parametrize("half", range(1, 16))
def test_closed_forms(half):
    right = half + Fraction(2 ** (2 * half - 1), comb(2 * half, half)) - Fraction(1, 2)
    assert right_guesses((half, half))[-1] == right
    assert certain_guesses((half, half))[-1] == Fraction(2 * half, half + 1)


@pytest.mark.parametrize(
    ("size", "right", "proportion", "certain"),  # equal to randomizeR 3.0.2 over all sequences
    [(2, "3/2", 0.75, 2), (4, "17/6", 0.708333, 3), (6, "41/10", 0.683333, 4), (8, "373/70", 0.666071, 5),
     (10, "823/126", 0.653175, 6), (12, "3565/462", 0.643038, 7), (20, "1139735/92378", 0.616887, 11)],
)  # fmt: skip
def test_table_of_blocks(size, right, proportion, certain):
    assert right_guesses((size // 2, size // 2))[-1] == Fraction(right)
    assert float(long_run(plan(size))[0]) == pytest.approx(proportion, abs=5e-7)
    assert long_run(plan(size))[1] == Fraction(1, certain)


@pytest.mark.parametrize(
    ("sizes", "places", "proportion"),  # exact, the last block cut
    [((4, 6), 24, 0.686393), ((4, 6), 30, 0.687847), ((4, 6), 60, 0.690600), ((4, 6), 120, 0.691967),
     ((4, 6), 240, 0.692650), ((2, 4, 6), 24, 0.697613), ((2, 4, 6), 240, 0.702261), ((4, 6, 8), 24, 0.673029),
     ((4, 6, 8), 240, 0.680397)],
)  # fmt: skip
def test_random_sizes_with_the_last_block_cut(sizes, places, proportion):
    assert float(expected_right(plan(*sizes), places) / places) == pytest.approx(proportion, abs=5e-7)


@pytest.mark.parametrize(
    ("size", "places", "right"),
    [(4, 240, 170), (6, 240, 164), (8, 240, 159.857), (12, 240, 154.329), (4, 120, 85), (6, 120, 82), (8, 120, 79.929),
     (12, 120, 77.165), (4, 60, 42.5), (6, 60, 41), (4, 24, 17), (6, 24, 16.4), (8, 24, 15.986), (12, 24, 15.433)],
)  # fmt: skip
def test_right_guesses_in_a_trial(size, places, right):
    assert float(expected_right(plan(size), places)) == pytest.approx(right, abs=5e-4)


@pytest.mark.parametrize(
    ("sizes", "limit"), [((4, 8), 0.6802), ((4, 6, 8), 515 / 756), ((6, 8), 0.6735), ((2, 4, 6), 0.702778)]
)
def test_long_run_of_random_sizes(sizes, limit):
    assert float(long_run(plan(*sizes))[0]) == pytest.approx(limit, abs=5e-5)


@pytest.mark.parametrize(("size", "right"), [(3, Fraction(7, 9)), (6, Fraction(67, 90)), (9, Fraction(275, 378))])
def test_two_to_one(size, right):
    assert long_run(plan(size, ratio=(2, 1)))[0] == right
    assert float(Fraction(275, 378)) == pytest.approx(0.7275, abs=5e-5)


@pytest.mark.parametrize("contents", [(2, 2), (2, 1), (4, 2), (1, 1, 1), (2, 2, 2), (1, 2, 3)])
def test_equals_full_enumeration(contents):
    laid_out = [arm for arm, held in enumerate(contents) for _ in range(held)]
    orders = set(permutations(laid_out))
    right = certain = Fraction()
    for order in orders:
        for place, arm in enumerate(order):
            left = [order[place:].count(each) for each in range(len(contents))]
            best = [each for each, part in enumerate(left) if part == max(left)]
            right += Fraction(arm in best, len(best))
            certain += sum(1 for part in left if part) == 1
    assert right_guesses(contents)[-1] == right / len(orders)
    assert certain_guesses(contents)[-1] == certain / len(orders)


def test_weights_shift_the_figures():
    assert long_run(plan(4, 6, weights=(1, 1))) == long_run(plan(4, 6))
    assert long_run(plan(4, 6, weights=(1000, 1)))[0] > Fraction(7075, 10000)
    assert expected_certain(plan(4), 2) == 0 < expected_certain(plan(4), 3)


@pytest.mark.parametrize(
    ("sizes", "factor"), [((2,), 1.0), ((4,), 0.833), ((6,), 0.733), ((8,), 0.664), ((4, 6), 0.773)]
)
def test_selection_bias(sizes, factor):
    assert bias_factor(float(long_run(plan(*sizes))[0])) == pytest.approx(factor, abs=5e-4)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"ratio": (1,)}, "ratio"), ({"block_sizes": (5,)}, "block_sizes"), ({"block_sizes": ()}, "block_sizes"),
     ({"weights": (1,)}, "weights"), ({"participants": 0}, "participants"), ({"strata": 0}, "strata"),
     ({"sites": -1}, "sites")],
)  # fmt: skip
def test_numbers_that_make_no_plan_are_named(changes, field):
    with pytest.raises(ValueError, match=f"^{field}: "):
        BlocksPlan(**({"ratio": (1, 1), "block_sizes": (4, 6), "participants": 240} | changes))
