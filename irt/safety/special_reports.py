"""What is to be told to the sponsor beside adverse events: a pregnancy, a medication error, an overdose, misuse.

Harm or none, it is told within the hours that hold for serious events. A kit is a number here, whatever it held: the
report of a wrong one has the same fields, words and refusals for each. It is taken in every state of the study.
"""

from datetime import date
from typing import Any, Literal

from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing.telling import YesNo, require_past
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, ClockTime, Code, KitNumber, Number, Reason, Text
from irt.participants.tables import Participant
from irt.safety.facts import instant_of
from irt.safety.special_tables import SpecialReport, SpecialReportVersion
from irt.safety.tables import AdverseEvent
from irt.supply import ledger
from irt.supply.tables import Assignment

REPORTERS = frozenset({Role.INVESTIGATOR})
MISUSES = ("medication_error", "overdose", "misuse")
ENDED = frozenset({"live_birth", "spontaneous_abortion", "elective_abortion", "stillbirth"})
SIGN = "I report this to the sponsor as I know it"
SIGN_AGAIN = "I report to the sponsor what I know by now"
Outcome = Literal["ongoing", "live_birth", "spontaneous_abortion", "elective_abortion", "stillbirth", "unknown"]


class Known(Order):
    """When the site knew of what is told, by its own clocks."""

    aware_on: CalendarDay
    aware_at: ClockTime


class Pregnancy(Known):
    """What is known of a pregnancy."""

    whose: Literal["participant", "partner"]
    last_period_on: CalendarDay | None = None
    expected_on: CalendarDay | None = None
    outcome: Outcome
    outcome_on: CalendarDay | None = None
    child: Text | None = None


class Misuse(Known):
    """What is known of a drug that was not taken as it should be. `event`: the adverse event that came of it."""

    told: Text
    happened_on: CalendarDay
    happened_at: ClockTime | None = None
    kit: KitNumber | None = None
    vials_taken: Number | None = None
    vials_intended: Number | None = None
    harm: YesNo
    event: Code | None = None


class ReportPregnancy(Pregnancy):
    """A pregnancy of a participant, or of a participant's partner."""

    participant: Code


class FollowPregnancy(Pregnancy):
    """All that is known of a reported pregnancy by now, and what is new."""

    report: Code
    reason: Reason


class ReportMisuse(Misuse):
    """A medication error, an overdose or misuse."""

    participant: Code
    kind: Literal["medication_error", "overdose", "misuse"]


class FollowMisuse(Misuse):
    """All that is known of what was reported by now, and what is new."""

    report: Code
    reason: Reason


@act("pregnancy.report", roles=REPORTERS, during=None, always=True, sign=SIGN)
def report_pregnancy(act: Act, order: ReportPregnancy) -> str:
    """Report a pregnancy; answers the report's id.

    Refused: not_found, date_in_future, pregnancy_not_theirs (of a man), pregnancy_days, pregnancy_not_ended.
    """
    return _open(act, "pregnancy", order.participant, order, _pregnancy)


@act("pregnancy.follow_up", roles=REPORTERS, during=None, always=True, sign=SIGN_AGAIN, reason=True)
def follow_pregnancy(act: Act, order: FollowPregnancy) -> str:
    """Tell what is known of a pregnancy by now; answers the report's id. Refused as its report."""
    return _follow(act, ("pregnancy",), order.report, order, _pregnancy)


@act("misuse.report", roles=REPORTERS, during=None, always=True, sign=SIGN)
def report_misuse(act: Act, order: ReportMisuse) -> str:
    """Report a medication error, an overdose or misuse; answers the report's id.

    Refused: not_found (participant or kit), date_in_future, aware_before (of what had not happened),
    event_not_theirs, event_without_harm.
    """
    return _open(act, order.kind, order.participant, order, _misuse)


@act("misuse.follow_up", roles=REPORTERS, during=None, always=True, sign=SIGN_AGAIN, reason=True)
def follow_misuse(act: Act, order: FollowMisuse) -> str:
    """Tell what is known of it by now; answers the report's id. Refused as its report."""
    return _follow(act, MISUSES, order.report, order, _misuse)


def _open(act: Act, kind: str, participant: str, order: Known, facts_of: Any) -> str:
    person = act.find(Participant, id=participant)  # locked: the number is the next one
    facts = facts_of(act, person, order)
    report = act.add(
        SpecialReport,
        id=new_id(act.entropy),
        participant=person.id,
        site=person.site,
        kind=kind,
        number=len(act.rows(SpecialReport, participant=person.id)) + 1,
        opened_at=act.now,
        opened_by=act.actor.account,
    )
    _version(act, person, report, 1, order, facts)
    return report


def _follow(act: Act, kinds: tuple[str, ...], report: str, order: Any, facts_of: Any) -> str:
    found = act.find(SpecialReport, id=report, lock=False)
    if found.kind not in kinds:
        act.refuse("not_found", what="special_report")
    person = act.find(Participant, id=found.participant)
    facts = facts_of(act, person, order) | {"why": order.reason}
    _version(act, person, found.id, len(act.rows(SpecialReportVersion, report=found.id)) + 1, order, facts)
    return str(found.id)


def _version(act: Act, person: Row[Any], report: str, version: int, order: Known, facts: dict[str, Any]) -> None:
    aware_at = instant_of(order.aware_on, order.aware_at, act.study.site(person.site).time_zone)
    if aware_at > act.now:
        act.refuse("aware_in_future")
    act.add(
        SpecialReportVersion,
        id=new_id(act.entropy),
        report=report,
        participant=person.id,
        site=person.site,
        version=version,
        aware_at=aware_at,
        recorded_at=act.now,
        recorded_by=act.actor.account,
        signature=act.signature,
        **facts,
    )
    act.send(
        "special_report", audience=act.study.safety.serious_event_recipients, site=person.site, participant=person.id,
        number=person.screening_number, report=report,
    )  # fmt: skip


def _pregnancy(act: Act, person: Row[Any], order: Pregnancy) -> dict[str, Any]:
    if order.whose == "participant" and person.sex == "male":
        act.refuse("pregnancy_not_theirs")
    _require_past(act, person, aware_on=order.aware_on, last_period_on=order.last_period_on,
                  outcome_on=order.outcome_on)  # fmt: skip
    began, later = order.last_period_on, (order.expected_on, order.outcome_on)
    if began is not None and any(day <= began for day in later if day is not None):
        act.refuse("pregnancy_days")
    if order.outcome not in ENDED and (order.outcome_on or order.child):
        act.refuse("pregnancy_not_ended")
    return order.model_dump(include={"whose", "last_period_on", "expected_on", "outcome", "outcome_on", "child"})


def _misuse(act: Act, person: Row[Any], order: Misuse) -> dict[str, Any]:
    _require_past(act, person, aware_on=order.aware_on, happened_on=order.happened_on)
    if order.happened_on > order.aware_on:
        act.refuse("aware_before")
    if order.kit is not None and not act.rows(Assignment, participant=person.id, kit=order.kit):
        ledger.find_sent(act, order.kit, lock=False)  # of another participant of the site, or of nobody
    if order.event is not None and order.harm == "no":
        act.refuse("event_without_harm")
    if order.event is not None and act.seek(AdverseEvent, id=order.event, participant=person.id) is None:
        act.refuse("event_not_theirs")
    told = order.model_dump(include={"told", "happened_on", "happened_at", "kit", "vials_taken", "vials_intended",
                                     "event"})  # fmt: skip
    return told | {"harm": order.harm == "yes"}


def _require_past(act: Act, person: Row[Any], **days: date | None) -> None:
    for field, day in days.items():
        if day is not None:
            require_past(act, day, person.site, field)
