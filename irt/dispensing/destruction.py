"""What the depot gets back and destroys: a return counted in, then destroyed with a certificate, signed by two."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.dispensing.tables import Disposal
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, KitNumber, Text
from irt.gate.state import DRUG_GOES_BACK
from irt.supply import ledger, quarantining
from irt.supply.attaching import FileContent, FileName, attach
from irt.supply.tables import Destruction, Kit

AT_THE_DEPOT = ("damaged", "expired", "quarantined", "not_dispensed")  # of the depot's own, which no site ever had


class ReceiveBack(Order):
    """A return as it arrived at the depot: the numbers of the kits that were in the box."""

    disposal: Code
    kits: tuple[KitNumber, ...]


class Destroy(Order):
    """Kits at the depot, how they were destroyed, and the certificate."""

    kits: Annotated[tuple[KitNumber, ...], Field(min_length=1, max_length=2000)]
    method: Text
    file_name: FileName = None
    file: FileContent = None


class DestructionOrder(Order):
    """One destruction."""

    destruction: Code


@act("disposal.receive_back", roles={Role.DEPOT}, during=("setup", *DRUG_GOES_BACK))
def receive_back(act: Act, order: ReceiveBack) -> None:
    """A box that a site sent back has arrived: its kits are at the depot, those that were not in it are lost.

    What was not in it and comes later is booked in the same way. Refused: not_found, disposal_state (nothing was sent,
    or nothing of it is missing), not_sent_back.
    """
    ledger.lock_shelf(act, act.find(Disposal, id=order.disposal, lock=False).site)
    row = act.find(Disposal, id=order.disposal)
    awaited = row.kits if row.received_at is None else row.missing
    if row.kind != "sent_back" or not awaited:
        act.refuse("disposal_state", state=row.state)
    if strange := sorted(set(order.kits) - set(awaited)):
        act.refuse("not_sent_back", kits=strange)
    for number in awaited:
        kit = act.find(Kit, number=number)
        if number in order.kits:
            ledger.move(act, kit, "back_at_depot", site=kit.site, participant=kit.participant)
        elif row.received_at is None:
            ledger.move(act, kit, "lost", site=kit.site, participant=kit.participant)
    missing = sorted(set(awaited) - set(order.kits))
    if row.received_at is None:
        act.change(Disposal, row, received_by=act.actor.account, received_at=act.now, missing=missing)
    else:
        act.change(Disposal, row, missing=missing)


@act(
    "destruction.propose",
    roles={Role.DEPOT},
    during=("setup", *DRUG_GOES_BACK),
    sign="I have destroyed these kits as stated in the certificate",
    everywhere=True,
)
def propose_destruction(act: Act, order: Destroy) -> str:
    """Kits were destroyed, by the certificate; they are out of the books when quality signs. Answers the destruction.

    Refused: kits_not_destroyable, kits_in_quarantine, kits_in_destruction, certificate_missing, file_not_pdf,
    file_too_large.
    """
    kits = _destroyable(act, order.kits)
    attachment = attach(act, order.file_name, order.file, site=None)
    if attachment is None:
        act.refuse("certificate_missing")
    return act.add(
        Destruction,
        id=new_id(act.entropy),
        kits=[kit.number for kit in kits],
        method=order.method,
        attachment=attachment,
        state="proposed",
        proposed_by=act.actor.account,
        proposed_at=act.now,
        signature=act.signature,
    )


@act(
    "destruction.sign",
    roles={Role.QUALITY},
    during=("setup", *DRUG_GOES_BACK),
    sign="I have checked the certificate against these kits",
    everywhere=True,
)
def sign_destruction(act: Act, order: DestructionOrder) -> None:
    """Quality has checked the certificate: the kits are destroyed.

    Refused: not_found, destruction_state, same_person (who proposed it); and since proposed kits_not_destroyable,
    kits_in_quarantine.
    """
    row = _proposed(act, order.destruction)
    if row.proposed_by == act.actor.account:
        act.refuse("same_person")
    for kit in _destroyable(act, row.kits, but=row.id):
        ledger.move(act, kit, "destroyed", site=kit.site, participant=kit.participant)
    act.change(
        Destruction, row, state="done", signed_by=act.actor.account, signed_at=act.now, second_signature=act.signature
    )


@act("destruction.withdraw", roles={Role.DEPOT}, during=("setup", *DRUG_GOES_BACK), everywhere=True)
def withdraw_destruction(act: Act, order: DestructionOrder) -> None:
    """The depot takes back what quality has not signed. Refused: not_found, destruction_state."""
    act.change(Destruction, _proposed(act, order.destruction), state="withdrawn")


def to_choose_from(session: Session) -> list[Kit]:
    """The kits that lie at the depot to be destroyed, by number: none that quality is to decide on, or that is in a
    destruction that waits for it."""
    left_out = quarantining.undecided(session)
    for row in session.scalars(select(Destruction).filter_by(state="proposed")):
        left_out.update(row.kits)
    kits = session.scalars(select(Kit).where(Kit.state.in_(("back_at_depot", *AT_THE_DEPOT))).order_by(Kit.number))
    return [kit for kit in kits if _there(kit) and kit.number not in left_out]


def _there(kit: Any) -> bool:
    """Whether a kit lies at the depot to be destroyed: it came back, or is the depot's own and given to nobody."""
    return bool(kit.state == "back_at_depot" or (kit.site is None and kit.state in AT_THE_DEPOT))


def _proposed(act: Act, destruction: str) -> Row[Any]:
    row = act.find(Destruction, id=destruction)
    if row.state != "proposed":
        act.refuse("destruction_state", state=row.state)
    return row


def _destroyable(act: Act, numbers: Sequence[str], but: str | None = None) -> list[Row[Any]]:
    """The kits, locked, that may all be destroyed: at the depot, not for quality to decide on, in no other
    destruction."""
    wanted = sorted(set(numbers))
    found = [act.seek(Kit, lock=True, number=number) for number in wanted]
    kits = [kit for kit in found if kit is not None and _there(kit)]
    if wrong := sorted(set(wanted) - {kit.number for kit in kits}):
        act.refuse("kits_not_destroyable", kits=wrong)
    quarantining.require_decided(act, kits)
    others = [row for row in act.rows(Destruction, lock=True, state="proposed") if row.id != but]
    if taken := sorted({number for row in others for number in row.kits} & set(wanted)):
        act.refuse("kits_in_destruction", kits=taken)
    return kits
