"""Adverse events: the list, one with all its versions, and the forms of all that is told and judged of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from irt.actor import Role
from irt.gate.act import spec_of
from irt.gate.perform import Done
from irt.gate.tables import SignatureRow
from irt.participants.tables import Participant
from irt.safety.events import follow_up, no_event, report_event, tell_event, void_event
from irt.safety.opinions import judge_event
from irt.safety.tables import AdverseEvent, EventTold
from irt.web import event_form, event_words, records, texts, words
from irt.web.asking import Field, ask
from irt.web.event_log import OF_PARTICIPANTS, READERS, Shown, heard, shown, term_word
from irt.web.event_versions import compared
from irt.web.pages import actor, form_page, holds, opens, page, reading
from irt.web.signed import Signed

pages = Blueprint("events", __name__, url_prefix="/events")


@page(pages, "/", roles=READERS, always=True)
def listed() -> Any:
    """The events of the reader's sites, the newest first, of one site or kind; above them what waits to be judged."""
    wanted = select(AdverseEvent).order_by(AdverseEvent.opened_at.desc(), AdverseEvent.id)
    if site := request.args.get("site", ""):
        wanted = wanted.where(AdverseEvent.site == site)
    kind = request.args.get("kind", "")
    with reading() as session:
        found = [one for one in shown(session, session.scalars(wanted)) if one.is_a(kind)]
        waiting = heard(session) if holds(*OF_PARTICIPANTS) else []
        people = _people(session) if holds(*spec_of(tell_event).roles) else ()
    return render_template(
        "events.html", found=found, people=people, waiting=waiting, asked=request.args, kinds=event_words.SHOWN_ONLY,
        sites=texts.site_choices(actor().sites(READERS)), term=term_word, desk=holds(Role.SAFETY_OFFICER),
        opens=opens("participants.one"), may_report=holds(*spec_of(report_event).roles),
    )  # fmt: skip


def _people(session: Any) -> tuple[tuple[str, str], ...]:
    found = session.scalars(select(Participant).order_by(Participant.screening_number, Participant.id))
    return tuple((row.id, row.screening_number) for row in found)


@page(pages, "/new", roles=spec_of(tell_event).roles, always=True)
def begun() -> Any:
    """On to the form of the participant who was chosen, to report an event or to note what was heard."""
    with reading() as session:
        person = records.one(session, Participant, id=request.args.get("participant", ""))
    form = "events.reported" if request.args.get("what") == "report" else "events.told"
    return redirect(url_for(form, participant=person.id), 303)


@page(pages, "/<event>", roles=READERS, always=True)
def one(event: str) -> Any:
    """One event: every version beside the one before it, who signed what, and what the sponsor thinks."""
    with reading() as session:
        found = _one(session, event)
        given = [*(row.signature for row in found.versions), *(row.signature for row in found.opinions)]
        signatures = {id: Signed(records.one(session, SignatureRow, id=id)) for id in given}
    return render_template(
        "event.html", found=found, rows=compared(found.versions), signatures=signatures, term=term_word,
        desk=holds(Role.SAFETY_OFFICER), opens=opens("participants.one"), may_tell=holds(*spec_of(follow_up).roles),
        may_judge=holds(*spec_of(judge_event).roles),
    )  # fmt: skip


def _one(session: Any, event: str) -> Shown:
    (found,) = shown(session, [records.one(session, AdverseEvent, id=event)])
    return found


def _its_page(done: Done) -> str:
    return url_for("events.one", event=done.answer.event)


@form_page(pages, "/of/<participant>/tell", roles=spec_of(tell_event).roles, always=True)
def told(participant: str) -> Any:
    """Note what the site heard, for its investigator to judge."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
    yes_no = (("true", words.YES_NO["yes"]), ("false", words.YES_NO["no"]))
    fields = (Field("told", "note"), Field("serious", "radio", choices=yes_no), *event_form.known_since())
    lead = _("An investigator of the site judges it. Where it may be serious the clock of the report runs from now on.")
    return ask(
        tell_event, title=f"{person.screening_number} · {_('Note what was heard')}", fields=fields,
        given={"participant": participant}, done=url_for("events.listed"), lead=lead,
        back=url_for("participants.one", participant=participant),
    )  # fmt: skip


@form_page(pages, "/told/<told>/none", roles=spec_of(no_event).roles, always=True)
def none(told: str) -> Any:
    """Say of what was heard that it is no adverse event."""
    with reading() as session:
        row = records.one(session, EventTold, id=told)
    here = url_for("events.listed")
    return ask(
        no_event, title=_("No adverse event"), fields=(Field("reason", "note"),), given={"told": told}, done=here,
        back=here, lead=f"“{row.told}”",
    )  # fmt: skip


@form_page(pages, "/of/<participant>/report", roles=spec_of(report_event).roles, always=True)
def reported(participant: str) -> Any:
    """Report an event (`?told=`: one heard of; `?term=…&grade=…&onset=…`: one that a laboratory value suggests)."""
    given, values = {"participant": participant}, {}
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        if told := request.args.get("told", ""):
            row = records.one(session, EventTold, id=told, participant=participant)
            given["told"], values = row.id, event_form.as_heard(row)
        elif "grade" in request.args:
            values = event_form.as_suggested(request.args)
        lead = event_form.last_dose_words(session, person)
    return ask(
        report_event, title=f"{person.screening_number} · {_('Report an adverse event')}",
        fields=event_form.fields(values), given=given, done=_its_page, lead=lead,
        back=url_for("participants.one", participant=participant),
    )  # fmt: skip


@form_page(pages, "/<event>/follow-up", roles=spec_of(follow_up).roles, always=True)
def followed(event: str) -> Any:
    """Write down what is known of an event by now (`?told=`: what was heard of it)."""
    given, values = {}, {}
    with reading() as session:
        found = _standing(_one(session, event))
        if told := request.args.get("told", ""):
            row = records.one(session, EventTold, id=told, participant=found.row.participant)
            known = event_form.as_heard(row)
            given["told"], values = row.id, {name: known[name] for name in ("aware_on", "aware_at")}
            values["reason"] = row.told
    fields = (
        Field("version", "shown", value=str(found.latest.version)),
        *event_form.fields(event_form.as_recorded(found.latest) | values),
        Field("reason", "note", label=_("What is new, and from where it is known"), value=values.get("reason", "")),
    )
    lead = _("Every field stands as it was told last. Change what is new; what was told before stays beside it.")
    return _about(follow_up, found, _("Follow up"), fields, lead, given)


@form_page(pages, "/<event>/void", roles=spec_of(void_event).roles, always=True)
def voided(event: str) -> Any:
    """Take back an event that was told by mistake."""
    with reading() as session:
        found = _standing(_one(session, event))
    fields = (Field("version", "shown", value=str(found.latest.version)), Field("reason", "note"))
    lead = _("It counts no more. All that was told of it stays to be read, and no clock that runs is stopped.")
    return _about(void_event, found, _("Told by mistake"), fields, lead)


@form_page(pages, "/<event>/judge", roles=spec_of(judge_event).roles, always=True)
def judged(event: str) -> Any:
    """Give the sponsor's opinion on an event as it is known by now."""
    with reading() as session:
        found = _standing(_one(session, event))
    fields = (
        Field("version", "shown", value=str(found.latest.version)),
        Field("causality_drug", "radio", choices=tuple(event_words.CAUSALITIES.items())),
        Field("expectedness", "radio", choices=tuple(event_words.EXPECTEDNESS.items())),
        Field("reason", "note"),
    )
    lead = _("Judge it as if the participant were on the test drug. It stands beside the investigator's judgement.")
    return _about(judge_event, found, _("Sponsor's opinion"), fields, lead, template="event_judge.html")


def _standing(found: Shown) -> Shown:
    """An event that counts; the page "not found" for one that was told by mistake."""
    return found if found.latest.stands else abort(404)


def _about(
    function: Any, found: Shown, title: str, fields: tuple[Field, ...], lead: str,
    given: Mapping[str, str] = MappingProxyType({}), **more: Any,
) -> Any:  # fmt: skip
    here = url_for("events.one", event=found.row.id)
    heading = f"{found.number} · {_('Event %(number)s', number=found.row.number)} · {title}"
    context = {"found": found, "rows": compared(found.versions[-1:]), **more}
    return ask(
        function,
        title=heading,
        fields=fields,
        given={"event": found.row.id, **given},
        done=here,
        back=here,
        lead=lead,
        **context,
    )
