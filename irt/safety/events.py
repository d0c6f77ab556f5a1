"""Adverse events: heard of at the site, judged by an investigator, followed up, taken back; nothing is overwritten."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing.tables import Dose
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, ClockTime, Code, Number, Reason, Text
from irt.participants.state import find_participant
from irt.participants.tables import Consent, Participant
from irt.randomization.tables import Randomization
from irt.safety.arising import tell_of_version
from irt.safety.exposure import last_dose
from irt.safety.facts import STORED_AS_TOLD, Facts, Ground, in_future, instant_of, mistakes_in
from irt.safety.tables import AdverseEvent, EventTold, EventVersion

TELLERS = frozenset({Role.INVESTIGATOR, Role.COORDINATOR})
JUDGES = frozenset({Role.INVESTIGATOR})


class TellEvent(Order):
    """What the site heard, before an investigator has judged it."""

    participant: Code
    told: Text
    serious: bool
    aware_on: CalendarDay
    aware_at: ClockTime


class NoEvent(Order):
    """What was told is no adverse event, and why."""

    told: Code
    reason: Reason


class ReportEvent(Facts):
    """An event as the investigator judges it; `told`: what it was first heard of as."""

    participant: Code
    told: Code | None = None


class FollowUp(Facts):
    """An event as it is known by now; `version`: the one that was shown; `told`: what was heard of it."""

    event: Code
    version: Number
    told: Code | None = None
    reason: Reason


class VoidEvent(Order):
    """An event that was told by mistake; `version`: the one that was shown."""

    event: Code
    version: Number
    reason: Reason


class Reported(BaseModel):
    """Which event, and which version of it."""

    model_config = ConfigDict(frozen=True)
    event: str
    number: int
    version: int


@act("event.tell", roles=TELLERS, during=None, always=True)
def tell_event(act: Act, order: TellEvent) -> str:
    """Note that the site heard of an event, so that an investigator judges it; answers the id of the row.

    Where it may be serious the clock of the report runs from the awareness on. Refused: not_found, event_mistakes.
    """
    participant = find_participant(act, order.participant)
    zone = act.study.site(participant.site).time_zone
    aware_at = instant_of(order.aware_on, order.aware_at, zone)
    if aware_at > act.now:
        _refuse(act, [in_future("aware_on", order.aware_on, order.aware_at, act.now, zone)])
    return act.add(
        EventTold,
        id=new_id(act.entropy),
        participant=participant.id,
        site=participant.site,
        told=order.told,
        serious=order.serious,
        aware_at=aware_at,
        told_at=act.now,
        told_by=act.actor.account,
        state="open",
    )


@act(
    "event.none",
    roles=JUDGES,
    during=None,
    always=True,
    sign="I have judged that this is no adverse event",
    reason=True,
)
def no_event(act: Act, order: NoEvent) -> None:
    """Say of what was told that it is no adverse event, which ends the clock of its report; it stays to be read.

    Refused: not_found, told_settled.
    """
    _settle(act, order.told, "no_event", reason=order.reason)


@act("event.report", roles=JUDGES, during=None, always=True, sign="I have judged this adverse event")
def report_event(act: Act, order: ReportEvent) -> Reported:
    """Record an adverse event, from consent on, whatever became of the participant since.

    The last dose and its kit come from the diary. Refused: not_found, event_mistakes (every one of the form),
    event_known (same term or words, same onset), news_known (so is what was heard: it may be news), told_settled.
    """
    participant = find_participant(act, order.participant)
    told = _settle(act, order.told, "reported", participant=participant) if order.told else None
    _require(act, participant, order, told)
    known = act.rows(AdverseEvent, participant=participant.id)
    for one in known:
        latest = versions_of(act, one.id)[-1]
        if latest.stands and _same(latest, order):
            facts = {"number": one.number, "day": order.onset_on.isoformat()}
            if told is not None:
                act.refuse("news_known", **facts)
            act.refuse("event_known", **facts)
    event, number = new_id(act.entropy), max((int(one.number) for one in known), default=0) + 1
    act.add(
        AdverseEvent,
        id=event,
        participant=participant.id,
        site=participant.site,
        number=number,
        told=told.id if told is not None else None,
        opened_at=act.now,
        opened_by=act.actor.account,
    )
    _write(act, participant, event, 1, _columns(act, participant, order))
    return Reported(event=event, number=number, version=1)


@act(
    "event.follow_up", roles=JUDGES, during=None, always=True, sign="I have judged this adverse event anew", reason=True
)
def follow_up(act: Act, order: FollowUp) -> Reported:
    """Record what is known of an event by now, beside all that was; it may become serious by it, or no longer be.

    News that the site had noted (`told`) is settled by it, and may say what was known already. Another awareness alone
    corrects the one before; the report's clock keeps the earliest, so it may come to begin earlier and never later.
    Refused: not_found, event_moved (told otherwise meanwhile), event_void, event_mistakes, event_unchanged,
    told_settled.
    """
    event, participant, before = find_event(act, order.event, order.version)
    told = _settle(act, order.told, "followed_up", participant=participant) if order.told else None
    _require(act, participant, order, told)
    columns = _columns(act, participant, order)
    compared = [*STORED_AS_TOLD, "seriousness", "aware_at"]
    if told is None and all(columns[name] == before._mapping[name] for name in compared):
        act.refuse("event_unchanged", number=event.number)
    _write(act, participant, event.id, before.version + 1, {**columns, "why": order.reason, "told": order.told})
    return Reported(event=event.id, number=event.number, version=before.version + 1)


@act("event.void", roles=JUDGES, during=None, always=True, sign="This adverse event was told by mistake", reason=True)
def void_event(act: Act, order: VoidEvent) -> Reported:
    """Take an event back that was told by mistake: it counts no more, and all of it stays to be read.

    A clock that runs is not stopped by it. Refused: not_found, event_moved, event_void (is so already).
    """
    event, participant, before = find_event(act, order.event, order.version)
    as_it_was = {name: before._mapping[name] for name in _COPIED}
    taken_back = {"stands": False, "why": order.reason, "aware_at": act.now, "told": None}
    _write(act, participant, event.id, before.version + 1, {**as_it_was, **taken_back})
    return Reported(event=event.id, number=event.number, version=before.version + 1)


def find_event(act: Act, event: str, version: int) -> tuple[Row[Any], Row[Any], Row[Any]]:
    """An event of the actor's sites, its participant, locked, and its last version, which must be `version` and stand.

    Refused: not_found, event_moved, event_void.
    """
    found = act.find(AdverseEvent, id=event, lock=False)
    participant = act.find(Participant, id=found.participant)  # whose events are told one after the other
    latest = versions_of(act, event)[-1]
    if latest.version != version:
        act.refuse("event_moved", number=found.number)
    if not latest.stands:
        act.refuse("event_void", number=found.number)
    return found, participant, latest


def versions_of(act: Act, event: str) -> list[Row[Any]]:
    """All that was known of an event, the last version last."""
    return sorted(act.rows(EventVersion, event=event), key=lambda row: int(row.version))


def _settle(
    act: Act, told: str, state: str, participant: Row[Any] | None = None, reason: str | None = None
) -> Row[Any]:
    found = act.find(EventTold, id=told)
    if participant is not None and found.participant != participant.id:
        act.refuse("not_found", what="event_told")
    act.about(participant=found.participant)
    if found.state != "open":
        act.refuse("told_settled", state=found.state)
    settled = {"settled_at": act.now, "settled_by": act.actor.account, "signature": act.signature}
    act.change(EventTold, found, state=state, reason=reason, **settled)
    return found


def _require(act: Act, participant: Row[Any], facts: Facts, told: Row[Any] | None) -> None:
    ground = Ground(
        act.study,
        act.study.site(participant.site).time_zone,
        act.now,
        min(row.signed_on for row in act.rows(Consent, participant=participant.id)),
        act.seek(Randomization, participant=participant.id) is not None,
        told.aware_at if told is not None else None,
    )
    if found := mistakes_in(facts, ground):
        _refuse(act, found)


def _refuse(act: Act, mistakes: list[dict[str, str]]) -> None:
    act.refuse("event_mistakes", mistakes=mistakes)


def _same(version: Row[Any], facts: Facts) -> bool:
    """Whether both tell of one thing: the same onset, and the same term, or the same words where one has no term."""
    if version.onset_on != facts.onset_on:
        return False
    if version.term is not None and facts.term is not None:
        return bool(version.term == facts.term and version.onset_at == facts.onset_at)
    return bool(version.verbatim.casefold() == facts.verbatim.casefold())


def _columns(act: Act, participant: Row[Any], facts: Facts) -> dict[str, Any]:
    """The columns of a version: as told, and the last dose as the diary has it."""
    dose = last_dose(act.rows(Dose, participant=participant.id), facts.onset_on, facts.onset_at)
    zone = act.study.site(participant.site).time_zone
    return {
        **{name: getattr(facts, name) for name in STORED_AS_TOLD},
        "seriousness": sorted(facts.seriousness),
        "aware_at": instant_of(facts.aware_on, facts.aware_at, zone),
        "last_dose_on": dose.on,
        "last_dose_at": dose.at,
        "last_kit": dose.kit,
        "stands": True,
        "why": None,
        "told": None,
    }


_COPIED = (*STORED_AS_TOLD, "seriousness", "last_dose_on", "last_dose_at", "last_kit")


def _write(act: Act, participant: Row[Any], event: str, version: int, columns: dict[str, Any]) -> None:
    """Add a version, and tell those who must know."""
    act.add(
        EventVersion,
        id=new_id(act.entropy),
        event=event,
        participant=participant.id,
        site=participant.site,
        version=version,
        recorded_at=act.now,
        recorded_by=act.actor.account,
        signature=act.signature,
        **columns,
    )
    tell_of_version(act, participant, event)
