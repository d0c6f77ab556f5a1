"""A note to file: what happened, in both languages, ready to sign on paper or signed already."""

from dataclasses import dataclass
from datetime import datetime

from irt.paper.both import Both
from irt.paper.letters import wrap
from irt.paper.sheet import MARGIN, Sheet, baseline, leading

BODY = 10.0
LABEL = 58.0


@dataclass(frozen=True)
class Fact:
    """A fact with its label in both languages; the value is plain text (a number, a day, a name of a site)."""

    label: Both
    value: str


@dataclass(frozen=True)
class Signed:
    """An electronic signature as it is shown (21 CFR 11.50): printed name, meaning, and time with its offset."""

    name: str
    meaning: Both
    at: str


NOTE = Both("Note to file", "备忘录")


@dataclass(frozen=True)
class FileNote:
    """What the note says. `signers` sign by hand, a line for each; `signed` are the signatures that it has.

    `kind`: what is written above its title; `mark`: what lies across every page, such as REHEARSAL.
    """

    title: Both
    facts: tuple[Fact, ...]
    narrative: tuple[Both, ...]
    signers: tuple[Both, ...] = ()
    signed: tuple[Signed, ...] = ()
    kind: Both = NOTE
    mark: str = ""


class _Flow:
    """Writes downwards and begins a new page where the next block would not fit."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.room = sheet.width - 2 * MARGIN
        self.bottom = sheet.height - MARGIN - 1
        sheet.page()
        self.y = MARGIN - 2

    def need(self, high: float) -> None:
        if self.y + high > self.bottom:
            self.sheet.page()
            self.y = MARGIN

    def text(self, text: str, size: float, *, bold: bool = False, indent: float = 0.0) -> None:
        for line in wrap(text, self.room - indent, size):
            self.need(leading(size))
            self.y = self.sheet.paragraph(MARGIN + indent, self.y, self.room, line, size, bold=bold)


def note_pdf(note: FileNote, *, footer: str, made_at: datetime) -> bytes:
    """The note as PDF on A4, each page numbered; every paragraph in Chinese and then in English.

    The signature block with name, meaning and time stands only where `signed` has one; lines to sign by hand stay
    whole on one page.
    """
    sheet = Sheet(note.title.line, made_at)
    flow = _Flow(sheet)
    flow.text(note.kind.line, 9)
    flow.text(note.title.zh, 15, bold=True)
    flow.text(note.title.en, 12, bold=True)
    flow.y += 3
    for fact in note.facts:
        _fact(flow, fact)
    flow.y += 4
    for paragraph in note.narrative:
        flow.text(paragraph.zh, BODY)
        flow.text(paragraph.en, BODY)
        flow.y += 2.5
    if note.signed:
        _heading(flow, Both("Electronic signatures", "电子签名"))
    for signature in note.signed:
        _signed(flow, signature)
    if note.signers:
        _heading(flow, Both("Signatures", "签名"))
    for signer in note.signers:
        _line_to_sign(flow, signer)
    sheet.foot(footer, "第 {page} 页，共 {pages} 页 · Page {page} of {pages}")
    if note.mark:
        sheet.mark(note.mark)
    return sheet.bytes()


def _fact(flow: _Flow, fact: Fact) -> None:
    label = wrap(fact.label.line, LABEL - 3, 9)
    value = wrap(fact.value, flow.room - LABEL, BODY)
    flow.need(max(len(label) * leading(9), min(len(value), 3) * leading(BODY)) + 2)
    top = flow.y
    end = flow.sheet.paragraph(MARGIN, top + 0.3, LABEL - 3, fact.label.line, 9)
    flow.text(fact.value, BODY, indent=LABEL)
    flow.y = max(flow.y, end if flow.y >= top else 0.0) + 1
    flow.sheet.line(MARGIN, flow.y, MARGIN + flow.room, flow.y, weight=0.15, grey=0.6)
    flow.y += 1


def _heading(flow: _Flow, text: Both) -> None:
    flow.need(35)
    flow.y += 3
    flow.text(text.line, 11, bold=True)
    flow.y += 1


def _signed(flow: _Flow, signature: Signed) -> None:
    said = (
        f"姓名 Name: {signature.name}",
        f"签名含义 Meaning: {signature.meaning.zh} {signature.meaning.en}",
        f"签署时间 Time: {signature.at}",
    )
    high = sum(len(wrap(text, flow.room - 8, BODY)) for text in said) * leading(BODY) + 4
    flow.need(high + 2)
    flow.sheet.box(MARGIN, flow.y, flow.room, high, weight=0.3)
    flow.y += 2
    for text in said:
        flow.text(text, BODY, indent=4)
    flow.y += 4


def _line_to_sign(flow: _Flow, signer: Both) -> None:
    """Who signs, then room for the name, the signature and the day."""
    flow.need(24)
    flow.text(signer.line, BODY)
    flow.y += 9
    third = flow.room / 3
    for column, label in enumerate(("姓名 Name", "签名 Signature", "日期 Date")):
        x = MARGIN + column * third
        flow.sheet.line(x, flow.y, x + third - 6, flow.y)
        flow.sheet.write(x, flow.y + baseline(8) + 0.5, label, 8, grey=0.3)
    flow.y += 8
