"""Outcomes left for the pages of the trial in `trial`: scored ratings, a result of the laboratory, a rescue judged."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from irt.clock import local_day
from irt.dispensing.lost import IN_STOCK, LostOrDamaged, lost_or_damaged
from irt.outcomes.adjudicate import Adjudicate, adjudicate, gathered
from irt.outcomes.capture import CorrectForm, Sheet, correct
from irt.outcomes.kiosk import OpenKiosk, open_kiosk
from irt.outcomes.medication import ReportMedication, report_medication
from irt.outcomes.queries import RaiseQuery, raise_one
from irt.outcomes.results import CorrectResult, RecordResult, correct_result, record_result
from irt.outcomes.tables import OutcomeForm
from irt.participants.tables import Participant
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk
from irt.supply.tables import Kit
from tests.outcomes.rated import RATERS, Core, sheets_of

DAY = timedelta(days=1)
TELLING = "7319.43"  # a cytokine that the laboratory alone may read
BASELINE = Core()
WEEK_12 = Core(56, "4", "7", (1,) * 8, "4.4", {"ck": "800", "ldh": "900", "ast": "90", "alt": "80"})
SCORE = "67.5"  # what these two come to: 17.5 + 2.5 + 20 + 7.5 + 7.5 + 12.5


def leave_outcomes(desk: Desk, cast: Cast, site: str, participant: str) -> None:
    """A result of week 12, and a rescue before it that the medical monitor judged."""
    first = _first_dose(desk, cast, site, participant)
    on = first + 84 * DAY
    told: dict[str, Any] = {"participant": participant, "visit": "W12", "instrument": "cytokines", "collected_on": on}
    found = {"readings": {"il6": TELLING, "il2": "<0.5"}}
    laboratory = cast.one("laboratory")
    if desk.attempt(laboratory, record_result, RecordResult(**told, **found)) is None:  # the simulation was there
        desk.do(laboratory, correct_result, CorrectResult(**told, **found, revision=2, reason="copied"))
    rescue = ReportMedication(participant=participant, kind="ivig", drug="immunoglobulin", started_on=first + 30 * DAY)
    desk.do(cast.at(site, "coordinator"), report_medication, rescue)
    with desk.service.database.reading(cast.one("medical_monitor")) as session:

        def rows(model: Any, **of: Any) -> list[Any]:
            return list(session.scalars(select(model).filter_by(**of)))

        event = next(one for one in gathered(desk.service.study, rows, participant) if one.subject.startswith("med"))
    judged = Adjudicate(
        participant=participant, subject=event.subject, basis=event.basis, revision=1, verdict="rescue",
        happened_on=event.happened_on, reason="before week 12",
    )  # fmt: skip
    desk.do(cast.one("medical_monitor"), adjudicate, judged)


def lose_a_box(desk: Desk, cast: Cast, at: str | None = None) -> tuple[str, str]:
    """A box in stock at a site is gone, at any site unless one is named; answers the mishap and the site."""
    here = Kit.site.is_not(None) if at is None else Kit.site == at
    with desk.service.database.reading(cast.one("monitor")) as session:
        kit = session.scalars(select(Kit).where(here, Kit.state.in_(IN_STOCK)).order_by(Kit.number)).first()
    assert kit is not None
    assert kit.site is not None
    today = local_day(desk.clock.now(), desk.service.study.site(kit.site).time_zone)
    lost = LostOrDamaged(kit=kit.number, what="lost", happened_on=today, replace="no", told="not where it was")
    return str(desk.do(cast.at(kit.site, "pharmacist"), lost_or_damaged, lost).answer), kit.site


def hand_a_page_over(desk: Desk, cast: Cast, site: str, participant: str) -> str:
    """The participant may answer at the first visit of which something is unanswered; answers that visit."""
    for visit in desk.service.study.visits:
        order = OpenKiosk(participant=participant, visit=visit.id, code=f"page{visit.id.lower()}", digest="0" * 64)
        if desk.attempt(cast.at(site, "coordinator"), open_kiosk, order) is not None:
            return visit.id
        assert desk.last_refusal == "nothing_to_answer"
    raise AssertionError("everything is answered")


def ask_about_a_form(desk: Desk, cast: Cast, participant: str) -> None:
    """A data manager asks about what was rated at week 12."""
    order = RaiseQuery(participant=participant, visit="W12", instrument="mmt8", text="is the sum as on paper?")
    desk.do(cast.one("data_manager"), raise_one, order)


def rate_to_score(desk: Desk, cast: Cast, site: str, participant: str) -> None:
    """Raters record what comes to SCORE at week 12; where something is recorded already, they correct it."""
    first = _first_dose(desk, cast, site, participant)
    for visit, on, core in (("W0", first, BASELINE), ("W12", first + 84 * DAY, WEEK_12)):
        for role, readings in sheets_of(desk.service.study, visit, core).items():
            told: dict[str, Any] = {"participant": participant, "visit": visit, "assessed_on": on}
            by = cast.at(site, role)
            for name, of in _by_instrument(readings).items():
                mine = {key: text for key, text in readings.items() if key.startswith(f"{name}.")}
                if desk.attempt(by, RATERS[role], Sheet(**told, readings=mine)) is not None:
                    continue
                assert desk.last_refusal == "form_recorded"
                with desk.service.database.reading(by) as session:
                    of_form = select(OutcomeForm).filter_by(participant=participant, visit=visit, instrument=name)
                    revision = 1 + max(row.revision for row in session.scalars(of_form))
                order = CorrectForm(**told, instrument=name, readings=of, revision=revision, reason="as on paper")
                if desk.attempt(by, correct, order) is None:
                    assert desk.last_refusal == "form_unchanged"


def _by_instrument(readings: dict[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, text in readings.items():
        instrument, _, key = name.partition(".")
        found.setdefault(instrument, {})[key] = text
    return found


def _first_dose(desk: Desk, cast: Cast, site: str, participant: str) -> Any:
    with desk.service.database.reading(cast.at(site, "coordinator")) as session:
        person = session.scalars(select(Participant).filter_by(id=participant)).one()
    assert person.first_dose_on is not None
    assert person.first_dose_on + 84 * DAY <= local_day(desk.clock.now(), desk.service.study.site(site).time_zone)
    return person.first_dose_on
