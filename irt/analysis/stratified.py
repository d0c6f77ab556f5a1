"""Two arms, a response of yes or no, strata: the Cochran-Mantel-Haenszel test, and the Mantel-Haenszel estimates.

Every function takes counts (strata, 2, 2): rows active and control, columns responders and others, as `tabulate` makes
them. A stratum with one arm only, or with one kind of response only, tells nothing of what it cannot compare, and adds
nothing.
"""

from dataclasses import dataclass
from math import exp, inf, isfinite, log, nan, sqrt

import numpy as np
import numpy.typing as npt

from irt.analysis.inputs import Floats, WrongInputError, chi_square_tail, counts_of, normal_tails, two_sided_z


@dataclass(frozen=True)
class Tested:
    """A chi-square statistic, its degrees of freedom and its p, two-sided."""

    statistic: float
    degrees: int
    p: float


@dataclass(frozen=True)
class Estimate:
    """An effect, active against control: point, standard error (of the logarithm, for a ratio) and interval."""

    value: float
    error: float
    low: float
    high: float
    p: float
    confidence: float


def cochran_mantel_haenszel(table: npt.ArrayLike, *, correct: bool = False) -> Tested:
    """Test that response does not depend on arm within strata; 1 degree of freedom, no continuity correction.

    `correct` takes 1/2 from the numerator, as R does unasked; SAS and this trial's plan do not. When no stratum
    compares anything (all respond, or one arm only) the statistic is 0 and p is 1. Source: Mantel & Haenszel (1959);
    hypergeometric variance. Assumes that the odds ratio points the same way in all strata; without that it keeps its
    size and loses power. Raises WrongInputError for what is no table of counts.
    """
    counts = counts_of(table)
    active, _, responders, others, total = _margins(counts)
    control = total - active
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.nan_to_num(active * responders / total)
        spread = np.where(total > 1, active * control * responders * others / (total**2 * (total - 1)), 0)
    variance = float(spread.sum())
    if not variance:
        return Tested(0.0, 1, 1.0)
    above = abs(float((counts[:, 0, 0] - expected).sum()))
    if correct and above >= 0.5:
        above -= 0.5
    statistic = above**2 / variance
    return Tested(statistic, 1, chi_square_tail(statistic, 1))


def mantel_haenszel_risk_difference(table: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Estimate the common risk difference, active - control, with Sato's variance and a normal interval.

    Source: Greenland & Robins (1985); Sato, Greenland & Robins (1989), whose variance holds for few large and for many
    small strata. Assumes one difference in all strata; else it is their mean under the weights n1 n0 / N. When all
    respond in both arms the standard error is 0: read Miettinen-Nurminen instead. Raises WrongInputError when no
    stratum has both arms.
    """
    counts, z = counts_of(table), two_sided_z(confidence)
    active, control, _, _, total = _margins(counts)
    both = (active > 0) & (control > 0)
    if not both.any():
        raise WrongInputError("table", "no stratum has both arms", "give at least one that compares them")
    n1, n0, n = active[both], control[both], total[both]
    a, c = counts[both, 0, 0], counts[both, 1, 0]
    weight = float((n1 * n0 / n).sum())
    value = float(((a * n0 - c * n1) / n).sum()) / weight
    p = float(((n1**2 * c - n0**2 * a + n1 * n0 * (n0 - n1) / 2) / n**2).sum())
    q = float(((a * (n0 - c) + c * (n1 - a)) / (2 * n)).sum())
    error = sqrt(max(0.0, value * p + q)) / weight
    tails = normal_tails(value / error) if error else float(value == 0)
    return Estimate(value, error, value - z * error, value + z * error, tails, confidence)


def mantel_haenszel_odds_ratio(table: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Estimate the common odds ratio with the interval of Robins, Breslow & Greenland (1986).

    `error` is of the logarithm. Assumes one odds ratio in all strata (see `breslow_day`). Where no stratum has a
    responder and a non-responder to set against each other the ratio is 0 or infinite and its interval is (0, ∞), where
    neither way nothing is known (NaN).
    """
    counts, z = counts_of(table), two_sided_z(confidence)
    counts = counts[counts.sum(axis=(1, 2)) > 0]
    n = counts.sum(axis=(1, 2))
    (a, b), (c, d) = counts[:, 0].T, counts[:, 1].T
    one_way, other_way = a * d / n, b * c / n
    r, s = float(one_way.sum()), float(other_way.sum())
    if not r or not s:
        return Estimate(r / s if s else inf if r else nan, inf, 0.0, inf, nan, confidence)
    p, q = (a + d) / n, (b + c) / n
    variance = (
        float((p * one_way).sum()) / (2 * r**2)
        + float((p * other_way + q * one_way).sum()) / (2 * r * s)
        + float((q * other_way).sum()) / (2 * s**2)
    )
    middle, error = log(r / s), sqrt(variance)
    low, high = exp(middle - z * error), exp(middle + z * error)
    return Estimate(r / s, error, low, high, normal_tails(middle / error), confidence)


def breslow_day(table: npt.ArrayLike, *, tarone: bool = False) -> Tested:
    """Test that the odds ratio is the same in all strata, at the Mantel-Haenszel estimate.

    Strata that lack an arm or a kind of response do not count; degrees of freedom are the others less 1 (none: p is 1).
    `tarone` takes off Tarone's (1985) correction, as R's DescTools and SAS's exact page do; PROC FREQ does not.
    Source: Breslow & Day (1980) 4.30. Assumes expected counts that are not small (5). An infinite or zero common odds
    ratio has nothing to test: 0 degrees.
    """
    counts = counts_of(table)
    ratio = mantel_haenszel_odds_ratio(counts).value
    active, control, responders, others, _ = _margins(counts)
    tells = (active > 0) & (control > 0) & (responders > 0) & (others > 0)
    if not isfinite(ratio) or not ratio or tells.sum() < 2:
        return Tested(0.0, 0, 1.0)
    n1, n0, m = active[tells], control[tells], responders[tells]
    expected = _expected_at(ratio, n1, n0, m)
    variance = 1 / (1 / expected + 1 / (n1 - expected) + 1 / (m - expected) + 1 / (n0 - m + expected))
    off = counts[tells, 0, 0] - expected
    statistic = float((off**2 / variance).sum())
    if tarone:
        statistic -= float(off.sum()) ** 2 / float(variance.sum())
    degrees = int(tells.sum()) - 1
    return Tested(statistic, degrees, chi_square_tail(statistic, degrees))


def _margins(counts: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return by stratum: active, control, responders, others, all."""
    rows, columns = counts.sum(axis=2), counts.sum(axis=1)
    return rows[:, 0], rows[:, 1], columns[:, 0], columns[:, 1], rows.sum(axis=1)


def _expected_at(ratio: float, n1: Floats, n0: Floats, m: Floats) -> Floats:
    """Return the active responders that the margins and an odds ratio give: the root within the margins' bounds."""
    square, linear, constant = 1 - ratio, n0 - m + ratio * (n1 + m), -ratio * n1 * m
    # Citardauq's form: exact at ratio 1, where the equation is linear.
    root: Floats = -2 * constant / (linear + np.sqrt(linear**2 - 4 * square * constant))
    return root
