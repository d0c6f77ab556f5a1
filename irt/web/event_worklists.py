"""What waits about adverse events: for investigators what was heard, for the medical monitor opinions that are due."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.safety.tables import AdverseEvent
from irt.web import texts
from irt.web.event_log import Heard, heard, shown, term_word
from irt.web.site_worklists import Group, Line


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
    """For the medical monitor: serious events that wait for the sponsor's opinion, the longest known first."""
    found = shown(session, session.scalars(select(AdverseEvent).order_by(AdverseEvent.opened_at, AdverseEvent.id)))
    waiting = [(one, since) for one in found if (since := one.to_judge) is not None]
    lines = [
        Line(one.number,
             _("%(event)s, known since %(when)s", event=term_word(one.latest),
               when=texts.site_moment(since.recorded_at, one.row.site)),
             _("Judge"), url_for("events.judged", event=one.row.id), True)
        for one, since in sorted(waiting, key=lambda pair: (pair[1].recorded_at, pair[0].row.id))
    ]  # fmt: skip
    return [Group(_("Serious events: sponsor's opinion due"), lines)]


def _note(one: Heard) -> str:
    if one.report is None:
        return one.row.told
    due = texts.site_moment(one.report.clock.due, one.row.site)
    if one.report.state == "overdue":
        return str(_("%(told)s: the report was due until %(due)s", told=one.row.told, due=due))
    return str(_("%(told)s: the report is due until %(due)s", told=one.row.told, due=due))
