"""Logs and lists: a table over as many pages as it needs, and the same as CSV."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from irt.paper.letters import wrap
from irt.paper.sheet import MARGIN, Align, Sheet, baseline, leading

Cell = str | int | float | Decimal | date | None

SIZE = 7.5
PAD = 1.2
PLAIN_NUMBER = re.compile(r"-?[0-9]+([.][0-9]+)?")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Column:
    """A column: its label, its width relative to the others, and where its cells stand."""

    label: str
    share: float = 1.0
    align: Align = "left"


@dataclass(frozen=True)
class _Piece:
    """As much of a row as stands on one page: for each column its lines."""

    cells: list[list[str]]

    @property
    def lines(self) -> int:
        return max((len(cell) for cell in self.cells), default=1)

    @property
    def height(self) -> float:
        return self.lines * leading(SIZE) + 2 * PAD


def table_pdf(
    title: str,
    subtitles: Sequence[str],
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    footer: str,
    pages: str,
    made_at: datetime,
    if_empty: str = "",
    landscape: bool = True,
) -> bytes:
    """A table as PDF on A4: its header on every page, long cells wrapped, and not a letter of a cell left out.

    `pages` is the reader's "page {page} of {pages}"; `if_empty` stands in place of rows where there are none. A row
    higher than a page goes on at the next. `made_at` (with offset) is the document's only time. Each row has one cell
    per column, else ValueError.
    """
    sheet = Sheet(title, made_at, landscape=landscape)
    widths = _widths(columns, sheet.width - 2 * MARGIN)
    head = _wrapped([column.label for column in columns], widths)
    body = [_wrapped(row, widths) for row in rows]
    sheet.page()
    y = _title(sheet, title, subtitles)
    y = _head(sheet, y, head, columns, widths)
    bottom = sheet.height - MARGIN - 1
    whole = bottom - MARGIN - head.height
    for row in body:
        for piece in _split(row, bottom - y, whole):
            if y + piece.height > bottom:
                sheet.page()
                y = _head(sheet, MARGIN, head, columns, widths)
            y = _row(sheet, y, piece, columns, widths)
    if not rows and if_empty:
        sheet.write(MARGIN + PAD, y + PAD + baseline(SIZE), if_empty, SIZE)
    sheet.foot(footer, pages)
    return sheet.bytes()


def table_csv(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> bytes:
    """The same table as CSV (RFC 4180), UTF-8 with a byte order mark, for which Excel in China asks.

    A cell that a spreadsheet would run as a formula gets a leading apostrophe; a plain number, -3 too, stays as it is.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(column.label) for column in columns])
    for row in rows:
        if len(row) != len(columns):
            raise ValueError("a row needs one cell per column")
        writer.writerow([harmless(cell) if isinstance(cell, str) else said(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def harmless(cell: str) -> str:
    """The cell as a spreadsheet shows it and does not run it."""
    return "'" + cell if cell.lstrip(" ").startswith(FORMULA) and not PLAIN_NUMBER.fullmatch(cell) else cell


def said(cell: Cell) -> str:
    """A cell as text: days as 2026-03-01, None as nothing."""
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _widths(columns: Sequence[Column], room: float) -> list[float]:
    whole = sum(column.share for column in columns)
    return [room * column.share / whole for column in columns]


def _wrapped(row: Sequence[Cell], widths: list[float]) -> _Piece:
    if len(row) != len(widths):
        raise ValueError("a row needs one cell per column")
    return _Piece([wrap(said(cell), wide - 2 * PAD, SIZE) for cell, wide in zip(row, widths, strict=True)])


def _split(row: _Piece, left: float, whole: float) -> Iterator[_Piece]:
    """The row in pieces: one where it fits on a page, else as much as is left here and then page by page."""
    room = left
    while row.height > whole and row.lines > 1:
        lines = int((room - 2 * PAD) / leading(SIZE))
        if lines < 1:
            lines = max(1, int((whole - 2 * PAD) / leading(SIZE)))
        yield _Piece([cell[:lines] for cell in row.cells])
        row = _Piece([cell[lines:] for cell in row.cells])
        room = whole
    yield row


def _title(sheet: Sheet, title: str, subtitles: Sequence[str]) -> float:
    room = sheet.width - 2 * MARGIN
    y = sheet.paragraph(MARGIN, MARGIN - 2, room, title, 13, bold=True)
    for subtitle in subtitles:
        y = sheet.paragraph(MARGIN, y, room, subtitle, 8.5)
    return y + 2


def _head(sheet: Sheet, y: float, head: _Piece, columns: Sequence[Column], widths: list[float]) -> float:
    sheet.box(MARGIN, y, sum(widths), head.height, weight=0, fill=0.9)
    sheet.line(MARGIN, y, MARGIN + sum(widths), y, weight=0.4)
    return _row(sheet, y, head, columns, widths, weight=0.4)


def _row(
    sheet: Sheet, y: float, row: _Piece, columns: Sequence[Column], widths: list[float], *, weight: float = 0.15
) -> float:
    x = MARGIN
    for column, cell, wide in zip(columns, row.cells, widths, strict=True):
        at = {"left": x + PAD, "centre": x + wide / 2, "right": x + wide - PAD}[column.align]
        for number, line in enumerate(cell):
            top = y + PAD + number * leading(SIZE)
            sheet.write(at, top + baseline(SIZE), line, SIZE, align=column.align)
        x += wide
    y += row.height
    sheet.line(MARGIN, y, x, y, weight=weight, grey=0.0 if weight > 0.15 else 0.5)
    return y
