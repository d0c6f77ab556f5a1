"""The end of a mishap: the box came back or is given up, and the investigator signs the note to file."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing.books import ON_THE_WAY
from irt.dispensing.counting import Counts, Vials, count_vials, hold_people, latest_count, require_day_of_return
from irt.dispensing.guests import admit_guest
from irt.dispensing.tables import KitReturn, Mishap
from irt.dispensing.telling import awaited, settle
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Text
from irt.gate.refusals import RaceLost
from irt.gate.state import CLEANING
from irt.supply import ledger
from irt.supply.tables import Kit, Movement

DISPOSED = frozenset({"destroyed", "sent_back", "back_at_depot"})  # a box's own end is told in the pharmacy's books
COUNT = "count"  # what the last count is called in what a note covers
BROUGHT_BACK = frozenset({"returned", "reconciled"})  # so is the way of every box that was rightly given


class Recover(Order):
    """The vials of a box that came back, or that is given up (then every vial is used, broken or lost)."""

    mishap: Code
    returned_on: CalendarDay
    unused: Vials
    used: Vials
    broken: Vials
    lost: Vials
    told: Text


class SignNote(Order):
    """Whose note, and what it told of when it was read, as `covers` says."""

    mishap: Code
    covers: Text


@act("mishap.recover", roles={Role.PHARMACIST, Role.COORDINATOR})
def recover(act: Act, order: Recover) -> bool:
    """Count a box that was told of as with somebody or lost, and came back; answers whether its vials add up.

    Where not one vial comes back unused and every one that is missing is lost, the box is lost. Refused: not_found,
    mishap_box_settled, date_in_future, returned_before_given, used_before_too.
    """
    mishap = act.find(Mishap, id=order.mishap, lock=False)
    kit = act.find(Kit, number=mishap.kit, lock=False)
    if kit.participant is None:
        act.refuse("mishap_box_settled")
    admit_guest(act, kit)
    participant = hold_people(act, kit.number, kit.participant)[kit.participant]
    kit = act.find(Kit, number=kit.number)
    if kit.participant != participant.id:
        raise RaceLost("kit")
    if not awaited(act.find(Mishap, id=order.mishap)) or kit.state not in (*ledger.AT_HOME, "lost"):
        act.refuse("mishap_box_settled")
    require_day_of_return(act, kit, mishap.site, order.returned_on)
    counts = Counts(unused=order.unused, used=order.used, broken=order.broken, lost=order.lost)
    gone = counts.unused == counts.broken == 0 and counts.lost == kit.vials - counts.used > 0
    if gone and kit.state == "lost":
        act.refuse("mishap_box_settled")
    ledger.move(act, kit, "lost" if gone else "returned", site=kit.site, participant=kit.participant)
    again = order.told if latest_count(act, kit.number) else None
    fits = count_vials(act, kit, participant, counts, order.returned_on, again)
    settle(act, kit.number, "lost" if gone else "recovered")
    return fits


@act(
    "mishap.sign_note", roles={Role.INVESTIGATOR}, during=CLEANING, sign="I have read this note to file and it is true"
)
def sign_note(act: Act, order: SignNote) -> None:
    """Sign the note to file as it was read. What changes later uncovers the signature, and the note is signed again.

    Refused: not_found, note_signed (nothing has changed since), note_changed (since it was read).
    """
    mishap = act.find(Mishap, id=order.mishap)
    if mishap.note_signed_at is not None and not changed_since(act, mishap):
        act.refuse("note_signed")
    moved, counts = _told_of(act, mishap)
    if order.covers != covers(mishap, moved, counts):
        act.refuse("note_changed")
    act.change(Mishap, mishap, note_signature=act.signature, note_signed_at=act.now, note_covers=order.covers)


def changed_since(act: Act, mishap: Row[Any]) -> bool:
    """Whether a box that the note names has moved since the note was signed, or the box it is about was counted."""
    return changed(mishap, *_told_of(act, mishap))


def _told_of(act: Act, mishap: Row[Any]) -> tuple[list[Row[Any]], list[Row[Any]]]:
    lines = [line for box in sorted(boxes_of(mishap)) for line in act.rows(Movement, kit=box)]
    return lines, list(act.rows(KitReturn, kit=mishap.kit))


def boxes_of(mishap: Any) -> frozenset[str]:
    """The boxes that a note names."""
    return frozenset({mishap.kit, mishap.instead_of, mishap.replacement_kit} - {None})


def is_told(mishap: Any, line: Any) -> bool:
    """Whether a note tells of a line of the ledger: of its box until its disposal, of others until they are back."""
    if line.kit not in boxes_of(mishap) or line.after in DISPOSED:
        return False
    return bool(line.kit == mishap.kit or line.after not in BROUGHT_BACK)


def numbered(mishap: Any, lines: Iterable[Any]) -> list[tuple[int, Any]]:
    """The lines of its boxes at the note's site that a note tells of, each with its number there: 1, 2, …

    The ledger's own number counts the boxes that never left the depot too, and would tell how scarce a kit's type is.
    """
    lives: dict[str, list[Any]] = {box: [] for box in sorted(boxes_of(mishap))}
    for line in sorted(lines, key=lambda one: (one.kit, one.line)):
        if line.kit in lives and line.site == mishap.site and line.after not in ON_THE_WAY:
            lives[line.kit].append(line)
    moves = (move for life in lives.values() for move in enumerate(life, 1))
    return [(number, line) for number, line in moves if is_told(mishap, line)]


def covers(mishap: Any, lines: Iterable[Any], counts: Iterable[Any]) -> str:
    """What a note tells of: the last line that it tells of each of its boxes, and the last count of the box that it is
    about. Lines and counts of other boxes may be among them."""
    last = dict.fromkeys(sorted(boxes_of(mishap)), 0) | {line.kit: number for number, line in numbered(mishap, lines)}
    last[COUNT] = max((row.revision for row in counts if is_count(mishap, row)), default=0)
    return " ".join(f"{name}:{number}" for name, number in last.items())


def is_count(mishap: Any, row: Any) -> bool:
    """Whether a note tells of a count: of its box, at its own site. Its signer may see no count of another site."""
    return bool(row.kit == mishap.kit and row.site == mishap.site)


def is_covered(mishap: Any, name: str, number: int) -> bool:
    """Whether the signature covers the line of a box with this number, or of `COUNT` the count of this revision.

    By number and not by time: what was written at the same moment may have begun before the signature.
    """
    return number <= int(dict(part.split(":") for part in (mishap.note_covers or "").split()).get(name, 0))


def changed(mishap: Any, lines: Iterable[Any], counts: Iterable[Any]) -> bool:
    """Whether the signature under a note no longer covers all of it: by lines of the ledger of its boxes, and counts of
    the box that it is about; those of other boxes may be among them."""
    now = (part.split(":") for part in covers(mishap, lines, counts).split())
    return any(not is_covered(mishap, name, int(number)) for name, number in now)
