"""Outcomes left for the pages of the trial in `trial`: scored ratings, a result of the laboratory, a rescue judged."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from irt.clock import local_day
from irt.dispensing.lost import LostOrDamaged, lost_or_damaged
from irt.outcomes.adjudicate import Adjudicate, adjudicate, gathered
from irt.outcomes.capture import CorrectForm, Sheet, correct
from irt.outcomes.medication import ReportMedication, report_medication
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


def lose_a_box(desk: Desk, cast: Cast) -> tuple[str, str]:
    """A box of some site's shelf is gone; answers the mishap and the site."""
    with desk.service.database.reading(cast.one("monitor")) as session:
        kit = session.scalars(select(Kit).filter_by(state="available").order_by(Kit.number)).first()
    assert kit is not None
    assert kit.site is not None
    today = local_day(desk.clock.now(), desk.service.study.site(kit.site).time_zone)
    lost = LostOrDamaged(kit=kit.number, what="lost", happened_on=today, replace="no", told="not on the shelf")
    return str(desk.do(cast.at(kit.site, "pharmacist"), lost_or_damaged, lost).answer), kit.site


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
