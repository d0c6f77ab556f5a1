"""Intercurrent events: medication as the site reports it, and every event as it is judged, masked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.dispensing.tables import TreatmentStop
from irt.gate.act import spec_of
from irt.gate.tables import SignatureRow
from irt.outcomes.adjudicate import ADJUDICATORS, adjudicate, gathered
from irt.outcomes.intercurrent import Decided, current_medications, decided, verdicts
from irt.outcomes.intercurrent_tables import Adjudication, InterferingMedication
from irt.outcomes.medication import correct_medication, report_medication
from irt.participants.tables import Participant
from irt.safety.tables import AdverseEvent, EventVersion
from irt.web import intercurrent_words, records, texts, words
from irt.web.asking import Field, ask
from irt.web.pages import form_page, holds, page, reading
from irt.web.signed import Signed
from irt.web.site_worklists import Group, Line
from irt.web.wired import service

pages = Blueprint("intercurrent", __name__, url_prefix="/intercurrent")

WRITERS = spec_of(report_medication).roles
READERS = frozenset({
    Role.MEDICAL_MONITOR, Role.DATA_MANAGER, Role.MONITOR, Role.TRIAL_STATISTICIAN, Role.AUDITOR
})  # fmt: skip
LEAD = _l(
    "Medication that changes what an outcome means: rescue of any kind, and what the protocol forbids. Report it "
    "whatever the reason for it was; measuring goes on as planned."
)
KEPT = (TreatmentStop, InterferingMedication, AdverseEvent, EventVersion, Adjudication)
AT_MOST = 25


@dataclass(frozen=True)
class Shown:
    """An event of a participant, with the decision about it."""

    person: Participant
    decided: Decided
    rows: tuple[Adjudication, ...]  # all decisions, the last of which counts


@page(pages, "/", roles=READERS)
def listed() -> Any:
    """Every event of the reader's sites: what waits for a word first, then by day."""
    with reading() as session:
        found = shown_of(session, _people(session))
        last = [one.rows[-1] for one in found if one.rows]
        signed = {row.signature: Signed(records.one(session, SignatureRow, id=row.signature)) for row in last}
    found.sort(key=lambda one: (one.decided.holds, one.decided.event.happened_on, one.person.screening_number))
    return render_template(
        "intercurrent.html", found=found, signed=signed, told=told_of, named=event_name, may_judge=holds(*ADJUDICATORS)
    )


def _people(session: Session) -> list[Participant]:
    """Those of whom there may be an event, by number."""
    fatal = {row.participant for row in records.rows(session, EventVersion, outcome="fatal")}
    medicated = {row.participant for row in records.rows(session, InterferingMedication)}
    wanted = fatal | medicated | {row.participant for row in records.rows(session, TreatmentStop)}
    statement = select(Participant).where(Participant.id.in_(wanted))
    return list(session.scalars(statement.order_by(Participant.screening_number)))


def shown_of(session: Session, people: Sequence[Participant]) -> list[Shown]:
    """The events of these people, with all that was decided about them: five statements, however many they are."""
    study, found = service().study, []
    wanted = {"participant": people[0].id} if len(people) == 1 else {}
    kept = {model: records.by_participant(records.rows(session, model, **wanted)) for model in KEPT}
    for person in people:
        events = gathered(study, lambda model, participant: kept[model].get(participant, []), person.id)
        rows = sorted(kept[Adjudication].get(person.id, []), key=lambda row: row.revision)
        for one in decided(events, rows):
            found.append(Shown(person, one, tuple(row for row in rows if row.subject == one.event.subject)))
    return found


@page(pages, "/of/<participant>", roles=WRITERS | READERS)
def one(participant: str) -> Any:
    """The medication that was reported of a participant, with what stood there before."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        rows = records.rows(session, InterferingMedication, participant=participant)
    now = current_medications(rows)
    before = {
        number: sorted((row for row in rows if row.number == number and row is not now[number]),
                       key=lambda row: row.revision)
        for number in now
    }  # fmt: skip
    return render_template(
        "intercurrent_of.html", person=person, now=now, before=before, lead=LEAD, name=texts.medication_name,
        may_write=holds(*WRITERS),
    )  # fmt: skip


@form_page(pages, "/of/<participant>/report", roles=WRITERS)
def reported(participant: str) -> Any:
    """Report medication."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
    return _medication_form(report_medication, person, _("Report medication"), _fields(None))


@form_page(pages, "/of/<participant>/<int:medication>/correct", roles=WRITERS)
def corrected(participant: str, medication: int) -> Any:
    """Put a medication right, or take it back."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        rows = records.rows(session, InterferingMedication, participant=participant)
    row = current_medications(rows).get(medication) or abort(404)
    stands = Field(
        "stands", "radio", choices=tuple(intercurrent_words.MEDICATION_STANDS.items()),
        value="yes" if row.stands else "no",
    )  # fmt: skip
    fields = (*_fields(row), stands, Field("revision", "shown", value=str(row.revision + 1)), Field("reason"))
    return _medication_form(correct_medication, person, _("Correct medication"), fields, number=medication)


def _fields(row: InterferingMedication | None) -> tuple[Field, ...]:
    def day(name: str) -> str:
        value: date | None = getattr(row, name, None)
        return value.isoformat() if value else ""

    kinds = tuple((one.id, texts.said(one.name)) for one in service().study.interfering_medications)
    return (
        Field("kind", "choice", _l("Kind of medication"), kinds, value=row.kind if row else ""),
        Field("drug", value=row.drug if row else ""),
        Field("dose", label=words.field("drug_dose"), optional=True, value=(row.dose or "") if row else ""),
        Field("started_on", "day", value=day("started_on")),
        Field("ended_on", "day", optional=True, value=day("ended_on"), hint=_("Empty while it goes on.")),
    )  # fmt: skip


def _medication_form(function: Any, person: Participant, title: str, fields: tuple[Field, ...], **fixed: Any) -> Any:
    here = url_for("intercurrent.one", participant=person.id)
    return ask(
        function, title=f"{person.screening_number} · {title}", lead=LEAD, fields=fields, done=here, back=here,
        given={"participant": person.id, **fixed},
    )  # fmt: skip


@form_page(pages, "/of/<participant>/<subject>/judge", roles=ADJUDICATORS)
def judged(participant: str, subject: str) -> Any:
    """Decide what an event is to the estimand, from what is known of it and without the treatment."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        found = shown_of(session, [person])
    shown = next((one for one in found if one.decided.event.subject == subject), None) or abort(404)
    event, row = shown.decided.event, shown.decided.row
    known = tuple((code, intercurrent_words.VERDICTS[code]) for code in verdicts(service().study))
    day = row.happened_on if row is not None and shown.decided.holds else event.happened_on
    proposal = intercurrent_words.VERDICTS[event.proposed]
    fields = (
        Field("basis", "shown", value=event.basis),
        Field("revision", "shown", value=str(len(shown.rows) + 1)),
        Field("verdict", "radio", choices=known, hint=_("The study file proposes: %(what)s.", what=proposal)),
        Field("happened_on", "day", _l("It counts from"), value=day.isoformat()),
        Field("reason", "note", _l("Why you judge it so"), hint=_("Do not write a treatment.")),
    )
    here, title = url_for("intercurrent.listed"), f"{person.screening_number} · {event_name(shown.decided)}"
    return ask(
        adjudicate, title=title, fields=fields, done=here, back=here, template="intercurrent_judge.html",
        given={"participant": participant, "subject": subject}, shown=shown, told=told_of,
    )  # fmt: skip


def event_name(one: Decided) -> str:
    """An event in a few words."""
    event = one.event
    if event.subject == "death":
        return str(_("Death"))
    if event.subject == "stop":
        return str(_("Treatment stopped"))
    return texts.medication_name(event.facts["kind"])


def told_of(one: Decided) -> str:
    """What is known of an event, in words."""
    event = one.event
    if event.subject == "death":
        return str(_("Reported as a fatal adverse event."))
    if event.subject == "stop":
        reasons = {reason.id: texts.said(reason.name) for reason in service().study.treatment.stop_reasons}
        known = (reasons.get(event.facts["stop_reason"], event.facts["stop_reason"]), event.facts["note"])
    else:
        until = _("until %(day)s", day=event.facts["ended_on"]) if event.facts["ended_on"] else ""
        known = (" ".join(filter(None, (event.facts["drug"], event.facts["dose"]))), str(until))
    return "; ".join(filter(None, known))


def to_judge(session: Session) -> list[Group]:
    """For the medical monitor: events that nobody judged, or of which something else is known since."""
    waiting = [one for one in shown_of(session, _people(session)) if not one.decided.holds]
    lines = [
        Line(
            f"{one.person.screening_number} · {event_name(one.decided)}",
            f"{one.decided.event.happened_on} · {words.word(one.decided.standing, 'INTERCURRENT_STANDINGS')}",
            _("Judge"),
            url_for("intercurrent.judged", participant=one.person.id, subject=one.decided.event.subject),
        )
        for one in waiting[:AT_MOST]
    ]
    if len(waiting) > AT_MOST:
        more = _("%(count)s more", count=len(waiting) - AT_MOST)
        lines.append(Line(more, "", _("Look"), url_for("intercurrent.listed")))
    return [Group(_("Intercurrent events to judge"), lines)]
