"""What can be seen of a kit at the moment in which it is chosen for a participant, as numbers to guess an arm from."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tests.masking.attack.history import Box, Event, History, Kit

DAY = 86400.0
NONE = -1.0


@dataclass(frozen=True)
class Table:
    """One line for each kit that was chosen: whose it is, out of which box, and what could be seen."""

    names: tuple[str, ...]
    values: npt.NDArray[np.float64]
    participants: npt.NDArray[np.str_]
    boxes: npt.NDArray[np.str_]
    sites: npt.NDArray[np.str_]  # of the participant


def kits_seen(history: History) -> Table:
    """The features of every chosen kit, in order of time. A history with none is no history: AssertionError."""
    lines, participants, boxes, sites = [], [], [], []
    for event, seen in _Looking(history).lines():
        lines.append(seen)
        participants.append(event.participant)
        boxes.append(history.kits[event.kit].box)
        sites.append(history.home[event.participant])
    assert lines, "nothing was dispensed"
    values = np.asarray([list(line.values()) for line in lines], dtype=np.float64)
    return Table(tuple(lines[0]), values, *map(np.asarray, (participants, boxes, sites)))


class _Looking:
    """Walks through the events, with the shelves as they stand."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._began = history.events[0].at
        self._boxes = {box.id: box for box in history.boxes}
        self._box_order = _ranks([box.id for box in history.boxes])
        self._lots = _ranks(sorted({kit.lot for kit in history.kits.values()}))
        self._sites = _ranks(sorted(set(history.home.values())))
        self._rank = _ranks(sorted(history.kits))
        self._in_lot = _ranks_in_lots(history.kits.values())
        self._shelves: dict[str, dict[str, int]] = defaultdict(dict)  # site → kit → order of arrival
        self._arrived: dict[str, datetime] = {}
        self._taken: dict[str, int] = defaultdict(int)  # box → kits chosen out of it
        self._had: dict[str, list[Event]] = defaultdict(list)
        self._last: dict[str, datetime] = {}
        self._refused: dict[str, list[datetime]] = defaultdict(list)
        self._open: dict[str, bool] = {}

    def lines(self) -> Iterator[tuple[Event, dict[str, float]]]:
        """Each choice with what was seen of the kit."""
        for event in self._history.events:
            shelf = self._shelves[event.site]
            if event.kind == "arrived":
                shelf[event.kit] = len(shelf)
                self._arrived[event.kit] = event.at
            elif event.kind == "left":
                shelf.pop(event.kit, None)
            elif event.kind == "refused":
                self._refused[event.site].append(event.at)
            elif event.kind in ("open", "closed"):
                self._open[event.site] = event.kind == "open"
            elif event.kind == "drawn":
                yield event, self._seen(event, shelf)
                shelf.pop(event.kit)
                self._taken[self._history.kits[event.kit].box] += 1
                self._had[event.participant].append(event)
                self._last[event.site] = event.at

    def _seen(self, event: Event, shelf: dict[str, int]) -> dict[str, float]:
        kit = self._history.kits[event.kit]
        there = [self._history.kits[number] for number in shelf]
        box = self._boxes.get(kit.box)
        return {
            **_of_number(kit.number),
            "rank of number in all": self._rank[kit.number] / len(self._rank),
            "rank of number in its lot": self._in_lot[kit.number],
            **self._of_box(kit, box, event.at),
            **_of_shelf(kit, there, shelf),
            **self._of_time(event, kit),
            **self._of_person(event, kit),
        }

    def _of_box(self, kit: Kit, box: Box | None, at: datetime) -> dict[str, float]:
        size = len(box.kits) if box else 1
        asked = box.requested_at if box else None
        received = box.received_at if box else None
        return {
            "place in its box": kit.line / size,
            "place in its box, even or odd": kit.line % 2,
            "size of its box": size,
            "number of its box": float("".join(filter(str.isdigit, box.number)) or NONE) if box else NONE,
            "order of its box": self._box_order.get(kit.box, NONE),
            "box asked for on day": self._days(asked),
            "box received on day": self._days(received),
            "days on the way": (received - asked).total_seconds() / DAY if asked and received else NONE,
            "days since the box came": (at - received).total_seconds() / DAY if received else NONE,
            "chosen out of its box before": self._taken[kit.box],
            "express": float(bool(box and box.express)),
        }

    def _of_time(self, event: Event, kit: Kit) -> dict[str, float]:
        refused, last = self._refused[event.site], self._last.get(event.site)
        return {
            "day": self._days(event.at),
            "day of the week": event.at.weekday(),
            "minute of the day": event.at.hour * 60 + event.at.minute,
            "days on the shelf": (event.at - self._arrived[kit.number]).total_seconds() / DAY,
            "days to its expiry": (kit.expiry - event.at.date()).days,
            "lot": self._lots[kit.lot],
            "days since the last choice": (event.at - last).total_seconds() / DAY if last else NONE,
            "refused before": len(refused),
            "days since a refusal": (event.at - refused[-1]).total_seconds() / DAY if refused else NONE,
            "open": float(self._open.get(event.site, True)),
        }

    def _of_person(self, event: Event, kit: Kit) -> dict[str, float]:
        had = self._had[event.participant]
        before = self._history.kits[had[-1].kit] if had else None
        return {
            "which kit of the participant": len(had),
            "replacement": float(event.again),
            "days since the participant's last": (event.at - had[-1].at).total_seconds() / DAY if had else NONE,
            "number less the one before": _value(kit) - _value(before) if before else 0.0,
            "same box as the one before": float(before is not None and before.box == kit.box),
            "at another site": float(self._history.home.get(event.participant) != event.site),
            "site": self._sites.get(event.site, NONE),
        }

    def _days(self, at: datetime | None) -> float:
        return (at - self._began).total_seconds() / DAY if at else NONE


def _of_number(number: str) -> dict[str, float]:
    digits = [int(digit) for digit in number]
    return {
        "number": float(number),
        **{f"digit {place}": digit for place, digit in enumerate(digits, 1)},
        "sum of digits": sum(digits),
        "steps up": sum(a < b for a, b in pairwise(digits)),
        "even digits": sum(digit % 2 == 0 for digit in digits),
        **{f"number divided by {by}": int(number) % by for by in (2, 3, 7, 11)},
        **{f"number without its check digit divided by {by}": int(number) // 10 % by for by in (2, 3, 4, 7)},
    }


def _of_shelf(kit: Kit, there: Sequence[Kit], arrival: dict[str, int]) -> dict[str, float]:
    lower = [_value(other) for other in there if other.number < kit.number]
    higher = [_value(other) for other in there if other.number > kit.number]
    same_box = [other for other in there if other.box == kit.box]
    older = sum(arrival[other.number] < arrival[kit.number] for other in there)
    return {
        "kits on the shelf": len(there),
        "rank of number on the shelf": len(lower) / len(there),
        "rank of expiry on the shelf": sum(other.expiry < kit.expiry for other in there) / len(there),
        "sooner to expire on the shelf": sum(other.expiry < kit.expiry for other in there),
        "rank of arrival on the shelf": older / len(there),
        "to the next lower number": _value(kit) - max(lower, default=NONE),
        "to the next higher number": min(higher, default=10.0**9) - _value(kit),
        "next lower is of its box": float(any(_value(o) == max(lower, default=NONE) for o in same_box)),
        "of its box on the shelf": len(same_box),
        "of its lot on the shelf": sum(other.lot == kit.lot for other in there),
        "expiries on the shelf": len({other.expiry for other in there}),
    }


def _value(kit: Kit) -> float:
    return float(kit.number)


def _ranks(names: Sequence[str]) -> dict[str, int]:
    return {name: rank for rank, name in enumerate(names)}


def _ranks_in_lots(kits: Iterable[Kit]) -> dict[str, float]:
    lots: dict[str, list[str]] = defaultdict(list)
    for kit in kits:
        lots[kit.lot].append(kit.number)
    return {number: rank / len(lot) for lot in lots.values() for rank, number in enumerate(sorted(lot))}
