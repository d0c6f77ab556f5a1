"""Rows that came in many at once: the audit trail holds their digests, and names a row through its own."""

import base64
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Table

from irt.assurance.findings import Findings
from irt.assurance.stored import Row, audited_form
from irt.gate.keys import Keys
from irt.gate.rows import row_text

SIZE = 16  # bytes of one row's digest


@dataclass(frozen=True)
class Bulk:
    """What entry `seq` says of the rows of `table` whose column `column` holds `value`."""

    seq: int
    table: str
    column: str
    value: Any
    count: int
    digest: str
    digests: tuple[bytes, ...] | None  # of each row in key order; None: too many rows to keep them

    @property
    def batch(self) -> str:
        """What its rows share."""
        return f"{self.column}={self.value}"

    @classmethod
    def read(cls, seq: int, table: Table, batch: Mapping[str, Any], new: Mapping[str, Any]) -> "Bulk":
        """From the audit trail."""
        ((column, value),) = batch.items()
        digests = None
        if "rows" in new:
            joined = base64.b64decode(new["rows"])
            digests = tuple(joined[start : start + SIZE] for start in range(0, len(joined), SIZE))
        return cls(seq, table.name, column, value, new["count"], new["digest"], digests)


class Bulks:
    """Takes the stored rows that came in by bulk, later changes undone, and compares each batch at the end."""

    def __init__(self, findings: Findings, keys: Keys) -> None:
        self._findings, self._keys = findings, keys
        self._expected: dict[str, list[Bulk]] = defaultdict(list)
        self._there: dict[tuple[str, str], list[tuple[str, bytes]]] = defaultdict(list)

    def expect(self, bulk: Bulk) -> None:
        """A batch that the audit trail has."""
        self._expected[bulk.table].append(bulk)

    def cover(self, table: str) -> bool:
        """Whether rows of a table came in by bulk."""
        return table in self._expected

    def take(self, table: Table, key: str, row: Row) -> None:
        """A stored row that no entry added alone."""
        for bulk in self._expected.get(table.name, ()):
            if row[bulk.column] == bulk.value:
                text = row_text(audited_form(table, row), [column.name for column in table.columns])
                self._there[table.name, bulk.batch].append((key, self._keys.row_digest(text)))
                return
        self._findings.add(table.name, key, "no row: no act made it", "a row")

    def close(self) -> None:
        """Compare every batch."""
        for bulks in self._expected.values():
            for bulk in bulks:
                self._compare(bulk, sorted(self._there[bulk.table, bulk.batch]))

    def _compare(self, bulk: Bulk, there: list[tuple[str, bytes]]) -> None:
        if sha256(b"".join(digest for _, digest in there)).hexdigest() == bulk.digest and len(there) == bulk.count:
            return
        taken_in = f"as entry {bulk.seq} of the audit trail took it in"
        if bulk.digests is None:
            found = f"{len(there)} rows, some changed"
            self._findings.add(bulk.table, bulk.batch, f"{bulk.count} rows {taken_in}", found)
            return
        known, present = Counter(bulk.digests), Counter(digest for _, digest in there)
        for key, digest in there:
            if not known[digest]:
                self._findings.add(bulk.table, key, f"the row {taken_in}", "a row that was changed or added")
        if len(there) < bulk.count:
            for place in self._gaps(bulk.digests, present, there):
                self._findings.add(bulk.table, place, f"a row {taken_in}", "none")

    def _gaps(self, known: tuple[bytes, ...], present: Counter[bytes], there: list[tuple[str, bytes]]) -> list[str]:
        """Where rows are missing, told by their neighbours: the digest of a deleted row does not tell its key."""
        key_of = {digest: key for key, digest in there}
        places, before = [], "the first"
        for number, digest in enumerate(known):
            if present[digest]:
                before = key_of[digest]
            else:
                after = next((key_of[later] for later in known[number + 1 :] if present[later]), "the last")
                places.append(f"between {before} and {after}")
        return places
