"""One's own password: set at activation through one's own invitation, and renewed by oneself.

The door checks and hashes the password before the act (`Credentials.password_hash`, `confirm_password`); the order
holds the hash, which the audit trail does not.
"""

from typing import Annotated

from pydantic import Field

from irt.gate.act import Act, Order, act
from irt.gate.fields import Code
from irt.people.passwords import HASH_PATTERN
from irt.people.tables import Account, Credential, Invitation

PasswordHash = Annotated[str, Field(pattern=HASH_PATTERN, json_schema_extra={"recorded": False}, repr=False)]


class ActivateAccount(Order):
    """An invitation, and the hash of the password that the invited person chose."""

    invitation: Code
    password_hash: PasswordHash


class RenewPassword(Order):
    """The hash of one's own new password."""

    password_hash: PasswordHash


@act("account.activate", roles=(), during=None)
def activate(act: Act, order: ActivateAccount) -> None:
    """Set one's own password through one's own open invitation; a new account becomes active."""
    invitation = act.seek(Invitation, lock=True, id=order.invitation)
    usable = invitation is not None and invitation.account == act.actor.account
    if invitation is None or not usable or invitation.state != "open" or invitation.expires_at <= act.now:
        act.refuse("invitation_unusable")
    account = act.find(Account, id=act.actor.account)
    act.change(Invitation, invitation, state="used")
    _set_password(act, order.password_hash)
    act.change(Account, account, state="active", signed_out_at=act.now)


@act("password.renew", roles=(), during=None)
def renew(act: Act, order: RenewPassword) -> None:
    """Replace one's own password; every session opened before is over."""
    account = act.find(Account, id=act.actor.account)
    if account.state != "active":
        act.refuse("account_state", login=account.login, state=account.state)
    _set_password(act, order.password_hash)
    act.change(Account, account, signed_out_at=act.now)


def _set_password(act: Act, password_hash: str) -> None:
    credential = act.seek(Credential, lock=True, account=act.actor.account)
    if credential is None:
        act.add(Credential, account=act.actor.account, password_hash=password_hash, set_at=act.now)
    elif credential.password_hash == password_hash:
        act.refuse("password_same")
    else:
        act.change(Credential, credential, password_hash=password_hash, set_at=act.now)
