"""Intervals of a proportion and of a difference of two, without strata and with them."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from irt.analysis.inputs import Floats, WrongInputError, counts_of, two_sided_z

_HALVINGS = 60


@dataclass(frozen=True)
class Interval:
    """A proportion, or a difference active - control, and its bounds."""

    value: float
    low: float
    high: float
    confidence: float


def newcombe_interval(
    responders: int, participants: int, control_responders: int, control_participants: int, *, confidence: float = 0.95
) -> Interval:
    """Return Newcombe's hybrid score interval of a risk difference (1998, method 10), from two Wilson intervals.

    No continuity correction. Assumes two independent binomial samples. Raises WrongInputError for impossible counts.
    """
    _proper(responders, participants, control_responders, control_participants)
    z = two_sided_z(confidence)
    p, low, high = _wilson(responders, participants, z)
    q, q_low, q_high = _wilson(control_responders, control_participants, z)
    value = p - q
    return Interval(
        value, value - sqrt((p - low) ** 2 + (q_high - q) ** 2), value + sqrt((high - p) ** 2 + (q - q_low) ** 2),
        confidence,
    )  # fmt: skip


def wilson_interval(responders: int, participants: int, *, confidence: float = 0.95) -> Interval:
    """Return Wilson's score interval of one proportion (1927), without continuity correction.

    Assumes a binomial sample. Raises WrongInputError for impossible counts.
    """
    _proper(responders, participants)
    return Interval(*_wilson(responders, participants, two_sided_z(confidence)), confidence)


def miettinen_nurminen_interval(
    table: npt.ArrayLike, *, confidence: float = 0.95, small_sample: bool = True
) -> Interval:
    """Return the score interval of a risk difference by Miettinen & Nurminen (1985), of one table or over strata.

    `table`: counts (2, 2) or (strata, 2, 2), rows active and control, columns responders and others. Strata are
    weighted by Mantel-Haenszel, n1 n0 / N, so that the score at 0 is the Cochran-Mantel-Haenszel statistic exactly.
    `small_sample` is their N / (N - 1); without it the interval of one table is Mee's (1984). Assumes one difference in
    all strata. A stratum without one of the arms is left out; raises WrongInputError when that leaves none.
    """
    counts, limit = counts_of(table), two_sided_z(confidence) ** 2
    score = _scorer(counts, small_sample)
    value = score.value

    def inside(delta: float) -> bool:
        return score(delta) <= limit

    return Interval(value, _edge(inside, value, -1.0), _edge(inside, value, 1.0), confidence)


def miettinen_nurminen_score(table: npt.ArrayLike, difference: float = 0.0, *, small_sample: bool = True) -> float:
    """Return the score statistic (chi-square, 1 degree of freedom) of a risk difference from -1 to 1."""
    if not -1 <= difference <= 1:
        raise WrongInputError("difference", f"{difference} is none of two proportions", "give one from -1 to 1")
    return _scorer(counts_of(table), small_sample)(difference)


@dataclass(frozen=True)
class _Scorer:
    responders: Floats
    active: Floats
    controls: Floats
    control: Floats
    weight: Floats
    inflation: Floats
    value: float

    def __call__(self, delta: float) -> float:
        p, q = _restricted(
            self.responders / self.active, self.controls / self.control, self.active, self.control, delta
        )
        variance = (p * (1 - p) / self.active + q * (1 - q) / self.control) * self.inflation
        above = self.value - delta
        spread = float((self.weight**2 * variance).sum()) / float(self.weight.sum()) ** 2
        if spread <= 0:
            return 0.0 if above == 0 else np.inf
        return above**2 / spread


def _scorer(counts: Floats, small_sample: bool) -> _Scorer:
    sizes = counts.sum(axis=2)
    both = (sizes > 0).all(axis=1)
    if not both.any():
        raise WrongInputError("table", "no stratum has both arms", "give at least one that compares them")
    counts, (active, control) = counts[both], sizes[both].T
    total = active + control
    weight = active * control / total
    value = float((weight * (counts[:, 0, 0] / active - counts[:, 1, 0] / control)).sum() / weight.sum())
    inflation = total / (total - 1) if small_sample else np.ones_like(total)
    return _Scorer(counts[:, 0, 0], active, counts[:, 1, 0], control, weight, inflation, value)


def _restricted(p: Floats, q: Floats, n1: Floats, n0: Floats, delta: float) -> tuple[Floats, Floats]:
    """Return the likeliest proportions that differ by `delta`: the closed root of the cubic (Farrington & Manning)."""
    theta = n0 / n1
    a = 1 + theta
    b = -(1 + theta + p + theta * q + delta * (theta + 2))
    c = delta**2 + delta * (2 * p + theta + 1) + p + theta * q
    d = -p * delta * (1 + delta)
    v = b**3 / (3 * a) ** 3 - b * c / (6 * a**2) + d / (2 * a)
    u = np.where(v >= 0, 1, -1) * np.sqrt(np.maximum(0, b**2 / (3 * a) ** 2 - c / (3 * a)))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(u == 0, 1, v / u**3)
    angle = (np.pi + np.arccos(np.clip(ratio, -1, 1))) / 3
    first = np.clip(2 * u * np.cos(angle) - b / (3 * a), max(0.0, delta), min(1.0, 1 + delta))
    return first, np.clip(first - delta, 0, 1)


def _edge(inside: Callable[[float], bool], start: float, end: float) -> float:
    """Return where `inside` ends between `start`, which is in, and `end`; `end` itself when that is in too."""
    if inside(end):
        return end
    for _ in range(_HALVINGS):
        middle = (start + end) / 2
        if inside(middle):
            start = middle
        else:
            end = middle
    return (start + end) / 2


def _wilson(responders: int, participants: int, z: float) -> tuple[float, float, float]:
    p = responders / participants
    middle, half = p + z**2 / (2 * participants), z * sqrt((p * (1 - p) + z**2 / (4 * participants)) / participants)
    scale = 1 + z**2 / participants
    low = 0.0 if responders == 0 else (middle - half) / scale
    return p, low, 1.0 if responders == participants else (middle + half) / scale


def _proper(*counts: int) -> None:
    names = ("responders", "participants", "control_responders", "control_participants")
    for place in range(0, len(counts), 2):
        held, out_of = counts[place : place + 2]
        if out_of < 1 or out_of != int(out_of):
            raise WrongInputError(names[place + 1], f"{out_of} is no number of people", "give at least 1")
        if not 0 <= held <= out_of or held != int(held):
            raise WrongInputError(names[place], f"{held} of {out_of} is impossible", f"give 0 to {out_of}")
