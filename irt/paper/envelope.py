"""The site's half of an emergency envelope: a page with a one-time code, to fold and to seal. It knows no treatment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from irt.paper.both import Both
from irt.paper.sheet import MARGIN, Sheet, baseline, leading

TITLE = Both("Emergency envelope", "紧急揭盲信封")
CODE_SIZE = 27.0
BODY = 10.5
STEPS = (
    Both(
        "Open it only while the service cannot be reached, and only where the treatment of an emergency depends on "
        "what this participant was given. While the service answers, break the code there.",
        "仅在系统无法使用、且紧急救治取决于该受试者所用药物时方可拆封。系统可用时，请在系统中紧急揭盲。",
    ),
    Both(
        "Call the on-call centre. Tell it the participant's number, the serial of the envelope and the code.",
        "致电值班中心，告知受试者编号、信封序号和代码。",
    ),
    Both(
        "The centre tells you the treatment. Pass it on to nobody but those who treat this participant now.",
        "值班中心会告知所用药物。除正在救治该受试者的人员外，不得告知任何人。",
    ),
    Both(
        "As soon as the service is back, record there who opened the envelope, when and why. Keep the envelope.",
        "系统恢复后，立即在系统中记录由谁、何时、因何拆封。请保留信封。",
    ),
)
FOLD = Both(
    "Fold this sheet so that the code is inside, put it into an opaque envelope, seal it, and sign across the flap. "
    "Write the participant's number and the serial on the outside.",
    "将本页对折使代码朝内，装入不透光的信封并封口，在封口处骑缝签名。在信封外写明受试者编号和信封序号。",
)
REPLACES = Both(
    "It replaces every earlier envelope of this participant as soon as the on-call centre has confirmed its new file. "
    "Until then keep the earlier one, sealed; from then on it opens nothing, and goes back to the monitor.",
    "值班中心确认收到新文件后，本信封即取代该受试者此前的所有信封。确认之前请保留旧信封，勿拆封；确认之后旧信封失效，请交还监查员。",
)


def not_in_it(moment: str) -> Both:
    """What an envelope cannot know; `moment`: when it was issued, in words."""
    return Both(f"Kits given after {moment} are not in it.", f"{moment}之后发放的药盒不在其中。")


@dataclass(frozen=True)
class EnvelopePage:
    """Whose envelope it is, its serial and its code as a person reads it."""

    participant: str
    serial: int
    code: str


@dataclass(frozen=True)
class EnvelopeTexts:
    """What all envelopes of a site say alike; an empty telephone number leaves a line to write it on."""

    trial: Both
    registration: str
    site: Both
    issued_on: str
    issued_at: str  # HH:MM by the site's clocks
    telephone: str = ""


def envelopes_pdf(texts: EnvelopeTexts, pages: Sequence[EnvelopePage], *, footer: str, made_at: datetime) -> bytes:
    """The envelopes of one site as PDF on A4, a page for each, in both languages."""
    sheet = Sheet(TITLE.line, made_at)
    for page in pages:
        sheet.page()
        _page(sheet, texts, page)
    sheet.foot(footer, "第 {page} 页，共 {pages} 页 · Page {page} of {pages}")
    return sheet.bytes()


def _page(sheet: Sheet, texts: EnvelopeTexts, page: EnvelopePage) -> None:
    room, y = sheet.width - 2 * MARGIN, MARGIN
    y = sheet.paragraph(MARGIN, y, room, TITLE.line, 20, bold=True) + 2
    for text in (texts.trial.zh, f"{texts.trial.en} ({texts.registration})", texts.site.line):
        y = sheet.paragraph(MARGIN, y, room, text, 9)
    y += 3
    facts = (
        ("受试者编号 Participant", page.participant),
        ("信封序号 Serial of the envelope", str(page.serial)),
        ("签发日期 Issued on", texts.issued_on),
    )
    for label, value in facts:
        sheet.write(MARGIN, y + baseline(14), label, 10, grey=0.25)
        sheet.write(MARGIN + 75, y + baseline(14), value, 14, bold=True)
        y += leading(14) + 1
    y = sheet.paragraph(MARGIN, y, room, not_in_it(f"{texts.issued_on} {texts.issued_at}").line, BODY)
    y = _code(sheet, y + 3, room, page.code) + 6
    for number, step in enumerate(STEPS, 1):
        sheet.write(MARGIN, y + baseline(BODY), f"{number}.", BODY, bold=True)
        y = _both(sheet, MARGIN + 7, y, room - 7, step) + 2
        if number == 2:
            y = _telephone(sheet, MARGIN + 7, y, texts.telephone) + 2
    sheet.line(MARGIN, y + 2, MARGIN + room, y + 2, grey=0.4, dashed=True)
    y = _both(sheet, MARGIN, y + 6, room, FOLD) + 2
    y = _both(sheet, MARGIN, y, room, REPLACES) + 12
    for column, label in enumerate(("封装人 Sealed by", "签名 Signature", "日期 Date")):
        x = MARGIN + column * room / 3
        sheet.line(x, y, x + room / 3 - 6, y)
        sheet.write(x, y + baseline(8) + 0.5, label, 8, grey=0.3)


def _code(sheet: Sheet, y: float, room: float, code: str) -> float:
    sheet.box(MARGIN, y, room, 24, weight=0.5)
    sheet.write(MARGIN + 3, y + 5, "代码 Code", 8, grey=0.3)
    sheet.write(sheet.width / 2, y + 17, code, CODE_SIZE, bold=True, align="centre")
    return y + 24


def _telephone(sheet: Sheet, x: float, y: float, number: str) -> float:
    label = "值班电话 On-call centre"
    sheet.write(x, y + baseline(12), f"{label}  {number}".rstrip(), 12, bold=True)
    if not number:
        sheet.line(x + 62, y + leading(12), x + 130, y + leading(12))
    return y + leading(12)


def _both(sheet: Sheet, x: float, y: float, room: float, text: Both) -> float:
    return sheet.paragraph(x, sheet.paragraph(x, y, room, text.zh, BODY), room, text.en, BODY)
