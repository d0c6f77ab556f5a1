"""Which box was in a participant's hands on which day: from the lines of the ledger, and what was told of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from irt.clock import local_day
from irt.dispensing.counting import latest_count
from irt.dispensing.tables import Mishap
from irt.gate.act import Act
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Kit, Movement


@dataclass(frozen=True, slots=True)
class Box:
    """A kit as one participant had it: its vials, its expiry, and from which day to which it was in their hands."""

    number: str
    vials: int
    expiry: date
    spans: tuple[tuple[date, date | None], ...]  # None: it still is

    def in_hand(self, day: date) -> bool:
        """Whether it was in their hands on a day: the days on which it came and went included."""
        return any(first <= day and (last is None or day <= last) for first, last in self.spans)


def spans(
    lines: Iterable[Any], participant: str, zone: str, *, happened_on: date | None, counted_on: date | None
) -> tuple[tuple[date, date | None], ...]:
    """The days, at the site, during which a kit was in a participant's hands.

    `happened_on`: the day on which a wrong box came into their hands, where that was told later; `counted_on`: the day
    on which it came back, where that was recorded later. A hand-over that never was leaves no days.
    """
    found: list[tuple[date, date | None]] = []
    since: date | None = None
    for line in sorted(lines, key=lambda line: int(line.line)):
        day, here = local_day(line.moved_at, zone), line.after in AT_HOME and line.participant == participant
        if here:
            since = since or (min(day, happened_on) if happened_on else day)
        elif since is not None:
            if line.after != "assigned":  # which says that it never left
                found.append((since, min(day, counted_on) if counted_on else day))
            since = None
    return tuple(found) if since is None else (*found, (since, None))


def box_of(act: Act, number: str, participant: Any) -> Box | None:
    """A kit as the participant had it; None for a number that the participant's site does not know."""
    kit = act.seek(Kit, number=number)
    if kit is None:
        return None
    told = act.rows(Mishap, kit=number, participant=participant.id)
    count = latest_count(act, number)
    mine = count is not None and count.participant == participant.id
    days = spans(
        act.rows(Movement, kit=number),
        participant.id,
        act.study.site(participant.site).time_zone,
        happened_on=min((row.happened_on for row in told if row.kind == "wrong_kit"), default=None),
        counted_on=count.returned_on if count is not None and mine else None,
    )
    return Box(number, kit.vials, kit.expiry, days)
