"""What is told of an adverse event, and all that is wrong with it at once, each with field, value and remedy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from irt.clock import local_day, local_time
from irt.gate.act import Order
from irt.gate.fields import CalendarDay, ClockTime, Code, Number, Text
from irt.study import Study

Mistake = dict[str, str]
Criterion = Literal[
    "death", "life_threatening", "hospitalisation", "disability", "congenital_anomaly", "medically_important"
]
Causality = Literal["unrelated", "unlikely", "possible", "probable", "definite"]
RELATED: frozenset[Causality] = frozenset({"possible", "probable", "definite"})  # to the drug, as it is analysed
HIGHEST = 5  # CTCAE: death related to the event
THREATENING = 4  # CTCAE: life-threatening consequences
ENDED = ("recovered", "sequelae", "fatal")
GOES_ON = ("recovering", "not_recovered")
FIRST_MINUTE, LAST_MINUTE = "00:00", "23:59"


class Facts(Order):
    """The fields of the form: times by the clocks at the site."""

    verbatim: Text
    term: Code | None = None
    grade: Annotated[Number, Field(ge=1, le=HIGHEST)]
    onset_on: CalendarDay
    onset_at: ClockTime | None = None
    ended_on: CalendarDay | None = None
    ended_at: ClockTime | None = None
    seriousness: tuple[Criterion, ...] = ()  # none: not serious
    causality_drug: Causality
    causality_procedure: Causality
    action: Literal["none", "held", "withdrawn", "not_applicable"]
    treatment: Text | None = None
    outcome: Annotated[
        Literal["recovered", "recovering", "not_recovered", "sequelae", "fatal", "unknown"],
        Field(title="event_outcome"),  # what pages call it: a dose has an outcome too
    ]
    reporter: Literal["participant", "relative", "physician", "laboratory", "other"]
    aware_on: CalendarDay
    aware_at: ClockTime


STORED_AS_TOLD = tuple(name for name in Facts.model_fields if name not in ("seriousness", "aware_on", "aware_at"))


@dataclass(frozen=True)
class Ground:
    """What the facts are judged by."""

    study: Study
    zone: str  # of the site
    now: datetime
    consented_on: date
    randomized: bool
    told_at: datetime | None = None  # when the site knew by what it had told before


def instant_of(day: date, at: str, zone: str) -> datetime:
    """The instant of a wall-clock time at a site; of an hour that the clocks show twice, the first."""
    return datetime.combine(day, time.fromisoformat(at), ZoneInfo(zone)).astimezone(UTC)


def mistakes_in(facts: Facts, ground: Ground) -> list[Mistake]:
    """Everything that does not go together in the facts, in the order of the form."""
    return [
        *_term(facts, ground),
        *_times(facts, ground),
        *_death(facts),
        *_drug(facts, ground),
        *_aware(facts, ground),
    ]


def _term(facts: Facts, ground: Ground) -> Iterator[Mistake]:
    if facts.term is None:
        return
    terms = {one.id: one for one in ground.study.adverse_event_terms}
    if facts.term not in terms:
        yield _wrong("term", facts.term, "unknown_term")
    elif facts.grade not in terms[facts.term].grades:
        permitted = ", ".join(map(str, terms[facts.term].grades))
        yield _wrong("grade", facts.grade, "grade_of_term", grades=permitted)


def _times(facts: Facts, ground: Ground) -> Iterator[Mistake]:
    for name in ("onset", "ended"):
        day, at = getattr(facts, f"{name}_on"), getattr(facts, f"{name}_at")
        if day is None:
            if at is not None:
                yield _wrong(f"{name}_at", at, "time_without_day")
        elif _comes(day, at, ground):
            yield in_future(f"{name}_on", day, at, ground.now, ground.zone)
    if facts.onset_on < ground.consented_on:
        yield _wrong("onset_on", facts.onset_on, "before_consent", day=ground.consented_on.isoformat())
    if facts.ended_on is not None and (facts.ended_on, facts.ended_at or LAST_MINUTE) < (
        facts.onset_on, facts.onset_at or FIRST_MINUTE,
    ):  # fmt: skip
        yield _wrong("ended_on", _shown(facts.ended_on, facts.ended_at), "end_before_onset")
    if facts.ended_on is None and facts.outcome in ENDED:
        yield _wrong("ended_on", "", f"{facts.outcome}_has_end")
    if facts.ended_on is not None and facts.outcome in GOES_ON:
        yield _wrong("ended_on", facts.ended_on, "goes_on")


def _death(facts: Facts) -> Iterator[Mistake]:
    """Death as a criterion, grade 5 and the outcome fatal say the same."""
    fatal = facts.outcome == "fatal"
    said = {"seriousness": "death" in facts.seriousness, "grade": facts.grade == HIGHEST, "outcome": fatal}
    if any(said.values()):
        values = {"seriousness": "", "grade": str(facts.grade), "outcome": facts.outcome}
        yield from (_wrong(name, values[name], f"death_{name}") for name, told in said.items() if not told)
    if "life_threatening" in facts.seriousness and facts.grade < THREATENING:
        yield _wrong("grade", facts.grade, "threatening_grade")
    if len(set(facts.seriousness)) < len(facts.seriousness):
        yield _wrong("seriousness", ", ".join(facts.seriousness), "named_twice")


def _drug(facts: Facts, ground: Ground) -> Iterator[Mistake]:
    """Whoever was never randomized was never given the drug."""
    if ground.randomized:
        return
    yield from never_given(facts.causality_drug)
    if facts.action != "not_applicable":
        yield _wrong("action", facts.action, "never_given_action")


def never_given(causality: str) -> Iterator[Mistake]:
    """What is wrong with a causality to the drug of who never had it, whoever judges."""
    if causality != "unrelated":
        yield _wrong("causality_drug", causality, "never_given")


def _aware(facts: Facts, ground: Ground) -> Iterator[Mistake]:
    aware = (facts.aware_on, facts.aware_at)
    shown = _shown(*aware)
    if _comes(*aware, ground):
        yield in_future("aware_on", facts.aware_on, facts.aware_at, ground.now, ground.zone)
    if aware < (facts.onset_on, facts.onset_at or FIRST_MINUTE):
        yield _wrong("aware_on", shown, "aware_before_onset")
    if ground.told_at is not None and instant_of(*aware, ground.zone) > ground.told_at:
        told = f"{local_day(ground.told_at, ground.zone)} {local_time(ground.told_at, ground.zone)}"
        yield _wrong("aware_on", shown, "aware_after_told", told=told)


def in_future(field: str, day: date, at: str | None, now: datetime, zone: str) -> Mistake:
    """The mistake of a moment that has not come."""
    return _wrong(field, _shown(day, at), "in_future", now=f"{local_day(now, zone)} {local_time(now, zone)}")


def _comes(day: date, at: str | None, ground: Ground) -> bool:
    return (day, at or FIRST_MINUTE) > (local_day(ground.now, ground.zone), local_time(ground.now, ground.zone))


def _shown(day: date, at: str | None) -> str:
    return f"{day} {at}" if at else day.isoformat()


def _wrong(field: str, value: Any, remedy: str, **facts: str) -> Mistake:
    return {"field": field, "value": str(value), "remedy": remedy} | facts
