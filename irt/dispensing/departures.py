"""Doses that depart from the protocol: each is noted once, whichever act records the dose."""

from datetime import date
from typing import Any

from sqlalchemy import Row

from irt.conduct import deviations
from irt.conduct.deviations import Kind
from irt.gate.act import Act


def note_dose(
    act: Act, departure: Kind, participant: Row[Any], dose: tuple[str, int], on: date, kit: str | None, told: str | None
) -> None:
    """Note that a dose, by its kind and number, departs from the protocol; `told` is why."""
    kind, number = dose
    deviations.note(
        act,
        departure,
        site=participant.site,
        participant=participant.id,
        subject=f"{participant.id}/{kind}/{number}",
        happened_on=on,
        facts={"dose": kind, "number": number, "kit": kit},
        told=told,
    )
