"""A report as PDF on A4: contents with page numbers, running heads, wide tables on pages that lie."""

from collections.abc import Sequence
from datetime import datetime

from irt.analysis.report.document import Block, Document, Figure, Paragraph, Section, Synopsis, Table
from irt.analysis.report.pdf_table import Laid, laid_out
from irt.analysis.report.speaking import Speaker
from irt.paper.letters import width, wrap
from irt.paper.sheet import Sheet, baseline, leading

SIDE, TOP, BOTTOM = 19.0, 24.0, 20.0
BODY, SMALL, TABLE = 9.5, 7.5, 8.0
SMALLER = (1.0, 0.94, 0.88, 0.82)  # a figure may be set a little smaller to fit where it belongs
SHORT = 70.0  # millimetres: a table no higher stays on one page
BOLD = 0.0095  # lighter than on cards and labels: a page of text is read, not glanced at
LANG = {"en": "en", "zh": "zh-CN"}


def pdf(document: Document, say: Speaker, made_at: datetime) -> bytes:
    """The whole file; `made_at` is its only time. Laid out twice: the second time the pages of all pieces are known."""
    first = _Writer(document, say, made_at, {})
    first.whole()
    second = _Writer(document, say, made_at, first.pages)
    second.whole()
    assert second.pages == first.pages, "the contents are as long the second time"
    second.finish()
    return second.sheet.bytes()


class _Writer:
    """Writes downwards, and begins a page where the next piece would not fit."""

    def __init__(self, document: Document, say: Speaker, made_at: datetime, known: dict[str, int]) -> None:
        self.document, self.say, self.known = document, say, known
        self.sheet = Sheet(document.title, made_at, language=LANG[document.language])
        self.sheet.stroke = BOLD
        self.pages: dict[str, int] = {}
        self.waiting: list[Figure] = []
        self.y = 0.0

    @property
    def room(self) -> float:
        return self.sheet.width - 2 * SIDE

    @property
    def left(self) -> float:
        """How much of the page is left, in millimetres."""
        return self.sheet.height - BOTTOM - self.y

    def page(self, *, landscape: bool = False) -> None:
        self.sheet.page(landscape=landscape)
        self.y = TOP

    def need(self, high: float) -> None:
        """Begin a page, unless so much is left."""
        if high > self.left:
            self.page()

    def upright(self) -> None:
        """Begin a page that stands, if this one lies."""
        if self.sheet.width > self.sheet.height:
            self.page()

    def text(self, text: str, size: float, *, bold: bool = False, indent: float = 0.0, after: float = 0.0,
             spaced: float = 1.0) -> None:  # fmt: skip
        for line in wrap(text, self.room - indent, size):
            self.need(leading(size))
            self.sheet.write(SIDE + indent, self.y + baseline(size), line, size, bold=bold)
            self.y += leading(size) * spaced
        self.y += after

    def whole(self) -> None:
        self.front()
        for place, (depth, section) in enumerate(self.document.walk()):
            self.settle()
            self.section(section, depth)
            if place == 0:  # the synopsis stands before the contents (ICH E3)
                self.contents()
                self.page()
        self.settle()

    def front(self) -> None:
        self.page()
        self.y = 34
        self.text(self.document.running, 10, after=3)
        self.text(self.document.title, 21, bold=True, after=4)
        self.sheet.line(SIDE, self.y, SIDE + self.room, self.y, weight=0.6)
        self.y += 5
        for warning in self.document.warnings:
            self.boxed(warning)
        label = 46.0
        for name, text in self.document.lines:
            top = self.y
            self.sheet.paragraph(SIDE, top + 0.2, label - 3, name, 9)
            self.y = max(top + leading(9), self.sheet.paragraph(SIDE + label, top, self.room - label, text, BODY)) + 1.2

    def boxed(self, text: str) -> None:
        lines = wrap(text, self.room - 8, 10)
        high = len(lines) * leading(10) + 5
        self.sheet.box(SIDE, self.y, self.room, high, weight=0.5)
        self.sheet.paragraph(SIDE + 4, self.y + 2.2, self.room - 8, text, 10, bold=True)
        self.y += high + 5

    def contents(self) -> None:
        self.page()
        document = self.document
        self.text(self.say("contents"), 14, bold=True, after=2)
        for depth, section in document.walk():
            self.entry(section.number, section.title, f"section:{section.id}", 12.0, depth)
        for heading, kind, pieces in (
            ("list_of_tables", "table", document.tables),
            ("list_of_figures", "figure", document.figures),
        ):
            self.y += 5
            self.need(30)
            self.text(self.say(heading), 12, bold=True, after=1.5)
            for one in pieces:
                self.entry(document.name(kind, one.id), one.title, f"{kind}:{one.id}", 17.0, 0)

    def entry(self, number: str, title: str, key: str, wide: float, depth: int) -> None:
        """A line of the contents: number, title, dots, page; the whole line leads there."""
        size, indent = 9.0, 4.0 * depth
        page = self.known.get(key, 1)
        lines = wrap(title, self.room - wide - indent - 14, size)
        self.need(len(lines) * leading(size))
        top = self.y
        self.sheet.write(SIDE + indent, top + baseline(size), number, size)
        for line in lines:
            self.sheet.write(SIDE + indent + wide, self.y + baseline(size), line, size)
            self.y += leading(size)
        base = self.y - leading(size) + baseline(size)
        told = str(page)
        self.sheet.write(SIDE + self.room, base, told, size, align="right")
        start = SIDE + indent + wide + width(lines[-1], size) + 2
        dots = int((SIDE + self.room - width(told, size) - 2 - start) / width(" .", size))
        if dots > 2:
            end = SIDE + self.room - width(told, size) - 2
            self.sheet.write(end, base, " ." * dots, size, align="right", grey=0.5)
        self.sheet.link(SIDE, top, self.room, self.y - top, page)
        self.y += 0.7

    def section(self, section: Section, depth: int) -> None:
        self.upright()
        size = 14.0 if depth == 0 else 11.0
        self.need((45 if depth == 0 else 38) + (0 if section.blocks else 32))
        if len(section.blocks) == 2 and isinstance(section.blocks[1], Figure):  # a text stays with its figure
            self.need(min(30 + self.figure_high(section.blocks[1], SMALLER[-1]), self.sheet.height - TOP - BOTTOM))
        if self.y > TOP + 1:
            self.y += 7 if depth == 0 else 4
        self.pages[f"section:{section.id}"] = self.sheet.pages
        self.sheet.bookmark(f"{section.number} {section.title}", depth, self.y)
        self.text(f"{section.number}  {section.title}", size, bold=True, after=1.5)
        if depth == 0:
            self.sheet.line(SIDE, self.y, SIDE + self.room, self.y, weight=0.4)
            self.y += 2.5
        for block in section.blocks:
            self.block(block)
            while self.waiting and (scale := self.fits(self.waiting[0])):
                self.place(self.waiting.pop(0), scale)

    def settle(self) -> None:
        """Place what still waits for room: no figure leaves its section."""
        for figure in self.waiting:
            self.upright()
            if not self.fits(figure):
                self.page()
            self.place(figure, self.fits(figure) or SMALLER[-1])
        self.waiting = []

    def block(self, block: Block) -> None:
        match block:
            case Paragraph():
                self.upright()
                size = 8.5 if block.quiet else BODY
                self.need(min(3, len(wrap(self.document.plain(block.text), self.room, size))) * leading(size))
                self.text(self.document.plain(block.text), size, after=2.2, spaced=1.1)
            case Synopsis():
                self.synopsis(block)
            case Table():
                self.table(block)
            case Figure():
                self.figure(block)

    def synopsis(self, box: Synopsis) -> None:
        plain, inside, label = self.document.plain, self.room - 10, 46.0
        lines = wrap(plain(box.sentence), inside, 11)
        facts = [
            (wrap(name, label - 4, 8.5), wrap(plain(text), inside - label, 9)) for name, text in box.facts
        ]  # fmt: skip
        heights = [max(len(name) * leading(8.5), len(text) * leading(9)) + 1.3 for name, text in facts]
        high = len(lines) * leading(11) + sum(heights) + 10
        self.need(high)
        self.sheet.box(SIDE, self.y, self.room, high, weight=0.25, fill=0.965)
        self.sheet.box(SIDE, self.y, self.room, 1.2, weight=0, fill=0.25)
        y = self.sheet.paragraph(SIDE + 5, self.y + 4, inside, plain(box.sentence), 11, bold=True) + 2.5
        for (name, text), tall in zip(facts, heights, strict=True):
            for place, line in enumerate(name):
                self.sheet.write(SIDE + 5, y + baseline(8.5) + place * leading(8.5), line, 8.5, grey=0.35)
            for place, line in enumerate(text):
                self.sheet.write(SIDE + 5 + label, y + baseline(9) + place * leading(9), line, 9)
            y += tall
        self.y += high + 4

    def table(self, table: Table) -> None:
        laid = laid_out(table, self.document, self.sheet_room(landscape=False), TABLE)
        lies = laid is None
        if laid is None:
            laid = laid_out(table, self.document, self.sheet_room(landscape=True), TABLE, force=True)
        assert laid is not None
        title, notes = self.title_of(table), self.notes_of(table)
        caption = len(wrap(title, self.room, 9)) * leading(9) + 4
        under = sum(len(wrap(note, self.sheet_room(landscape=lies), SMALL)) for note in notes) * leading(SMALL)
        whole = laid.whole(under)
        needed = caption + (whole if whole < SHORT else laid.least(under))
        if lies != (self.sheet.width > self.sheet.height) or needed > self.left:
            self.page(landscape=lies)
        if self.y > TOP + 1:
            self.y += 2.5
        self.pages[f"table:{table.id}"] = self.sheet.pages
        self.text(title, 9, bold=True, after=1.5)
        self.rows(laid, title, lies, under)
        self.below(notes)

    def sheet_room(self, *, landscape: bool) -> float:
        return (297.0 if landscape else 210.0) - 2 * SIDE

    def rows(self, laid: Laid, title: str, lies: bool, under: float) -> None:
        """The lines of a table; on every further page its title and heads once more. The last stand with the notes."""
        self.y = laid.head(self.sheet, SIDE, self.y)
        for place in range(len(laid.rows)):
            if laid.together(place, under) > self.left:
                self.y = laid.end(self.sheet, SIDE, self.y)
                self.page(landscape=lies)
                self.text(f"{title} {self.say('continued')}", 9, bold=True, after=1.5)
                self.y = laid.head(self.sheet, SIDE, self.y)
            self.y = laid.row(self.sheet, SIDE, self.y, place)
        self.y = laid.end(self.sheet, SIDE, self.y) + 1.2

    def below(self, notes: Sequence[str]) -> None:
        for note in notes:
            self.note(note)
        self.y += 3.5

    def note(self, note: str) -> None:
        for line in wrap(note, self.room, SMALL):
            if leading(SMALL) > self.left:
                self.page(landscape=self.sheet.width > self.sheet.height)
            self.sheet.write(SIDE, self.y + baseline(SMALL), line, SMALL, grey=0.3)
            self.y += leading(SMALL)

    def figure(self, figure: Figure) -> None:
        """Placed where it fits; else it waits for the next page, while what follows fills this one."""
        scale = self.fits(figure)
        if self.waiting or not scale or self.sheet.width > self.sheet.height:
            self.waiting.append(figure)
        else:
            self.place(figure, scale)

    def fits(self, figure: Figure) -> float:
        """At which size it fits on what is left of the page; 0 if at none."""
        return next((scale for scale in SMALLER if self.figure_high(figure, scale) <= self.left), 0.0)

    def _size(self, figure: Figure, scale: float) -> tuple[float, float]:
        wide = min(self.room, figure.wide * 25.4 / 72) * scale
        high = figure.high * wide / figure.wide
        most = self.sheet.height - TOP - BOTTOM - 28
        return (wide, high) if high <= most else (wide * most / high, most)

    def figure_high(self, figure: Figure, scale: float) -> float:
        """How much room it takes with its title and notes."""
        under = len(wrap(self.title_of(figure), self.room, 9)) * leading(9) + 6
        notes = sum(len(wrap(note, self.room, SMALL)) for note in self.notes_of(figure))
        return self._size(figure, scale)[1] + under + notes * leading(SMALL)

    def title_of(self, piece: Table | Figure) -> str:
        kind = "table" if isinstance(piece, Table) else "figure"
        return f"{self.document.name(kind, piece.id)}. {piece.title}"

    def notes_of(self, piece: Table | Figure) -> list[str]:
        """Its notes, then where its numbers come from."""
        return [*map(self.document.plain, piece.notes), self.say.source(piece.sources)]

    def place(self, figure: Figure, scale: float) -> None:
        wide, high = self._size(figure, scale)
        if self.y > TOP + 1:
            self.y += 1.5
        self.pages[f"figure:{figure.id}"] = self.sheet.pages
        self.sheet.picture(SIDE + (self.room - wide) / 2, self.y, wide, high, figure.svg)
        self.y += high + 1.5
        self.text(self.title_of(figure), 9, bold=True, after=1)
        self.below(self.notes_of(figure))

    def finish(self) -> None:
        """What stands on every page: the running head, the page's number, the watermark of a rehearsal."""
        self.sheet.on_every_page(self.frame)
        if self.document.watermark:
            self.sheet.mark(self.document.watermark)

    def frame(self, number: int, of: int) -> None:
        sheet, right = self.sheet, self.sheet.width - SIDE
        if number > 1:
            sheet.write(SIDE, 13, self.document.title, 7.5, grey=0.35)
            sheet.write(right, 13, self.document.running, 7.5, align="right", grey=0.35)
            sheet.line(SIDE, 15, right, 15, weight=0.15, grey=0.5)
        told = self.say("page", page=number, pages=of)
        sheet.write(right, sheet.height - 11, told, 7.5, align="right", grey=0.35)
        sheet.write(SIDE, sheet.height - 11, self.document.foot, 7.5, grey=0.35)
