"""Who counts in which set, by arm; who does not, and why; who was treated otherwise than randomized."""

from collections.abc import Iterable

from irt.analysis.final.reading import ALL, Person, Trial, made
from irt.analysis.results import Cell, ResultTable

SETS = ("randomized", "full_analysis", "per_protocol", "safety")


def tables(trial: Trial) -> Iterable[ResultTable]:
    """populations, populations_excluded, treated_otherwise.

    Randomized, full analysis and per protocol by the arm as randomized; safety by the arm as treated.
    """
    yield made("populations", "set arm participants", _counts(trial), "participants allocations dispensing doses")
    yield made(
        "populations_excluded",
        "participant arm set reason",
        _excluded(trial),
        "participants allocations doses",
    )
    yield made(
        "treated_otherwise", "participant arm_randomized arm_treated visit kit arm_of_kit given_on", _otherwise(trial),
        "participants dispensing doses",
    )  # fmt: skip


def _counts(trial: Trial) -> Iterable[tuple[Cell, ...]]:
    for name in SETS:
        arms = [arm_in(one, name) for one in trial.people if member(one, name)]
        for arm in trial.arms:
            yield name, arm, arms.count(arm)
        yield name, ALL, len(arms)


def member(person: Person, name: str) -> bool:
    """Whether somebody is in a set of SETS."""
    return {
        "randomized": True,
        "full_analysis": person.full,
        "per_protocol": person.per_protocol,
        "safety": bool(person.treated),
    }[name]


def arm_in(person: Person, name: str) -> str:
    """The arm that somebody counts in."""
    return person.treated if name == "safety" else person.arm


def _excluded(trial: Trial) -> Iterable[tuple[Cell, ...]]:
    for one in trial.people:
        if not one.full:
            yield one.number, one.arm, "full_analysis", one.row["full_analysis_reason"]
        if not one.per_protocol:
            yield one.number, one.arm, "per_protocol", one.row["per_protocol_reason"]
        if not one.treated:
            yield one.number, one.arm, "safety", "no_dose"


def _otherwise(trial: Trial) -> Iterable[tuple[Cell, ...]]:
    """Every kit that was given to somebody of the other arm, with the arm that they count in as treated."""
    given = trial.by_participant("dispensing")
    for one in trial.people:
        for row in given.get(one.number, ()):
            if row["given_on"] and row["arm_of_kit"] != one.arm:
                yield one.number, one.arm, one.treated, row["visit"], row["kit"], row["arm_of_kit"], row["given_on"]
