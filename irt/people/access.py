"""Roles: proposed and signed by an administrator, seconded where it matters, ended with a reason."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Reason
from irt.people.accounts import require_other_administrator
from irt.people.combinations import STANDING, clash, needs_second, wrong_place
from irt.people.tables import Account, RoleGrant

SECONDS = frozenset({Role.ADMINISTRATOR, Role.TRIAL_MANAGER, Role.QUALITY})


class ProposeRole(Order):
    """A role for a person, at one site or (site null) at all."""

    account: Code
    role: Role
    site: Code | None = None


class GrantOrder(Order):
    """A role that was proposed."""

    grant: Code


class GrantWithReason(Order):
    """A role that was proposed or is held, and why it ends."""

    grant: Code
    reason: Reason


class Proposed(BaseModel):
    """The grant, and whether it is in force (active) or waits for a second signature (proposed)."""

    model_config = ConfigDict(frozen=True)
    grant: str
    state: str


@act("role.propose", roles={Role.ADMINISTRATOR}, during=None, sign="I propose that this person holds this role")
def propose(act: Act, order: ProposeRole) -> Proposed:
    """Propose a role; it is in force at once unless it is unmasked or at a second site, which needs a second."""
    account = _account(act, order.account)
    if wrong := wrong_place(order.role, order.site, [site.code for site in act.study.sites]):
        raise wrong
    history = act.rows(RoleGrant, account=account.id)
    for grant in history:
        if (grant.role, grant.at_site) == (order.role, order.site) and grant.state in STANDING:
            act.refuse("grant_exists", login=account.login, role=order.role.value, state=grant.state)
    _require_no_clash(order.role, history)
    state = "proposed" if needs_second(order.role, order.site, history) else "active"
    grant_id = act.add(
        RoleGrant,
        id=new_id(act.entropy),
        account=account.id,
        role=order.role.value,
        at_site=order.site,
        state=state,
        proposed_by=act.actor.account,
        proposed_at=act.now,
    )
    if state == "proposed":
        act.send("role_proposed", audience=SECONDS, grant=grant_id)
    return Proposed(grant=grant_id, state=state)


@act("role.second", roles=SECONDS, during=None, sign="I agree that this person holds this role")
def second(act: Act, order: GrantOrder) -> None:
    """Put a proposed role in force, as somebody other than its proposer and its holder."""
    grant = act.find(RoleGrant, lock=False, id=order.grant)
    account = _account(act, grant.account)  # locked before the grant, as in every act on roles
    grant = act.find(RoleGrant, id=order.grant)
    _require_proposed(act, grant)
    if grant.proposed_by == act.actor.account:
        act.refuse("same_person", login=act.actor.login)
    others = [row for row in act.rows(RoleGrant, account=account.id) if row.id != grant.id]
    _require_no_clash(Role(grant.role), others)
    act.change(RoleGrant, grant, state="active", second_by=act.actor.account, second_at=act.now)


@act("role.decline", roles=SECONDS, during=None, reason=True)
def decline(act: Act, order: GrantWithReason) -> None:
    """Decline, or withdraw, a role that was proposed."""
    grant = act.find(RoleGrant, id=order.grant)
    _require_proposed(act, grant)
    act.change(RoleGrant, grant, state="declined", ended_at=act.now)


@act("role.end", roles={Role.ADMINISTRATOR}, during=None, reason=True)
def end(act: Act, order: GrantWithReason) -> None:
    """End a role that is held; it counts for good in what its holder may become."""
    grant = act.find(RoleGrant, lock=False, id=order.grant)
    if grant.state == "active" and grant.role == Role.ADMINISTRATOR:
        require_other_administrator(act, grant.account)
    grant = act.find(RoleGrant, id=order.grant)
    if grant.state != "active":
        act.refuse("grant_state", state=grant.state)
    act.change(RoleGrant, grant, state="ended", ended_at=act.now)


def _account(act: Act, account_id: str) -> Row[Any]:
    """The account, locked: two grants to one person come one after the other, and see each other."""
    account = act.find(Account, id=account_id)
    if account.id == act.actor.account:
        act.refuse("own_grant", login=account.login)
    if account.state == "disabled":
        act.refuse("account_state", login=account.login, state=account.state)
    return account


def _require_proposed(act: Act, grant: Row[Any]) -> None:
    if grant.state != "proposed":
        act.refuse("grant_state", state=grant.state)


def _require_no_clash(role: Role, history: Sequence[Row[Any]]) -> None:
    if wrong := clash(role, history):
        raise wrong
