"""Every few hours: whoever has a clock is reminded once when half of its time is gone, and once when it is over.

The desk's clocks remind whatever became of the case: masked people read the trail of messages, and one that is not sent
would tell them that a case was closed early. So the text says where to look, not that something is missing. A serious
event without the sponsor's opinion has no case yet: its clock is the opinion's, and runs as long as that would.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.participants.tables import Participant
from irt.safety.arising import REMINDED
from irt.safety.clocks import Clock, Stage, desk_clocks, opinion_clocks, report_clock
from irt.safety.tables import ClockReminder, EventOpinion, EventTold, EventVersion, SusarCandidate

Reminder = tuple[str, str, str]  # subject, clock, stage
OVERSEERS = (Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER)  # who are reminded of an opinion that is due


class RemindOfClocks(Order):
    """Nothing to say: the clocks are looked at as they stand."""


class Reminders(BaseModel):
    """How many reminders went out: of reports that a site owes, of opinions, and of cases at the safety desk."""

    model_config = ConfigDict(frozen=True)
    reports: int
    opinions: int
    cases: int


def wanted(clock: Clock, subject: str, told: Collection[Reminder], now: datetime) -> Stage | None:
    """Of what somebody is to be reminded now and was not yet; of a half no more once the time is over."""
    stage = clock.stage(now)
    if stage is None or (subject, clock.kind, stage) in told:
        return None
    return stage


@act("clocks.remind", roles={Role.OPERATOR}, during=None, always=True)
def remind_of_clocks(act: Act, _order: RemindOfClocks) -> Reminders:
    """Remind of the clocks that are close or over, each once: sites of what they told of and have not reported, medical
    monitor and trial manager of opinions that are due, the safety officer alone of the desk's."""
    told = {(row.subject, row.clock, row.stage) for row in act.rows(ClockReminder)}
    numbers = {row.id: row.screening_number for row in act.rows(Participant)}
    safety, reports, opinions, cases = act.study.safety, 0, 0, 0
    for row in act.rows(EventTold, state="open", serious=True):
        clock = report_clock(row.aware_at, safety)
        if stage := wanted(clock, row.id, told, act.now):
            _remind_of_report(act, row, numbers[row.participant], stage)
            reports += 1
    for version, clock in _opinions_due(act):
        if stage := wanted(clock, version.id, told, act.now):
            _remind_of_opinion(act, version, numbers[version.participant], stage)
            opinions += 1
    for row in act.rows(SusarCandidate):
        for clock in desk_clocks(row.urgency, row.day_zero, safety):
            if stage := wanted(clock, row.id, told, act.now):
                _remind_desk(act, row, numbers[row.participant], clock, stage)
                cases += 1
    return Reminders(reports=reports, opinions=opinions, cases=cases)


def _opinions_due(act: Act) -> Iterator[tuple[Any, Clock]]:
    """Every clock of an opinion that is due, with the version that began it, event by event."""
    versions, given = defaultdict[str, list[Any]](list), defaultdict[str, list[Any]](list)
    for row in act.rows(EventVersion):
        versions[row.event].append(row)
    for row in act.rows(EventOpinion):
        given[row.event].append(row)
    for event in sorted(versions):
        yield from opinion_clocks(versions[event], given[event], act.study.safety)


def _remind_of_report(act: Act, row: Any, number: str, stage: Stage) -> None:
    _keep(act, row, "report", stage)
    about = {"site": row.site, "participant": row.participant}
    if stage == "half":
        act.send("clock.report_close", audience=[Role.INVESTIGATOR], told=row.id, number=number, **about)
    else:
        act.send("clock.report_over", audience=REMINDED, told=row.id, number=number, **about)


def _remind_of_opinion(act: Act, version: Any, number: str, stage: Stage) -> None:
    _keep(act, version, "opinion", stage)
    about = {"site": version.site, "participant": version.participant}
    if stage == "half":
        act.send("clock.opinion_close", audience=OVERSEERS, event=version.event, number=number, **about)
    else:
        act.send("clock.opinion_over", audience=OVERSEERS, event=version.event, number=number, **about)


def _remind_desk(act: Act, row: Any, number: str, clock: Clock, stage: Stage) -> None:
    _keep(act, row, clock.kind, stage)
    about = {"site": row.site, "participant": row.participant}
    if stage == "half":
        act.send("clock.desk_close", audience=[Role.SAFETY_OFFICER], event=row.event, number=number, **about)
    else:
        act.send("clock.desk_over", audience=[Role.SAFETY_OFFICER], event=row.event, number=number, **about)


def _keep(act: Act, row: Any, clock: str, stage: Stage) -> None:
    act.add(
        ClockReminder,
        id=new_id(act.entropy),
        subject=row.id,
        clock=clock,
        stage=stage,
        participant=row.participant,
        site=row.site,
        reminded_at=act.now,
    )
