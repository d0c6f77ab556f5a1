"""What the re-randomization test costs, beside the same block law written by hand in NumPy."""

import time
from itertools import combinations

import numpy as np
import numpy.typing as npt

from irt.analysis.methods import rerandomization_test
from irt.entropy import SystemEntropy
from irt.randomization.blocks_plan import BlocksPlan

LISTS, PARTICIPANTS, STRATA, ROUNDS = 99_999, 240, 4, 3
SIZES = (4, 6)
_PART = 10_000


def seconds() -> tuple[float, float]:
    """The shortest of ROUNDS runs of each side, in turns: the test, and the law by hand."""
    chance = np.random.Generator(np.random.PCG64(1))
    response = (chance.random(PARTICIPANTS) < 0.5).astype(np.float64)
    active, stratum = np.tile([0, 1, 1, 0], PARTICIPANTS // 4), np.repeat(np.arange(STRATA), PARTICIPANTS // STRATA)
    plan, seed = BlocksPlan((1, 1), SIZES, PARTICIPANTS, STRATA), SystemEntropy().take(32)
    tests, hands = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = rerandomization_test(plan, response, active, stratum.tolist(), seed=seed, lists=LISTS)
        middle = time.perf_counter()
        p = by_hand(response, active, chance)
        tests.append(middle - start)
        hands.append(time.perf_counter() - middle)
        if abs(found.p - p) > 0.02:
            raise AssertionError(f"the two laws differ: p is {found.p:.4f} and {p:.4f}")
    return min(tests), min(hands)


def by_hand(response: npt.NDArray[np.float64], active: npt.NDArray[np.int64], chance: np.random.Generator) -> float:
    """p of the same test: per block a size and one of its orders, looked up in a table; nothing checked or recorded."""
    orders = [(size, ones) for size in SIZES for ones in combinations(range(size), size // 2)]
    table = np.zeros((len(orders), max(SIZES)), dtype=np.int8)
    for row, (_, ones) in enumerate(orders):
        table[row, list(ones)] = 1
    first = {size: next(row for row, (held, _) in enumerate(orders) if held == size) for size in SIZES}
    many = {size: sum(held == size for held, _ in orders) for size in SIZES}
    slots = PARTICIPANTS // STRATA
    blocks = -(-slots // min(SIZES))
    far, seen = np.zeros(LISTS), 0.0
    for stratum in range(STRATA):
        here = slice(stratum * slots, (stratum + 1) * slots)
        centred = response[here] - response[here].mean()
        seen += float(centred[active[here] == 1].sum())
        for begun in range(0, LISTS, _PART):
            count = min(_PART, LISTS - begun)
            long = chance.integers(2, size=(count, blocks), dtype=np.int8).astype(bool)
            small, large = SIZES
            order = np.where(
                long,
                first[large] + chance.integers(many[large], size=long.shape),
                first[small] + chance.integers(many[small], size=long.shape),
            )
            sizes = np.where(long, large, small)
            starts = np.cumsum(sizes, axis=1) - sizes
            arms = np.zeros((count, (blocks + 1) * large), dtype=np.int8)
            rows = np.arange(count)[:, None]
            for place in range(large):
                arms[rows, starts + place] |= table[order, place]
            far[begun : begun + count] += arms[:, :slots] @ centred
    return float(((np.abs(far) >= abs(seen) - 1e-9).sum() + 1) / (LISTS + 1))
