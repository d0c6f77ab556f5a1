"""Errors about adverse events and their clocks, planted through the gate in the trial of `plantings`."""

from datetime import date
from typing import Any

from irt.gate.act import Act
from irt.participants.tables import Participant
from irt.safety.tables import AdverseEvent, ClockReminder, EventOpinion, EventTold, SusarCandidate
from irt.supply.tables import Assignment
from tests.assurance.harmed import FIRST_DAY, write_version
from tests.assurance.plantings import Named, planting

OTHER_DAY = date(2026, 3, 9)


def _of(act: Act) -> dict[str, Any]:
    return {"participant": "p1", "site": act.find(Participant, id="p1", lock=False).site}


def _opinion(act: Act, event: str, revision: int, about: int, **other: Any) -> Named:
    said = {"causality_drug": "possible", "expectedness": "unexpected", "reason": "planted", **other}
    key = act.add(
        EventOpinion, id=f"plant {event} {revision}", event=event, site=_of(act)["site"], revision=revision,
        about=about, judged_at=act.now, judged_by="a1", signature=act.rows(EventOpinion)[0].signature, **said,
    )  # fmt: skip
    return "event_opinion", key


def _candidate(act: Act, event: str, urgency: str, day_zero: date, version: int = 1) -> Named:
    key = act.add(
        SusarCandidate, id=f"plant {event}", **_of(act), event=event, urgency=urgency, version=version,
        day_zero=day_zero, arose_at=act.now,
    )  # fmt: skip
    return "susar_candidate", key


def _third(act: Act, number: int = 3, **other: Any) -> str:
    event = act.add(AdverseEvent, id="ae3", **_of(act), number=number, opened_at=act.now, opened_by="a1")
    write_version(act, event, 1, **other)
    return event


def _reminder(act: Act, subject: str, clock: str) -> Named:
    key = act.add(
        ClockReminder, id="plant", **_of(act), subject=subject, clock=clock, stage="over", reminded_at=act.now
    )
    return "clock_reminder", key


@planting("a version of an event left out")
def _version_gap(act: Act) -> Named:
    return "event_version", write_version(act, "ae1", 4)


@planting("an event without a version")
def _no_version(act: Act) -> Named:
    event = act.add(AdverseEvent, id="ae3", **_of(act), number=3, opened_at=act.now, opened_by="a1")
    return "event_version", f"of {event}"


@planting("a number of an event left out")
def _number_gap(act: Act) -> Named:
    return "adverse_event", _third(act, number=4)


@planting("an event that became fatal, and no candidate arose for the shorter time")
def _not_arisen(act: Act) -> Named:
    write_version(act, "ae2", 3, seriousness=["death"], grade=5, outcome="fatal")
    return "susar_candidate", "event ae2"


@planting("a candidate that nobody's judgement makes")
def _made_by_nobody(act: Act) -> Named:
    return _candidate(act, "ae2", "fatal", FIRST_DAY)


@planting("a candidate whose day zero is another than that of its facts")
def _other_day_zero(act: Act) -> Named:
    event = _third(act)
    _opinion(act, event, 1, 1)
    return _candidate(act, event, "other", OTHER_DAY)


@planting("a candidate whose facts came with another version")
def _other_version(act: Act) -> Named:
    event = _third(act)
    write_version(act, event, 2, grade=3)
    _opinion(act, event, 1, 2)
    return _candidate(act, event, "other", act.now.date(), version=2)


@planting("an opinion about a version that was no longer the last")
def _about_an_earlier(act: Act) -> Named:
    return _opinion(act, "ae1", 2, 1)


@planting("a revision of an opinion left out")
def _opinion_gap(act: Act) -> Named:
    return _opinion(act, "ae1", 3, 2)


@planting("a last dose that the diary does not have")
def _no_such_dose(act: Act) -> Named:
    return "event_version", write_version(act, "ae1", 3, last_dose_at="09:30")


@planting("a last dose from a kit that was another's")
def _kit_of_another(act: Act) -> Named:
    kit = act.find(Assignment, participant="p2", lock=False).kit
    return "event_version", write_version(act, "ae1", 3, last_kit=kit)


@planting("a last dose left out that the diary has")
def _dose_left_out(act: Act) -> Named:
    none = {"last_dose_on": None, "last_dose_at": None, "last_kit": None}
    return "event_version", write_version(act, "ae2", 3, **none)


@planting("an event taken back, and its last dose is another than before")
def _changed_while_taken_back(act: Act) -> Named:
    return "event_version", write_version(act, "ae1", 3, stands=False, last_dose_at=None)


@planting("what was heard counts as reported, and no event names it")
def _reported_as_nothing(act: Act) -> Named:
    found = act.find(EventTold, id="et2")
    act.change(EventTold, found, state="reported", settled_at=act.now, settled_by="a1")
    return "event_told", "et2"


@planting("a reminder of a clock that is not over")
def _too_early(act: Act) -> Named:
    return _reminder(act, "sc1", "follow_up")


@planting("a reminder of a clock that there is not")
def _no_clock(act: Act) -> Named:
    return _reminder(act, "sc2", "follow_up")


@planting("a reminder of an opinion that was given")
def _opinion_given(act: Act) -> Named:
    return _reminder(act, "ae1v1", "opinion")


@planting("what was heard counts as news, and no version names it")
def _news_of_nothing(act: Act) -> Named:
    found = act.find(EventTold, id="et2")
    act.change(EventTold, found, state="followed_up", settled_at=act.now, settled_by="a1")
    return "event_told", "et2"
