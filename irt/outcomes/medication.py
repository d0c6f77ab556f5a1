"""Rescue and prohibited medication: reported by the site, put right with a reason, a deviation each."""

from datetime import date
from typing import Any, Literal

from sqlalchemy import Row

from irt.actor import Role
from irt.conduct.deviations import lift, note
from irt.conduct.tables import Deviation
from irt.dispensing.planned import require_possible_day
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Number, Reason, Text
from irt.outcomes.intercurrent import current_medications
from irt.outcomes.intercurrent_tables import InterferingMedication
from irt.participants.state import find_participant
from irt.safety.unblindings import require_no_treatment

REPORTERS = (Role.INVESTIGATOR, Role.COORDINATOR)


class ReportMedication(Order):
    """What was given and since when. `kind`: one of study.toml."""

    participant: Code
    kind: Code
    drug: Text
    dose: Text | None = None
    started_on: CalendarDay
    ended_on: CalendarDay | None = None


class CorrectMedication(ReportMedication):
    """The medication as it should read, and why. `stands`: no, if it was recorded by mistake; `revision`: which it
    becomes."""

    number: Number
    revision: Number
    stands: Literal["yes", "no"] = "yes"
    reason: Reason


@act("medication.report", roles=REPORTERS)
def report_medication(act: Act, order: ReportMedication) -> int:
    """Report medication that changes what an outcome means; answers its number for the participant.

    Refused: not_found, participant_state (a screen failure), not_offered, treatment_named, date_in_future,
    before_screening, medication_ends_before.
    """
    participant = _checked(act, order)
    number = 1 + len(current_medications(act.rows(InterferingMedication, participant=participant.id)))
    _add(act, participant, order, number, 1)
    return number


@act("medication.correct", roles=REPORTERS, reason=True)
def correct_medication(act: Act, order: CorrectMedication) -> None:
    """Put a medication right, or take it back; what stood there stays to be read. What was decided about it is then to
    be decided again. Refused: as `report_medication`, and medication_unchanged,
    corrected_meanwhile."""
    participant = _checked(act, order)
    require_no_treatment(act, order.reason)
    rows = act.rows(InterferingMedication, participant=participant.id)
    before = current_medications(rows).get(order.number)
    if before is None:
        act.refuse("not_found", what="interfering_medication")
    if order.revision != before.revision + 1:
        act.refuse("corrected_meanwhile")
    stands = order.stands == "yes"
    if (*_told(order), stands) == (before.kind, before.drug, before.dose, before.started_on, before.ended_on,
                                   before.stands):  # fmt: skip
        act.refuse("medication_unchanged")
    _add(act, participant, order, order.number, before.revision + 1, stands=stands, reason=order.reason)


def _told(order: ReportMedication) -> tuple[str, str, str | None, date, date | None]:
    return order.kind, order.drug, order.dose, order.started_on, order.ended_on


def _checked(act: Act, order: ReportMedication) -> Row[Any]:
    participant = find_participant(act, order.participant, "screened", "randomized", "withdrawn", "completed")
    known = [one.id for one in act.study.interfering_medications]
    if order.kind not in known:
        act.refuse("not_offered", field="kind", value=order.kind, offered=known)
    require_no_treatment(act, order.drug, order.dose or "")
    if order.ended_on is not None and order.ended_on < order.started_on:
        started, ended = order.started_on.isoformat(), order.ended_on.isoformat()
        act.refuse("medication_ends_before", started_on=started, ended_on=ended)
    for field, day in (("started_on", order.started_on), ("ended_on", order.ended_on)):
        if day is not None:
            require_possible_day(act, participant, field, day)
    return participant


def _add(
    act: Act,
    participant: Row[Any],
    order: ReportMedication,
    number: int,
    revision: int,
    *,
    stands: bool = True,
    reason: str | None = None,
) -> None:
    act.add(
        InterferingMedication, id=new_id(act.entropy), participant=participant.id, site=participant.site, number=number,
        revision=revision, kind=order.kind, drug=order.drug, dose=order.dose, started_on=order.started_on,
        ended_on=order.ended_on, stands=stands, reason=reason, recorded_at=act.now, recorded_by=act.actor.account,
    )  # fmt: skip
    _note(act, participant, order, number, stands=stands, why=reason)


def _note(
    act: Act, participant: Row[Any], order: ReportMedication, number: int, *, stands: bool, why: str | None
) -> None:
    """The deviation that the medication is, for as long as it stands."""
    subject = f"{participant.id}/medication/{number}"
    if stands:
        of: dict[str, Any] = {"site": participant.site, "participant": participant.id, "subject": subject}
        note(act, "rescue", **of, happened_on=order.started_on, facts={"medication": order.kind}, told=why)
        return
    for known in act.rows(Deviation, kind="rescue", subject=subject):
        lift(act, known, why)
