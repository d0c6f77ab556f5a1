"""The tables as CSV: UTF-8 without byte order mark, lines end in LF, cells quoted as RFC 4180 says; and back."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from irt.lock.contents import TABLES, Row, Rows, Table, Tables
from irt.lock.package.manifest import named

FOLDER = "tables"
_LONGEST_CELL = 64 * 1024**2  # one entry of the audit trail with all its rows


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A header and rows as CSV."""
    return "".join(",".join(map(_quoted, row)) + "\n" for row in (columns, *rows)).encode()


def _quoted(cell: str) -> str:
    """Python's writer leaves a lone carriage return bare, and readers end the line there."""
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in ',"\r\n') else cell


def table_files(tables: Tables, view: str) -> dict[str, bytes]:
    """Every table of the contract as its file, in the order of their numbers."""
    found = {}
    for table in sorted(TABLES.values(), key=lambda one: one.number):
        names = [one.name for one in table.columns]
        content = csv_bytes(names, ([row[name] for name in names] for row in tables[table.name]))
        found[named(f"{FOLDER}/{table.file}", view)] = content
    return found


def tables_of(files: Mapping[str, bytes], view: str) -> tuple[dict[str, tuple[Row, ...]], list[str]]:
    """The tables in a package's files, and which of them are missing or no such CSV; cells are checked elsewhere."""
    found, mistakes = {}, []
    for table in TABLES.values():
        name = named(f"{FOLDER}/{table.file}", view)
        if name not in files:
            mistakes.append(f"{name}: is missing")
            continue
        rows, wrong = _rows_of(files[name], table, name)
        found[table.name] = tuple(rows)
        mistakes += wrong
    return found, mistakes


def _rows_of(content: bytes, table: Table, name: str) -> tuple[Rows, list[str]]:
    try:
        text = content.decode("utf-8")
        csv.field_size_limit(_LONGEST_CELL)
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as fault:
        return (), [f"{name}: is no UTF-8 CSV ({fault})"]
    columns = [one.name for one in table.columns]
    if not lines or lines[0] != columns:
        return (), [f"{name}: its first line is not {','.join(columns)}"]
    wrong = [f"{name}, row {number}: has {len(line)} cells, not {len(columns)}" for number, line in
             enumerate(lines[1:], 1) if len(line) != len(columns)]  # fmt: skip
    if wrong:
        return (), wrong
    return [dict(zip(columns, line, strict=True)) for line in lines[1:]], []
