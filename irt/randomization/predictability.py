"""How much of a list can be guessed, exactly, by someone who has learned every allocation so far.

The guesser names the arm with most places left in the block. At equal ratios he needs the running counts only, which
is the convergence strategy of Blackwell & Hodges (1957), whatever the sizes; at other ratios he must know the current
size, so that the figures are then an upper bound. A block of 2b at 1:1 gives b + 2^(2b-1)/C(2b,b) - 1/2 right.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from itertools import product
from math import comb, prod

from irt.randomization.blocks_plan import BlocksPlan


@cache
def right_guesses(contents: tuple[int, ...]) -> tuple[Fraction, ...]:
    """Return the expected right guesses in the first 0, 1, … all places of a block that holds `contents` by arm."""
    return _running_sums(contents, max)


@cache
def certain_guesses(contents: tuple[int, ...]) -> tuple[Fraction, ...]:
    """Return the expected places, among the first 0, 1, … all, whose arm is certain when the block's size is known."""
    return _running_sums(contents, lambda left: sum(left) if sum(1 for part in left if part) == 1 else 0)


def expected_right(plan: BlocksPlan, places: int) -> Fraction:
    """Return the expected right guesses in a list of `places`, its last block cut."""
    return _over_list(plan, places, right_guesses)


def expected_certain(plan: BlocksPlan, places: int) -> Fraction:
    """Return the expected certain places in a list of `places` when each block's size is known."""
    return _over_list(plan, places, certain_guesses)


def long_run(plan: BlocksPlan) -> tuple[Fraction, Fraction]:
    """Return the proportions of right and of certain guesses (size known) in an endless list."""
    length = sum((chance * size for size, chance in plan.chances), Fraction())
    right = sum((chance * right_guesses(plan.contents(size))[-1] for size, chance in plan.chances), Fraction())
    certain = sum((chance * certain_guesses(plan.contents(size))[-1] for size, chance in plan.chances), Fraction())
    return right / length, certain / length


def bias_factor(right: float) -> float:
    """Return the bias of the mean difference in units of η, by which an investigator shifts whom he enrols: 2(2p-1).

    For two arms at 1:1 (Blackwell & Hodges 1957).
    """
    return 2 * (2 * right - 1)


def _running_sums(contents: tuple[int, ...], gain: Callable[[Sequence[int]], int]) -> tuple[Fraction, ...]:
    size = sum(contents)
    by_left = [0] * (size + 1)
    for left in product(*(range(part + 1) for part in contents)):
        # The number of ways in which just these places are left, of C(size, how many).
        by_left[sum(left)] += gain(left) * prod(map(comb, contents, left))
    sums = [Fraction()]
    for drawn in range(size):
        left_over = size - drawn
        sums.append(sums[-1] + Fraction(by_left[left_over], left_over * comb(size, left_over)))
    return tuple(sums)


def _over_list(plan: BlocksPlan, places: int, in_block: Callable[[tuple[int, ...]], tuple[Fraction, ...]]) -> Fraction:
    blocks = [(size, chance, in_block(plan.contents(size))) for size, chance in plan.chances]
    expected = [Fraction()]
    for left in range(1, places + 1):
        expected.append(
            sum(
                (chance * (sums[min(size, left)] + expected[max(0, left - size)]) for size, chance, sums in blocks),
                Fraction(),
            )
        )
    return expected[places]
