"""A participant withdraws: from a day on no dose is due and no kit is given."""

from datetime import date
from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.clock import local_day
from irt.dispensing.judging import judge_again
from irt.dispensing.planned import today_at
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Reason
from irt.participants.state import find_participant, move_participant
from irt.participants.tables import Participant
from irt.randomization.tables import Randomization


class Withdraw(Order):
    """Who withdraws, why, and since which day; today, unless told."""

    participant: Code
    left_on: CalendarDay | None = None
    reason: Reason


@act("participant.withdraw", roles=[Role.INVESTIGATOR, Role.COORDINATOR], reason=True)
def withdraw(act: Act, order: Withdraw) -> None:
    """A participant withdraws: no randomization and no kit from now on, and no dose due from the day of leaving.

    A dose given on that day may still be written; what was given later departs from the protocol.
    Refused: not_found, participant_state, date_in_future, day_not_possible (before randomization or the first dose).
    """
    participant = find_participant(act, order.participant, "screened", "randomized")
    earliest, today = may_leave_from(act, participant), today_at(act, participant.site)
    left_on = order.left_on or today
    if left_on > today:
        act.refuse("date_in_future", field="left_on", value=left_on.isoformat(), today=today.isoformat())
    if left_on < earliest:
        act.refuse(
            "day_not_possible", field="left_on", value=left_on.isoformat(), earliest=earliest.isoformat(),
            latest=today.isoformat(),
        )  # fmt: skip
    before = move_participant(act, participant.id, "withdrawn", on=left_on)
    if before.state == "randomized":
        judge_again(act, act.find(Participant, id=participant.id), order.reason)


def may_leave_from(act: Act, participant: Row[Any]) -> date:
    """The first day on which somebody can withdraw: of their first dose, of randomization, or of screening."""
    first: date | None = participant.first_dose_on
    if first is not None:
        return first
    done = act.seek(Randomization, participant=participant.id)
    instant = done.randomized_at if done is not None else participant.screened_at
    return local_day(instant, act.study.site(participant.site).time_zone)
