"""Adverse events as a site tells them: heard of, reported in time or late, followed up to an end, taken back."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from irt.clock import local_day, local_time
from irt.safety.events import (
    FollowUp,
    NoEvent,
    ReportEvent,
    TellEvent,
    VoidEvent,
    follow_up,
    no_event,
    report_event,
    tell_event,
    void_event,
)
from irt.safety.facts import HIGHEST
from irt.simulation import changes, sponsor
from irt.simulation.illness import Illness

if TYPE_CHECKING:
    from datetime import date

    from irt.simulation.harm import Harm
    from irt.simulation.life import Enrolled

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MORNING, EVENING = time(7, 30), time(21, 30)
TOLD_FIRST, LATE = 0.25, 0.12  # of serious events: the coordinator heard first; told after more than a day
MILD_TOLD_FIRST, NOTHING, MISTAKEN = 0.08, 0.06, 0.02
UPGRADED, STOPS, DIES, SEQUELAE = 0.05, 0.25, 0.06, 0.05
MOST_DEATHS = 2
MAY_BE_FATAL = frozenset({"fever", "lung_infection", "other_infection"})


def moment(harm: Harm, one: Enrolled, day: date, hour: int, minute: int = 0) -> datetime:
    """An instant by the clock at a participant's site."""
    return datetime.combine(day, time(hour, minute), ZoneInfo(harm.life.study.site(one.site).time_zone))


def befalls(
    harm: Harm, one: Enrolled, facts: dict[str, Any], began: datetime, days: int, *, late: bool = False
) -> None:  # fmt: skip
    """The site hears of it, hours later where it is serious and within days where not, and it is reported.

    `late`: for certain after more than a day, though the coordinator had heard of it.
    """
    chance = harm.chance
    ill = Illness(facts, began, days)
    within = chance.number(1, 7) if ill.serious else chance.number(2, 110)
    aware = _waking(began + within * HOUR)
    after = chance.number(26, 70) if late or (ill.serious and chance.happens(LATE)) else chance.number(1, 5)
    reporting = _waking(aware + after * HOUR)
    if late or chance.happens(TOLD_FIRST if ill.serious else MILD_TOLD_FIRST):
        harm.life.when(aware + timedelta(minutes=25), partial(heard, harm, one, ill, aware))
    harm.life.when(max(reporting, aware + HOUR), partial(reported, harm, one, ill, aware))
    if chance.happens(NOTHING):
        harm.life.when(_waking(aware + 30 * HOUR), partial(nothing, harm, one))


def heard(harm: Harm, one: Enrolled, ill: Illness, aware: datetime) -> None:
    """The coordinator hears of it first, and notes it for the investigator."""
    day, at = _by_clock(harm, one, aware)
    order = TellEvent(
        participant=one.id, told=ill.facts["verbatim"], serious=ill.serious, aware_on=day, aware_at=at
    )  # fmt: skip
    ill.told = harm.life.desk.do(harm.life.cast.at(one.site, "coordinator"), tell_event, order).answer


def reported(harm: Harm, one: Enrolled, ill: Illness, aware: datetime) -> None:
    """The investigator judges and reports it; later it is followed up, or found to be a mistake."""
    chance = harm.chance
    day, at = _by_clock(harm, one, aware)
    order = ReportEvent(participant=one.id, told=ill.told, aware_on=day, aware_at=at, **_onset(harm, one, ill))
    answer = harm.life.desk.do(harm.life.cast.at(one.site, "investigator"), report_event, order).answer
    ill.event, ill.version = answer.event, answer.version
    if ill.serious:
        sponsor.to_judge(harm, one, ill)
    elif chance.happens(MISTAKEN):
        harm.life.when(later(harm, one, chance.number(1, 3)), partial(mistaken, harm, one, ill))
        return
    if not ill.serious and ill.facts["grade"] > 1 and chance.happens(UPGRADED):
        harm.life.when(later(harm, one, chance.number(1, 4)), partial(upgraded, harm, one, ill))
    if ill.serious and ill.facts["causality_drug"] != "unrelated" and chance.happens(STOPS):
        harm.life.when(later(harm, one, 1), partial(_stops, harm, one, ill))
    fatal = ill.serious and ill.facts["term"] in MAY_BE_FATAL and chance.happens(DIES)
    then = dies if fatal and harm.deaths < MOST_DEATHS else ends
    harm.life.when(later(harm, one, 1 + int(ill.days * chance.times(0.4))), partial(then, harm, one, ill))


def nothing(harm: Harm, one: Enrolled) -> None:
    """The coordinator hears of something; the investigator asks, and it is no adverse event."""
    day, at = _by_clock(harm, one, harm.life.desk.clock.now())
    order = TellEvent(participant=one.id, told="slept badly before the visit", serious=False, aware_on=day, aware_at=at)
    told = harm.life.desk.do(harm.life.cast.at(one.site, "coordinator"), tell_event, order).answer
    answer = NoEvent(told=told, reason="within what was there before the trial")
    harm.life.when(
        later(harm, one, 1), partial(harm.life.desk.do, harm.life.cast.at(one.site, "investigator"), no_event, answer)
    )


def mistaken(harm: Harm, one: Enrolled, ill: Illness) -> None:
    """It was somebody else's: the event is taken back."""
    assert ill.event is not None, "it was reported"
    order = VoidEvent(event=ill.event, version=ill.version, reason="it was written into the wrong file")
    harm.life.desk.do(harm.life.cast.at(one.site, "investigator"), void_event, order)
    ill.over = True


def upgraded(harm: Harm, one: Enrolled, ill: Illness) -> None:
    """It became worse: the participant is in hospital."""
    if not ill.over:
        known = {term.id: term.grades for term in harm.life.study.adverse_event_terms}
        worse = [grade for grade in known.get(ill.facts["term"], (1, 2, 3)) if grade < HIGHEST]
        grade = max(ill.facts["grade"], min(3, worse[-1]))
        _follows(harm, one, ill, "taken to hospital since", grade=grade, seriousness=("hospitalisation",))


def ends(harm: Harm, one: Enrolled, ill: Illness) -> None:
    """It is over, mostly without anything left."""
    if ill.over:
        return
    outcome = "sequelae" if ill.serious and harm.chance.happens(SEQUELAE) else "recovered"
    ill.over = True
    _follows(harm, one, ill, "asked at the visit", outcome=outcome, ended_on=harm.life.today(one))


def dies(harm: Harm, one: Enrolled, ill: Illness) -> None:
    """The participant dies of it; whatever is at home comes back by a relative."""
    if ill.over or one.left or harm.deaths >= MOST_DEATHS:
        ends(harm, one, ill)
        return
    harm.deaths += 1
    ill.over = True
    seriousness = tuple(dict.fromkeys((*ill.facts["seriousness"], "death")))
    _follows(
        harm, one, ill, "the hospital called", grade=HIGHEST, outcome="fatal", seriousness=seriousness,
        ended_on=harm.life.today(one), reporter="physician",
    )  # fmt: skip
    changes.leave(harm.life, one, "the participant has died")
    one.died = True


def later(harm: Harm, one: Enrolled, days: int) -> datetime:
    """A moment of a working day, so many days on."""
    chance = harm.chance
    return moment(harm, one, harm.life.today(one) + days * DAY, chance.number(9, 16), chance.number(0, 59))


def _stops(harm: Harm, one: Enrolled, ill: Illness) -> None:
    """Treatment stops because of it."""
    changes.stopped(harm.life, one, "adverse_event")
    if one.stopped_on is not None and not ill.over:
        _follows(harm, one, ill, "treatment was stopped", action="withdrawn")


def _follows(harm: Harm, one: Enrolled, ill: Illness, reason: str, **news: Any) -> None:
    assert ill.event is not None, "it was reported"
    ill.facts |= news
    day, at = _by_clock(harm, one, harm.life.desk.clock.now())
    order = FollowUp(
        event=ill.event, version=ill.version, reason=reason, aware_on=day, aware_at=at, **_onset(harm, one, ill)
    )  # fmt: skip
    ill.version = harm.life.desk.do(harm.life.cast.at(one.site, "investigator"), follow_up, order).answer.version
    if ill.serious:
        sponsor.to_judge(harm, one, ill)


def _onset(harm: Harm, one: Enrolled, ill: Illness) -> dict[str, Any]:
    day, at = _by_clock(harm, one, ill.began)
    return {**ill.facts, "onset_on": day, "onset_at": at}


def _by_clock(harm: Harm, one: Enrolled, instant: datetime) -> tuple[date, str]:
    zone = harm.life.study.site(one.site).time_zone
    return local_day(instant, zone), local_time(instant, zone)


def _waking(instant: datetime) -> datetime:
    """The same moment, or the next morning, if nobody is up."""
    if instant.time() > EVENING:
        return datetime.combine(instant.date() + DAY, MORNING, instant.tzinfo)
    return datetime.combine(instant.date(), max(instant.time(), MORNING), instant.tzinfo)
