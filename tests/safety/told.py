"""Adverse events told of a participant under treatment: orders with what most tests say, and the acts' rows."""

from datetime import timedelta
from typing import Any

from irt.clock import local_day, local_time
from irt.safety.events import FollowUp, Reported, ReportEvent, TellEvent, VoidEvent, follow_up, report_event, tell_event
from irt.safety.opinions import JudgeEvent, judge_event
from irt.safety.tables import AdverseEvent, EventVersion
from tests.cast import World

INVESTIGATOR = "investigator_01"
SERIOUS = {"seriousness": ("hospitalisation",), "grade": 3}
DEADLY = {"seriousness": ("death",), "grade": 5, "outcome": "fatal"}


def facts(world: World, **other: Any) -> dict[str, Any]:
    """What is told: a mild fever of today that the site has just heard of, and that has not ended."""
    zone = world.study.site("01").time_zone
    now = world.clock.now()
    told: dict[str, Any] = {
        "verbatim": "发热 38.2 °C", "term": "fever", "grade": 1, "onset_on": local_day(now, zone),
        "causality_drug": "possible", "causality_procedure": "unrelated", "action": "none", "outcome": "recovering",
        "reporter": "participant", "aware_on": local_day(now, zone), "aware_at": local_time(now, zone),
    }  # fmt: skip
    if other.get("outcome") in ("fatal", "recovered", "sequelae"):
        told["ended_on"] = local_day(now, zone)
    return {**told, **other}


def reporting(world: World, participant: str, **other: Any) -> ReportEvent:
    """The order that reports it."""
    return ReportEvent(participant=participant, **facts(world, **other))


def reported(world: World, participant: str, **other: Any) -> Reported:
    """An event as the investigator reports it now."""
    answer = world.do(report_event, reporting(world, participant, **other), by=INVESTIGATOR)
    assert isinstance(answer, Reported)
    return answer


def following(world: World, event: str, **other: Any) -> FollowUp:
    """The order for the next version: as the last, but for what is told otherwise."""
    last = latest(world, event)
    zone = world.study.site("01").time_zone
    same = {name: getattr(last, name) for name in facts(world) if hasattr(last, name) and name != "aware_at"}
    same |= {"seriousness": tuple(last.seriousness), "ended_on": last.ended_on, "reason": "the hospital's letter came"}
    same |= {"aware_on": local_day(world.clock.now(), zone), "aware_at": local_time(world.clock.now(), zone)}
    return FollowUp(event=event, version=last.version, **{**same, **other})


def followed(world: World, event: str, **other: Any) -> None:
    """What is new of an event, an hour later."""
    world.clock.advance(timedelta(hours=1))
    world.do(follow_up, following(world, event, **other), by=INVESTIGATOR)


def voiding(world: World, event: str) -> VoidEvent:
    """The order that takes an event back."""
    return VoidEvent(event=event, version=latest(world, event).version, reason="it was another participant's")


def judging(world: World, event: str, **other: Any) -> JudgeEvent:
    """The order for an opinion: suspected and not listed."""
    said = {"causality_drug": "possible", "expectedness": "unexpected", "reason": "not in the reference information"}
    return JudgeEvent(event=event, version=latest(world, event).version, **{**said, **other})


def judged(world: World, event: str, **other: Any) -> str:
    """The sponsor's opinion on an event."""
    return str(world.do(judge_event, judging(world, event, **other), by="medical_monitor"))


def telling(world: World, participant: str, **other: Any) -> TellEvent:
    """The order by which the site notes what it heard."""
    zone, now = world.study.site("01").time_zone, world.clock.now()
    told = {"told": "in hospital since last night, says the daughter", "serious": True}
    return TellEvent(
        participant=participant,
        **{**told, "aware_on": local_day(now, zone), "aware_at": local_time(now, zone), **other},
    )


def heard(world: World, participant: str, **other: Any) -> str:
    """What the coordinator heard."""
    return str(world.do(tell_event, telling(world, participant, **other), by="coordinator_01"))


def versions(world: World, event: str) -> list[Any]:
    """All versions of an event, in order."""
    return sorted(world.rows(EventVersion, event=event), key=lambda row: int(row.version))


def latest(world: World, event: str) -> Any:
    """The version that counts."""
    return versions(world, event)[-1]


def numbers(world: World, participant: str) -> list[int]:
    """The numbers of a participant's events."""
    return sorted(row.number for row in world.rows(AdverseEvent, participant=participant))
