"""Setting a kit aside for a visit: the assignment row and the ledger line, together."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row

from irt.entropy import new_id
from irt.gate.act import Act
from irt.supply import ledger
from irt.supply.tables import Assignment, Express, Kit


def latest(act: Act, participant: str, visit: str) -> Row[Any] | None:
    """The locked assignment that counts for a visit: the last replacement, or the first kit; None without one."""
    found = act.rows(Assignment, lock=True, participant=participant, visit=visit)
    return max(found, key=lambda row: int(row.ordinal), default=None)


def set_aside(
    act: Act, participant: Row[Any], visit: str, number: str, ordinal: int = 1, *, shipment: str | None = None
) -> None:
    """Assign the kit `number`, which stands on the locked shelf, to a participant's visit; 2, 3, … for replacements.

    `shipment`: the express one that brings it.
    """
    kit = act.find(Kit, number=number)
    ledger.move(act, kit, "assigned", site=kit.site, participant=participant.id, shipment=shipment)
    act.add(
        Assignment,
        id=new_id(act.entropy),
        participant=participant.id,
        site=participant.site,
        visit=visit,
        ordinal=ordinal,
        kit=number,
        state="assigned",
        assigned_at=act.now,
        assigned_by=act.actor.account,
    )


def arrived(act: Act, express: Row[Any], participant: Row[Any]) -> None:
    """The kit of an express shipment stands set aside for its visit from now on.

    Where the visit was served otherwise meanwhile, it is given to nobody, and waits to be disposed of: kept for the
    same person it would be a kit that nobody asked for (see dispensing.allowance).
    """
    if not overtaken(express, latest(act, participant.id, express.visit)):
        set_aside(act, participant, express.visit, express.kit, express.ordinal, shipment=express.shipment)
    else:
        kit = act.find(Kit, number=express.kit)
        ledger.move(act, kit, "not_dispensed", site=kit.site, participant=participant.id, shipment=express.shipment)


def overtaken(express: Any, given: Any | None) -> bool:
    """Whether the visit has another kit than its express one by now: drawn after it, or come before it (`given`)."""
    return given is not None and (given.ordinal > express.ordinal or given.state != "void")


def make_void(act: Act, given: Row[Any]) -> None:
    """The kit of an assignment is accounted for otherwise: the visit may be given another."""
    act.change(Assignment, given, state="void")


def waiting(act: Act, participant: str) -> list[Row[Any]]:
    """The locked assignments of kits that stand set aside for a participant, asked for now or not."""
    found = act.rows(Assignment, lock=True, participant=participant)
    return [row for row in found if row.state in ("assigned", "cancelled")]


def cancel(act: Act, given: Row[Any]) -> None:
    """The kit is not asked for now, and stays set aside."""
    act.change(Assignment, given, state="cancelled")


def ask_again(act: Act, given: Row[Any], visit: str) -> None:
    """The kit that stands set aside is the answer for a visit, whichever it was first asked for.

    The row goes with the kit: a kit has one assignment for life, and the trail keeps the visit that it had been for.
    """
    if given.visit == visit:
        act.change(Assignment, given, state="assigned")
        return
    ordinal = next_ordinal(act, given.participant, visit)
    act.change(
        Assignment, given, visit=visit, ordinal=ordinal, state="assigned", assigned_at=act.now,
        assigned_by=act.actor.account,
    )  # fmt: skip


def put_by(act: Act, given: Row[Any]) -> None:
    """A kit set aside that is never given: it waits to be destroyed or sent back, and goes to no other person."""
    kit = act.find(Kit, number=given.kit)
    ledger.move(act, kit, "not_dispensed", site=kit.site, participant=given.participant)
    make_void(act, given)


def drawn(given: Collection[Any], sent: Iterable[Any]) -> list[Any]:
    """The kits that were drawn for visits, each once: those set aside, and express ones that never were.

    `given`: assignments; `sent`: express kits. What became of an express kit is all one: it was drawn for its visit.
    """
    assigned = {row.kit for row in given}
    return [*given, *(row for row in sent if row.kit not in assigned)]


def following(kits: Iterable[Any], visit: str) -> int:
    """The ordinal of the next kit of a visit, after these that were drawn for one participant."""
    return max((int(row.ordinal) for row in kits if row.visit == visit), default=0) + 1


def next_ordinal(act: Act, participant: str, visit: str) -> int:
    """The ordinal of the next kit of a visit: 1 for its first, 2, 3, … for replacements, express ones counted too."""
    given = act.rows(Assignment, lock=True, participant=participant)
    return following(drawn(given, act.rows(Express, participant=participant)), visit)
