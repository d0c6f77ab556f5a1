"""Clean data in a simulated trial: sites answer queries, data manager and monitor ask, look again, mark and close."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from irt.actor import Actor, Role
from irt.outcomes.capture import current_forms
from irt.outcomes.queries import (
    OWNERS,
    CloseQuery,
    RaiseQuery,
    WriteQuery,
    answer,
    ask_again,
    close,
    raise_one,
)  # fmt: skip
from irt.outcomes.query_tables import Query
from irt.outcomes.source_checks import VerifySource, verify_source
from irt.outcomes.tables import OutcomeForm, SourceCheck

if TYPE_CHECKING:
    from irt.simulation.rounds import Rounds

ANSWERING, LOOKING, VISITING = 1, 3, 28  # weekdays; days between two visits of the monitor
LEFT, ASKED_AGAIN, ASKED = 0.25, 0.08, 0.25
CHECKED = 0.5  # of the forms that a monitor has not marked yet
YOUNGEST = timedelta(days=3)  # nobody answers the same day
ANSWERS = (
    "looked at the paper: it is what stands there",
    "核对原始记录，数值无误",
    "measured again the same day: the same",
)
QUESTIONS = ("please compare this with the source", "请与原始记录核对", "is this the right side?")
WRITTEN = "please say what the source says, not that it was looked at"


def morning(rounds: Rounds, day: date) -> None:
    """On one day of the week sites answer, on another the data manager looks; now and then the monitor comes."""
    if day.weekday() == ANSWERING:
        for site in rounds.life.study.sites:
            for role in OWNERS:
                _answered(rounds, rounds.life.cast.at(site.code, role), role)
    if day.weekday() == LOOKING:
        _looked_at(rounds, rounds.life.cast.one(Role.DATA_MANAGER))
    if (day - rounds.life.first_day).days % VISITING == VISITING - 1:
        _monitored(rounds, rounds.life.cast.one(Role.MONITOR))


def _answered(rounds: Rounds, owner: Actor, role: Role) -> None:
    """Answer what is open and not too new: a value that was copied wrongly is put right first."""
    life = rounds.life
    for query in _queries(rounds, owner, state="open", owner=str(role)):
        if life.desk.clock.now() - query.raised_at < YOUNGEST or rounds.chance.happens(LEFT):
            continue
        one = rounds.known(query.participant)
        corrected = rounds.put_right(one, query.visit, query.instrument)
        if not _queries(rounds, owner, id=query.id, state="open"):
            continue  # the check holds by now, and closed it
        text = "corrected" if corrected else rounds.chance.pick(ANSWERS)
        life.desk.do(owner, answer, WriteQuery(query=query.id, text=text))


def _looked_at(rounds: Rounds, manager: Actor) -> None:
    """Close what was answered, or ask again; and ask about something new."""
    for query in _queries(rounds, manager, state="answered"):
        if query.origin == "monitor" or rounds.chance.happens(LEFT):
            continue
        if rounds.chance.happens(ASKED_AGAIN):
            rounds.life.desk.do(manager, ask_again, WriteQuery(query=query.id, text=WRITTEN))
        else:
            rounds.life.desk.do(manager, close, CloseQuery(query=query.id))
    if rounds.chance.happens(ASKED):
        _asks(rounds, manager)


def _asks(rounds: Rounds, asker: Actor) -> None:
    """Ask about one value of one form of one participant; nothing, where they have none yet."""
    one = rounds.chance.pick(rounds.life.participants) if rounds.life.participants else None
    forms = [row for row in _forms(rounds, asker, participant=one.id) if row.state == "final"] if one else []
    if forms:
        form = rounds.chance.pick(forms)
        order = RaiseQuery(
            participant=form.participant, visit=form.visit, instrument=form.instrument,
            field=rounds.chance.pick(sorted(form.readings)), text=rounds.chance.pick(QUESTIONS),
        )  # fmt: skip
        rounds.life.desk.do(asker, raise_one, order)


def _monitored(rounds: Rounds, monitor: Actor) -> None:
    """The monitor compares forms with their sources, asks about one, and closes what was answered."""
    for query in _queries(rounds, monitor, state="answered", origin="monitor"):
        rounds.life.desk.do(monitor, close, CloseQuery(query=query.id))
    with rounds.life.desk.service.database.reading(monitor) as session:
        seen = {row.form for row in session.scalars(select(SourceCheck))}
    of: dict[str, list[str]] = {}
    for row in _forms(rounds, monitor):
        if row.id not in seen and rounds.chance.happens(CHECKED):
            of.setdefault(row.participant, []).append(row.id)
    for participant, forms in of.items():
        rounds.life.desk.do(monitor, verify_source, VerifySource(participant=participant, forms=tuple(forms)))
    _asks(rounds, monitor)


def _queries(rounds: Rounds, reader: Actor, **equal: Any) -> list[Any]:
    """Queries that somebody may read, by participant and number: the same order on either database."""
    with rounds.life.desk.service.database.reading(reader) as session:
        found = list(session.scalars(select(Query).filter_by(**equal)))
    return sorted(found, key=lambda row: (rounds.known(row.participant).number, row.number))


def _forms(rounds: Rounds, reader: Actor, **equal: Any) -> list[Any]:
    """What counts of every form that is no draft, by participant, visit and instrument."""
    with rounds.life.desk.service.database.reading(reader) as session:
        rows = list(session.scalars(select(OutcomeForm).filter_by(**equal).where(OutcomeForm.state != "draft")))
    of: dict[str, list[Any]] = {}
    for row in rows:
        of.setdefault(row.participant, []).append(row)
    people = sorted(of, key=lambda one: rounds.known(one).number)
    return [row for one in people for _, row in sorted(current_forms(of[one]).items())]
