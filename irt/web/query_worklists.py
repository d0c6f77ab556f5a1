"""Queries that wait: for who answers them, and for who raised them."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.outcomes.query_tables import Query
from irt.web import query_log
from irt.web.query_log import Shown
from irt.web.site_worklists import Group, Line, cut


def to_answer(session: Session) -> list[Group]:
    """For the raters and coordinators: what they are asked, the oldest first; nothing of a form kept from them now."""
    open_ones = query_log.shown(session, [row for row in _waiting(session, "open") if query_log.may_answer(row)])
    found = [one for one in open_ones if not one.hidden]
    return [_group(_("Queries to answer"), found, _("Answer"), "queries.answered")]


def to_settle(session: Session) -> list[Group]:
    """For data managers and monitors: what was answered to them."""
    found = query_log.to_close(session, _waiting(session, "answered"))
    return [_group(_("Queries answered"), query_log.shown(session, found), _("Read"), "queries.one")]


def _waiting(session: Session, state: str) -> list[Query]:
    wanted = select(Query).where(query_log.visible(), Query.state == state)
    return list(session.scalars(wanted.order_by(Query.raised_at, Query.participant, Query.number)))


def _group(title: str, found: Sequence[Shown], action: str, page: str) -> Group:
    lines = [
        Line(f"{one.number} · {one.about}", f"{one.visit} · {one.asked}", action, url_for(page, query=one.row.id))
        for one in found
    ]
    return Group(title, cut(lines, url_for("queries.listed")))
