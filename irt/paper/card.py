"""The emergency card: both sides of a bank card, to cut out, fold and carry.

It says "IL-2 or placebo", whatever is in the vials; who may learn more, and how, is printed on it.
"""

from dataclasses import dataclass
from datetime import datetime

from irt.paper.both import Both
from irt.paper.letters import wrap
from irt.paper.sheet import Sheet, leading

WIDE, HIGH = 85.6, 54.0  # ISO/IEC 7810 ID-1, in millimetres
PAD = 3.2
BAR = 7.0
SMALLEST = 3.5


@dataclass(frozen=True)
class Telephone:
    """Whom to call; an empty number leaves a line to write it on."""

    who: Both
    number: str = ""


@dataclass(frozen=True)
class EmergencyCard:
    """What the card says. `treatment` names every arm alike ("IL-2 1,000,000 IU or placebo")."""

    trial: Both
    registration: str
    treatment: Both
    participant: str
    randomization: str
    site: Both
    telephones: tuple[Telephone, ...]
    unmasking: Both


@dataclass(frozen=True)
class _Line:
    """One entry of a side: its text, how large it is beside the rest, and whether room to write follows it."""

    text: str
    scale: float = 1.0
    bold: bool = False
    blank: bool = False


def card_pdf(card: EmergencyCard, *, made_at: datetime) -> bytes:
    """The card as PDF: one page of A4 with the two sides (85.6 × 54 mm each) side by side, marks to cut and to fold.

    Long texts are set smaller until they fit; a text that cannot be read any more is a ValueError, never cut off.
    """
    sheet = Sheet("应急卡 Emergency card", made_at)
    sheet.page()
    left, top = (sheet.width - 2 * WIDE) / 2, 40.0
    sheet.write(sheet.width / 2, 20, "沿实线剪下，沿虚线对折，随身携带。", 10, align="centre")
    sheet.write(
        sheet.width / 2, 26, "Cut along the line, fold along the dashes, and always carry it.", 9, align="centre"
    )
    _marks(sheet, left, top)
    _side(sheet, left, top, Both("EMERGENCY CARD", "应急卡"), _front(card))
    _side(sheet, left + WIDE, top, Both("IN AN EMERGENCY, CALL", "紧急情况请致电"), _back(card))
    return sheet.bytes()


def _front(card: EmergencyCard) -> list[_Line]:
    return [
        _Line(card.trial.zh),
        _Line(f"{card.trial.en} ({card.registration})"),
        _Line(f"本受试者正在使用：{card.treatment.zh}", 1.1, bold=True),
        _Line(f"This person takes {card.treatment.en}", 1.1, bold=True),
        _Line(f"受试者编号 Participant  {card.participant}", 1.1),
        _Line(f"随机号 Randomization number  {card.randomization}", 1.1),
    ]


def _back(card: EmergencyCard) -> list[_Line]:
    calls = [
        _Line(
            f"{call.who.zh} {call.who.en}  {call.number}".rstrip(), 1.0 + 0.1 * bool(call.number), blank=not call.number
        )
        for call in card.telephones
    ]
    place = [_Line(card.site.zh), _Line(card.site.en)]
    return [*place, *calls, _Line(card.unmasking.zh), _Line(card.unmasking.en)]


def _marks(sheet: Sheet, left: float, top: float) -> None:
    sheet.box(left, top, 2 * WIDE, HIGH, weight=0.2)
    fold = left + WIDE
    sheet.line(fold, top - 6, fold, top + HIGH + 6, weight=0.2, dashed=True)
    for x in (left, left + 2 * WIDE):
        sheet.line(x, top - 5, x, top - 1, weight=0.15)
        sheet.line(x, top + HIGH + 1, x, top + HIGH + 5, weight=0.15)
    for y in (top, top + HIGH):
        sheet.line(left - 5, y, left - 1, y, weight=0.15)
        sheet.line(left + 2 * WIDE + 1, y, left + 2 * WIDE + 5, y, weight=0.15)


def _side(sheet: Sheet, x: float, y: float, head: Both, lines: list[_Line]) -> None:
    """A side: its heading white on black, then its lines, spread over the height that is left."""
    sheet.box(x, y, WIDE, BAR, weight=0, fill=0.0)
    sheet.write(x + PAD, y + 4.9, head.line, 10, bold=True, grey=1.0)
    room, high = WIDE - 2 * PAD, HIGH - BAR - 2 * 2.2
    size = 8.0
    while (used := _height(lines, room, size)) > high:
        size -= 0.25
        if size < SMALLEST:
            raise ValueError("the texts are too long for a card")
    gap = min((high - used) / len(lines), 1.6)
    y += BAR + 2.2
    for line in lines:
        ink = size * line.scale
        sheet.paragraph(x + PAD, y, room, line.text, ink, bold=line.bold)
        y += _height([line], room, size)
        if line.blank:
            sheet.line(x + PAD, y - 0.6, x + WIDE - PAD, y - 0.6, weight=0.15)
        y += gap


def _height(lines: list[_Line], room: float, size: float) -> float:
    """In millimetres, with the line to write on that follows a blank number."""
    return sum(
        len(wrap(line.text, room, size * line.scale)) * leading(size * line.scale) + (4.5 if line.blank else 0.0)
        for line in lines
    )
