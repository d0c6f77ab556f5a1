"""The opinion of the sponsor's masked medical monitor on an event: beside the investigator's, never in its place."""

from typing import Literal

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Number, Reason
from irt.randomization.tables import Randomization
from irt.safety.arising import arise
from irt.safety.events import find_event
from irt.safety.facts import Causality, never_given
from irt.safety.tables import EventOpinion

SPONSOR = frozenset({Role.MEDICAL_MONITOR})


class JudgeEvent(Order):
    """Causality and expectedness of a version, judged as if the participant were on the test drug."""

    event: Code
    version: Number
    causality_drug: Causality
    expectedness: Literal["expected", "unexpected"]
    reason: Reason


@act("event.judge", roles=SPONSOR, during=None, always=True, sign="I have judged this adverse event for the sponsor")
def judge_event(act: Act, order: JudgeEvent) -> str:
    """Give the sponsor's opinion of an event as it was shown, or give it anew; earlier ones stay. Answers its id.

    Of who was never randomized only "unrelated" is taken, as from the investigator.
    Refused: not_found, event_moved (the site told something new meanwhile), event_void, event_mistakes.
    """
    event, participant, latest = find_event(act, order.event, order.version)
    if act.seek(Randomization, participant=participant.id) is None and (wrong := [*never_given(order.causality_drug)]):
        act.refuse("event_mistakes", mistakes=wrong)
    earlier = act.rows(EventOpinion, event=event.id)
    opinion = act.add(
        EventOpinion,
        id=new_id(act.entropy),
        event=event.id,
        site=event.site,
        revision=len(earlier) + 1,
        about=latest.version,
        causality_drug=order.causality_drug,
        expectedness=order.expectedness,
        reason=order.reason,
        judged_at=act.now,
        judged_by=act.actor.account,
        signature=act.signature,
    )
    arise(act, participant, event.id)
    return opinion
