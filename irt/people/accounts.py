"""Accounts: invited by an administrator, ended at once when somebody leaves. Nobody sets another's password."""

from datetime import timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Email, Login, Reason, Text
from irt.people.tables import Account, Credential, Invitation, RoleGrant, Training

INVITATION_DAYS = 7
Language = Literal["en", "zh_Hans_CN"]


class InviteAccount(Order):
    """A person who is to have an account."""

    login: Login
    name: Text
    email: Email
    language: Language = "zh_Hans_CN"


class AccountWithReason(Order):
    """An account, and why something about it changes."""

    account: Code
    reason: Reason


class Invited(BaseModel):
    """An account and its open invitation."""

    model_config = ConfigDict(frozen=True)
    account: str
    invitation: str


@act("account.bootstrap", roles={Role.OPERATOR}, during=None, exclusive=True)
def bootstrap(act: Act, order: InviteAccount) -> Invited:
    """Invite the first administrator, or the next one when none is left; the operator vouches for the training."""
    if _administrators(act, "invited", "active"):
        act.refuse("administrator_exists")
    invited = _invite(act, order)
    act.add(
        RoleGrant,
        id=new_id(act.entropy),
        account=invited.account,
        role=Role.ADMINISTRATOR,
        state="active",
        proposed_by=act.actor.account,
        proposed_at=act.now,
    )
    act.add(
        Training,
        id=new_id(act.entropy),
        account=invited.account,
        version=act.study.training_version,
        at=act.now,
        recorded_by=act.actor.account,
    )
    return invited


@act("account.invite", roles={Role.ADMINISTRATOR}, during=None)
def invite(act: Act, order: InviteAccount) -> str:
    """Invite a person; the link goes to their address alone. Answers the account's id."""
    return _invite(act, order).account


@act("account.invite_again", roles={Role.ADMINISTRATOR, Role.OPERATOR}, during=None, reason=True)
def invite_again(act: Act, order: AccountWithReason) -> Invited:
    """Send a new link, for a lost one or for a forgotten password; the one before is withdrawn."""
    account = act.find(Account, id=order.account)
    if account.state == "disabled":
        act.refuse("account_state", login=account.login, state=account.state)
    _withdraw_invitations(act, account)
    kind = "activation" if account.state == "invited" else "new_password"
    return Invited(account=account.id, invitation=_send_invitation(act, account.id, kind))


@act("account.disable", roles={Role.ADMINISTRATOR}, during=None, reason=True)
def disable(act: Act, order: AccountWithReason) -> None:
    """End a person's access at once: sessions and invitations included; nothing of theirs is done after it."""
    account = act.find(Account, id=order.account)
    if account.id == act.actor.account:
        act.refuse("own_account", login=account.login)
    if account.state == "disabled":
        act.refuse("account_state", login=account.login, state=account.state)
    require_other_administrator(act, account.id)
    _withdraw_invitations(act, account)
    act.change(Account, account, state="disabled", signed_out_at=act.now)


@act("account.enable", roles={Role.ADMINISTRATOR}, during=None, reason=True)
def enable(act: Act, order: AccountWithReason) -> None:
    """Give a disabled account back, with its own password; who never had one is to be invited again."""
    account = act.find(Account, id=order.account)
    if account.state != "disabled":
        act.refuse("account_state", login=account.login, state=account.state)
    activated = act.seek(Credential, account=account.id) is not None
    act.change(Account, account, state="active" if activated else "invited")


def require_other_administrator(act: Act, account: str) -> None:
    """Refuse to take away the last administrator. The grants are locked: two cannot remove each other at once."""
    if _administrators(act, "active") == {account}:
        act.refuse("last_administrator")


def _administrators(act: Act, *states: str) -> set[str]:
    grants = act.rows(RoleGrant, lock=True, role=Role.ADMINISTRATOR, state="active")
    accounts = [act.find(Account, lock=False, id=grant.account) for grant in grants]
    return {account.id for account in accounts if account.state in states}


def _invite(act: Act, order: InviteAccount) -> Invited:
    if act.seek(Account, login=order.login) is not None:
        act.refuse("login_taken", login=order.login)
    account = new_id(act.entropy)
    act.add(
        Account,
        id=account,
        login=order.login,
        name=order.name,
        email=order.email,
        language=order.language,
        state="invited",
        created_at=act.now,
    )
    return Invited(account=account, invitation=_send_invitation(act, account, "activation"))


def _send_invitation(act: Act, account: str, kind: str) -> str:
    invitation = new_id(act.entropy)
    expires_at = act.now + timedelta(days=INVITATION_DAYS)
    act.add(Invitation, id=invitation, account=account, kind=kind, state="open", expires_at=expires_at)
    act.send("invitation", audience=[account], invitation=invitation)
    return invitation


def _withdraw_invitations(act: Act, account: Row[Any]) -> None:
    for invitation in act.rows(Invitation, lock=True, account=account.id, state="open"):
        act.change(Invitation, invitation, state="withdrawn")
