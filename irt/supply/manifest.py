"""The packager's manifest, number to content: read in memory, every bad row listed, nothing taken in by halves.

Only the unmasked supply manager loads it. Messages name a row by its number and the field, never a kit type: a
refusal may reach the audit trail, which masked people read.
"""

import calendar
import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from irt.supply.manifest_file import Cell, FileMistake, read_table
from irt.supply.numbers import valid_kit_number

COLUMNS = ("kit_number", "kit_type", "lot", "expiry", "vials")
OPTIONAL = ("manufacturing_lot",)
LOT_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,31}", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,4}", re.ASCII)


@dataclass(frozen=True)
class ManifestRow:
    """One kit as packed. It prints without its type, lots and number, so that no log joins them."""

    row: int
    kit_number: str = field(repr=False)
    kit_type: str = field(repr=False)
    lot: str = field(repr=False)
    expiry: date = field(repr=False)
    vials: int = field(repr=False)
    manufacturing_lot: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Manifest:
    """A manifest without mistakes, its rows in the file's order."""

    rows: tuple[ManifestRow, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class RowMistake:
    """One mistake: row as a spreadsheet counts it (the heading is row 1; None: the file), field, value, remedy."""

    row: int | None
    field: str
    value: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = "file" if self.row is None else f"row {self.row}"
        return f"{place}, {self.field} {self.value!r}: {self.problem}; {self.remedy}"


def parse_manifest(
    data: bytes,
    filename: str,
    study_kit_types: Collection[str],
    vials: int,
    today: date,
    *,
    do_not_ship_days: int = 0,
) -> Manifest | list[RowMistake]:
    """Return the manifest in `data` (CSV or XLSX by `filename`), or all its mistakes.

    `vials` is what the study's kit holds. A kit is too old when it expires before `today` + `do_not_ship_days`;
    expiry is inclusive, and a month alone means its last day.
    """
    try:
        table = read_table(data, filename)
    except FileMistake as mistake:
        return [RowMistake(None, "file", filename[:80], str(mistake), mistake.remedy)]
    if wrong := _check_heading(table[0][1] if table else []):
        return wrong
    names = [_name(cell) for cell in table[0][1]]
    reader = _RowReader(study_kit_types, vials, today + timedelta(days=do_not_ship_days))
    rows = [
        reader.read(number, dict(zip(names, cells + [Cell("")] * (len(names) - len(cells)), strict=False)), len(cells))
        for number, cells in table[1:]
    ]
    mistakes = reader.mistakes + _check_duplicates(reader.seen) + _check_lots([row for row in rows if row is not None])
    if len(table) < 2:
        mistakes.append(RowMistake(None, "file", filename[:80], "holds no kit", "give one row per kit"))
    if mistakes:
        return sorted(mistakes, key=lambda mistake: (mistake.row or 0, mistake.field))
    return Manifest(tuple(row for row in rows if row is not None))


class _RowReader:
    """Reads rows one by one and gathers their mistakes and the places of their numbers."""

    def __init__(self, kit_types: Collection[str], vials: int, earliest: date) -> None:
        self._kit_types, self._vials, self._earliest = frozenset(kit_types), vials, earliest
        self._width: int | None = None
        self.mistakes: list[RowMistake] = []
        self.seen: defaultdict[str, list[int]] = defaultdict(list)

    def read(self, number: int, cells: dict[str, Cell], width: int) -> ManifestRow | None:
        before = len(self.mistakes)
        if width > len(cells):
            self._wrong(number, "row", "", "has more cells than the heading", "remove what stands beside the table")
        for name, cell in cells.items():
            if cell.formula:
                self._wrong(number, name, "(formula)", "is a formula", "paste the value itself")
        texts = {name: "" if cell.formula else cell.text for name, cell in cells.items()}
        skip = {name for name, cell in cells.items() if cell.formula}
        row = ManifestRow(
            number,
            self._kit_number(number, texts["kit_number"], skip),
            self._kit_type(number, texts["kit_type"], skip),
            self._code(number, "lot", texts["lot"], skip),
            self._expiry(number, texts["expiry"], skip),
            self._count(number, texts["vials"], skip),
            self._code(number, "manufacturing_lot", texts["manufacturing_lot"], skip)
            if texts.get("manufacturing_lot")
            else None,
        )
        return row if len(self.mistakes) == before else None

    def _wrong(self, row: int, name: str, value: str, problem: str, remedy: str) -> None:
        self.mistakes.append(RowMistake(row, name, value[:40], problem, remedy))

    def _kit_number(self, row: int, text: str, skip: set[str]) -> str:
        if "kit_number" in skip:
            return ""
        if not valid_kit_number(text):
            problem = "is no kit number (7 to 10 digits, the last a check digit)"
            self._wrong(row, "kit_number", text, problem, "compare it with the label; `irt kits generate` makes such")
        elif self._width not in (None, len(text)):
            problem = f"has {len(text)} digits, the first number of this manifest {self._width}"
            self._wrong(row, "kit_number", text, problem, "give numbers of one length")
        else:
            self._width = len(text)
        if text:
            self.seen[text].append(row)
        return text

    def _kit_type(self, row: int, text: str, skip: set[str]) -> str:
        if "kit_type" not in skip and text not in self._kit_types:
            self._wrong(row, "kit_type", "(not shown)", "is no kit type of this study", "write it as in study.toml")
        return text

    def _code(self, row: int, name: str, text: str, skip: set[str]) -> str:
        if name not in skip and not LOT_CODE.fullmatch(text):
            remedy = "give 1 to 32 ASCII letters, digits, dots, slashes or hyphens"
            self._wrong(row, name, text, "is no lot code", remedy)
        return text

    def _expiry(self, row: int, text: str, skip: set[str]) -> date:
        if "expiry" in skip:
            return date.max
        found = read_expiry(text)
        if found is None:
            self._wrong(row, "expiry", text, "is no date", "write it as 2027-03-31, or 2027-03 for its last day")
            return date.max
        if found < self._earliest:
            problem = f"expires before {self._earliest.isoformat()}, the earliest that can still be shipped"
            self._wrong(row, "expiry", text, problem, "leave the kit out or correct the date")
        return found

    def _count(self, row: int, text: str, skip: set[str]) -> int:
        if "vials" not in skip and not _WHOLE.fullmatch(text):
            self._wrong(row, "vials", text, "is no whole number", f"write {self._vials}")
        elif "vials" not in skip and int(text) != self._vials:
            problem = f"is not the {self._vials} that a kit of this study holds"
            self._wrong(row, "vials", text, problem, "correct the count or have the kit repacked")
        return self._vials


def read_expiry(text: str) -> date | None:
    """Return the last usable day that an ISO date, or a month alone (its last day), names; None when it names none."""
    found = _DAY.fullmatch(text)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    try:
        return date(year, month, int(found[3]) if found[3] else calendar.monthrange(year, month)[1])
    except ValueError:  # calendar.IllegalMonthError is one
        return None


def _name(cell: Cell) -> str:
    return "_".join(cell.text.lower().split())


def _check_heading(heading: list[Cell]) -> list[RowMistake]:
    names = [_name(cell) for cell in heading]
    order = "the columns are " + ", ".join(COLUMNS) + " and, if wanted, " + ", ".join(OPTIONAL)
    missing = [RowMistake(1, name, "", "column is missing", order) for name in COLUMNS if name not in names]
    unknown = [
        RowMistake(1, "heading", name[:40], "column is unknown", f"remove it; {order}")
        for name in names
        if name not in COLUMNS + OPTIONAL
    ]
    twice = [
        RowMistake(1, name, "", "column stands twice", "remove one of them")
        for name in COLUMNS + OPTIONAL
        if names.count(name) > 1
    ]
    return missing + unknown + twice


def _check_duplicates(seen: dict[str, list[int]]) -> list[RowMistake]:
    return [
        RowMistake(
            row, "kit_number", text[:40], f"stands in row {rows[0]} already", "give each kit a number of its own"
        )
        for text, rows in seen.items()
        for row in rows[1:]
    ]


def _check_lots(rows: list[ManifestRow]) -> list[RowMistake]:
    """A lot has one expiry, that of its first row: held, extended and recalled as one, it tells no types apart."""
    first: dict[str, ManifestRow] = {}
    return [
        RowMistake(
            row.row, "expiry", row.expiry.isoformat(),
            f"lot {row.lot} expires on {first[row.lot].expiry.isoformat()} in row {first[row.lot].row}",
            "give all kits of a lot one expiry, or these a lot code of their own",
        )
        for row in rows
        if first.setdefault(row.lot, row).expiry != row.expiry
    ]  # fmt: skip
