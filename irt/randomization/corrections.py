"""What is found wrong after randomization: it stands beside what was done, and undoes nothing."""

from datetime import date
from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.clock import local_day
from irt.conduct.deviations import note
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Reason
from irt.participants.baseline import complete_values
from irt.participants.state import find_participant
from irt.randomization.tables import Randomization, RandomizedInError, StratumCorrection


class Correction(Order):
    """The randomized participant, and the reason."""

    participant: Code
    reason: Reason


@act("stratum.correct", roles=[Role.INVESTIGATOR, Role.COORDINATOR], reason=True)
def correct_stratum(act: Act, order: Correction) -> str:
    """Put the stratum that the corrected baseline values give beside the one used at randomization; answers it.

    The stratum as used is immutable; that it was wrong is a deviation. Refused: not_found, not_randomized,
    baseline_incomplete, stratum_unchanged (baseline values are corrected first).
    """
    participant = find_participant(act, order.participant)
    randomization = act.seek(Randomization, participant=participant.id)
    if randomization is None:
        act.refuse("not_randomized", participant=participant.screening_number)
    earlier = act.rows(StratumCorrection, participant=participant.id)
    known = max(earlier, key=lambda row: int(row.revision)).stratum if earlier else randomization.stratum
    stratum = act.study.stratum_of(complete_values(act, participant.id), participant.site)
    if stratum == known:
        act.refuse("stratum_unchanged", participant=participant.screening_number, stratum=stratum)
    act.add(
        StratumCorrection,
        id=new_id(act.entropy),
        participant=participant.id,
        site=participant.site,
        revision=len(earlier) + 1,
        stratum=stratum,
        reason=order.reason,
        recorded_by=act.actor.account,
        recorded_at=act.now,
    )
    if stratum != randomization.stratum:
        note(
            act,
            "wrong_stratum",
            site=participant.site,
            participant=participant.id,
            subject=f"{participant.id}/{len(earlier) + 1}",
            happened_on=_randomized_on(act, randomization),
            facts={"used": randomization.stratum, "stratum": stratum},
            told=order.reason,
        )
    return stratum


@act("randomization.mark_in_error", roles=[Role.INVESTIGATOR, Role.TRIAL_MANAGER], reason=True)
def mark_in_error(act: Act, order: Correction) -> None:
    """Mark that a participant should not have been randomized. The slot stays used, and the data stay.

    Refused: not_found, not_randomized, already_marked_in_error.
    """
    participant = find_participant(act, order.participant)
    randomization = act.seek(Randomization, participant=participant.id)
    if randomization is None:
        act.refuse("not_randomized", participant=participant.screening_number)
    if act.seek(RandomizedInError, participant=participant.id) is not None:
        act.refuse("already_marked_in_error", participant=participant.screening_number)
    act.add(
        RandomizedInError,
        participant=participant.id,
        site=participant.site,
        reason=order.reason,
        recorded_by=act.actor.account,
        recorded_at=act.now,
    )
    note(
        act,
        "randomized_in_error",
        site=participant.site,
        participant=participant.id,
        subject=participant.id,
        happened_on=_randomized_on(act, randomization),
        told=order.reason,
    )


def _randomized_on(act: Act, randomization: Row[Any]) -> date:
    return local_day(randomization.randomized_at, act.study.site(randomization.site).time_zone)
