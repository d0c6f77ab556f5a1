"""For the participant to take home: dosing calendar, reminders for the telephone, emergency card, in both languages.

They know days, numbers and the one label that every kit has; nothing on them could tell an arm.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort
from flask_babel import lazy_gettext as _l

from irt.dispensing.calendar import Scheduled, schedule
from irt.paper.card import EmergencyCard, Telephone, card_pdf
from irt.paper.dosing_calendar import DoseDay, DosingCalendar, VisitDay, calendar_pdf
from irt.paper.reminders import Reminder, calendar_ics
from irt.participants.tables import Participant
from irt.participants.visits import Window, windows
from irt.randomization.tables import Randomization
from irt.study.design import Site
from irt.web import downloads, records, texts
from irt.web.bilingual import both, of_study
from irt.web.pages import page, reading
from irt.web.participants import CARE
from irt.web.wired import service

pages = Blueprint("papers", __name__, url_prefix="/participants")

TITLE = _l("Dosing calendar")
ALARM_HOUR = 8  # of the telephone's own time
PLANNED = _l(
    "Planned from the day of randomization: the first dose is not recorded yet. Print this calendar again after it."
)
BRING = _l("Bring all used and unused vials and this calendar to every visit.")
ASSESS_FIRST = _l("On a visit day inject only after the assessments of the visit.")


@dataclass(frozen=True)
class Course:
    """What is planned for a randomized participant; `dosed`: the first dose was given, and all days count from it."""

    person: Participant
    number: str
    site: Site
    doses: list[Scheduled]
    visits: list[Window]
    dosed: bool


def course_of(participant: str) -> Course:
    """The plan of a participant of the reader's sites; the page "not found" before randomization."""
    study = service().study
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        done = next(iter(records.rows(session, Randomization, participant=participant)), None)
    if done is None:
        abort(404)
    site = study.site(person.site)
    anchor: date = person.first_dose_on or texts.day_of(done.randomized_at, person.site)
    doses = schedule(study.dosing, anchor)
    return Course(person, done.number, site, doses, windows(study, anchor), person.first_dose_on is not None)


@page(pages, "/<participant>/dosing-calendar.pdf", roles=CARE)
def dosing_calendar(participant: str) -> Any:
    """The days of doses and visits, with room to write."""
    course, study = course_of(participant), service().study
    names = {visit.id: of_study(visit.name) for visit in study.visits}
    told = [BRING, ASSESS_FIRST] if course.dosed else [PLANNED, BRING, ASSESS_FIRST]
    plan = DosingCalendar(
        title=both(TITLE),
        participant=course.person.screening_number,
        site=of_study(course.site.name),
        telephone=course.site.telephone or "",
        doses=tuple(DoseDay(one.number, one.due_on) for one in course.doses),
        visits=tuple(VisitDay(names[one.visit], one.due, one.earliest, one.latest) for one in course.visits),
        storage=both(_storage()),
        missed=both(_missed()),
        notes=tuple(both(text) for text in told),
    )
    footer = f"{study.id} · {course.person.screening_number} · {texts.site_moment(_now(), course.site.code)}"
    made = calendar_pdf(plan, footer=footer, made_at=_now())
    return downloads.pdf(made, f"dosing-calendar-{course.person.screening_number}", course.site.code)


def _storage() -> Any:
    kit = service().study.kit
    return _l(
        "Keep the vials in the refrigerator at %(least)s–%(most)s °C. Do not freeze them. Carry them in the cool bag.",
        least=kit.storage_minimum_celsius,
        most=kit.storage_maximum_celsius,
    )


def _missed() -> Any:
    dosing = service().study.dosing
    if dosing.late_dose == "shift_grid":
        return _l(
            "If you missed a dose, never take two doses on one day. Write it down here and call your site: it tells "
            "you on which days the next doses are."
        )
    if dosing.least_gap == 1:
        return _l(
            "If you missed a dose, never take two doses on one day. Write it down here, inject the next dose on its "
            "planned day, and call your site if you are unsure."
        )
    return _l(
        "If you missed a dose, never take two doses on one day or on two days in a row. Write it down here, inject the "
        "next dose on its planned day, and call your site if you are unsure."
    )


@page(pages, "/<participant>/dosing-calendar.ics", roles=CARE)
def reminders(participant: str) -> Any:
    """The same days for the participant's own telephone; a day that moved replaces the one sent before."""
    course, study = course_of(participant), service().study
    names = {visit.id: of_study(visit.name) for visit in study.visits}
    described = None if course.dosed else both(PLANNED)
    entries = [
        Reminder(f"dose-{one.number}", one.due_on, both(_l("Dose %(number)s", number=one.number)), described)
        for one in course.doses
    ]
    entries += [Reminder(f"visit-{one.visit}", one.due, names[one.visit], described) for one in course.visits]
    made = calendar_ics(
        both(TITLE), entries, owner=f"{course.person.screening_number}.{study.id}", made_at=_now(),
        alarm_hour=ALARM_HOUR, sequence=int(course.dosed),
    )  # fmt: skip
    return downloads.ics(made, f"dosing-calendar-{course.person.screening_number}", course.site.code)


@page(pages, "/<participant>/emergency-card.pdf", roles=CARE)
def card(participant: str) -> Any:
    """The card to carry: what is taken, whom to call, and that treatment can be made known."""
    course, study = course_of(participant), service().study
    made = card_pdf(
        EmergencyCard(
            trial=of_study(study.title),
            registration=study.registration,
            treatment=of_study(study.kit.label),
            participant=course.person.screening_number,
            randomization=course.number,
            site=of_study(course.site.name),
            telephones=(
                Telephone(both(_l("Site, day and night")), course.site.telephone or ""),
                Telephone(both(_l("Physician of the trial"))),
            ),
            unmasking=both(_l("In an emergency the site's investigator can have the treatment made known.")),
        ),
        made_at=_now(),
    )
    return downloads.pdf(made, f"emergency-card-{course.person.screening_number}", course.site.code)


def _now() -> Any:
    return service().clock.now()
