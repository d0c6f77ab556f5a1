"""The history checker: what many clients asked at once and were told, held against what the database holds afterwards.

A stratum is a ticket dispenser with unique outputs, so a history is linearizable exactly when the positions are
1 … n, each once, and no draw that ended before another began has the higher position (Herlihy and Wing 1990,
locality: each stratum is checked alone). Details name positions, participants and kit numbers: they are for the
operators of a test and never shown to a masked role.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf
from typing import NamedTuple

KINDS = (
    "double slot", "hole", "inversion", "two answers", "acknowledged but absent", "participant drawn twice",
    "kit twice",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """One call as its client saw it, in seconds of one monotonic clock.

    `acknowledged`: the client was told that it was done, `answer` being the words. A call without an answer has
    `end` = inf; where `position` or `kit` is None, the database is asked through the participant.
    """

    stratum: str
    participant: str
    request: str
    start: float
    end: float = inf
    acknowledged: bool = False
    answer: str | None = None
    position: int | None = None
    kit: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """One draw as the database holds it, with the first kit."""

    stratum: str
    position: int
    participant: str
    kit: str | None = None


class Anomaly(NamedTuple):
    """One thing that no order of the calls explains; `kind` is one of KINDS."""

    kind: str
    detail: str


class _Draw(NamedTuple):
    """A draw and when it can have happened: a retry or a twin with the same answer only narrows it."""

    position: int
    participant: str
    start: float
    end: float


def check(operations: Iterable[Operation], held: Iterable[Held]) -> list[Anomaly]:
    """Every anomaly of a history, [] for a good one; `operations` leaves out calls that were refused."""
    calls, rows = list(operations), list(held)
    told = [one for one in calls if one.acknowledged]
    draws = _draws(calls, rows)
    found: list[Anomaly] = []
    for stratum in sorted(draws):
        found += _double_slots(stratum, draws[stratum], Counter(row.position for row in rows if row.stratum == stratum))
        found += _holes(stratum, draws[stratum])
        found += _inversions(stratum, draws[stratum])
    return found + _two_answers(told) + _absent(told, rows) + _drawn_twice(draws) + _kit_twice(told, rows)


def _draws(calls: Sequence[Operation], rows: Sequence[Held]) -> dict[str, list[_Draw]]:
    """The draws of each stratum: those held, and those that were acknowledged with a position."""
    places = {(row.stratum, row.position, row.participant) for row in rows}
    places |= {
        (one.stratum, one.position, one.participant) for one in calls if one.acknowledged and one.position is not None
    }
    of: dict[tuple[str, str], list[Operation]] = defaultdict(list)
    for one in calls:
        of[one.stratum, one.participant].append(one)
    many: dict[tuple[str, str], int] = defaultdict(int)
    for stratum, _, participant in places:
        many[stratum, participant] += 1
    draws: dict[str, list[_Draw]] = defaultdict(list)
    for stratum, position, participant in sorted(places):
        asked = of[stratum, participant]
        sure = [one for one in asked if one.position == position or many[stratum, participant] == 1]
        start = min((one.start for one in asked), default=-inf)
        end = min((one.end for one in sure if one.acknowledged), default=inf)
        draws[stratum].append(_Draw(position, participant, start, end))
    return draws


def _double_slots(stratum: str, draws: Sequence[_Draw], stored: Counter[int]) -> list[Anomaly]:
    at: dict[int, set[str]] = defaultdict(set)
    for draw in draws:
        at[draw.position].add(draw.participant)
    return [
        Anomaly("double slot", f"stratum {stratum}, position {position}: {', '.join(sorted(who))}")
        for position, who in sorted(at.items())
        if len(who) > 1 or stored[position] > 1
    ]


def _holes(stratum: str, draws: Sequence[_Draw]) -> list[Anomaly]:
    positions = {draw.position for draw in draws}
    wrong = sorted(positions - set(range(1, max(positions) + 1)))
    missing = sorted(set(range(1, max(positions) + 1)) - positions) + wrong
    return [Anomaly("hole", f"stratum {stratum}, position {position}") for position in missing]


def _inversions(stratum: str, draws: Sequence[_Draw]) -> list[Anomaly]:
    """One pass in order of position: nothing may end before the latest start among lower positions."""
    found = []
    lower: _Draw | None = None
    for _, here in groupby(sorted(draws), key=lambda draw: draw.position):
        together = list(here)
        for draw in together:
            if lower is not None and draw.end < lower.start:
                detail = (
                    f"stratum {stratum}: {draw.participant} at position {draw.position} ended before "
                    f"{lower.participant} at position {lower.position} began"
                )
                found.append(Anomaly("inversion", detail))
        lower = max([*together, *([lower] if lower else [])], key=lambda draw: draw.start)
    return found


def _two_answers(told: Sequence[Operation]) -> list[Anomaly]:
    answers: dict[str, set[str | None]] = defaultdict(set)
    for one in told:
        answers[one.request].add(one.answer)
    return [
        Anomaly("two answers", f"request {request}: {' / '.join(sorted(map(str, given)))}")
        for request, given in sorted(answers.items())
        if len(given) > 1
    ]


def _absent(told: Sequence[Operation], rows: Sequence[Held]) -> list[Anomaly]:
    """Acknowledged, and the database holds no such draw, or another position or kit for it."""
    of: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for row in rows:
        of[row.stratum, row.participant].append(row)
    return [
        Anomaly("acknowledged but absent", f"request {one.request}: {one.participant}, stratum {one.stratum}")
        for one in told
        if not any(
            one.position in (None, row.position) and one.kit in (None, row.kit)
            for row in of[one.stratum, one.participant]
        )
    ]


def _drawn_twice(draws: dict[str, list[_Draw]]) -> list[Anomaly]:
    places: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for stratum, some in draws.items():
        for draw in some:
            places[draw.participant].add((stratum, draw.position))
    return [
        Anomaly("participant drawn twice", f"{who}: {', '.join(f'{one} position {at}' for one, at in sorted(where))}")
        for who, where in sorted(places.items())
        if len(where) > 1
    ]


def _kit_twice(told: Sequence[Operation], rows: Sequence[Held]) -> list[Anomaly]:
    holders: dict[str, set[str]] = defaultdict(set)
    for kit, participant in [(row.kit, row.participant) for row in rows] + [(one.kit, one.participant) for one in told]:
        if kit is not None:
            holders[kit].add(participant)
    return [
        Anomaly("kit twice", f"kit {kit}: {', '.join(sorted(who))}")
        for kit, who in sorted(holders.items())
        if len(who) > 1
    ]
