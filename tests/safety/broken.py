"""Breaking codes in the tests' world: the order, what a door would show, and what the vault holds."""

from typing import Any

from irt.participants.screen import Screened
from irt.safety.break_code import BreakCode, break_code
from irt.safety.showing import line_of, show_once
from irt.vault import _rows
from irt.vault._seal import disclose
from irt.vault._tables import Draw, SealedKit, SealedSlot
from irt.vault.reveal import Treatment
from tests.cast import World

INVESTIGATOR = "investigator_01"
TOLD = "Fever and shock, in the emergency room"


def breaking(one: Screened | None, **other: Any) -> BreakCode:
    """The order of a code break; treatment goes on unless told."""
    values: dict[str, Any] = {"break_reason": "treatment_depends_on_it", "told": TOLD, "treatment": "continue"}
    if one is not None:
        values["participant"] = one.id
    return BreakCode(**(values | other))


def broken(world: World, one: Screened, **other: Any) -> str:
    """A code, broken; answers its line of the book."""
    return str(world.do(break_code, breaking(one, **other), by=INVESTIGATOR))


def fetched(world: World, opening: str, kits: list[str], by: str = INVESTIGATOR) -> Treatment:
    """What the door shows of it."""
    line = line_of(world.service.housekeeping, opening, world.actor(by).account)
    return show_once(
        world.service.housekeeping, world.vault, world.study, line, kits=kits, now=world.clock.now()
    )  # fmt: skip


def arm_of(world: World, one: Screened) -> str:
    """The arm that the vault holds for a participant."""
    slot = world.row(SealedSlot, id=world.row(Draw, participant=one.id).slot)
    return disclose(_rows.arm_of(world.vault, slot))


def kind_of(world: World, kit: str) -> str:
    """The content that the vault holds for a kit."""
    return disclose(_rows.type_of(world.vault, world.row(SealedKit, kit=kit)))
