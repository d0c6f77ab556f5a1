"""Intercurrent events in a simulated trial: sites report rescue now and then, the medical monitor judges each week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from irt.actor import Actor, Role
from irt.dispensing.tables import TreatmentStop
from irt.outcomes.adjudicate import Adjudicate, adjudicate, gathered
from irt.outcomes.intercurrent import NONE, Decided, decided
from irt.outcomes.intercurrent_tables import Adjudication, InterferingMedication
from irt.outcomes.medication import (
    REPORTERS,
    CorrectMedication,
    ReportMedication,
    correct_medication,
    report_medication,
)  # fmt: skip
from irt.safety.tables import AdverseEvent, EventVersion
from irt.study import Study

if TYPE_CHECKING:
    from irt.simulation.life import Enrolled
    from irt.simulation.rounds import Rounds

DAY = timedelta(days=1)
REPORTING, JUDGING = 2, 4  # weekdays
PATIENCE = 28 * DAY  # from the first dose: nobody is given rescue before it could have worked
IMPROVES = 0.1  # of what can improve
OFTEN, SELDOM = 0.006, 0.001  # a week, in who does not improve and in who does
CORRECTED, TAKEN_BACK = 0.25, 0.3
FIRST_BY = 60  # days of the trial: by then somebody was given some, as befalls every trial
LEFT, OTHERWISE = 0.2, 0.1
DOSES = (None, "500 mg", "0.4 g/kg", "1 g")
TOLD = ("as reported, and for the disease", "根据病历判定", "the investigator was asked, and the chart says so")
KEPT = (InterferingMedication, TreatmentStop, AdverseEvent, EventVersion, Adjudication)


def morning(rounds: Rounds, day: date) -> None:
    """On one day of the week sites report what was given, on another the medical monitor judges what waits."""
    if day.weekday() == REPORTING:
        there = [one for one in rounds.life.participants if _may_need(one, day)]
        for one in there:
            if rounds.chance.happens(OFTEN if rounds.improved(one) < IMPROVES else SELDOM):
                _reports(rounds, one)
        if there and not rounds.rescued and (day - rounds.life.first_day).days > FIRST_BY:
            _reports(rounds, min(there, key=rounds.improved))
    if day.weekday() == JUDGING:
        _judges(rounds, rounds.life.cast.one(Role.MEDICAL_MONITOR))


def decisions(study: Study, rows: Callable[[type[Any]], Iterable[Any]]) -> dict[str, list[Decided]]:
    """The events of every participant who has any, each with the last decision; `rows(model)`: all of a table."""
    kept = {model: defaultdict[str, list[Any]](list) for model in KEPT}
    for model, of in kept.items():
        for row in rows(model):
            of[row.participant].append(row)

    def found(model: type[Any], participant: str) -> list[Any]:
        return kept[model].get(participant, [])

    people = {who for of in kept.values() for who in of}
    return {who: decided(gathered(study, found, who), found(Adjudication, who)) for who in people}


def _may_need(one: Enrolled, day: date) -> bool:
    return one.first_dose is not None and not one.left and day > one.first_dose + PATIENCE


def _reports(rounds: Rounds, one: Enrolled) -> None:
    """What was given some days ago; now and then it is put right later, or was somebody else's."""
    life, chance = rounds.life, rounds.chance
    kind = chance.pick(life.study.interfering_medications)
    told = ReportMedication(
        participant=one.id, kind=kind.id, drug=chance.pick((kind.name.en, kind.name.zh)), dose=chance.pick(DOSES),
        started_on=life.today(one) - chance.number(0, 5) * DAY,
    )  # fmt: skip
    rounds.rescued += 1
    number = life.desk.do(life.cast.at(one.site, chance.pick(REPORTERS)), report_medication, told).answer
    if chance.happens(CORRECTED):
        later = life.today(one) + chance.number(2, 12) * DAY
        life.at(later, one.site, partial(_corrects, rounds, one, told, number))


def _corrects(rounds: Rounds, one: Enrolled, told: ReportMedication, number: int) -> None:
    life, wrong = rounds.life, rounds.chance.happens(TAKEN_BACK)
    rounds.rescued -= wrong
    order = CorrectMedication(
        **told.model_dump() | {"ended_on": life.today(one)}, number=number, revision=2, stands="no" if wrong else "yes",
        reason="it stood in the chart of somebody else" if wrong else "it is over",
    )  # fmt: skip
    life.desk.do(life.cast.at(one.site, rounds.chance.pick(REPORTERS)), correct_medication, order)


def judge_all(rounds: Rounds) -> None:
    """At the end of the trial nothing waits any more."""
    _judges(rounds, rounds.life.cast.one(Role.MEDICAL_MONITOR), left=0)


def _judges(rounds: Rounds, monitor: Actor, left: float = LEFT) -> None:
    """Decide what waits, mostly as the study proposes; some wait for another week."""
    with rounds.life.desk.service.database.reading(monitor) as session:
        found = decisions(rounds.life.study, lambda model: list(session.scalars(select(model))))
    for one in sorted(rounds.life.participants, key=lambda one: one.number):
        for event in found.get(one.id, ()):
            if not event.holds and not (left and rounds.chance.happens(left)):
                _judge(rounds, monitor, one, event)


def _judge(rounds: Rounds, monitor: Actor, one: Enrolled, known: Decided) -> None:
    event, otherwise = known.event, rounds.chance.happens(OTHERWISE)
    order = Adjudicate(
        participant=one.id, subject=event.subject, basis=event.basis,
        revision=1 + (known.row.revision if known.row else 0),
        verdict=NONE if otherwise and event.proposed != "death" else event.proposed,
        happened_on=min(event.happened_on, rounds.life.today(one)), reason=rounds.chance.pick(TOLD),
    )  # fmt: skip
    rounds.life.desk.do(monitor, adjudicate, order)
