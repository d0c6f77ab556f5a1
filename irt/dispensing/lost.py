"""A box is lost or damaged: in stock at the site, where it was set aside, or at home."""

from datetime import date
from typing import Any, Literal

from sqlalchemy import Row

from irt.dispensing.counting import Counts, as_it_left, count_vials, given_on, hold_people, latest_count
from irt.dispensing.dispense import CARE
from irt.dispensing.guests import admit_guest, follow
from irt.dispensing.replacing import replace
from irt.dispensing.tables import Mishap
from irt.dispensing.telling import YesNo, require_day, settle, tell
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, KitNumber, Number, Text
from irt.gate.refusals import RaceLost
from irt.supply import assigning, ledger
from irt.supply.tables import Assignment, Kit

IN_STOCK = frozenset({"available", "quarantined", "expired"})  # at the site, and nobody's
SOMEBODYS = frozenset({"assigned", *ledger.AT_HOME})
BROUGHT_BACK = frozenset({"returned", "reconciled"})


class LostOrDamaged(Order):
    """Which box, and what became of it. `used`: of a box lost at home, how many of its vials were injected before.

    `replace` is for a box that was somebody's.
    """

    kit: KitNumber
    what: Literal["lost", "damaged"]
    happened_on: CalendarDay
    used: Number | None = None
    replace: YesNo
    told: Text


class Found(Order):
    """Whose box turned up."""

    mishap: Code


@act("mishap.lost_or_damaged", roles=CARE)
def lost_or_damaged(act: Act, order: LostOrDamaged) -> str:
    """Give a box up, whoever's it was; answers the mishap.

    A box that is damaged at home stays in the participant's hands until it is brought back and counted, which may have
    been before; what is at the site is damaged at once, and waits to be disposed of. Whether the site is open for
    randomization is not asked: set at a loss, that would tell what was lost. Refused: not_found, kit_not_at_hand (given
    up already, back, or gone), date_in_future, date_too_early, used_missing, used_too_many, used_not_asked,
    kit_damaged_already.
    """
    kit = ledger.find_sent(act, order.kit, lock=False)
    if kit.state not in IN_STOCK | SOMEBODYS and (kit.state not in BROUGHT_BACK or order.what == "lost"):
        act.refuse("kit_not_at_hand", kit=order.kit, state=kit.state)
    here = kit.site
    if kit.state in IN_STOCK:
        require_day(act, order.happened_on, here, kit=kit)
        _require_no_use(act, kit, order.what, order.used)
        _locked(act, kit)
        ledger.move(act, kit, order.what, site=here)
        return tell(
            act, order.what, None, site=here, kit=order.kit, visit=None, happened_on=order.happened_on,
            told=order.told, box=place_of(order.what, kit.state),
        )  # fmt: skip
    admit_guest(act, kit)
    participant = hold_people(act, order.kit, kit.participant)[kit.participant]
    _locked(act, kit)
    since = given_on(act, kit, here) if kit.state in ledger.AT_HOME else None
    require_day(act, order.happened_on, here, participant=participant, kit=kit, since=since)
    visit = give_up(act, participant, kit, order.what, used=order.used, on=order.happened_on, told=order.told)
    replaced = replace(act, participant, visit, site=here, wanted=order.replace == "yes")
    if kit.state == "assigned":
        follow(act, order.kit, visit, replaced.state, replaced.kit)
    return tell(
        act, order.what, participant, site=here, kit=order.kit, visit=visit, happened_on=order.happened_on,
        told=order.told, box=place_of(order.what, kit.state), replaced=replaced,
    )  # fmt: skip


def _locked(act: Act, kit: Row[Any]) -> None:
    """Lock the shelf, then the kit, which is still as it was read."""
    ledger.lock_shelf(act, kit.site)
    if act.find(Kit, number=kit.number).moves != kit.moves:
        raise RaceLost("kit")


def place_of(what: str, state: str) -> str:
    """Where a box is that was lost or damaged when it was in this state."""
    if what == "lost":
        return "lost"
    if state in BROUGHT_BACK:
        return "recovered"
    return "with_participant" if state in ledger.AT_HOME else "at_site"


def _require_no_use(act: Act, kit: Row[Any], what: str, used: int | None) -> None:
    """Refuse used vials where nobody asks for them: of a box that comes back, and of one that was never at home."""
    if used is not None and (what == "damaged" or kit.state not in ledger.AT_HOME):
        act.refuse("used_not_asked", value=used)


def give_up(
    act: Act, participant: Row[Any], kit: Row[Any], what: str, *, used: int | None, on: date, told: str
) -> str | None:
    """A locked box of a locked participant is lost or damaged, and nobody waits for it; answers the visit it was for.

    The vials of one that was lost at home are counted as they are known; one that is damaged there stays in their hands
    until it is brought back. None: it was for no visit. Refused: used_missing, used_too_many, used_not_asked,
    kit_damaged_already.
    """
    _require_no_use(act, kit, what, used)
    if kit.state == "assigned":
        ledger.move(act, kit, what, site=kit.site, participant=participant.id)
    elif what == "lost":
        _lose(act, participant, kit, used, on, told)
    elif act.rows(Mishap, kit=kit.number, kind="damaged", participant=participant.id):
        act.refuse("kit_damaged_already", kit=kit.number)
    meant = [row for row in act.rows(Assignment, kit=kit.number) if row.state != "void"]  # of the participant, locked
    for row in meant:
        assigning.make_void(act, row)
    return str(meant[0].visit) if meant else None


def _lose(act: Act, participant: Row[Any], kit: Row[Any], used: int | None, on: date, told: str) -> None:
    left = as_it_left(act, kit)
    if used is None:
        act.refuse("used_missing", kit=kit.number)
    if used > left.unused:
        act.refuse("used_too_many", value=used, most=left.unused)
    ledger.move(act, kit, "lost", site=kit.site, participant=participant.id)
    gone = left.lost + left.unused - used
    again = told if latest_count(act, kit.number) else None
    count_vials(act, kit, participant, Counts(0, left.used + used, left.broken, gone), on, again)
    settle(act, kit.number, "lost")


@act("mishap.found", roles=CARE)
def found(act: Act, order: Found) -> None:
    """A box that was lost from the stock turned up: it is quarantined, for nobody knows how it was kept.

    Refused: not_found, mishap_box_settled.
    """
    known = act.find(Mishap, id=order.mishap, lock=False)
    ledger.lock_shelf(act, known.site)
    kit = act.find(Kit, number=known.kit)
    if known.participant is not None or kit.participant is not None or kit.state != "lost":
        act.refuse("mishap_box_settled")
    ledger.move(act, kit, "quarantined", site=kit.site)
    settle(act, kit.number, "recovered")
