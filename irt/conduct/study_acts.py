"""Pausing and resuming the study: randomization or dispensing, everywhere at once.

Opening and amending need to know the sealed list, so they stand further right: `irt.randomization.opening`.
"""

from typing import Literal

from irt.actor import Role
from irt.gate.act import Act, Order, act
from irt.gate.fields import Reason
from irt.gate.tables import StudyState

MAY_PAUSE = (Role.TRIAL_MANAGER, Role.MEDICAL_MONITOR, Role.SPONSOR)
Activity = Literal["randomization", "dispensing"]


class PauseStudy(Order):
    """Which activity stops or goes on, and why."""

    what: Activity
    reason: Reason


@act("study.pause", roles=MAY_PAUSE, reason=True, exclusive=True)
def pause_study(act: Act, order: PauseStudy) -> None:
    """Stop randomization or dispensing at every site. Exclusive: when it is answered, none is under way.

    Refused: already_paused.
    """
    study = act.find(StudyState, id=1)
    if study._mapping[order.what] == "paused":
        act.refuse("already_paused", what=order.what)
    act.change(StudyState, study, **{order.what: "paused"})


@act("study.resume", roles=MAY_PAUSE, reason=True, exclusive=True)
def resume_study(act: Act, order: PauseStudy) -> None:
    """Let randomization or dispensing go on; sites that are paused themselves stay so. Refused: not_paused."""
    study = act.find(StudyState, id=1)
    if study._mapping[order.what] == "running":
        act.refuse("not_paused", what=order.what)
    act.change(StudyState, study, **{order.what: "running"})
