"""Which box was in a participant's hands on which day: from the lines of the ledger, and what was told of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from irt.clock import local_day
from irt.dispensing.counting import inside
from irt.dispensing.course import Course
from irt.dispensing.tables import KitReturn, Mishap
from irt.gate.act import Act
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Assignment, Kit, Movement


@dataclass(frozen=True, slots=True)
class Box:
    """A kit as one participant had it: its vials, its expiry, and from which day to which it was in their hands."""

    number: str
    vials: int  # that were in it when it came to them
    expiry: date
    spans: tuple[tuple[date, date | None], ...]  # None: it still is
    counted_used: int | None = None  # vials that they used, as counted when it came back
    spoilt_on: date | None = None  # damaged on this day: nothing is left in it, although it may be in their hands

    def in_hand(self, day: date) -> bool:
        """Whether it was in their hands on a day: the days on which it came and went included."""
        return any(first <= day and (last is None or day <= last) for first, last in self.spans)

    def in_use(self, day: date) -> bool:
        """Whether it was in their hands, and not damaged before that day."""
        return self.in_hand(day) and (self.spoilt_on is None or day <= self.spoilt_on)

    @property
    def came_on(self) -> date:
        """The first day on which it was in their hands."""
        return self.spans[0][0]

    @property
    def went_on(self) -> date | None:
        """The day on which it left their hands; None while it has not."""
        return self.spans[-1][1]


@dataclass(frozen=True, slots=True)
class Left:
    """A box on a day: how many doses were given from it, and how many vials the participant has left in it."""

    box: Box
    used: int
    left: int
    went_on: date | None  # None: it is in their hands


def left_on(course: Course, boxes: Iterable[Box]) -> list[Left]:
    """What is left in each box that came by the course's day, in order of coming: the vials less the doses given.

    Nothing is left in a box that went, or that is damaged. A box can hold less than nothing: then its doses are to be
    looked at.
    """
    used = Counter(row.kit for row in course.given)
    found = []
    for box in sorted(boxes, key=lambda box: (box.came_on, box.number)):
        if box.came_on > course.until:
            continue
        went = box.went_on if box.went_on is not None and box.went_on <= course.until else None
        empty = went is not None or (box.spoilt_on is not None and box.spoilt_on <= course.until)
        found.append(Left(box, used[box.number], 0 if empty else box.vials - used[box.number], went))
    return found


def spans(
    lines: Iterable[Any],
    participant: str,
    zone: str,
    *,
    happened: Sequence[date],
    counted_on: date | None,
    handed_on: date | None = None,
) -> tuple[tuple[date, date | None], ...]:
    """The days, at the site, during which a kit was in a participant's hands.

    `happened`: the days on which it came into their hands as a wrong box, for that is told later; `counted_on`: the day
    on which it came back, where that was recorded later; `handed_on`: the day of its hand-over, where that was written
    down later. A hand-over that never was leaves no days.
    """
    found: list[tuple[date, date | None]] = []
    since: date | None = None
    for line in sorted(lines, key=lambda line: int(line.line)):
        day, here = local_day(line.moved_at, zone), line.after in AT_HOME and line.participant == participant
        if here:
            told = [one for one in happened if one <= day]
            told += [handed_on] if handed_on is not None and line.after == "dispensed" else []
            since = since or min(day, max(told, default=day))
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
    told, counts = act.rows(Mishap, kit=number, participant=participant.id), act.rows(KitReturn, kit=number)
    zone = act.study.site(participant.site).time_zone
    given = act.rows(Assignment, kit=number, participant=participant.id)
    return boxed(kit, participant.id, zone, act.rows(Movement, kit=number), told, counts, given)


def boxed(
    kit: Any,
    participant: str,
    zone: str,
    lines: Iterable[Any],
    told: Iterable[Any],
    counts: Iterable[Any],
    given: Iterable[Any],
) -> Box:
    """A kit as the participant had it, from its row, its ledger, what was told of it with them, all its counts, and its
    assignments to them."""
    told, rows = list(told), sorted(counts, key=lambda row: int(row.revision))
    mine = next((row for row in reversed(rows) if row.participant == participant), None)
    others = [row for row in rows if row.participant != participant and (mine is None or row.revision < mine.revision)]
    at_home = kit.state in AT_HOME and kit.participant == participant  # once more, where it was counted before
    counted = None if at_home else mine
    return Box(
        kit.number,
        inside(kit, others[-1] if others else None).unused,
        kit.expiry,
        spans(
            lines,
            participant,
            zone,
            happened=[row.happened_on for row in told if row.kind == "wrong_kit"],
            counted_on=counted.returned_on if counted is not None else None,
            handed_on=min((local_day(row.handed_over_at, zone) for row in given if row.handed_over_at), default=None),
        ),
        counted.used - counted.used_before if counted is not None else None,
        min((row.happened_on for row in told if row.kind == "damaged" and row.box != "at_site"), default=None),
    )
