"""The final analysis: everything that is computed once the allocation is open, from `Opened` and nothing else."""

from collections.abc import Callable, Iterable

from irt.analysis.final import (
    baseline,
    course,
    disposition,
    forest,
    list_report,
    masking_report,
    multiplicity,
    over_time,
    populations,
    primary,
    safety,
    secondary,
    sensitivity,
    shifts,
)
from irt.analysis.final.imputing import IMPUTATIONS
from irt.analysis.final.reading import Trial, WrongTablesError, arm_as_treated, read_trial
from irt.analysis.mixed import DEGREES
from irt.analysis.results import Results, ResultTable
from irt.lock.opened import Opened
from irt.vault.redraw import ALGORITHM

__all__ = ["WrongTablesError", "arm_as_treated", "final_analysis"]

Part = Callable[[Trial], Iterable[ResultTable]]
BEFORE: tuple[Part, ...] = (disposition.tables, populations.tables, baseline.tables)
AFTER: tuple[Part, ...] = (
    sensitivity.tables, over_time.tables, forest.tables, safety.tables, shifts.tables, course.tables,
    masking_report.tables, list_report.tables,
)  # fmt: skip


def final_analysis(
    opened: Opened, progress: Callable[[int, int], None] | None = None, lists: int | None = None
) -> Results:
    """Every table of the report, in its order; the same `opened` gives the same bytes, whatever its rows' order.

    `progress` is told the parts done, and of how many. `lists`: how many lists are redrawn in place of the study file's
    number, as a rehearsal and `irt analyse --lists` ask for fewer; the facts tell how many were. Raises
    WrongTablesError, which names the participant, where tables contradict each other.
    """
    trial = read_trial(opened)
    redrawn = opened.study.analysis.rerandomizations if lists is None else lists
    of = len(BEFORE) + len(AFTER) + 2
    found: list[ResultTable] = []

    def add(tables: Iterable[ResultTable]) -> None:
        found.extend(tables)
        done[0] += 1
        if progress is not None:
            progress(done[0], of)

    done = [0]
    for part in BEFORE:
        add(part(trial))
    add(primary.tables(trial, redrawn))
    add(_secondary(trial, found))
    for part in AFTER:
        add(part(trial))
    return Results({one.id: one for one in found}, _facts(opened, redrawn))


def _secondary(trial: Trial, found: Iterable[ResultTable]) -> Iterable[ResultTable]:
    first = next(one for one in found if one.id == "primary")
    others = list(secondary.tables(trial))
    yield from others
    yield from multiplicity.tables(trial.study, first, others[0])


def _facts(opened: Opened, lists: int) -> dict[str, str]:
    """What the numbers depend on besides the tables."""
    analysis = opened.study.analysis
    return {
        "view": opened.view,
        "active": opened.active,
        "control": opened.control,
        "study_sha256": opened.facts.get("study_sha256", ""),
        "frozen_sha256": opened.facts.get("frozen_sha256", ""),
        "merkle_root": opened.facts.get("merkle_root", ""),
        "software": opened.facts.get("software", ""),
        "analysis_seed": opened.facts.get("analysis_seed", ""),
        "alpha": str(analysis.alpha),
        "confidence": str(analysis.confidence),
        "primary": analysis.primary,
        "rerandomizations": str(lists),
        "rerandomization_algorithm": ALGORITHM,
        "imputations": str(IMPUTATIONS),
        "mmrm_degrees": DEGREES,
        "covariates": " ".join(analysis.covariates),
    }
