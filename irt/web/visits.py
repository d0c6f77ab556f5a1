"""Visits: who is due, overdue, missed or coming; recorded, skipped, or held without a planned day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.dispensing.attendance import record_visit, skip_visit
from irt.gate.act import spec_of
from irt.participants.tables import Participant
from irt.web import records, texts
from irt.web.asking import Field
from irt.web.pages import form_page, page, reading
from irt.web.participants import CARE, about
from irt.web.wired import service

pages = Blueprint("visits", __name__)

READERS = CARE | {Role.MONITOR, Role.DATA_MANAGER, Role.TRIAL_MANAGER}
AHEAD = timedelta(days=14)
WAITING = ("missed", "overdue", "due", "not_yet")  # the order in which they ask for somebody


@dataclass(frozen=True)
class Waiting:
    """A visit that nobody has recorded yet, and whose it is."""

    person: Participant
    visit: records.Planned


@page(pages, "/visits", roles=READERS)
def listed() -> Any:
    """The visits that are due, overdue, missed, or come within two weeks, by site."""
    by = request.args.get("by", "state")
    with reading() as session:
        found = waiting(session)
    orders: dict[str, Any] = {
        "state": lambda one: (WAITING.index(one.visit.state), one.visit.window.due),
        "date": lambda one: one.visit.window.due,
        "number": lambda one: (one.person.screening_number, one.visit.window.due),
    }
    found.sort(key=orders.get(by, orders["state"]))
    sites = sorted({one.person.site for one in found})
    groups = [(code, [one for one in found if one.person.site == code]) for code in sites]
    return render_template("visits.html", groups=groups, by=by if by in orders else "state", orders=tuple(orders))


def waiting(session: Session) -> list[Waiting]:
    """Every visit at the reader's sites that is due, overdue or missed, or comes soon, by screening number."""
    kept = records.kept_of(session)
    people = session.scalars(
        select(Participant).where(Participant.id.in_(kept.done)).order_by(Participant.screening_number)
    )
    found = []
    for person in people:
        today = texts.today_at(person.site)
        for one in records.planned_of(person, kept, today):
            if one.unrecorded and (one.state != "not_yet" or one.window.earliest - today <= AHEAD):
                found.append(Waiting(person, one))
    return found


def visit_of(participant: str, visit: str) -> tuple[Participant, records.Planned]:
    """A participant and one of their visits that has a window; the page "not found" without one."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        found = records.visits_of(session, person, kits=True)
    return person, next((one for one in found if one.window.visit == visit), None) or abort(404)


def due_words(one: records.Planned) -> str:
    """When a visit is due, in words."""
    window = one.window
    return str(_("Due from %(first)s to %(last)s.", first=window.earliest, last=window.latest))


def reason_field(day: date, one: records.Planned) -> tuple[Field, ...]:
    """The field for the reason, where a step on this day is out of the visit's window; nobody types one otherwise."""
    if one.window.earliest <= day <= one.window.latest:
        return ()
    hint = _("The day is out of the visit's window: why?")
    return (Field("reason", hint=hint),)


@form_page(pages, "/participants/<participant>/visits/<visit>/record", roles=spec_of(record_visit).roles)
def recorded(participant: str, visit: str) -> Any:
    """Record that a visit took place."""
    person, one = visit_of(participant, visit)
    today = texts.today_at(person.site)
    loose = visit in {unplanned.id for unplanned in service().study.unscheduled_visits}
    hint = _("Asked for where the day is out of the visit's window.") if not loose else ""
    fields = (Field("visited_on", "day", value=today.isoformat()), Field("reason", hint=hint, optional=not loose))
    given = {"visit": visit}
    title = texts.visit_name(visit)
    return about(record_visit, participant, title, fields, given=given, lead=due_words(one))


@form_page(pages, "/participants/<participant>/visits/<visit>/skip", roles=spec_of(skip_visit).roles)
def skipped(participant: str, visit: str) -> Any:
    """Record that a visit does not take place."""
    _person, one = visit_of(participant, visit)
    title = _("Skip %(visit)s", visit=texts.visit_name(visit))
    lead = due_words(one) + " " + _("It is kept as a deviation. A kit set aside for it waits for the next visit.")
    return about(skip_visit, participant, title, (Field("reason"),), given={"visit": visit}, lead=lead)


@form_page(pages, "/participants/<participant>/unscheduled-visit", roles=spec_of(record_visit).roles)
def unscheduled(participant: str) -> Any:
    """Record a visit that has no planned day."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
    kinds = service().study.unscheduled_visits
    fields = (
        Field(
            "visit",
            "choice",
            choices=tuple((one.id, f"{texts.said(one.name)}: {texts.said(one.reason)}") for one in kinds),
        ),
        Field("visited_on", "day", value=texts.today_at(person.site).isoformat()),
        Field("reason"),
    )
    return about(record_visit, participant, _("Unscheduled visit"), fields)
