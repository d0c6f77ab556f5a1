"""Emergency envelopes: issued by the safety officer, opened at a site while the service is down, and accounted for.

Issuing writes which participants, and the line of the visitors' book; the envelopes are sealed after that has been
committed, by `seal_issued`, and their halves go to two places without being kept here (ICH E6(R3) 2.11).
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row, or_, select

from irt.actor import Role
from irt.clock import local_day
from irt.entropy import Entropy, new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, ClockTime, Code, Text
from irt.gate.housekeeping import Housekeeping
from irt.gate.rows import table_of
from irt.gate.statements import rows_of
from irt.participants.tables import Participant
from irt.randomization.tables import Randomization
from irt.safety.envelope_counts import due, latest, misallocations_of, older_among, written
from irt.safety.envelope_tables import Envelope, EnvelopeExport, EnvelopeFate
from irt.safety.unblindings import require_no_treatment
from irt.study import Study
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Movement
from irt.vault import envelopes as door
from irt.vault.envelopes import SealedEnvelope, ToSeal

GONE = ("returned", "destroyed")
_envelope, _participant, _movement = table_of(Envelope), table_of(Participant), table_of(Movement)
HAD = (
    select(_movement.c.participant, _movement.c.kit)
    .where(or_(*(_movement.c.after == state for state in AT_HOME)))
    .distinct()
    .order_by(_movement.c.participant, _movement.c.kit)
)
ISSUED = (
    select(_envelope.c.participant, _envelope.c.serial, _envelope.c.opening, _participant.c.screening_number)
    .join(_participant, _participant.c.id == _envelope.c.participant)
    .order_by(_participant.c.screening_number, _participant.c.id)
)


class IssueEnvelopes(Order):
    """Whoever is due; besides them those with these numbers, or `everybody`, again: their last one went astray; or
    those whose last one is `older` than their newest kit."""

    again: tuple[Code, ...] = ()
    older: Literal["yes"] | None = None
    everybody: Literal["yes"] | None = None


class WrittenEnvelopes(Order):
    """By which line of the visitors' book they were issued."""

    opening: Code


class EnvelopeOpened(Order):
    """Which envelope was opened at the site, when by its clocks, by whom and why."""

    envelope: Code
    happened_on: CalendarDay
    happened_at: ClockTime
    opened_by: Text
    told: Text


class EnvelopeReturned(Order):
    """Which envelope is accounted for, how, and in which state it was found."""

    envelope: Code
    kind: Literal["returned", "destroyed"]
    happened_on: CalendarDay
    told: Text


class IssuedEnvelope(BaseModel):
    """One of those issued."""

    model_config = ConfigDict(frozen=True)
    number: str
    site: str
    serial: int


class Issued(BaseModel):
    """The line of the visitors' book, which seals them once, and what was issued, by the participants' numbers."""

    model_config = ConfigDict(frozen=True)
    opening: str
    envelopes: tuple[IssuedEnvelope, ...]


@act(
    "envelopes.issue", roles=[Role.SAFETY_OFFICER], during=None, always=True, reveals=True,
    sign="I issue these emergency envelopes, and bring their two halves to two places",
)  # fmt: skip
def issue_envelopes(act: Act, order: IssueEnvelopes) -> Issued:
    """Write down which envelopes are issued; answers the line of the book that seals them once.

    Refused: no_envelope_due, not_randomized_numbers.
    """
    people = {row.id: row for row in act.rows(Participant, lock=True)}  # two exports come one after the other
    randomized = {row.participant for row in act.rows(Randomization)}
    before = act.rows(Envelope)
    wrong = misallocations_of(act.rows)
    wanted = due(randomized, written(act.rows), wrong) | _again(act, order, people, randomized)
    if not wanted:
        act.refuse("no_envelope_due")
    last, opening = latest(before), door.enter(act)
    rows = [
        {
            "id": new_id(act.entropy),
            "participant": row.id,
            "site": row.site,
            "serial": last[row.id].serial + 1 if row.id in last else 1,
            "misallocations": wrong[row.id],
            "opening": opening,
            "issued_at": act.now,
            "issued_by": act.actor.account,
        }
        for row in sorted((people[who] for who in wanted), key=lambda row: (row.screening_number, row.id))
    ]
    act.bulk(Envelope, rows, batch="opening")
    told = tuple(
        IssuedEnvelope(number=people[row["participant"]].screening_number, site=row["site"], serial=row["serial"])
        for row in rows
    )
    return Issued(opening=opening, envelopes=told)


def _again(act: Act, order: IssueEnvelopes, people: dict[str, Row[Any]], randomized: set[str]) -> set[str]:
    if order.everybody == "yes":
        return randomized
    known = {people[who].screening_number: who for who in randomized}
    if unknown := sorted(set(order.again) - known.keys()):
        act.refuse("not_randomized_numbers", numbers=unknown)
    older = older_among(act.rows) if order.older == "yes" else ()
    return {known[number] for number in order.again} | set(older)


@act("envelopes.written", roles=[Role.SAFETY_OFFICER], during=None, always=True, everywhere=True)
def envelopes_written(act: Act, order: WrittenEnvelopes) -> None:
    """Note that both halves of what was issued are on their carriers. Until then they count as due.

    Refused: not_found (nothing was issued by that line, or by somebody else).
    """
    if not act.rows(Envelope, opening=order.opening, issued_by=act.actor.account):
        act.refuse("not_found", what="envelope")
    if act.rows(EnvelopeExport, opening=order.opening):
        return  # said twice
    act.add(EnvelopeExport, opening=order.opening, written_at=act.now, written_by=act.actor.account)


def seal_issued(
    housekeeping: Housekeeping, vault: Any, study: Study, entropy: Entropy, opening: str, *, account: str, now: datetime
) -> list[SealedEnvelope]:
    """Seal what was issued by a line of the book: both halves of each, for the one who issued them, once.

    Refused: not_found, already_shown, shown_too_late.
    """
    with housekeeping.database.read.connect() as connection:
        issued = [row for row in rows_of(connection, ISSUED, {}) if row.opening == opening]
        had: dict[str, list[str]] = {}
        for row in rows_of(connection, HAD, {}):
            had.setdefault(row.participant, []).append(row.kit)
    wanted = [
        ToSeal(row.participant, row.screening_number, row.serial, tuple(had.get(row.participant, ())))
        for row in issued
    ]  # fmt: skip
    return door.seal_envelopes(
        housekeeping, vault, study, entropy, opening, account=account, issued=wanted, now=now
    )  # fmt: skip


@act(
    "envelope.opened", roles=[Role.INVESTIGATOR, Role.COORDINATOR], during=None, always=True,
    sign="This envelope was opened in an emergency as stated",
)  # fmt: skip
def envelope_opened(act: Act, order: EnvelopeOpened) -> str:
    """Write down that an envelope was opened while the service was down; those who learn of code breaks are told.

    Also of one that came back by now: it may be told late, never twice. Refused: not_found, envelope_opened_already,
    date_in_future, date_too_early, treatment_named.
    """
    require_no_treatment(act, order.told, order.opened_by)
    envelope, participant = _held(act, order.envelope, order.happened_on)
    if act.rows(EnvelopeFate, envelope=envelope.id, kind="opened"):
        act.refuse("envelope_opened_already")
    act.send(
        "envelope.opened", audience=act.study.safety.code_break_recipients, site=envelope.site,
        participant=participant.id, number=participant.screening_number,
    )  # fmt: skip
    return _record(
        act, envelope, "opened", order.happened_on, order.told, happened_at=order.happened_at,
        opened_by=order.opened_by,
    )  # fmt: skip


@act(
    "envelope.returned", roles=[Role.MONITOR, Role.PHARMACIST], during=None, always=True,
    sign="I have seen this envelope, and account for it as stated",
)  # fmt: skip
def envelope_returned(act: Act, order: EnvelopeReturned) -> str:
    """Account for an envelope that came back or was destroyed; superseded ones too.

    Refused: not_found, envelope_gone, date_in_future, date_too_early, treatment_named.
    """
    require_no_treatment(act, order.told)
    envelope, _ = _held(act, order.envelope, order.happened_on)
    if any(row.kind in GONE for row in act.rows(EnvelopeFate, envelope=envelope.id)):
        act.refuse("envelope_gone")
    return _record(act, envelope, order.kind, order.happened_on, order.told)


def _held(act: Act, number: str, on: date) -> tuple[Row[Any], Row[Any]]:
    """The envelope and its participant, who is locked: what is told of one envelope is told one after the other."""
    envelope = act.find(Envelope, id=number, lock=False)
    participant = act.find(Participant, id=envelope.participant)
    zone = act.study.site(envelope.site).time_zone
    today, first = local_day(act.now, zone), local_day(envelope.issued_at, zone)
    if on > today:
        act.refuse("date_in_future", field="happened_on", value=on.isoformat(), today=today.isoformat())
    if on < first:
        act.refuse("date_too_early", field="happened_on", value=on.isoformat(), earliest=first.isoformat())
    return envelope, participant


def _record(act: Act, envelope: Row[Any], kind: str, on: date, told: str, **more: str) -> str:
    fate = new_id(act.entropy)
    act.add(
        EnvelopeFate, id=fate, envelope=envelope.id, site=envelope.site, kind=kind, happened_on=on, told=told,
        recorded_at=act.now, recorded_by=act.actor.account, signature=act.signature, **more,
    )  # fmt: skip
    return fate
