"""The labels of kits on sheets of A4, in both languages, with the particulars of EU CTR 536/2014, Annex VI, A.1.

A label is drawn from its number, its lot's common expiry and, once it is somebody's, the visit: the type of a kit is
not handed in, so it cannot show. All else is alike on each; the lay-out knows no number, however long it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from irt.paper.both import Both
from irt.paper.gs1_code import dark_cells
from irt.paper.letters import printable, width, wrap
from irt.paper.sheet import Sheet, baseline, leading


@dataclass(frozen=True)
class Grid:
    """Where labels lie on a sheet of A4, in millimetres: so many of one size, from a corner, so far apart."""

    columns: int
    rows: int
    wide: float
    high: float
    left: float
    top: float
    across: float
    down: float

    def places(self) -> list[tuple[float, float]]:
        """The upper left corner of each label, row by row."""
        rows, columns = range(self.rows), range(self.columns)
        return [(self.left + column * self.across, self.top + row * self.down) for row in rows for column in columns]


GRID = Grid(columns=2, rows=4, wide=99.1, high=67.7, left=4.65, top=13.1, across=101.7, down=67.7)
"""Eight to a sheet, a common size of label stock. Another stock: other numbers here; texts are fitted to the label."""


@dataclass(frozen=True)
class LabelTexts:
    """What every label of the trial says alike; an empty telephone number leaves a line to write it on."""

    trial: str
    registration: str
    treatment: Both  # of every arm: "IL-2 1,000,000 IU or placebo"
    form: Both
    vials: int
    route: Both
    directions: Both
    celsius: str  # "2–8"
    contact: Both
    emergency: str = ""
    gtin: str = ""


@dataclass(frozen=True)
class Given:
    """Whose kit it is; what is empty leaves a line to write it on, as does all of it on a kit that is nobody's yet."""

    participant: str = ""
    visit: Both | None = None
    on: str = ""
    investigator: str = ""
    telephone: str = ""


@dataclass(frozen=True)
class KitLabel:
    """What is one kit's own."""

    number: str
    expiry: date
    given: Given = Given()


class TooLong(ValueError):  # noqa: N818 - it says of a text what it is
    """A text that could not be read any more at the size at which it fits a label."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is too long for a label")
        self.text = text


PAD = 3.0
COLUMN = 28.5  # the right column: code, number, use by
CODE, QUIET = 15.0, 1.5  # cells of a millimetre, which hand scanners and telephones read, and room around them
NUMBER_SIZE, NUMBER_HIGH = 14.0, 6.2
HEAD_SIZE, TRIAL_SIZE, CAPTION_SIZE = 8.5, 7.0, 5.5
LARGEST, SMALLEST, LARGER, GAP = 7.5, 5.0, 1.15, 0.4
USE_BY_HIGH = 7.6
TWO_LINES = 4.0  # of a name that does not fit on one
FIELD_HIGH = 7.0
ONLY = Both("For clinical trial use only", "仅用于临床试验")
CHILDREN = Both("Keep out of the reach and sight of children.", "请置于儿童不可触及和看不到之处。")
NUMBER = Both("Kit number", "药盒编号")
USE_BY = Both("Use by", "有效期至")
EMERGENCY = Both("Emergency (24 h)", "紧急电话")


def code_box(grid: Grid = GRID) -> tuple[float, float, float, float]:
    """Where a label's code stands: left, top, right, bottom from the label's upper left corner."""
    right, side = grid.wide - PAD, CODE + 2 * QUIET
    return right - side, PAD, right, PAD + side


def number_box(grid: Grid = GRID) -> tuple[float, float, float, float]:
    """Where a label's number stands."""
    top = PAD + CODE + 2 * QUIET + 3.0
    return grid.wide - PAD - COLUMN, top, grid.wide - PAD, top + NUMBER_HIGH


def labels_pdf(
    texts: LabelTexts, labels: Sequence[KitLabel], *, footer: str, made_at: datetime, grid: Grid = GRID
) -> bytes:
    """The labels in the order given, row by row, as many sheets as they need; at least one label.

    Texts are set smaller until they fit; one that could not be read any more then raises TooLong, and none is cut off.
    """
    if not labels:
        raise ValueError("no label is asked for")
    sheet = Sheet("药盒标签 Kit labels", made_at)
    drawing = _Drawing(sheet, texts, grid)
    places = grid.places()
    for count, label in enumerate(labels):
        if count % len(places) == 0:
            sheet.page()
        drawing.label(*places[count % len(places)], label)
    sheet.foot(footer, "{page}/{pages}")
    return sheet.bytes()


class _Drawing:
    """One lay-out for all labels of a document, made from what they have alike."""

    def __init__(self, sheet: Sheet, texts: LabelTexts, grid: Grid) -> None:
        self.sheet, self.texts, self.grid = sheet, texts, grid
        self.body = _fitted(_paragraphs(texts), grid, self.fields_top)

    @property
    def fields_top(self) -> float:
        return self.grid.high - PAD - 2 * FIELD_HIGH

    def label(self, x: float, y: float, label: KitLabel) -> None:
        """A label with its upper left corner at x, y."""
        self._corners(x, y)
        self._head(x + PAD, y + PAD)
        for line, base, size, bold in self.body:
            self.sheet.write(x + PAD, y + base, line, size, bold=bold)
        self._own(x, y, label)
        self._fields(x + PAD, y + self.fields_top, label.given)

    def _corners(self, x: float, y: float) -> None:
        for left in (x, x + self.grid.wide):
            for top in (y, y + self.grid.high):
                inward, down = (1 if left == x else -1), (1 if top == y else -1)
                self.sheet.line(left, top, left + 2 * inward, top, weight=0.1, grey=0.7)
                self.sheet.line(left, top, left, top + 2 * down, weight=0.1, grey=0.7)

    def _head(self, x: float, y: float) -> None:
        room = self.grid.wide - 2 * PAD - COLUMN - 2
        trial = f"试验编号 Trial  {self.texts.trial} / {self.texts.registration}"
        self.sheet.write(x, y + baseline(HEAD_SIZE), ONLY.line, _size(ONLY.line, room, HEAD_SIZE), bold=True)
        self.sheet.write(x, y + leading(HEAD_SIZE) + baseline(TRIAL_SIZE), trial, _size(trial, room, TRIAL_SIZE))

    def _own(self, x: float, y: float, label: KitLabel) -> None:
        """The right column: what is the kit's own, each thing in a place that does not depend on it."""
        left, top, _, bottom = code_box(self.grid)
        self.sheet.cells(x + left + QUIET, y + top + QUIET, CODE, dark_cells(label.number, self.texts.gtin))
        right, (_, top, _, number_bottom) = x + self.grid.wide - PAD, number_box(self.grid)
        self._caption(right, y + bottom + 2.4, NUMBER.line)
        self.sheet.write(right, y + top + baseline(NUMBER_SIZE), label.number, NUMBER_SIZE, bold=True, align="right")
        self._caption(right, y + number_bottom + 2.4, USE_BY.line)
        self.sheet.write(right, y + number_bottom + 6.6, label.expiry.isoformat(), 10, bold=True, align="right")

    def _caption(self, right: float, base: float, caption: str) -> None:
        self.sheet.write(right, base, caption, CAPTION_SIZE, align="right")

    def _fields(self, x: float, y: float, given: Given) -> None:
        room = (self.grid.wide - 2 * PAD + 2) / 3
        fields = (
            (Both("Participant", "受试者编号"), given.participant),
            (Both("Visit", "访视"), given.visit.line if given.visit else ""),
            (Both("Dispensed on", "发药日期"), given.on),
            (Both("Investigator", "研究者"), given.investigator),
            (Both("Site telephone", "研究中心电话"), given.telephone),
            (EMERGENCY, self.texts.emergency),
        )
        for place, (caption, value) in enumerate(fields):
            self._field(x + place % 3 * room, y + place // 3 * FIELD_HIGH, room - 2, caption, value)

    def _field(self, x: float, y: float, room: float, caption: Both, value: str) -> None:
        """A caption, and after it the value on a line, or the line alone."""
        self.sheet.write(x, y + baseline(CAPTION_SIZE), caption.line, _size(caption.line, room, CAPTION_SIZE))
        size = _largest(value, room, 8.0)
        lines = [value] if size else wrap(value, room, TWO_LINES)
        if len(lines) > 2:
            raise TooLong(value)
        for below, line in zip(range(len(lines) - 1, -1, -1), lines, strict=True):
            self.sheet.write(x, y + FIELD_HIGH - 1.7 - below * leading(TWO_LINES), line, size or TWO_LINES)
        self.sheet.line(x, y + FIELD_HIGH - 0.8, x + room, y + FIELD_HIGH - 0.8, weight=0.1, grey=0.4)


def _paragraphs(texts: LabelTexts) -> list[tuple[str, float]]:
    """The paragraphs, and how large each is beside the rest."""
    vials = Both(f"{texts.vials} single-use vials", f"{texts.vials}瓶（单次使用）")
    storage = Both(
        f"Store in a refrigerator at {texts.celsius} °C, in the carton. Do not freeze.",
        f"于冰箱 {texts.celsius} °C 置原盒中保存，不得冷冻。",
    )
    return [
        (texts.treatment.zh, LARGER),
        (texts.treatment.en, LARGER),
        (f"{texts.form.zh}，{vials.zh}，{texts.route.zh} {texts.form.en}, {vials.en}, {texts.route.en}", 1.0),
        (f"用法 Directions: {texts.directions.line}", 1.0),
        (f"贮藏 Storage: {storage.line}", 1.0),
        (CHILDREN.line, 1.0),
        (f"联系 Contact: {texts.contact.line}", 1.0),
    ]


def _fitted(paragraphs: list[tuple[str, float]], grid: Grid, bottom: float) -> list[tuple[str, float, float, bool]]:
    """Each line with its baseline, its size and whether it is bold: as large as fits above `bottom`.

    Beside the right column lines are short, below it they take the whole label.
    """
    size, top = LARGEST, PAD + leading(HEAD_SIZE) + leading(TRIAL_SIZE) + 0.6
    while True:
        lines, y = [], top
        for text, scale in paragraphs:
            y += GAP
            for line in _flowing(text, y, size * scale, grid):
                lines.append((line, y + baseline(size * scale), size * scale, scale > 1))
                y += leading(size * scale)
        if y <= bottom - GAP:
            return lines
        size -= 0.125
        if size < SMALLEST:
            raise TooLong(max((text for text, _ in paragraphs), key=len))


def _flowing(text: str, y: float, size: float, grid: Grid) -> list[str]:
    """The lines of one paragraph from y on: short as long as they stand beside the column."""
    whole, column = grid.wide - 2 * PAD, number_box(grid)[3] + USE_BY_HIGH
    beside = max(0, ceil((column - y) / leading(size)))
    if not beside:
        return wrap(text, whole, size)
    lines = wrap(text, whole - COLUMN - 2, size)
    if len(lines) <= beside:
        return lines
    text, place = printable(text), 0
    for line in lines[:beside]:
        place = text.index(line, place) + len(line)
    return [*lines[:beside], *wrap(text[place:].lstrip(), whole, size)]


def _size(text: str, room: float, largest: float) -> float:
    """The size at which one line fits its room."""
    size = _largest(text, room, largest)
    if size is None:
        raise TooLong(text)
    return size


def _largest(text: str, room: float, largest: float) -> float | None:
    """The same, as far as it can be read; None where it cannot."""
    size, text = largest, printable(text)
    while width(text, size) > room:
        size -= 0.25
        if size < SMALLEST - 0.5:
            return None
    return size
