"""The safety laboratory: from where values stood before treatment to where the highest stood after."""

from collections import Counter
from collections.abc import Iterable

from irt.analysis.final.reading import Trial, made
from irt.analysis.results import Cell, ResultTable
from irt.lock.contents import Row

HIGH, WITHIN, MISSING = "high", "not_high", "missing"


def tables(trial: Trial) -> Iterable[ResultTable]:
    """laboratory_shifts: participants of the safety set by analyte, above the upper limit before and at most after.

    Before: the last sample up to the day of the first dose; after: the highest of all later ones.
    """
    columns = "analyte arm before after participants"
    yield made("laboratory_shifts", columns, _rows(trial), "participants dispensing doses safety_laboratory")


def _rows(trial: Trial) -> Iterable[tuple[Cell, ...]]:
    arms = {one.number: one.treated for one in trial.safety}
    held: dict[tuple[str, str], list[Row]] = {}
    for row in trial.tables["safety_laboratory"]:
        if row["participant"] in arms and row["value"] and row["study_day"]:
            held.setdefault((row["analyte"], row["participant"]), []).append(row)
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for (analyte, number), rows in held.items():
        before = [row for row in rows if int(row["study_day"]) <= 1]
        after = {_place(row) for row in rows if int(row["study_day"]) > 1}
        first = _place(before[-1]) if before else MISSING
        counts[analyte, arms[number], first, HIGH if HIGH in after else WITHIN if after else MISSING] += 1
    for analyte in sorted({key[0] for key in counts}):
        for arm in trial.arms:
            for first in (WITHIN, HIGH, MISSING):
                for last in (WITHIN, HIGH, MISSING):
                    yield analyte, arm, first, last, counts[analyte, arm, first, last]


def _place(row: Row) -> str:
    return HIGH if row["upper"] and float(row["value"]) > float(row["upper"]) else WITHIN
