"""A manifest's file as a table of texts: CSV (UTF-8 or GB 18030) or XLSX, in memory, within limits."""

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime

import openpyxl

MOST_BYTES = 5_000_000
MOST_UNPACKED_BYTES = 60_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 20


class FileMistake(Exception):  # noqa: N818 -- named for what it says, as all refusals here
    """The file as a whole cannot be read; `remedy` says what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.remedy = remedy


@dataclass(frozen=True)
class Cell:
    """One cell's text, without blanks around it; a formula is marked and never evaluated."""

    text: str
    formula: bool = False


def read_table(data: bytes, filename: str) -> list[tuple[int, list[Cell]]]:
    """Return the file's rows that hold anything as (row number as a spreadsheet counts it, cells).

    Raises `FileMistake` for an unknown kind, a broken file, or one over the limits above (a small archive can unpack
    to any size).
    """
    if len(data) > MOST_BYTES:
        raise FileMistake(f"is larger than {MOST_BYTES} bytes", "split it into several manifests")
    kind = filename.rpartition(".")[2].lower()
    if kind == "csv":
        rows = _read_csv(data)
    elif kind == "xlsx":
        rows = _read_xlsx(data)
    else:
        raise FileMistake("is neither .csv nor .xlsx", "save it as one of these")
    # Trailing empty cells are spreadsheet dust.
    kept = [(number, _trim(cells)) for number, cells in enumerate(rows, 1)]
    return [(number, cells) for number, cells in kept if cells]


def _trim(cells: list[Cell]) -> list[Cell]:
    while cells and not cells[-1].text and not cells[-1].formula:
        cells = cells[:-1]
    return cells


def _read_csv(data: bytes) -> list[list[Cell]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise FileMistake("is neither UTF-8 nor GB 18030 text", "save it as CSV UTF-8")
    if "\0" in text:
        raise FileMistake("holds binary data", "save it as CSV UTF-8")
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    rows: list[list[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            _check_size(len(rows) + 1, len(row))
            rows.append([_csv_cell(value.strip()) for value in row])
    except csv.Error as failure:
        raise FileMistake(f"is no CSV: {failure}", "save it anew as CSV UTF-8") from None
    return rows


def _csv_cell(value: str) -> Cell:
    # A spreadsheet would run what starts so; no column of a manifest needs it.
    return Cell(value, formula=value[:1] in ("=", "+", "-", "@") and len(value) > 1)


def _read_xlsx(data: bytes) -> list[list[Cell]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise FileMistake(f"unpacks to more than {MOST_UNPACKED_BYTES} bytes", "split it, remove pictures")
        # With data_only=True a formula would show the value it had when last saved, and pass for one.
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            if len(book.worksheets) != 1:
                raise FileMistake(f"has {len(book.worksheets)} sheets", "keep the sheet of the kits only")
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says about its own size is not to be relied on
            rows: list[list[Cell]] = []
            for row in sheet.iter_rows():
                _check_size(len(rows) + 1, len(_trim(cells := [_xlsx_cell(cell) for cell in row])))
                rows.append(cells)
            return rows
        finally:
            book.close()
    except FileMistake:
        raise
    except Exception:  # openpyxl raises what its many parsers raise
        raise FileMistake("is no XLSX that can be read", "save it anew as XLSX or as CSV UTF-8") from None


def _xlsx_cell(cell: object) -> Cell:
    value: object = getattr(cell, "value", None)
    if getattr(cell, "data_type", "n") == "f" or (isinstance(value, str) and _csv_cell(value.strip()).formula):
        return Cell("", formula=True)
    if value is None:
        return Cell("")
    if isinstance(value, datetime):
        # A time of day makes it no date, which the parser then says.
        return Cell(value.date().isoformat() if not any(value.timetuple()[3:6]) else value.isoformat())
    if isinstance(value, date):
        return Cell(value.isoformat())
    if isinstance(value, float) and value.is_integer():
        return Cell(str(int(value)))
    return Cell(str(value).strip())


def _check_size(row: int, columns: int) -> None:
    if row > MOST_ROWS:
        raise FileMistake(f"has more than {MOST_ROWS} rows", "split it into several manifests")
    if columns > MOST_COLUMNS:
        raise FileMistake(f"has more than {MOST_COLUMNS} columns in row {row}", "keep the columns of the manifest only")
