"""Laying out the sites of study.toml, and the step from set up to ready, which asks for stock on the shelf."""

from sqlalchemy import bindparam, select

from irt.actor import Role
from irt.conduct.sites import APPROVALS, BEFORE_AND_WHILE_OPEN, SiteOrder, move_site, practised_at
from irt.conduct.tables import Delegation, Enrolment, Site, SiteApproval
from irt.gate.act import Act, Order, act
from irt.gate.rows import table_of
from irt.supply.tables import Kit, Shelf

_kit = table_of(Kit)
ON_SHELF = (
    select(_kit.c.number).where(_kit.c.site == bindparam("site"), _kit.c.state == "available").limit(1)
)  # whether there is any kit, never which


class LaySites(Order):
    """Nothing to say: the sites and caps are those of study.toml."""


@act("study.lay_sites", roles=[Role.OPERATOR], during=None, everywhere=True)
def lay_sites(act: Act, _order: LaySites) -> int:
    """Add what study.toml names and the database has not yet; answers how many sites were added.

    Refused: cap_below_randomized (a cap of study.toml below the number already randomized).
    """
    return lay_out(act)


def lay_out(act: Act) -> int:
    """Add missing sites with counter and shelf, and bring every cap to study.toml's; answers how many were added.

    A site that study.toml no longer names keeps its rows and its cap; an amendment leaves none out.
    """
    there = {site.code for site in act.rows(Site)}
    missing = [site for site in act.study.sites if site.code not in there]
    for site in missing:
        act.add(Site, code=site.code, site=site.code, state="set_up", randomization="running", dispensing="running")
        act.add(Shelf, site=site.code, randomization="closed", set_at=act.now)
    caps = {f"site:{site.code}": site.cap for site in act.study.sites} | {"study": act.study.cap}  # locked as counted
    for scope, cap in caps.items():
        _set_cap(act, scope, cap)
    return len(missing)


def _set_cap(act: Act, scope: str, cap: int) -> None:
    counter = act.seek(Enrolment, lock=True, scope=scope)
    if counter is None:
        act.add(Enrolment, scope=scope, randomized=0, cap=cap)
    elif cap < counter.randomized:
        act.refuse("cap_below_randomized", scope=scope, cap=cap, randomized=counter.randomized)
    else:
        act.change(Enrolment, counter, cap=cap)


@act("site.make_ready", roles=[Role.TRIAL_MANAGER], during=BEFORE_AND_WHILE_OPEN)
def make_ready(act: Act, order: SiteOrder) -> None:
    """A site that has every approval, a signed delegation, a practice code broken by one of its investigators of now,
    and stock becomes ready.

    Refused: not_found, site_state, site_not_ready (all that is missing, at once).
    """
    site = move_site(act, order.site, "ready")
    have = {row.kind for row in act.rows(SiteApproval, site=order.site)}
    missing = [kind for kind in APPROVALS if kind not in have]
    if not act.rows(Delegation, site=order.site):
        missing.append("delegation")
    if not practised_at(act.select, order.site):
        missing.append("practice")
    if not act.select(ON_SHELF, site=order.site):
        missing.append("stock")
    if missing:
        act.refuse("site_not_ready", site=order.site, missing=missing)
    act.change(Site, site, state="ready")
