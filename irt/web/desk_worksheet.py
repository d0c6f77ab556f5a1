"""The worksheet of a case: the facts that a CIOMS I form asks for, in both languages; the treatment by hand.

It goes to a file, and no file holds a treatment: there is a line to write it on. It claims to be no report.
"""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.dispensing.tables import Dose, TreatmentStop
from irt.paper.both import Both
from irt.paper.note import Fact, FileNote, note_pdf
from irt.participants.tables import Participant
from irt.safety.tables import SusarCandidate
from irt.web import texts, words
from irt.web.event_log import Shown
from irt.web.event_versions import compared
from irt.web.language import LANGUAGES, speaking
from irt.web.wired import service

KIND = Both("Worksheet for an expedited safety report. It is not the report.", "加急安全性报告工作表，非报告本身。")
BY_HAND = Both(
    "Treatment, as shown at the safety desk (written by hand; keep the sheet apart from the trial's files):",
    "治疗（按安全性处理台所示手工填写；本表须与试验文件分开保管）：",
)


def printed(read: Session, event: Shown, candidate: SusarCandidate, person: Participant) -> bytes:
    """The worksheet as PDF."""
    said: dict[str, list[tuple[str, str]]] = {}
    for code in LANGUAGES:
        with speaking(code):
            said[code] = _facts(read, event, candidate, person)
    facts = tuple(
        Fact(Both(label_en, label_zh), en if en == zh else f"{zh} {en}")
        for (label_en, en), (label_zh, zh) in zip(said["en"], said["zh_Hans_CN"], strict=True)
    )
    label = service().study.kit.label
    title = Both(f"{event.number} · event {event.row.number}", f"{event.number} · 事件 {event.row.number}")
    note = FileNote(title, facts, (KIND, Both(label.en, label.zh), BY_HAND), (Both("Safety officer", "安全官"),))
    return note_pdf(note, footer=service().study.registration, made_at=service().clock.now())


def _facts(read: Session, event: Shown, candidate: SusarCandidate, person: Participant) -> list[tuple[str, str]]:
    onset = event.versions[-1].onset_on
    first, last = _doses(read, person.id)
    stop = read.scalars(select(TreatmentStop).filter_by(participant=person.id)).one_or_none()
    latest = compared(event.versions[-1:])
    facts = [
        (_("Study"), f"{service().study.registration}, {service().study.protocol_version}"),
        (_("Participant"), event.number),
        (words.field("site"), texts.site_name(person.site)),
        (_("Sex"), words.word(person.sex, "SEXES")),
        (_("Age at the onset, in years"), str(onset.year - person.birth_year)),
        (_("Day zero"), str(candidate.day_zero)),
        *((line.label, line.cells[0].said) for line in latest),
        (_("Study drug"), texts.said(service().study.kit.label)),
        (_("First and last dose"), f"{first or '–'} / {last or '–'}"),
        (_("Treatment stopped"), str(stop.last_day) if stop is not None else _("No")),
    ]
    if event.opinion is not None:
        judged = words.word(event.opinion.causality_drug, "CAUSALITIES")
        expected = words.word(event.opinion.expectedness, "EXPECTEDNESS")
        facts.append((_("Sponsor's opinion"), f"{judged}; {expected}"))
    facts.append((_("Version"), f"{event.latest.version}, {texts.site_moment(event.latest.recorded_at, person.site)}"))
    return [(str(label), str(value)) for label, value in facts]


def _doses(read: Session, participant: str) -> tuple[date | None, date | None]:
    """The days of the first and the last dose that was taken; None where there was none."""
    newest: dict[Any, Dose] = {}
    for row in read.scalars(select(Dose).filter_by(participant=participant).order_by(Dose.revision)):
        newest[row.kind, row.number] = row
    days = sorted(row.taken_on for row in newest.values() if row.taken_on is not None)
    return (days[0], days[-1]) if days else (None, None)
