"""How far the database is on its way: the last step, the version of the lock, who signed what over which data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from irt.actor import Actor, Role
from irt.entropy import new_id
from irt.gate.act import Act
from irt.gate.tables import StudyState
from irt.lock.frozen import Frozen, digest_of
from irt.lock.tables import LockRequest, LockSignature, LockStep

MASKED_SIGNERS = frozenset({
    Role.INVESTIGATOR, Role.DATA_MANAGER, Role.TRIAL_STATISTICIAN, Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER,
    Role.SPONSOR, Role.QUALITY, Role.MONITOR,
})  # fmt: skip
"""Who can be named as a signer of the lock by study.toml."""


@dataclass(frozen=True)
class Standing:
    """The steps so far, in order."""

    steps: Sequence[Any]

    @property
    def last(self) -> Any | None:
        """The last step; None before the first freeze."""
        return self.steps[-1] if self.steps else None

    @property
    def version(self) -> int:
        """The version of the lock that is worked on, or that stands."""
        return 1 + len([one for one in self.steps if one.kind == "unlocked"])

    @property
    def until(self) -> datetime | None:
        """By when an unlocking is over; None: nothing was unlocked since the last lock."""
        last = next((one for one in reversed(self.steps) if one.kind in ("unlocked", "locked")), None)
        until: datetime | None = last.until if last is not None else None
        return until

    @property
    def locked(self) -> Any:
        """The step that locked this version; None while it is not."""
        return next((one for one in reversed(self.steps) if one.kind == "locked" and one.version == self.version), None)


def standing(steps: Iterable[Any]) -> Standing:
    """From all rows of LockStep."""
    return Standing(sorted(steps, key=lambda row: int(row.ordinal)))


def standing_of(act: Act) -> Standing:
    """The same within an act, which holds the study's state for itself."""
    return standing(act.rows(LockStep))


def take(act: Act, kind: str, *, to: str, frozen: Frozen | None = None, told: str | None = None,
         until: datetime | None = None) -> None:  # fmt: skip
    """Take one step, and bring the study to the state that follows from it."""
    before = standing_of(act)
    act.add(
        LockStep,
        id=new_id(act.entropy),
        ordinal=len(before.steps) + 1,
        version=before.version,
        kind=kind,
        data_sha256=frozen.sha256 if frozen else None,
        digests=frozen.document() if frozen else {},
        told=told,
        until=until,
        done_at=act.now,
        done_by=act.actor.account,
    )
    state = act.find(StudyState, id=1)
    act.change(StudyState, state, state=to)


def as_it_is(act: Act, shown: str) -> Frozen:
    """The data as they are stored now, if they are those that were shown to the signer.

    Refused: data_changed (they are others by now: look at them, and sign anew).
    """
    found = digest_of(act.connection)
    if found.sha256 != shown:
        act.refuse("data_changed")
    return found


def sign_as(
    act: Act, step: str, subject: str, roles: Sequence[str], data_sha256: str, *, at: str | None = None
) -> list[str]:
    """Keep the actor's signature of a step, in the first of `roles` that they hold and nobody has signed in; answers
    the roles that have signed by now.

    `at`: the site whose investigator signs, where it is not the lead site's. One person signs once.
    Refused: signed_already, nothing_to_sign (none of the roles is theirs, or all have signed).
    """
    earlier = act.rows(LockSignature, step=step, subject=subject, data_sha256=data_sha256)
    if any(row.account == act.actor.account for row in earlier):
        act.refuse("signed_already")
    open_roles = [role for role in roles if role not in {row.role for row in earlier}]
    mine = next((role for role in open_roles if holds(act.actor, role, at or act.study.lock.lead_site)), None)
    if mine is None:
        act.refuse("nothing_to_sign", roles=open_roles)
    assert act.signature is not None, "what is kept here is a signature"
    act.add(
        LockSignature,
        id=new_id(act.entropy),
        step=step,
        subject=subject,
        version=standing_of(act).version,
        role=mine,
        account=act.actor.account,
        data_sha256=data_sha256,
        signature=act.signature,
        signed_at=act.now,
    )
    return [*(row.role for row in earlier), mine]


def holds(person: Actor, role: str, site: str) -> bool:
    """Whether a person can sign in this role; as investigator, that of `site`."""
    sites = person.sites(frozenset({Role(role)})) if Role(role) in person.roles else frozenset()
    return Role(role) in person.roles and (role != Role.INVESTIGATOR or sites is None or site in sites)


def complete(signed: Iterable[str], roles: Sequence[str]) -> bool:
    """Whether every role has signed."""
    return set(roles) <= set(signed)


def request_of(act: Act, request: str, kind: str) -> Any:
    """A request of the version that is worked on. Refused: not_found, request_lapsed."""
    found = act.seek(LockRequest, id=request, kind=kind)
    if found is None:
        act.refuse("not_found", what="lock_request")
    if found.version != standing_of(act).version:
        act.refuse("request_lapsed")
    return found
