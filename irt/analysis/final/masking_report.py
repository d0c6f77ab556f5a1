"""How the masking held: who learned a treatment, and who was given a box that was not theirs."""

from collections.abc import Iterable, Sequence

from irt.analysis.final.reading import ALL, Trial, made
from irt.analysis.results import Cell, ResultTable

ALWAYS = ("code_break", "desk_opening", "envelope_opened", "unblinding_report")  # counted though there was none
WRONG, WRONG_SAME = "wrong_kit_other_arm", "wrong_kit_same_arm"


def tables(trial: Trial) -> Iterable[ResultTable]:
    """masking_report: each kind of the unblinding log and wrong kits, counted over all, by arm as randomized, by site.

    Of a row about no one participant (a report about a lot) the arm is not told.
    """
    columns = "item arm site participants count"
    sources = "unblinding_log misallocations allocations participants"
    yield made("masking_report", columns, _rows(trial), sources)


def _rows(trial: Trial) -> Iterable[tuple[Cell, ...]]:
    arms = {one.number: one.arm for one in trial.people}
    held: dict[str, list[tuple[str, str, str]]] = {name: [] for name in ALWAYS}
    for row in trial.tables["unblinding_log"]:
        whose = (row["participant"], arms.get(row["participant"], ""), row["site"])
        held.setdefault(row["kind"], []).append(whose)
    held |= {WRONG: [], WRONG_SAME: []}
    for row in trial.tables["misallocations"]:
        if row["kind"] == "wrong_kit":
            whose = (row["participant"], arms.get(row["participant"], ""), row["site"])
            held[WRONG_SAME if row["match"] == "Y" else WRONG].append(whose)
    for item, rows in held.items():
        yield item, ALL, "", *_counted(rows)
        for arm in trial.arms:
            yield item, arm, "", *_counted([one for one in rows if one[1] == arm])
        for site in sorted({one[2] for one in rows if one[2]}):
            yield item, ALL, site, *_counted([one for one in rows if one[2] == site])


def _counted(rows: Sequence[tuple[str, str, str]]) -> tuple[int, int]:
    return len({one[0] for one in rows if one[0]}), len(rows)
