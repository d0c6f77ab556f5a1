"""As of when the supply manager sees a lot's stock at the depot: no box can be computed from what is shown.

From the stock of two moments somebody could compute what left in between. A box is of one lot, so each lot stands for
itself: its stock is shown anew when enough boxes of it to enough sites left together, or nothing did. A single kit by
express is never enough, nor is one that was lost or destroyed at the depot.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.supply.tables import Kit, Manifest, Movement, Shipment

LEAST_BOXES = 4
LEAST_SITES = 3
GONE = ("destroyed", "lost")  # of what lies at no site: it does not lie at the depot either


@dataclass(frozen=True)
class Box:
    """A box of one lot, whose kits left the depot's stock when it was asked for, and came back if it was cancelled."""

    lot: str
    site: str
    express: bool
    asked_at: datetime
    cancelled_at: datetime | None = None


@dataclass(frozen=True)
class Stock:
    """A lot at the depot as it is shown: as of when, and the numbers of the kits that lay there then."""

    lot: str
    as_of: datetime
    kits: tuple[str, ...]


def shown(
    came_in: Mapping[str, datetime],
    mondays: Iterable[datetime],
    boxes: Iterable[Box],
    others: Iterable[tuple[str, datetime]] = (),
) -> dict[str, datetime]:
    """For each lot the last moment whose stock may be shown: when it came in, or one of these, in order, at least one.

    Looked at is each but the first by which, over all lots, nothing left or came back since the last one looked at, or
    at least four boxes to at least three sites left and were not cancelled: which lot a single box is of is not told
    either. Then a lot is shown anew if the same holds of it alone, since it was shown last. `others`: lot and time of
    a kit that left the depot's stock or came back otherwise than in a box.
    """
    known, strays, as_of = list(boxes), list(others), dict(came_in)
    last, *later = mondays
    for monday in later:
        if not _tells_of_none(known, [at for _, at in strays], last, monday):
            continue
        last = monday
        for lot, since in as_of.items():
            of_lot = [one for one in known if one.lot == lot]
            if since < monday and _tells_of_none(of_lot, [at for code, at in strays if code == lot], since, monday):
                as_of[lot] = monday
    return as_of


def _tells_of_none(boxes: list[Box], others: list[datetime], since: datetime, until: datetime) -> bool:
    moved = [one for one in boxes if _between(since, one.asked_at, until)]
    back = [one for one in boxes if _between(since, one.cancelled_at, until)]
    left = [one for one in moved if not one.express and one not in back]
    if moved or back or any(_between(since, at, until) for at in others):
        return len(left) >= LEAST_BOXES and len({one.site for one in left}) >= LEAST_SITES
    return True


def _between(since: datetime, at: datetime | None, until: datetime) -> bool:
    return at is not None and since <= at < until


def stock_shown(session: Session, time_zone: str, now: datetime) -> list[Stock]:
    """The stock of every lot as it is shown now, by lot. Mondays begin at 00:00 at the depot."""
    imported = {row.id: row.imported_at for row in session.scalars(select(Manifest))}
    kits = {kit.number: kit for kit in session.scalars(select(Kit).order_by(Kit.number))}
    lines: dict[str, list[Movement]] = {}
    for line in session.scalars(select(Movement).order_by(Movement.kit, Movement.line)):
        lines.setdefault(line.kit, []).append(line)
    lot_of = {line.shipment: kits[line.kit].lot for life in lines.values() for line in life if line.after == "packed"}
    boxes = [
        Box(lot_of[row.id], row.site, row.kind == "express", row.requested_at, row.cancelled_at)
        for row in session.scalars(select(Shipment))
    ]
    others = [(kits[number].lot, at) for number, life in lines.items() for at in _strays(life)]
    came_in = {kit.lot: imported[kit.manifest] for kit in kits.values()}
    as_of = shown(came_in, _mondays(min(came_in.values(), default=now), now, ZoneInfo(time_zone)), boxes, others)
    there: dict[str, list[str]] = {lot: [] for lot in as_of}
    for kit in kits.values():
        if _lay_there(lines.get(kit.number, []), as_of[kit.lot]):
            there[kit.lot].append(kit.number)
    return [Stock(lot, as_of[lot], tuple(numbers)) for lot, numbers in sorted(there.items())]


def _strays(life: list[Movement]) -> list[datetime]:
    """When a kit left the depot's stock or came back otherwise than in a box, or with its box."""
    there, found = True, []
    for line in life:
        before, there = there, _at_depot(line)
        if there != before and line.shipment is None:
            found.append(line.moved_at)
    return found


def _lay_there(life: list[Movement], moment: datetime) -> bool:
    until = [line for line in life if line.moved_at < moment]
    return not until or _at_depot(until[-1])


def _at_depot(line: Movement) -> bool:
    return line.site is None and line.after not in GONE


def _mondays(first: datetime, now: datetime, zone: ZoneInfo) -> list[datetime]:
    day, last = _monday(first, zone), _monday(now, zone)
    weeks = range((last - day).days // 7 + 1)
    return [datetime.combine(day + timedelta(weeks=week), time(), zone) for week in weeks]


def _monday(moment: datetime, zone: ZoneInfo) -> date:
    day = moment.astimezone(zone).date()
    return day - timedelta(days=day.weekday())
