"""Who acts: roles, grants, and the two frozen proofs Actor and Signature.

Both proofs are made only by `irt.people.credentials` (a test in tests/house holds that): code that holds one
need not ask again who it is talking to.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Masking(StrEnum):
    """What a role may know of the allocation; one person never crosses from one kind to another."""

    MASKED = "masked"
    APART = "apart"  # the laboratory: its results can unmask, so it is combined with no other role
    UNMASKED = "unmasked"
    NEITHER = "neither"


class Role(StrEnum):
    """The roles of the trial (TRIAL, "Who uses it")."""

    INVESTIGATOR = "investigator"
    COORDINATOR = "coordinator"
    PHARMACIST = "pharmacist"
    ASSESSOR = "assessor"
    PHYSICIAN_ASSESSOR = "physician_assessor"
    MONITOR = "monitor"
    DATA_MANAGER = "data_manager"
    MEDICAL_MONITOR = "medical_monitor"
    TRIAL_MANAGER = "trial_manager"
    TRIAL_STATISTICIAN = "trial_statistician"
    SPONSOR = "sponsor"
    QUALITY = "quality"
    DEPOT = "depot"
    AUDITOR = "auditor"
    LABORATORY = "laboratory"
    SUPPLY_MANAGER = "supply_manager"
    SAFETY_OFFICER = "safety_officer"
    UNBLINDED_STATISTICIAN = "unblinded_statistician"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


SITE_ROLES = frozenset({Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.ASSESSOR, Role.PHYSICIAN_ASSESSOR})
UNMASKED_ROLES = frozenset({Role.SUPPLY_MANAGER, Role.SAFETY_OFFICER, Role.UNBLINDED_STATISTICIAN})
NEITHER_ROLES = frozenset({Role.ADMINISTRATOR, Role.OPERATOR})
MASKED_ROLES = frozenset(Role) - UNMASKED_ROLES - NEITHER_ROLES - {Role.LABORATORY}


def masking_of(role: Role) -> Masking:
    """What `role` may know of the allocation."""
    if role is Role.LABORATORY:
        return Masking.APART
    if role in UNMASKED_ROLES:
        return Masking.UNMASKED
    return Masking.NEITHER if role in NEITHER_ROLES else Masking.MASKED


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at one site, or at all sites where `site` is None."""

    role: Role
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who has proved who they are, with the grants they held when they did.

    `emergency`: they came in by a paper code, so only what is declared for emergencies is open to them. `outdated`: the
    grants that wait for the training in the study's present version; in an emergency the earlier training suffices.
    """

    account: str
    login: str
    name: str
    grants: frozenset[Grant]
    emergency: bool = False
    outdated: frozenset[Grant] = frozenset()

    def as_ever_trained(self) -> "Actor":
        """The same person with what they hold on pages and in acts that are open always."""
        return replace(self, grants=self.grants | self.outdated, outdated=frozenset()) if self.outdated else self

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held anywhere."""
        return frozenset(grant.role for grant in self.grants)

    def sites(self, roles: frozenset[Role] | None = None) -> frozenset[str] | None:
        """The site codes that `roles` (default: all held) open; None means every site."""
        held = [grant for grant in self.grants if roles is None or grant.role in roles]
        if any(grant.site is None for grant in held):
            return None
        return frozenset(grant.site for grant in held if grant.site is not None)


@dataclass(frozen=True, slots=True)
class Signature:
    """An electronic signature just made for one act and one body (21 CFR 11.50, 11.70, 11.200).

    `paper_code`: the id of the one-use code that was given in place of the password; None: it was the password. `seal`
    is a keyed digest over all the other fields: a Signature built elsewhere is refused by the gate as forged.
    """

    id: str
    account: str
    name: str
    act: str
    meaning: str
    body: str
    signed_at: datetime
    seal: str
    paper_code: str | None = None

    @property
    def method(self) -> str:
        """By what it was given: password or paper_code."""
        return "password" if self.paper_code is None else "paper_code"
