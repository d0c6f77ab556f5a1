"""Participants with a kit at home, and their diary put there by hand where the act that writes it is not the matter."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from irt.clock import local_day
from irt.dispensing.dispense import Assign, HandOver, assign, hand_over
from irt.dispensing.returns import ResolveDiscrepancy, ReturnKit
from irt.dispensing.tables import Discrepancy, Dose
from irt.gate.rows import table_of
from irt.participants.screen import Screened
from irt.participants.tables import Participant
from tests.cast import World
from tests.stocked import randomized

PHARMACIST = "pharmacist_01"


def today(world: World) -> date:
    """The day at site 01."""
    return local_day(world.clock.now(), world.study.site("01").time_zone)


def at_home(world: World, document: str = "EXAMPLE-000001") -> tuple[Screened, str]:
    """A participant of site 01 who was handed their first kit today and took the first dose; answers the kit too."""
    one, told = randomized(world, document)
    world.do(hand_over, HandOver(participant=one.id, visit="W0", kit=told.kit), by=PHARMACIST)
    participant = table_of(Participant)
    with world.database.writing() as connection:
        connection.execute(update(participant).where(participant.c.id == one.id).values(first_dose_on=today(world)))
    return one, told.kit


def next_kit(world: World, one: Screened, visit: str) -> str:
    """The kit of a later visit, asked for and handed over."""
    kit = str(world.do(assign, Assign(participant=one.id, visit=visit), by=PHARMACIST).kit)
    world.do(hand_over, HandOver(participant=one.id, visit=visit, kit=kit), by=PHARMACIST)
    return kit


def days_later(world: World, days: int) -> None:
    """Time passes."""
    world.clock.advance(timedelta(days=days))


def explained(world: World, discrepancy: str, reason: str) -> ResolveDiscrepancy:
    """Why two counts differ, said of the two as they are now."""
    row = world.row(Discrepancy, id=discrepancy)
    return ResolveDiscrepancy(discrepancy=row.id, expected=row.expected, found=row.found, reason=reason)


def record(world: World, one: Screened, kit: str, *numbers: int, outcome: str = "taken", **more: Any) -> None:
    """Lines of the diary for scheduled doses, each on its day."""
    first = world.row(Participant, id=one.id).first_dose_on
    for number in numbers:
        given = outcome in ("taken", "partial")
        world.put(
            Dose, id=f"{one.id}.{number}", participant=one.id, site="01", kind="scheduled", number=number, revision=1,
            outcome=outcome, taken_on=first + timedelta(days=2 * number - 2) if given else None,
            kit=kit if given else None, recorded_at=world.clock.now(), recorded_by="before", **more,
        )  # fmt: skip


def back(world: World, one: Screened, kit: str, unused: int, used: int, broken: int = 0, lost: int = 0) -> ReturnKit:
    """The order by which a kit comes back today."""
    return ReturnKit(
        participant=one.id, kit=kit, returned_on=today(world), unused=unused, used=used, broken=broken, lost=lost
    )
