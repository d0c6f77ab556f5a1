"""A participant's states, and finding one who is in the state that an act asks for."""

from datetime import date
from typing import Any, Literal

from sqlalchemy import Row

from irt.clock import local_day
from irt.gate.act import Act
from irt.participants.tables import Participant

State = Literal["screened", "screen_failed", "randomized", "withdrawn", "completed"]
ENDED = ("withdrawn", "completed")
NEXT: dict[State, tuple[State, ...]] = {
    "screened": ("randomized", "screen_failed", "withdrawn"),
    "randomized": ("withdrawn", "completed"),
    "screen_failed": (),  # screening the person again makes a new row
    "withdrawn": (),  # for good: data stay, nobody withdrawn is randomized or dispensed to
    "completed": (),
}


def find_participant(act: Act, participant: str, *states: State) -> Row[Any]:
    """The locked row of a participant of the actor's sites who is in one of `states` (none named: in any).

    Refused: not_found, participant_state (screening number, present state and those asked for).
    """
    found = act.find(Participant, id=participant)
    if states and found.state not in states:
        act.refuse("participant_state", participant=found.screening_number, state=found.state, needed=list(states))
    return found


def move_participant(act: Act, participant: str, state: State, *, on: date | None = None) -> Row[Any]:
    """Bring a participant from a state that allows it to `state`; answers the row as it was.

    `on`: the day on which the trial ended for them; today, unless told.
    Refused: not_found, participant_state.
    """
    found = find_participant(act, participant, *(before for before, after in NEXT.items() if state in after))
    ended = on or local_day(act.now, act.study.site(found.site).time_zone) if state in ENDED else None
    act.change(Participant, found, state=state, ended_on=ended)
    return found
