"""Setting a kit aside for a visit: the assignment row and the ledger line, together."""

from typing import Any

from sqlalchemy import Row

from irt.entropy import new_id
from irt.gate.act import Act
from irt.supply import ledger
from irt.supply.tables import Assignment, Kit


def latest(act: Act, participant: str, visit: str) -> Row[Any] | None:
    """The locked assignment that counts for a visit: the last replacement, or the first kit; None without one."""
    found = act.rows(Assignment, lock=True, participant=participant, visit=visit)
    return max(found, key=lambda row: int(row.ordinal), default=None)


def set_aside(act: Act, participant: Row[Any], visit: str, number: str, ordinal: int = 1) -> None:
    """Assign the kit `number`, which stands on the locked shelf, to a participant's visit; 2, 3, … for replacements."""
    kit = act.find(Kit, number=number)
    ledger.move(act, kit, "assigned", site=kit.site, participant=participant.id)
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


def make_void(act: Act, given: Row[Any]) -> None:
    """The kit of an assignment is accounted for otherwise: the visit may be given another."""
    act.change(Assignment, given, state="void")
