"""Training before access, and the periodic review of who has access (ICH E6(R3) 4.3.2, 4.3.8)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Text
from irt.gate.keys import digest_of
from irt.people.tables import AccessReview, Account, RoleGrant, SignInSession, Training

DORMANT = timedelta(days=90)

ACCOUNTS = select(Account.id, Account.login, Account.name, Account.state, Account.created_at).order_by(Account.login)
GRANTS = (
    select(RoleGrant.account, RoleGrant.role, RoleGrant.at_site, RoleGrant.state)
    .where(or_(RoleGrant.state == "proposed", RoleGrant.state == "active"))
    .order_by(RoleGrant.role, RoleGrant.at_site, RoleGrant.id)
)
SIGN_INS = select(SignInSession.account, func.max(SignInSession.created_at).label("at")).group_by(SignInSession.account)
TRAININGS = select(Training.account, Training.version).order_by(Training.at)


class RecordTraining(Order):
    """A person who was trained for the study's present version."""

    account: Code


class ReviewAccess(Order):
    """The list that was looked at, by its digest (`seen_digest`), and what was found and decided."""

    seen: Code
    findings: Text


@dataclass(frozen=True)
class AccountAccess:
    """One line of the list: who, with which (role, site, state), last signed in when, trained for what."""

    account: str
    login: str
    name: str
    state: str
    grants: tuple[tuple[str, str | None, str], ...]
    trained: bool
    last_sign_in: datetime | None
    dormant: bool  # active, and not signed in for more than 90 days

    @property
    def at_desk(self) -> bool:
        """Whether it is the safety officer, whose days of work tell how a case was closed: for no masked person."""
        return any(role == Role.SAFETY_OFFICER and state == "active" for role, _site, state in self.grants)


@act("training.record", roles={Role.ADMINISTRATOR, Role.TRIAL_MANAGER, Role.OPERATOR}, during=None)
def record_training(act: Act, order: RecordTraining) -> None:
    """Record that somebody else was trained; from then on their roles are in force."""
    account = act.find(Account, id=order.account)
    version = act.study.training_version
    if account.id == act.actor.account:
        act.refuse("own_training", login=account.login)
    if account.state == "disabled":
        act.refuse("account_state", login=account.login, state=account.state)
    if act.rows(Training, account=account.id, version=version):
        act.refuse("training_recorded", login=account.login, version=version)
    act.add(
        Training,
        id=new_id(act.entropy),
        account=account.id,
        version=version,
        at=act.now,
        recorded_by=act.actor.account,
    )


@act(
    "access.review",
    roles={Role.ADMINISTRATOR, Role.QUALITY},
    during=None,
    sign="I have reviewed who has access to this trial",
)
def review_access(act: Act, order: ReviewAccess) -> str:
    """Record a review of the list as it stands; refused when it changed after it was looked at. Answers its id."""
    listed = access_list(act.select, act.study.training_version, act.now)
    if seen_digest(listed) != order.seen:
        act.refuse("access_changed")
    return act.add(
        AccessReview,
        id=new_id(act.entropy),
        at=act.now,
        reviewed_by=act.actor.account,
        accounts=len(listed),
        findings={"list": [_line(one) for one in listed], "decided": order.findings},
    )


def access_list(
    rows_of: Callable[..., Sequence[Row[Any]]], training_version: str, now: datetime
) -> list[AccountAccess]:
    """Everybody who has or had an account, by login. `rows_of` runs a select: an act's or a reading session's."""
    grants: dict[str, list[tuple[str, str | None, str]]] = {}
    for grant in rows_of(GRANTS):
        grants.setdefault(grant.account, []).append((grant.role, grant.at_site, grant.state))
    trained = {row.account for row in rows_of(TRAININGS) if row.version == training_version}
    signed_in = {row.account: row.at for row in rows_of(SIGN_INS)}
    return [
        AccountAccess(
            row.id,
            row.login,
            row.name,
            row.state,
            tuple(grants.get(row.id, ())),
            row.id in trained,
            signed_in.get(row.id),
            row.state == "active" and now - signed_in.get(row.id, row.created_at) > DORMANT,
        )
        for row in rows_of(ACCOUNTS)
    ]


def seen_digest(listed: Sequence[AccountAccess]) -> str:
    """What a review is bound to: who has access to what; a sign-in meanwhile does not change it."""
    return digest_of([[one.account, one.state, [list(grant) for grant in one.grants], one.trained] for one in listed])


def _line(one: AccountAccess) -> dict[str, Any]:
    """One line as a review keeps it: the audit trail shows it to people who are masked."""
    signed_in = {} if one.at_desk else {
        "last_sign_in": one.last_sign_in.isoformat() if one.last_sign_in else None, "dormant": one.dormant,
    }  # fmt: skip
    return {
        "account": one.account,
        "login": one.login,
        "state": one.state,
        "grants": [list(grant) for grant in one.grants],
        "trained": one.trained,
        **signed_in,
    }
