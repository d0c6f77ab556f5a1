"""Outcomes as their raters record them: drafted, rated with a signature or recorded from a source, corrected."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Row

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Number, Reason
from irt.gate.state import CLEANING
from irt.outcomes.enzyme import fix_enzyme, measures_enzymes
from irt.outcomes.forms import by_instrument, mistakes_in, mistakes_of_sheet
from irt.outcomes.query_tables import Query
from irt.outcomes.raising import STANDING, settle_queries
from irt.outcomes.tables import EnzymeChoice, OutcomeForm
from irt.outcomes.whereabouts import find_place, first_visit, visit_of
from irt.participants.written import Mistake, Written
from irt.safety.unblindings import require_no_treatment
from irt.study import Instrument, Study

JUDGES = (Role.ASSESSOR, Role.PHYSICIAN_ASSESSOR, Role.INVESTIGATOR)  # what they record is their own judgement
RECORDERS = (Role.COORDINATOR,)  # write down what stands in a source, or what the participant wrote on paper
SIGNED = "I rated this myself, without knowing the treatment"
Source = Literal["rater", "participant", "transcribed"]


class Sheet(Order):
    """What one rater has of one visit: values by `instrument.key` as written, and why an instrument was not done.

    An instrument of which nothing is written stays open.
    """

    participant: Code
    visit: Code
    assessed_on: CalendarDay
    readings: dict[Code, Written] = Field(default_factory=dict)
    not_done: dict[Code, Reason] = Field(default_factory=dict)


class CorrectForm(Order):
    """A form as it should read, whole, and why; with no value at all it was not done.

    `revision`: which it becomes, the one after that which was looked at.
    """

    participant: Code
    visit: Code
    instrument: Code
    assessed_on: CalendarDay
    readings: dict[Code, Written] = Field(default_factory=dict)  # by the key of the value
    revision: Number
    reason: Reason


@act("outcomes.draft", roles=(*JUDGES, *RECORDERS))
def draft(act: Act, order: Sheet) -> None:
    """Keep what is written so far, to go on later; on pages its raters alone see it, and it counts for nothing.

    A draft of which nothing is left is kept as empty. Refused: as `rate`, but for what is still missing.
    """
    participant = find_place(act, order.participant, order.visit, order.assessed_on)
    written, on = _written(act, participant, order, whole=False), order.assessed_on
    begun = {name for (at, name), row in _known(act, participant).items() if (at, row.state) == (order.visit, "draft")}
    mine = [one for one in _of_actor(act, participant, order.visit) if one.id in begun and one not in written]
    emptied = [one for one in mine if one.id not in order.not_done]
    if not written and not order.not_done and not emptied:
        act.refuse("nothing_written")
    for instrument, readings in [*written.items(), *((one, {}) for one in emptied)]:
        add_form(act, participant, order.visit, instrument, "draft", on, readings, None)
    for name, reason in order.not_done.items():
        add_form(act, participant, order.visit, act.study.instrument(name), "draft", on, {}, reason)


@act("outcomes.rate", roles=JUDGES, sign=SIGNED)
def rate(act: Act, order: Sheet) -> None:
    """Record a rater's own judgement of one visit, each instrument whole or not done.

    Refused: not_found, participant_state, visit_not_in_study, visit_not_due, visit_not_recorded, date_in_future,
    before_screening, outcomes_mistakes (every mistake of every field), nothing_written, treatment_named (in a reason).
    """
    _record(act, order)


@act("outcomes.record", roles=RECORDERS)
def record(act: Act, order: Sheet) -> None:
    """Record what stands in a source, or what the participant wrote on paper. Refused: as `rate`."""
    _record(act, order)


@act(
    "outcomes.correct",
    roles=(*JUDGES, *RECORDERS),
    during=CLEANING,
    reason=True,
    sign="I correct this record; what stood there stays",
)
def correct(act: Act, order: CorrectForm) -> None:
    """Put a form right; what stood there stays to be read, with the reason.

    Refused: as `rate`, and form_not_recorded, form_unchanged, corrected_meanwhile; in a frozen database also
    not_asked_about (no query stands on the form).
    """
    participant = find_place(act, order.participant, order.visit, order.assessed_on)
    require_no_treatment(act, order.reason)
    instrument = _instrument(act, participant, order.visit, order.instrument)
    before = _known(act, participant).get((order.visit, instrument.id))
    if before is None or before.state == "draft":
        act.refuse("form_not_recorded", instrument=instrument.id, visit=order.visit)
    if order.revision != before.revision + 1:
        act.refuse("corrected_meanwhile")
    if act.state == "frozen" and not _asked_about(act, participant, order.visit, instrument.id):
        act.refuse("not_asked_about", instrument=instrument.id)
    readings = {key: text for key, text in order.readings.items() if text}
    if readings and (mistakes := _at("readings", mistakes_in(instrument, readings, whole=True))):
        act.refuse("outcomes_mistakes", mistakes=mistakes, instrument=instrument.id)
    state, day = ("final", order.assessed_on) if readings else ("not_done", before.assessed_on)
    same = (state, day, readings) == (before.state, before.assessed_on, before.readings)
    if same and (readings or order.reason == before.reason):  # of what was not done, the reason may be put right
        act.refuse("form_unchanged", instrument=instrument.id)
    add_form(act, participant, order.visit, instrument, state, day, readings, order.reason)
    settle(act, participant, order.visit, [instrument.id])


def _asked_about(act: Act, participant: Row[Any], visit: str, instrument: str) -> bool:
    rows = act.rows(Query, participant=participant.id, visit=visit, instrument=instrument)
    return any(row.state in STANDING for row in rows)


def _record(act: Act, order: Sheet) -> None:
    participant = find_place(act, order.participant, order.visit, order.assessed_on)
    written = _written(act, participant, order, whole=True)
    if not written and not order.not_done:
        act.refuse("nothing_written")
    for instrument, readings in written.items():
        add_form(act, participant, order.visit, instrument, "final", order.assessed_on, readings, None)
    for name, reason in order.not_done.items():
        instrument = act.study.instrument(name)
        add_form(act, participant, order.visit, instrument, "not_done", order.assessed_on, {}, reason)
    settle(act, participant, order.visit, [*(one.id for one in written), *order.not_done])


def _written(act: Act, participant: Row[Any], order: Sheet, *, whole: bool) -> dict[Instrument, dict[str, str]]:
    """What is written of each instrument; refused with every mistake of the sheet, and for one that is recorded."""
    require_no_treatment(act, *order.not_done.values())
    known, named = _known(act, participant), by_instrument(order.readings)
    found: list[Instrument] = []
    for name in dict.fromkeys([*named, *order.not_done]):
        one = _instrument(act, participant, order.visit, name)
        before = known.get((order.visit, name))
        if before is not None and before.state != "draft":
            act.refuse("form_recorded", instrument=name, visit=order.visit)
        found.append(one)
    if mistakes := mistakes_of_sheet(found, named, order.not_done, whole=whole):
        act.refuse("outcomes_mistakes", mistakes=mistakes)
    return {one: named[one.id] for one in found if one.id in named}


def _known(act: Act, participant: Row[Any]) -> dict[tuple[str, str], Any]:
    return current_forms(act.rows(OutcomeForm, participant=participant.id))


def _at(form: str, mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Mistakes by the names of a form's fields."""
    return [one | {"field": f"{form}.{one['field']}"} for one in mistakes]


def _instrument(act: Act, participant: Row[Any], visit: str, name: str) -> Instrument:
    """An instrument of a visit that the actor rates at the participant's site; refused as not_found where not."""
    found = next((one for one in _of_actor(act, participant, visit) if one.id == name), None)
    return found or act.refuse("not_found", what="instrument")


def _of_actor(act: Act, participant: Row[Any], visit: str) -> list[Instrument]:
    """The instruments of a visit that the actor rates there, in a role that this act is for: judgements are signed."""
    roles = [one.role for one in act.actor.grants if one.site in (None, participant.site)]
    return sheet_of(act.study, visit, *(role for role in roles if role in act.spec.roles))


def rated_by(instrument: Instrument) -> Role:
    """The role that answers for an instrument; what the participant answers, the coordinator transcribes."""
    return Role.COORDINATOR if instrument.rater == "participant" else Role(instrument.rater)


def sheet_of(study: Study, visit: str, *roles: Role) -> list[Instrument]:
    """The instruments of a visit that these roles record, in the order of the visit; none that can unmask."""
    place = visit_of(study, visit)
    found = [study.instrument(name) for name in (place.instruments if place else ())]
    return [one for one in found if rated_by(one) in roles and not one.can_unmask]


def still_open(study: Study, visit: str, forms: Mapping[tuple[str, str], Any], *roles: Role) -> list[Instrument]:
    """The instruments of a visit that these roles still have to record; `forms`: those that count."""
    return [
        one
        for one in sheet_of(study, visit, *roles)
        if (form := forms.get((visit, one.id))) is None or form.state == "draft"
    ]


def current_forms(rows: Any) -> dict[tuple[str, str], Any]:
    """The form that counts of each visit and instrument, of one participant: the highest revision."""
    return {(row.visit, row.instrument): row for row in sorted(rows, key=lambda row: int(row.revision))}


def final_readings(rows: Any, visit: str) -> dict[str, Mapping[str, str]]:
    """What was recorded at a visit of one participant, by instrument: neither drafts nor what was not done."""
    forms = current_forms(rows)
    return {name: row.readings for (at, name), row in forms.items() if at == visit and row.state == "final"}


def settle(act: Act, participant: Row[Any], visit: str, instruments: list[str]) -> None:
    """What follows from forms that were just recorded: at the first visit the enzyme that is followed is fixed; edit
    checks raise queries, and close those that they need no more."""
    rows = act.rows(OutcomeForm, participant=participant.id)
    if visit == first_visit(act.study) and any(measures_enzymes(act.study, one) for one in instruments):
        name = next(one for one in instruments if measures_enzymes(act.study, one))
        fix_enzyme(act, participant, current_forms(rows)[visit, name].id, final_readings(rows, visit))
    settle_queries(act, participant, rows, act.rows(EnzymeChoice, participant=participant.id), rated_by)


def add_form(
    act: Act,
    participant: Row[Any],
    visit: str,
    instrument: Instrument,
    state: str,
    assessed_on: date | None,
    readings: Mapping[str, str],
    reason: str | None,
    *,
    source: Source | None = None,
) -> str:
    """Write down one more revision of a form, in the name of the actor; answers its id."""
    earlier = act.rows(OutcomeForm, participant=participant.id, visit=visit, instrument=instrument.id)
    given: Source = source or ("transcribed" if rated_by(instrument) in RECORDERS else "rater")
    return act.add(
        OutcomeForm, id=new_id(act.entropy), participant=participant.id, site=participant.site, visit=visit,
        instrument=instrument.id, revision=1 + len(earlier), state=state, assessed_on=assessed_on,
        readings=dict(readings), source=given, reason=reason, recorded_at=act.now, recorded_by=act.actor.account,
        signature=act.signature,
    )  # fmt: skip
