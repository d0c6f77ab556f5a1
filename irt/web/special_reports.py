"""Special reports: told by the site's investigator, read by the site and by those who watch over safety."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.gate.act import spec_of
from irt.gate.perform import Done
from irt.gate.tables import SignatureRow
from irt.participants.tables import Participant
from irt.safety.clocks import report_clock
from irt.safety.special_reports import (
    MISUSES,
    REPORTERS,
    follow_misuse,
    follow_pregnancy,
    report_misuse,
    report_pregnancy,
)
from irt.safety.special_tables import SpecialReport, SpecialReportVersion
from irt.safety.tables import AdverseEvent, EventVersion
from irt.web import notice_words, records, texts, words
from irt.web.asking import Field, ask
from irt.web.event_form import known_since
from irt.web.event_log import Running
from irt.web.pages import form_page, holds, page, reading
from irt.web.signed import Signed
from irt.web.wired import service

pages = Blueprint("special", __name__, url_prefix="/special-reports")

CENTRAL = frozenset({Role.MEDICAL_MONITOR, Role.MONITOR, Role.TRIAL_MANAGER, Role.SAFETY_OFFICER})
READERS = CENTRAL | {Role.INVESTIGATOR, Role.COORDINATOR}
PREGNANCY = ("whose", "last_period_on", "expected_on", "outcome", "outcome_on", "child")
LABELS = {"outcome": "pregnancy_outcome"}  # a dose has an outcome of its own
MISUSE = ("told", "happened_on", "happened_at", "kit", "vials_taken", "vials_intended", "harm", "event")


@dataclass(frozen=True)
class Version:
    """One version in words: each field with what was said, how its clock stands, the signature under it."""

    row: SpecialReportVersion
    facts: tuple[tuple[str, str], ...]
    clock: Running
    signed: Signed


@dataclass(frozen=True)
class Report:
    """A report as lists show it. `late`: one of its versions was told too late."""

    row: SpecialReport
    number: str  # the participant's screening number
    versions: int
    late: bool


@page(pages, "/", roles=CENTRAL, always=True)
def listed() -> Any:
    """The reports of the reader's sites, the newest first."""
    with reading() as session:
        newest = select(SpecialReport).order_by(SpecialReport.opened_at.desc(), SpecialReport.id)
        found = _listed(session, session.scalars(newest))
    return render_template("special_reports.html", found=found)


@page(pages, "/<report>", roles=READERS, always=True)
def one(report: str) -> Any:
    """One report with all its versions, the newest first."""
    with reading() as session:
        row = records.one(session, SpecialReport, id=report)
        (found,) = _listed(session, [row])
        versions = [_version(session, one) for one in reversed(_versions(session, report))]
    return render_template("special_report.html", found=found, versions=versions, may_follow=holds(*REPORTERS))


@form_page(pages, "/of/<participant>/<kind>", roles=REPORTERS, always=True)
def reported(participant: str, kind: str) -> Any:
    """Report a pregnancy, a medication error, an overdose or misuse of a participant."""
    if kind not in notice_words.SPECIAL_KINDS:
        abort(404)
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        fields = _fields(session, kind, person, {})
    function, given = (report_pregnancy, {}) if kind not in MISUSES else (report_misuse, {"kind": kind})  # type: tuple[Any, dict[str, str]]
    title = f"{person.screening_number} · {words.word(kind, 'SPECIAL_KINDS')}"
    back = url_for("participants.one", participant=participant)
    return _form(function, title, fields, {"participant": participant, **given}, back, person.site)


@form_page(pages, "/<report>/follow-up", roles=spec_of(follow_pregnancy).roles, always=True)
def followed(report: str) -> Any:
    """Tell all that is known by now; what was known before is proposed, and stays as it was."""
    with reading() as session:
        row = records.one(session, SpecialReport, id=report)
        person = records.one(session, Participant, id=row.participant)
        latest = _versions(session, report)[-1]
        before = {name: _typed(getattr(latest, name)) for name in (*PREGNANCY, *MISUSE)}
        fields = (*_fields(session, row.kind, person, before), Field("reason", "note", label=_("What is new")))
    function = follow_pregnancy if row.kind == "pregnancy" else follow_misuse
    title = f"{person.screening_number} · {words.word(row.kind, 'SPECIAL_KINDS')} · {_('Follow-up')}"
    return _form(function, title, fields, {"report": report}, url_for("special.one", report=report), person.site)


def of_participant(participant: str) -> list[Report]:
    """The reports about a participant, the oldest first, at the sites where the reader may know of them."""
    with reading(*READERS) as session:
        return _listed(session, sorted(records.rows(session, SpecialReport, participant=participant), key=_ordinal))


def _ordinal(row: SpecialReport) -> int:
    return row.number


def _form(function: Any, title: str, fields: tuple[Field, ...], given: dict[str, str], back: str, site: str) -> Any:
    def its_page(done: Done) -> str:
        return url_for("special.one", report=done.answer)

    hours = service().study.safety.investigator_report_hours
    lead = _(
        "%(site)s. The sponsor is told with your signature; it is due %(hours)s hours after the site knew.",
        site=texts.site_name(site), hours=hours,
    )  # fmt: skip
    return ask(function, title=title, lead=lead, fields=fields, given=given, done=its_page, back=back)


def _fields(session: Session, kind: str, person: Participant, before: dict[str, str]) -> tuple[Field, ...]:
    """The fields of a kind, with what was known before."""

    def field(name: str, shape: str = "text", **more: Any) -> Field:
        return Field(name, shape, value=before.get(name, ""), **more)

    aware = known_since()
    if kind == "pregnancy":
        outcomes = tuple(notice_words.PREGNANCY_OUTCOMES.items())
        return (
            field("whose", "radio", choices=tuple(notice_words.WHOSE.items())),
            field("last_period_on", "day", optional=True),
            field("expected_on", "day", optional=True),
            field("outcome", "choice", label=words.field("pregnancy_outcome"), choices=outcomes),
            field("outcome_on", "day", optional=True),
            field("child", "note", optional=True),
            *aware,
        )
    return (
        field("told", "note"),
        field("happened_on", "day"),
        field("happened_at", "time", optional=True),
        field("kit", "kit", optional=True),
        field("vials_taken", "number", optional=True),
        field("vials_intended", "number", optional=True),
        field("harm", "radio", choices=tuple(words.YES_NO.items())),
        field("event", "choice", choices=_events(session, person.id), optional=True),
        *aware,
    )


def _events(session: Session, participant: str) -> tuple[tuple[str, str], ...]:
    """A participant's adverse events, each by its number and what was told of it last."""
    found = sorted(records.rows(session, AdverseEvent, participant=participant), key=lambda row: row.number)
    said = select(EventVersion).where(EventVersion.participant == participant).order_by(EventVersion.version)
    latest = {row.event: row.verbatim for row in session.scalars(said)}
    return tuple((row.id, f"{row.number} · {latest.get(row.id, '')}") for row in found)


def _versions(session: Session, report: str) -> list[SpecialReportVersion]:
    about = select(SpecialReportVersion).filter_by(report=report)
    return list(session.scalars(about.order_by(SpecialReportVersion.version)))


def _listed(session: Session, rows: Iterable[SpecialReport]) -> list[Report]:
    found = list(rows)
    people = select(Participant).where(Participant.id.in_({row.participant for row in found}))
    numbers = {row.id: row.screening_number for row in session.scalars(people)}
    versions: dict[str, list[SpecialReportVersion]] = defaultdict(list)
    about = SpecialReportVersion.report.in_([row.id for row in found])
    for one in session.scalars(select(SpecialReportVersion).where(about)):
        versions[one.report].append(one)
    return [
        Report(
            row,
            numbers[row.participant],
            len(versions[row.id]),
            any(_clock(one).state == "late" for one in versions[row.id]),
        )
        for row in found
    ]


def _clock(row: SpecialReportVersion) -> Running:
    """The clock of serious events."""
    return Running(report_clock(row.aware_at, service().study.safety), row.recorded_at)


def _version(session: Session, row: SpecialReportVersion) -> Version:
    events = dict(_events(session, row.participant))
    said_by: dict[str, Callable[[Any], str]] = {
        "whose": lambda code: words.word(code, "WHOSE"),
        "outcome": lambda code: words.word(code, "PREGNANCY_OUTCOMES"),
        "harm": lambda yes: words.word("yes" if yes else "no", "YES_NO"),
        "event": lambda event: events.get(event, ""),
    }
    names = PREGNANCY if row.whose is not None else MISUSE
    known = [(name, getattr(row, name)) for name in names if getattr(row, name) is not None]
    facts = [(words.field(LABELS.get(name, name)), str(said_by.get(name, str)(value))) for name, value in known]
    facts.append((str(_("The site knew of it")), texts.site_moment(row.aware_at, row.site)))
    if row.why:
        facts.append((str(_("What is new")), row.why))
    signed = Signed(records.one(session, SignatureRow, id=row.signature))
    return Version(row, tuple(facts), _clock(row), signed)


def _typed(value: Any) -> str:
    """A stored value as a form would have it typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
