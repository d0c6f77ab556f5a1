"""How many kits a box gets, and how many of each type: the rules of `irt.supply.resupply` and of the vault, for many.

Tests hold each of these functions against the rule that it repeats.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from irt.study import Supply
from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.draws import Words, below, share, word
from irt.supply.forecast.recruitment import Floats
from irt.supply.resupply import PRIOR, poisson_level

Ints = npt.NDArray[np.integer]


def expected_per_day(trial: Trial, randomized: Ints, days: Ints) -> Floats:
    """Return for each place `irt.supply.resupply.recruitment_per_day`, after so many `randomized` in so many `days`."""
    planned = trial.participants / (7 * trial.study.supply.recruitment_weeks * len(trial.caps))
    found: Floats = (PRIOR + randomized) / (PRIOR / planned + days)
    return found


def levels(trial: Trial, plan: Supply, per_day: Floats) -> tuple[Ints, Ints]:
    """Return for each place minimum and maximum of each type: `irt.supply.resupply.levels`."""
    if plan.policy == "minimum_maximum":
        low, high = np.full(per_day.shape, plan.minimum), np.full(per_day.shape, plan.maximum)
    else:
        busiest = per_day * max(trial.parts) / sum(trial.parts)
        level = float(plan.service_level)
        low = poisson_levels(busiest * (plan.lead_days + plan.review_days), level)
        more = poisson_levels(busiest * (plan.lead_days + 2 * plan.review_days), level)
        high = 1 + np.maximum(low, more)
    over = per_day <= 0
    return np.where(over, min(1, plan.minimum), low), np.where(over, min(2, plan.maximum), high)


def poisson_levels(means: Floats, level: float) -> Ints:
    """`irt.supply.resupply.poisson_level` of each mean."""
    found, back = np.unique(means, return_inverse=True)
    return np.array([poisson_level(float(mean), level) for mean in found])[back].reshape(means.shape)


def sizes(trial: Trial, plan: Supply, there: Ints, visits: Ints, high: Ints) -> Ints:
    """Return how many kits a box holds, from a place's totals: `irt.supply.resupply.box_size`."""
    found: Ints = np.maximum(plan.smallest_box, visits + trial.types * high - there)
    return found


def shared_out(count: Ints, floor: Ints, needed: Ints) -> Ints:
    """Return lower bounds (boxes × types) that fit into boxes of `count`, the worst lack first, as the vault has it."""
    bounds = np.repeat(floor[:, None], needed.shape[1], axis=1)
    here = np.arange(len(count))
    while True:
        lack = needed - bounds
        worst = lack.argmax(axis=1)
        more = (lack[here, worst] > 0) & (bounds.sum(axis=1) < count)
        if not more.any():
            return bounds
        bounds[here[more], worst[more]] += 1


def filled(words: Words, count: Ints, parts: tuple[int, ...], lacking: Ints, spare: Ints) -> Ints:
    """Return numbers of each type (boxes × types) that sum to `count`, as the vault fills a box by need.

    Of `words` the first is for the night's level, the next ones order the types, then giver and taker take turns.
    """
    types, rows = len(parts), np.arange(len(count))
    order = _orders(words, types)
    floor = count // (2 * types)
    box = np.repeat(floor[:, None], types, axis=1)
    for step in range(int((count - types * floor).max(initial=0))):
        short = ((lacking - box) / np.array(parts))[rows[:, None], order]
        shortest = order[rows, short.argmax(axis=1)]
        box[rows, shortest] += types * floor + step < count
    bounds = shared_out(count, floor, lacking + spare[:, None])
    for move in range(int(count.max(initial=0)) // 4):
        giver = order[rows, below(word(words, types + 2 * move), types)]
        taker = order[rows, below(word(words, types + 2 * move + 1), types)]
        moves = (move < count // 4) & (box[rows, giver] > bounds[rows, giver])
        box[rows, giver] -= moves
        box[rows, taker] += moves
    return box


def _orders(words: Words, types: int) -> Ints:
    """The types in random order for each box (Fisher and Yates)."""
    rows, order = np.arange(len(words)), np.tile(np.arange(types), (len(words), 1))
    for last in range(types - 1, 0, -1):
        other = below(word(words, types - last), last + 1)
        order[rows, last], order[rows, other] = order[rows, other], order[rows, last]
    return order


def drawn(words: Words, count: Ints, parts: tuple[int, ...]) -> Ints:
    """Return numbers of each type (boxes × types) that sum to `count`, each at least half its even share.

    Of two types it is the vault's law, a binomial within its bounds. More are drawn one after another, each a binomial
    within what the bounds of those after it leave: near to the vault's, not equal.
    """
    bounds = np.repeat(count[:, None] // (2 * len(parts)), len(parts), axis=1)
    taken = np.zeros_like(bounds)
    left = count.copy()
    for kind in range(len(parts) - 1):
        least, most = bounds[:, kind], left - bounds[:, kind + 1 :].sum(axis=1)
        known = _binomial(parts[kind] / sum(parts[kind:]), int(left.max(initial=0)))[left]
        here = np.arange(len(left))
        from_, to = np.where(least > 0, known[here, least - 1], 0.0), known[here, most]
        target = from_ + share(word(words, kind)) * (to - from_)
        taken[:, kind] = np.clip((known < target[:, None]).sum(axis=1), least, most)
        left = left - taken[:, kind]
    taken[:, -1] = left
    return taken


def _binomial(chance: float, most: int) -> Floats:
    return _binomial_to(chance, 64 * (most // 64 + 1))


@lru_cache(maxsize=64)
def _binomial_to(chance: float, most: int) -> Floats:
    """Distribution functions of binomials: row n holds P(X ≤ k) of n draws at k = 0 … most."""
    table = np.zeros((most + 1, most + 1))
    table[0, 0] = 1.0
    for n in range(1, most + 1):
        table[n] = table[n - 1] * (1 - chance)
        table[n, 1:] += table[n - 1, :-1] * chance
    return np.cumsum(table, axis=1)


def damaged(shares: npt.NDArray[np.float32], kits: Ints, chance: float) -> Ints:
    """Return how many of each number of `kits` arrived damaged, each kit with this `chance`."""
    if not chance:
        return np.zeros_like(kits)
    known = _binomial(chance, int(kits.max(initial=0)))
    found: Ints = np.minimum((known[kits] < shares[..., None]).sum(axis=-1), kits)
    return found
