"""The supply manager's door: how many kits of each type and manufacturing lot lay at the depot at a past moment.

It answers counts of what lies at the depot alone, never a kit, a box or a site. Which moment it is
`irt.supply.snapshots` says: from the change of one day's stock to the next somebody could compute what a box holds.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from irt.gate.rows import table_of
from irt.vault import _rows
from irt.vault._seal import disclose
from irt.vault._tables import SealedKit


@dataclass(frozen=True, order=True)
class Pile:
    """Kits of one type, manufacturing lot and blinded lot at the depot."""

    kind: str
    made_in: str  # the manufacturing lot; empty where the manifest named none
    lot: str
    kits: int

    def __repr__(self) -> str:
        return "<pile>"  # never in a log


def piles(connection: Connection, vault: Any, at_depot: Iterable[tuple[str, str]]) -> list[Pile]:
    """Count the kits (number, blinded lot) that lie at the depot, by what the vault knows of them.

    The caller answers for `at_depot`: kits that lay at the depot at that moment. Every seal is opened, that
    of other kits too, so that time tells nothing.
    """
    lots = dict(at_depot)
    found: Counter[tuple[str, str, str]] = Counter()
    for row in connection.execute(select(table_of(SealedKit)).order_by(table_of(SealedKit).c.kit)):
        kind, made_in = disclose(_rows.type_of(vault, row)), disclose(_rows.manufactured_in(vault, row))
        if row.kit in lots:
            found[kind, made_in, lots[row.kit]] += 1
    return sorted(Pile(*key, kits) for key, kits in found.items())
