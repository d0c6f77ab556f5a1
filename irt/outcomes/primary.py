"""The primary outcome of one participant by the estimand: intercurrent events first, then the score (ICH E9(R1))."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from irt.outcomes.total_improvement import RESPONSE
from irt.outcomes.values import Reading, Value

Strategy = Literal["composite", "non_responder_imputation", "treatment_policy", "observed"]

# What decides for who has several: named as in the study file, key analysis.intercurrent_precedence.
PRECEDENCE = ("death", "rescue", "stop_for_adverse_event_or_lack_of_efficacy", "missing", "other")
_STOP = "stop_for_adverse_event_or_lack_of_efficacy"
_COMPOSITE = ("death", "rescue", _STOP)
_PLACES = {
    ("death", None): "death",
    ("rescue", None): "rescue",
    ("discontinuation", "lack_of_efficacy"): _STOP,
    ("discontinuation", "adverse_event"): _STOP,
    ("discontinuation", "other"): "other",
    ("wrong_kit", None): "other",
    ("code_break", None): "other",
}
_ORDER = {known: place for place, known in enumerate(_PLACES)}
_WHAT = tuple(kind if reason is None else f"{kind} for {reason}" for kind, reason in _PLACES)
_STEP = Fraction(5, 2)


@dataclass(frozen=True, slots=True)
class Intercurrent:
    """An event that happened on a study day; a discontinuation has a reason.

    Kinds: death, rescue (prohibited medication too), discontinuation (for adverse_event, lack_of_efficacy or other),
    wrong_kit, code_break.
    """

    kind: str
    day: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PrimaryOutcome:
    """1 for a responder, else 0; by which strategy, and which event decided (None: none did)."""

    value: Literal[0, 1]
    strategy: Strategy
    event: Intercurrent | None


def primary_responder(
    tis: Value | None,
    events: Iterable[Intercurrent],
    *,
    assessment_day: int,
    precedence: Sequence[str] = PRECEDENCE,
    least: Value = RESPONSE,
) -> PrimaryOutcome:
    """Whether the participant counts as a responder; WrongValuesError names every mistake.

    `tis` is the total at the assessment, None if a measure is missing or out of its window. Only events before
    `assessment_day` count: the study day of the assessment or, where none was made, the day after its window. `least`:
    the score that a responder has.
    """
    listed = tuple(events)
    score = _checked(tis, listed, precedence)
    before = sorted((one for one in listed if one.day < assessment_day), key=_first)
    found = {place: next(one for one in before if _place(one) == place) for place in map(_place, before)}
    present = {*found, *(["missing"] if score is None else [])}
    decides = min(present, key=precedence.index, default=None)
    if decides in _COMPOSITE:
        return PrimaryOutcome(0, "composite", found[decides])
    if score is None:
        return PrimaryOutcome(0, "non_responder_imputation", None)
    value: Literal[0, 1] = 1 if score >= Fraction(least) else 0
    return PrimaryOutcome(value, "observed" if decides is None else "treatment_policy", found.get("other"))


def _place(event: Intercurrent) -> str:
    return _PLACES[event.kind, event.reason]


def _first(event: Intercurrent) -> tuple[int, int]:
    """Of two events of one place the earlier in `_PLACES` or, among those that make a non-responder, by day."""
    order = _ORDER[event.kind, event.reason]
    return (event.day, order) if _place(event) in _COMPOSITE else (order, event.day)


def _checked(tis: Value | None, events: Sequence[Intercurrent], precedence: Sequence[str]) -> Fraction | None:
    reading = Reading()
    score = reading.number("tis", tis, 100)
    if score is not None and score % _STEP:
        reading.wrong("tis", tis, "is no score", "write a total of 0 to 100 in steps of 2.5")
    for number, event in enumerate(events, start=1):
        if (event.kind, event.reason) not in _PLACES:
            what = event.kind if event.reason is None else f"{event.kind} for {event.reason}"
            reading.wrong(f"event {number}", what, "is not known", f"write one of {', '.join(_WHAT)}")
    if sorted(precedence) != sorted(PRECEDENCE):
        told = f"name each of {', '.join(PRECEDENCE)} once"
        reading.wrong("precedence", ", ".join(precedence), "is no order", told)
    reading.end()
    return score
