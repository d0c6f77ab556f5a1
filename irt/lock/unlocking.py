"""Unlocking: asked with a reason, signed by everybody whom study.toml names, for some days, as the next version."""

from datetime import timedelta

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Reason, Text
from irt.lock.standing import MASKED_SIGNERS, as_it_is, complete, request_of, sign_as, standing_of, take
from irt.lock.tables import LockRequest

LOCKED = ("locked", "released")
OVER = ("closing",)  # more days are asked for as the unlocking was


class AskUnlock(Order):
    """Why, and which records are to be changed; after a release also why it may be done although arms are known."""

    reason: Reason
    records: Text
    justification: Text | None = None
    data_sha256: Code


class SignUnlock(Order):
    """The request."""

    request: Code


class LapseUnlock(Order):
    """Asks for what was unlocked to be closed, where its days have passed."""


@act(
    "unlock.ask",
    roles=[Role.DATA_MANAGER],
    during=(*LOCKED, *OVER),
    sign="I ask for the database to be unlocked",
    reason=True,
    exclusive=True,
)
def ask_unlock(act: Act, order: AskUnlock) -> str:
    """Ask for the database to be unlocked, and sign as the first; answers the request's id.

    Refused: justification_needed (after a release), data_changed.
    """
    if act.state == "released" and order.justification is None:
        act.refuse("justification_needed")
    as_it_is(act, order.data_sha256)
    request = act.add(
        LockRequest,
        id=new_id(act.entropy),
        version=standing_of(act).version,
        kind="unlock",
        view=None,
        told=order.reason,
        records=order.records,
        justification=order.justification,
        data_sha256=order.data_sha256,
        asked_at=act.now,
        asked_by=act.actor.account,
    )
    sign_as(act, "unlock", request, act.study.lock.reopen_signers, order.data_sha256)
    return request


@act(
    "unlock.sign",
    roles=MASKED_SIGNERS,
    during=(*LOCKED, *OVER),
    sign="I agree that the database is unlocked for the records and the reason that are named",
    exclusive=True,
)
def sign_unlock(act: Act, order: SignUnlock) -> str:
    """Sign for unlocking; with the last signature the database is frozen and no longer locked, for some days, and the
    next version of the lock begins. Answers the study's state.

    Refused: not_found, request_lapsed, justification_needed (it was released since it was asked), signed_already,
    nothing_to_sign.
    """
    request = request_of(act, order.request, "unlock")
    if act.state == "released" and request.justification is None:
        act.refuse("justification_needed")
    signers = act.study.lock.reopen_signers
    if complete(sign_as(act, "unlock", request.id, signers, request.data_sha256), signers):
        until = act.now + timedelta(days=act.study.lock.reopen_days)
        take(act, "unlocked", to="frozen", told=request.told, until=until)
        return "frozen"
    return act.state


@act("unlock.lapse", roles=[Role.OPERATOR], during=None, exclusive=True)
def lapse_unlock(act: Act, _order: LapseUnlock) -> int:
    """Close what was unlocked, once its days have passed: it is signed for and locked again, or more days are asked
    for. Answers 1 where it did, else 0."""
    until = standing_of(act).until
    if act.state not in ("open", "frozen") or until is None or act.now <= until:
        return 0
    take(act, "lapsed", to="closing")
    return 1
