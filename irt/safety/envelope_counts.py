"""Who is due an envelope, which one counts, and what became of all that were issued: pure, for pages, lock and checks.

Rows are anything with the columns as attributes: of an act, of a page, of the lock.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from irt.randomization.tables import Randomization
from irt.safety.envelope_tables import Envelope, EnvelopeExport
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Movement


@dataclass(frozen=True)
class Counts:
    """Of all envelopes: `current` is the newest of each participant, `out` neither came back nor was destroyed."""

    issued: int
    current: int
    superseded: int
    opened: int
    returned: int
    destroyed: int
    out: int


def latest(envelopes: Iterable[Any]) -> dict[str, Any]:
    """The envelope that counts of each participant: the one of the highest serial."""
    found: dict[str, Any] = {}
    for row in envelopes:
        if row.participant not in found or row.serial > found[row.participant].serial:
            found[row.participant] = row
    return found


def misallocations_of(rows: Callable[..., Iterable[Any]]) -> Counter[str]:
    """How many wrong boxes each participant had, whatever was in them: lines of the ledger, not kits.

    `rows(model, column=value)` answers rows, as an act or a page reads them.
    """
    return Counter(row.participant for row in rows(Movement, after="misallocated"))


def due(randomized: Iterable[str], envelopes: Iterable[Any], misallocations: Mapping[str, int]) -> set[str]:
    """Who is to be issued one: randomized without any, or with a wrong box more than when the last was issued.

    Whatever the box held: a rule that asked would tell what was in it.
    """
    last = latest(envelopes)
    return {
        who for who in randomized if who not in last or misallocations.get(who, 0) > last[who].misallocations
    }  # fmt: skip


def written(rows: Callable[..., Iterable[Any]]) -> list[Any]:
    """The envelopes of which both halves were written. Of others a half is missing: the export broke off."""
    exported = {row.opening for row in rows(EnvelopeExport)}
    return [row for row in rows(Envelope) if row.opening in exported]


def due_among(rows: Callable[..., Iterable[Any]]) -> set[str]:
    """As `due`, of all whom `rows` can see, whose envelope was written."""
    return due((row.participant for row in rows(Randomization)), written(rows), misallocations_of(rows))


def due_from(rows: Callable[..., Iterable[Any]]) -> dict[str, datetime]:
    """As `due_among`, with the moment from which on each is due: drawn, or the first wrong box that was not counted."""
    randomized = {row.participant: row.randomized_at for row in rows(Randomization)}
    wrong: dict[str, list[datetime]] = {}
    for row in rows(Movement, after="misallocated"):
        wrong.setdefault(row.participant, []).append(row.moved_at)
    last = latest(written(rows))
    return {
        who: sorted(wrong[who])[last[who].misallocations] if who in last else randomized[who]
        for who in due(randomized, last.values(), {one: len(moments) for one, moments in wrong.items()})
    }  # fmt: skip


def older_among(rows: Callable[..., Iterable[Any]]) -> dict[str, datetime]:
    """Whose newest envelope is older than a kit given since, which it does not name, and when the first such was.

    It still says the arm, and is right until a wrong box makes another due.
    """
    last, since = latest(rows(Envelope)), dict[str, datetime]()
    for row in (row for state in AT_HOME for row in rows(Movement, after=state)):
        if row.participant in last and row.moved_at > last[row.participant].issued_at:
            since[row.participant] = min(row.moved_at, since.get(row.participant, row.moved_at))
    return since


def count(envelopes: Iterable[Any], fates: Iterable[Any]) -> Counts:
    """What became of the envelopes; `out` counts superseded ones too, which still lie somewhere."""
    found = list(envelopes)
    became: dict[str, set[str]] = {row.id: set() for row in found}
    for row in fates:
        became[row.envelope].add(row.kind)
    kinds = Counter(kind for one in became.values() for kind in one)
    current = len(latest(found))
    out = sum(not one & {"returned", "destroyed"} for one in became.values())
    return Counts(
        len(found), current, len(found) - current, kinds["opened"], kinds["returned"], kinds["destroyed"], out
    )  # fmt: skip
