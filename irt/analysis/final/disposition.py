"""Who came, who was randomized, who was treated, stopped, left, and was seen to the end: the flow of participants."""

from collections.abc import Callable, Iterable, Sequence

from irt.analysis.final.populations import member
from irt.analysis.final.reading import ALL, Person, Trial, made
from irt.analysis.results import Cell, ResultTable
from irt.lock.contents import Row

LEFT = "withdrawn"  # the state of who left before the end


def tables(trial: Trial) -> Iterable[ResultTable]:
    """disposition: all steps by the arm as randomized, in the order of the flow."""
    sources = "participants allocations doses visits"
    yield made("disposition", "step detail arm participants", [*_before(trial), *_after(trial)], sources)


def outcome_visits(trial: Trial) -> list[str]:
    """The visits that an endpoint is of, in the order of their days."""
    named = {one.visit for one in trial.study.analysis.endpoints}
    return [one.id for one in sorted(trial.study.visits, key=lambda one: one.day) if one.id in named]


def _before(trial: Trial) -> Iterable[tuple[Cell, ...]]:
    rows = trial.tables["participants"]
    out = [row for row in rows if not row["arm"]]
    yield "screened", "", ALL, len(rows)
    yield "not_randomized", "", ALL, len(out)
    for state in _known(out, "state"):
        yield "not_randomized", state, ALL, sum(row["state"] == state for row in out)


def _after(trial: Trial) -> Iterable[tuple[Cell, ...]]:
    people = trial.people
    yield from _step(trial, "randomized", "", lambda _: True)
    yield from _step(trial, "in_error", "", lambda one: one.row["in_error"] == "Y")
    yield from _step(trial, "never_dosed", "", lambda one: not one.treated)
    yield from _step(trial, "treated", "", lambda one: bool(one.treated))
    yield from _step(trial, "stopped", "", lambda one: bool(one.row["stop_reason"]))
    for reason in _known([one.row for one in people], "stop_reason"):
        yield from _step(trial, "stopped", reason, lambda one, reason=reason: one.row["stop_reason"] == reason)  # type: ignore[misc]
    yield from _step(trial, "left", "", lambda one: one.row["state"] == LEFT and not one.row["died_on"])
    yield from _step(trial, "died", "", lambda one: bool(one.row["died_on"]))
    held = {(row["participant"], row["visit"]) for row in trial.tables["visits"] if row["state"] == "done"}
    for visit in outcome_visits(trial):
        yield from _step(trial, "completed", visit, lambda one, visit=visit: (one.number, visit) in held)  # type: ignore[misc]
    for name in ("full_analysis", "per_protocol", "safety"):
        yield from _step(trial, "in_set", name, lambda one, name=name: member(one, name))  # type: ignore[misc]


def _step(trial: Trial, step: str, detail: str, holds: Callable[[Person], bool]) -> Iterable[tuple[Cell, ...]]:
    arms = [one.arm for one in trial.people if holds(one)]
    for arm in trial.arms:
        yield step, detail, arm, arms.count(arm)
    yield step, detail, ALL, len(arms)


def _known(rows: Sequence[Row], column: str) -> list[str]:
    return sorted({row[column] for row in rows if row[column]})
