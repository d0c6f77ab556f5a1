"""Results from whose values the treatment can be told: the laboratory enters and reads them, nobody else.

What an entry, a refusal or a page of others could tell is kept out: values are not recorded with the order, they are
sealed in their row, all of an instrument to one length, and reasons are chosen from lists, for words would tell values.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import Field
from sqlalchemy import Row

from irt.actor import Role
from irt.clock import local_day
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Number
from irt.outcomes.capture import current_forms
from irt.outcomes.forms import BELOW, LONGEST_TEXT, keys_of, mistakes_in
from irt.outcomes.sampling import Sampled, Sampling, sampled
from irt.outcomes.tables import LaboratoryResult
from irt.participants.tables import Participant, VisitRecord
from irt.participants.written import Mistake, Written
from irt.randomization.tables import Randomization
from irt.study import Instrument, Study

LABORATORY = [Role.LABORATORY]
Readings = Mapping[str, str]
Sealed = Annotated[dict[Code, Written], Field(default_factory=dict, repr=False, json_schema_extra={"recorded": False})]
NotDone = Literal["not_taken", "not_received", "unusable", "failed"]
Why = Literal["copied", "unit", "mixed_up", "laboratory", "came_later", "not_measured"]
NOT_DONE, WHY = get_args(NotDone), get_args(Why)
_NUMBER_SIGNS = len(BELOW) + 26  # 12 digits, a point, 12 decimals, a sign


class RecordResult(Order):
    """The values of one instrument by the key of the value, as written; or why there are none.

    `visit`: as the laboratory knows it (`Sampling.label`).
    """

    participant: Code
    visit: Code
    instrument: Code
    collected_on: CalendarDay | None = None
    readings: Sealed
    not_done: NotDone | None = None


class CorrectResult(RecordResult):
    """A result as it should read, whole, and why, from a list. `revision`: which it becomes."""

    revision: Number
    reason: Why


@act("results.record", roles=LABORATORY)
def record_result(act: Act, order: RecordResult) -> None:
    """Record one instrument of one visit. Refused: not_found, result_known, result_mistakes (their count is recorded,
    no value), result_done_or_not, date_in_future, before_screening."""
    one, place, instrument = _found(act, order)
    if _current(act, one, place, instrument) is not None:
        act.refuse("result_known", instrument=instrument.id)
    readings = _accepted(act, instrument, order)
    add_result(act, one, place, instrument, readings, collected_on=order.collected_on, not_done=order.not_done)


@act("results.correct", roles=LABORATORY, reason=True)
def correct_result(act: Act, order: CorrectResult) -> None:
    """Put a result right; what stood there stays to be read. Refused: as `record_result`, and result_unchanged,
    corrected_meanwhile."""
    one, place, instrument = _found(act, order)
    before = _current(act, one, place, instrument)
    if before is None:
        act.refuse("not_found", what="laboratory_result")
    if order.revision != before.revision + 1:
        act.refuse("corrected_meanwhile")
    readings = _accepted(act, instrument, order)
    if (readings, order.collected_on, order.not_done) == (readings_of(before), before.collected_on, before.not_done):
        act.refuse("result_unchanged")
    add_result(
        act, one, place, instrument, readings, collected_on=order.collected_on, revision=before.revision + 1,
        not_done=order.not_done, why=order.reason,
    )  # fmt: skip


def current_results(rows: Iterable[Any]) -> dict[tuple[str, str], Any]:
    """The result that counts of each visit and instrument, of one participant: the highest revision."""
    return current_forms(rows)


def readings_of(row: Any) -> Readings:
    """The values of a result as the laboratory wrote them."""
    found: dict[str, str] = json.loads(row.readings)
    return found


def tidy(text: str) -> str:
    """A value as it is kept: nothing between the sign of what is below and its limit."""
    return f"{BELOW}{text.removeprefix(BELOW).strip()}" if text.startswith(BELOW) else text


def stored(instrument: Instrument, readings: Readings) -> str:
    """Values as a row holds them, all results of an instrument of one length: it must not tell a value."""
    text = json.dumps(dict(readings), sort_keys=True, separators=(",", ":"))
    longest = {key: _longest(instrument, key) for key in keys_of(instrument)}
    most = 2 + sum(len(json.dumps(key)) + 4 + length for key, length in longest.items())
    assert len(text) <= most, f"{instrument.id}: the values take more room than their fields have"
    return text.ljust(most)


def _longest(instrument: Instrument, key: str) -> int:
    field = keys_of(instrument)[key]
    if field.type == "choice":
        return max(map(len, field.choices))
    return 12 * LONGEST_TEXT if field.type == "text" else _NUMBER_SIGNS  # a sign beyond 16 bits is escaped in twelve


def today_at_sites(study: Study, now: Any) -> dict[str, date]:
    """The calendar day at each site."""
    return {site.code: local_day(now, site.time_zone) for site in study.sites}


def everybody(act: Act) -> dict[str, Sampled]:
    """Everybody of whom the laboratory may have a sample, by number."""
    return sampled(
        act.study, act.rows(Participant), act.rows(Randomization), act.rows(VisitRecord),
        today_at_sites(act.study, act.now),
    )  # fmt: skip


def _found(act: Act, order: RecordResult) -> tuple[Sampled, Sampling, Instrument]:
    person = act.find(Participant, id=order.participant)
    of = {"participant": person.id}
    found = sampled(
        act.study, [person], act.rows(Randomization, **of), act.rows(VisitRecord, **of),
        today_at_sites(act.study, act.now),
    ).get(person.screening_number)  # fmt: skip
    place = found.visits.get(order.visit) if found else None
    instrument = next((one for one in place.instruments if one.id == order.instrument), None) if place else None
    if found is None or place is None or instrument is None:
        act.refuse("not_found", what="laboratory_result")
    if order.collected_on is not None:
        _possible(act, found, order.collected_on)
    return found, place, instrument


def _possible(act: Act, found: Sampled, day: date) -> None:
    told = {"field": "collected_on", "value": day.isoformat(), "today": found.today.isoformat()}
    wrong = found.wrong_day(day)
    if wrong == "in_future":
        act.refuse("date_in_future", **told)
    if wrong == "before_screening":
        act.refuse("before_screening", **told, screened_on=found.screened_on.isoformat())


def _current(act: Act, one: Sampled, place: Sampling, instrument: Instrument) -> Row[Any] | None:
    rows = act.rows(LaboratoryResult, participant=one.id, visit=place.visit, instrument=instrument.id)
    return max(rows, key=lambda row: int(row.revision), default=None)


def _accepted(act: Act, instrument: Instrument, order: RecordResult) -> Readings:
    """The values of an order without blanks; refused with all that is wrong with them."""
    readings = {key: tidy(text) for key, text in order.readings.items() if text}
    if order.not_done is not None:
        if readings or order.collected_on is not None:
            act.refuse("result_done_or_not")
        return {}
    mistakes: list[Mistake] = []
    if order.collected_on is None:
        mistakes.append({"field": "collected_on", "value": "", "remedy": "fill_in"})
    if not readings:
        mistakes.append({"field": "readings", "value": "", "remedy": "fill_in"})
    else:
        found = mistakes_in(instrument, readings, whole=True)
        mistakes += [one | {"field": f"readings.{one['field']}", "instrument": instrument.id} for one in found]
    if mistakes:
        act.refuse("result_mistakes", mistakes=mistakes)
    return readings


def add_result(
    act: Act,
    one: Sampled,
    place: Sampling,
    instrument: Instrument,
    readings: Readings,
    *,
    collected_on: date | None,
    revision: int = 1,
    not_done: str | None = None,
    why: str | None = None,
    batch: str | None = None,
) -> None:
    """Write one revision of a result."""
    act.add(
        LaboratoryResult, id=new_id(act.entropy), participant=one.id, site=one.site, visit=place.visit,
        instrument=instrument.id, revision=revision, state="not_done" if not_done else "final",
        collected_on=collected_on, readings=stored(instrument, readings), not_done=not_done, why=why, batch=batch,
        recorded_at=act.now, recorded_by=act.actor.account,
    )  # fmt: skip
