"""Setting a kit aside for a visit: the assignment row and the ledger line, together."""

from typing import Any

from sqlalchemy import Row

from irt.entropy import new_id
from irt.gate.act import Act
from irt.supply import ledger
from irt.supply.tables import Assignment, Kit


def set_aside(act: Act, participant: Row[Any], visit: str, number: str) -> None:
    """Assign the kit `number`, which stands on the site's locked shelf, to a participant's visit."""
    kit = act.find(Kit, number=number)
    ledger.move(act, kit, "assigned", site=participant.site, participant=participant.id)
    act.add(
        Assignment,
        id=new_id(act.entropy),
        participant=participant.id,
        site=participant.site,
        visit=visit,
        kit=number,
        state="assigned",
        assigned_at=act.now,
        assigned_by=act.actor.account,
    )
