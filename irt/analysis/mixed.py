"""The mixed model for repeated measures of two arms: a difference at every visit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from irt.analysis.inputs import Floats, WrongInputError, checked_confidence, same_length, zeros_and_ones
from irt.analysis.linear import Effect, adjustment, independent, tested
from irt.analysis.repeated import Fitted, fit

DEGREES = "Satterthwaite"


@dataclass(frozen=True)
class RepeatedMeasures:
    """By visit: the difference, active - control, and both arms' means at the covariates' and strata's overall means.

    `covariance` is of a participant's visits; `deviance` is -2 restricted log likelihood as SAS prints it.
    """

    differences: tuple[Effect, ...]
    active: tuple[Effect, ...]
    control: tuple[Effect, ...]
    covariance: Floats
    deviance: float
    participants: int
    measurements: int
    degrees: str = DEGREES


def mixed_model_repeated_measures(
    response: npt.ArrayLike,
    active: npt.ArrayLike,
    covariates: npt.ArrayLike | None = None,
    stratum: Sequence[object] | None = None,
    *,
    by_visit: bool = True,
    confidence: float = 0.95,
) -> RepeatedMeasures:
    """Compare two arms at each visit under one unstructured covariance, by REML, with Satterthwaite's degrees.

    `response`: (participants, visits), NaN where missing; a participant without any visit is not counted.
    `covariates`: (participants, columns), none missing, with a slope of their own at each visit unless `by_visit` is
    false; `stratum`: one constant for each. Fixed effects besides: visit, arm at each visit. Units are the response's.

    Assumes normal errors, the same covariance in both arms, and that what is missing depends on what was seen only.
    Sources: Mallinckrodt et al. (2008); Satterthwaite by Giesbrecht & Burns (1985); no Kenward-Roger correction of
    standard errors. Raises WrongInputError for a visit without both arms, for columns that repeat each other, and when
    no maximum is found.
    """
    values, treated = _values(response), zeros_and_ones("active", active)
    same_length(response=values, active=treated)
    checked_confidence(confidence)
    others = adjustment(covariates, stratum, len(values))
    independent(np.column_stack([np.ones(len(values)), treated, others]), "covariates")
    seen = ~np.isnan(values)
    for visit in range(values.shape[1]):
        if len(set(treated[seen[:, visit]].tolist())) < 2:
            raise WrongInputError("response", f"visit {visit + 1} lacks an arm", "leave the visit out")
    strata = 0 if stratum is None else len(set(stratum)) - 1
    design = _design(treated, others, others.shape[1] - strata if by_visit else 0, values.shape[1])
    fitted = fit(values, design)
    counted = seen.any(axis=1)
    middle = design[counted].mean(axis=0)
    visits = values.shape[1]
    arm = np.zeros((2, visits, design.shape[2]))
    arm[:] = middle
    arm[:, :, visits : 2 * visits] = np.stack([np.zeros((visits, visits)), np.eye(visits)])

    def effects(contrasts: Floats) -> tuple[Effect, ...]:
        return tuple(effect_of(fitted, contrast, confidence) for contrast in contrasts)

    return RepeatedMeasures(
        effects(arm[1] - arm[0]), effects(arm[1]), effects(arm[0]),
        fitted.visits, fitted.deviance, fitted.participants, fitted.measurements,
    )  # fmt: skip


def effect_of(fitted: Fitted, contrast: Floats, confidence: float) -> Effect:
    """Return a contrast of the fit's coefficients with its standard error, degrees of freedom, interval and p."""
    variance = float(contrast @ fitted.spread @ contrast)
    return tested(float(contrast @ fitted.coefficients), variance, fitted.degrees(contrast), confidence)


def _values(response: npt.ArrayLike) -> Floats:
    try:
        values = np.asarray(response, dtype=np.float64)
    except (TypeError, ValueError):
        raise WrongInputError("response", "holds what is no number", "give numbers, NaN where missing") from None
    if values.ndim != 2 or not values.size:
        raise WrongInputError("response", f"has shape {values.shape}", "give (participants, visits)")
    if np.isinf(values).any():
        raise WrongInputError("response", "holds infinite values", "give numbers, NaN where missing")
    return values


def _design(treated: npt.NDArray[np.int64], others: Floats, own_slopes: int, visits: int) -> Floats:
    """Return (participants, visits, columns): visit, arm at each visit, slopes at each visit, slopes over all."""
    each = np.broadcast_to(np.eye(visits), (len(treated), visits, visits))
    parts = [each, each * treated[:, None, None]]
    parts += [each * others[:, column, None, None] for column in range(own_slopes)]
    rest = others[:, None, own_slopes:]
    parts.append(np.broadcast_to(rest, (len(treated), visits, rest.shape[2])))
    return np.concatenate(parts, axis=2)
