"""Many exploratory tests at once: the false discovery rate."""

from collections.abc import Sequence

import numpy as np

from irt.analysis.inputs import Floats, WrongInputError, numbers


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """Return the adjusted p of each test: the least false discovery rate at which it counts.

    Source: Benjamini & Hochberg (1995). Assumes tests that are independent or positively dependent. Raises
    WrongInputError for none, and for what is no p.
    """
    given = numbers("p", np.asarray(p, dtype=np.float64))
    if (given < 0).any() or (given > 1).any():
        raise WrongInputError("p", "holds what is no probability", "give numbers from 0 to 1")
    order = np.argsort(given, kind="stable")
    scaled = given[order] * len(given) / np.arange(1, len(given) + 1)
    adjusted: Floats = np.empty(len(given))
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return [min(1.0, float(one)) for one in adjusted]
