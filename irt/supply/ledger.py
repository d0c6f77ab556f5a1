"""The ledger: the only change to a kit's state and place. Every move is a line that stays."""

from typing import Any

from sqlalchemy import Row, Select, bindparam, or_, select

from irt.gate.act import Act
from irt.gate.rows import table_of
from irt.supply.tables import Express, Kit, Lot, Movement, Shelf, Shipment

_kit, _line, _box = table_of(Kit), table_of(Movement), table_of(Shipment)

CLEARED = frozenset({"available", "at_depot", "not_dispensed"})  # where kits go back to when quality releases them
# state → states that may follow. A kit that was set aside for somebody never goes back to the shelf: given to a second
# person, it would tell that both are on one arm.
TRANSITIONS: dict[str, frozenset[str]] = {
    "at_depot": frozenset({"packed", "quarantined", "expired", "damaged", "lost"}),  # damaged: also rejected
    "packed": frozenset({"in_transit", "at_depot", "quarantined", "damaged", "lost", "not_dispensed"}),
    # assigned: an express kit, which its participant alone is given; not_dispensed: one that came too late.
    "in_transit": frozenset({"available", "assigned", "not_dispensed", "damaged", "missing", "quarantined"}),
    "available": frozenset({"assigned", "damaged", "lost", "missing", "quarantined", "expired", "misallocated"})
    | {"destroyed", "sent_back"},  # the whole shelf at once, where nobody is given a kit any more
    "assigned": frozenset({"dispensed", "damaged", "lost", "quarantined", "not_dispensed", "misallocated"}),
    # Damaged at home it stays in their hands until it is brought back. assigned: it never left.
    "dispensed": frozenset({"returned", "lost", "assigned", "misallocated"}),
    "misallocated": frozenset({"returned", "lost"}),
    "not_dispensed": frozenset({"destroyed", "sent_back", "misallocated"}),
    # Back, it may go out again by mistake. returned: its count was corrected.
    "returned": frozenset({"reconciled", "misallocated"}),
    "reconciled": frozenset({"destroyed", "sent_back", "returned", "misallocated"}),
    "quarantined": frozenset({*CLEARED, "damaged", "lost", "missing", "destroyed", "sent_back", "misallocated"}),
    "missing": frozenset({"quarantined", "damaged", "misallocated"}),
    "damaged": frozenset({"destroyed", "sent_back", "misallocated"}),
    # quarantined: found again, kept nobody knows how; back_at_depot: it was not in the box sent back, and came later.
    "lost": frozenset({"returned", "quarantined", "misallocated", "back_at_depot"}),
    "expired": frozenset({"destroyed", "sent_back", "damaged", "lost", "misallocated"}),
    "destroyed": frozenset(),
    "sent_back": frozenset({"back_at_depot", "lost"}),
    "back_at_depot": frozenset({"destroyed"}),
}
AT_HOME = ("dispensed", "misallocated")  # in a participant's hands

_released = _kit.c.lot.in_(select(table_of(Lot).c.code).where(table_of(Lot).c.state == "released"))
ON_SHELF: Select[tuple[str]] = select(_kit.c.number).where(
    _kit.c.site == bindparam("site"), _kit.c.state == "available", _kit.c.expiry >= bindparam("until"), _released
)
AT_DEPOT: Select[tuple[str]] = select(_kit.c.number).where(
    _kit.c.site.is_(None), _kit.c.state == "at_depot", _kit.c.expiry >= bindparam("until"), _released
)
IN_LOT: Select[tuple[str]] = AT_DEPOT.where(_kit.c.lot == bindparam("lot"))
_overdue = (
    select(_line.c.kit)
    .join(_box, _box.c.id == _line.c.shipment)
    .where(_line.c.after == "packed", _box.c.overdue_at.is_not(None), _box.c.received_at.is_(None))
    .where(_box.c.cancelled_at.is_(None))
)
FOR_A_SITE: Select[tuple[str]] = select(_kit.c.number).where(  # on its shelf or ordered for it, and nobody's yet
    _kit.c.site == bindparam("site"),
    or_(_kit.c.state == "available", _kit.c.state == "packed", _kit.c.state == "in_transit"),
    _kit.c.number.not_in(select(table_of(Express).c.kit)),
    _kit.c.number.not_in(_overdue),
    _kit.c.expiry >= bindparam("lasting"),
    _released,
)


def lock_shelf(act: Act, site: str) -> Row[Any]:
    """Lock a site's shelf: whoever takes kits there, takes them one after another."""
    return act.find(Shelf, site=site)


def find_sent(act: Act, number: str, *, lock: bool = True) -> Row[Any]:
    """A kit that was sent to a site, by the number that somebody there names.

    One that never left the depot is not found, in the same words as a number that is nowhere: its state would tell in
    which box it lies, and what is decided of its lot. Refused: not_found.
    """
    found = act.rows(Kit, number=number, lock=lock)
    if not found or found[0].site is None or found[0].state == "packed":
        act.refuse("not_found", what="kit")
    act.about(site=found[0].site)
    return found[0]


def move(
    act: Act,
    kit: Row[Any],
    after: str,
    *,
    site: str | None,
    participant: str | None = None,
    shipment: str | None = None,
) -> None:
    """Move a kit that was found to its next state and place, and write the line.

    Two who take the same kit: the second loses the race, whatever either had read. A move that the life of a kit does
    not know is a mistake in the code.
    """
    assert after in TRANSITIONS[kit.state], f"a kit does not go from {kit.state} to {after}"
    line = kit.moves + 1
    act.change(Kit, kit, state=after, site=site, participant=participant, moves=line)
    act.add(
        Movement,
        kit=kit.number,
        line=line,
        before=kit.state,
        after=after,
        site=site,
        participant=participant,
        shipment=shipment,
        moved_at=act.now,
        moved_by=act.actor.account,
    )
