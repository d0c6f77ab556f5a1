"""Outcomes left for the pages of the trial in `trial`: rated in part, corrected, and a code open for a participant."""

from datetime import date

from irt.clock import local_day
from irt.entropy import new_id
from irt.outcomes.capture import CorrectForm, Sheet, correct, rate, record
from irt.outcomes.forms import keys_of
from irt.outcomes.kiosk import OpenKiosk, open_kiosk
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk


def leave_outcomes(desk: Desk, cast: Cast, site: str, participant: str) -> None:
    """A participant's first visit as it is half recorded."""
    study, first = desk.service.study, desk.service.study.visits[0].id
    today = local_day(desk.clock.now(), study.site(site).time_zone)
    for role, act, name in (("assessor", rate, "mmt8"), ("physician_assessor", rate, "physician_global"),
                            ("coordinator", record, "muscle_enzymes")):  # fmt: skip
        desk.do(cast.at(site, role), act, _sheet(desk, participant, first, name, today))
    fixed = CorrectForm(participant=participant, visit=first, instrument="physician_global", assessed_on=today,
                        readings={"vas": "3.5"}, reason="misread the line")  # fmt: skip
    desk.do(cast.at(site, "physician_assessor"), correct, fixed)
    coordinator = cast.at(site, "coordinator")
    minted = desk.service.credentials.new_kiosk_code(coordinator)
    wanted = OpenKiosk(participant=participant, visit=first, code=new_id(desk.service.entropy), digest=minted.digest)
    desk.do(coordinator, open_kiosk, wanted)


def _sheet(desk: Desk, participant: str, visit: str, name: str, today: date) -> Sheet:
    keys = keys_of(desk.service.study.instrument(name)).items()
    readings = {f"{name}.{key}": one.choices[0] if one.choices else str(one.minimum) for key, one in keys}
    return Sheet(participant=participant, visit=visit, assessed_on=today, readings=readings)
