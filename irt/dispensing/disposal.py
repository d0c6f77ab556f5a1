"""The end of a kit: destroyed at the site before a witness, or sent back to the depot. One disposal at a time."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.dispensing.clearing import UNUSED, may_clear, require_whole
from irt.dispensing.tables import Discrepancy, Disposal
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, KitNumber, Reason, Text
from irt.gate.state import DRUG_GOES_BACK
from irt.supply import ledger, quarantining
from irt.supply.tables import Kit

DISPOSABLE = ("reconciled", "damaged", "not_dispensed", "expired", "quarantined")  # all of them at the site
WITNESSES = frozenset({Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.MONITOR})
Kits = Annotated[tuple[KitNumber, ...], Field(min_length=1, max_length=400)]


class DisposeOf(Order):
    """Kits of a site, and how they go: how they are destroyed, or by which carrier and waybill."""

    site: Code
    kits: Kits
    method: Text


class DisposalOrder(Order):
    """One disposal."""

    disposal: Code


class WithdrawDisposal(Order):
    """A disposal that is not to be, and why."""

    disposal: Code
    reason: Reason


@act(
    "disposal.destroy",
    roles={Role.PHARMACIST},
    during=DRUG_GOES_BACK,
    sign="I destroy these kits as stated, before a witness",
)
def destroy(act: Act, order: DisposeOf) -> str:
    """Propose to destroy kits; they are destroyed when a witness signs. Answers the disposal's id.

    Refused: kits_not_disposable, kits_in_quarantine, kits_in_question, kits_in_disposal, shelf_not_whole.
    """
    kits = _disposable(act, order.site, order.kits)
    return _record(act, order, "destroyed", "proposed", kits)


@act(
    "disposal.send_back",
    roles={Role.PHARMACIST},
    during=DRUG_GOES_BACK,
    sign="I send these kits back to the depot as stated",
)
def send_back(act: Act, order: DisposeOf) -> str:
    """Send kits back to the depot: they have left. Answers the disposal's id. Refused as `destroy`."""
    kits = _disposable(act, order.site, order.kits)
    _move_all(act, kits, "sent_back")
    return _record(act, order, "sent_back", "done", kits)


@act(
    "disposal.witness",
    roles=WITNESSES,
    during=DRUG_GOES_BACK,
    sign="I have seen that these kits were destroyed as stated",
)
def witness(act: Act, order: DisposalOrder) -> None:
    """Another person has seen it: the kits are destroyed.

    Refused: not_found, disposal_state, witness_is_proposer; and since proposed kits_not_disposable, kits_in_quarantine,
    shelf_not_whole, kits_in_question.
    """
    proposed = _proposed(act, order.disposal)
    if proposed.proposed_by == act.actor.account:
        act.refuse("witness_is_proposer")
    _move_all(act, _disposable(act, proposed.site, proposed.kits, but=proposed.id), "destroyed")
    act.change(
        Disposal, proposed, state="done", witnessed_by=act.actor.account, witnessed_at=act.now,
        witness_signature=act.signature,
    )  # fmt: skip


@act("disposal.withdraw", roles={Role.PHARMACIST}, during=DRUG_GOES_BACK, reason=True)
def withdraw_disposal(act: Act, order: WithdrawDisposal) -> None:
    """A pharmacist of the site takes it back, whoever proposed it: they may be gone, and its kits would wait for ever.

    Refused: not_found, disposal_state.
    """
    proposed = _proposed(act, order.disposal)
    act.change(Disposal, proposed, state="withdrawn")


def to_choose_from(session: Session, site: str) -> list[Kit]:
    """The kits of a site that a page offers to dispose of, by number: not those that quality is to decide on."""
    here = select(Kit).where(Kit.site == site, Kit.state.in_(DISPOSABLE)).order_by(Kit.number)
    held = quarantining.undecided(session)
    return [kit for kit in session.scalars(here) if kit.number not in held]


def _proposed(act: Act, disposal: str) -> Row[Any]:
    """A disposal that waits for its witness, its site's shelf locked before it."""
    ledger.lock_shelf(act, act.find(Disposal, id=disposal, lock=False).site)
    row = act.find(Disposal, id=disposal)
    if row.state != "proposed":
        act.refuse("disposal_state", state=row.state)
    return row


def _disposable(act: Act, site: str, numbers: Sequence[str], but: str | None = None) -> list[Row[Any]]:
    """The kits, locked, that may all go: of this site, counted or never used, nothing open, in no other disposal.

    One found again that nobody decides on may go from quarantine; where quality is to decide, it does so first.
    What is available goes whole, where nobody is given a kit any more.
    """
    ledger.lock_shelf(act, site)  # two disposals at one site come one after the other
    wanted = sorted(set(numbers))
    found = [act.seek(Kit, lock=True, number=number) for number in wanted]
    here = [kit for kit in found if kit is not None and kit.site == site]
    unused = any(kit.state == UNUSED for kit in here) and may_clear(act, site)
    kits = [kit for kit in here if kit.state in DISPOSABLE or (unused and kit.state == UNUSED)]
    if wrong := sorted(set(wanted) - {kit.number for kit in kits}):
        act.refuse("kits_not_disposable", kits=wrong)
    quarantining.require_decided(act, kits)
    require_whole(act, site, wanted)
    if asked := [number for number in wanted if act.rows(Discrepancy, kit=number, state="open")]:
        act.refuse("kits_in_question", kits=asked)
    others = [row for row in act.rows(Disposal, site=site, state="proposed") if row.id != but]
    if taken := sorted({number for row in others for number in row.kits} & set(wanted)):
        act.refuse("kits_in_disposal", kits=taken)
    return kits


def _move_all(act: Act, kits: Sequence[Row[Any]], after: str) -> None:
    for kit in kits:
        ledger.move(act, kit, after, site=kit.site, participant=kit.participant)


def _record(act: Act, order: DisposeOf, kind: str, state: str, kits: Sequence[Row[Any]]) -> str:
    return act.add(
        Disposal,
        id=new_id(act.entropy),
        site=order.site,
        kind=kind,
        kits=[kit.number for kit in kits],
        method=order.method,
        state=state,
        proposed_by=act.actor.account,
        proposed_at=act.now,
        signature=act.signature,
    )
