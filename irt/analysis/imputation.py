"""Multiple imputation of one measurement, and the rule that pools what is estimated from each completed set.

Draws are a named counter stream of the recorded seed: Philox words made uniform and turned by the inverse normal, so
that no library's way of drawing normals can change a result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import inf

import numpy as np
from scipy.special import chdtri, ndtri

from irt.analysis.inputs import Floats, WrongInputError, numbers
from irt.analysis.linear import Effect, independent, tested


class Draws:
    """A stream of numbers by the seed's 32 bytes and a name, the same on every machine; names are independent."""

    def __init__(self, seed: bytes, name: str) -> None:
        key = np.frombuffer(sha256(b"irt-draws-1|" + name.encode() + b"|" + seed).digest()[:16], dtype="<u8")
        self._words = np.random.Philox(key=key)

    def uniform(self, count: int) -> Floats:
        """Numbers between 0 and 1, never either."""
        words = np.asarray(self._words.random_raw(count), dtype=np.uint64)
        made: Floats = ((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
        return made

    def normal(self, count: int) -> Floats:
        """Standard normal numbers."""
        made: Floats = ndtri(self.uniform(count))
        return made

    def chi_square(self, degrees: int) -> float:
        """One chi-square number."""
        return float(chdtri(degrees, self.uniform(1)[0]))


def impute(response: Floats, design: Floats, missing: Floats, draws: Draws, imputations: int) -> Floats:
    """Return `imputations` draws of what was not measured, of shape (imputations, missing).

    Bayesian normal regression with the flat prior (Rubin 1987, example 5.1): each draw takes a variance, coefficients
    and errors of its own. `response` and `design` (participants, columns) are of those measured, `missing` is the
    design of the others. Assumes that what is missing depends on the design only, and normal errors of one variance.
    Raises WrongInputError for too few participants and for columns that depend on each other.
    """
    values = numbers("response", response)
    independent(design, "design")
    degrees = len(values) - design.shape[1]
    if degrees < 1:
        raise WrongInputError("response", f"{len(values)} participants are too few", "leave out columns")
    inverse = np.linalg.inv(design.T @ design)
    fitted = inverse @ design.T @ values
    residual = float(((values - design @ fitted) ** 2).sum())
    root = np.linalg.cholesky(inverse)
    made = np.empty((imputations, len(missing)))
    for number in range(imputations):
        spread = np.sqrt(residual / draws.chi_square(degrees))
        coefficients = fitted + spread * (root @ draws.normal(design.shape[1]))
        made[number] = missing @ coefficients + spread * draws.normal(len(missing))
    return made


@dataclass(frozen=True)
class Pooled:
    """The effect over all completed sets; `between` is the share of its variance that imputation brought."""

    effect: Effect
    between: float


def pooled(values: Sequence[float], variances: Sequence[float], *, confidence: float = 0.95) -> Pooled:
    """Pool estimates and their variances by Rubin's rule (1987), with his degrees of freedom.

    Where all sets gave the same, the interval is the normal one of each. Raises WrongInputError for fewer than 2 sets.
    """
    each, within = numbers("values", np.asarray(values)), numbers("variances", np.asarray(variances))
    sets = len(each)
    if sets < 2 or len(within) != sets:
        raise WrongInputError("values", f"{sets} sets cannot be pooled", "give two or more, with a variance each")
    value, inside, between = float(each.mean()), float(within.mean()), float(each.var(ddof=1))
    if between <= 1e-24:  # the same estimates, but for the last digits of sums
        return Pooled(tested(value, inside, inf, confidence), 0.0)
    more = (1 + 1 / sets) * between
    total = inside + more
    return Pooled(tested(value, total, (sets - 1) * (total / more) ** 2, confidence), more / total)
