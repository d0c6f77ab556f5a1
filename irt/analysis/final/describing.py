"""Numbers described as tables have them: count, mean, spread, quartiles."""

from collections.abc import Sequence
from math import exp, isfinite

import numpy as np

from irt.analysis.linear import tested
from irt.analysis.methods import wilson_interval
from irt.analysis.results import Cell

DESCRIBED = "n mean sd median q1 q3 minimum maximum"


def described(values: Sequence[float]) -> tuple[Cell, ...]:
    """The cells of DESCRIBED; quartiles by linear interpolation (type 7, as R and NumPy have them)."""
    if not values:
        return (0, *[None] * 7)
    array = np.sort(np.asarray(values, dtype=np.float64))
    q1, median, q3 = (float(one) for one in np.percentile(array, (25, 50, 75)))
    spread = float(array.std(ddof=1)) if len(array) > 1 else None
    return (len(array), float(array.mean()), spread, median, q1, q3, float(array[0]), float(array[-1]))


def mean_interval(values: Sequence[float], confidence: float) -> tuple[Cell, Cell, Cell]:
    """The mean with its t interval; bounds from two values on."""
    if not values:
        return None, None, None
    array = np.sort(np.asarray(values, dtype=np.float64))
    if len(array) < 2:
        return float(array[0]), None, None
    told = tested(float(array.mean()), float(array.var(ddof=1)) / len(array), len(array) - 1, confidence)
    return told.value, told.low, told.high


def proportion(count: int, participants: int, confidence: float) -> tuple[Cell, Cell, Cell]:
    """A proportion in percent with Wilson's interval; nothing of nobody."""
    if not participants:
        return None, None, None
    told = wilson_interval(count, participants, confidence=confidence)
    return 100 * told.value, 100 * told.low, 100 * told.high


def finite(value: float | None) -> float | None:
    """A number that can be printed; None for what is infinite or unknown."""
    return value if value is not None and isfinite(value) else None


def ratio_of(log: float | None) -> float | None:
    """The ratio of which this is the natural logarithm; None where it is larger than any number, as the bound of a
    comparison of very few can be."""
    try:
        return None if log is None else finite(exp(log))
    except OverflowError:
        return None
