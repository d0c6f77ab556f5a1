"""The jobs of a deployment. One that is an act is one line here; its name is the act's.

A job that is no act changes nothing of the trial, so that it may begin again where its process was killed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from irt.assurance.verify import verify
from irt.conduct.findings import ReportFindings, report_findings
from irt.dispensing.attendance import SweepVisits, sweep_visits
from irt.dispensing.ordering import OrderSupplies, order_supplies
from irt.dispensing.review import ReviewShelves, review_shelves
from irt.dispensing.sweep import SweepKits, sweep_kits
from irt.gate.act import Order, spec_of
from irt.gate.job_runs import Due
from irt.gate.refusals import Refused
from irt.jobs.outbox import has_mail, sender_of
from irt.jobs.rehearsing import rehearse
from irt.jobs.times import Daily, Every, Rule
from irt.lock.unlocking import LapseUnlock, lapse_unlock
from irt.migrate import newest
from irt.safety.envelope_reminding import RemindOfEnvelopes, remind_of_envelopes
from irt.safety.reminding import RemindOfClocks, remind_of_clocks
from irt.settings import Settings
from irt.study import Study
from irt.wiring import Service

CLOCK_MINUTES = 240  # the shortest clock runs for a day
Came = tuple[str, Mapping[str, Any]]  # an outcome, and its counts or codes


@dataclass(frozen=True)
class Job:
    """A piece of work with its times: an act, or something that changes nothing of the trial."""

    name: str
    rule: Rule
    function: Callable[..., Any] | None = None
    order: Order | None = None
    work: Callable[[Service, Due], Came] | None = None

    def __post_init__(self) -> None:
        # by the name alone verification knows which rows an entry of the audit trail must answer
        assert ("." in self.name) == (self.function is not None), f"{self.name}: only an act's name has a dot"


def acting(function: Callable[..., Any], order: Order, rule: Rule) -> Job:
    """A job that is an act, performed by the operator; the numbers of its answer are what is shown of it."""
    return Job(spec_of(function).name, rule, function, order)


def jobs_of(settings: Settings, study: Study) -> tuple[Job, ...]:
    """Every job of this deployment; what is due at the same time runs in this order."""
    nightly = Daily(time.fromisoformat(settings.nightly_at), settings.nightly_zone or study.sites[0].time_zone)
    jobs = (
        acting(sweep_kits, SweepKits(), nightly),
        acting(sweep_visits, SweepVisits(), nightly),
        acting(order_supplies, OrderSupplies(), nightly),
        acting(review_shelves, ReviewShelves(), nightly),
        acting(remind_of_envelopes, RemindOfEnvelopes(), nightly),
        Job("verify", nightly, work=check_stored),
        acting(lapse_unlock, LapseUnlock(), nightly),
        *((Job("rehearsal", nightly, work=rehearse_release),) if settings.rehearse_nightly else ()),
        acting(remind_of_clocks, RemindOfClocks(), Every(CLOCK_MINUTES)),
    )
    return (*jobs, Job("outbox", Every(settings.outbox_minutes), work=send_waiting)) if has_mail(settings) else jobs


def check_stored(service: Service, due: Due) -> Came:
    """Verify all that is stored; a finding is told to quality, once for each due time."""
    found = len(verify(service.database, service.keys, service.vault, service.study, revision=newest()))
    if not found:
        return "done", {"findings": 0}
    try:
        order, by = ReportFindings(findings=found), service.credentials.operator()
        service.gate.perform(report_findings, order, by=by, request_id=due.id)
    except Refused as refusal:  # one told before with another number, or a study file that waits: it is shown here
        return "found", {"findings": found, "code": refusal.code}
    return "found", {"findings": found}


def rehearse_release(service: Service, _due: Due) -> Came:
    """Rehearse the release on today's data and an invented allocation."""
    return rehearse(service, lambda *_: None, by=service.credentials.operator().account)


def send_waiting(service: Service, _due: Due) -> Came:
    """Send what waits in the outbox."""
    return "done", {"sent": sender_of(service).run()}
