"""Adverse events left for the pages of the trial in `trial`: a case for the safety desk, a mild one, one heard of."""

from typing import Any

from irt.clock import local_day
from irt.safety.events import ReportEvent, TellEvent, report_event, tell_event
from irt.safety.opinions import JudgeEvent, judge_event
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk

EARLY = "00:00"


def leave_events(desk: Desk, cast: Cast, site: str, participant: str) -> None:
    """What the site's people and the sponsor told of a participant by today."""
    investigator = cast.at(site, "investigator")
    today = local_day(desk.clock.now(), desk.service.study.site(site).time_zone)
    told: dict[str, Any] = {
        "participant": participant, "onset_on": today, "causality_drug": "possible", "causality_procedure": "unrelated",
        "action": "none", "outcome": "recovering", "reporter": "participant", "aware_on": today, "aware_at": EARLY,
    }  # fmt: skip
    serious = {"term": "fever", "verbatim": "fever above 40 °C", "grade": 3, "seriousness": ("hospitalisation",)}
    done = desk.do(investigator, report_event, ReportEvent(**told, **serious)).answer
    opinion = {"causality_drug": "unlikely", "expectedness": "unexpected", "reason": "not listed"}
    desk.do(cast.one("medical_monitor"), judge_event, JudgeEvent(event=done.event, version=done.version, **opinion))
    desk.do(investigator, report_event, ReportEvent(**told, term="chills", verbatim="shivering", grade=1))
    heard = {"told": "taken to hospital", "serious": True, "aware_on": today, "aware_at": EARLY}
    desk.do(cast.at(site, "coordinator"), tell_event, TellEvent(participant=participant, **heard))
