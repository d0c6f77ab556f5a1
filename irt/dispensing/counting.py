"""The vials of a kit, counted: they add up, or the difference is an open discrepancy."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row

from irt.clock import local_day
from irt.dispensing.agreement import compare_diary
from irt.dispensing.discrepancies import COUNT_REVISED, settle_difference
from irt.dispensing.tables import Discrepancy, KitReturn, Mishap
from irt.entropy import new_id
from irt.gate.act import Act
from irt.gate.fields import Number
from irt.participants.tables import Participant
from irt.supply import ledger
from irt.supply.tables import Assignment, Kit, Movement

MOST_VIALS = 200  # more were not counted, but typed
Vials = Annotated[Number, Field(le=MOST_VIALS)]


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


def as_it_left(act: Act, kit: Row[Any]) -> Counts:
    """What was in a box when it last left the site: all its vials unused, or what was counted when it had come back."""
    return inside(kit, latest_count(act, kit.number))


def inside(kit: Any, before: Any | None) -> Counts:
    """What is in a box that goes out after this count of it. The vials of one that had been lost are in it again."""
    if before is None:
        return Counts(kit.vials, used=0, broken=0, lost=0)
    if before.unused == before.broken == 0:
        return Counts(before.lost, before.used, broken=0, lost=0)
    return Counts(before.unused, before.used, before.broken, before.lost)


def hold_people(act: Act, kit: str, *people: str) -> dict[str, Row[Any]]:
    """Lock these participants and those who are asked about the kit's vials, by their id, the smallest first.

    So two acts about the same people wait for one another, and never crosswise. The kit and whatever was told of it are
    locked after them.
    """
    asked = {row.participant for row in act.rows(Discrepancy, kit=kit)}
    return {one: act.find(Participant, id=one) for one in sorted({*people, *asked})}


def require_day_of_return(act: Act, kit: Row[Any], site: str, on: date) -> None:
    """Refuse a day that has not come, or before the kit was given: date_in_future, returned_before_given."""
    today = local_day(act.now, act.study.site(site).time_zone)
    if on > today:
        act.refuse("date_in_future", field="returned_on", value=on.isoformat(), today=today.isoformat())
    given = given_on(act, kit, site)
    if given is not None and on < given:
        act.refuse("returned_before_given", value=on.isoformat(), kit=kit.number, given=given.isoformat())


def given_on(act: Act, kit: Row[Any], site: str) -> date | None:
    """The day at the site on which a kit last came into somebody's hands.

    It was handed over when its line says so, or earlier, where that was written down later and was corrected. A wrong
    box is told of later: then it is as was told.
    """
    zone, lines = act.study.site(site).time_zone, act.rows(Movement, kit=kit.number)
    out = [line for line in lines if line.after in ledger.AT_HOME]
    if out and out[-1].after == "dispensed":
        given = [row.handed_over_at for row in act.rows(Assignment, kit=kit.number) if row.handed_over_at is not None]
        return min(local_day(at, zone) for at in (out[-1].moved_at, *given))
    told = [row.happened_on for row in act.rows(Mishap, kit=kit.number, kind="wrong_kit")]
    told += [local_day(line.moved_at, zone) for line in lines if line.after == "available"]
    return max(told, default=None)


def count_vials(
    act: Act, kit: Row[Any], participant: Row[Any], counts: Counts, counted_on: date, reason: str | None = None
) -> bool:
    """Record the count of a participant's kit and put the kit in order after it; answers whether its vials add up.

    They add up: an open discrepancy about them is resolved by the count, and a kit that is back becomes reconciled.
    They do not: a discrepancy is open for just that difference, and a kit that was reconciled is not any more, unless
    somebody has said before why just so many are missing. What was used is held against the diary, less what somebody
    had used before who had the box. A second count asks for a reason. Refused: used_before_too.
    """
    before = latest_count(act, kit.number)
    assert before is None or reason, "a count is revised for a reason"
    used_before = 0
    if before is not None:
        used_before = before.used_before if before.participant == participant.id else before.used
    if counts.used < used_before:
        act.refuse("used_before_too", value=counts.used, before=used_before)
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
        used_before=used_before,
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
