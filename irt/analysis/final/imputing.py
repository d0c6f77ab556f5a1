"""The primary comparison with what is missing imputed many times: at random within arms, or as in the control arm."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from irt.analysis.final.comparing import NOT_ESTIMABLE, compared, counts_of
from irt.analysis.final.measuring import covariates_of
from irt.analysis.final.reading import Trial
from irt.analysis.final.responding import Answer, primary_endpoint, threshold_of
from irt.analysis.inputs import Floats
from irt.analysis.methods import Draws, Pooled, WrongInputError, impute, pooled

IMPUTATIONS = 200
MISSING_AT_RANDOM, COPY_REFERENCE = "multiple_imputation", "copy_reference"


@dataclass(frozen=True)
class Completed:
    """Participants and mean responders of both arms over the completed sets, and the pooled difference."""

    active: int
    active_responders: float
    control: int
    control_responders: float
    pooled: Pooled | None
    note: str


def completed(trial: Trial, answers: Sequence[Answer], how: str) -> Completed:
    """The Mantel-Haenszel risk difference over IMPUTATIONS completed sets, by Rubin's rule.

    The score of who has none is drawn from Bayesian normal regression on the covariates and the factors of the strata,
    fitted to those of the same arm (`copy_reference`: of the control arm) who have one and no composite event. Each set
    takes one draw of a model's parameters for all whose scores the model gives, of whichever arm. Who had such an event
    stays a non-responder. An imputed score responds when it reaches the threshold; it is not rounded.
    While arms are called by letters there is no reference to copy.
    """
    if how == COPY_REFERENCE and trial.opened.view == "letters":
        return _none(trial, answers, "not_possible: which arm is the reference is not known")
    try:
        scores = imputed(trial, answers, how)
    except WrongInputError as wrong:
        return _none(trial, answers, f"{NOT_ESTIMABLE}: {wrong.problem}")
    observed = np.array([one.responded for one in answers], dtype=np.int64)
    given = np.where(np.isnan(scores), observed, scores >= threshold_of(trial, primary_endpoint(trial)))
    told = [compared(trial, counts_of(trial, answers, one.tolist())) for one in given]
    values = [one.difference for one in told if one.difference is not None]
    variances = [one.variance for one in told if one.variance is not None]
    if len(values) < IMPUTATIONS:
        return _none(trial, answers, NOT_ESTIMABLE)
    counts = [one.counts for one in told]
    return Completed(
        counts[0].active, sum(one.active_responders for one in counts) / IMPUTATIONS,
        counts[0].control, sum(one.control_responders for one in counts) / IMPUTATIONS,
        pooled(values, variances, confidence=trial.confidence), "",
    )  # fmt: skip


def _none(trial: Trial, answers: Sequence[Answer], note: str) -> Completed:
    counts = counts_of(trial, answers)
    return Completed(*counts.cells, None, note)


def imputed(trial: Trial, answers: Sequence[Answer], how: str) -> Floats:
    """The imputed scores, of shape (IMPUTATIONS, answers); NaN where nothing is missing. Raises WrongInputError."""
    scores = np.full((IMPUTATIONS, len(answers)), np.nan)
    control = trial.arms[1]
    receivers = {control: trial.arms} if how == COPY_REFERENCE else {arm: (arm,) for arm in trial.arms}
    for donor, arms in receivers.items():
        missing = [at for at, one in enumerate(answers) if one.missing and one.person.arm in arms]
        if missing:
            # Named by who is in the arm: the same stream, whatever the arm is called.
            first = next((one.person.number for one in answers if one.person.arm == donor), "")
            draws = Draws(trial.opened.rerandomization_seed, f"{how}|{first}")
            scores[:, missing] = _drawn(trial, answers, missing, donor, draws)
    return scores


def _drawn(trial: Trial, answers: Sequence[Answer], missing: Sequence[int], donor: str, draws: Draws) -> Floats:
    donors = [at for at, one in enumerate(answers) if one.person.arm == donor and one.observed is not None]
    donors = [at for at in donors if not answers[at].composite]
    if not donors:
        raise WrongInputError("response", "nobody of the arm was measured", "collect some")
    design = _design(trial, answers)
    columns = _columns(design[donors])
    scores = np.array([answers[at].observed for at in donors], dtype=np.float64)
    return impute(scores, design[np.ix_(donors, columns)], design[np.ix_(missing, columns)], draws, IMPUTATIONS)


def _design(trial: Trial, answers: Sequence[Answer]) -> Floats:
    """Intercept, the factors of the strata, covariates centred (who lacks one has their mean)."""
    held = covariates_of(trial)
    known = np.array(list(held.values()), dtype=np.float64)
    middle = known.mean(axis=0) if len(known) else np.zeros(len(trial.study.analysis.covariates))
    parts: list[list[float]] = []
    for one in answers:
        levels = one.person.stratum.split("|")
        factors = [
            float(level == other)
            for factor, level in zip(trial.study.strata, levels, strict=True)
            for other in trial.study.levels_of(factor)[1:]
        ]
        values = np.array(held.get(one.person.number, tuple(middle))) - middle
        parts.append([1.0, *factors, *values.tolist()])
    return np.array(parts, dtype=np.float64)


def _columns(design: Floats) -> list[int]:
    """The columns, from the left, that say something of their own among the donors, a degree of freedom left."""
    kept: list[int] = []
    scale = np.maximum(np.abs(design).max(axis=0), 1e-300)
    for column in range(design.shape[1]):
        tried = [*kept, column]
        if len(tried) < len(design) and np.linalg.matrix_rank(design[:, tried] / scale[tried]) == len(tried):
            kept = tried
    return kept
