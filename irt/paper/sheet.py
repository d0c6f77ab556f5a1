"""A sheet of A4 to draw on: letters, lines and boxes in millimetres from its upper left corner.

What is drawn is kept until `bytes`, so that the number of pages can stand on the first of them.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from irt.paper import letters

if TYPE_CHECKING:
    from fpdf import FPDF

Align = Literal["left", "centre", "right"]
Stroke = Callable[["FPDF"], None]

MARGIN = 12.0
INK = 0.0  # black; 1 is paper
FONT = "letters"
SHORT, LONG = 210.0, 297.0  # A4


@dataclass(frozen=True)
class _Page:
    """A page: which way it lies, and what is drawn on it."""

    landscape: bool
    strokes: list[Stroke] = field(default_factory=list)


class Sheet:
    """Pages of one document, from first to last; it becomes bytes once.

    `width`, `height`: of the page that is drawn on. `language`: what its readers are told of it (en, zh-CN). `stroke`:
    how heavy bold letters are, in millimetres for each point of their size.
    """

    stroke = 0.018

    def __init__(self, title: str, made_at: datetime, *, landscape: bool = False, language: str | None = None) -> None:
        if made_at.tzinfo is None:
            raise ValueError("made_at needs an offset from UTC")
        self.title, self.made_at, self.landscape, self.language = title, made_at, landscape, language
        self._pages: list[_Page] = []
        self._used: set[str] = set()
        self._turn(landscape)

    def _turn(self, landscape: bool) -> None:
        self.width, self.height = (LONG, SHORT) if landscape else (SHORT, LONG)

    def _stroke(self, stroke: Stroke) -> None:
        self._pages[-1].strokes.append(stroke)

    @property
    def pages(self) -> int:
        """How many pages there are so far."""
        return len(self._pages)

    def page(self, *, landscape: bool | None = None) -> None:
        """Begin the next page, which lies as the document does unless told."""
        lies = self.landscape if landscape is None else landscape
        self._pages.append(_Page(lies))
        self._turn(lies)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        align: Align = "left",
        grey: float = INK,
    ) -> None:
        """One line of text on the baseline `y`; `x` is its left end, middle or right end; the size is in points."""
        text = letters.printable(text.replace("\n", " "))
        x -= letters.width(text, size) * {"left": 0.0, "centre": 0.5, "right": 1.0}[align]

        def stroke(pdf: FPDF) -> None:
            tone = round(grey * 255)
            pdf.set_font(FONT, size=size)
            pdf.set_text_color(tone)
            if not bold:
                pdf.text(x, y, text)
                return
            # The package holds one weight: a bold letter is a letter with an outline.
            pdf.set_draw_color(tone)
            with pdf.local_context(text_mode="FILL_STROKE", line_width=size * self.stroke):
                pdf.text(x, y, text)

        if text.strip():
            self._used.update(text)
            self._stroke(stroke)

    def paragraph(self, x: float, y: float, room: float, text: str, size: float, *, bold: bool = False) -> float:
        """Wrapped text whose first line's top is `y`; answers where the next may begin."""
        for line in letters.wrap(text, room, size):
            self.write(x, y + baseline(size), line, size, bold=bold)
            y += leading(size)
        return y

    def line(
        self,
        x: float,
        y: float,
        to_x: float,
        to_y: float,
        *,
        weight: float = 0.2,
        grey: float = INK,
        dashed: bool = False,
    ) -> None:
        """A line, its weight in millimetres."""

        def stroke(pdf: FPDF) -> None:
            pdf.set_draw_color(round(grey * 255))
            pdf.set_line_width(weight)
            if dashed:
                pdf.set_dash_pattern(dash=1.5, gap=1.2)
            pdf.line(x, y, to_x, to_y)
            if dashed:
                pdf.set_dash_pattern()

        self._stroke(stroke)

    def box(
        self, x: float, y: float, wide: float, high: float, *, weight: float = 0.2, fill: float | None = None
    ) -> None:
        """A rectangle; with a weight of 0 it has no frame, with a fill (0 black, 1 paper) it is filled."""

        def stroke(pdf: FPDF) -> None:
            pdf.set_draw_color(0)
            pdf.set_line_width(weight or 0.2)
            if fill is not None:
                pdf.set_fill_color(round(fill * 255))
            style = ("D" if weight else "") + ("F" if fill is not None else "")
            pdf.rect(x, y, wide, high, style=style)

        self._stroke(stroke)

    def cells(self, x: float, y: float, side: float, rows: Sequence[Sequence[bool]]) -> None:
        """A square of dark and light cells, such as a two-dimensional code, `side` millimetres wide and high."""
        cell = side / len(rows)
        runs = [(place, start, wide) for place, row in enumerate(rows) for start, wide in _runs(row)]

        def stroke(pdf: FPDF) -> None:
            pdf.set_fill_color(0)
            for place, start, wide in runs:  # a little higher than it is, so that no hair of light is between two
                pdf.rect(x + start * cell, y + place * cell, wide * cell, cell * 1.02, style="F")

        self._stroke(stroke)

    def picture(self, x: float, y: float, wide: float, high: float, svg: str) -> None:
        """A drawing as SVG, its lines and letters as outlines, in a box of this size."""
        drawing = svg.encode()
        self._stroke(lambda pdf: _placed(pdf, drawing, x, y, wide, high))

    def link(self, x: float, y: float, wide: float, high: float, page: int) -> None:
        """A box that leads to a page (from 1), wherever it is met on a screen."""
        self._stroke(lambda pdf: _linked(pdf, x, y, wide, high, page))

    def bookmark(self, text: str, level: int, y: float) -> None:
        """An entry of the outline that readers show beside the pages; level 0 is the highest."""

        def stroke(pdf: FPDF) -> None:
            pdf.set_xy(0, y)
            pdf.start_section(text, level, strict=False)

        self._stroke(stroke)

    def on_every_page(self, draw: Callable[[int, int], None]) -> None:
        """Draw on every page so far; told its number, and how many there are."""
        kept = self._pages
        for number, page in enumerate(kept, start=1):
            self._pages = [page]
            self._turn(page.landscape)
            draw(number, len(kept))
        self._pages = kept

    def foot(self, left: str, pages: str) -> None:
        """Under every page so far: a line at the left, and `pages` at the right with {page} and {pages} filled in."""

        def draw(number: int, of: int) -> None:
            y = self.height - MARGIN + 4
            self.write(MARGIN, y, left, 7, grey=0.25)
            count = pages.format(page=number, pages=of)
            self.write(self.width - MARGIN, y, count, 7, align="right", grey=0.25)

        self.on_every_page(draw)

    def mark(self, text: str) -> None:
        """Lay a text across every page that there is, large and pale, beneath all else."""
        text = letters.printable(text)
        self._used.update(text)
        for page in self._pages:
            self._turn(page.landscape)
            page.strokes.insert(0, _across(text, self.width, self.height))

    def bytes(self) -> bytes:
        """The document as PDF: the font embedded as the subset that is used, no time in it but `made_at`."""
        # fpdf2 and fontTools take most of a second to load: only who prints waits for them, not every command of irt.
        from fpdf import FPDF

        from irt.paper.truetype import truetype

        pdf = FPDF(orientation="landscape" if self.landscape else "portrait", unit="mm", format="A4")
        pdf.set_creation_date(self.made_at)
        pdf.set_title(self.title)
        if self.language:
            pdf.set_lang(self.language)
        pdf.set_auto_page_break(False)
        with tempfile.TemporaryDirectory() as folder:  # FPDF takes a font by its path alone
            subset = Path(folder, "letters.ttf")
            subset.write_bytes(truetype(self._used))
            pdf.add_font(FONT, fname=subset)
            for page in self._pages:
                pdf.add_page(orientation="landscape" if page.landscape else "portrait")
                for stroke in page.strokes:
                    stroke(pdf)
            return bytes(pdf.output())


def _placed(pdf: FPDF, drawing: bytes, x: float, y: float, wide: float, high: float) -> None:
    pdf.image(io.BytesIO(drawing), x=x, y=y, w=wide, h=high)


def _linked(pdf: FPDF, x: float, y: float, wide: float, high: float, page: int) -> None:
    pdf.link(x, y, wide, high, pdf.add_link(page=page))


def _across(text: str, wide: float, high: float) -> Stroke:
    size = 0.85 * min(wide, high) / letters.width(text, 1.0)
    x, y = wide / 2, high / 2

    def stroke(pdf: FPDF) -> None:
        pdf.set_font(FONT, size=size)
        pdf.set_text_color(225)
        with pdf.rotation(45, x, y):
            pdf.text(x - letters.width(text, size) / 2, y + baseline(size) / 2, text)

    return stroke


def _runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where dark cells begin in a row, and how many follow one another."""
    start = 0
    for dark, cells in groupby(row):
        wide = len(list(cells))
        if dark:
            yield start, wide
        start += wide


def leading(size: float) -> float:
    """From one line's top to the next one's, in millimetres, at a size in points."""
    return size * letters.POINT * 1.32


def baseline(size: float) -> float:
    """From a line's top to its baseline, in millimetres, at a size in points."""
    return size * letters.POINT * 1.02
