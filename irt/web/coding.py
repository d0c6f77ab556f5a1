"""Coding: the data manager gives adverse events the terms of the sponsor's dictionary; without one, it says so."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.participants.tables import Participant
from irt.safety.coding import code_event, latest_code, waits
from irt.safety.dictionary_tables import Dictionary, DictionaryTerm, EventCode
from irt.safety.readings import current_events
from irt.safety.tables import AdverseEvent, EventVersion
from irt.web import lab_wording, records
from irt.web.asking import Field, ask
from irt.web.pages import form_page, page, reading

pages = Blueprint("coding", __name__, url_prefix="/coding")

READERS = frozenset({Role.DATA_MANAGER})
MOST = 30  # terms that a search shows


@dataclass(frozen=True)
class Coded:
    """An event with the words that are told of it now, and its code where it has one."""

    number: str  # of the participant
    event: AdverseEvent
    told: EventVersion
    code: EventCode | None

    @property
    def standing(self) -> str:
        """waits, coded, changed: other words are told since it was coded."""
        if self.code is None:
            return "waits"
        return "changed" if waits(self.code, self.told.verbatim) else "coded"


@page(pages, "/", roles=READERS)
def listed() -> Any:
    """The events, those that wait first, and the dictionaries."""
    with reading() as session:
        dictionaries = imported(session)
        found = sorted(coded_events(session), key=lambda one: (one.standing == "coded", one.number, one.event.number))
    return render_template(
        "coding.html", found=found, dictionaries=dictionaries, term_name=lab_wording.term_name,
        waiting=sum(one.standing != "coded" for one in found),
    )  # fmt: skip


@form_page(pages, "/<event>", roles=READERS)
def coded(event: str) -> Any:
    """Look for the term of an event, and choose it."""
    sought = request.args.get("q", "").strip()[:100]
    with reading() as session:
        records.one(session, AdverseEvent, id=event)
        one = next((one for one in coded_events(session) if one.event.id == event), None)
        if one is None:
            return records.one(session, AdverseEvent, id="")  # told by mistake: the page "not found"
        dictionaries = imported(session)
        found = _sought(session, dictionaries, sought or one.told.verbatim)
        earlier = sorted(records.rows(session, EventCode, event=event), key=lambda row: row.revision)
    return ask(
        code_event, title=f"{one.number} · {_('Code event %(number)s', number=one.event.number)}",
        done=url_for("coding.listed"), back=url_for("coding.listed"), template="coding_event.html", one=one,
        given={"event": event, **_chosen()},
        fields=(Field("reason", optional=True),) if one.code else (), sought=sought, found=found, earlier=earlier,
        dictionaries=dictionaries, said=_("Coded."), term_name=lab_wording.term_name,
    )  # fmt: skip


def _chosen() -> dict[str, str]:
    """The term that was chosen: the page offers each with its dictionary."""
    dictionary, _bar, llt_code = request.form.get("llt_code", "").partition("|")
    return {"dictionary": dictionary, "llt_code": llt_code}


def coded_events(session: Session) -> list[Coded]:
    """Every event that stands, with the code that counts."""
    codes: dict[str, list[EventCode]] = {}
    for row in records.rows(session, EventCode):
        codes.setdefault(row.event, []).append(row)
    numbers = {row.id: row.screening_number for row in records.rows(session, Participant)}
    pairs = current_events(records.rows(session, AdverseEvent), records.rows(session, EventVersion))
    return [
        Coded(numbers[event.participant], event, told, latest_code(codes.get(event.id, ()))) for event, told in pairs
    ]


def imported(session: Session) -> list[Dictionary]:
    """The dictionaries, that imported last first."""
    return list(session.scalars(select(Dictionary).order_by(Dictionary.imported_at.desc(), Dictionary.id)))


def _sought(session: Session, dictionaries: list[Dictionary], text: str) -> list[DictionaryTerm]:
    """The current terms of the newest release, in all its languages: those that begin with the text, then those that
    hold it; a code of eight digits finds its term."""
    if not dictionaries or not text:
        return []
    ids = [one.id for one in dictionaries if one.version == dictionaries[0].version]
    words = text.casefold()
    asked: list[ColumnElement[bool]] = [
        DictionaryTerm.llt_code == words,
        DictionaryTerm.sought.startswith(words, autoescape=True),
        DictionaryTerm.sought.contains(words, autoescape=True),
    ]
    found: dict[tuple[str, str], DictionaryTerm] = {}
    for condition in asked:
        wanted = select(DictionaryTerm).where(DictionaryTerm.dictionary.in_(ids), DictionaryTerm.current, condition)
        ordered = wanted.order_by(DictionaryTerm.sought, DictionaryTerm.llt_code, DictionaryTerm.dictionary)
        for row in session.scalars(ordered.limit(MOST)):
            found.setdefault((row.dictionary, row.llt_code), row)
    return list(found.values())[:MOST]
