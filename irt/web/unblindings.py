"""Accidental unblinding: reported, listed for who must know of it, read, assessed. No page asks for a treatment."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.gate.tables import SignatureRow
from irt.participants.tables import Participant
from irt.safety.unblinding_tables import UnblindedParticipant, Unblinding, UnblindingAssessment
from irt.safety.unblindings import ASSESSORS, REPORTERS, assess, report
from irt.web import downloads, records, texts, unblinding_log
from irt.web.asking import Field, ask
from irt.web.emergency_words import UNBLINDING_SCOPES
from irt.web.pages import actor, form_page, holds, page, reading
from irt.web.participants import CARE
from irt.web.signed import Signed

pages = Blueprint("unblindings", __name__, url_prefix="/unblindings")

# Who learns of the reports of others: as few as a code break has, and those who assess. Everybody else sees their own.
READERS = CARE | ASSESSORS | {Role.MONITOR, Role.TRIAL_STATISTICIAN}
LEAD = _l(
    "Report that somebody learned, or may have learned, who is in which arm: of yourself, or of somebody at your site. "
    "Do not write the treatment, here or in a mail, and tell it to nobody else."
)


@dataclass(frozen=True)
class Shown:
    """A report as pages show it."""

    row: Unblinding
    numbers: tuple[str, ...]  # screening numbers
    assessments: tuple[UnblindingAssessment, ...]


@page(pages, "/", roles=REPORTERS, always=True)
def listed() -> Any:
    """The reports that the reader may know of, the newest first."""
    with reading() as session:
        found = _shown(session, _open_to_reader(session))
        who = records.names(session, *(one.row.reported_by for one in found))
    has_log = holds(*unblinding_log.READERS)
    return render_template("unblindings.html", found=found, who=who, lead=LEAD, has_log=has_log)


@page(pages, "/log.csv", roles=unblinding_log.READERS, always=True)
def as_csv() -> Any:
    """The unblinding log: code breaks and reports, never a treatment."""
    return downloads.csv(unblinding_log.as_csv(), "unblinding-log")


@page(pages, "/<unblinding>", roles=REPORTERS, always=True)
def one(unblinding: str) -> Any:
    """One report with its signature, and what was made of it."""
    with reading() as session:
        (found,) = _shown(session, [_found(session, unblinding)])
        given = {found.row.signature, *(row.signature for row in found.assessments)}
        signed = {key: Signed(records.one(session, SignatureRow, id=key)) for key in given}
    return render_template("unblinding.html", found=found, signed=signed, may_assess=holds(*ASSESSORS))


@form_page(pages, "/report", roles=REPORTERS, always=True)
def reported() -> Any:
    """Report what happened; the site is preset for who has one alone."""
    sites = texts.site_choices(actor().sites(REPORTERS))
    own = sites[0][0] if len(sites) == 1 else ""
    central = actor().sites(REPORTERS) is None
    fields = (
        Field("site", "choice", _l("Site where it happened"), sites, value=own, optional=central),
        Field("scope", "radio", choices=tuple(UNBLINDING_SCOPES.items())),
        Field("numbers", hint=_("Screening numbers, parted by commas."), optional=True),
        Field("lot", optional=True),
        Field("learned_on", "day"),
        Field("learned_at", "time", optional=True),
        Field("who", "note", hint=_("Names and roles of all who learned it.")),
        Field("how", "note", hint=_("How it became known. Do not write the treatment.")),
        Field("done", "note"),
    )
    back, title = url_for("unblindings.listed"), _("Report an accidental unblinding")
    return ask(
        report, title=title, fields=fields, lead=LEAD, back=back,
        done=lambda done: url_for("unblindings.one", unblinding=done.answer),
    )  # fmt: skip


@form_page(pages, "/<unblinding>/assess", roles=ASSESSORS, always=True)
def assessed(unblinding: str) -> Any:
    """Say what a report means for the trial, or say it anew; what was said before stays."""
    with reading() as session:
        (found,) = _shown(session, [_found(session, unblinding)])
    fields = (
        Field("revision", "shown", value=str(len(found.assessments) + 1)),
        Field("impact", "note", hint=_("On whom, which assessments and the analysis. Do not write the treatment.")),
        Field("corrective", "note"),
        Field("reason", "note", _l("Why you assess it so")),
    )
    here = url_for("unblindings.one", unblinding=unblinding)
    return ask(
        assess, title=_("Assess an accidental unblinding"), fields=fields, given={"unblinding": unblinding}, done=here,
        back=here,
    )  # fmt: skip


def _open_to_reader(session: Session) -> list[Unblinding]:
    """What the reader reported, and what happened where a role that may know of it holds."""
    newest = select(Unblinding).order_by(Unblinding.reported_at.desc(), Unblinding.id)
    found = {row.id: row for row in session.scalars(newest.where(Unblinding.reported_by == actor().account))}
    if holds(*READERS):
        with reading(*READERS) as whole:
            found |= {row.id: row for row in whole.scalars(newest)}
    return sorted(found.values(), key=lambda row: (row.reported_at, row.id), reverse=True)


def _found(session: Session, unblinding: str) -> Unblinding:
    return next((row for row in _open_to_reader(session) if row.id == unblinding), None) or abort(404)


def _shown(session: Session, rows: list[Unblinding]) -> list[Shown]:
    wanted = [row.id for row in rows]
    named = list(session.scalars(select(UnblindedParticipant).where(UnblindedParticipant.unblinding.in_(wanted))))
    people = session.scalars(select(Participant).where(Participant.id.in_({one.participant for one in named})))
    numbers = {row.id: row.screening_number for row in people}
    said = session.scalars(
        select(UnblindingAssessment)
        .where(UnblindingAssessment.unblinding.in_(wanted))
        .order_by(UnblindingAssessment.revision, UnblindingAssessment.id)
    )
    assessments = list(said)
    return [
        Shown(
            row,
            tuple(sorted(numbers[one.participant] for one in named if one.unblinding == row.id)),
            tuple(one for one in assessments if one.unblinding == row.id),
        )
        for row in rows
    ]
