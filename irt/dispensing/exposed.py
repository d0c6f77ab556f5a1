"""Kits that were handed over from a refrigerator after it failed: at home, and as doubtful as those that stand there.

They may be a guest's, whose own site has them in its books and is told.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, exists, or_, select

from irt.actor import Role
from irt.clock import local_day
from irt.dispensing.tables import Mishap
from irt.gate.act import Act
from irt.gate.rows import table_of
from irt.supply.lots import TOLD
from irt.supply.tables import ExposedKit, Movement

_line = table_of(Movement)
_stood, _next = _line.alias("stood"), _line.alias("next")
HANDED_OVER = (  # lines by which kits went home from a site since a moment, and that were not taken back
    select(_line.c.kit, _line.c.after, _line.c.site, _line.c.moved_at)
    .join(_stood, (_stood.c.kit == _line.c.kit) & (_stood.c.line == _line.c.line - 1))
    .where(_stood.c.site == bindparam("here"), _line.c.moved_at >= bindparam("since"))
    .where(or_(_line.c.after == "dispensed", _line.c.after == "misallocated"))
    .where(_line.c.before != "dispensed", _line.c.before != "misallocated")
    .where(~exists().where(_next.c.kit == _line.c.kit, _next.c.line == _line.c.line + 1, _next.c.after == "assigned"))
    .order_by(_line.c.kit, _line.c.line)
)


def handed_over_since(act: Act, site: str, since: datetime) -> dict[str, Row[Any]]:
    """The last line of each kit that went home from a site's refrigerator since then, to its own people and to guests.

    A wrong box is told of later: it went on the day that was told.
    """
    day = local_day(since, act.study.site(site).time_zone)
    lines = act.select(HANDED_OVER, here=site, since=since)
    return {line.kit: line for line in lines if line.after == "dispensed" or _went_by(act, line.kit) >= day}


def expose(act: Act, entry: Row[Any], lines: Iterable[Row[Any]]) -> None:
    """Put kits that went home under an entry; those who care for whoever has them are told."""
    home = set()
    for line in lines:
        act.admit(line.site)  # this site handed it over, as its ledger says
        act.add(
            ExposedKit, quarantine=entry.id, kit=line.kit, site=line.site, handed_over_at=line.moved_at, state="open"
        )
        home.add(line.site)
    for site in sorted(home):
        act.send("quarantine.handed_over", audience=TOLD, site=site, entry=entry.number)


def follow(act: Act, entry: Row[Any]) -> None:
    """What was decided of an entry holds for the kits that went home, too; their sites are told, to call them back."""
    kits = act.rows(ExposedKit, lock=True, quarantine=entry.id)
    for row in kits:
        act.change(ExposedKit, row, state=entry.state)
    for site in sorted({row.site for row in kits}):
        if entry.state == "rejected":
            act.send("excursion.call_back", audience=TOLD, site=site, entry=entry.number)
        else:
            told = TOLD - {Role.PHARMACIST} if site == entry.site else TOLD  # who is told of the entry itself
            act.send("quarantine.released", audience=told, site=site, entry=entry.number)


def _went_by(act: Act, kit: str) -> date:
    """The last day on which a box went home as a wrong one; never before any, where nothing tells."""
    return max((row.happened_on for row in act.rows(Mishap, kit=kit, kind="wrong_kit")), default=date.max)
