"""Leaving before randomization: screen failure. What was recorded stays."""

from irt.actor import Role
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Reason
from irt.participants.state import move_participant


class Leave(Order):
    """Who leaves, and why."""

    participant: Code
    reason: Reason


@act("participant.screen_fail", roles=[Role.INVESTIGATOR, Role.COORDINATOR], reason=True)
def screen_fail(act: Act, order: Leave) -> None:
    """A screened person does not enter the trial; may be screened again. Refused: not_found, participant_state."""
    move_participant(act, order.participant, "screen_failed")
