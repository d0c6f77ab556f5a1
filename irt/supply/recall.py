"""A recall: every kit of a lot, or one kit, and where it is. All types alike, for nothing here knows one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from irt.db import reads_everywhere
from irt.participants.tables import Participant
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Kit, Movement

Place = Literal["in_transit", "shelf", "home", "gone"]
GONE = ("destroyed", "sent_back", "back_at_depot", "lost", "missing")
ORDER: tuple[Place, ...] = ("home", "shelf", "in_transit", "gone")  # the most urgent first


@dataclass(frozen=True)
class Found:
    """A kit that has left the depot, and where it is now."""

    site: str
    place: Place
    participant: str  # screening number; empty where nobody holds it
    kit: str
    lot: str
    expiry: date
    state: str
    since: datetime


def place_of(state: str) -> Place:
    """Where a kit in this state is."""
    if state in ("packed", "in_transit"):
        return "in_transit"
    if state in AT_HOME:
        return "home"
    return "gone" if state in GONE else "shelf"


def place_in_trial(kit: Any) -> str:
    """Where a kit is, the depot too: what a lot's totals count. What never came to a site is the depot's, whatever
    became of it: one that was lost or destroyed there may have been in a box that never left, and tells of it."""
    return "depot" if kit.site is None or kit.state == "packed" else place_of(kit.state)


def at_depot(kits: Iterable[Any]) -> int:
    """How many of these kits are the depot's, also in boxes that have not left: their number is all that is told."""
    return sum(place_in_trial(kit) == "depot" for kit in kits)


def recalled(kits: Iterable[Any], moves: Iterable[Any], numbers: Mapping[str, str]) -> list[Found]:
    """Those that are elsewhere, each with the time of its last move, by site, urgency of the place, and number."""
    since: dict[str, datetime] = {}
    for move in moves:
        since[move.kit] = max(since.get(move.kit, move.moved_at), move.moved_at)
    found = [
        Found(
            kit.site or "",
            place_of(kit.state),
            numbers.get(kit.participant or "", ""),
            kit.number,
            kit.lot,
            kit.expiry,
            kit.state,
            since[kit.number],
        )
        for kit in kits
        if place_in_trial(kit) != "depot" and kit.number in since
    ]
    return sorted(found, key=lambda one: (one.site, ORDER.index(one.place), one.participant, one.kit))


def search(session: Session, wanted: str) -> tuple[list[Found], int]:
    """Kits of the lot, or with the number, within the reader's sites; and how many of them are the depot's.

    That is counted for those who read every site: among the kits of some sites, whoever asks number by number would
    see which are in boxes for them that have not left.
    """
    asked = or_(Kit.lot == wanted, Kit.number == wanted)
    kits = list(session.scalars(select(Kit).where(asked).order_by(Kit.number)))
    moves = session.scalars(select(Movement).where(Movement.kit.in_(select(Kit.number).where(asked))))
    who = {kit.participant for kit in kits if kit.participant}
    people = session.scalars(select(Participant).where(Participant.id.in_(who)))
    found = recalled(kits, moves, {row.id: row.screening_number for row in people})
    return found, at_depot(kits) if reads_everywhere(session) else 0
