"""Kits that quality is to decide on: put into quarantine together, freed together, rejected together.

There is no choice kit by kit: the types of one entry could be judged apart otherwise. A kit stays as long as any entry
holds it.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from irt.entropy import below, new_id
from irt.gate.act import Act
from irt.supply import ledger
from irt.supply.tables import Express, Kit, Lot, Quarantine, QuarantinedKit

BACK_TO = {  # the state in which a kit is put into quarantine → where it goes when it is released
    "available": "available",
    "in_transit": "available",
    "missing": "available",
    "at_depot": "at_depot",
    "packed": "at_depot",
    "assigned": "not_dispensed",  # it was meant for somebody: it never goes to another
}


def open_entry(act: Act, kind: str, told: str, **facts: Any) -> Row[Any]:
    """A new entry that waits for quality; `facts` are further columns. It holds no kit yet."""
    entry = new_id(act.entropy)
    act.add(
        Quarantine,
        id=entry,
        number=f"Q{below(act.entropy, 10**7):07d}",
        kind=kind,
        told=told,
        state="open",
        reported_by=act.actor.account,
        reported_at=act.now,
        **facts,
    )
    return act.find(Quarantine, id=entry)


def put(act: Act, entry: Row[Any], number: str, *, shipment: str | None = None) -> None:
    """Put one more kit under an open entry, whatever else holds it; nobody is given it from now on."""
    kit = act.find(Kit, number=number)
    site, line = (None if kit.state == "packed" else kit.site), kit.moves
    if kit.state != "quarantined":
        ledger.move(act, kit, "quarantined", site=site, shipment=shipment)
        line += 1
    act.add(
        QuarantinedKit,
        quarantine=entry.id,
        kit=number,
        line=line,
        site=site,
        before=kit.state,
        back_to=_back_to(act, kit),
    )


def _back_to(act: Act, kit: Row[Any]) -> str:
    if kit.state == "quarantined":  # as what holds it says; a box that was found again stays for good
        standing = [row.back_to for row in act.rows(QuarantinedKit, kit=kit.number) if row.line == kit.moves]
        return str(standing[0]) if standing else "quarantined"
    if act.rows(Express, kit=kit.number):
        return "not_dispensed"
    return BACK_TO[kit.state]


def require_decided(act: Act, kits: Iterable[Row[Any]]) -> None:
    """Quality decides before a kit goes. Refused: kits_in_quarantine (open entries hold some; both are named)."""
    found: dict[str, set[str]] = {kit.number: _held_by(act, kit) for kit in kits if kit.state == "quarantined"}
    if held := sorted(number for number, entries in found.items() if entries):
        act.refuse("kits_in_quarantine", kits=held, entries=sorted(set[str]().union(*found.values())))


def _held_by(act: Act, kit: Row[Any]) -> set[str]:
    rows = [row for row in act.rows(QuarantinedKit, kit=kit.number) if row.line == kit.moves]
    entries = [act.find(Quarantine, id=row.quarantine, lock=False) for row in rows]
    return {str(entry.number) for entry in entries if entry.state == "open"}


def undecided(session: Session) -> set[str]:
    """The numbers of the kits that open entries hold, for pages, within the reader's sites."""
    states = {row.id: row.state for row in session.scalars(select(Quarantine))}
    lots = {lot.code for lot in session.scalars(select(Lot).filter_by(state="held"))}
    standing = select(QuarantinedKit, Kit).where(
        QuarantinedKit.kit == Kit.number, QuarantinedKit.line == Kit.moves, Kit.state == "quarantined"
    )
    # The entry of a lot is of no site, and not seen from one: it is open while the lot is on hold.
    return {
        kit.number
        for row, kit in session.execute(standing)
        if (states[row.quarantine] == "open" if row.quarantine in states else kit.lot in lots)
    }


def release_kits(act: Act, entry: Row[Any]) -> list[str]:
    """Free every kit of an entry that is decided by now, but those that another holds, or that moved since.

    Answers the sites whose shelves may have more kits now, sorted.
    """
    return _leave(act, [(row.kit, row.back_to) for row in _standing(act, entry) if not _held(act, row)])


def reject_kits(act: Act, entry: Row[Any]) -> None:
    """Give up every kit of an entry, whatever else holds it."""
    _leave(act, [(row.kit, "damaged") for row in _standing(act, entry)])


def _standing(act: Act, entry: Row[Any]) -> list[Row[Any]]:
    held = act.rows(QuarantinedKit, quarantine=entry.id)
    return [row for row in held if act.find(Kit, number=row.kit).moves == row.line]


def _held(act: Act, row: Row[Any]) -> bool:
    others = [one for one in act.rows(QuarantinedKit, kit=row.kit) if one.quarantine != row.quarantine]
    states = [act.find(Quarantine, id=one.quarantine, lock=False).state for one in others if one.line == row.line]
    return "open" in states


def _leave(act: Act, going: list[tuple[str, str]]) -> list[str]:
    sites = set()
    for number, after in going:
        kit = act.find(Kit, number=number)
        if after != kit.state:
            ledger.move(act, kit, after, site=kit.site)
            sites.add(kit.site)
    return sorted(sites - {None})


def lot_entry(act: Act, lot: str) -> Row[Any] | None:
    """The open entry of a lot on hold; None for another."""
    return next(iter(act.rows(Quarantine, lot=lot, state="open")), None)


def transit_entry(act: Act, shipment: str) -> Row[Any] | None:
    """The open entry of a box: its logger showed an excursion or was not read, or a kit was found again; else None."""
    return next(iter(act.rows(Quarantine, shipment=shipment, state="open")), None)


def decide(act: Act, entry: Row[Any], state: str, reason: str) -> Row[Any]:
    """Write the decision on an open entry; its kits follow."""
    act.change(
        Quarantine, entry, state=state, decision=reason, decided_by=act.actor.account, decided_at=act.now,
        signature=act.signature,
    )  # fmt: skip
    return act.find(Quarantine, id=entry.id)
