"""For the participant to take home: dosing calendar, reminders for the telephone, emergency card, in both languages.

They know days, numbers and the one label that every kit has; nothing on them could tell an arm.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort
from flask_babel import lazy_gettext as _l

from irt.dispensing.calendar import Scheduled, schedule
from irt.dispensing.course import course
from irt.dispensing.tables import Dose, Hold, TreatmentStop
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
HELD = _l("Treatment is on hold: inject nothing until your site tells you. You will then be given a new calendar.")
ASSESS_FIRST = _l("On a visit day inject only after the assessments of the visit.")


@dataclass(frozen=True)
class Plan:
    """What is planned for a randomized participant; `dosed`: the first dose was given, and all days count from it."""

    person: Participant
    number: str
    site: Site
    doses: list[Scheduled]
    visits: list[Window]
    dosed: bool
    held: bool
    issue: int  # grows with everything that moves a day

    @property
    def told(self) -> list[Any]:
        """What holds of the whole plan, beside the usual advice."""
        return [text for text, applies in ((PLANNED, not self.dosed), (HELD, self.held)) if applies]


def plan_of(participant: str) -> Plan:
    """The plan of a participant of the reader's sites; the page "not found" before randomization."""
    study = service().study
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        done = next(iter(records.rows(session, Randomization, participant=participant)), None)
        holds = records.rows(session, Hold, participant=participant)
        stop = next(iter(records.rows(session, TreatmentStop, participant=participant)), None)
        doses = records.rows(session, Dose, participant=participant)
    if done is None:
        abort(404)
    randomized_on, today = texts.day_of(done.randomized_at, person.site), texts.today_at(person.site)
    treated = course(
        study, participant=person, randomized_on=randomized_on, doses=doses, holds=holds, stop=stop, until=today
    )
    anchor: date = person.first_dose_on or randomized_on
    planned = treated.planned or schedule(study.dosing, anchor)
    last = treated.given[-1].taken_on if treated.given else None
    return Plan(
        person,
        done.number,
        study.site(person.site),
        [one for one in planned if not treated.held_on(one.due_on) and one.due_on <= (treated.ends_on or date.max)],
        windows(study, anchor, last_dose_on=last, stopped=stop is not None),
        dosed=person.first_dose_on is not None,
        held=treated.held_since is not None,
        issue=(person.first_dose_on is not None)
        + sum(1 + (row.resumed_on is not None) for row in holds)
        + (stop is not None),
    )


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
    """The same days for the participant's own telephone; a day that moved replaces the one sent before."""
    plan, study = plan_of(participant), service().study
    names = {visit.id: of_study(visit.name) for visit in study.visits}
    described = both(plan.told[0]) if plan.told else None
    entries = [
        Reminder(f"dose-{one.number}", one.due_on, both(_l("Dose %(number)s", number=one.number)), described)
        for one in plan.doses
    ]
    entries += [Reminder(f"visit-{one.visit}", one.due, names[one.visit], described) for one in plan.visits]
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
