"""For the participant to take home: dosing calendar, reminders for the telephone, emergency card, in both languages.

They know days, numbers and the one label that every kit has; nothing on them could tell an arm.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from irt.dispensing.adherence import GIVEN
from irt.dispensing.calendar import Scheduled, schedule
from irt.dispensing.course import Course
from irt.dispensing.tables import ChangeRequest, Dose
from irt.paper.card import EmergencyCard, Telephone, card_pdf
from irt.paper.dosing_calendar import DoseDay, DosingCalendar, VisitDay, calendar_pdf
from irt.paper.reminders import Reminder, calendar_ics
from irt.participants.tables import Participant
from irt.participants.visits import Window
from irt.study import Dosing
from irt.study.design import Site
from irt.web import downloads, records, texts
from irt.web.bilingual import both, of_study
from irt.web.courses import course_read
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
HELD = _l("Treatment is on hold: inject nothing until your site tells you. You will then be given a new calendar.")
ASSESS_FIRST = _l("On a visit day inject only after the assessments of the visit.")


@dataclass(frozen=True)
class Plan:
    """What is planned for a randomized participant; `dosed`: the first dose was given, and all days count from it."""

    person: Participant
    number: str
    site: Site
    doses: list[Scheduled]
    doses_gone: list[Scheduled]  # held, after the end of treatment, or dropped off a grid that shifted
    visits: list[Window]
    visits_gone: list[Window]  # skipped, or after leaving
    dosed: bool
    held: bool
    issue: int  # grows with every record that can move a day, or let it fall away

    @property
    def told(self) -> list[Any]:
        """What holds of the whole plan, beside the usual advice."""
        return [text for text, applies in ((PLANNED, not self.dosed), (HELD, self.held)) if applies]


def plan_of(participant: str) -> Plan:
    """The plan of a participant of the reader's sites; the page "not found" before randomization."""
    study = service().study
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        kept = records.kept_of(session, participant)
        if participant not in kept.done:
            abort(404)
        today = texts.today_at(person.site)
        treated = course_read(session, study, person, today)
        issue = _issue(session, person, kept)
    doses, gone = _doses(study.dosing, treated)
    own = {visit.id for visit in study.visits}
    visits = [one for one in records.planned_of(person, kept, today) if one.window.visit in own]
    return Plan(
        person,
        kept.done[participant].number,
        study.site(person.site),
        doses,
        gone,
        [one.window for one in visits if one.state not in ("off", "skipped")],
        [one.window for one in visits if one.state in ("off", "skipped")],
        dosed=person.first_dose_on is not None,
        held=treated.held_since is not None,
        issue=issue,
    )


def _doses(dosing: Dosing, treated: Course) -> tuple[list[Scheduled], list[Scheduled]]:
    """The doses on their days, and those that fall away, on the days on which they would be."""
    anchor = treated.first_dose_on or treated.randomized_on
    assert anchor is not None, "whoever is randomized has a day from which doses are counted"
    planned = {one.number: one for one in treated.planned}
    given = {one.number for one in treated.due if one.status in GIVEN}
    ends_on = treated.ends_on or date.max
    kept = [
        one
        for one in treated.planned
        if one.number in given or (one.due_on <= ends_on and not treated.held_on(one.due_on))
    ]
    left = {one.number for one in kept}
    return kept, [planned.get(one.number, one) for one in schedule(dosing, anchor) if one.number not in left]


def _issue(session: Session, person: Participant, kept: records.Kept) -> int:
    """How many records there are that can move a day: none is ever taken back, so it only grows."""
    holds = sum(1 + (row.resumed_on is not None) for row in kept.holds.get(person.id, ()))
    stopped, left = person.id in kept.stops, person.ended_on is not None
    visits = kept.visits.get(person.id, ())
    lines = records.rows(session, Dose, participant=person.id)
    changes = records.rows(session, ChangeRequest, participant=person.id, state="agreed")
    return len(lines) + len(visits) + len(changes) + holds + stopped + left


@page(pages, "/<participant>/dosing-calendar.pdf", roles=CARE)
def dosing_calendar(participant: str) -> Any:
    """The days of doses and visits, with room to write."""
    plan, study = plan_of(participant), service().study
    names = {visit.id: of_study(visit.name) for visit in study.visits}
    printed = DosingCalendar(
        title=both(TITLE),
        participant=plan.person.screening_number,
        site=of_study(plan.site.name),
        telephone=plan.site.telephone or "",
        doses=tuple(DoseDay(one.number, one.due_on) for one in plan.doses),
        visits=tuple(VisitDay(names[one.visit], one.due, one.earliest, one.latest) for one in plan.visits),
        storage=both(_storage()),
        missed=both(_missed()),
        notes=tuple(both(text) for text in (*plan.told, BRING, ASSESS_FIRST)),
    )
    footer = f"{study.id} · {plan.person.screening_number} · {texts.site_moment(_now(), plan.site.code)}"
    made = calendar_pdf(printed, footer=footer, made_at=_now())
    return downloads.pdf(made, f"dosing-calendar-{plan.person.screening_number}", plan.site.code)


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
    """The same days for the participant's own telephone: a day that moved replaces the one sent before, and one that
    fell away takes it back."""
    plan, study = plan_of(participant), service().study
    names = {visit.id: of_study(visit.name) for visit in study.visits}
    described = both(plan.told[0]) if plan.told else None
    entries = [
        Reminder(f"dose-{one.number}", one.due_on, both(_l("Dose %(number)s", number=one.number)), described, gone)
        for found, gone in ((plan.doses, False), (plan.doses_gone, True))
        for one in found
    ]
    entries += [
        Reminder(f"visit-{one.visit}", one.due, names[one.visit], described, gone)
        for found, gone in ((plan.visits, False), (plan.visits_gone, True))
        for one in found
    ]
    made = calendar_ics(
        both(TITLE), entries, owner=f"{plan.person.screening_number}.{study.id}", made_at=_now(),
        alarm_hour=ALARM_HOUR, sequence=plan.issue,
    )  # fmt: skip
    return downloads.ics(made, f"dosing-calendar-{plan.person.screening_number}", plan.site.code)


@page(pages, "/<participant>/emergency-card.pdf", roles=CARE)
def card(participant: str) -> Any:
    """The card to carry: what is taken, whom to call, and that treatment can be made known."""
    plan, study = plan_of(participant), service().study
    made = card_pdf(
        EmergencyCard(
            trial=of_study(study.title),
            registration=study.registration,
            treatment=of_study(study.kit.label),
            participant=plan.person.screening_number,
            randomization=plan.number,
            site=of_study(plan.site.name),
            telephones=(
                Telephone(both(_l("Site, day and night")), plan.site.telephone or ""),
                Telephone(both(_l("Physician of the trial"))),
            ),
            unmasking=both(_l("In an emergency the site's investigator can have the treatment made known.")),
        ),
        made_at=_now(),
    )
    return downloads.pdf(made, f"emergency-card-{plan.person.screening_number}", plan.site.code)


def _now() -> Any:
    return service().clock.now()
