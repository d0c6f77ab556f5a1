"""Intercurrent events as they come about, and as they are judged."""

from datetime import date
from typing import Any

from irt.dispensing.treatment import StopTreatment, stop_treatment
from irt.outcomes.adjudicate import Adjudicate, adjudicate, gathered
from irt.outcomes.intercurrent import Event
from irt.outcomes.intercurrent_tables import Adjudication
from irt.outcomes.medication import ReportMedication, report_medication
from tests.safety.sampled import happened
from tests.treated import Patient

MONITOR = "medical_monitor"


def events(one: Patient) -> list[Event]:
    """The events of a participant."""
    return gathered(one.world.study, one.world.rows, one.id)


def medication(one: Patient, day: int, kind: str = "ivig", **other: Any) -> ReportMedication:
    """The order for medication of a study day."""
    told = {"participant": one.id, "kind": kind, "drug": "immunoglobulin", "dose": "2 g/kg", "started_on": one.day(day)}
    return ReportMedication(**{**told, **other})


def rescued(one: Patient, day: int, kind: str = "ivig", by: str = "coordinator_01") -> int:
    """Medication was reported; answers its number."""
    return int(one.world.do(report_medication, medication(one, day, kind), by=by))


def stopped(one: Patient, day: int, reason: str) -> None:
    """Treatment was stopped."""
    told = StopTreatment(participant=one.id, last_day=one.day(day), stop_reason=reason)
    one.world.do(stop_treatment, told, by="investigator_01")


def died(one: Patient, day: int) -> None:
    """A fatal event is there."""
    happened(one.world, one.id, "01", one.day(day), outcome="fatal", grade=5, seriousness=["death"],
             ended_on=one.day(day))  # fmt: skip


def judgement(one: Patient, subject: str, verdict: str | None = None, **other: Any) -> Adjudicate:
    """The order that judges an event as it is known now, as study.toml proposes unless told."""
    event = next(each for each in events(one) if each.subject == subject)
    revision = 1 + len(one.world.rows(Adjudication, participant=one.id, subject=subject))
    told: dict[str, Any] = {
        "participant": one.id, "subject": subject, "basis": event.basis, "revision": revision,
        "verdict": verdict or event.proposed, "happened_on": event.happened_on, "reason": "as the protocol says",
    }  # fmt: skip
    return Adjudicate(**{**told, **other})


def judge(one: Patient, subject: str, verdict: str | None = None, *, on: date | None = None) -> None:
    """The medical monitor judges an event."""
    told = {"happened_on": on} if on else {}
    one.world.do(adjudicate, judgement(one, subject, verdict, **told), by=MONITOR)
