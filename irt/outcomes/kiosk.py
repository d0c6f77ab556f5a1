"""What the participant answers: a page opened for one visit by a code that works once, answered, or closed again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Connection, Row, bindparam, select

from irt.actor import Role
from irt.dispensing.planned import today_at
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code
from irt.gate.rows import table_of
from irt.outcomes.capture import add_form, current_forms, settle, still_open
from irt.outcomes.forms import by_instrument, keys_of, mistakes_in
from irt.outcomes.tables import KioskCode, OutcomeForm
from irt.outcomes.whereabouts import find_place
from irt.participants.written import Mistake, Written
from irt.people.kiosk_codes import OPENERS
from irt.study import Instrument, Study

KNOWN_FOR = timedelta(days=7)  # so long a code that ended is told from a wrong one
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", json_schema_extra={"recorded": False}, repr=False)]

_code = table_of(KioskCode)
LATELY = select(_code).where(_code.c.opened_at >= bindparam("since")).order_by(_code.c.opened_at, _code.c.id)


class OpenKiosk(Order):
    """A page for one participant's visit. `code`: the request id of the form, so that one sent twice is known."""

    participant: Code
    visit: Code
    code: Code
    digest: Digest


class AnswerKiosk(Order):
    """What the participant answered, by `instrument.key`, as written."""

    code: Code
    readings: dict[Code, Written] = Field(default_factory=dict)


class CloseKiosk(Order):
    """The id of a code that is not to be used any more."""

    code: Code


@act("kiosk.open", roles=OPENERS)
def open_kiosk(act: Act, order: OpenKiosk) -> None:
    """Take a code that opens the participant's page of a visit once; an earlier one for the visit is closed.

    Refused: as `outcomes.rate` of the visit, and nothing_to_answer.
    """
    participant = find_place(act, order.participant, order.visit, None)
    if not questions_of(act.study, order.visit, act.rows(OutcomeForm, participant=participant.id)):
        act.refuse("nothing_to_answer")
    for row in act.rows(KioskCode, participant=participant.id, visit=order.visit, state="open"):
        act.change(KioskCode, row, state="closed", ended_at=act.now)
    act.add(
        KioskCode, id=order.code, participant=participant.id, site=participant.site, visit=order.visit,
        digest=order.digest, state="open", opened_at=act.now, opened_by=act.actor.account,
        lapses_at=act.now + timedelta(hours=act.study.capture.kiosk_hours),
    )  # fmt: skip


@act("kiosk.answer", roles=OPENERS)
def answer_kiosk(act: Act, order: AnswerKiosk) -> None:
    """Record what the participant answered alone; in the name of whoever handed them the page, and no one else.

    Refused: not_found, kiosk_answered, kiosk_closed, kiosk_lapsed, kiosk_transcribed (the team wrote it down
    meanwhile), outcomes_mistakes; and as `outcomes.rate` of the visit.
    """
    seen = act.find(KioskCode, lock=False, id=order.code)
    today = today_at(act, seen.site)
    participant = find_place(act, seen.participant, seen.visit, today)
    row = act.find(KioskCode, id=order.code)
    if row.opened_by != act.actor.account:
        act.refuse("not_found", what="kiosk_code")
    _require_usable(act, row)
    asked = questions_of(act.study, row.visit, act.rows(OutcomeForm, participant=participant.id))
    given = _given(act, asked, order.readings)
    for instrument, readings in given.items():
        add_form(act, participant, row.visit, instrument, "final", today, readings, None, source="participant")
    act.change(KioskCode, row, state="answered", ended_at=act.now)
    settle(act, participant, row.visit, [one.id for one in given])


@act("kiosk.close", roles=OPENERS)
def close_kiosk(act: Act, order: CloseKiosk) -> None:
    """Let a code open nothing any more. Refused: not_found, kiosk_answered, kiosk_closed."""
    row = act.find(KioskCode, id=order.code)
    act.about(participant=row.participant)
    _require_open(act, row)
    act.change(KioskCode, row, state="closed", ended_at=act.now)


def questions_of(study: Study, visit: str, rows: Any) -> list[Instrument]:
    """The participant's own instruments of a visit that nobody recorded yet; `rows`: all forms of the participant."""
    return [
        one for one in still_open(study, visit, current_forms(rows), Role.COORDINATOR) if one.rater == "participant"
    ]


def mistakes_of_answers(asked: list[Instrument], readings: Mapping[str, Mapping[str, str]]) -> list[Mistake]:
    """Every mistake of the answers, at `readings.instrument.key`; where nothing is answered, at the first question."""
    found: list[Mistake] = []
    for one in asked:
        written = readings.get(one.id, {})
        mistakes = list(mistakes_in(one, written, whole=True))
        if not written and not mistakes:
            mistakes = [{"field": next(iter(keys_of(one))), "value": "", "remedy": "fill_in"}]
        found += [wrong | {"field": f"readings.{one.id}.{wrong['field']}"} for wrong in mistakes]
    return found


def known_codes(connection: Connection, now: datetime) -> list[Row[Any]]:
    """The codes opened of late, in whatever state: before somebody has proved anything, they have no sites."""
    return list(connection.execute(LATELY, {"since": now - KNOWN_FOR}))


def standing_of(row: Any, now: datetime) -> str:
    """What a code is worth now: open, answered, closed or lapsed."""
    return "lapsed" if row.state == "open" and row.lapses_at <= now else str(row.state)


def _require_open(act: Act, row: Row[Any]) -> None:
    if row.state == "answered":
        act.refuse("kiosk_answered")
    if row.state == "closed":
        act.refuse("kiosk_closed")


def _require_usable(act: Act, row: Row[Any]) -> None:
    _require_open(act, row)
    if standing_of(row, act.now) == "lapsed":
        act.refuse("kiosk_lapsed")


def _given(act: Act, asked: list[Instrument], readings: Mapping[str, str]) -> dict[Instrument, dict[str, str]]:
    """What was answered of each instrument that is asked; refused for one that is not asked any more."""
    named = by_instrument(readings)
    if not asked or named.keys() - {one.id for one in asked}:
        act.refuse("kiosk_transcribed")
    if mistakes := mistakes_of_answers(asked, named):
        act.refuse("outcomes_mistakes", mistakes=mistakes)
    return {one: named[one.id] for one in asked}
