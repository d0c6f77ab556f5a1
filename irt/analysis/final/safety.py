"""Harm by arm as treated: participants and events, worst grades, differences with intervals, rates. No p anywhere."""

from collections.abc import Iterable, Sequence

from irt.analysis.final.harm import (
    CATEGORIES,
    Event,
    at_risk,
    events_of,
    tally,
    terms_of,
    up_to,
)
from irt.analysis.final.reading import Trial, made, percent
from irt.analysis.methods import exposure_adjusted_rate, newcombe_interval
from irt.analysis.results import Cell, ResultTable
from irt.safety.grading import GRADES

SOURCES = "participants dispensing doses adverse_events"
PLANNED, WHOLE = "week_24", "emergent"
Row = tuple[Cell, ...]


def tables(trial: Trial) -> Iterable[ResultTable]:
    """The tables of adverse events, each participant counted once.

    Period week_24 counts onsets up to the last visit's day, emergent all treatment-emergent events. By term and by
    grade are of week_24; serious, of special interest and rates of all. A row whose `pt` is empty is of its class as a
    whole, one whose `soc` is empty too of all events. Differences stand in the active arm's row, in proportions.
    """
    events = events_of(trial)
    planned = up_to(events, trial.study.last_visit.day)
    people = {arm: sum(one.treated == arm for one in trial.safety) for arm in trial.arms}
    columns = "period category arm n participants percent events"
    yield made("adverse_events_summary", columns, _summary(trial, events, planned, people), SOURCES)
    grades = " ".join(f"grade_{grade}" for grade in GRADES)
    yield made(
        "adverse_events_by_term", f"soc pt arm n participants percent events {grades} difference low high",
        _by_term(trial, planned, people), SOURCES,
    )  # fmt: skip
    yield made(
        "adverse_events_by_grade", "grade arm n participants percent", _by_grade(trial, planned, people), SOURCES
    )
    for name in ("serious", "special_interest"):
        chosen = [one for one in events if CATEGORIES[name](one)]
        rows = [row[:7] for row in _by_term(trial, chosen, people)]
        yield made(name, "soc pt arm n participants percent events", rows, SOURCES)
    yield made(
        "serious_events", "participant arm soc pt grade study_day seriousness related outcome", _listed(events), SOURCES
    )
    yield made("exposure_adjusted", "soc pt arm events years rate low high", _rates(trial, events), SOURCES)


def _summary(trial: Trial, events: Sequence[Event], planned: Sequence[Event], people: dict[str, int]) -> Iterable[Row]:
    for period, held in ((PLANNED, planned), (WHOLE, events)):
        for category, belongs in CATEGORIES.items():
            for arm in trial.arms:
                told = tally([one for one in held if belongs(one)], arm)
                share = percent(told.participants, people[arm])
                yield period, category, arm, people[arm], told.participants, share, told.events


def _by_term(trial: Trial, events: Sequence[Event], people: dict[str, int]) -> Iterable[Row]:
    for soc, term, held in [("", "", list(events)), *terms_of(events)]:
        told = {arm: tally(held, arm) for arm in trial.arms}
        for arm in trial.arms:
            one = told[arm]
            difference: tuple[float | None, ...] = (None, None, None)
            if arm == trial.arms[0] and all(people.values()):
                control = trial.arms[1]
                found = newcombe_interval(
                    one.participants, people[arm], told[control].participants, people[control],
                    confidence=trial.confidence,
                )  # fmt: skip
                difference = (found.value, found.low, found.high)
            share = percent(one.participants, people[arm])
            yield soc, term, arm, people[arm], one.participants, share, one.events, *one.by_grade, *difference


def _by_grade(trial: Trial, events: Sequence[Event], people: dict[str, int]) -> list[Row]:
    told = {arm: tally(events, arm).by_grade for arm in trial.arms}
    return [
        (grade, arm, people[arm], told[arm][place], percent(told[arm][place], people[arm]))
        for place, grade in enumerate(GRADES)
        for arm in trial.arms
    ]


def _listed(events: Sequence[Event]) -> list[Row]:
    return [
        (one.participant, one.arm, one.soc, one.term, one.grade, one.day, one.row["seriousness"],
         "Y" if one.related else "N", one.row["outcome"])
        for one in events
        if one.serious
    ]  # fmt: skip


def _rates(trial: Trial, events: Sequence[Event]) -> Iterable[Row]:
    """Events per 100 participant-years at risk with the exact interval; all events of a participant count."""
    years = {arm: sum(at_risk(trial, one) for one in trial.safety if one.treated == arm) for arm in trial.arms}
    for soc, term, held in [("", "", list(events)), *terms_of(events)]:
        for arm in trial.arms:
            count = sum(one.arm == arm for one in held)
            if years[arm] <= 0:
                yield soc, term, arm, count, years[arm], None, None, None
                continue
            rate = exposure_adjusted_rate(count, years[arm], confidence=trial.confidence)
            yield soc, term, arm, count, years[arm], rate.value, rate.low, rate.high
