"""The end of a mishap: the box came back or is given up, and the investigator signs the note to file."""

from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing.counting import Counts, count_vials, latest_count
from irt.dispensing.guests import admit_guest
from irt.dispensing.tables import Mishap
from irt.dispensing.telling import require_past
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Number, Text
from irt.participants.tables import Participant
from irt.supply import ledger
from irt.supply.tables import Kit, Movement

DISPOSED = frozenset({"destroyed", "sent_back"})  # the box's own end is told in the pharmacy's books


class Recover(Order):
    """The vials of a box that came back, or that is given up (then every vial is used, broken or lost)."""

    mishap: Code
    returned_on: CalendarDay
    unused: Number
    used: Number
    broken: Number
    lost: Number
    told: Text


class SignNote(Order):
    """Whose note."""

    mishap: Code


@act("mishap.recover", roles={Role.PHARMACIST, Role.COORDINATOR})
def recover(act: Act, order: Recover) -> bool:
    """Count the wrong box, or the lost one that was found after all; answers whether its vials add up.

    Where not one vial comes back unused and every one that is missing is lost, the box is lost. Refused: not_found,
    mishap_box_settled, date_in_future.
    """
    mishap = act.find(Mishap, id=order.mishap)
    kit = act.find(Kit, number=mishap.kit)
    if not _awaited(mishap) or kit.state not in ("misallocated", "lost"):
        act.refuse("mishap_box_settled")
    require_past(act, order.returned_on, mishap.site, "returned_on")
    admit_guest(act, kit)
    participant = act.find(Participant, id=mishap.participant)
    counts = Counts(unused=order.unused, used=order.used, broken=order.broken, lost=order.lost)
    gone = counts.unused == counts.broken == 0 and counts.lost == kit.vials - counts.used
    if gone and kit.state == "lost":
        act.refuse("mishap_box_settled")
    ledger.move(act, kit, "lost" if gone else "returned", site=kit.site, participant=kit.participant)
    again = order.told if latest_count(act, kit.number) else None
    fits = count_vials(act, kit, participant, counts, order.returned_on, again)
    for row in act.rows(Mishap, lock=True, kit=kit.number):
        if _awaited(row):
            act.change(Mishap, row, box="lost" if gone else "recovered")
    return fits


def _awaited(mishap: Row[Any]) -> bool:
    """Whether the box may still come back: it is with somebody, or lost (a damaged one is at its end)."""
    if mishap.kind == "wrong_kit":
        return bool(mishap.box in ("with_participant", "lost"))
    return bool(mishap.kind == "lost" and mishap.box == "lost")


@act("mishap.sign_note", roles={Role.INVESTIGATOR}, sign="I have read this note to file and it is true")
def sign_note(act: Act, order: SignNote) -> None:
    """Sign the note to file as it stands. What changes later uncovers the signature, and the note is signed again.

    Refused: not_found, note_signed (nothing has changed since).
    """
    mishap = act.find(Mishap, id=order.mishap)
    if mishap.note_signed_at is not None and not changed_since(act, mishap):
        act.refuse("note_signed")
    act.change(Mishap, mishap, note_signature=act.signature, note_signed_at=act.now)


def changed_since(act: Act, mishap: Row[Any]) -> bool:
    """Whether a box that the note names has moved since the note was signed."""
    boxes = {mishap.kit, mishap.instead_of, mishap.replacement_kit} - {None}
    return any(
        line.moved_at > mishap.note_signed_at and line.after not in DISPOSED
        for box in boxes
        for line in act.rows(Movement, kit=box)
    )
