"""Table 1: who the participants of the full analysis set were, by the arm as randomized."""

from collections.abc import Iterable, Mapping, Sequence

from irt.analysis.final.describing import DESCRIBED, described
from irt.analysis.final.measuring import SCORES, apart, values_at
from irt.analysis.final.reading import ALL, Person, Trial, made, percent
from irt.analysis.results import Cell, ResultTable


def tables(trial: Trial) -> Iterable[ResultTable]:
    """baseline_characteristics: numbers described, levels counted; percent is of those with a value."""
    yield made(
        "baseline_characteristics", f"variable level arm {DESCRIBED} count percent", _rows(trial),
        "participants baseline assessments laboratory",
    )  # fmt: skip


def _rows(trial: Trial) -> Iterable[tuple[Cell, ...]]:
    yield from _numbers(trial, "age", {one.number: float(one.row["age"]) for one in trial.full if one.row["age"]})
    yield from _levels(trial, "sex", {one.number: one.row["sex"] for one in trial.full})
    yield from _levels(trial, "site", {one.number: one.site for one in trial.full})
    yield from _levels(trial, "stratum", {one.number: one.stratum for one in trial.full}, trial.study.strata_keys())
    for place, factor in enumerate(trial.study.strata):
        held = {one.number: one.stratum.split("|")[place] for one in trial.full}
        yield from _levels(trial, f"stratum.{factor.id}", held, trial.study.levels_of(factor))
    for field in trial.study.baseline:
        values = {row["participant"]: row["value"] for row in trial.tables["baseline"] if row["field"] == field.id}
        if field.choices:
            yield from _levels(trial, field.id, values, field.choices)
        else:
            yield from _numbers(trial, field.id, {number: float(one) for number, one in values.items() if one})
    for measure in measures_of(trial):
        yield from _numbers(trial, measure, values_at(trial, measure, trial.study.first_visit.id))


def measures_of(trial: Trial) -> list[str]:
    """The measures of the endpoints that have a baseline, in the order of the study file."""
    named = dict.fromkeys(one.measure for one in trial.study.analysis.endpoints)
    return [one for one in named if one not in SCORES]


def exploratory(trial: Trial, measure: str) -> bool:
    """Whether a measure is one of the laboratory apart."""
    return measure not in SCORES and apart(trial, measure.partition(".")[0])


def _numbers(trial: Trial, variable: str, values: Mapping[str, float]) -> Iterable[tuple[Cell, ...]]:
    for arm, people in _groups(trial):
        found = [values[one.number] for one in people if one.number in values]
        yield variable, "", arm, *described(found), None, None


def _levels(
    trial: Trial, variable: str, values: Mapping[str, str], known: Sequence[str] = ()
) -> Iterable[tuple[Cell, ...]]:
    levels = [*known, *sorted({one for one in values.values() if one} - set(known))]
    for level in levels:
        for arm, people in _groups(trial):
            found = [values[one.number] for one in people if values.get(one.number)]
            count = found.count(level)
            yield variable, level, arm, len(found), *[None] * 7, count, percent(count, len(found))


def _groups(trial: Trial) -> Iterable[tuple[str, Sequence[Person]]]:
    for arm in trial.arms:
        yield arm, [one for one in trial.full if one.arm == arm]
    yield ALL, trial.full
