"""The likelihood of repeated measures: any covariance between visits, any visits missing, by Newton's method.

Notation: y_i = X_i β + e_i with e_i ~ N(0, Σ) over the visits that participant i has; V = diag(Σ_i), A = X'V⁻¹X,
P = V⁻¹ - V⁻¹X A⁻¹ X'V⁻¹. Σ is linear in its elements θ_k (E_k: 1 at their places), so that -2 log L has the exact
derivatives tr(P E_k) - y'P E_k P y and -tr(P E_k P E_l) + 2 y'P E_k P E_l P y (REML; for ML the traces are of V⁻¹).
Missing visits are rows and columns of 0 in every participant's inverse, so that all sums run over full arrays.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from irt.analysis.inputs import Floats, WrongInputError

MOST_STEPS = 200
_CONVERGED = 1e-12


@dataclass(frozen=True)
class Fitted:
    """Coefficients, their covariance, Σ, -2 log likelihood, and what Satterthwaite's degrees of freedom need."""

    coefficients: Floats
    spread: Floats
    visits: Floats
    deviance: float
    participants: int
    measurements: int
    _uncertainty: Floats
    _slopes: Floats

    def degrees(self, contrast: Floats) -> float:
        """Return Satterthwaite's degrees of freedom of a contrast: 2 var² over the variance of its estimate.

        The uncertainty of Σ is twice the inverse of the observed second derivatives, as SAS (ddfm=satterthwaite) and
        the R package mmrm take it.
        """
        variance = float(contrast @ self.spread @ contrast)
        turned = self.spread @ contrast
        slope = np.einsum("kij,i,j->k", self._slopes, turned, turned)
        return 2 * variance**2 / float(slope @ self._uncertainty @ slope)


@dataclass(frozen=True)
class _At:
    """Everything at one Σ."""

    deviance: float
    slope: Floats
    curvature: Floats
    expected: Floats
    coefficients: Floats
    spread: Floats
    slopes: Floats


def fit(response: Floats, design: Floats, *, restricted: bool = True) -> Fitted:
    """Return the (restricted) maximum likelihood fit of `response` (participants, visits; NaN where missing).

    `design`: (participants, visits, columns). Raises WrongInputError when two visits were never measured together,
    when columns depend on each other, and when no maximum is found.
    """
    seen = ~np.isnan(response)
    kept = seen.any(axis=1)
    response, design, seen = response[kept], design[kept], seen[kept]
    measured = np.where(seen, response, 0.0)
    placed = np.where(seen[:, :, None], design, 0.0)
    together = seen.astype(float).T @ seen.astype(float)
    if (together < 2).any():
        raise WrongInputError("response", "two visits were measured together in fewer than 2", "leave one out")
    places = np.triu_indices(response.shape[1])
    visits = _start(measured, placed, seen, together)
    now = _evaluate(visits, measured, placed, seen, places, restricted)
    for _ in range(MOST_STEPS):
        direction, gain = _direction(now)
        if gain < _CONVERGED:
            break
        visits, now = _advance(visits, direction, now, (measured, placed, seen, places, restricted))
    else:
        raise WrongInputError("response", f"no maximum after {MOST_STEPS} steps", "use fewer visits or columns")
    try:
        np.linalg.cholesky(now.curvature)
    except np.linalg.LinAlgError:
        raise WrongInputError("response", "the likelihood has no maximum in Σ", "use fewer visits") from None
    uncertainty: Floats = 2 * np.linalg.inv(now.curvature).astype(np.float64)
    return Fitted(
        now.coefficients, now.spread, visits, now.deviance, len(response), int(seen.sum()), uncertainty, now.slopes,
    )  # fmt: skip


def _start(measured: Floats, placed: Floats, seen: npt.NDArray[np.bool_], together: Floats) -> Floats:
    """Return variances of the least squares residuals, and no covariance: positive whatever is missing."""
    flat = placed[seen]
    scaled = flat / np.maximum(np.abs(flat).max(axis=0), 1e-300)
    if np.linalg.matrix_rank(scaled) < flat.shape[1]:
        raise WrongInputError("design", "columns depend on each other", "leave out what repeats another")
    fitted = np.linalg.lstsq(flat, measured[seen], rcond=None)[0]
    residuals = np.where(seen, measured - placed @ fitted, 0.0)
    variances = (residuals**2).sum(axis=0) / np.diag(together)
    if (variances <= 0).any():
        raise WrongInputError("response", "a visit has no variance left", "leave the visit out")
    start: Floats = np.diag(variances)
    return start


def _inverses(visits: Floats, seen: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
    """Return each participant's V⁻¹ with 0 for missing visits, and log |V| of all. Raises LinAlgError off the cone."""
    inverses, logarithm = np.zeros((*seen.shape, seen.shape[1])), 0.0
    patterns, of = np.unique(seen, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        who = of.ravel() == number
        there = np.flatnonzero(pattern)
        part = visits[np.ix_(there, there)]
        logarithm += 2 * float(np.log(np.diag(np.linalg.cholesky(part))).sum()) * int(who.sum())
        padded = np.zeros_like(visits)
        padded[np.ix_(there, there)] = np.linalg.inv(part)
        inverses[who] = padded
    return inverses, logarithm


def _evaluate(
    visits: Floats,
    measured: Floats,
    placed: Floats,
    seen: npt.NDArray[np.bool_],
    places: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]],
    restricted: bool,
) -> _At:
    inverses, logarithm = _inverses(visits, seen)
    weighted = inverses @ placed  # V⁻¹X
    information = np.einsum("ivq,ivr->qr", placed, weighted)
    spread = np.linalg.inv(information)
    coefficients = spread @ np.einsum("ivq,iv->q", weighted, measured)
    rest = np.einsum("ivw,iw->iv", inverses, measured - placed @ coefficients)  # Py
    units = np.zeros((len(places[0]), *visits.shape))
    units[np.arange(len(places[0])), places[0], places[1]] = 1
    units[np.arange(len(places[0])), places[1], places[0]] = 1
    number = int(seen.sum()) - (placed.shape[2] if restricted else 0)
    deviance = number * np.log(2 * np.pi) + logarithm + float((rest * (measured - placed @ coefficients)).sum())
    turned = np.einsum("kvw,iwq->kivq", units, weighted)
    slopes = np.einsum("ivq,kivr->kqr", weighted, turned)
    pulled = np.einsum("kvw,iw->kiv", units, rest)
    by_column = np.einsum("kiv,ivq->kq", pulled, weighted)
    square = np.einsum("kiv,ivw,liw->kl", pulled, inverses, pulled, optimize=True) - by_column @ spread @ by_column.T
    squared = np.einsum("kvw,iwx->kivx", units, inverses)
    trace = np.einsum("kivv->k", squared)
    traces = np.einsum("kivx,lixv->kl", squared, squared, optimize=True)
    if restricted:
        deviance += float(np.linalg.slogdet(information)[1])
        inner = spread @ slopes  # A⁻¹M_k
        trace = trace - np.einsum("kqq->k", inner)
        across = np.einsum("kivq,ivw,liwr,rq->kl", turned, inverses, turned, spread, optimize=True)
        traces = traces - 2 * across + np.einsum("kqr,lrq->kl", inner, inner)
    slope = trace - np.einsum("kiv,iv->k", pulled, rest)
    return _At(deviance, slope, 2 * square - traces, traces, coefficients, spread, slopes)


def _direction(at: _At) -> tuple[Floats, float]:
    """Return Newton's step, or Fisher's where the likelihood is not yet convex, and twice the gain it promises."""
    try:
        np.linalg.cholesky(at.curvature)
        step = -np.linalg.solve(at.curvature, at.slope)
    except np.linalg.LinAlgError:
        step = -np.linalg.solve(at.expected, at.slope)
    return np.asarray(step, dtype=np.float64), -float(at.slope @ step)


def _advance(
    visits: Floats,
    direction: Floats,
    now: _At,
    data: tuple[Floats, Floats, npt.NDArray[np.bool_], tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]], bool],
) -> tuple[Floats, _At]:
    """Return the next Σ, which is positive definite and no less likely: the step is halved until it is."""
    rows, columns = data[3]
    change = np.zeros_like(visits)
    change[rows, columns] = change[columns, rows] = direction
    share = 1.0
    while share > 1e-12:
        tried = visits + share * change
        try:
            np.linalg.cholesky(tried)
            at = _evaluate(tried, *data)
        except np.linalg.LinAlgError:
            share /= 2
            continue
        if at.deviance <= now.deviance + 1e-9 * abs(now.deviance):
            return tried, at
        share /= 2
    raise WrongInputError("response", "no step makes the likelihood larger", "use fewer visits or columns")
