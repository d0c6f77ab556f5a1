import pytest

from irt.randomization.blocks_plan import BlocksPlan
from irt.randomization.guessing import guess
from irt.randomization.predictability import expected_certain, expected_right


@pytest.mark.parametrize(
    ("sizes", "certain"), [((4,), 0.334), ((6,), 0.250), ((4, 6), 0.055), ((2, 4, 6), 0.041), ((4, 6, 8), 0.023)]
)
def test_certain_and_right_guesses_when_the_set_of_sizes_is_known(sizes, certain):
    plan = BlocksPlan((1, 1), sizes, 240)
    told = guess(plan, 240, 1.0, seed=1)
    assert told.certain == pytest.approx(certain, abs=0.003)
    assert told.right == pytest.approx(float(expected_right(plan, 240) / 240), abs=0.003)


@pytest.mark.parametrize(("ratio", "size"), [((1, 1), 4), ((2, 1), 6), ((1, 1, 1), 6)])
def test_one_size_equals_the_exact_figures(ratio, size):
    plan = BlocksPlan(ratio, (size,), 50)
    told = guess(plan, 50, 1.0, seed=2, lists=1500)
    assert told.right == pytest.approx(float(expected_right(plan, 50) / 50), abs=0.006)
    assert told.certain == pytest.approx(float(expected_certain(plan, 50) / 50), abs=0.006)


def test_two_to_one_of_unknown_size_stays_below_its_bound():
    plan = BlocksPlan((2, 1), (3, 12), 60)
    assert 2 / 3 < guess(plan, 60, 1.0, seed=1).right < float(expected_right(plan, 60) / 60)


@pytest.mark.parametrize(("sizes", "auc"), [((4,), 0.82), ((2, 4, 6), 0.79), ((4, 6, 8), 0.76)])
def test_auc_in_an_unmasked_trial(sizes, auc):
    assert guess(BlocksPlan((1, 1), sizes, 50), 50, 1.0, seed=3).auc == pytest.approx(auc, abs=0.01)


def test_less_known_is_less_guessed():
    told = [guess(BlocksPlan((1, 1), (4,), 50), 50, share, seed=4) for share in (0.0, 0.05, 0.25, 0.5, 1.0)]
    assert [one.right for one in told] == sorted(one.right for one in told)
    assert told[0].right == pytest.approx(0.5, abs=0.01)
    assert told[0].auc == pytest.approx(0.5, abs=0.01)
    assert told[1].auc == pytest.approx(0.52, abs=0.01)
    assert told[2].auc == pytest.approx(0.59, abs=0.01)
    assert told[0].certain == 0.0


def test_same_seed_same_figures_and_progress_is_told():
    plan, shares = BlocksPlan((1, 1), (4, 6), 20), []
    first = guess(plan, 20, 0.5, seed=5, lists=50, progress=shares.append)
    assert first == guess(plan, 20, 0.5, seed=5, lists=50)
    assert first != guess(plan, 20, 0.5, seed=6, lists=50)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
