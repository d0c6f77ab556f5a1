"""The vials of a kit, counted: they add up, or the difference is an open discrepancy."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from irt.dispensing.agreement import compare_diary
from irt.dispensing.discrepancies import COUNT_REVISED, settle_difference
from irt.dispensing.tables import KitReturn
from irt.entropy import new_id
from irt.gate.act import Act
from irt.supply import ledger
from irt.supply.tables import Kit


@dataclass(frozen=True)
class Counts:
    """Single-use vials of one kit, each counted once."""

    unused: int
    used: int
    broken: int
    lost: int

    @property
    def total(self) -> int:
        """All that are accounted for."""
        return self.unused + self.used + self.broken + self.lost


def latest_count(act: Act, kit: str) -> Row[Any] | None:
    """The count that holds for a kit; None when it was never counted."""
    return max(act.rows(KitReturn, kit=kit), key=lambda row: int(row.revision), default=None)


def count_vials(
    act: Act, kit: Row[Any], participant: Row[Any], counts: Counts, counted_on: date, reason: str | None = None
) -> bool:
    """Record the count of a participant's kit and put the kit in order after it; answers whether its vials add up.

    They add up: an open discrepancy about them is resolved by the count, and a kit that is back becomes reconciled.
    They do not: a discrepancy is open for just that difference, and a kit that was reconciled is not any more, unless
    somebody has said before why just so many are missing. What was used is held against the diary. A second count asks
    for a reason.
    """
    before = latest_count(act, kit.number)
    assert before is None or reason, "a count is revised for a reason"
    act.add(
        KitReturn,
        id=new_id(act.entropy),
        kit=kit.number,
        participant=participant.id,
        site=participant.site,
        revision=before.revision + 1 if before else 1,
        returned_on=counted_on,
        unused=counts.unused,
        used=counts.used,
        broken=counts.broken,
        lost=counts.lost,
        reason=reason,
        counted_by=act.actor.account,
        counted_at=act.now,
    )
    settled = settle_difference(act, participant, "vials", kit.vials, counts.total, kit.number, by=COUNT_REVISED)
    kit = act.find(Kit, number=kit.number)  # as its last line left it
    after = {("returned", True): "reconciled", ("reconciled", False): "returned"}.get((kit.state, settled))
    if after is not None:
        ledger.move(act, kit, after, site=kit.site, participant=kit.participant)
    compare_diary(act, participant)
    return bool(counts.total == kit.vials)
