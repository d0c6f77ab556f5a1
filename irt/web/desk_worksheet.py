"""The worksheet of a case: the facts that a CIOMS I form asks for, in both languages; the treatment by hand.

It goes to a file, and no file holds a treatment: there is a line to write it on. Nor does it hold the laboratory values
that are the investigator's alone, for the treatment can be told from them. It claims to be no report.
"""

from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.dispensing.planned import last_dose_on
from irt.dispensing.tables import Dose, TreatmentStop
from irt.paper.both import Both
from irt.paper.note import Fact, FileNote, note_pdf
from irt.participants.tables import Participant
from irt.safety.emergency_tables import DeskClosing
from irt.safety.laboratory_tables import LabSample, LabValue
from irt.safety.readings import Reading, readings
from irt.safety.tables import SusarCandidate
from irt.web import lab_board, lab_wording, records, texts, words
from irt.web.event_log import Shown
from irt.web.event_versions import compared
from irt.web.language import LANGUAGES, speaking
from irt.web.wired import service

Facts = list[tuple[str, str]]
BY_PEN = "_" * 44
KIND = Both("Worksheet for an expedited safety report. It is not the report.", "加急安全性报告工作表，非报告本身。")
BY_HAND = Both(
    f"Treatment, as shown at the safety desk (written by hand; keep the sheet apart from the trial's files): {BY_PEN}",
    "治疗（按安全性处理台所示手工填写；本表须与试验文件分开保管）：",
)
AROUND = timedelta(days=14)  # before and after the onset: of which days laboratory values are told


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


def _facts(read: Session, event: Shown, candidate: SusarCandidate, person: Participant) -> Facts:
    facts = [
        *_case(read, event, candidate, person),
        *_drug(read, person),
        *_around_onset(read, event, person),
        *_opinion(event),
        *_told(event),
        *((label, BY_PEN) for label in _not_recorded()),
    ]
    return [(str(label), str(value)) for label, value in facts]


def _case(read: Session, event: Shown, candidate: SusarCandidate, person: Participant) -> Facts:
    study, latest = service().study, compared(event.versions[-1:])
    onset = event.latest.onset_on
    cases = {one.id for one in event.candidates}
    first = not any(row.candidate in cases for row in records.rows(read, DeskClosing, part="report"))
    return [
        (_("Report"), _("First report") if first else _("Follow-up report")),
        (_("Study"), f"{study.registration}, {study.protocol_version}"),
        (_("Participant"), event.number),
        (words.field("site"), texts.site_name(person.site)),
        (_("Country"), texts.said(study.safety.country) if study.safety.country else BY_PEN),
        (_("Sex"), words.word(person.sex, "SEXES")),
        (_("Age at the onset, in years"), str(onset.year - person.birth_year)),
        (_("Day zero"), str(candidate.day_zero)),
        *((line.label, line.cells[0].said) for line in latest if line.label != _("What is new")),
    ]


def _drug(read: Session, person: Participant) -> Facts:
    """The study drug as it is planned for everybody, and when this participant had it."""
    study = service().study
    stop = read.scalars(select(TreatmentStop).filter_by(participant=person.id)).one_or_none()
    last = last_dose_on(read.scalars(select(Dose).filter_by(participant=person.id)))
    wanted = study.safety.indication
    return [
        (_("Study drug"), texts.said(study.kit.label)),
        (_("Dosage form"), texts.said(study.label.form)),
        (_("Amount of a dose"), f"{study.dosing.dose:,} {study.dosing.unit}"),
        (_("Route"), texts.said(study.dosing.route)),
        (_("Frequency"), _frequency()),
        (_("Indication"), texts.said(wanted) if wanted else BY_PEN),
        (_("First and last dose"), f"{person.first_dose_on or '–'} / {last or '–'}"),
        (_("Treatment stopped"), str(stop.last_day) if stop is not None else _("No")),
    ]


def _frequency() -> str:
    dosing = service().study.dosing
    daily = dosing.interval_days == 1
    every = str(_("once a day") if daily else _("once every %(days)s days", days=dosing.interval_days))
    if dosing.on_days is None:
        return every
    cycle = _("in cycles of %(on)s days on, %(off)s days off", on=dosing.on_days, off=dosing.off_days or 0)
    return f"{every}, {cycle}"


def _around_onset(read: Session, event: Shown, person: Participant) -> Facts:
    """The laboratory values of the last sample before the onset, and of two weeks before and after it, day by day."""
    onset, of = event.latest.onset_on, {"participant": person.id}
    alone = {test.id for test in lab_board.shown_tests("investigator")}
    found = [
        one
        for one in readings(records.rows(read, LabSample, **of), records.rows(read, LabValue, **of))
        if one.analyte not in alone
    ]
    before = max((one.taken_on for one in found if one.taken_on < onset), default=onset)
    days: dict[date, list[str]] = {}
    for one in found:
        if one.taken_on == before or abs(one.taken_on - onset) <= AROUND:
            days.setdefault(one.taken_on, []).append(_measured(one))
    if not days:
        return [(_("Laboratory values"), BY_PEN)]
    return [(_("Laboratory values of %(day)s", day=day), "; ".join(values)) for day, values in days.items()]


def _measured(one: Reading) -> str:
    test = service().study.laboratory_test(one.analyte)
    said = f"{lab_wording.test_name(one.analyte)} {one.found.value} {test.unit if test else ''}".strip()
    normal = lab_board.normal(one.found)
    return f"{said} ({normal})" if normal else said


def _opinion(event: Shown) -> Facts:
    if event.opinion is None:
        return []
    judged = words.word(event.opinion.causality_drug, "CAUSALITIES")
    expected = words.word(event.opinion.expectedness, "EXPECTEDNESS")
    return [(_("Sponsor's opinion"), f"{judged}; {expected}")]


def _told(event: Shown) -> Facts:
    """What was told, version by version: the narrative, in the site's words."""
    return [
        (
            f"{words.field('version')} {one.version}",
            f"{texts.site_moment(one.recorded_at, one.site)}: {one.verbatim if one.why is None else one.why}",
        )
        for one in event.versions
    ]


def _not_recorded() -> tuple[str, ...]:
    """What the form asks for and nobody records here: lines to write it on."""
    return (
        _("Relevant medical history"), _("Concomitant drugs, with their days"),
        _("Did it abate when the drug was stopped?"), _("Did it come back when the drug was given again?"),
    )  # fmt: skip
