"""What waits for a day: numbers put under the days that they are due on, and taken when the day has come."""

from collections import defaultdict

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.integer]


class Agenda:
    """Numbers by day. What is taken is in ascending order, whenever it was put there."""

    def __init__(self) -> None:
        self._days: dict[int, list[Ints]] = defaultdict(list)

    def put(self, days: Ints, what: Ints) -> None:
        """Put each number under its day."""
        if not len(what):
            return
        order = np.argsort(days, kind="stable")
        starts = _starts(days[order])
        found = days[order[starts]].tolist()
        ends = [*starts[1:].tolist(), len(days)]
        sorted_ = what[order]
        for day, start, end in zip(found, starts.tolist(), ends, strict=True):
            self._days[day].append(sorted_[start:end])

    def take(self, day: int) -> Ints:
        """What is due on a day; it is due no more."""
        parts = self._days.pop(day, [])
        return np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.int64)


def turns(cells: Ints) -> list[Ints]:
    """Places of `cells` in turns: the first of every cell, then the second of every cell that has two, and so on."""
    if not len(cells):
        return []
    order = np.argsort(cells, kind="stable")
    starts = _starts(cells[order])
    sizes = np.diff(np.r_[starts, len(cells)])
    place = np.arange(len(cells)) - np.repeat(starts, sizes)
    return [order[place == turn] for turn in range(int(sizes.max()))]


def _starts(ordered: Ints) -> Ints:
    """Where a new value begins."""
    new = np.empty(len(ordered), bool)
    new[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return np.flatnonzero(new)
