"""Kits of one box that went to two participants: how often were they of one arm?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.masking.attack.features import Table
from tests.masking.attack.history import Truth

AGAIN = 1000
LEAST, MOST = 0.46, 0.54

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """The rate of pairs of one arm, with its 95 % interval from a bootstrap by participant."""

    pairs: int
    boxes: int
    rate: float
    low: float
    high: float

    @property
    def tells_little(self) -> bool:
        """Whether boxes are not seen to be evened out."""
        return self.rate >= LEAST

    def __str__(self) -> str:
        more = "above" if self.rate > MOST else "not above"
        return (
            f"{self.rate:.3f} of one arm ({self.low:.3f} to {self.high:.3f}; {self.pairs} pairs in {self.boxes} boxes)"
            f", {more} {MOST}"
        )


def same_box_pairs(tables: Sequence[tuple[Table, Truth]], seed: int = 1) -> Pairs:
    """All pairs of kits of one box that were chosen for different participants, in all trials."""
    chance = np.random.default_rng([seed, 0xB0C5])
    same, pairs, boxes = np.zeros(1 + AGAIN), np.zeros(1 + AGAIN), 0
    for table, truth in tables:
        names, whose = np.unique(table.participants, return_inverse=True)
        found, which = np.unique(table.boxes, return_inverse=True)
        counts = np.zeros((len(found), len(names)))
        np.add.at(counts, (which, whose), 1)
        second = np.asarray([truth.participants[name] for name in names])
        drawn = chance.multinomial(len(names), np.full(len(names), 1 / len(names)), size=AGAIN)
        for at, weights in enumerate(np.vstack([np.ones(len(names)), drawn])):
            weighted = counts * weights
            of_each = pairs_in(weighted[:, second]), pairs_in(weighted[:, ~second])
            same[at] += sum(of_each)
            pairs[at] += pairs_in(weighted)
        boxes += len(found)
    rates = same / pairs
    low, high = np.quantile(rates[1:], (0.025, 0.975))
    return Pairs(int(pairs[0]), boxes, float(rates[0]), float(low), float(high))


def pairs_in(counts: Floats) -> float:
    """How many pairs of kits of different participants the boxes hold: a row for each box, a column for each person.

    A participant counted twice, as a bootstrap does, makes no pair with themselves.
    """
    return float((counts.sum(axis=1) ** 2 - (counts**2).sum(axis=1)).sum() / 2)
