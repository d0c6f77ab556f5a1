"""Lots: what quality decides of all kits of a lot together, whatever they hold.

Each decision is a row that stays. A hold, and what ends it, also concern kits set aside for visits: `irt.dispensing`.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, KitNumber, Reason, Text
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Kit, Lot, LotDecision, Relabelling

ANY_TIME = frozenset({"setup", "open"})
NEW_EXPIRY = ("extended", "shortened")
TO_RELABEL = ("available", "assigned", "quarantined")  # on a shelf, and given to somebody yet
AT_SITES = (*TO_RELABEL, "in_transit", *AT_HOME)
TOLD = frozenset({Role.PHARMACIST, Role.INVESTIGATOR})  # at a site, of what is decided of a lot that it holds


class DecideLot(Order):
    """A lot by its blinded code, and what the decision rests on."""

    lot: Text
    reason: Reason


class ChangeExpiry(Order):
    """The expiry that all kits of a lot have from now on, and what that rests on."""

    lot: Text
    expiry: CalendarDay
    reason: Reason


class Relabel(Order):
    """A new expiry by its decision, and the site whose kits bear it now: those that were looked at, by number."""

    decision: Code
    site: Code
    kits: tuple[KitNumber, ...]


def in_state(act: Act, code: str, *states: str) -> Row[Any]:
    """A lot, locked, that is in one of these states. Refused: not_found, lot_state."""
    lot = act.find(Lot, code=code)
    if lot.state not in states:
        act.refuse("lot_state", lot=lot.code, state=lot.state)
    return lot


def decide(act: Act, lot: Row[Any], kind: str, reason: str, **values: Any) -> str:
    """Write a decision on a lot; answers its id. Its state follows, but for a change of its expiry."""
    if kind not in NEW_EXPIRY:
        state = "released" if kind == "resumed" else kind
        act.change(Lot, lot, state=state, set_at=act.now)
    return act.add(
        LotDecision,
        id=new_id(act.entropy),
        lot=lot.code,
        ordinal=len(act.rows(LotDecision, lot=lot.code)) + 1,
        kind=kind,
        reason=reason,
        signature=act.signature,
        decided_by=act.actor.account,
        decided_at=act.now,
        **values,
    )


def sites_with(kits: Iterable[Row[Any]], *further: str) -> list[str]:
    """The sites that a decision on these kits concerns, sorted: they hold some, or did, in one of `further` states."""
    return sorted({kit.site for kit in kits if kit.site is not None and kit.state in (*AT_SITES, *further)})


@act("lot.release", roles={Role.QUALITY}, during=ANY_TIME, sign="I release this lot for shipping", reason=True)
def release_lot(act: Act, order: DecideLot) -> None:
    """The lot's kits may be shipped. Refused: not_found, lot_state (anything but received)."""
    decide(act, in_state(act, order.lot, "received"), "released", order.reason)


@act(
    "lot.extend",
    roles={Role.QUALITY},
    during=ANY_TIME,
    sign="I extend the expiry of this lot",
    reason=True,
    everywhere=True,
)
def extend_lot(act: Act, order: ChangeExpiry) -> str:
    """Every kit of the lot has the new expiry, whatever it holds and wherever it is; answers the decision.

    Refused: not_found, lot_state (rejected), expiry_not_later.
    """
    lot = in_state(act, order.lot, "received", "released", "held")
    if order.expiry <= lot.expiry:
        act.refuse("expiry_not_later", value=order.expiry.isoformat(), expiry=lot.expiry.isoformat())
    return _with_expiry(act, lot, "extended", order)


@act(
    "lot.shorten",
    roles={Role.QUALITY},
    during=ANY_TIME,
    sign="I shorten the expiry of this lot",
    reason=True,
    everywhere=True,
)
def shorten_lot(act: Act, order: ChangeExpiry) -> str:
    """Every kit of the lot has the earlier expiry, whatever it holds and wherever it is; answers the decision.

    Only while nobody is given a kit of the lot: before its release, or on hold, when what was set aside for somebody
    has gone back. The sites that hold kits of it are told: these bear a day that is too late.
    Refused: not_found, lot_state, expiry_not_earlier.
    """
    lot = in_state(act, order.lot, "received", "held")
    if order.expiry >= lot.expiry:
        act.refuse("expiry_not_earlier", value=order.expiry.isoformat(), expiry=lot.expiry.isoformat())
    for site in sites_with(act.rows(Kit, lot=lot.code)):
        act.send("lot.shortened", audience=TOLD, site=site, lot=lot.code, day=order.expiry.isoformat())
    return _with_expiry(act, lot, "shortened", order)


def _with_expiry(act: Act, lot: Row[Any], kind: str, order: ChangeExpiry) -> str:
    decision = decide(act, lot, kind, order.reason, before=lot.expiry, expiry=order.expiry)
    act.change(Lot, lot, expiry=order.expiry)
    for kit in act.rows(Kit, lock=True, lot=lot.code):
        act.change(Kit, kit, expiry=order.expiry)
    return decision


@act("lot.relabel", roles={Role.PHARMACIST}, during=ANY_TIME)
def relabel(act: Act, order: Relabel) -> None:
    """The kits of a lot that stand at a site bear its new expiry; those that arrive later ask for it again.

    What is told of is what was looked at: just the kits that stand there and were not relabelled yet.
    Refused: not_found, relabelled_already (all that stand there), relabelled_kits_differ.
    """
    decision = act.find(LotDecision, id=order.decision, lock=False)
    if decision.kind not in NEW_EXPIRY:
        act.refuse("not_found", what="lot_decision")
    done = {number for row in act.rows(Relabelling, decision=decision.id, site=order.site) for number in row.kits}
    standing = [kit.number for kit in act.rows(Kit, site=order.site, lot=decision.lot) if kit.state in TO_RELABEL]
    kits = sorted(set(standing) - done)
    if not kits:
        act.refuse("relabelled_already", lot=decision.lot)
    if set(order.kits) != set(kits):
        act.refuse("relabelled_kits_differ", lot=decision.lot)
    act.add(
        Relabelling, id=new_id(act.entropy), decision=decision.id, site=order.site, kits=kits,
        done_by=act.actor.account, done_at=act.now,
    )  # fmt: skip


def bears_later_day(act: Act, kit: Row[Any]) -> bool:
    """Whether a box at a site may bear a later day than it expires on: its lot was shortened, and nobody has said since
    that it was relabelled."""
    decided = [row for row in act.rows(LotDecision, lot=kit.lot) if row.kind in NEW_EXPIRY]
    told = [row.ordinal for row in decided if _relabelled(act, kit, row.id)]
    since = max(told, default=0)
    return any(row.kind == "shortened" and row.ordinal > since and row.before > kit.expiry for row in decided)


def _relabelled(act: Act, kit: Row[Any], decision: str) -> bool:
    return any(kit.number in row.kits for row in act.rows(Relabelling, decision=decision, site=kit.site))
