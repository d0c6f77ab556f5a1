"""Samples of the safety laboratory: recorded, corrected with a reason; what they suggest dismissed by a physician."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from irt.actor import Role
from irt.clock import local_day
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Number, Reason
from irt.gate.state import CLEANING
from irt.participants.baseline import current
from irt.participants.state import find_participant
from irt.participants.tables import BaselineValue
from irt.participants.written import Mistake, Written, number_of, out_of_range
from irt.safety.laboratory_tables import LabDismissal, LabSample, LabValue
from irt.safety.readings import baselines_of, current_samples, current_values, readings, suggestions, told
from irt.safety.tables import AdverseEvent, EventVersion
from irt.study import LaboratoryTest, Study

REPORT_EVENT = "/events/of/{participant}/report"  # takes ?term=…&grade=…&onset=YYYY-MM-DD
WRITERS = (Role.INVESTIGATOR, Role.COORDINATOR)
LARGEST_LIMIT = Decimal(1_000_000)
Column = dict[Code, Written]


class RecordLabs(Order):
    """A sample: its day at the site, and each value with its limits of normal by the id of its test, as written."""

    participant: Code
    taken_on: CalendarDay
    values: Column
    lower: Column = Field(default_factory=dict)
    upper: Column = Field(default_factory=dict)


class CorrectLabs(RecordLabs):
    """A sample as it should read, whole: a value left out was not measured; with no value at all it was none."""

    sample: Number
    reason: Reason


class DismissLabs(Order):
    """A value of a sample that is no adverse event, by its test and the grade that was suggested, and why not."""

    participant: Code
    sample: Number
    analyte: Code
    grade: Annotated[Number, Field(ge=1, le=5)]
    reason: Reason


class Sample(BaseModel):
    """The sample's number."""

    model_config = ConfigDict(frozen=True)
    number: int


@act("labs.record", roles=WRITERS)
def record_labs(act: Act, order: RecordLabs) -> Sample:
    """Record a sample with at least one value, all or none.

    Refused: not_found, participant_state, date_in_future, labs_mistakes, labs_known (the same day and values again).
    """
    participant = find_participant(act, order.participant, "screened", "randomized", "withdrawn", "completed")
    not_in_future(act, participant, order.taken_on)
    found = _accepted(act, order)
    samples = current_samples(act.rows(LabSample, participant=participant.id))
    values = current_values(act.rows(LabValue, participant=participant.id))
    for number, row in samples.items():
        if row.stands and row.taken_on == order.taken_on and _of(values, number) == found:
            act.refuse("labs_known", sample=number, day=order.taken_on.isoformat())
    number = max(samples, default=0) + 1
    _add(act, participant, number, 1, order.taken_on, found, reason=None, stands=True)
    return Sample(number=number)


@act("labs.correct", roles=WRITERS, reason=True)
def correct_labs(act: Act, order: CorrectLabs) -> Sample:
    """Put a sample right: its day, its values, or that there was none; what stood there stays to be read.

    Refused: not_found, participant_state, date_in_future, labs_mistakes, labs_unchanged, labs_taken_back.
    """
    participant = find_participant(act, order.participant, "screened", "randomized", "withdrawn", "completed")
    before = current_samples(act.rows(LabSample, participant=participant.id)).get(order.sample)
    if before is None:
        act.refuse("not_found", what="lab_sample")
    if not before.stands:
        act.refuse("labs_taken_back", sample=order.sample)
    not_in_future(act, participant, order.taken_on)
    stood = _of(current_values(act.rows(LabValue, participant=participant.id)), order.sample)
    stands = any(order.values.values())
    found = _accepted(act, order) if stands else {}
    if stands and (found, order.taken_on) == (stood, before.taken_on):
        act.refuse("labs_unchanged", sample=order.sample)
    changed: dict[str, Values | None] = {name: one for name, one in found.items() if stood.get(name) != one}
    if stands:
        changed |= {name: None for name in stood if name not in found}
    _add(act, participant, order.sample, before.revision + 1, order.taken_on, changed, order.reason, stands=stands)
    return Sample(number=order.sample)


@act("labs.dismiss", roles=[Role.INVESTIGATOR], during=CLEANING, reason=True)
def dismiss_labs(act: Act, order: DismissLabs) -> None:
    """Say of a suggested event that it is none. Refused: not_found, nothing_suggested (or it was dealt with)."""
    participant = find_participant(act, order.participant)
    of = {"participant": participant.id}
    found = readings(act.rows(LabSample, **of), act.rows(LabValue, **of))
    baselines = baselines_of(act.study, found, current(act.rows(BaselineValue, **of)), participant.first_dose_on)
    events = told(act.rows(AdverseEvent, **of), act.rows(EventVersion, **of))
    dismissed = act.rows(LabDismissal, **of)
    for one in suggestions(act.study, found, baselines, participant.first_dose_on, events, dismissed):
        if (one.reading.number, one.reading.analyte, one.grade) == (order.sample, order.analyte, order.grade):
            if one.open:
                act.add(
                    LabDismissal, id=new_id(act.entropy), participant=participant.id, site=participant.site,
                    number=order.sample, analyte=order.analyte, revision=one.reading.revision, grade=order.grade,
                    reason=order.reason, dismissed_at=act.now, dismissed_by=act.actor.account,
                )  # fmt: skip
                return
            act.refuse("nothing_suggested", sample=order.sample)
    act.refuse("nothing_suggested", sample=order.sample)


def not_in_future(act: Act, participant: Row[Any], taken_on: date) -> None:
    """Refuse a sample of a day that has not come at the site."""
    today = local_day(act.now, act.study.site(participant.site).time_zone)
    if taken_on > today:
        act.refuse("date_in_future", field="taken_on", value=taken_on.isoformat(), today=today.isoformat())


Values = tuple[Decimal, Decimal | None, Decimal | None]


def _of(values: Mapping[tuple[int, str], Any], number: int) -> dict[str, Values]:
    return {
        row.analyte: (row.value, row.lower, row.upper)
        for (sample, _), row in values.items()
        if sample == number and row.value is not None
    }


def _accepted(act: Act, order: RecordLabs) -> dict[str, Values]:
    """Each value with its limits; refused as labs_mistakes with all that is wrong."""
    tests = {test.id: test for test in act.study.safety_laboratory if test.shown_to == "site"}
    mistakes = list(mistakes_in(tests, order.values, order.lower, order.upper))
    if mistakes:
        act.refuse("labs_mistakes", mistakes=mistakes)
    return {
        name: (Decimal(text), limit_of(order.lower, name), limit_of(order.upper, name))
        for name, text in order.values.items()
        if text
    }


def limit_of(column: Mapping[str, str], name: str) -> Decimal | None:
    """A limit of normal as written; None where none is."""
    return Decimal(column[name]) if column.get(name) else None


def mistakes_in(tests: Mapping[str, LaboratoryTest], values: Column, lower: Column, upper: Column) -> Iterable[Mistake]:
    """Every mistake in a sample: its field as the form names it, what was written, and the remedy as a code."""
    columns = {"values": values, "lower": lower, "upper": upper}
    for part, column in columns.items():
        for name, text in column.items():
            if name not in tests:
                yield {"field": f"{part}.{name}", "value": text, "remedy": "remove_unknown_field"}
    given = [name for name, text in values.items() if text and name in tests]
    if not given:
        yield {"field": "values", "value": "", "remedy": "fill_in"}
    for name in given:
        yield from _wrong(tests[name], values[name], lower.get(name, ""), upper.get(name, ""))


def _wrong(test: LaboratoryTest, value: str, lower: str, upper: str) -> Iterable[Mistake]:
    if wrong := out_of_range(value, test.minimum, test.maximum, test.step):
        yield {"field": f"values.{test.id}", "value": value} | wrong
    needed = "lower" if test.below else "upper"
    for part, text in (("lower", lower), ("upper", upper)):
        if not text:
            if part == needed:
                yield {"field": f"{part}.{test.id}", "value": "", "remedy": "fill_in"}
        elif wrong := out_of_range(text, Decimal(0), LARGEST_LIMIT):
            yield {"field": f"{part}.{test.id}", "value": text} | wrong
        elif part == "upper" and Decimal(text) <= (number_of(lower) or 0):
            yield {"field": f"upper.{test.id}", "value": text, "remedy": "above_lower", "limit": lower or "0"}


def _add(
    act: Act,
    participant: Row[Any],
    number: int,
    revision: int,
    taken_on: date,
    values: Mapping[str, Values | None],
    reason: str | None,
    *,
    stands: bool,
) -> None:
    of = {"participant": participant.id, "site": participant.site, "number": number, "revision": revision}
    act.add(
        LabSample, id=new_id(act.entropy), **of, taken_on=taken_on, stands=stands, reason=reason,
        recorded_at=act.now, recorded_by=act.actor.account,
    )  # fmt: skip
    for name, one in values.items():
        value, lower, upper = one or (None, None, None)
        act.add(
            LabValue, id=new_id(act.entropy), **of, analyte=name, value=value, unit=_unit(act.study, name),
            lower=lower, upper=upper,
        )  # fmt: skip


def _unit(study: Study, name: str) -> str:
    test = study.laboratory_test(name)
    return test.unit if test is not None else ""
