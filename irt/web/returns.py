"""Vials that come back: a participant's kits and counts, the return of one, and what does not add up."""

import json
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from irt.dispensing.returns import resolve_discrepancy, return_kit
from irt.dispensing.tables import Discrepancy
from irt.gate.act import spec_of
from irt.gate.perform import Done
from irt.participants.tables import Participant
from irt.web import counted, records, texts, words
from irt.web.asking import Field, ask
from irt.web.pages import form_page, holds, page, reading
from irt.web.participants import KIT_READERS

pages = Blueprint("returns", __name__)

LATELY = 50  # resolved discrepancies that are shown beside the open ones


@page(pages, "/participants/<participant>/kits", roles=KIT_READERS)
def kits(participant: str) -> Any:
    """The kits of a participant with their counts, and adherence by vials and by diary."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        found = counted.kits_of(session, participant)
        adherence = counted.adherence_of(session, person)
    return render_template("kits.html", person=person, counted=found, adherence=adherence, percent=counted.percent)


@form_page(pages, "/participants/<participant>/return", roles=spec_of(return_kit).roles)
def taken_back(participant: str) -> Any:
    """Scan the box that came back, and count its vials."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        found = [one.kit for one in counted.kits_of(session, participant) if one.awaited]
    fields = (
        Field("kit", "scan", hint=_("Scan the label of the box in your hand, or type its number.")),
        Field("returned_on", "day", value=texts.today_at(person.site).isoformat()),
        *(Field(name, "number", value="0") for name in ("unused", "used", "broken", "lost")),
    )
    title = f"{person.screening_number} · {_('Take a kit back')}"
    vials = json.dumps({kit.number: kit.vials for kit in found})
    return ask(
        return_kit, title=title, fields=fields, given={"participant": participant}, template="return.html", kits=found,
        vials=vials, done=url_for("returns.kits", participant=participant), press=_("Count and take back"),
        back=url_for("returns.kits", participant=participant), said=_counted,
    )  # fmt: skip


def _counted(done: Done) -> str:
    """What is said when a kit was counted."""
    told = done.answer
    if told.vials == told.counted:
        return str(_("Taken back: all %(vials)s vials are accounted for.", vials=told.vials))
    return str(
        _("Taken back: %(counted)s of %(vials)s vials. A discrepancy is open.", counted=told.counted, vials=told.vials)
    )


@page(pages, "/discrepancies", roles=KIT_READERS)
def discrepancies() -> Any:
    """What does not add up and nobody has explained, and what was resolved lately."""
    with reading() as session:
        asked = counted.open_discrepancies(session)
        newest = select(Discrepancy).filter_by(state="resolved").order_by(Discrepancy.resolved_at.desc()).limit(LATELY)
        resolved = list(session.scalars(newest))
        people = counted.people(session, (row.participant for row in (*asked, *resolved)))
        who = records.names(session, *(row.resolved_by for row in resolved))
    return render_template(
        "discrepancies.html", asked=asked, resolved=resolved, people=people, who=who, about=counted.about,
        resolution=counted.resolution, may_resolve=holds(*spec_of(resolve_discrepancy).roles),
    )  # fmt: skip


@form_page(pages, "/discrepancies/<discrepancy>/resolve", roles=spec_of(resolve_discrepancy).roles)
def resolved(discrepancy: str) -> Any:
    """Say why two counts differ."""
    with reading() as session:
        row = records.one(session, Discrepancy, id=discrepancy)
        person = records.one(session, Participant, id=row.participant)
    here = url_for("returns.discrepancies")
    title = f"{person.screening_number} · {words.word(row.kind, 'DISCREPANCY_KINDS')}"
    fields = (*(Field(name, "shown", value=str(getattr(row, name))) for name in ("expected", "found")),
              Field("reason", "note"))  # fmt: skip
    return ask(
        resolve_discrepancy, title=title, given={"discrepancy": discrepancy}, fields=fields,
        lead=counted.about(row), done=here, back=here, said=_("Resolved."), press=_("Resolve"),
    )  # fmt: skip
