"""Scores and measures as they were observed, visit by visit and arm by arm."""

from collections.abc import Iterable

from irt.analysis.final.baseline import measures_of
from irt.analysis.final.describing import DESCRIBED, described, mean_interval
from irt.analysis.final.disposition import outcome_visits
from irt.analysis.final.measuring import values_at, week_of
from irt.analysis.final.reading import Trial, made
from irt.analysis.results import Cell, ResultTable

Row = tuple[Cell, ...]


def tables(trial: Trial) -> Iterable[ResultTable]:
    """tis_over_time, measures_over_time: of the full analysis set, by `values_at`; means with t intervals."""
    yield made("tis_over_time", "visit week arm n mean low high", _scores(trial), "participants allocations scores")
    yield made(
        "measures_over_time", f"measure visit week arm {DESCRIBED} low high", _measures(trial),
        "participants allocations assessments laboratory",
    )  # fmt: skip


def _scores(trial: Trial) -> Iterable[Row]:
    for visit in outcome_visits(trial):
        for arm, values in _by_arm(trial, "tis", visit):
            yield visit, week_of(trial, visit), arm, len(values), *mean_interval(values, trial.confidence)


def _measures(trial: Trial) -> Iterable[Row]:
    for measure in measures_of(trial):
        for visit in _visits(trial, measure):
            for arm, values in _by_arm(trial, measure, visit):
                _, low, high = mean_interval(values, trial.confidence)
                yield measure, visit, week_of(trial, visit), arm, *described(values), low, high


def _visits(trial: Trial, measure: str) -> list[str]:
    """The visits that record a measure, in the order of their days."""
    recorded = trial.study.visits_of(measure.partition(".")[0])
    return [one.id for one in sorted(trial.study.visits, key=lambda one: one.day) if one.id in recorded]


def _by_arm(trial: Trial, measure: str, visit: str) -> Iterable[tuple[str, list[float]]]:
    values = values_at(trial, measure, visit)
    for arm in trial.arms:
        yield arm, [values[one.number] for one in trial.full if one.arm == arm and one.number in values]
