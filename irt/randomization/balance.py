"""How far the arms may drift apart: at worst, typically, and at sites that recruit unevenly.

The difference of two arms a, b is n_a/r_a - n_b/r_b, in participants at 1:1. With more than two arms, or another
ratio, it is that of the two arms with the smallest shares, which varies most. Hallstrom & Davis (1988): with K lists
and blocks of B at 1:1 the worst is K·B/2 and the variance K(B+1)/6.
"""

from collections.abc import Callable
from fractions import Fraction
from math import comb, sqrt

import numpy as np
import numpy.typing as npt

from irt.randomization.blocks_plan import BlocksPlan

Floats = npt.NDArray[np.float64]
RECRUITMENT_SHAPE = 1.5


def worst_in_list(plan: BlocksPlan) -> int:
    """Return the largest difference that one list can reach at any time: B/2 at 1:1 for the largest block B."""
    return max(plan.block_sizes) // sum(plan.ratio)


def worst_overall(plan: BlocksPlan) -> int:
    """Return the largest difference of the trial, every list stopped at its worst; never more than the participants."""
    return min(plan.cells * worst_in_list(plan), plan.participants)


def typical(plan: BlocksPlan) -> float:
    """Return the SD of the trial's difference by Hallstrom & Davis (1988), lists stopped at any place of a block.

    Of random sizes, the long blocks hold more places: sizes are weighted by their length.
    """
    length = sum((chance * size for size, chance in plan.chances), Fraction())
    mean = sum((chance * size * Fraction(size + 1, 6) for size, chance in plan.chances), Fraction()) / length
    a, b = sorted(plan.ratio)[:2]
    return sqrt(plan.cells * mean * (Fraction(1, a) + Fraction(1, b)) / sum(plan.ratio))


def simulate(
    plan: BlocksPlan,
    sites: int,
    seed: int,
    *,
    trials: int = 5000,
    progress: Callable[[float], None] | None = None,
) -> Floats:
    """Return the difference at the end of each of `trials` trials, the participants spread over `sites` by chance.

    Recruitment is gamma-Poisson (Anisimov & Fedorov 2007): each site's rate is gamma with shape 1.5, and central
    strata are equally frequent. Site splits the lists only if the plan names it as a factor.
    """
    draws = np.random.Generator(np.random.PCG64(seed))
    rates = draws.gamma(RECRUITMENT_SHAPE, size=(trials, max(1, plan.sites or sites)))
    at_site = draws.multinomial(plan.participants, rates / rates.sum(axis=1, keepdims=True))
    if not plan.sites:
        at_site = at_site.sum(axis=1, keepdims=True)
    equal = np.full(plan.strata, 1 / plan.strata)
    held = draws.multinomial(at_site, equal).reshape(trials, -1)
    values, cumulative = _differences(plan, int(held.max()))
    total = np.zeros(trials)
    for cell in range(held.shape[1]):
        drawn = (draws.random((trials, 1)) >= cumulative[held[:, cell], :-1]).sum(axis=1)
        total += values[drawn]
        if progress is not None:
            progress((cell + 1) / held.shape[1])
    return total


def _differences(plan: BlocksPlan, most: int) -> tuple[Floats, Floats]:
    """Return the values a list's difference may take, and for 0 … `most` places their cumulative probabilities."""
    a, b = sorted(range(len(plan.ratio)), key=lambda arm: plan.ratio[arm])[:2]
    part_a, part_b = plan.ratio[a], plan.ratio[b]
    widest = max(plan.block_sizes) // sum(plan.ratio) * part_a * part_b
    ends = np.zeros(most + 1)  # the probability that a block ends just there
    ends[0] = 1.0
    for place in range(1, most + 1):
        ends[place] = sum(float(chance) * ends[place - size] for size, chance in plan.chances if size <= place)
    table = np.zeros((most + 1, 2 * widest + 1))
    for size, chance in plan.chances:
        contents = plan.contents(size)
        others = size - contents[a] - contents[b]
        for drawn in range(min(size, most + 1)):
            law = np.zeros(2 * widest + 1)
            for n_a in range(min(contents[a], drawn) + 1):
                for n_b in range(min(contents[b], drawn - n_a) + 1):
                    ways = comb(contents[a], n_a) * comb(contents[b], n_b) * comb(others, drawn - n_a - n_b)
                    law[n_a * part_b - n_b * part_a + widest] += ways / comb(size, drawn)
            table[drawn:] += float(chance) * ends[: most + 1 - drawn, None] * law
    return np.arange(-widest, widest + 1) / (part_a * part_b), np.cumsum(table, axis=1)
