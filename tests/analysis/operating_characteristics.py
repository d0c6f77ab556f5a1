"""`python -m tests.analysis.operating_characteristics`: how often the primary tests reject, over simulated trials.

Each trial is dealt by the production generator, and answers are drawn: everybody's with the same chance (no effect), or
44 % against 64 %. Its blocks are of one size, so that the exact size of both tests can be computed: whole blocks fill
the strata, and then the number of responders by block or stratum decides everything.

- Cochran-Mantel-Haenszel at 0.05: all responders by arm and stratum, enumerated.
- Re-randomization with m lists: rejects when b of m lists are as far and (b + 1)/(m + 1) ≤ 0.05. Given its responders a
  block of 4 moves the statistic by 0, ±1/2 or ±1; b is binomial.

Each rate must lie within the 99 % Monte Carlo interval of its exact value, and the exact power of the first test within
0.01 of the normal formula's. Blocks of one size put the statistic on few values, so the second test is the stricter.
"""

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from math import comb
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, norm

from irt.analysis.methods import cochran_mantel_haenszel, rerandomization_test, tabulate
from irt.randomization.blocks_plan import BlocksPlan
from irt.vault._blocks import Design, generate

TRIALS, LISTS, LEVEL = 5000, 999, 0.05
STRATA, SLOTS, BLOCK = ("a", "b", "c", "d"), 60, 4
PLAN = BlocksPlan((1, 1), (BLOCK,), len(STRATA) * SLOTS, len(STRATA))
PLACEBO, ACTIVE = 0.44, 0.64
POWER = 0.879  # by the normal approximation of two proportions, 120 in each arm
MOST_MINUTES, PARTS = 10, 50
Floats = npt.NDArray[np.float64]


def rejections(number: int, trials: int, effect: float) -> tuple[int, int]:
    """How many of some trials each test rejects; `number` seeds them."""
    chance = np.random.Generator(np.random.PCG64(number))
    stratum = np.repeat(STRATA, SLOTS).tolist()
    by_chi_square = by_list = 0
    for _ in range(trials):
        lists = generate(Design(STRATA, (1, 1), (BLOCK,), SLOTS), chance.bytes(32))
        active = np.concatenate([lists[one].arms for one in STRATA]).astype(np.int64)
        response = (chance.random(len(active)) < PLACEBO + effect * active).astype(np.int64)
        by_chi_square += cochran_mantel_haenszel(tabulate(response, active, stratum)).p <= LEVEL
        told = rerandomization_test(PLAN, response, active, stratum, seed=chance.bytes(32), lists=LISTS)
        by_list += told.p <= LEVEL
    return by_chi_square, by_list


def exact_chi_square(active: float, control: float) -> float:
    """The chance that Cochran-Mantel-Haenszel rejects, all responders by arm and stratum enumerated.

    Per stratum, twice the numerator is the difference of responders and the variance follows from their sum. Pairs of
    strata with the same two sums share a variance; two pairs are joined by it.
    """
    half = SLOTS // 2
    treated, others = (binom.pmf(np.arange(half + 1), half, p) for p in (active, control))
    joint = np.zeros((SLOTS + 1, 2 * half + 1))  # sum of responders, difference + half
    for one, other in product(range(half + 1), repeat=2):
        joint[one + other, one - other + half] += treated[one] * others[other]
    joint[:half] += joint[:half:-1]  # m and SLOTS - m responders have one variance
    sums = np.arange(half + 1)
    spread = half * half * sums * (SLOTS - sums) / (SLOTS**2 * (SLOTS - 1))
    pairs = [(m, n) for m in sums for n in sums if m <= n]
    variance = np.array([spread[m] + spread[n] for m, n in pairs])
    held = np.array([np.convolve(joint[m], joint[n]) * (1 if m == n else 2) for m, n in pairs])
    limit = 2 * norm.isf(LEVEL / 2) * np.sqrt(variance[:, None] + variance[None])  # for twice the numerator
    needed = np.ceil(limit - 1e-9).astype(int)
    return _beyond(held, needed) + _beyond(held[:, ::-1], needed)


def _beyond(held: Floats, needed: npt.NDArray[np.int64]) -> float:
    """The chance that the sum of two pairs' differences, which lie around the middle, is `needed` or more."""
    width, middle, chance = held.shape[1], held.shape[1] // 2, 0.0
    at_least = held[:, ::-1].cumsum(axis=1)[:, ::-1]
    for threshold in np.unique(needed):
        rest = np.maximum(threshold + 2 * middle - np.arange(width), 0)  # where the second pair must begin
        tails = np.where(rest < width, at_least[:, np.minimum(rest, width - 1)], 0.0)
        chance += float((held @ tails.T)[needed == threshold].sum())
    return chance


def exact_redrawing(active: float, control: float) -> float:
    """The chance that the re-randomization test rejects, by what blocks hold: 2 responders, 1 or 3, none or all."""
    blocks = len(STRATA) * SLOTS // BLOCK
    odd, even = np.zeros(3), np.zeros(5)  # chances by twice the block's part of the statistic
    for one, other in product(range(3), repeat=2):
        ways = binom.pmf(one, 2, active) * binom.pmf(other, 2, control)
        if one + other == 2:
            even[one - other + 2] += ways
        elif (one + other) % 2:
            odd[one - other + 1] += ways
    chance_odd, chance_even = float(odd.sum()), float(even.sum())
    coins, seen_coins, chance = np.array([1.0]), np.array([1.0]), 0.0
    for n_odd in range(blocks + 1):
        law, seen = coins, seen_coins
        for n_even in range(blocks - n_odd + 1):
            ways = comb(blocks, n_odd) * comb(blocks - n_odd, n_even)
            weight = ways * chance_odd**n_odd * chance_even**n_even
            weight *= (1 - chance_odd - chance_even) ** (blocks - n_odd - n_even)
            if weight > 1e-12:
                chance += weight * _rejects(law, seen)
            law, seen = np.convolve(law, np.array([1, 0, 4, 0, 1]) / 6), np.convolve(seen, even / chance_even)
        coins = np.convolve(coins, np.array([1, 0, 1]) / 2)
        seen_coins = np.convolve(seen_coins, odd / chance_odd)
    return chance


def _rejects(law: Floats, seen: Floats) -> float:
    """The chance that few enough of LISTS draws from a symmetric law are as far as one draw from `seen`."""
    middle = len(law) // 2
    as_far = law[middle:].copy()
    as_far[1:] *= 2
    as_far = as_far[::-1].cumsum()[::-1].clip(0, 1)
    most = int((LISTS + 1) * LEVEL + 1e-9) - 1  # the largest b with (b + 1) / (m + 1) within the level
    return float((seen * binom.cdf(most, LISTS, as_far)[np.abs(np.arange(len(law)) - middle)]).sum())


def main() -> int:
    """Simulate, print, and answer the exit status: 1 when a rate is not where it belongs or it took too long."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=TRIALS)
    trials, start, good = parser.parse_args().trials, time.monotonic(), True
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # the workers are the threads
    counts = [len(part) for part in np.array_split(np.arange(trials), PARTS)]
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as workers:
        for active, base, wanted in ((PLACEBO, 1000, "size"), (ACTIVE, 2000, "power")):
            told = workers.map(rejections, range(base, base + PARTS), counts, [active - PLACEBO] * PARTS)
            exact = exact_chi_square(active, PLACEBO), exact_redrawing(active, PLACEBO)
            sums = np.sum(list(told), axis=0).tolist()
            for name, rejected, chance in zip(
                ("Cochran-Mantel-Haenszel", "re-randomization"), sums, exact, strict=True
            ):
                low, high = (float(count) / trials for count in binom.interval(0.99, trials, chance))
                within = low <= rejected / trials <= high
                good &= within
                verdict = "within" if within else "OUTSIDE"
                rate = rejected / trials
                print(f"{name}, {PLACEBO:.0%} against {active:.0%}: rejects {rejected} of {trials}, {rate:.4f}")
                print(f"    exact {wanted} {chance:.5f}; 99 % of runs {low:.4f} to {high:.4f}: {verdict}")
        near = abs(exact[0] - POWER) < 0.01
        good &= near
        agreed = "agree" if near else "DIFFER"
        print(f"power of Cochran-Mantel-Haenszel: exact {exact[0]:.4f}, by the normal formula {POWER}: {agreed}")
    minutes = (time.monotonic() - start) / 60
    print(f"minutes: {minutes:.1f} (at most {MOST_MINUTES})")
    return 0 if good and minutes <= MOST_MINUTES else 1


if __name__ == "__main__":
    sys.exit(main())
