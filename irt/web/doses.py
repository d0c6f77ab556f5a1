"""The treatment of a participant: first dose, diary, holds, stop, completion; looked at as a calendar."""

import re
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from irt.dispensing.boxes import left_on
from irt.dispensing.course import latest_doses
from irt.dispensing.diary import correct_dose, record_diary
from irt.dispensing.first_dose import record_first_dose
from irt.dispensing.tables import Dose
from irt.dispensing.treatment import complete, hold_treatment, resume_treatment, stop_treatment
from irt.gate.act import spec_of
from irt.participants.tables import Participant
from irt.study import Choice
from irt.web import diary_form, records, texts, words
from irt.web.asking import Field, ask
from irt.web.courses import boxes_read, course_read
from irt.web.dose_calendar import MARKS, months
from irt.web.dose_card import treatment_of
from irt.web.pages import form_page, page, reading
from irt.web.participants import KIT_READERS, about
from irt.web.wired import service

pages = Blueprint("doses", __name__, url_prefix="/participants/<participant>")

LINE = re.compile(r"x?[1-9][0-9]{0,3}")


@page(pages, "/diary", roles=KIT_READERS)
def diary(participant: str) -> Any:
    """The diary: a calendar to look at, counts, and every line with what stood there before."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        facts = treatment_of(session, person)
        course = facts["course"] or abort(404)
        lines = records.rows(session, Dose, participant=participant)
        boxes = left_on(course, boxes_read(session, service().study, person))
    before = sorted((row for row in lines if row not in latest_doses(lines).values()), key=lambda row: row.revision)
    days = get_locale().days["stand-alone"]["narrow"]
    return render_template(
        "diary.html", person=person, months=months(course), marks=MARKS, boxes=boxes, before=before,
        weekdays=[days[place] for place in range(7)], **facts,
    )  # fmt: skip


@form_page(pages, "/diary/record", roles=spec_of(record_diary).roles)
def recorded(participant: str) -> Any:
    """Record many days in one go."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        course = course_read(session, service().study, person, texts.today_at(person.site))
        boxes = boxes_read(session, service().study, person)
    here = url_for("doses.diary", participant=participant)
    title = f"{person.screening_number} · {_('Diary')}"
    given = {"participant": participant, "doses": diary_form.written(request.form)}
    return ask(
        record_diary, title=title, given=given, done=here, back=here, template="record_diary.html",
        rows=diary_form.rows(course, boxes, service().study.treatment), course=course,
        differences=diary_form.differences(course, boxes), kits=[box.number for box in boxes],
    )  # fmt: skip


@form_page(pages, "/diary/<dose>/correct", roles=spec_of(correct_dose).roles)
def corrected(participant: str, dose: str) -> Any:
    """Put one dose right; what was recorded before stays visible."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        row = _line(session, participant, dose)
    values = {name: str(getattr(row, name)) for name in diary_form.OF_A_DOSE_GIVEN if getattr(row, name) is not None}
    values |= {"outcome": row.outcome, "missed_reason": row.reason or ""}
    outcomes = diary_form.OUTCOMES if row.kind == "scheduled" else ("taken", "partial", "void")
    fields = (
        *diary_form.fields_of(service().study.treatment, outcomes, values),
        Field("reason", label=_("Why it is corrected")),
    )
    given = {"participant": participant, "dose": dose, **diary_form.corrected(request.form)}
    here = url_for("doses.diary", participant=participant)
    return ask(
        correct_dose, title=f"{person.screening_number} · {words.dose(dose)}", fields=fields, given=given, done=here,
        back=here, lead=_("What was recorded stays visible beside it. A missed dose keeps no day, kit or place."),
    )  # fmt: skip


def _line(session: Session, participant: str, dose: str) -> Dose:
    """The line that counts of a dose; the page "not found" when there is none at the reader's sites."""
    if not LINE.fullmatch(dose):
        abort(404)
    of = {"kind": "extra" if dose.startswith("x") else "scheduled", "number": int(dose.lstrip("x"))}
    found = latest_doses(records.rows(session, Dose, participant=participant, **of))
    line: Dose = next(iter(found.values()), None) or abort(404)
    return line


@form_page(pages, "/first-dose", roles=spec_of(record_first_dose).roles)
def first(participant: str) -> Any:
    """Record the first dose, which begins the calendar."""
    study = service().study
    limit = study.dosing.first_dose_within_days
    fields = (
        Field("kit", "scan", hint=_("Scan the label of the box, or type its number.")),
        Field("taken_on", "day", value=_today(participant)),
        Field("taken_at", "time"),
        Field("place", "radio", choices=tuple(words.PLACES.items())),
        Field("injection_site", "choice", choices=texts.offered(study.treatment.injection_sites)),
        Field("reason", hint=_("Asked for more than %(days)s days after randomization.", days=limit), optional=True),
    )
    lead = _("Study day 1: all doses and visits are counted from this day.")
    return about(record_first_dose, participant, _("First dose"), fields, lead=lead)


@form_page(pages, "/hold", roles=spec_of(hold_treatment).roles)
def held(participant: str) -> Any:
    """Put treatment on hold."""
    fields = _since(participant, "from_on", "hold_reason", service().study.treatment.hold_reasons)
    lead = _("Doses of these days are not missed, and no kit is given. A dose taken today: hold from tomorrow.")
    return about(hold_treatment, participant, _("Hold treatment"), fields, lead=lead)


@form_page(pages, "/resume", roles=spec_of(resume_treatment).roles)
def resumed(participant: str) -> Any:
    """End the hold."""
    fields = (Field("resumed_on", "day", value=_today(participant)),)
    lead = _("The first day on which doses are due again. The calendar stays as it was.")
    return about(resume_treatment, participant, _("Resume treatment"), fields, lead=lead)


@form_page(pages, "/stop", roles=spec_of(stop_treatment).roles)
def stopped(participant: str) -> Any:
    """Stop treatment for good; visits go on."""
    fields = _since(participant, "last_day", "stop_reason", service().study.treatment.stop_reasons)
    lead = _("For good: no dose is due after this day and no kit is given. The participant stays in follow-up.")
    return about(stop_treatment, participant, _("Stop treatment"), fields, lead=lead)


@form_page(pages, "/complete", roles=spec_of(complete).roles)
def completed(participant: str) -> Any:
    """The participant has come to the end of the trial."""
    lead = _("The last visits took place or were skipped, every kit is back, and treatment is not on hold.")
    return about(complete, participant, _("Complete"), (), lead=lead)


def _since(participant: str, day: str, reason: str, offered: tuple[Choice, ...]) -> tuple[Field, ...]:
    """The fields of what happens to treatment: on which day, for which of the study's reasons, and in words."""
    return (
        Field(day, "day", value=_today(participant)),
        Field(reason, "choice", choices=texts.offered(offered)),
        Field("note", "note", optional=True),
    )


def _today(participant: str) -> str:
    with reading() as session:
        return texts.today_at(records.one(session, Participant, id=participant).site).isoformat()
