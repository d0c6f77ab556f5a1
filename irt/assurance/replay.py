"""The audit trail lived through again: what every table kept by acts must hold, built from the entries alone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Table

from irt.assurance.bulks import Bulk, Bulks
from irt.assurance.findings import Findings, Veiled, same
from irt.assurance.stored import Row, cell, key_of, stored_form, table_named
from irt.gate.keys import Keys
from irt.gate.rows import recorded
from irt.gate.state import FIRST_STATE

ORDERED = frozenset({"movement", "lot_decision", "quarantine", "quarantined_kit"})  # whose order is asked for
Open = Callable[[str, str], str]  # (sealed text, place it is bound to) → what was sealed


@dataclass(slots=True)
class Expected:
    """A row as the entries leave it. A row of a bulk is known only in the columns that were changed since."""

    values: Row
    whole: bool
    original: Row = field(default_factory=dict)  # of a bulk's row: the changed columns as they were taken in
    seen: bool = False


class Replay:
    """Takes the changes of each entry in order, then the rows of each table."""

    def __init__(self, findings: Findings, keys: Keys, open_sealed: Open) -> None:
        self._findings, self._keys, self._open = findings, keys, open_sealed
        first = Expected(dict(recorded(FIRST_STATE)), whole=True)
        self._tables: dict[str, dict[str, Expected]] = {"study": {"1": first}}
        self.bulks = Bulks(findings, keys)
        self._line = 0  # of the whole trail: one for each row that was added or changed
        self._last: dict[tuple[str, str], int] = {}

    # -- forward through the entries ----------------------------------------------------------------------------

    def take(self, seq: int, changes: Iterable[list[Any]]) -> None:
        """The changes of entry `seq`: [table, key, old, new] each; of a bulk [table, batch, "bulk", digests]."""
        for name, key, old, new in changes:
            table = table_named(name)
            self._line += 1
            if name in ORDERED and old != "bulk":
                self._last[name, key] = self._line
            if old == "bulk":
                self.bulks.expect(Bulk.read(seq, table, key, new))
            elif old is None:
                self._add(seq, table, key, new)
            else:
                self._change(seq, table, key, old, new)

    def place_of(self, table: str, key: str) -> int | None:
        """Where in the trail a row of an ORDERED table was last written; None for one that the trail does not know.

        Acts that wait for one another's rows come in the order in which they were done, whatever the times say that
        they began at.
        """
        return self._last.get((table, key))

    def _add(self, seq: int, table: Table, key: str, new: Mapping[str, Any]) -> None:
        held = self._tables.setdefault(table.name, {})
        if key in held:
            self._findings.add("audit", seq, f"no second adding of {table.name} {key}", "one")
        held[key] = Expected(self._values(table, key, new), whole=True)

    def _change(self, seq: int, table: Table, key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        held = self._tables.setdefault(table.name, {})
        if key not in held:
            if not self.bulks.cover(table.name):
                self._findings.add("audit", seq, f"a change to a row of {table.name} that was added", key)
            held[key] = Expected({}, whole=False)
        row = held[key]
        for name, before in self._values(table, key, old).items():
            if name not in row.values and not row.whole:
                row.original[name] = before
            elif not same(row.values.get(name), before):
                expected = cell(table.c[name], row.values.get(name))
                self._findings.add("audit", seq, f"{table.name} {key}, old {expected}", cell(table.c[name], before))
        row.values |= self._values(table, key, new)

    def _values(self, table: Table, key: str, audited: Mapping[str, Any]) -> Row:
        return {name: self._value(table.c[name], key, value) for name, value in audited.items()}

    def _value(self, column: Column[Any], key: str, audited: Any) -> Any:
        place = f"audit|{column.table.name}/{key}/{column.name}"
        if audited is None:
            return None
        if "unmasking" in column.info:
            return self._veil(self._open(audited["sealed"], place))
        if "secret" in column.info:
            return Veiled(audited["digest"])
        return stored_form(column, audited)

    def _veil(self, text: str) -> Veiled:
        return Veiled(self._keys.digest("verify", text))

    # -- against the rows that are there ------------------------------------------------------------------------

    def compare(self, table: Table, rows: Iterable[Row]) -> None:
        """Hold the stored rows of one table against what the entries leave, both ways; a bulk's rows go to `bulks`."""
        held = self._tables.get(table.name, {})
        for row in rows:
            key = key_of(table, row)
            expected = held.get(key)
            if expected is not None:
                expected.seen = True
                self._compare_row(table, key, expected, row)
            if expected is None or not expected.whole:
                self.bulks.take(table, key, {**row, **(expected.original if expected else {})})
        for key, expected in held.items():
            if not expected.seen:
                self._findings.add(table.name, key, "the row that the audit trail has", "none")

    def _compare_row(self, table: Table, key: str, expected: Expected, row: Row) -> None:
        for name, value in expected.values.items():
            column = table.c[name]
            there = self._there(column, key, row[name])
            if not same(value, there):
                self._findings.add(table.name, key, cell(column, value), cell(column, there))

    def _there(self, column: Column[Any], key: str, value: Any) -> Any:
        if value is None:
            return None
        if "unmasking" in column.info:
            return self._veil(str(value))
        if "secret" in column.info:
            return Veiled(self._keys.digest(f"audit|{column.table.name}/{key}/{column.name}", str(value)))
        return value
