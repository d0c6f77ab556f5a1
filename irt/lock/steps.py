"""Freezing and thawing, the investigators' endorsement, and the signatures that lock the database.

Frozen: sites read only, what is asked about is answered. Locked: nothing changes but what an emergency or a report of
harm asks for; if such a thing changes data after somebody signed, they sign again.
"""

from irt.actor import Role
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Reason
from irt.lock.checklist import checklist
from irt.lock.extract.trial import Trial
from irt.lock.frozen import site_sha256
from irt.lock.standing import MASKED_SIGNERS, as_it_is, complete, sign_as, standing_of, take
from irt.participants.tables import Participant

SIGNING = ("frozen", "closing")
UNDER_WAY = ("screened", "randomized")


class Freeze(Order):
    """Nothing to say: the database is this one."""


class Thaw(Order):
    """Why data are recorded again."""

    reason: Reason


class Endorse(Order):
    """A site, and the SHA-256 of its data as they were shown."""

    site: Code
    data_sha256: Code


class SignLock(Order):
    """The SHA-256 of all data as they were shown."""

    data_sha256: Code


@act(
    "lock.freeze",
    roles=[Role.DATA_MANAGER],
    sign="I freeze the database: sites read only, and answer what they are asked",
    exclusive=True,
)
def freeze(act: Act, _order: Freeze) -> None:
    """Freeze the database. Refused: participants_under_way (somebody is still in screening or in the trial)."""
    under_way = sorted(row.screening_number for row in act.rows(Participant) if row.state in UNDER_WAY)
    if under_way:
        act.refuse("participants_under_way", count=len(under_way), first=under_way[0])
    take(act, "frozen", to="frozen")


@act("lock.thaw", roles=[Role.DATA_MANAGER], during=["frozen"], reason=True, exclusive=True)
def thaw(act: Act, order: Thaw) -> None:
    """Let data be recorded again; what was signed over other data no longer counts once they differ."""
    take(act, "thawed", to="open", told=order.reason)


@act(
    "lock.endorse",
    roles=[Role.INVESTIGATOR],
    during=SIGNING,
    sign="I have reviewed the data of my site; they are complete and true to their sources",
)
def endorse(act: Act, order: Endorse) -> None:
    """An investigator answers for the data of the site (ICH E6(R3) 3.16.1(o)). A later change asks for it anew.

    Refused: not_found (another site), data_changed, signed_already.
    """
    if act.sites is not None and order.site not in act.sites:
        act.refuse("not_found", what="site")
    act.about(site=order.site)
    if site_sha256(act.connection, order.site) != order.data_sha256:
        act.refuse("data_changed")
    sign_as(act, "endorse", order.site, (Role.INVESTIGATOR,), order.data_sha256, at=order.site)


@act(
    "lock.sign",
    roles=MASKED_SIGNERS,
    during=SIGNING,
    sign="The data are final. I sign for locking the database over the SHA-256 shown",
    everywhere=True,
    exclusive=True,
)
def sign_lock(act: Act, order: SignLock) -> str:
    """Sign for the lock; with the last of the signers that study.toml names the database is locked.

    Answers the study's state. Refused: checklist_open (with how much), data_changed, signed_already, nothing_to_sign.
    """
    frozen = as_it_is(act, order.data_sha256)
    waiting = [one for one in checklist(Trial(act.connection, act.study, act.now)) if one.waiting]
    if waiting:
        act.refuse("checklist_open", items=[one.code for one in waiting])
    version = str(standing_of(act).version)
    if complete(sign_as(act, "lock", version, act.study.lock.signers, frozen.sha256), act.study.lock.signers):
        take(act, "locked", to="locked", frozen=frozen)
        return "locked"
    return act.state
