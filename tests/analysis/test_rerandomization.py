"""The re-randomization test: reference cases, exact and drawn; what it keeps, what it redraws, what it refuses.

The cases of predictability and balance (`randomization`) are in tests/randomization/test_predictability.py and
test_balance.py; that a redrawn list has the production list's law is in tests/vault/test_redraw.py.
"""

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import fisher_exact

from irt.analysis.methods import (
    WrongInputError,
    cochran_mantel_haenszel,
    enumerated_test,
    monte_carlo_p,
    rerandomization_test,
    tabulate,
)
from irt.randomization.blocks_plan import BlocksPlan
from tests.analysis.reference import RERANDOMIZATION, STATISTICS

SEED = bytes(range(32))
FOURS = BlocksPlan((1, 1), (4,), 8)
FOUR_SIX = BlocksPlan((1, 1), (4, 6), 240, 4)


@pytest.mark.parametrize("case", ["RR-O1", "RR-O2"])
def test_small_lists_are_counted_exactly(case):
    told = RERANDOMIZATION[case]
    found = enumerated_test(told["blocks"], told["responses"], told["observed"])
    assert found.lists == told["total"]
    assert {str(value): count for value, count in found.sums.items()} == told["dist"]
    assert (found.observed, found.expected) == (told["stat"], Fraction(told["mean"]))
    assert (found.p_upper, found.p_two_sided) == (Fraction(told["p_upper"]), Fraction(told["p_two"]))


@pytest.mark.parametrize("case", ["RR-O3", "RR-O4"])
def test_p_counts_the_trials_own_list_once(case):
    told = RERANDOMIZATION[case]
    assert monte_carlo_p(told["b"], told["m"]) == pytest.approx(told["p"], abs=1e-15)
    assert monte_carlo_p(told["m"], told["m"]) == 1


def test_a_continuous_response_is_counted_exactly():
    told = RERANDOMIZATION["RR-O5"]
    found = enumerated_test([4, 4], [Fraction(one) for one in told["tis"]], told["observed"])
    assert 2 * found.observed - 2 * found.expected == Fraction(told["stat"])
    assert found.lists == told["total"]
    assert found.p_upper == Fraction(told["n_ge"], told["total"])
    assert found.p_two_sided == Fraction(told["n_abs_ge"], told["total"])


def test_darwins_pairs_as_fisher_counted_them():
    told = STATISTICS["ST-O8"]
    differences, expected = told["input"]["differences_eighths_inch"], told["expected"]
    responses = [one for difference in differences for one in (difference, 0)]
    found = enumerated_test([2] * 15, responses, [1, 0] * 15)
    assert found.lists == expected["total"]
    assert 2 * (found.observed - found.expected) == expected["sum"]
    assert found.p_upper == Fraction(expected["n_ge"], expected["total"])
    assert sum(count for value, count in found.sums.items() if value > found.observed) == expected["n_gt"]
    assert found.p_two_sided == Fraction(expected["n_abs_ge"], expected["total"])
    assert float(found.p_two_sided) == expected["p_two"]


def test_the_lady_tasting_tea():
    told = STATISTICS["ST-O9"]
    found = enumerated_test([8], [1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0])
    assert float(found.p_upper) == pytest.approx(told["expected"]["p"], abs=1e-15)
    assert fisher_exact(told["input"]["table"], alternative="greater")[1] == pytest.approx(1 / 70, abs=1e-12)


@pytest.mark.parametrize(("case", "key"), [("RR-O1", "responses"), ("RR-O5", "tis")])
@pytest.mark.parametrize("statistic", ["score", "difference"])
def test_drawn_lists_come_to_the_exact_p(case, key, statistic):
    told = RERANDOMIZATION[case]
    responses = [Fraction(one) for one in told[key]]
    exact = float(enumerated_test([4, 4], responses, told["observed"]).p_two_sided)
    found = rerandomization_test(
        FOURS, [float(one) for one in responses], told["observed"], seed=SEED, lists=40_000, statistic=statistic
    )
    assert found.p == pytest.approx(exact, abs=4.5 * (exact * (1 - exact) / 40_000) ** 0.5)
    assert found.p == (found.as_far + 1) / 40_001


def test_darwins_pairs_drawn():
    differences = STATISTICS["ST-O8"]["input"]["differences_eighths_inch"]
    responses = [one for difference in differences for one in (difference, 0)]
    found = rerandomization_test(BlocksPlan((1, 1), (2,), 30), responses, [1, 0] * 15, seed=SEED, lists=60_000)
    assert found.p == pytest.approx(1726 / 32768, abs=4.5 * (0.0527 * 0.9473 / 60_000) ** 0.5)


def trial(effect=0.0, size=60):
    stratum = np.repeat(["c", "a", "d", "b"], size)
    active = np.tile([0, 1, 1, 0], size)
    chance = np.random.Generator(np.random.PCG64(7))
    return (chance.random(4 * size) < 0.44 + effect * active).astype(int), active, stratum


def test_p_agrees_with_cochran_mantel_haenszel():
    for effect in (0.0, 0.1, 0.2):
        response, active, stratum = trial(effect)
        by_list = rerandomization_test(FOUR_SIX, response, active, stratum, seed=SEED, lists=19_999)
        by_chi_square = cochran_mantel_haenszel(tabulate(response, active, stratum))
        assert by_list.p == pytest.approx(by_chi_square.p, abs=0.05)


def test_the_score_is_the_numerator_of_cochran_mantel_haenszel():
    response, active, stratum = trial(0.2)
    counts = tabulate(response, active, stratum)
    total, rows, columns = counts.sum(axis=(1, 2)), counts.sum(axis=2), counts.sum(axis=1)
    numerator = (counts[:, 0, 0] - rows[:, 0] * columns[:, 0] / total).sum()
    found = rerandomization_test(FOUR_SIX, response, active, stratum, seed=SEED, lists=99)
    assert found.observed == pytest.approx(numerator)
    weight = (rows[:, 0] * rows[:, 1] / total).sum()
    other = rerandomization_test(FOUR_SIX, response, active, stratum, seed=SEED, lists=99, statistic="difference")
    assert other.observed == pytest.approx(numerator / weight)


def test_a_seed_gives_the_same_again_and_is_recorded():
    response, active, stratum = trial(0.1)
    one, again = (rerandomization_test(FOUR_SIX, response, active, stratum, seed=SEED, lists=999) for _ in range(2))
    assert one == again
    assert (one.seed, one.algorithm, one.lists) == (SEED.hex(), "irt-redraw-1", 999)
    other = rerandomization_test(FOUR_SIX, response, active, stratum, seed=bytes(32), lists=999)
    assert other.as_far != one.as_far
    assert other.p == pytest.approx(one.p, abs=0.1)


def test_the_order_of_strata_is_nothing_and_the_order_of_entry_is_something():
    response, active, stratum = trial(0.1)
    found = rerandomization_test(FOUR_SIX, response, active, stratum, seed=SEED, lists=999)
    apart = np.argsort(stratum, kind="stable")
    moved = rerandomization_test(FOUR_SIX, response[apart], active[apart], stratum[apart], seed=SEED, lists=999)
    assert moved.as_far == found.as_far
    turned = slice(None, None, -1)
    backward = rerandomization_test(FOUR_SIX, response[turned], active[turned], stratum[turned], seed=SEED, lists=999)
    assert backward.as_far != found.as_far


def test_arms_response_and_scale_may_turn():
    response, active, stratum = trial(0.15)
    found = rerandomization_test(FOUR_SIX, response, active, stratum, seed=SEED, lists=1999)
    none = rerandomization_test(FOUR_SIX, 1 - response, active, stratum, seed=SEED, lists=1999)
    scaled = rerandomization_test(FOUR_SIX, 0.1 * response + 7, active, stratum, seed=SEED, lists=1999)
    other_arm = rerandomization_test(FOUR_SIX, response, 1 - active, stratum, seed=SEED, lists=1999, active_arm=0)
    assert found.as_far == none.as_far == scaled.as_far == other_arm.as_far
    assert other_arm.observed == pytest.approx(-found.observed)


@pytest.mark.parametrize("statistic", ["score", "difference"])
def test_without_any_difference_in_response_every_list_is_as_far(statistic):
    _, active, stratum = trial()
    found = rerandomization_test(FOUR_SIX, np.ones(240), active, stratum, seed=SEED, lists=99, statistic=statistic)
    assert (found.p, found.observed) == (1, 0)


def test_p_is_never_0():
    active = np.tile([0, 1, 1, 0], 60)
    found = rerandomization_test(BlocksPlan((1, 1), (4,), 240), active, active, seed=SEED, lists=999)
    assert (found.as_far, found.p) == (0, 0.001)


def test_a_stratum_of_one_participant_adds_nothing():
    response, active, stratum = trial(0.1)
    found = rerandomization_test(FOUR_SIX, response, active, stratum, seed=SEED, lists=999)
    more = rerandomization_test(FOUR_SIX, [*response, 1], [*active, 1], [*stratum, "e"], seed=SEED, lists=999)
    assert more.as_far == found.as_far
    assert more.observed == pytest.approx(found.observed)


def test_slots_of_people_who_are_not_analysed_are_drawn_and_left_out():
    active = np.tile([0, 1, 1, 0], 5)
    response = active * 3 + np.arange(20)
    kept = [place for place in range(20) if place not in (2, 9, 10)]
    position = [place + 1 for place in kept]
    plan = BlocksPlan((1, 1), (4,), 20)
    found = rerandomization_test(plan, response[kept], active[kept], seed=SEED, lists=20_000, position=position)
    closed_up = rerandomization_test(plan, response[kept], active[kept], seed=SEED, lists=20_000)
    assert found.as_far != closed_up.as_far
    same = rerandomization_test(plan, response, active, seed=SEED, lists=99, position=range(1, 21))
    assert same == rerandomization_test(plan, response, active, seed=SEED, lists=99)


@pytest.mark.parametrize(("argument", "changes"), [
    ("response", {"response": [1, 0, float("nan"), 1]}), ("active", {"active": [1, 0, 2, 1]}),
    ("active", {"active": [1, 0]}), ("stratum", {"stratum": ["a"]}), ("seed", {"seed": b"short"}),
    ("lists", {"lists": 0}), ("statistic", {"statistic": "median"}), ("position", {"position": [1, 2, 3, 3]}),
    ("position", {"position": [0, 1, 2, 3]}), ("position", {"position": [1, 2]}), ("active_arm", {"active_arm": 2}),
    ("plan", {"plan": BlocksPlan((1, 1, 1), (3,), 4)}),
])  # fmt: skip
def test_what_cannot_be_tested_is_refused_by_name(argument, changes):
    given = {"plan": FOURS, "response": [1, 0, 0, 1], "active": [1, 0, 1, 0], "seed": SEED, "lists": 9} | changes
    with pytest.raises(WrongInputError) as refused:
        rerandomization_test(**given)
    assert refused.value.argument == argument


@pytest.mark.parametrize(("argument", "values"), [
    ("blocks", ([4], [1, 0], [1, 0])), ("blocks", ([3], [1, 0, 1], [1, 0, 1])), ("active", ([4], [1, 0, 1, 0], [1, 1])),
    ("active", ([4], [1, 0, 1, 0], [1, 1, 1, 0])), ("responses", ([2], [0.5, 1], [1, 0])),
])  # fmt: skip
def test_lists_that_blocks_cannot_give_are_refused_by_name(argument, values):
    with pytest.raises(WrongInputError) as refused:
        enumerated_test(*values)
    assert refused.value.argument == argument


def test_a_count_of_lists_is_possible():
    with pytest.raises(WrongInputError, match=r"^as_far: "):
        monte_carlo_p(10, 9)
