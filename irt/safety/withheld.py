"""Laboratory values from which the treatment can be told: the site's investigator enters and sees them, nobody else.

What an entry, a refusal or a page of others could tell is kept out: the value is not recorded with the order, it is
sealed in its row, and a correction chooses its reason from a list, for words would name the value.
"""

from collections.abc import Iterable
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Row

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code
from irt.participants.state import find_participant
from irt.participants.written import Written
from irt.safety.laboratory import mistakes_in, not_in_future
from irt.safety.laboratory_tables import WithheldValue
from irt.safety.readings import Reading, latest, measured_of
from irt.study import LaboratoryTest

Why = Literal["copied", "unit", "mixed_up", "laboratory", "not_measured"]
Sealed = Annotated[Written, Field(repr=False, json_schema_extra={"recorded": False})]


class RecordWithheld(Order):
    """A value of a test that is withheld, with its upper limit of normal, as written."""

    participant: Code
    analyte: Code
    taken_on: CalendarDay
    value: Sealed
    upper: Written


class CorrectWithheld(Order):
    """The value of a day as it should read (not measured: none), and why, from a list."""

    participant: Code
    analyte: Code
    taken_on: CalendarDay
    value: Sealed = ""
    upper: Written = ""
    reason: Why


@act("withheld_labs.record", roles=[Role.INVESTIGATOR])
def record_withheld(act: Act, order: RecordWithheld) -> None:
    """Record a withheld value, one for each day. Refused: not_found, participant_state, date_in_future,
    withheld_mistakes, withheld_known."""
    participant = find_participant(act, order.participant, "screened", "randomized", "withdrawn", "completed")
    not_in_future(act, participant, order.taken_on)
    test = _test(act, order.analyte)
    if _latest(act, participant, order) is not None:
        act.refuse("withheld_known", day=order.taken_on.isoformat())
    value, upper = _accepted(act, test, order.value, order.upper)
    _add(act, participant, order, test, 1, value, upper, None)


@act("withheld_labs.correct", roles=[Role.INVESTIGATOR], reason=True)
def correct_withheld(act: Act, order: CorrectWithheld) -> None:
    """Put a withheld value right. Refused: not_found, participant_state, withheld_mistakes, withheld_unchanged."""
    participant = find_participant(act, order.participant, "screened", "randomized", "withdrawn", "completed")
    test = _test(act, order.analyte)
    before = _latest(act, participant, order)
    if before is None:
        act.refuse("not_found", what="withheld_lab_value")
    value, upper = None, None
    if order.reason != "not_measured":
        value, upper = _accepted(act, test, order.value, order.upper)
    if (value, upper) == (before.value, before.upper):
        act.refuse("withheld_unchanged")
    _add(act, participant, order, test, before.revision + 1, value, upper, order.reason)


def withheld_readings(rows: Iterable[Any]) -> list[Reading]:
    """The current withheld values, by day; they belong to no numbered sample."""
    found = [
        Reading(0, row.taken_on, row.analyte, row.revision, measured_of(row))
        for row in latest(rows, attrgetter("analyte", "taken_on")).values()
        if row.value is not None
    ]
    return sorted(found, key=lambda one: (one.taken_on, one.analyte))


def _test(act: Act, analyte: str) -> LaboratoryTest:
    test = act.study.laboratory_test(analyte)
    if test is None or test.shown_to != "investigator":
        act.refuse("not_found", what="withheld_lab_value")
    return test


def _latest(act: Act, participant: Row[Any], order: RecordWithheld | CorrectWithheld) -> Row[Any] | None:
    found = act.rows(WithheldValue, participant=participant.id, analyte=order.analyte, taken_on=order.taken_on)
    return max(found, key=lambda row: int(row.revision), default=None)


def _accepted(act: Act, test: LaboratoryTest, value: str, upper: str) -> tuple[Decimal, Decimal]:
    found = list(mistakes_in({test.id: test}, {test.id: value}, {}, {test.id: upper}))
    if found:
        mistakes = [{**one, "field": "upper" if one["field"].startswith("upper") else "value"} for one in found]
        act.refuse("withheld_mistakes", mistakes=mistakes)
    return Decimal(value), Decimal(upper)


def _add(
    act: Act,
    participant: Row[Any],
    order: RecordWithheld | CorrectWithheld,
    test: LaboratoryTest,
    revision: int,
    value: Decimal | None,
    upper: Decimal | None,
    reason: str | None,
) -> None:
    act.add(
        WithheldValue, id=new_id(act.entropy), participant=participant.id, site=participant.site, analyte=test.id,
        taken_on=order.taken_on, revision=revision, value=value, unit=test.unit, upper=upper, reason=reason,
        recorded_at=act.now, recorded_by=act.actor.account,
    )  # fmt: skip
