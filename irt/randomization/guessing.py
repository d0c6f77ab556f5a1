"""How much can be guessed by someone who knows the *set* of block sizes and some of the past allocations.

The guesser is the best there is: an exact Bayesian filter over (current size, places left by arm), fed with the arms
he has learned. The lists he faces are drawn from the same chain. Vectorised over lists; the randomness is `seed`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from irt.randomization.blocks_plan import BlocksPlan

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
_TIE = 1e-9


@dataclass(frozen=True)
class Guessed:
    """Proportions of all places: `right` guesses and `certain` ones; `auc` of the first arm's forecast against it."""

    right: float
    certain: float
    auc: float


class _Chain:
    """The states of a block: for each size, what is left of each arm."""

    def __init__(self, plan: BlocksPlan) -> None:
        index: dict[tuple[int, tuple[int, ...]], int] = {}
        for size in plan.block_sizes:
            for left in product(*(range(part, -1, -1) for part in plan.contents(size))):
                if any(left):
                    index[size, left] = len(index)
        arms = len(plan.ratio)
        self.starts: Whole = np.array([index[size, plan.contents(size)] for size in plan.block_sizes])
        self.chances: Floats = np.array([float(chance) for _, chance in plan.chances])
        self.forecast: Floats = np.array([np.array(left) / sum(left) for _, left in index])
        self.after: Whole = np.full((len(index), arms), -1)
        for (size, left), state in index.items():
            for arm in range(arms):
                rest = (*left[:arm], left[arm] - 1, *left[arm + 1 :])
                self.after[state, arm] = index.get((size, rest), -1)

    def step(self, belief: Floats, arm: int) -> Floats:
        """Return the unnormalised belief after `arm` was seen."""
        joint = belief * self.forecast[:, arm]
        goes_on = self.after[:, arm] >= 0
        following = np.zeros_like(belief)
        following[:, self.after[goes_on, arm]] = joint[:, goes_on]
        following[:, self.starts] += joint[:, ~goes_on].sum(axis=1, keepdims=True) * self.chances
        return following


def guess(
    plan: BlocksPlan,
    places: int,
    known_share: float,
    seed: int,
    *,
    lists: int = 800,
    progress: Callable[[float], None] | None = None,
) -> Guessed:
    """Return how the best guesser fares on `lists` lists of `places`, each past arm known to him by `known_share`."""
    draws = np.random.Generator(np.random.PCG64(seed))
    chain, arms = _Chain(plan), len(plan.ratio)
    state = draws.choice(chain.starts, size=lists, p=chain.chances)
    belief = np.zeros((lists, len(chain.forecast)))
    belief[:, chain.starts] = chain.chances
    right = certain = 0.0
    forecasts, truths = np.empty((places, lists)), np.empty((places, lists), dtype=bool)
    for place in range(places):
        arm = (draws.random((lists, 1)) >= np.cumsum(chain.forecast[state], axis=1)[:, :-1]).sum(axis=1)
        told = belief @ chain.forecast
        best = told >= told.max(axis=1, keepdims=True) - _TIE
        right += float((best[np.arange(lists), arm] / best.sum(axis=1)).sum())
        # Impossible states hold exact zeros, so that certainty is no matter of rounding.
        certain += float(((told > 0).sum(axis=1) == 1).sum())
        forecasts[place], truths[place] = told[:, 0], arm == 0
        by_arm = [chain.step(belief, each) for each in range(arms)]
        unknown = draws.random(lists) >= known_share
        learned = np.stack(by_arm)[arm, np.arange(lists)]
        belief = np.where(unknown[:, None], sum(by_arm), learned)
        belief /= belief.sum(axis=1, keepdims=True)
        state = chain.after[state, arm]
        state = np.where(state < 0, draws.choice(chain.starts, size=lists, p=chain.chances), state)
        if progress is not None:
            progress((place + 1) / places)
    return Guessed(right / (lists * places), certain / (lists * places), _auc(forecasts.ravel(), truths.ravel()))


def _auc(scores: Floats, truths: npt.NDArray[np.bool_]) -> float:
    """Return the rank AUC, ties counted half; 0.5 when only one kind occurs."""
    held = int(truths.sum())
    others = len(truths) - held
    if not held or not others:
        return 0.5
    _, codes, sizes = np.unique(np.round(scores, 12), return_inverse=True, return_counts=True)
    ranks = np.cumsum(sizes) - (sizes - 1) / 2
    return float((ranks[codes][truths].sum() - held * (held + 1) / 2) / (held * others))
