"""Eligibility, randomization and what is found wrong afterwards."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from irt.gate.act import spec_of
from irt.gate.tables import AuditEntry, SignatureRow
from irt.participants.tables import Participant
from irt.randomization.corrections import correct_stratum, mark_in_error
from irt.randomization.eligibility import confirm
from irt.randomization.randomize import randomize
from irt.randomization.tables import Randomization
from irt.supply.tables import Assignment
from irt.web import records, texts, thresholds, words
from irt.web.asking import Field, ask
from irt.web.pages import form_page, page, reading
from irt.web.participants import KIT_READERS
from irt.web.wired import service

pages = Blueprint("eligibility", __name__, url_prefix="/participants/<participant>")


def _known(participant: str) -> dict[str, Any]:
    """Who it is, with the values and the stratum that the step rests on."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        values = records.baseline_of(session, participant)
        confirmation = records.confirmation_of(session, person, values)
    stratum = records.stratum_of(values, person.site)
    return {"person": person, "values": values, "stratum": stratum, "confirmation": confirmation}


def _beside(values: dict[str, str]) -> dict[str, list[thresholds.Computed]]:
    return {one.id: thresholds.beside(one, values) for one in service().study.criteria}


@form_page(pages, "/eligibility", roles=spec_of(confirm).roles)
def confirmed(participant: str) -> Any:
    """The criteria one by one, answered and signed by an investigator."""
    known = _known(participant)
    yes_no = tuple(words.YES_NO.items())
    fields = tuple(
        Field(f"answers.{one.id}", "radio", texts.said(one.text), yes_no) for one in service().study.criteria
    )
    here = url_for("participants.one", participant=participant)
    title = _("%(number)s · Eligibility", number=known["person"].screening_number)
    given = {"participant": participant}
    return ask(
        confirm, title=title, fields=fields, given=given, done=here, back=here, template="eligibility.html",
        beside=_beside(known["values"]), **known,
    )  # fmt: skip


@form_page(pages, "/randomize", roles=spec_of(randomize).roles)
def randomized(participant: str) -> Any:
    """Sign the request; afterwards the confirmation."""
    known = _known(participant)
    title = _("%(number)s · Randomize", number=known["person"].screening_number)
    return ask(
        randomize, title=title, given={"participant": participant}, template="randomize.html",
        done=url_for("eligibility.confirmation", participant=participant),
        said=_("Randomized."), back=url_for("participants.one", participant=participant), **known,
    )  # fmt: skip


@page(pages, "/randomization", roles=KIT_READERS)
def confirmation(participant: str) -> Any:
    """The confirmation as a source document: number, kit, time, who, signature, and its place in the audit trail."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        done = records.one(session, Randomization, participant=participant)
        first = service().study.dispensing_visits[0].id
        kit = records.one(session, Assignment, participant=participant, visit=first)
        signature = records.one(session, SignatureRow, id=done.signature)
        entries = select(AuditEntry).filter_by(participant=participant, act="participant.randomize", kind="act")
        witness = session.scalars(entries.order_by(AuditEntry.seq)).first()
    return render_template(
        "confirmation.html", person=person, done=done, kit=kit, signature=signature, witness=witness,
    )  # fmt: skip


def _correction(function: Any, participant: str, title: str, lead: str) -> Any:
    with reading() as session:
        person = records.one(session, Participant, id=participant)
    here = url_for("participants.one", participant=participant)
    heading = f"{person.screening_number} · {title}"
    given = {"participant": participant}
    return ask(function, title=heading, given=given, fields=(Field("reason"),), done=here, back=here, lead=lead)


@form_page(pages, "/stratum", roles=spec_of(correct_stratum).roles)
def stratum(participant: str) -> Any:
    """Put the right stratum beside the one that was used."""
    lead = _("The stratum that the corrected baseline values give is recorded beside the one that was used.")
    return _correction(correct_stratum, participant, _("Correct the stratum"), lead)


@form_page(pages, "/in-error", roles=spec_of(mark_in_error).roles)
def in_error(participant: str) -> Any:
    """Mark a randomization that should not have been."""
    lead = _("The randomization stays, and so do the data; it is marked for the analysis.")
    return _correction(mark_in_error, participant, _("Randomized in error"), lead)
