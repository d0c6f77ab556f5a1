"""A measure's means compared at its visits: a mixed model over all of them or, where that is not to be had, ancova."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from irt.analysis.final.comparing import NOT_ESTIMABLE, attempted
from irt.analysis.final.measuring import (
    SCORES,
    Values,
    covariates_of,
    least_of,
    scale_of,
    scaled,
    values_at,
)
from irt.analysis.final.reading import Person, Trial
from irt.analysis.linear import Effect
from irt.analysis.methods import ancova, mixed_model_repeated_measures

MIXED, COVARIANCE = "mmrm", "ancova"
NO_MODEL = "no mixed model"  # before why there is none
LEAST_FOR_A_COLUMN = 2  # participants for each fixed effect: with fewer the likelihood may have no maximum


@dataclass(frozen=True)
class Modelled:
    """One visit: participants with a value and adjusted mean by arm, on `scale`; active less control as `effect`."""

    measure: str
    visit: str
    method: str
    scale: str
    active: int
    control: int
    active_mean: float | None = None
    control_mean: float | None = None
    effect: Effect | None = None
    note: str = ""


def modelled(trial: Trial, measure: str, visits: Sequence[str]) -> list[Modelled]:
    """The comparison of a measure at each visit, in the full analysis set, of all values that `values_at` counts.

    Covariates: the measure at baseline (a score has none: the covariates of the study file) and the stratum as used.
    Who lacks a covariate is left out. With one visit, few participants, or where the mixed model gives nothing, each
    visit has an analysis of covariance of its own, and `note` says why.
    """
    scale = scale_of(trial, measure)
    raw = [values_at(trial, measure, one) for one in visits]
    first = {} if measure in SCORES else values_at(trial, measure, trial.study.first_visit.id)
    least = least_of([*raw, first])
    values = [scaled(one, scale, least) for one in raw]
    held = covariates_of(trial) if measure in SCORES else {n: (v,) for n, v in scaled(first, scale, least).items()}
    people = [one for one in trial.full if one.number in held and any(one.number in at for at in values)]
    return _modelled(trial, people, values, held, [Modelled(measure, one, MIXED, scale, 0, 0) for one in visits])


def _modelled(
    trial: Trial,
    people: Sequence[Person],
    values: Sequence[Values],
    held: Mapping[str, tuple[float, ...]],
    blank: Sequence[Modelled],
) -> list[Modelled]:
    counted = [
        replace(
            one,
            active=sum(person.number in at and person.arm == trial.arms[0] for person in people),
            control=sum(person.number in at and person.arm == trial.arms[1] for person in people),
        )
        for one, at in zip(blank, values, strict=True)
    ]
    why = "one visit"
    if len(counted) > 1:
        told, why = _mixed(trial, people, values, held, counted)
        if told is not None:
            return told
    return [_covariance(trial, people, at, held, one, why) for one, at in zip(counted, values, strict=True)]


def _mixed(
    trial: Trial,
    people: Sequence[Person],
    values: Sequence[Values],
    held: Mapping[str, tuple[float, ...]],
    counted: Sequence[Modelled],
) -> tuple[list[Modelled] | None, str]:
    columns = len(values) * (2 + len(next(iter(held.values()), ()))) + len(trial.study.strata_keys()) - 1
    if len(people) < LEAST_FOR_A_COLUMN * columns:
        return None, "too few participants for a mixed model"
    response = np.array([[at.get(one.number, np.nan) for at in values] for one in people])
    told, why = attempted(
        lambda: mixed_model_repeated_measures(
            response,
            [int(one.arm == trial.arms[0]) for one in people],
            np.array([held[one.number] for one in people]),
            [one.stratum for one in people],
            confidence=trial.confidence,
        )
    )
    if told is None:
        return None, why.replace(NOT_ESTIMABLE, NO_MODEL, 1)
    every = zip(counted, told.active, told.control, told.differences, strict=True)
    found = [replace(one, active_mean=a.value, control_mean=c.value, effect=d) for one, a, c, d in every]
    return found, ""


def _covariance(
    trial: Trial,
    people: Sequence[Person],
    values: Values,
    held: Mapping[str, tuple[float, ...]],
    one: Modelled,
    why: str,
) -> Modelled:
    there = [person for person in people if person.number in values]
    if not there:
        return replace(one, method=COVARIANCE, note=f"{NOT_ESTIMABLE}: nobody was measured")
    told, failed = attempted(
        lambda: ancova(
            [values[person.number] for person in there],
            [int(person.arm == trial.arms[0]) for person in there],
            np.array([held[person.number] for person in there]),
            [person.stratum for person in there],
            confidence=trial.confidence,
        )
    )
    if told is None:
        return replace(one, method=COVARIANCE, note=failed)
    return replace(
        one, method=COVARIANCE, active_mean=told.active.value, control_mean=told.control.value, effect=told.difference,
        note=why,
    )  # fmt: skip
