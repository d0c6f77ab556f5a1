"""Analysis of covariance: one measurement per participant, two arms, covariates and strata."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from irt.analysis.inputs import (
    Floats,
    WrongInputError,
    checked_confidence,
    numbers,
    same_length,
    strata_codes,
    zeros_and_ones,
)

Errors = Literal["equal", "HC3"]


@dataclass(frozen=True)
class Effect:
    """A mean or a difference of means, with the t distribution's degrees of freedom behind interval and p."""

    value: float
    error: float
    degrees: float
    low: float
    high: float
    p: float
    confidence: float


@dataclass(frozen=True)
class Covariance:
    """The adjusted difference, active - control, and each arm's mean at the covariates' and strata's overall means."""

    difference: Effect
    active: Effect
    control: Effect
    participants: int


def ancova(
    response: npt.ArrayLike,
    active: npt.ArrayLike,
    covariates: npt.ArrayLike | None = None,
    stratum: Sequence[object] | None = None,
    *,
    errors: Errors = "equal",
    confidence: float = 0.95,
) -> Covariance:
    """Compare two arms' means by least squares, adjusted for covariates (participants, columns) and for strata.

    Units are the response's. `errors`: one variance for all, or "HC3" (MacKinnon & White 1985), which does not assume
    one; degrees of freedom are participants less columns either way. Assumes parallel slopes, and errors that are
    independent and, in small samples, normal. Raises WrongInputError for missing values and for columns that depend on
    each other.
    """
    values, treated = numbers("response", response), zeros_and_ones("active", active)
    same_length(response=values, active=treated)
    check_confidence = checked_confidence(confidence)
    others = adjustment(covariates, stratum, len(values))
    design = np.column_stack([np.ones(len(values)), treated, others])
    independent(design, "covariates")
    degrees = len(values) - design.shape[1]
    if degrees < 1:
        raise WrongInputError("response", f"{len(values)} participants are too few", "leave out covariates")
    inverse = np.linalg.inv(design.T @ design)
    fitted = inverse @ design.T @ values
    residuals = values - design @ fitted
    if errors == "HC3":
        leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
        if (leverage > 1 - 1e-10).any():
            raise WrongInputError("errors", "one participant alone decides a column", "use equal errors")
        scaled = design * (residuals / (1 - leverage))[:, None]
        spread = inverse @ (scaled.T @ scaled) @ inverse
    elif errors == "equal":
        spread = inverse * float(residuals @ residuals) / degrees
    else:
        raise WrongInputError("errors", f"{errors!r} is unknown", "give 'equal' or 'HC3'")

    def effect(contrast: Floats) -> Effect:
        return tested(float(contrast @ fitted), float(contrast @ spread @ contrast), degrees, check_confidence)

    at = others.mean(axis=0)
    return Covariance(
        effect(np.concatenate([[0.0, 1.0], np.zeros(len(at))])),
        effect(np.concatenate([[1.0, 1.0], at])),
        effect(np.concatenate([[1.0, 0.0], at])),
        len(values),
    )


def tested(value: float, variance: float, degrees: float, confidence: float) -> Effect:
    """Return an effect with its t interval and two-sided p; without any variance p is 0, or 1 for no effect."""
    error = float(np.sqrt(max(0.0, variance)))
    half = float(stdtrit(degrees, (1 + confidence) / 2)) * error
    p = float(2 * stdtr(degrees, -abs(value / error))) if error else float(value == 0)
    return Effect(value, error, degrees, value - half, value + half, p, confidence)


def adjustment(covariates: npt.ArrayLike | None, stratum: Sequence[object] | None, participants: int) -> Floats:
    """Return the columns besides intercept and arm: the covariates, then one 0/1 column for each stratum but one."""
    columns = np.empty((participants, 0))
    if covariates is not None:
        given = np.asarray(covariates)
        columns = numbers("covariates", given[:, None] if given.ndim == 1 else given, 2)
        if len(columns) != participants:
            raise WrongInputError("covariates", f"have {len(columns)} rows", f"give {participants}")
    codes = strata_codes(stratum, participants)
    return np.column_stack([columns, (codes[:, None] == np.arange(1, codes.max() + 1)).astype(np.float64)])


def independent(design: Floats, argument: str) -> None:
    """Raise WrongInputError when a column of the design is a sum of the others (an empty arm, a constant)."""
    scaled = design / np.maximum(np.abs(design).max(axis=0), 1e-300)
    if np.linalg.matrix_rank(scaled) < design.shape[1]:
        raise WrongInputError(argument, "columns depend on each other or on the arm", "leave out what repeats another")
