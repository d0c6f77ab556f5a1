"""How a table fits a page: widths from what its cells hold, long words wrapped, rules as journals set them."""

from dataclasses import dataclass

from irt.analysis.report.document import Document, Row, Table
from irt.paper.letters import printable, width, wrap
from irt.paper.sheet import Sheet, baseline, leading

PAD = 1.1
GAP = 0.75  # above and below a line's letters
INDENT = 3.5
HAIR = 0.05  # so that what fits exactly is not broken by the last digit of a sum
STRONGER = 1.03  # a bold letter is a little wider
WIDEST_WORDS, WIDEST_HEAD = 60.0, 36.0
LEAST_WORDS = 16.0

Lines = list[list[str]]


@dataclass(frozen=True)
class Laid:
    """A table whose lines are broken and whose columns are as wide as they will be, in millimetres."""

    table: Table
    widths: list[float]
    size: float
    heads: list[Lines]
    rows: list[Lines]

    def least(self, under: float) -> float:
        """How much room its head and its first lines need; with what stands `under` it, if these are all."""
        return self.head_height + (self.together(0, under) if self.rows else 0.0) + 3

    def whole(self, under: float) -> float:
        """How much room all of it needs."""
        return self.head_height + sum(map(self._high, self.rows)) + under + 5

    @property
    def head_height(self) -> float:
        """How high its heads are."""
        return sum(self._high(line) for line in self.heads)

    def together(self, place: int, under: float) -> float:
        """How high a line is, with the lines after it that it may not be parted from, and with what is `under` all.

        A heading stays with its first line, a label with the lines that have none, and the last three lines with each
        other and the notes.
        """
        kinds = self.table.rows
        high, last = self._high(self.rows[place]), len(kinds) - 1
        if place == last:
            return high + min(under, 40.0) + 1.5
        after = kinds[place + 1].cells
        heading, labelled = len(kinds[place].cells) == 1 < self.table.columns, len(after) == 1 or bool(after[0])
        if heading or not labelled or place >= last - 2:
            high += self.together(place + 1, under)
        return high

    def head(self, sheet: Sheet, x: float, y: float) -> float:
        """Its heads between two rules; answers where the lines begin."""
        right = x + sum(self.widths)
        sheet.line(x, y, right, y, weight=0.45)
        for line, lines in zip(self.table.head, self.heads, strict=True):
            high = self._high(lines)
            place, at = 0, x
            for head, cell in zip(line, lines, strict=True):
                wide = sum(self.widths[place : place + head.span])
                top = y + high - GAP - len(cell) * leading(self.size)
                for number, text in enumerate(cell):
                    base = top + baseline(self.size) + number * leading(self.size)
                    if head.span > 1:
                        sheet.write(at + wide / 2, base, text, self.size, bold=True, align="centre")
                    elif place >= self.table.first:
                        sheet.write(at + wide - PAD, base, text, self.size, bold=True, align="right")
                    else:
                        sheet.write(at + PAD, base, text, self.size, bold=True)
                if head.span > 1 and head.text:
                    sheet.line(at + PAD, y + high, at + wide - PAD, y + high, weight=0.15, grey=0.4)
                place, at = place + head.span, at + wide
            y += high
        sheet.line(x, y, right, y, weight=0.25)
        return y + 0.4

    def row(self, sheet: Sheet, x: float, y: float, place: int) -> float:
        """One line; answers where the next begins."""
        row, lines = self.table.rows[place], self.rows[place]
        group = len(row.cells) == 1 < self.table.columns
        high, at = self._high(lines), x
        y += 1.0 if group and place else 0.0
        for column, cell in enumerate(lines):
            for number, text in enumerate(cell):
                base = y + GAP + baseline(self.size) + number * leading(self.size)
                bold = group or row.strong
                if column < self.table.first:
                    shift = INDENT * row.indent if column == 0 else 0.0
                    sheet.write(at + PAD + shift, base, text, self.size, bold=bold)
                else:
                    sheet.write(at + self.widths[column] - PAD, base, text, self.size, bold=bold, align="right")
            at += self.widths[column]
        return y + high

    def end(self, sheet: Sheet, x: float, y: float) -> float:
        """The rule under the last line on a page."""
        sheet.line(x, y + 0.3, x + sum(self.widths), y + 0.3, weight=0.45)
        return y + 0.3

    def _high(self, lines: Lines) -> float:
        return max((len(cell) for cell in lines), default=1) * leading(self.size) + 2 * GAP


def laid_out(table: Table, document: Document, room: float, size: float, *, force: bool = False) -> Laid | None:
    """The table within `room` millimetres; None where its columns would become too narrow, unless `force`."""
    rows = [Row(tuple(map(document.plain, row.cells)), row.indent, row.strong) for row in table.rows]
    natural, least = _wishes(table, rows, size)
    if sum(least) > room and not force:
        return None
    widths = _shared(table, natural, least, room)
    heads = []
    for line in table.head:
        cells, place = [], 0
        for head in line:
            wide = sum(widths[place : place + head.span]) - 2 * PAD
            cells.append(wrap(head.text, wide, size))
            place += head.span
        heads.append(cells)
    broken = [_broken(row, table, widths, size) for row in rows]
    _run_down(rows, broken)
    return Laid(table, widths, size, heads, broken)


def _run_down(rows: list[Row], broken: list[Lines]) -> None:
    """A label of several lines runs down beside the lines that have none and so belong to it."""
    for place in range(len(broken)):
        lines, under = broken[place], place + 1
        while len(lines[0]) > 1 and under < len(rows) and len(rows[under].cells) > 1 and not rows[under].cells[0]:
            lines[0], broken[under][0] = lines[0][:1], lines[0][1:]
            lines, under = broken[under], under + 1


def _broken(row: Row, table: Table, widths: list[float], size: float) -> Lines:
    if len(row.cells) == 1 < table.columns:
        return [wrap(row.cells[0], sum(widths) - 2 * PAD, size)]
    return [
        wrap(cell, wide - 2 * PAD - (INDENT * row.indent if place == 0 else 0.0), size)
        for place, (cell, wide) in enumerate(zip(row.cells, widths, strict=True))
    ]


def _wishes(table: Table, rows: list[Row], size: float) -> tuple[list[float], list[float]]:
    """For each column how wide it would be with no line broken, and how narrow it may become."""
    natural, least = [0.0] * table.columns, [0.0] * table.columns
    for row in rows:
        if len(row.cells) == 1 < table.columns:
            continue
        for place, cell in enumerate(row.cells):
            shift = INDENT * row.indent if place == 0 else 0.0
            wide = max(width(printable(line), size) for line in cell.split("\n")) + 2 * PAD + shift + HAIR
            natural[place] = max(natural[place], wide)
            words = _longest_word(cell, size) + 2 * PAD + shift
            least[place] = max(least[place], wide if place >= table.first else min(max(words, LEAST_WORDS), wide))
    for line in reversed(table.head):
        place = 0
        for head in line:
            under = range(place, place + head.span)
            lacking = _longest_word(head.text, size) * STRONGER + 2 * PAD - sum(least[one] for one in under)
            for one in under if lacking > 0 else ():
                least[one] += lacking / head.span
            whole = max(width(printable(part), size) for part in head.text.split("\n")) * STRONGER + 2 * PAD
            if head.span == 1:
                natural[place] = max(natural[place], min(whole, WIDEST_HEAD))
            place += head.span
    return [max(wide, low) for wide, low in zip(natural, least, strict=True)], least


def _longest_word(text: str, size: float) -> float:
    words = [word for word in printable(text.replace("\n", " ")).split(" ") if word]
    parts = [part for word in words for part in ([word] if word.isascii() else wrap(word, 1.0, size))]
    return max((width(part, size) for part in parts), default=0.0)


def _shared(table: Table, natural: list[float], least: list[float], room: float) -> list[float]:
    """Widths that fill the room: as each wishes where there is enough, else words give way in the measure of wishes."""
    if sum(least) > room:
        return [one * room / sum(least) for one in least]
    wished = [max(low, wide if place >= table.first else min(wide, max(low, WIDEST_WORDS)))
              for place, (wide, low) in enumerate(zip(natural, least, strict=True))]  # fmt: skip
    if sum(wished) >= room:
        spare = (room - sum(least)) / max(sum(wished) - sum(least), 1e-9)
        return [low + (wide - low) * spare for wide, low in zip(wished, least, strict=True)]
    left = room - sum(wished)
    longing = [max(0.0, wide - has) for wide, has in zip(natural, wished, strict=True)]
    if total := sum(longing):
        given = min(1.0, left / total)
        wished = [has + more * given for has, more in zip(wished, longing, strict=True)]
        left = room - sum(wished)
    return [has + left / table.columns for has in wished]
