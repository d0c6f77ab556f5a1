"""The primary endpoint within groups of participants: differences by group, for the eye; none is tested."""

from collections.abc import Callable, Iterable

from irt.analysis.final.comparing import counts_of, newcombe
from irt.analysis.final.primary import primary_answers
from irt.analysis.final.reading import Person, Trial, made
from irt.analysis.results import Cell, ResultTable

OLDER_FROM = 50  # years; about the median age of dermatomyositis
Groups = Iterable[tuple[str, str, Callable[[Person], bool]]]


def tables(trial: Trial) -> Iterable[ResultTable]:
    """forest: overall and by stratum, its factors, site, sex and age; Newcombe's interval, empty where an arm is."""
    columns = "group_kind group active_n active_responders control_n control_responders difference low high"
    yield made("forest", columns, _rows(trial), "participants allocations responses")


def _rows(trial: Trial) -> Iterable[tuple[Cell, ...]]:
    answers = primary_answers(trial)
    for kind, group, holds in _groups(trial):
        counts = counts_of(trial, [one for one in answers if holds(one.person)])
        yield kind, group, *counts.cells, *newcombe(trial, counts)


def _groups(trial: Trial) -> Groups:
    yield "overall", "overall", lambda _: True
    for stratum in trial.study.strata_keys():
        yield "stratum", stratum, lambda one, stratum=stratum: one.stratum == stratum  # type: ignore[misc]
    for place, factor in enumerate(trial.study.strata):
        for level in trial.study.levels_of(factor):
            yield "factor", f"{factor.id}={level}", _level(place, level)
    for site in trial.study.sites:
        yield "site", site.code, lambda one, site=site: one.site == site.code  # type: ignore[misc]
    for sex in sorted({one.row["sex"] for one in trial.full}):
        yield "sex", sex, lambda one, sex=sex: one.row["sex"] == sex  # type: ignore[misc]
    yield "age", f"<{OLDER_FROM}", lambda one: bool(one.row["age"]) and int(one.row["age"]) < OLDER_FROM
    yield "age", f">={OLDER_FROM}", lambda one: bool(one.row["age"]) and int(one.row["age"]) >= OLDER_FROM


def _level(place: int, level: str) -> Callable[[Person], bool]:
    return lambda one: one.stratum.split("|")[place] == level
