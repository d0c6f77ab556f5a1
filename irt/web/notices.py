"""Notices: what was told to one's roles, acknowledged here; and which kinds of them one wants by mail."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from irt.actor import Grant, Role
from irt.gate.tables import Outbox
from irt.jobs.outbox import page_of
from irt.mail_texts import MESSAGES
from irt.people.notice_kinds import is_urgent, kinds_for
from irt.people.notices import acknowledge, choose_mail, reaching, shown_to, unwanted, waiting_for
from irt.people.tables import MailChoice, NoticeAcknowledgement, RoleGrant
from irt.web import notice_words, records, texts, words
from irt.web.asking import Field, ask, minted
from irt.web.pages import ROUTES, Audience, actor, form_page, holds, page, reading
from irt.web.site_worklists import Group, Line
from irt.web.wired import service

pages = Blueprint("notices", __name__)

AT_ONCE = 50
ON_START_PAGE = 10


@dataclass(frozen=True)
class Notice:
    """A message as pages show it: in words, with the page it tells of, and with who acknowledged it."""

    row: Outbox
    title: str
    text: str
    href: str | None  # None: the page it tells of is not the reader's
    urgent: bool
    waits: bool  # the reader has not acknowledged it
    acknowledged: tuple[tuple[str, datetime], ...]  # by name, in order


@page(pages, "/notices", roles=Audience.SIGNED_IN)
def listed() -> Any:
    """What was told to the reader's roles, the newest first; `?before=` a notice: those older than it."""
    mine = _mine()
    with reading() as session:
        wanted = select(Outbox).where(mine).order_by(Outbox.created_at.desc(), Outbox.id.desc()).limit(AT_ONCE + 1)
        if before := request.args.get("before", ""):
            last = session.scalars(select(Outbox).where(mine, Outbox.id == before)).one_or_none()
            if last is None:
                abort(404)
            older = and_(Outbox.created_at == last.created_at, Outbox.id < last.id)
            wanted = wanted.where(or_(Outbox.created_at < last.created_at, older))
        found = list(session.scalars(wanted))
        notices = _shown(session, found[:AT_ONCE])
    more = found[AT_ONCE - 1].id if len(found) > AT_ONCE else None
    return render_template("notices.html", notices=notices, more=more, minted=minted)


@form_page(pages, "/notices/<notice>/acknowledge", roles=Audience.SIGNED_IN)
def acknowledged(notice: str) -> Any:
    """Say that one knows of what a notice tells."""
    with reading() as session:
        row = session.scalars(select(Outbox).where(_mine(), Outbox.id == notice)).one_or_none()
        if row is None:
            abort(404)
        (found,) = _shown(session, [row])
    here = url_for("notices.listed")
    return ask(
        acknowledge, title=found.title, lead=found.text, given={"notice": notice}, done=here, back=here,
        said=_("Acknowledged."), press=_("Acknowledge"),
    )  # fmt: skip


@form_page(pages, "/account/notices", roles=Audience.SIGNED_IN)
def by_mail() -> Any:
    """Choose which kinds of notices one wants by mail; the urgent ones always go."""
    kinds = kinds_for(actor().roles, service().study)
    with reading() as session:
        off = unwanted(records.rows(session, MailChoice, account=actor().account))
    fields = tuple(
        Field(
            f"mail.{kind}", "radio", label=words.word(kind, "NOTICE_KINDS"),
            choices=tuple(notice_words.ON_OFF.items()), value="off" if kind in off else "on",
        )
        for kind in kinds
        if not is_urgent(kind)
    )  # fmt: skip
    always = [words.word(kind, "NOTICE_KINDS") for kind in kinds if is_urgent(kind)]
    here = url_for("auth.own_account")
    lead = _("What you switch off still stands on your page of notices.")
    return ask(
        choose_mail, title=_("Notices by mail"), lead=lead, fields=fields, done=here, back=here,
        template="notices_by_mail.html", always=always,
    )  # fmt: skip


def urgent(session: Session) -> list[Group]:
    """For the start page: urgent notices that nobody of a role of the reader's, where they hold it, has acknowledged;
    the newest first."""
    waiting = select(Outbox).where(waiting_for(actor().grants))
    rows = list(session.scalars(waiting.order_by(Outbox.created_at.desc(), Outbox.id.desc()).limit(ON_START_PAGE + 1)))
    lines = [
        Line(
            one.title, texts.site_moment(one.row.created_at, one.row.site), _("Acknowledge"),
            url_for("notices.acknowledged", notice=one.row.id), True,
        )
        for one in _shown(session, rows[:ON_START_PAGE])
    ]  # fmt: skip
    if len(rows) > ON_START_PAGE:
        lines.append(Line(_("Older ones"), "", _("Look"), url_for("notices.listed")))
    return [Group(_("Urgent notices to acknowledge"), lines)]


def _mine() -> Any:
    me = actor()
    with reading() as session:
        rows = records.rows(session, RoleGrant, account=me.account, state="active")
    grants = [(Grant(Role(row.role), row.at_site), row.second_at or row.proposed_at) for row in rows]
    return shown_to(me.account, [(grant, since) for grant, since in grants if grant in me.grants])


def _shown(session: Session, rows: Iterable[Outbox]) -> list[Notice]:
    found = [row for row in rows if row.kind in MESSAGES and reaching(row, actor().grants)]
    of: dict[str, list[NoticeAcknowledgement]] = defaultdict(list)
    about = NoticeAcknowledgement.outbox.in_([row.id for row in found])
    order = (NoticeAcknowledgement.acknowledged_at, NoticeAcknowledgement.id)
    for one in session.scalars(select(NoticeAcknowledgement).where(about).order_by(*order)):
        of[one.outbox].append(one)
    who = records.names(session, *(one.account for all_of in of.values() for one in all_of))
    return [_notice(row, of[row.id], who) for row in found]


def _is_shown(one: NoticeAcknowledgement) -> bool:
    """When the safety officer works is nobody else's to know: one case takes longer than another."""
    return Role.SAFETY_OFFICER.value not in one.roles or holds(Role.SAFETY_OFFICER)


def _notice(row: Outbox, by: list[NoticeAcknowledgement], who: dict[str, str]) -> Notice:
    subject, body = MESSAGES[row.kind]
    facts = {**row.facts, "site": row.site or "", "link": ""}
    return Notice(
        row,
        _(subject) % facts,
        (_(body) % facts).strip(),
        _open_to_reader(page_of("", row)),
        is_urgent(row.kind),
        all(one.account != actor().account for one in by),
        tuple((who[one.account], one.acknowledged_at) for one in by if _is_shown(one)),
    )


def _open_to_reader(path: str) -> str | None:
    """The address, where its page admits the reader."""
    if not path:
        return None
    try:
        endpoint, _arguments = current_app.url_map.bind("").match(path.partition("?")[0])
    except HTTPException:
        return None
    return path if ROUTES[endpoint].admits(actor()) else None
