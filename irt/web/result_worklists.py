"""What waits for the laboratory: results that are open, by participant number and visit."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from irt.web import result_board, texts
from irt.web.result_board import visit_word
from irt.web.site_worklists import Group, Line

AT_MOST = 25


def results(session: Session) -> list[Group]:
    """For the laboratory: participants and visits with open results, nothing else of anybody."""
    found = result_board.open_of(session)
    lines = [
        Line(
            f"{one.number} · {visit_word(place)}",
            ", ".join(texts.said(each.name) for each in instruments),
            _("Enter"),
            url_for("results.one", participant=one.id),
        )
        for one, place, instruments in found[:AT_MOST]
    ]
    if len(found) > AT_MOST:
        more = _("%(count)s more", count=len(found) - AT_MOST)
        lines.append(Line(more, "", _("Look"), url_for("results.listed")))
    return [Group(_("Open results"), lines)]
