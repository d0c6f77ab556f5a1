"""A site's life: set up → ready → active → closed to recruitment → closed, and its own pauses.

`site.make_ready` asks for stock on the shelf, so it stands in `irt.supply.readiness`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, bindparam, exists, select

from irt.actor import Role
from irt.clock import local_day
from irt.conduct.study_acts import Activity
from irt.conduct.tables import Delegation, PracticeBreak, Site, SiteApproval
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Reason, Text
from irt.people.tables import Account, RoleGrant

APPROVALS = ("ethics", "contract")  # what a site needs before it is ready (ICH E6(R3) 4.3.5, essential records)
NEXT = {
    "set_up": ("ready", "closed"),
    "ready": ("active", "closed"),
    "active": ("closed_to_recruitment",),
    "closed_to_recruitment": ("closed",),
    "closed": (),
}
BEFORE_AND_WHILE_OPEN = ("setup", "open")
GRANTED = (
    select(RoleGrant.account, RoleGrant.role)
    .where(RoleGrant.at_site == bindparam("site"), RoleGrant.state == "active")
    .order_by(RoleGrant.role, RoleGrant.id)
)
NAMES = select(Account.id, Account.name).order_by(Account.id)
_INVESTIGATES = exists().where(
    RoleGrant.account == PracticeBreak.broken_by, RoleGrant.role == Role.INVESTIGATOR.value,
    RoleGrant.at_site == PracticeBreak.site, RoleGrant.state == "active",
)  # fmt: skip
PRACTISED = (
    select(PracticeBreak.broken_by, Account.name, PracticeBreak.broken_at)
    .join(Account, Account.id == PracticeBreak.broken_by)
    .where(PracticeBreak.site == bindparam("site"), Account.state == "active", _INVESTIGATES)
    .order_by(PracticeBreak.broken_at, PracticeBreak.id)
)


class SiteOrder(Order):
    """The site that an act is about."""

    site: Code


class RecordApproval(SiteOrder):
    """An approval as its document shows it."""

    kind: Literal["ethics", "contract"]
    reference: Text
    approved_on: CalendarDay


class CloseSite(SiteOrder):
    """The site to close, and why."""

    reason: Reason


class PauseSite(SiteOrder):
    """Which activity stops or goes on at the site, and why."""

    what: Activity
    reason: Reason


def move_site(act: Act, code: str, state: str) -> Row[Any]:
    """The locked row of a site that may go on to `state`; the caller changes it.

    Refused: not_found, site_state (its present state, and those it may go to).
    """
    site = act.find(Site, code=code)
    if state not in NEXT[site.state]:
        act.refuse("site_state", site=code, state=site.state, wanted=state, next=list(NEXT[site.state]))
    return site


def _not_closed(act: Act, code: str) -> Row[Any]:
    site = act.find(Site, code=code)
    if site.state == "closed":
        act.refuse("site_inactive", site=code, state=site.state)
    return site


@act("site.record_approval", roles=[Role.TRIAL_MANAGER], during=BEFORE_AND_WHILE_OPEN)
def record_approval(act: Act, order: RecordApproval) -> None:
    """Record that a site has an approval. A renewed one is recorded beside the first.

    Refused: not_found, site_inactive (closed), date_in_future, approval_already_recorded (same kind and reference).
    """
    _not_closed(act, order.site)
    today = local_day(act.now, act.study.site(order.site).time_zone)
    if order.approved_on > today:
        act.refuse("date_in_future", field="approved_on", value=order.approved_on.isoformat(), today=today.isoformat())
    if act.rows(SiteApproval, site=order.site, kind=order.kind, reference=order.reference):
        act.refuse("approval_already_recorded", kind=order.kind, reference=order.reference)
    act.add(
        SiteApproval,
        id=new_id(act.entropy),
        site=order.site,
        kind=order.kind,
        reference=order.reference,
        approved_on=order.approved_on,
        recorded_at=act.now,
    )


@act(
    "site.sign_delegation",
    roles=[Role.INVESTIGATOR],
    during=BEFORE_AND_WHILE_OPEN,
    sign="I have delegated the tasks of this site to the persons named",
)
def sign_delegation(act: Act, order: SiteOrder) -> None:
    """Record the investigator's signed delegation of tasks to all who hold a role at the site (ICH E6(R3) 2.3.3).

    Signed again when somebody came or left; the earlier ones stay. Refused: not_found, site_inactive.
    """
    _not_closed(act, order.site)
    act.add(
        Delegation,
        id=new_id(act.entropy),
        site=order.site,
        signed_by=act.actor.account,
        persons=persons_at(act.select, order.site),
        signature=act.signature,
        signed_at=act.now,
    )


def persons_at(rows_of: Callable[..., Sequence[Any]], site: str) -> list[list[str]]:
    """Who holds a role at a site now, as [account, name, role]. `rows_of` runs a select: an act's or a page's."""
    names = {row.id: row.name for row in rows_of(NAMES)}
    return [[row.account, names[row.account], row.role] for row in rows_of(GRANTED, site=site)]


def practised_at(rows_of: Callable[..., Sequence[Any]], site: str) -> list[tuple[str, datetime]]:
    """Who broke the practice code of a site and is its investigator now, with an account that may sign in; and when
    last, the latest at the end. `rows_of` as for `persons_at`."""
    latest = {row.broken_by: (row.name, row.broken_at) for row in rows_of(PRACTISED, site=site)}
    return sorted(latest.values(), key=lambda one: (one[1], one[0]))


@act("site.activate", roles=[Role.TRIAL_MANAGER], during=BEFORE_AND_WHILE_OPEN)
def activate_site(act: Act, order: SiteOrder) -> None:
    """Let a ready site screen, randomize and dispense.

    Refused: not_found, site_state, site_not_ready (who broke the practice code has left since).
    """
    site = move_site(act, order.site, "active")
    if not practised_at(act.select, order.site):
        act.refuse("site_not_ready", site=order.site, missing=["practice"])
    act.change(Site, site, state="active")


@act("site.close_recruitment", roles=[Role.TRIAL_MANAGER])
def close_recruitment(act: Act, order: SiteOrder) -> None:
    """End screening and randomization at a site; its participants go on. Refused: not_found, site_state."""
    act.change(Site, move_site(act, order.site, "closed_to_recruitment"), state="closed_to_recruitment")


@act("site.close", roles=[Role.TRIAL_MANAGER], during=BEFORE_AND_WHILE_OPEN, reason=True)
def close_site(act: Act, order: CloseSite) -> None:
    """Close a site for good. Refused: not_found, site_state (an active one closes to recruitment first)."""
    act.change(Site, move_site(act, order.site, "closed"), state="closed")


@act("site.pause", roles=[Role.TRIAL_MANAGER, Role.INVESTIGATOR], reason=True)
def pause_site(act: Act, order: PauseSite) -> None:
    """Stop randomization or dispensing at one site. Refused: not_found, site_inactive (closed), already_paused."""
    site = _not_closed(act, order.site)
    if site._mapping[order.what] == "paused":
        act.refuse("already_paused", what=order.what, site=order.site)
    act.change(Site, site, **{order.what: "paused"})


@act("site.resume", roles=[Role.TRIAL_MANAGER, Role.INVESTIGATOR], reason=True)
def resume_site(act: Act, order: PauseSite) -> None:
    """Let it go on. Refused: not_found, site_inactive (closed), not_paused."""
    site = _not_closed(act, order.site)
    if site._mapping[order.what] == "running":
        act.refuse("not_paused", what=order.what, site=order.site)
    act.change(Site, site, **{order.what: "running"})
