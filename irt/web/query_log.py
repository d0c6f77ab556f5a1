"""Queries read for pages: those that a person may see, each with its participant, its words and its age.

The words of a query quote values: where the form is kept from its rater for now, so are they.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.outcomes.capture import JUDGES, rated_by
from irt.outcomes.queries import OWNERS, may_settle
from irt.outcomes.query_tables import Query, QueryMessage
from irt.outcomes.whereabouts import visit_of
from irt.participants.tables import Participant
from irt.people.tables import Account, RoleGrant
from irt.study import UnscheduledVisit
from irt.web import outcome_wording, query_words, rating, records, texts
from irt.web.pages import actor
from irt.web.rating import READERS_OF_ALL, Rated
from irt.web.wired import service

READERS = READERS_OF_ALL | set(OWNERS)
LATER = _l("Shown again once the visit at hand is rated.")


@dataclass(frozen=True)
class Shown:
    """A query as pages show it."""

    row: Query
    number: str  # the participant's screening number
    visit: str
    about: str  # the instrument, and which of its values
    asked: str  # by the check, or in the words of who raised it; LATER while that is kept from the reader
    days: int  # how long it has been there
    hidden: bool


def visible() -> ColumnElement[bool]:
    """Which queries the signed-in person may see: those about instruments that they may read, at their sites."""
    wide, mine = actor().sites(READERS_OF_ALL), [_at(actor().sites(frozenset({role})), role) for role in OWNERS]
    return or_(true() if wide is None else Query.site.in_(wide), *mine)


def _at(sites: frozenset[str] | None, role: Role) -> ColumnElement[bool]:
    if role in READERS_OF_ALL or sites == frozenset():
        return false()
    return and_(Query.owner == role, true() if sites is None else Query.site.in_(sites))


def may_answer(row: Query) -> bool:
    """Whether the signed-in person answers a query."""
    return row.state == "open" and Role(row.owner) in rating.roles_at(row.site)


def kept_back(session: Session, rows: Iterable[Query]) -> set[str]:
    """The ids of those of some queries whose form is kept from the reader, who is to judge another visit first."""
    known = {one.id: one for one in service().study.instruments if rated_by(one) in JUDGES}
    judged = [(row, known[row.instrument]) for row in rows if row.instrument in known]
    mine = [(row, one) for row, one in judged if rated_by(one) in rating.roles_at(row.site)]
    seen = rating.everybody(session) if mine else {}
    return {
        row.id
        for row, one in mine
        if row.participant in seen and seen[row.participant].hidden(row.visit, one)
    }  # fmt: skip


def to_close(session: Session, rows: Sequence[Query]) -> list[Query]:
    """Those of some queries that the signed-in person asks again and closes: two statements, however many."""
    wanted = {row.raised_by for row in rows if row.state != "closed"}
    raisers = {one.id: one for one in session.scalars(select(Account).where(Account.id.in_(wanted)))}
    grants: dict[str, list[RoleGrant]] = {}
    for one in session.scalars(select(RoleGrant).where(RoleGrant.account.in_(wanted), RoleGrant.state == "active")):
        grants.setdefault(one.account, []).append(one)
    return [
        row
        for row in rows
        if row.raised_by in wanted
        and row.state != "closed"
        and may_settle(actor(), row, raisers[row.raised_by], grants.get(row.raised_by, ()))
    ]


def shown(session: Session, found: Iterable[Query]) -> list[Shown]:
    """Queries with their participant and their words: as many statements for many as for one."""
    rows = list(found)
    hidden = kept_back(session, rows)
    first = select(QueryMessage).where(QueryMessage.query.in_([row.id for row in rows]), QueryMessage.ordinal == 1)
    said = {one.query: one.text for one in session.scalars(first)}
    who = select(Participant).where(Participant.id.in_({row.participant for row in rows}))
    numbers = {one.id: one.screening_number for one in session.scalars(who)}
    now = service().clock.now()
    return [
        Shown(
            row, numbers[row.participant], visit_said(session, row), about(row),
            str(LATER) if row.id in hidden else said[row.id] or check_said(row), (now - row.raised_at).days,
            row.id in hidden,
        )
        for row in rows
    ]  # fmt: skip


def check_said(row: Query) -> str:
    """What a check asks, in the reader's language; of one that the study has no more, its id."""
    asked = row.check_id or ""
    of_study = (texts.said(one.message) for one in service().study.checks if one.id == asked)
    return next(of_study, str(query_words.QUERY_QUESTIONS.get(asked, asked)))


def about(row: Query) -> str:
    """The instrument of a query, and which of its values."""
    name = outcome_wording.instrument_name(row.instrument)
    known = {one.id: one for one in service().study.instruments}
    if row.field is None or row.instrument not in known:
        return name
    return f"{name} · {outcome_wording.label_of(known[row.instrument], row.field)}"


def visit_said(session: Session, row: Query) -> str:
    """The visit of a query by the name that the reader knows it by: one outside the plan tells raters of no stop."""
    if not isinstance(visit_of(service().study, row.visit), UnscheduledVisit):
        return texts.visit_name(row.visit)
    return place_said(rating.rated(session, row.participant), row.visit)


def place_said(seen: Rated, visit: str) -> str:
    """The name of a visit as one participant's pages give it."""
    return next((one.name for one in seen.places if one.visit == visit), texts.visit_name(visit))


def standing(rows: Iterable[Any]) -> Mapping[str, int]:
    """How many queries wait for the site, and how many for their raiser."""
    states = [row.state for row in rows]
    return {state: states.count(state) for state in ("open", "answered")}


def thread_of(session: Session, query: str) -> Sequence[QueryMessage]:
    """The lines of a query, the first one first."""
    return sorted(records.rows(session, QueryMessage, query=query), key=lambda row: row.ordinal)
