"""The primary comparison under other populations, other strata, and other assumptions about what is missing."""

from collections.abc import Iterable, Sequence

from irt.analysis.final.comparing import Compared, compared, counts_of
from irt.analysis.final.imputing import COPY_REFERENCE, MISSING_AT_RANDOM, Completed, completed
from irt.analysis.final.reading import Trial, made, number_of
from irt.analysis.final.responding import Answer, analysed, answers_of, primary_endpoint, threshold_of
from irt.analysis.results import Cell, ResultTable

COLUMNS = "analysis active_n active_responders control_n control_responders estimate low high p degrees note"
ZERO = "tis_missing_as_zero"  # the score if the measures that are missing had not improved
Row = tuple[Cell, ...]


def tables(trial: Trial) -> Iterable[ResultTable]:
    """sensitivity: a row for each analysis, the primary one first; tipping_point: the grid of what is missing.

    Population and strata change alone: who is missing counts in these rows as in the primary analysis. Those that score
    or impute what is missing, and the grid, count everybody.
    """
    sources = "participants allocations responses scores baseline generation_record"
    yield made("sensitivity", COLUMNS, _rows(trial), sources)
    columns = "added_active added_control difference low high p"
    yield made("tipping_point", columns, _grid(trial), "participants allocations responses")


def _rows(trial: Trial) -> Iterable[Row]:
    answers = answers_of(trial, trial.study.analysis.primary, trial.full)
    kept = analysed(trial, answers)
    seen = [one for one in answers if not one.missing]
    keeping = [one for one in kept if one.person.per_protocol]
    yield _row("primary", compared(trial, counts_of(trial, kept)))
    yield _row("observed_cases", compared(trial, counts_of(trial, seen)))
    yield _row("per_protocol", compared(trial, counts_of(trial, keeping)))
    yield _row("corrected_strata", compared(trial, counts_of(trial, kept, corrected=True)))
    yield _row("missing_scored_zero", compared(trial, counts_of(trial, answers, scored_zero(trial, answers))))
    for name in (MISSING_AT_RANDOM, COPY_REFERENCE):
        yield _imputed(name, completed(trial, answers, name))


def _row(name: str, told: Compared) -> Row:
    return name, *told.counts.cells, told.difference, told.low, told.high, told.p, None, told.note


def _imputed(name: str, told: Completed) -> Row:
    cells = (told.active, told.active_responders, told.control, told.control_responders)
    if told.pooled is None:
        return name, *cells, None, None, None, None, None, told.note
    effect = told.pooled.effect
    degrees = effect.degrees if told.pooled.between else None
    return name, *cells, effect.value, effect.low, effect.high, effect.p, degrees, told.note


def scored_zero(trial: Trial, answers: Sequence[Answer]) -> list[int]:
    """Responses where a measure that is missing counts as not improved: the least that the score can be."""
    endpoint = primary_endpoint(trial)
    least = threshold_of(trial, endpoint)
    held = {
        row["participant"]: number_of(row["value"])
        for row in trial.tables["scores"]
        if row["visit"] == endpoint.visit and row["score"] == ZERO
    }
    return [
        int((held.get(one.person.number) or 0.0) >= least) if one.missing else one.responded for one in answers
    ]  # fmt: skip


def _grid(trial: Trial) -> list[Row]:
    """Every number of responders among the missing of each arm, from none to all."""
    answers = answers_of(trial, trial.study.analysis.primary, trial.full)
    missing = [[one for one in spread_out(answers) if one.person.arm == arm] for arm in trial.arms]
    rows: list[Row] = []
    for active in range(len(missing[0]) + 1):
        for control in range(len(missing[1]) + 1):
            added = {one.person.number for one in (*missing[0][:active], *missing[1][:control])}
            given = [int(one.responded or one.person.number in added) for one in answers]
            told = compared(trial, counts_of(trial, answers, given))
            rows.append((active, control, told.difference, told.low, told.high, told.p))
    return rows


def spread_out(answers: Sequence[Answer]) -> list[Answer]:
    """The missing ones, in the order in which they become responders: evenly over the strata of each arm."""
    held: dict[tuple[str, str], list[Answer]] = {}
    for one in answers:
        if one.missing:
            held.setdefault((one.person.arm, one.person.stratum), []).append(one)
    ranked = [
        ((2 * place + 1) / (2 * len(there)), stratum, one.person.number, one)
        for (_, stratum), there in held.items()
        for place, one in enumerate(there)
    ]
    return [one for *_, one in sorted(ranked, key=lambda entry: entry[:3])]
