"""The pharmacy's books: the accountability log, kit by kit, and the inventory log, move by move.

Pure assembling of rows that somebody else read, within their sites; nothing in them tells a kit's type.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields
from datetime import date, datetime
from functools import cached_property
from typing import Any

from irt.clock import local_day
from irt.dispensing.agreement import unaccounted
from irt.dispensing.tables import Discrepancy, KitReturn, Mishap, PassedOn
from irt.gate.keys import digest_of
from irt.participants.tables import Participant
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Assignment, Kit, Movement

Rows = Callable[..., Sequence[Any]]
"""Reads all rows of a table with these values: `act.rows`, or a reading session's."""

ON_THE_WAY = ("packed", "in_transit")  # named for the site, and not there yet
COUNTED = ("received", "available", "set_aside", "with_participants", "returned", "unusable", "gone")
STANDS_AS = {  # what the running totals call a state
    "available": "available",
    "assigned": "set_aside",
    "not_dispensed": "set_aside",
    **dict.fromkeys(AT_HOME, "with_participants"),
    "returned": "returned",
    "reconciled": "returned",
    **dict.fromkeys(("damaged", "quarantined", "expired", "missing", "lost"), "unusable"),
    "destroyed": "gone",
    "sent_back": "gone",
    "back_at_depot": "gone",
}
PASSED_ON = "passed_on"  # the state of a line whose kit was handed to a participant of another site


@dataclass(frozen=True)
class Ledger:
    """The rows that the books of one site are made of."""

    site: str
    zone: str
    movements: Sequence[Any]
    kits: Mapping[str, Any]  # of those that came, all that are still in this site's books
    assignments: Sequence[Any] = ()
    counts: Sequence[Any] = ()
    discrepancies: Sequence[Any] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)  # participant → screening number; of guests, from the card
    visits: Mapping[str, str] = field(default_factory=dict)  # kit → visit, of kits that were set aside for guests
    passed: Sequence[Any] = ()  # kits that were handed to guests: in the books of their own sites since

    def day(self, instant: datetime | None) -> date | None:
        """The day of an instant at the site."""
        return None if instant is None else local_day(instant, self.zone)

    @cached_property
    def lives(self) -> dict[str, list[Any]]:
        """For each kit that was ever at the site, its moves there in order, the one by which it was passed on too."""
        found: dict[str, list[Any]] = defaultdict(list)
        for move in sorted(self.movements, key=lambda move: (move.kit, move.line)):
            if move.site == self.site and move.after not in ON_THE_WAY:
                found[move.kit].append(move)
        for one in self.passed:
            if before := found.get(one.kit):
                found[one.kit].append(_handed_over(one, before[-1]))
        return dict(found)


@dataclass(frozen=True)
class _Move:
    """A line of the ledger, as the books of the site say it where the ledger's own stands in another's."""

    kit: str
    line: int
    before: str
    after: str
    participant: str
    moved_at: datetime
    moved_by: str


def _handed_over(passed: Any, last: Any) -> _Move:
    at, by = passed.passed_at, passed.passed_by
    return _Move(passed.kit, last.line + 1, last.after, "dispensed", last.participant, at, by)


@dataclass(frozen=True)
class KitLine:
    """One line of the accountability log: a kit that was ever at the site, and what became of its vials.

    `unaccounted` is what the count leaves open (negative: more came back than went out); None while nothing was
    counted, for a count that is missing is not a zero.
    """

    site: str
    participant: str
    kit: str
    lot: str
    expiry: date
    visit: str
    vials: int
    assigned_on: date | None
    handed_over_on: date | None
    returned_on: date | None
    unused: int | None
    used: int | None
    broken: int | None
    lost: int | None
    unaccounted: int | None
    state: str
    discrepancy: str  # none, open, resolved

    @property
    def key(self) -> str:
        """What a signature calls the line by."""
        return self.kit

    @property
    def digest(self) -> str:
        """The SHA-256 of the line's canonical text: what a monitor's signature is bound to."""
        return digest_of(list(astuple(self)))


KIT_COLUMNS = tuple(one.name for one in fields(KitLine))


@dataclass(frozen=True)
class MoveLine:
    """One line of the inventory log, with the totals of the site after it."""

    site: str
    moved_at: datetime
    kit: str
    number: int  # of the move in the life of the kit at the site: not in its ledger, where boxes that never left count
    before: str
    after: str
    participant: str
    moved_by: str  # an account
    totals: Mapping[str, int]

    @property
    def key(self) -> str:
        """What a signature calls the line by."""
        return f"{self.kit}/{self.number}"

    @property
    def digest(self) -> str:
        """The SHA-256 of the move itself; the totals follow from all moves up to it."""
        return digest_of([getattr(self, one.name) for one in fields(self) if one.name != "totals"])


def gather(rows: Rows, site: str, zone: str) -> Ledger:
    """The rows of one site's books. `rows` reads within whoever's sites; the zone is the site's.

    Only rows of the site: what its own people read is what a monitor reads and signs.
    """
    told = sorted(rows(Mishap, site=site), key=lambda row: row.reported_at)
    cards = {row.participant: row.card.split(" · ")[0] for row in told if row.card}
    guests = [row for row in told if row.participant in cards]
    return Ledger(
        site,
        zone,
        rows(Movement, site=site),
        {kit.number: kit for kit in rows(Kit, site=site) if kit.state not in ON_THE_WAY},
        rows(Assignment, site=site),
        rows(KitReturn, site=site),
        rows(Discrepancy, site=site),
        cards | {row.id: row.screening_number for row in rows(Participant, site=site)},
        {kit: row.visit for row in guests for kit in (row.kit, row.replacement_kit) if kit and row.visit},
        rows(PassedOn, site=site),
    )


def accountability(ledger: Ledger) -> list[KitLine]:
    """One line for each kit, those of a participant together and in the order of their days, the others behind."""
    given = {row.kit: row for row in ledger.assignments}
    counts = {row.kit: row for row in sorted(ledger.counts, key=lambda row: row.revision)}
    queries: dict[str, set[str]] = defaultdict(set)
    for row in ledger.discrepancies:
        if row.kind == "vials":  # the column is about this line's own numbers
            queries[row.kit].add(row.state)
    lines = [
        _kit_line(ledger, kit, given.get(kit.number), counts.get(kit.number), queries.get(kit.number, set()))
        for kit in ledger.kits.values()
    ]
    lines += [_passed_line(ledger, one) for one in ledger.passed if one.kit not in ledger.kits]
    return sorted(lines, key=lambda one: (not one.participant, one.participant, str(one.assigned_on), one.kit))


def _kit_line(ledger: Ledger, kit: Any, given: Any, count: Any, queries: set[str]) -> KitLine:
    moves = ledger.lives.get(kit.number, [])
    return KitLine(
        ledger.site,
        ledger.numbers.get(kit.participant, "") if kit.participant else _holder(ledger, moves),
        kit.number,
        kit.lot,
        kit.expiry,
        given.visit if given else ledger.visits.get(kit.number, ""),
        kit.vials,
        ledger.day(_last(moves, ("assigned",)) or (given.assigned_at if given else None)),
        ledger.day(_last(moves, AT_HOME)),
        count.returned_on if count else None,
        count.unused if count else None,
        count.used if count else None,
        count.broken if count else None,
        count.lost if count else None,
        unaccounted(kit, count) if count else None,
        kit.state,
        "open" if "open" in queries else "resolved" if queries else "none",
    )


def _passed_line(ledger: Ledger, one: Any) -> KitLine:
    """A kit that was received here and handed to a participant of another site, where its vials are counted."""
    moves = ledger.lives.get(one.kit, [])
    return KitLine(
        ledger.site,
        _holder(ledger, moves),
        one.kit,
        one.lot,
        one.expiry,
        ledger.visits.get(one.kit, ""),
        one.vials,
        ledger.day(_last(moves, ("assigned",))),
        ledger.day(one.passed_at),
        *(None,) * 6,
        PASSED_ON,
        "none",
    )


def _holder(ledger: Ledger, moves: Sequence[Any]) -> str:
    """The number of whoever a kit was moved to last."""
    last = next((move.participant for move in reversed(moves) if move.participant), None)
    return ledger.numbers.get(last or "", "")


def _last(moves: Iterable[Any], after: Sequence[str]) -> datetime | None:
    return max((move.moved_at for move in moves if move.after in after), default=None)


def inventory(ledger: Ledger) -> list[MoveLine]:
    """Every move at the site in order of time, with running totals: how many, never of what.

    A kit that was given to a participant of another site is in that site's books from then on: here it is gone with its
    hand-over.
    """
    standing: dict[str, str] = {}
    received: set[str] = set()
    lines = []
    moves = ((number, move) for life in ledger.lives.values() for number, move in enumerate(life, 1))
    for number, move in sorted(moves, key=lambda one: (one[1].moved_at, one[1].kit, one[0])):
        left = move.kit not in ledger.kits and move is ledger.lives[move.kit][-1]
        standing[move.kit] = "gone" if left else STANDS_AS.get(move.after, "gone")
        received |= {move.kit} if move.after != "missing" else set()
        totals = Counter(standing.values()) | Counter(received=len(received))
        lines.append(
            MoveLine(
                ledger.site,
                move.moved_at,
                move.kit,
                number,
                move.before,
                move.after,
                ledger.numbers.get(move.participant or "", ""),
                move.moved_by,
                {name: totals[name] for name in COUNTED},
            )
        )
    return lines
