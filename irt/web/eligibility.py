"""Eligibility, randomization and what is found wrong afterwards."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from irt.conduct.open import OPEN_STATES
from irt.conduct.tables import Site
from irt.gate.act import spec_of
from irt.gate.refusals import Refused
from irt.gate.tables import AuditEntry
from irt.participants.tables import Participant
from irt.randomization.corrections import correct_stratum, mark_in_error
from irt.randomization.eligibility import confirm
from irt.randomization.randomize import CLOSED, randomize
from irt.randomization.tables import Eligibility, Randomization
from irt.supply.tables import Assignment, Shelf
from irt.web import records, signed, texts, thresholds, words
from irt.web.asking import Field, ask
from irt.web.pages import form_page, page, reading
from irt.web.participants import KIT_READERS
from irt.web.wired import service
from irt.web.wording import say

pages = Blueprint("eligibility", __name__, url_prefix="/participants/<participant>")


def _known(participant: str) -> dict[str, Any]:
    """Who it is, with the values and the stratum that the step rests on."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        values = records.baseline_of(session, participant)
        confirmation = records.confirmation_of(session, person, values)
        given = signed.eligibility(session, person, confirmation.row) if confirmation.row else None
    stratum = records.stratum_of(values, person.site)
    return {"person": person, "values": values, "stratum": stratum, "confirmation": confirmation, "confirmed": given}


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
    """Sign the request; afterwards the confirmation, which is also what going back then shows."""
    known = _known(participant)
    shown = url_for("eligibility.confirmation", participant=participant)
    if request.method == "GET" and known["person"].state != "screened":
        with reading() as session:
            if records.rows(session, Randomization, participant=participant):
                return redirect(shown)
    title = _("%(number)s · Randomize", number=known["person"].screening_number)
    return ask(
        randomize, title=title, given={"participant": participant}, template="randomize.html",
        done=shown, said=_("Randomized."), back=url_for("participants.one", participant=participant),
        hindered=hindered_by(known["person"].site), **known,
    )  # fmt: skip


@page(pages, "/randomization", roles=KIT_READERS)
def confirmation(participant: str) -> Any:
    """The confirmation as a source document: number, kit, time, who, signature, and its place in the audit trail."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        done = records.one(session, Randomization, participant=participant)
        first = service().study.dispensing_visits[0].id
        kit = records.one(session, Assignment, participant=participant, visit=first, ordinal=1)
        requested = signed.randomization(session, person, done)
        confirmed = signed.eligibility(session, person, records.one(session, Eligibility, id=done.eligibility))
        entries = select(AuditEntry).filter_by(participant=participant, act="participant.randomize", kind="act")
        witness = session.scalars(entries.order_by(AuditEntry.seq)).first()
    return render_template(
        "confirmation.html", person=person, done=done, kit=kit, requested=requested, confirmed=confirmed,
        witness=witness,
    )  # fmt: skip


def hindered_by(site: str) -> list[str]:
    """Why nobody is randomized at a site today, whoever it is: said before anybody signs."""
    with reading() as session:
        about = records.one(session, Site, code=site)
        shelf = next(iter(records.rows(session, Shelf, site=site)), None)
        state = records.study_state(session)
    found = []
    if about.state not in OPEN_STATES["randomization"]:
        found.append(Refused("site_inactive", site=site, state=about.state, what="randomization"))
    if state.randomization == "paused":
        found.append(Refused("study_paused", what="randomization"))
    if about.randomization == "paused":
        found.append(Refused("site_paused", site=site, what="randomization"))
    if shelf is None or shelf.randomization != "open":
        found.append(Refused(CLOSED))
    return [say(one) for one in found]


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
