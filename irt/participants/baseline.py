"""Baseline values: recorded once and whole, corrected with a reason, every revision kept."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Reason
from irt.participants.state import find_participant
from irt.participants.tables import BaselineValue
from irt.participants.written import Mistake, Written, out_of_range
from irt.study import BaselineField, Study


class RecordBaseline(Order):
    """The participant, and every value by its field's id, as written."""

    participant: Code
    values: dict[Code, Written]


class CorrectBaseline(Order):
    """The participant, the values that were wrong as they should be, and the reason."""

    participant: Code
    values: dict[Code, Written]
    reason: Reason


@act("baseline.record", roles=[Role.INVESTIGATOR, Role.COORDINATOR])
def record_baseline(act: Act, order: RecordBaseline) -> None:
    """Record the baseline values for the first time, all or none.

    Refused: not_found, participant_state, baseline_already_recorded, baseline_mistakes (every mistake of every field).
    """
    participant = find_participant(act, order.participant, "screened")
    if act.rows(BaselineValue, participant=participant.id):
        act.refuse("baseline_already_recorded", participant=participant.screening_number)
    values = {name: text for name, text in order.values.items() if text}
    missing = [{"field": name, "value": "", "remedy": "fill_in"} for name in missing_fields(act.study, values)]
    if mistakes := missing + mistakes_in(act.study, values):
        act.refuse("baseline_mistakes", mistakes=mistakes)
    for name, text in values.items():
        _add(act, participant, name, text, revision=1)


@act("baseline.correct", roles=[Role.INVESTIGATOR, Role.COORDINATOR], reason=True)
def correct_baseline(act: Act, order: CorrectBaseline) -> None:
    """Put right values beside wrong ones, all or none; a value left out at first may be added.

    After randomization the stratum as used stays: `stratum.correct` puts the right one beside it.
    Refused: not_found, participant_state, baseline_not_recorded, baseline_mistakes (also a value that is unchanged).
    """
    participant = find_participant(act, order.participant, "screened", "randomized", "withdrawn")
    recorded = act.rows(BaselineValue, participant=participant.id)
    if not recorded:
        act.refuse("baseline_not_recorded", participant=participant.screening_number)
    before = latest(recorded)
    mistakes = [
        {"field": name, "value": text, "remedy": "leave_out_unchanged"}
        for name, text in order.values.items()
        if name in before and before[name].value == text
    ]
    mistakes += mistakes_in(act.study, order.values)
    if mistakes or not order.values:
        act.refuse("baseline_mistakes", mistakes=mistakes or [{"field": "values", "value": "", "remedy": "fill_in"}])
    for name, text in order.values.items():
        _add(act, participant, name, text, revision=before[name].revision + 1 if name in before else 1)


def mistakes_in(study: Study, values: Mapping[str, str]) -> list[Mistake]:
    """Every mistake in these values: its field, the value as written, and the remedy as a code with its limits.

    Remedies: remove_unknown_field, fill_in, write_a_number, at_least, at_most, in_steps_of, one_of.
    """
    fields = {field.id: field for field in study.baseline}
    found = []
    for name, text in values.items():
        wrong = _wrong(fields[name], text) if name in fields else {"remedy": "remove_unknown_field"}
        if wrong:
            found.append({"field": name, "value": text} | wrong)
    return found


def _wrong(field: BaselineField, text: str) -> Mistake | None:
    if not text:
        return {"remedy": "fill_in"}
    if field.choices:
        return None if text in field.choices else {"remedy": "one_of", "choices": ", ".join(field.choices)}
    return out_of_range(text, field.minimum, field.maximum, field.step)


def latest(rows: Iterable[Any]) -> dict[str, Any]:
    """The row of the highest revision of each field."""
    found: dict[str, Any] = {}
    for row in rows:
        if row.field not in found or row.revision > found[row.field].revision:
            found[row.field] = row
    return found


def current(rows: Iterable[Any]) -> dict[str, str]:
    """The current value of each field, as written: for acts and pages alike."""
    return {name: row.value for name, row in latest(rows).items()}


def current_values(act: Act, participant: str) -> dict[str, Decimal | str]:
    """The current values of the fields of study.toml: numbers exact, choices as their code."""
    written = current(act.rows(BaselineValue, participant=participant))
    return {
        field.id: written[field.id] if field.choices else Decimal(written[field.id])
        for field in act.study.baseline
        if field.id in written
    }


def changed_since(rows: Iterable[Any], instant: datetime) -> bool:
    """Whether the current values are others than they were at `instant`: for acts and pages alike."""
    revisions = list(rows)
    return current(revisions) != current(row for row in revisions if row.recorded_at <= instant)


def missing_fields(study: Study, values: Mapping[str, object]) -> list[str]:
    """The required fields that have no value."""
    return [field.id for field in study.baseline if field.required and field.id not in values]


def complete_values(act: Act, participant: str) -> dict[str, Decimal | str]:
    """As `current_values`; refused as baseline_incomplete, naming the fields, when a required one is missing."""
    values = current_values(act, participant)
    if missing := missing_fields(act.study, values):
        act.refuse("baseline_incomplete", fields=missing)
    return values


def _add(act: Act, participant: Row[Any], name: str, text: str, revision: int) -> None:
    act.add(
        BaselineValue,
        id=new_id(act.entropy),
        participant=participant.id,
        site=participant.site,
        field=name,
        revision=revision,
        value=text,
        recorded_at=act.now,
        recorded_by=act.actor.account,
    )
