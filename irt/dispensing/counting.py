"""The vials of a kit, counted: they add up, or the difference is an open discrepancy."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from irt.dispensing.tables import Discrepancy, KitReturn
from irt.entropy import new_id
from irt.gate.act import Act


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
    """Record the count of a participant's kit; answers whether its vials add up.

    Where they do not, a discrepancy is opened, unless one is open for this kit. A second count asks for a reason.
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
    if counts.total == kit.vials:
        return True
    if not act.rows(Discrepancy, kit=kit.number, kind="vials", state="open"):
        open_discrepancy(act, participant, "vials", kit.vials, counts.total, kit.number)
    return False


def open_discrepancy(
    act: Act, participant: Row[Any], kind: str, expected: int, found: int, kit: str | None = None
) -> str:
    """Two counts differ: somebody is to say why."""
    return act.add(
        Discrepancy,
        id=new_id(act.entropy),
        participant=participant.id,
        site=participant.site,
        kit=kit,
        kind=kind,
        expected=expected,
        found=found,
        state="open",
        opened_at=act.now,
    )
