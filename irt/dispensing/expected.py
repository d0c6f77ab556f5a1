"""Until when the kit that is asked for today is expected to be handed over: one rule, whichever path asks."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from irt.dispensing.attendance import recorded
from irt.dispensing.planned import plan_of, today_at
from irt.gate.act import Act
from irt.participants.visits import span, timing


def took_place(act: Act, participant: Row[Any], visit: str) -> bool:
    """Whether it is recorded that a visit was held."""
    known = recorded(act, participant.id, visit)
    return known is not None and known.state == "done"


def expected_until(act: Act, participant: Row[Any], visit: str) -> date | None:
    """Until when a kit asked for today may be handed over for a visit; None where it is no day to ask for one.

    A visit that took place was in its time, which asks nothing more: its kit, and each that replaces it, may be asked
    for until the next visit's window begins, and be handed over as many days later as the visit has margin. Else the
    day is one on which the visit can be held, early and late too: a box is prepared before its window opens, and nobody
    is asked why. Whoever hands it over, or records the visit, is: see `attendance.attend`. Then the kit is for the
    window, or for today. A skipped visit gets no kit.
    """
    planned, today = plan_of(act, participant), today_at(act, participant.site)
    window = next(one for one in planned if one.visit == visit)
    if took_place(act, participant, visit):
        margin = timedelta(days=act.study.visit(visit).window_days)
        return max(window.latest, today + margin) if today <= span(planned, visit)[1] else None
    if recorded(act, participant.id, visit) is not None:
        return None
    return None if timing(planned, visit, today) == "outside" else max(window.latest, today)
