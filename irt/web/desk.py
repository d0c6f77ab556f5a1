"""The safety desk, for the safety officer alone: its cases and clocks, one opened, its worksheet, its closing."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.gate.act import spec_of
from irt.gate.perform import Done
from irt.participants.tables import Participant
from irt.safety.clocks import desk_clocks
from irt.safety.desk import close_case, open_case
from irt.safety.emergency_tables import DeskClosing, DeskOpening
from irt.safety.tables import AdverseEvent, SusarCandidate
from irt.web import desk_worksheet, downloads, records, words
from irt.web.asking import Field, ask
from irt.web.event_log import Running, Shown, shown, term_word
from irt.web.event_versions import compared
from irt.web.pages import form_page, page, reading
from irt.web.showing import let_show, shown_once
from irt.web.wired import service

pages = Blueprint("desk", __name__, url_prefix="/desk")
OFFICER = spec_of(open_case).roles
CLOSED_BY = {"first": "report", "follow_up": "follow_up"}  # clock → what is closed when it is done


@dataclass(frozen=True)
class Case:
    """A candidate with its event, how its clocks stand, and when it was opened."""

    row: SusarCandidate
    event: Shown
    clocks: tuple[Running, ...]
    opened: tuple[DeskOpening, ...]

    @property
    def waits(self) -> str | None:
        """What is to be handled next: the report, the complete one; None when nothing is."""
        return next((CLOSED_BY[one.clock.kind] for one in self.clocks if one.done_at is None), None)


def cases(read: Session, **equal: Any) -> list[Case]:
    """The cases with these values, the earliest day zero first."""
    wanted = select(SusarCandidate).filter_by(**equal).order_by(SusarCandidate.day_zero, SusarCandidate.id)
    rows = list(read.scalars(wanted))
    events = read.scalars(select(AdverseEvent).where(AdverseEvent.id.in_({row.event for row in rows})))
    of = {one.row.id: one for one in shown(read, events)}
    closed = {(row.candidate, row.part): row.closed_at for row in records.rows(read, DeskClosing)}
    openings = sorted(records.rows(read, DeskOpening), key=lambda row: (row.opened_at, row.id))
    return [
        Case(
            row,
            of[row.event],
            tuple(
                Running(clock, closed.get((row.id, CLOSED_BY[clock.kind])), row.urgency)
                for clock in desk_clocks(row.urgency, row.day_zero, service().study.safety)
            ),
            tuple(one for one in openings if one.candidate == row.id),
        )
        for row in rows
    ]


def _case(read: Session, candidate: str) -> Case:
    records.one(read, SusarCandidate, id=candidate)
    return cases(read, id=candidate)[0]


@page(pages, "/", roles=OFFICER, always=True)
def listed() -> Any:
    """Every case: what waits first."""
    with reading() as read:
        found = sorted(cases(read), key=lambda one: (one.waits is None, one.row.day_zero, one.row.id))
    return render_template("desk.html", found=found, term=term_word)


@page(pages, "/<candidate>", roles=OFFICER, always=True)
def one(candidate: str) -> Any:
    """One case: all that is known of the event, its clocks, and what was done."""
    with reading() as read:
        found = _case(read, candidate)
    return render_template("desk_case.html", found=found, rows=compared(found.event.versions), term=term_word)


@form_page(pages, "/<candidate>/open", roles=OFFICER, always=True)
def opened(candidate: str) -> Any:
    """Be shown the treatment of one participant, for this report."""
    with reading() as read:
        found = _case(read, candidate)
    lead = _("You are shown what one participant was given, once, for this report. Write it into no record here.")
    return ask(
        open_case, title=_title(found, _("Open the case")), given={"candidate": candidate}, fields=(Field("reason"),),
        done=_to_be_shown, lead=lead, back=url_for("desk.one", candidate=candidate), said="", style="danger",
        press=_("Sign and show the treatment"),
    )  # fmt: skip


def _to_be_shown(done: Done) -> str:
    let_show(done.answer)
    return url_for("desk.shown_for_report", opening=done.answer)


def _title(found: Case, what: str) -> str:
    return f"{found.event.number} · {_('Event %(number)s', number=found.event.row.number)} · {what}"


@page(pages, "/opened/<opening>/shown", roles=OFFICER, always=True)
def shown_for_report(opening: str) -> Any:
    """The treatment, once."""
    with reading() as read:
        row = records.one(read, DeskOpening, id=opening)
        person = records.one(read, Participant, id=row.participant)
    warning = _("Only for this expedited report. Tell nobody who is masked, and write it into no record of the trial.")
    back = url_for("desk.one", candidate=row.candidate)
    return shown_once(opening, person, title=_("Safety desk"), warning=warning, back=back)


@form_page(pages, "/<candidate>/close", roles=OFFICER, always=True)
def closed(candidate: str) -> Any:
    """Say that the case was handled; not how."""
    with reading() as read:
        found = _case(read, candidate)
    part = found.waits or "report"
    title = f"{_('Close the case')}: {words.word(part, 'CLOSING_PARTS')}"
    lead = _("What became of the case is not asked: it would tell the treatment. Keep it in the safety database.")
    here = url_for("desk.one", candidate=candidate)
    return ask(
        close_case, title=_title(found, title), given={"candidate": candidate},
        fields=(Field("part", "shown", value=part),), done=here, back=here, lead=lead,
    )  # fmt: skip


@page(pages, "/<candidate>/worksheet.pdf", roles=OFFICER, always=True)
def worksheet(candidate: str) -> Response:
    """The facts of a CIOMS form as PDF; the treatment is written in by hand."""
    with reading() as read:
        found = _case(read, candidate)
        person = records.one(read, Participant, id=found.row.participant)
        content = desk_worksheet.printed(read, found.event, found.row, person)
    return downloads.pdf(content, f"worksheet-{found.event.number}-{found.event.row.number}", person.site)
