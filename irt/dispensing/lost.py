"""A box is lost or damaged: at the site, where it was set aside, or at home."""

from datetime import date
from typing import Any, Literal

from sqlalchemy import Row

from irt.dispensing.counting import Counts, count_vials
from irt.dispensing.dispense import CARE
from irt.dispensing.guests import admit_guest, follow
from irt.dispensing.replacing import replace
from irt.dispensing.tables import Mishap
from irt.dispensing.telling import YesNo, require_past, tell
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, KitNumber, Number, Text
from irt.participants.tables import Participant
from irt.supply import assigning, ledger, shelf
from irt.supply.tables import Assignment, Kit

SOMEBODYS = frozenset({"assigned", "dispensed", "misallocated"})


class LostOrDamaged(Order):
    """Which box, and what became of it. `used`: of a box at home, how many of its vials were injected before."""

    kit: KitNumber
    what: Literal["lost", "damaged"]
    happened_on: CalendarDay
    used: Number | None = None
    replace: YesNo
    told: Text


class OnTheShelf(Order):
    """A box that nobody was to get yet, and what happened to it."""

    kit: KitNumber
    told: Text


@act("mishap.lost_or_damaged", roles=CARE)
def lost_or_damaged(act: Act, order: LostOrDamaged) -> str:
    """Give a box up that was somebody's; answers the mishap.

    Refused: not_found, kit_not_at_hand (nobody's, or given up already), date_in_future, used_missing, used_too_many.
    """
    kit = act.find(Kit, number=order.kit, lock=False)
    if kit.state not in SOMEBODYS:
        act.refuse("kit_not_at_hand", kit=order.kit, state=kit.state)
    here = kit.site
    admit_guest(act, kit)
    participant = act.find(Participant, id=kit.participant)
    require_past(act, order.happened_on, here)
    ledger.lock_shelf(act, here)
    kit = act.find(Kit, number=order.kit)
    if kit.state not in SOMEBODYS or kit.participant != participant.id:  # told by two at once
        act.refuse("kit_not_at_hand", kit=order.kit, state=kit.state)
    waited = kit.state == "assigned"
    visit = give_up(act, participant, kit, order.what, used=order.used, on=order.happened_on, told=order.told)
    replaced = replace(act, participant, visit, site=here, wanted=order.replace == "yes")
    if waited:
        follow(act, order.kit, visit, replaced.state, replaced.kit)
    return tell(
        act, order.what, participant, site=here, kit=order.kit, visit=visit, happened_on=order.happened_on,
        told=order.told, box="at_site" if waited and order.what == "damaged" else "lost", replaced=replaced,
    )  # fmt: skip


def give_up(
    act: Act, participant: Row[Any], kit: Row[Any], what: str, *, used: int | None, on: date, told: str
) -> str | None:
    """A locked box that was somebody's is lost or damaged, its vials counted where it was at home; nobody waits for it.

    Answers the visit that it was for, where it was for one. Refused: used_missing, used_too_many.
    """
    at_home = kit.state in ledger.AT_HOME
    if at_home and used is None:
        act.refuse("used_missing", kit=kit.number)
    if at_home and used is not None and used > kit.vials:
        act.refuse("used_too_many", value=used, most=kit.vials)
    ledger.move(act, kit, what, site=kit.site, participant=participant.id)
    if at_home and used is not None:
        rest = kit.vials - used
        broken, lost = (rest, 0) if what == "damaged" else (0, rest)
        count_vials(act, kit, participant, Counts(0, used, broken, lost), on, told)
    for row in act.rows(Mishap, lock=True, kit=kit.number, kind="wrong_kit", box="with_participant"):
        act.change(Mishap, row, box="lost")
    meant = [row for row in act.rows(Assignment, kit=kit.number) if row.state != "void"]  # of the participant, locked
    for row in meant:
        assigning.make_void(act, row)
    return str(meant[0].visit) if meant else None


@act("kit.damaged_on_shelf", roles=CARE)
def damaged_on_shelf(act: Act, order: OnTheShelf) -> None:
    """A box on the shelf is damaged: no participant is concerned, and nobody gets it. Refused: not_found,
    kit_not_at_hand."""
    kit = act.find(Kit, number=order.kit, lock=False)
    if kit.site is not None:
        ledger.lock_shelf(act, kit.site)
    kit = act.find(Kit, number=order.kit)
    if kit.state != "available":
        act.refuse("kit_not_at_hand", kit=order.kit, state=kit.state)
    ledger.move(act, kit, "damaged", site=kit.site)
    shelf.set_randomization(act, kit.site)
