"""People at their second visit, boxes in every state, and the orders that tell of mishaps."""

from datetime import date, timedelta
from typing import Any

from irt.dispensing.allowance import AllowKit, allow_kit
from irt.dispensing.counting import Counts
from irt.dispensing.dispense import Assign, HandOver, assign, hand_over
from irt.dispensing.elsewhere import Elsewhere, HandOverElsewhere, NotCollected
from irt.dispensing.ending import Recover, SignNote, covers
from irt.dispensing.lost import LostOrDamaged
from irt.dispensing.returns import ReturnKit, return_kit
from irt.dispensing.still_here import NotHandedOver
from irt.dispensing.tables import KitReturn, Mishap
from irt.dispensing.wrong_kit import WrongKit, wrong_kit
from irt.participants.screen import Screened
from irt.randomization.tables import Randomization
from irt.supply.tables import Assignment, Kit, Movement
from tests.cast import World
from tests.stocked import dosed, randomized, take_away

PHARMACIST, COORDINATOR, INVESTIGATOR = "pharmacist_01", "coordinator_01", "investigator_01"
TOLD = "The pharmacist took the box from the wrong place"


def second(world: World) -> str:
    """The visit that things go wrong at."""
    return world.study.dispensing_visits[1].id


def today(world: World) -> date:
    """The day at the sites."""
    return world.clock.now().date()


def at_second_visit(world: World, count: int, site: str = "01", first: int = 1) -> list[Screened]:
    """So many participants, whose second visit is due today: they took their first dose from their first kit."""
    people = [randomized(world, f"EXAMPLE-{number:06}", site)[0] for number in range(first, first + count)]
    for one in people:
        dosed(world, one)
    world.clock.advance(timedelta(days=world.study.visit(second(world)).day - 1))
    return people


def ask(world: World, one: Screened, by: str = PHARMACIST) -> str:
    """The kit of the second visit."""
    return str(world.do(assign, Assign(participant=one.id, visit=second(world)), by=by).kit)


def give(world: World, one: Screened, kit: str, by: str = PHARMACIST) -> None:
    """Scan the box and hand it over."""
    world.do(hand_over, HandOver(participant=one.id, visit=second(world), kit=kit), by=by)


def wrong(world: World, one: Screened, kit: str, **other: Any) -> WrongKit:
    """The report of a wrong box."""
    values: dict[str, Any] = {
        "participant": one.id, "visit": second(world), "kit": kit, "happened_on": today(world), "told": TOLD,
        "box": "with_participant", "right_box": "at_site", "replace": "yes",
    }  # fmt: skip
    return WrongKit(**(values | other))


def still_here(world: World, one: Screened, kit: str, **other: Any) -> NotHandedOver:
    """The report of a box that never left."""
    values: dict[str, Any] = {
        "participant": one.id, "visit": second(world), "kit": kit, "happened_on": today(world), "told": TOLD,
        "wanted": "yes",
    }  # fmt: skip
    return NotHandedOver(**(values | other))


def gone(world: World, kit: str, **other: Any) -> LostOrDamaged:
    """The report of a lost box."""
    values: dict[str, Any] = {"kit": kit, "what": "lost", "happened_on": today(world), "told": TOLD, "replace": "yes"}
    return LostOrDamaged(**(values | other))


def back(world: World, mishap: str, counts: Counts, **other: Any) -> Recover:
    """The count of a box that came back."""
    values: dict[str, Any] = {"mishap": mishap, "returned_on": today(world), "told": "It was brought back"}
    return Recover(**(values | vars(counts) | other))


def came(world: World, one: Screened, site: str = "02", **other: Any) -> Elsewhere:
    """A participant stands at another site with their card."""
    number = world.row(Randomization, participant=one.id).number
    values: dict[str, Any] = {
        "site": site, "screening_number": one.screening_number, "randomization_number": number,
        "happened_on": today(world), "told": "On a journey",
    }  # fmt: skip
    return Elsewhere(**(values | other))


def reported(world: World, one: Screened, kit: str, **other: Any) -> str:
    """A wrong box, reported; answers the mishap."""
    return str(world.do(wrong_kit, wrong(world, one, kit, **other), by=PHARMACIST))


def shelf(world: World, site: str = "01") -> list[str]:
    """The numbers on a site's shelf."""
    return [kit.number for kit in world.rows(Kit, site=site, state="available")]


def box_in(world: World, state: str, other: Screened | None = None) -> str:
    """A box of site 01 in this state; assigned and dispensed are `other`'s, and so are those that were brought back.

    Of these three vials were used; of one that is returned, and not reconciled, one is missing.
    """
    if state in ("assigned", "dispensed", "returned", "reconciled"):
        assert other is not None
        kit = ask(world, other)
        if state != "assigned":
            give(world, other, kit)
        if state in ("returned", "reconciled"):
            unused = world.study.kit.vials - (4 if state == "returned" else 3)
            bring_back(world, other, kit, Counts(unused, 3, 0, 0))
        return kit
    kit = shelf(world)[0]
    if state != "available":
        take_away(world, [kit], state=state)
    return kit


def bring_back(world: World, one: Screened, kit: str, counts: Counts) -> None:
    """Somebody brings a box back, and it is counted."""
    order = ReturnKit(participant=one.id, kit=kit, returned_on=today(world), **vars(counts))
    world.do(return_kit, order, by=PHARMACIST)


def kit_of(world: World, number: str) -> tuple[str, str | None, str | None]:
    """State, place and holder of a kit."""
    row = world.row(Kit, number=number)
    return row.state, row.site, row.participant


def assignments(world: World, one: Screened) -> list[tuple[int, str]]:
    """The ordinals and states of the second visit's assignments."""
    return sorted((row.ordinal, row.state) for row in world.rows(Assignment, participant=one.id, visit=second(world)))


def mishap(world: World, number: str) -> Any:
    """A mishap's row."""
    return world.row(Mishap, id=number)


def read_note(world: World, number: str) -> SignNote:
    """The note to file of a mishap, as whoever signs it reads it now."""
    row = mishap(world, number)
    return SignNote(mishap=number, covers=covers(row, world.rows(Movement), world.rows(KitReturn)))


def scanned(mishap: str, kit: str) -> HandOverElsewhere:
    """The box for a participant of another site, as it was scanned."""
    return HandOverElsewhere(mishap=mishap, kit=kit)


def left_there(mishap: str, kit: str | None) -> NotCollected:
    """A box that was not collected at another site."""
    return NotCollected(mishap=mishap, kit=kit, reason="The participant went home")


def waits(world: World, one: Screened) -> str:
    """The kit that waits at another site for the second visit, as the home site is told when it asks."""
    refused = world.refusal(assign, Assign(participant=one.id, visit=second(world)), by=PHARMACIST)
    assert refused.code == "kit_waits_elsewhere"
    assert refused.facts["at"] == kit_of(world, refused.facts["kit"])[1] == "02"
    return str(refused.facts["kit"])


def allowed(world: World, one: Screened, by: str = "trial_manager") -> str:
    """A second person's word for one more kit of the second visit; answers its row."""
    order = AllowKit(participant=one.id, visit=second(world), reason="I spoke with the pharmacist")
    return str(world.do(allow_kit, order, by=by))
