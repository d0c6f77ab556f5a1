"""The beta distribution, and by it Student's t and Clopper-Pearson: distribution and quantile.

NumPy has neither, and SciPy, a hundred megabytes, would be installed with every service for these forty lines.
"""

import math
from collections.abc import Callable

STEPS, TINY, NEAR = 10_000, 1e-300, 1e-15


def beta_below(x: float, a: float, b: float) -> float:
    """Return P(Beta(a, b) ≤ x), the regularized incomplete beta: by Lentz's continued fraction (DLMF 8.17.22)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - beta_below(1 - x, b, a)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        before = found
        for term in (even, odd):
            c, d = _away(1 + term / c), 1 / _away(1 + term * d)
            found *= c * d
        if abs(found / before - 1) < NEAR:
            break
    return math.exp(front) * found / a


def _away(value: float) -> float:
    return value if abs(value) > TINY else TINY


def beta_quantile(share: float, a: float, b: float) -> float:
    """Return the x with P(Beta(a, b) ≤ x) = share."""
    return _root(lambda x: beta_below(x, a, b) - share, 0.0, 1.0)


def student_quantile(share: float, degrees: float) -> float:
    """Return the t with P(T ≤ t) = share, for a share of one half or more."""
    x = beta_quantile(2 * (1 - share), degrees / 2, 0.5)
    return math.sqrt(degrees * (1 - x) / x)


def clopper_pearson(events: int, of: int, share: float = 0.975) -> float:
    """Return the exact upper limit of a probability, `events` having been seen in `of` independent trials."""
    return 1.0 if events >= of else beta_quantile(share, events + 1, of - events)


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
