"""Which Monday's stock at the depot by type is shown: one from which no box can be computed. Pure, of rows read.

From the stock of two days somebody could compute what left in between. So it is shown anew only when enough boxes to
enough sites left together, or nothing did; a single kit by express is never enough.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

LEAST_BOXES = 4
LEAST_SITES = 3


@dataclass(frozen=True)
class Box:
    """A box whose kits left the depot's stock when it was asked for, and came back if it was cancelled."""

    site: str
    express: bool
    asked_at: datetime
    cancelled_at: datetime | None = None


def shown(mondays: Iterable[datetime], boxes: Iterable[Box]) -> datetime:
    """The last of these moments (the earliest first, at least one) whose stock may be shown.

    The first is one, before which no kit came in; each later one if nothing left or came back since the one before, or
    if at least four boxes to at least three sites left since then and were not cancelled by that day.
    """
    known = list(boxes)
    last, *later = mondays
    for monday in later:
        moved = [one for one in known if _between(last, one.asked_at, monday)]
        back = [one for one in known if _between(last, one.cancelled_at, monday)]
        left = [one for one in moved if not one.express and one not in back]
        if not (moved or back) or (len(left) >= LEAST_BOXES and len({one.site for one in left}) >= LEAST_SITES):
            last = monday
    return last


def _between(since: datetime, at: datetime | None, until: datetime) -> bool:
    return at is not None and since <= at < until
