"""The primary endpoint by the estimand: responders by arm, every planned test and estimate, and what decided."""

from collections.abc import Iterable, Sequence

from irt.analysis.final.comparing import NOT_ESTIMABLE, Counts, attempted, counts_of, newcombe
from irt.analysis.final.describing import finite, proportion
from irt.analysis.final.reading import Trial, made
from irt.analysis.final.responding import Answer, analysed, answers_of, primary_endpoint
from irt.analysis.inputs import Floats
from irt.analysis.methods import (
    Estimate,
    Interval,
    Rerandomized,
    Tested,
    breslow_day,
    cochran_mantel_haenszel,
    mantel_haenszel_odds_ratio,
    mantel_haenszel_risk_difference,
    miettinen_nurminen_interval,
    miettinen_nurminen_score,
    rerandomization_test,
)
from irt.analysis.results import Cell, ResultTable

COLUMNS = "method estimate low high statistic degrees p lists as_far margin note"
SOURCES = "participants allocations responses"
Row = tuple[Cell, ...]


def primary_answers(trial: Trial) -> list[Answer]:
    """The answers that the primary analysis counts."""
    return analysed(trial, answers_of(trial, trial.study.analysis.primary, trial.full))


def tables(trial: Trial, lists: int) -> Iterable[ResultTable]:
    """primary_arms, primary, responder_reasons. `lists`: how many are redrawn.

    In `primary`, one row for each method: differences are active less control, of proportions from 0 to 1. Estimates
    have no p of their own: the tests are Cochran-Mantel-Haenszel's and the list's.
    """
    answers = primary_answers(trial)
    counts = counts_of(trial, answers)
    yield made("primary_arms", "arm participants responders percent low high", arms(trial, counts), SOURCES)
    yield made("primary", COLUMNS, _methods(trial, answers, counts, lists), f"{SOURCES} generation_record")
    yield made("responder_reasons", "decided_by arm participants responders", _reasons(trial), SOURCES)


def arms(trial: Trial, counts: Counts) -> list[Row]:
    """A row for each arm: participants, responders, percent with Wilson's interval."""
    both = ((counts.active, counts.active_responders), (counts.control, counts.control_responders))
    return [
        (arm, n, responders, *proportion(responders, n, trial.confidence))
        for arm, (n, responders) in zip(trial.arms, both, strict=True)
    ]


def _methods(trial: Trial, answers: Sequence[Answer], counts: Counts, lists: int) -> Iterable[Row]:
    table, level = counts.by_stratum, trial.confidence
    names = (
        "mantel_haenszel_risk_difference", "cochran_mantel_haenszel", "rerandomization_test",
        "mantel_haenszel_odds_ratio", "breslow_day", "miettinen_nurminen_stratified", "miettinen_nurminen", "newcombe",
    )  # fmt: skip
    if table is None:
        yield from ((name, *[None] * 9, NOT_ESTIMABLE) for name in names)
        return
    difference, why = attempted(lambda: mantel_haenszel_risk_difference(table, confidence=level))
    yield _estimate(names[0], difference, why)
    yield _test(names[1], cochran_mantel_haenszel(table))
    yield _rerandomized(trial, names[2], answers, lists)
    yield _estimate(names[3], mantel_haenszel_odds_ratio(table, confidence=level), "")
    yield _test(names[4], breslow_day(table))
    yield _scored(names[5], table, level)
    yield _scored(names[6], table.sum(axis=0), level)
    value, low, high = newcombe(trial, counts)
    yield names[7], value, low, high, *[None] * 6, "" if value is not None else NOT_ESTIMABLE


def _estimate(name: str, told: Estimate | None, why: str) -> Row:
    if told is None:
        return name, *[None] * 9, why
    return name, finite(told.value), finite(told.low), finite(told.high), *[None] * 6, why


def _test(name: str, told: Tested) -> Row:
    return name, None, None, None, told.statistic, told.degrees, told.p, None, None, None, ""


def _scored(name: str, table: Floats, level: float) -> Row:
    def both() -> tuple[Interval, float]:
        return miettinen_nurminen_interval(table, confidence=level), miettinen_nurminen_score(table)

    told, why = attempted(both)
    if told is None:
        return name, *[None] * 9, why
    interval, score = told
    return name, interval.value, interval.low, interval.high, finite(score), 1, *[None] * 4, ""


def _rerandomized(trial: Trial, name: str, answers: Sequence[Answer], lists: int) -> Row:
    told, why = rerandomized(trial, answers, lists)
    if told is None:
        return name, *[None] * 9, why
    return name, None, None, None, told.observed, None, told.p, told.lists, told.as_far, told.margin, ""


def rerandomized(trial: Trial, answers: Sequence[Answer], lists: int) -> tuple[Rerandomized | None, str]:
    """The re-randomization test by the law of the list; None, and why, where the list has no law that is known.

    Slots of participants who are not analysed stay theirs.
    """
    plan = trial.opened.plan
    if plan is None:
        return None, "not_possible: the list was brought, and its law is not known"
    return attempted(
        lambda: rerandomization_test(
            plan,
            [one.responded for one in answers],
            [int(one.person.arm == trial.arms[0]) for one in answers],
            [one.person.stratum for one in answers],
            seed=trial.opened.rerandomization_seed,
            lists=lists,
            position=[one.person.position for one in answers],
            active_arm=trial.opened.active_arm,
        )
    )


def _reasons(trial: Trial) -> list[Row]:
    answers = answers_of(trial, primary_endpoint(trial).id, trial.full)
    found: list[Row] = []
    for reason in sorted({one.decided_by for one in answers}):
        for arm in trial.arms:
            there = [one for one in answers if one.decided_by == reason and one.person.arm == arm]
            found.append((reason, arm, len(there), sum(one.responded for one in there)))
    return found
