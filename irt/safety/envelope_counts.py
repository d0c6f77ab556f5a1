"""Who is due an envelope, which one counts, and what became of all that were issued: pure, for pages, lock and checks.

Rows are anything with the columns as attributes: of an act, of a page, of the lock.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from irt.randomization.tables import Randomization
from irt.safety.envelope_tables import Envelope
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


def due_among(rows: Callable[..., Iterable[Any]]) -> set[str]:
    """As `due`, of all whom `rows` can see."""
    return due((row.participant for row in rows(Randomization)), rows(Envelope), misallocations_of(rows))


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
