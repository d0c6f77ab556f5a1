"""Notices: what was told to one's roles stands inside the service, whatever became of the mail.

The audience of a message decides who sees it, role by role and site by site: a second role with a wider reach widens
nothing, and whoever holds none of its roles is answered as if there were no such message.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, Protocol

from sqlalchemy import ColumnElement, Connection, Text, and_, false, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from irt.actor import Grant, Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code
from irt.gate.rows import table_of
from irt.gate.tables import Outbox
from irt.people.notice_kinds import URGENT, is_urgent, kinds_for
from irt.people.tables import MailChoice, NoticeAcknowledgement

EVERYBODY = frozenset(Role)
_choice = table_of(MailChoice)


class Message(Protocol):
    """What decides whom a message reaches: a row of `outbox`."""

    audience: Any
    site: str | None


class Acknowledge(Order):
    """A notice that was read."""

    notice: Code


class ChooseMail(Order):
    """For kinds of messages, whether one wants them by mail; those left out stay as they are."""

    mail: dict[Code, Literal["on", "off"]]


def reaching(message: Message, grants: Iterable[Grant]) -> frozenset[Role]:
    """The roles among these grants that a message was told to: named in its audience, and held at its site or at all.

    A message of no site reaches a role wherever it is held, as the sender has it.
    """
    return frozenset(
        one.role
        for one in grants
        if one.role in message.audience and (message.site is None or one.site in (None, message.site))
    )


def shown_to(account: str, grants: Iterable[tuple[Grant, datetime]]) -> ColumnElement[bool]:
    """Which rows of the outbox somebody sees; each grant with the time since when it is in force.

    What was told before somebody had the role they see while nobody of the role has acknowledged it, and afterwards
    if it was they who did.
    """
    mine = _acknowledged(NoticeAcknowledgement.account == account)
    since = [
        and_(_here(grant), or_(since <= Outbox.created_at, ~_by_role(grant.role), mine)) for grant, since in grants
    ]
    return or_(false(), *since)


def waiting_for(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Which rows of the outbox are urgent and were acknowledged by nobody of a role that they reached."""
    return and_(Outbox.kind.in_(URGENT), or_(false(), *(and_(_here(one), ~_by_role(one.role)) for one in grants)))


def _here(grant: Grant) -> ColumnElement[bool]:
    told = _names(Outbox.audience, grant.role)
    return told if grant.site is None else and_(told, or_(Outbox.site.is_(None), Outbox.site == grant.site))


def _by_role(role: Role) -> ColumnElement[bool]:
    return _acknowledged(_names(NoticeAcknowledgement.roles, role))


def _acknowledged(how: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(NoticeAcknowledgement).where(NoticeAcknowledgement.outbox == Outbox.id, how).exists()


def _names(document: InstrumentedAttribute[Any], role: Role) -> ColumnElement[bool]:
    """Whether a stored list of roles names this one: in its text each stands in quotes."""
    return type_coerce(document, Text).contains(f'"{role}"', autoescape=True)


@act("notice.acknowledge", roles=EVERYBODY, during=None, always=True)
def acknowledge(act: Act, order: Acknowledge) -> str:
    """Say that one knows of what a notice tells; answers the id of the row.

    Refused: not_found (also for a notice of another site or of a role that one does not hold), notice_acknowledged.
    """
    message = act.find(Outbox, lock=False, id=order.notice)
    roles = reaching(message, act.actor.grants)
    if not roles:
        act.refuse("not_found", what="outbox")
    if act.rows(NoticeAcknowledgement, outbox=message.id, account=act.actor.account):
        act.refuse("notice_acknowledged")
    act.about(participant=message.participant)
    return act.add(
        NoticeAcknowledgement,
        id=new_id(act.entropy),
        outbox=message.id,
        account=act.actor.account,
        roles=sorted(roles),
        acknowledged_at=act.now,
    )


@act("notice.choose_mail", roles=EVERYBODY, during=None)
def choose_mail(act: Act, order: ChooseMail) -> int:
    """Choose which kinds of messages one wants by mail; answers how many choices changed.

    Refused: notice_not_yours (no role of one's own is told of the kind), notice_urgent (it always goes by mail).
    """
    own, changed = kinds_for(act.actor.roles, act.study), 0
    for kind, word in sorted(order.mail.items()):
        if kind not in own:
            act.refuse("notice_not_yours", notice=kind)
        if word == "off" and is_urgent(kind):
            act.refuse("notice_urgent", notice=kind)
        before = act.rows(MailChoice, account=act.actor.account, kind=kind)
        if (max(before, key=_revision).wanted if before else True) == (word == "on"):
            continue
        act.add(
            MailChoice,
            id=new_id(act.entropy),
            account=act.actor.account,
            kind=kind,
            revision=len(before) + 1,  # two at once: the second loses the race by the table's key
            wanted=word == "on",
            chosen_at=act.now,
        )
        changed += 1
    return changed


def unwanted(choices: Iterable[Any]) -> frozenset[str]:
    """The kinds that somebody has switched off, from all their rows in any order."""
    latest = {row.kind: row for row in sorted(choices, key=_revision)}
    return frozenset(kind for kind, row in latest.items() if not row.wanted and not is_urgent(kind))


def by_mail(connection: Connection, kind: str, account: str) -> bool:
    """Whether somebody gets messages of a kind by mail, as they have chosen by now."""
    return kind not in unwanted(connection.execute(select(_choice).where(_choice.c.account == account)))


def _revision(row: Any) -> int:
    return int(row.revision)
