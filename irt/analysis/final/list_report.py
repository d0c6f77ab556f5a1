"""The randomization list as it was: how balanced, predictable and used it was, and that it is the one sealed."""

from collections.abc import Iterable, Sequence
from itertools import accumulate

from irt.analysis.final.reading import ALL, Trial, made
from irt.analysis.results import Cell, ResultTable
from irt.randomization.balance import typical, worst_in_list, worst_overall
from irt.randomization.blocks_plan import BlocksPlan
from irt.randomization.predictability import expected_certain, expected_right

Row = tuple[Cell, ...]
FACTS = (
    "algorithm", "ratio", "block_sizes", "block_weights", "merkle_root", "seed_sha256", "replayed", "list_prepared_at",
)  # fmt: skip


def tables(trial: Trial) -> Iterable[ResultTable]:
    """list_report: `part` balance, predictability, use or proof; `group` all, or a stratum or site.

    Differences are active less control, in participants: at the end, and the largest at any time. Guesses are right
    ones of somebody who names the arm that is behind (either, by halves, when none is) and learns every allocation of
    the stratum; as they were on the list, and as its law expects them.
    """
    rows = [*_balance(trial), *_predictability(trial), *_use(trial), *_proof(trial)]
    sources = "randomization_list allocations generation_record"
    yield made("list_report", "part group_kind group quantity value", rows, sources)


def _balance(trial: Trial) -> Iterable[Row]:
    order = sorted(trial.tables["allocations"], key=lambda row: (row["randomized_at_utc"], row["participant"]))
    signs = {trial.arms[0]: 1, trial.arms[1]: -1}
    groups: list[tuple[str, str, list[int]]] = [("all", ALL, [signs[row["arm"]] for row in order])]
    groups += [("stratum", key, [signs[arm] for arm in arms]) for key, arms in used(trial).items()]
    for site in trial.study.sites:
        groups.append(("site", site.code, [signs[row["arm"]] for row in order if row["site"] == site.code]))
    for kind, group, steps in groups:
        running = list(accumulate(steps))
        yield "balance", kind, group, "participants", len(steps)
        yield "balance", kind, group, "difference_at_end", running[-1] if running else 0
        yield "balance", kind, group, "largest_difference", max((abs(one) for one in running), default=0)
    if (plan := _law(trial)) is not None:
        yield "balance", "all", ALL, "worst_in_a_stratum_by_law", worst_in_list(plan)
        yield "balance", "all", ALL, "worst_by_law", worst_overall(plan)
        yield "balance", "all", ALL, "typical_difference_by_law", typical(plan)


def _predictability(trial: Trial) -> Iterable[Row]:
    plan, lists = _law(trial), used(trial)
    right = {key: convergence(arms) for key, arms in lists.items()}
    places = sum(len(arms) for arms in lists.values())
    for key, arms in lists.items():
        yield "predictability", "stratum", key, "right_guesses", right[key]
        if plan is not None:
            yield "predictability", "stratum", key, "right_guesses_by_law", float(expected_right(plan, len(arms)))
    whole = sum(right.values())
    yield "predictability", "all", ALL, "right_guesses", whole
    yield "predictability", "all", ALL, "right_guesses_percent", 100 * whole / places if places else None
    if plan is not None:
        law = float(sum(expected_right(plan, len(arms)) for arms in lists.values()))
        certain = float(sum(expected_certain(plan, len(arms)) for arms in lists.values()))
        yield "predictability", "all", ALL, "right_guesses_by_law", law
        yield "predictability", "all", ALL, "right_guesses_by_law_percent", 100 * law / places if places else None
        yield "predictability", "all", ALL, "certain_guesses_by_law_size_known", certain


def convergence(arms: Sequence[str]) -> float:
    """The right guesses on one list of somebody who always names the arm that was allocated less often so far."""
    right, counts = 0.0, dict.fromkeys(arms, 0)
    for place, arm in enumerate(arms):
        mine, others = counts[arm], place - counts[arm]
        right += 1.0 if mine < others else 0.5 if mine == others else 0.0
        counts[arm] += 1
    return right


def used(trial: Trial) -> dict[str, list[str]]:
    """The arms of the used slots of each stratum, in the order of the list."""
    found: dict[str, list[tuple[int, str]]] = {key: [] for key in trial.study.strata_keys()}
    for row in trial.tables["randomization_list"]:
        if row["used"] == "Y":
            found.setdefault(row["stratum"], []).append((int(row["position"]), row["arm"]))
    return {key: [arm for _, arm in sorted(slots)] for key, slots in found.items()}


def _use(trial: Trial) -> Iterable[Row]:
    slots = trial.tables["randomization_list"]
    for key in used(trial):
        here = [row for row in slots if row["stratum"] == key]
        places = [int(row["position"]) for row in here if row["used"] == "Y"]
        yield "use", "stratum", key, "used", len(places)
        yield "use", "stratum", key, "left", len(here) - len(places)
        yield "use", "stratum", key, "skipped", max(places, default=0) - len(places)
    taken = sum(row["used"] == "Y" for row in slots)
    yield "use", "all", ALL, "used", taken
    yield "use", "all", ALL, "left", len(slots) - taken


def _proof(trial: Trial) -> Iterable[Row]:
    for name in FACTS:
        if name in trial.opened.facts:
            yield "proof", "all", ALL, name, trial.opened.facts[name]


def _law(trial: Trial) -> BlocksPlan | None:
    plan = trial.opened.plan
    return plan if plan is not None and plan.ratio == (1, 1) else None
