"""What waits for those who record outcomes."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from irt.outcomes.capture import JUDGES, rated_by
from irt.web import rating
from irt.web.site_worklists import Group, Line, cut


def to_rate(session: Session) -> list[Group]:
    """The visits at which somebody has something to rate, or to record; the latest to be held first."""
    judged, written = list[Line](), list[Line]()
    for one in rating.due(session):
        note = one.place.name
        if one.place.window is not None:
            note = _("%(visit)s, until %(last)s", visit=note, last=one.place.window.latest)
        href = url_for("outcomes.sheet", participant=one.seen.person.id, visit=one.place.address)
        line = Line(one.seen.person.screening_number, note, _("Fill in"), href, one.when in ("late", "outside"))
        (judged if any(rated_by(instrument) in JUDGES for instrument in one.open) else written).append(line)
    every = url_for("outcomes.listed")
    return [Group(_("Visits to rate"), cut(judged, every)), Group(_("Outcomes to record"), cut(written, every))]
