"""What waits for the laboratory: results that are open, by participant number and visit."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from irt.web import result_board, texts
from irt.web.result_board import visit_word
from irt.web.site_worklists import Group, Line, cut


def results(session: Session) -> list[Group]:
    """For the laboratory: participants and visits with open results, nothing else of anybody."""
    lines = [
        Line(
            f"{one.number} · {visit_word(place)}",
            ", ".join(texts.said(each.name) for each in instruments),
            _("Enter"),
            url_for("results.one", participant=one.id),
        )
        for one, place, instruments in result_board.open_of(session)
    ]
    return [Group(_("Open results"), cut(lines, url_for("results.listed")))]
