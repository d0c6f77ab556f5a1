"""A line of the diary: the one place that adds one."""

from typing import Any

from sqlalchemy import Row

from irt.dispensing.tables import Dose
from irt.entropy import new_id
from irt.gate.act import Act


def write_dose(act: Act, participant: Row[Any], kind: str, number: int, revision: int, **values: Any) -> None:
    """Add what became of a dose of a participant; earlier revisions of its line stay."""
    act.add(
        Dose,
        id=new_id(act.entropy),
        participant=participant.id,
        site=participant.site,
        kind=kind,
        number=number,
        revision=revision,
        recorded_at=act.now,
        recorded_by=act.actor.account,
        **values,
    )
