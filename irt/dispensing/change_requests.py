"""Changes of recorded values that a site may not make alone: asked for with a reason, decided by the data manager."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints
from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing import change_targets
from irt.dispensing.change_targets import Wanted
from irt.dispensing.tables import ChangeRequest
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Reason
from irt.gate.state import CLEANING
from irt.participants.tables import Participant

CARE = {Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST}
Target = Annotated[str, BeforeValidator(str), StringConstraints(pattern=re.compile(r"\A[A-Za-z0-9._:-]{1,80}\Z"))]
"""birth_year, sex, first_dose, stop, withdrawal, visit:W4, hand_over:W4, hold:<its id>, return:1234567."""


class AskChange(Order):
    """What is wrong, what it should be (each of its parts, as written), and why."""

    participant: Code
    target: Target
    wanted: Wanted
    reason: Reason


class DecideChange(Order):
    """The change, and why it is agreed to or declined."""

    change: Code
    reason: Reason


@act("change.request", roles=CARE, reason=True)
def ask_change(act: Act, order: AskChange) -> str:
    """Ask for a change of a recorded value; nothing changes until the data manager agrees. Answers the change's id.

    Refused: not_found, change_target_unknown, change_mistakes, change_unchanged, change_open_already.
    """
    participant = act.find(Participant, id=order.participant)
    before = _present(act, participant, order.target)
    wanted = _wanted(act, participant, order.target, order.wanted)
    if wanted == before:
        act.refuse("change_unchanged", value=before)
    if act.rows(ChangeRequest, participant=participant.id, target=order.target, state="open"):
        act.refuse("change_open_already")
    return act.add(
        ChangeRequest,
        id=new_id(act.entropy),
        participant=participant.id,
        site=participant.site,
        target=order.target,
        before=before,
        wanted=wanted,
        reason=order.reason,
        state="open",
        requested_by=act.actor.account,
        requested_at=act.now,
    )


@act("change.agree", roles={Role.DATA_MANAGER}, during=CLEANING, reason=True)
def agree_change(act: Act, order: DecideChange) -> None:
    """Agree to a change and make it, if the value is still the one that was to be changed; both stay readable.

    Refused: not_found, change_state, change_own, change_value_moved, change_mistakes (it is not possible any more), and
    what the value's own rules refuse.
    """
    change, participant = _open_change(act, order.change)
    present = _present(act, participant, change.target)
    if present != change.before:
        act.refuse("change_value_moved", before=change.before, value=present)
    parts = change_targets.parts_of(change.target, change.wanted)
    _wanted(act, participant, change.target, parts)  # what was possible when it was asked for may not be any more
    change_targets.make(act, participant, change.target, parts, change.reason)
    _decide(act, change, "agreed", order.reason)


@act("change.decline", roles={Role.DATA_MANAGER}, during=CLEANING, reason=True)
def decline_change(act: Act, order: DecideChange) -> None:
    """Leave the value as it is. Refused: not_found, change_state, change_own."""
    change, _ = _open_change(act, order.change)
    _decide(act, change, "declined", order.reason)


def _open_change(act: Act, change: str) -> tuple[Row[Any], Row[Any]]:
    """The change that is not decided yet, and its participant; both locked, the participant first."""
    found = act.find(ChangeRequest, id=change, lock=False)
    participant = act.find(Participant, id=found.participant)
    found = act.find(ChangeRequest, id=change)
    if found.state != "open":
        act.refuse("change_state", state=found.state)
    if found.requested_by == act.actor.account:
        act.refuse("change_own")
    return found, participant


def _decide(act: Act, change: Row[Any], state: str, why: str) -> None:
    act.change(ChangeRequest, change, state=state, decision=why, decided_by=act.actor.account, decided_at=act.now)


def _present(act: Act, participant: Row[Any], target: str) -> str:
    present = change_targets.present(act, participant, target)
    if present is None:
        act.refuse("change_target_unknown", target=target)
    return present


def _wanted(act: Act, participant: Row[Any], target: str, parts: Mapping[str, str]) -> str:
    mistakes = change_targets.mistakes_in(act, participant, target, parts)
    if mistakes:
        act.refuse("change_mistakes", mistakes=mistakes)
    return change_targets.text_of(target, parts)
