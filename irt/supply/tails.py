"""Tail probabilities of the normal and chi-square distributions, exact, with the standard library alone."""

import math

import numpy as np
import numpy.typing as npt


def normal_tail(z: float) -> float:
    """Return the two-sided probability of |Z| ≥ |z|."""
    return math.erfc(abs(z) / math.sqrt(2))


def chi_square_tail(statistic: float, degrees: int) -> float:
    """Return P(chi-square ≥ statistic) for whole degrees of freedom ≥ 1.

    Closed finite sums (Abramowitz & Stegun 26.4.4 and 26.4.5), summed in logarithms so that no term overflows.
    """
    if statistic <= 0:
        return 1.0
    half = statistic / 2
    if degrees % 2:
        start, total = 0.5, math.erfc(math.sqrt(half))
    else:
        start, total = 0.0, 0.0
    power = start
    while power < degrees / 2:
        total += math.exp(power * math.log(half) - half - math.lgamma(power + 1))
        power += 1
    return min(total, 1.0)


def association(groups: npt.NDArray[np.int64], in_type: npt.NDArray[np.bool_]) -> float:
    """Return the p value of Pearson's chi-square between group labels and a yes/no, 1.0 with fewer than two groups."""
    _, codes = np.unique(groups, return_inverse=True)
    table = np.stack([np.bincount(codes[in_type], minlength=codes.max() + 1), np.bincount(codes)]).astype(float)
    totals, share = table[1], float(in_type.mean())
    if len(totals) < 2 or not 0 < share < 1:
        return 1.0
    statistic = float((((table[0] - totals * share) ** 2) / (totals * share * (1 - share))).sum())
    return chi_square_tail(statistic, len(totals) - 1)
