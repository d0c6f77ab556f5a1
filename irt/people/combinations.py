"""Which roles one person may hold together, or ever: the rules that keep the masked from the unmasked (TRIAL)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from irt.actor import NEITHER_ROLES, SITE_ROLES, UNMASKED_ROLES, Masking, Role, masking_of
from irt.gate.refusals import Refused

ROLES_WITH_A_SITE = SITE_ROLES | {Role.MONITOR}  # a monitor may be given one site; the others must be
HELD = frozenset({"active", "ended"})  # what somebody once held they know for good; a declined proposal they never held
RATERS = frozenset({Role.ASSESSOR, Role.PHYSICIAN_ASSESSOR})
STANDING = frozenset({"proposed", "active"})


def wrong_place(role: Role, site: str | None, sites: Iterable[str]) -> Refused | None:
    """Why `role` cannot be held at `site` (None: everywhere), or None."""
    if role is Role.OPERATOR:
        return Refused("role_not_grantable", role=role.value)
    if site is None:
        return Refused("site_needed", role=role.value) if role in SITE_ROLES else None
    if role not in ROLES_WITH_A_SITE:
        return Refused("site_not_for_role", role=role.value, site=site)
    return None if site in set(sites) else Refused("site_unknown", site=site)


def clash(role: Role, history: Iterable[Row[Any]]) -> Refused | None:
    """Why a person with this history of grants may not hold `role`, or None.

    Masked and unmasked never meet in one person, nor the laboratory with any other role, not even one after the
    other; administrator stands alone while it lasts. Who rates outcomes holds no role that learns of adverse events,
    doses or kits.
    """
    for grant in history:
        other = Role(grant.role)
        kinds = {masking_of(role), masking_of(other)}
        ever, now = grant.state in HELD | STANDING, grant.state in STANDING
        if ever and kinds == {Masking.MASKED, Masking.UNMASKED}:
            return Refused("masked_and_unmasked", role=role.value, other=other.value)
        if ever and Masking.APART in kinds and other is not role:
            return Refused("laboratory_alone", role=role.value, other=other.value)
        if now and (role in NEITHER_ROLES or other in NEITHER_ROLES) and other is not role:
            return Refused("administrator_alone", role=role.value, other=other.value)
        if now and len({role, other} & RATERS) == 1:
            return Refused("rater_alone", role=role.value, other=other.value)
    return None


def needs_second(role: Role, site: str | None, history: Iterable[Row[Any]]) -> bool:
    """Whether two persons sign for this grant: an unmasked role, or a role that reaches further than the one site
    which the person has."""
    if role in UNMASKED_ROLES:
        return True
    return any(grant.state in STANDING and grant.at_site not in (None, site) for grant in history)
