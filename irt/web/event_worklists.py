"""What waits about adverse events: for each role its own step, from what was heard to the case at the desk."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.safety.tables import AdverseEvent
from irt.web import coding, desk, lab_board, lab_wording, texts, words
from irt.web.event_log import Heard, Running, Shown, heard, shown, term_word
from irt.web.site_worklists import Group, Line

GRAVE = 3  # the grade from which a value is looked at first


def to_report(session: Session) -> list[Group]:
    """For investigators: what the site heard, with the end of the time for its report."""
    lines = [
        Line(one.number, _note(one), _("Judge"),
             url_for("events.reported", participant=one.row.participant, told=one.row.id), one.row.serious)
        for one in heard(session)
    ]  # fmt: skip
    return [Group(_("Heard of, to be judged"), lines)]


def overdue(session: Session) -> list[Group]:
    """For those who oversee sites: what may be serious and was not reported in time."""
    late = [one for one in heard(session) if one.report is not None and one.report.state == "overdue"]
    lines = [Line(one.number, _note(one), _("Look"), url_for("events.listed"), True) for one in late]
    return [Group(_("Reports overdue"), lines)]


def opinions(session: Session) -> list[Group]:
    """For the medical monitor: serious events that wait for the sponsor's opinion, what is due first above."""
    lines = [
        Line(one.number,
             _("%(event)s · %(what)s due until %(due)s", event=term_word(one.latest),
               what=words.word("opinion", "CLOCKS"), due=texts.site_moment(running.clock.due)),
             _("Judge"), url_for("events.judged", event=one.row.id), True)
        for one, running in _unjudged(session)
    ]  # fmt: skip
    return [Group(_("Serious events: sponsor's opinion due"), lines)]


def opinions_overdue(session: Session) -> list[Group]:
    """For the trial manager: serious events that the sponsor has not judged in time."""
    lines = [
        Line(one.number, _("due until %(when)s", when=texts.site_moment(running.clock.due)), _("Look"),
             url_for("events.one", event=one.row.id), True)
        for one, running in _unjudged(session) if running.state == "overdue"
    ]  # fmt: skip
    return [Group(_("Serious events: sponsor's opinion overdue"), lines)]


def _unjudged(session: Session) -> list[tuple[Shown, Running]]:
    found = shown(session, session.scalars(select(AdverseEvent).order_by(AdverseEvent.opened_at, AdverseEvent.id)))
    waiting = [(one, running) for one in found if (running := one.opinion_due) is not None]
    return sorted(waiting, key=lambda pair: (pair[1].clock.due, pair[0].row.id))


def cases(session: Session) -> list[Group]:
    """For the safety officer: cases at the desk that were not handled yet, whatever is overdue first."""
    waiting = [
        (next(running for running in case.clocks if running.done_at is None), case)
        for case in desk.cases(session)
        if case.waits
    ]
    lines = [
        Line(case.event.number,
             _("%(event)s · %(what)s due until %(due)s", event=term_word(case.event.latest),
               what=words.word(running.clock.kind, "CLOCKS"), due=texts.site_moment(running.clock.due)),
             _("Look"), url_for("desk.one", candidate=case.row.id), running.state == "overdue")
        for running, case in sorted(waiting, key=lambda pair: (pair[0].clock.due, pair[1].row.id))
    ]  # fmt: skip
    return [Group(_("Cases at the desk"), lines)]


def to_code(session: Session) -> list[Group]:
    """For the data manager: events that no term of the dictionary was given; none without a dictionary."""
    waiting = [one for one in coding.coded_events(session) if one.standing != "coded"]
    if not waiting or not coding.imported(session):
        return []
    line = Line(_("Adverse events"), _("%(count)s wait", count=len(waiting)), _("Code"), url_for("coding.listed"))
    return [Group(_("Events to code"), [line])]


def values(session: Session) -> list[Group]:
    """For investigators: participants whose laboratory values may be adverse events."""
    lines = [
        Line(person.screening_number,
             ", ".join(_("%(test)s grade %(grade)s", test=lab_wording.test_name(one.reading.analyte), grade=one.grade)
                       for one in suggested),
             _("Look"), url_for("labs.listed", participant=person.id), any(one.grade >= GRAVE for one in suggested))
        for person, suggested in lab_board.waiting(session)
    ]  # fmt: skip
    return [Group(_("Laboratory values to look at"), lines)]


def _note(one: Heard) -> str:
    if one.report is None:
        return one.row.told
    due = texts.site_moment(one.report.clock.due, one.row.site)
    if one.report.state == "overdue":
        return str(_("%(told)s: the report was due until %(due)s", told=one.row.told, due=due))
    return str(_("%(told)s: the report is due until %(due)s", told=one.row.told, due=due))
