"""How many kits a box gets, and how many of each type: the rules of `irt.supply.resupply` and of the vault, for many.

Tests hold each of these functions against the rule that it repeats.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from irt.study import Supply
from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.recruitment import Floats
from irt.supply.resupply import poisson_level, recruitment_per_day

Ints = npt.NDArray[np.integer]


def expected_per_day(trial: Trial, randomized: Ints, day: int) -> Floats:
    """Return for each place `irt.supply.resupply.recruitment_per_day` after so many `randomized` in `day` days."""
    known = [recruitment_per_day(trial.study, number, day) for number in range(int(randomized.max(initial=0)) + 1)]
    return np.array(known)[randomized]


def levels(trial: Trial, plan: Supply, per_day: Floats) -> tuple[Ints, Ints]:
    """Return for each place kits of each type beyond the known visits (places × types): below these a box is ordered,
    to those it fills up. `irt.supply.resupply.buffers` has their sums.
    """
    shape = (*per_day.shape, trial.types)
    if plan.policy == "minimum_maximum":
        low, high = np.full(shape, plan.minimum), np.full(shape, plan.maximum)
    else:
        share = np.array(trial.parts) / sum(trial.parts)
        level = float(plan.service_level)
        low = poisson_levels(per_day[..., None] * share * (plan.lead_days + plan.review_days), level)
        high = poisson_levels(per_day[..., None] * share * (plan.lead_days + 2 * plan.review_days), level) + 1
    over = (per_day <= 0)[..., None]
    return np.where(over, min(1, plan.minimum), low), np.where(over, min(2, plan.maximum), high)


def poisson_levels(means: Floats, level: float) -> Ints:
    """`irt.supply.resupply.poisson_level` of each mean."""
    found, back = np.unique(means, return_inverse=True)
    return np.array([poisson_level(float(mean), level) for mean in found])[back].reshape(means.shape)


def sizes(plan: Supply, there: Ints, visits: Ints, low: Ints, high: Ints) -> Ints:
    """Return how many kits each place is sent, from its totals: `irt.supply.resupply.box_size`."""
    return np.where(there >= visits + low, 0, np.maximum(plan.smallest_box, visits + high - there))


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


def drawn(shares: npt.NDArray[np.float32], count: Ints, parts: tuple[int, ...], bounds: Ints) -> Ints:
    """Return numbers of each type (boxes × types) that sum to `count`, none below its bound, from uniform `shares`.

    Of two types it is the vault's law, a binomial within its bounds. More are drawn one after another, each a binomial
    within what the bounds of those after it leave: near to the vault's, not equal.
    """
    taken = np.zeros_like(bounds)
    left = count.copy()
    for kind in range(len(parts) - 1):
        least, most = bounds[:, kind], left - bounds[:, kind + 1 :].sum(axis=1)
        below = _binomial(parts[kind] / sum(parts[kind:]), int(left.max(initial=0)))[left]
        here = np.arange(len(left))
        from_, to = np.where(least > 0, below[here, least - 1], 0.0), below[here, most]
        target = from_ + shares[:, kind] * (to - from_)
        taken[:, kind] = np.clip((below < target[:, None]).sum(axis=1), least, most)
        left = left - taken[:, kind]
    taken[:, -1] = left
    return taken


def _binomial(share: float, most: int) -> Floats:
    return _binomial_to(share, 64 * (most // 64 + 1))


@lru_cache(maxsize=64)
def _binomial_to(share: float, most: int) -> Floats:
    """Distribution functions of binomials: row n holds P(X ≤ k) of n draws at k = 0 … most."""
    table = np.zeros((most + 1, most + 1))
    table[0, 0] = 1.0
    for n in range(1, most + 1):
        table[n] = table[n - 1] * (1 - share)
        table[n, 1:] += table[n - 1, :-1] * share
    return np.cumsum(table, axis=1)


def damaged(shares: npt.NDArray[np.float32], kits: Ints, chance: float) -> Ints:
    """Return how many of each number of `kits` arrived damaged, each kit with this `chance`."""
    if not chance:
        return np.zeros_like(kits)
    below = _binomial(chance, int(kits.max(initial=0)))
    found: Ints = np.minimum((below[kits] < shares[..., None]).sum(axis=-1), kits)
    return found
