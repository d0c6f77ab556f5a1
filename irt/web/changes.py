"""Changes of recorded values: asked for by the site, decided by the data manager, both values side by side."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.dispensing.change_requests import agree_change, ask_change, decline_change
from irt.dispensing.change_targets import KINDS, kind_of, parts_of
from irt.dispensing.course import latest_doses
from irt.dispensing.planned import latest_records
from irt.dispensing.tables import ChangeRequest, Dose, Hold, KitReturn, TreatmentStop
from irt.gate.act import spec_of
from irt.participants.tables import Participant, VisitRecord
from irt.supply.tables import Assignment
from irt.web import records, texts, words
from irt.web.asking import Field, ask
from irt.web.pages import form_page, page, reading
from irt.web.participants import CARE, OVERSIGHT, about
from irt.web.site_worklists import Group, Line

pages = Blueprint("changes", __name__)

STATES = ("open", "agreed", "declined")
FIELD_KINDS = {"sex": "choice", "time": "text", **dict.fromkeys(("day", "from_on", "resumed_on"), "day")}


@page(pages, "/changes", roles=CARE | OVERSIGHT)
def listed() -> Any:
    """The changes asked for at the reader's sites, those to be decided first."""
    with reading() as session:
        found = list(session.scalars(select(ChangeRequest).order_by(ChangeRequest.requested_at.desc())))
        people = _people(session, found)
        who = records.names(session, *(row.requested_by for row in found), *(row.decided_by for row in found))
    found.sort(key=lambda row: STATES.index(row.state) > 0)
    return render_template("changes.html", found=found, people=people, who=who, value=value_words, target=target_words)


@page(pages, "/participants/<participant>/changes", roles=CARE)
def offered(participant: str) -> Any:
    """What is recorded of a participant and changed by the data manager alone."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        found = present_values(session, person)
        waiting = {row.target for row in records.rows(session, ChangeRequest, participant=participant, state="open")}
    return render_template(
        "changes_offered.html", person=person, found=found, waiting=waiting, value=value_words, target=target_words
    )


@form_page(pages, "/participants/<participant>/changes/<target>", roles=spec_of(ask_change).roles)
def asked(participant: str, target: str) -> Any:
    """Ask for a change of one recorded value."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        now = present_values(session, person).get(target) or abort(404)
    lead = _("Recorded: %(value)s. It stays so until the data manager agrees.", value=value_words(target, now))
    fields = (*(_field(name, parts_of(target, now)) for name in KINDS[kind_of(target)[0]].parts), Field("reason"))
    title = _("Change: %(what)s", what=target_words(target))
    return about(ask_change, participant, title, fields, given={"target": target}, lead=lead, press=_("Ask for it"))


def _field(name: str, now: dict[str, str]) -> Field:
    sexes = tuple(words.SEXES.items()) if name == "sex" else ()
    kind, value = FIELD_KINDS.get(name, "number"), now.get(name, "")
    return Field(f"wanted.{name}", kind, choices=sexes, value=value, optional=not value)


@form_page(pages, "/changes/<change>/agree", roles=spec_of(agree_change).roles)
def agreed(change: str) -> Any:
    """Agree to a change: it is made at once."""
    return _decided(agree_change, change, _("Agree to the change"), _("Agree and change"))


@form_page(pages, "/changes/<change>/decline", roles=spec_of(decline_change).roles)
def declined(change: str) -> Any:
    """Decline a change: the value stays."""
    return _decided(decline_change, change, _("Decline the change"), _("Decline"))


def _decided(function: Callable[..., Any], change: str, title: str, press: str) -> Any:
    with reading() as session:
        row = records.one(session, ChangeRequest, id=change)
        person = records.one(session, Participant, id=row.participant)
        who = records.names(session, row.requested_by)
    return ask(
        function, title=f"{person.screening_number} · {title}", given={"change": change}, fields=(Field("reason"),),
        done=url_for("changes.listed"), back=url_for("changes.listed"), template="change.html", press=press, row=row,
        who=who, value=value_words, target=target_words,
    )  # fmt: skip


def present_values(session: Session, person: Participant) -> dict[str, str]:
    """The values of a participant that a change may be asked for, as they are kept, by target."""
    found = {"birth_year": str(person.birth_year), "sex": person.sex}
    first = latest_doses(records.rows(session, Dose, participant=person.id)).get(("scheduled", 1))
    if first is not None and first.taken_on is not None:
        found["first_dose"] = " ".join(filter(None, (first.taken_on.isoformat(), first.taken_at)))
    for stop in records.rows(session, TreatmentStop, participant=person.id):
        found["stop"] = stop.last_day.isoformat()
    if person.state == "withdrawn" and person.ended_on is not None:
        found["withdrawal"] = person.ended_on.isoformat()
    for hold in sorted(records.rows(session, Hold, participant=person.id), key=lambda row: row.from_on):
        found[f"hold:{hold.id}"] = " ".join(day.isoformat() for day in (hold.from_on, hold.resumed_on) if day)
    given = records.latest_kits(records.rows(session, Assignment, participant=person.id))
    for visit, kit in sorted(given.items(), key=lambda one: one[1].assigned_at):
        if kit.state == "handed_over" and kit.handed_over_at is not None:
            found[f"hand_over:{visit}"] = texts.day_of(kit.handed_over_at, person.site).isoformat()
    visits = latest_records(records.rows(session, VisitRecord, participant=person.id))
    for visit, row in sorted(visits.items(), key=lambda one: (one[1].visited_on or date.max, one[0])):
        found[f"visit:{visit}"] = row.visited_on.isoformat() if row.visited_on else row.state
    counts = records.rows(session, KitReturn, participant=person.id)
    for row in sorted(counts, key=lambda row: (row.returned_on, row.kit, row.revision)):
        found[f"return:{row.kit}"] = f"{row.unused} {row.used} {row.broken} {row.lost}"
    return found


def target_words(target: str) -> str:
    """What a change is about, in words."""
    kind, of = kind_of(target)
    if kind == "visit":
        return str(_("Date of the visit: %(visit)s", visit=texts.visit_name(of)))
    if kind == "hand_over":
        return str(_("Day of the hand-over: %(visit)s", visit=texts.visit_name(of)))
    if kind == "return":
        return str(_("Vials of kit %(kit)s", kit=of))
    return words.word(kind, "CHANGE_TARGETS")


def value_words(target: str, text: str) -> str:
    """A value of a change in words."""
    kind, _of = kind_of(target)
    if kind == "return":
        return " · ".join(f"{words.word(name, 'COUNTS')} {count}" for name, count in parts_of(target, text).items())
    if kind == "hold":
        return " – ".join([*text.split(" "), *([str(_("still held"))] if " " not in text else [])])
    table = {"sex": "SEXES", "visit": "VISIT_STATES"}.get(kind)
    return words.word(text, table) if table else text


def to_decide(session: Session) -> list[Group]:
    """For the data manager: changes that sites ask for."""
    found = list(session.scalars(select(ChangeRequest).filter_by(state="open").order_by(ChangeRequest.requested_at)))
    people = _people(session, found)
    lines = [
        Line(people[row.participant], target_words(row.target), _("Decide"),
             url_for("changes.agreed", change=row.id), True)
        for row in found
    ]  # fmt: skip
    return [Group(_("Changes to decide"), lines)]


def _people(session: Session, found: list[ChangeRequest]) -> dict[str, str]:
    wanted = {row.participant for row in found}
    return {
        row.id: row.screening_number for row in session.scalars(select(Participant).where(Participant.id.in_(wanted)))
    }
