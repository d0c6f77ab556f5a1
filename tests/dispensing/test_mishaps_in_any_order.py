"""The steps after a mishap in every order in which they can happen: each order ends in the same state.

Three things cannot be told in every order, and are played as they are then told. A box that came back before anybody
told of it is told as come back. A visit that asks before it is known that its box is gone is told that box's number,
and asks again when nobody finds it. A box is found again, or handed over after all, only after it was missed.
"""

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import pytest

from irt.assurance.verify import verify
from irt.dispensing.counting import Counts
from irt.dispensing.dispense import Assign, HandOver, assign, hand_over
from irt.dispensing.elsewhere import HandOverElsewhere, elsewhere, hand_over_elsewhere
from irt.dispensing.ending import recover
from irt.dispensing.lost import lost_or_damaged
from irt.dispensing.still_here import not_handed_over
from irt.dispensing.wrong_kit import wrong_kit
from irt.migrate import newest
from irt.participants.screen import Screened
from irt.supply.tables import Assignment, Kit
from tests.cast import World
from tests.dispensing.mishapped import (
    PHARMACIST,
    ask,
    at_second_visit,
    back,
    box_in,
    bring_back,
    came,
    give,
    gone,
    mishap,
    second,
    shelf,
    still_here,
    wrong,
)  # fmt: skip
from tests.stocked import running_trial

FREE = ("available", "not_dispensed", "quarantined", "damaged", "expired", "missing", "lost")
LEFT = {  # what another had counted, when they had brought it back: the books have it again as they had it
    "reconciled": lambda vials: Counts(vials - 3, 3, 0, 0),
    "returned": lambda vials: Counts(vials - 4, 3, 0, 0),  # one is missing
}
PLAYED: list[str] = []
Play = Callable[[Sequence[str], list[Screened]], Any]


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=240, depot=560)


def end(world: World, names: dict[str, Screened], *mishaps: str) -> list[Any]:
    """Where everything stands, by roles in the story instead of numbers."""
    who = {one.id: name for name, one in names.items()}
    found: list[Any] = []
    for one, name in who.items():
        for row in sorted(world.rows(Assignment, participant=one, visit=second(world)), key=lambda row: row.ordinal):
            kit = world.row(Kit, number=row.kit)
            found.append((name, row.ordinal, row.state, kit.state, kit.site, who[kit.participant]))
    return [*found, *[(mishap(world, one).kind, mishap(world, one).box, _box(world, one, who)) for one in mishaps]]


def _box(world: World, number: str, who: dict[str, str]) -> tuple[str, str | None]:
    kit = world.row(Kit, number=mishap(world, number).kit)
    return kit.state, who.get(kit.participant)


def every_order(world: World, path: str, orders: Sequence[Sequence[str]], play: Play, people: int = 1) -> None:
    """Play each order with people and boxes of its own; all ends are the same."""
    waiting = iter(at_second_visit(world, people * len(orders)))
    ends = {tuple(order): play(order, [next(waiting) for _ in range(people)]) for order in orders}
    first = next(iter(ends.values()))
    assert [order for order, found in ends.items() if found != first] == [], ends
    if not path.startswith(tuple(f"wrong box, {state}," for state in FREE[1:])):  # these were put there by hand
        assert verify(world.database, world.keys, world.vault, world.study, revision=newest()) == []
    PLAYED.append(f"{path}: {len(ends)} orders")


def wrong_box(world: World, state: str, in_books: bool) -> Play:
    """One got a box that was in `state`; `in_books`: the right one was scanned, so that the books call it given."""

    def play(order: Sequence[str], people: list[Screened]) -> Any:
        one, other = people
        right, vials = ask(world, one), world.study.kit.vials
        if in_books:
            give(world, one, right)
        box, told, is_back, given = box_in(world, state, other), "", False, False
        counts = LEFT[state](vials) if state in LEFT else Counts(vials, 0, 0, 0)
        for step in order:
            if step == "report":
                where = {"box": "recovered" if is_back else "with_participant"}
                where["right_box"] = "with_participant" if given else "at_site"
                told = world.do(wrong_kit, wrong(world, one, box, **where), by=PHARMACIST)
            elif step == "back":
                is_back = True
                if told:
                    world.do(recover, back(world, told, counts), by=PHARMACIST)
            elif step == "give":
                given = True
                give(world, one, right)
            else:
                ask(world, other)
        if "ask" in order and ask(world, other) == box:
            raise AssertionError("the box that is gone was promised again")
        return end(world, {"one": one, "other": other}, told)

    return play


@pytest.mark.parametrize("in_books", [False, True])
@pytest.mark.parametrize("state", FREE)
def test_a_wrong_box_that_was_nobodys(trial: World, state: str, in_books: bool) -> None:
    orders = list(permutations(("report", "back", "give")))
    every_order(trial, f"wrong box, {state}, {in_books}", orders, wrong_box(trial, state, in_books), 2)


@pytest.mark.parametrize("state", ["assigned", "dispensed"])
def test_a_wrong_box_that_was_somebodys(trial: World, state: str) -> None:
    orders = list(permutations(("report", "back", "give", "ask")))
    every_order(trial, f"wrong box, {state}", orders, wrong_box(trial, state, False), 2)


def test_two_boxes_that_were_swapped(trial: World) -> None:
    def play(order: Sequence[str], people: list[Screened]) -> Any:
        one, other = people
        boxes = {"one": ask(trial, other), "other": ask(trial, one)}  # who has which in the end
        named = {"one": one, "other": other}
        give(trial, one, boxes["other"])
        give(trial, other, boxes["one"])
        told: dict[str, str] = {}
        is_back: set[str] = set()
        for step in order:
            what, who = step.split()
            if what == "report":
                where = {"box": "recovered" if who in is_back else "with_participant", "right_box": "not_known"}
                report = wrong(trial, named[who], boxes[who], replace="no", **where)
                told[who] = trial.do(wrong_kit, report, by=PHARMACIST)
            else:
                is_back.add(who)
                if who in told:
                    counts = Counts(trial.study.kit.vials, 0, 0, 0)
                    trial.do(recover, back(trial, told[who], counts), by=PHARMACIST)
        for person in people:
            assert ask(trial, person) not in boxes.values()
        return end(trial, named, told["one"], told["other"])

    every_order(trial, "swapped", list(permutations(("report one", "report other", "back one", "back other"))), play, 2)


@pytest.mark.parametrize("state", LEFT)
def test_a_wrong_box_that_had_come_back(trial: World, state: str) -> None:
    orders = list(permutations(("report", "back", "give")))
    every_order(trial, f"wrong box, {state} by another", orders, wrong_box(trial, state, False), 2)


def test_a_box_that_is_damaged_at_home(trial: World) -> None:
    def play(order: Sequence[str], people: list[Screened]) -> Any:
        (one,) = people
        kit, told, counts = ask(trial, one), "", Counts(0, 3, trial.study.kit.vials - 3, 0)
        give(trial, one, kit)
        for step in order:
            if step == "report":
                asked = gone(trial, kit, what="damaged", replace="no")
                told = trial.do(lost_or_damaged, asked, by=PHARMACIST)
            elif step == "ask":
                ask(trial, one)
            elif told:
                trial.do(recover, back(trial, told, counts), by=PHARMACIST)
            else:
                bring_back(trial, one, kit, counts)
        assert ask(trial, one) != kit
        return end(trial, {"one": one}, told)

    every_order(trial, "damaged at home", list(permutations(("report", "ask", "back"))), play)


@pytest.mark.parametrize("what", ["lost", "damaged"])
def test_a_box_in_stock(trial: World, what: str) -> None:
    """Whoever has it by mistake, it is told of before or after it came back."""

    def play(order: Sequence[str], people: list[Screened]) -> Any:
        (one,), told, is_back = people, "", False
        ask(trial, one)
        box = shelf(trial)[0]
        stock = trial.do(lost_or_damaged, gone(trial, box, what=what), by=PHARMACIST)
        for step in order:
            if step == "report":
                where = "recovered" if is_back else "with_participant"
                told = trial.do(wrong_kit, wrong(trial, one, box, box=where), by=PHARMACIST)
            else:
                is_back = True
                if told:
                    trial.do(recover, back(trial, told, Counts(trial.study.kit.vials, 0, 0, 0)), by=PHARMACIST)
        return end(trial, {"one": one}, stock, told)

    every_order(trial, f"{what} in stock", list(permutations(("report", "back"))), play)


@pytest.mark.parametrize(("what", "at_home"), [("lost", False), ("lost", True), ("damaged", False)])
def test_a_box_that_is_gone(trial: World, what: str, at_home: bool) -> None:
    steps = ("report", "ask", "found") if what == "lost" else ("report", "ask")
    orders = [one for one in permutations(steps) if "found" not in one or one.index("report") < one.index("found")]

    def play(order: Sequence[str], people: list[Screened]) -> Any:
        (one,) = people
        kit, told, vials = ask(trial, one), "", trial.study.kit.vials
        if at_home:
            give(trial, one, kit)
        for step in order:
            if step == "report":
                used = 3 if at_home else None
                told = trial.do(lost_or_damaged, gone(trial, kit, what=what, used=used, replace="no"), by=PHARMACIST)
            elif step == "found":
                trial.do(recover, back(trial, told, Counts(vials - 3, 3, 0, 0)), by=PHARMACIST)
            else:
                ask(trial, one)
        assert ask(trial, one) != kit
        return end(trial, {"one": one}, told)

    every_order(trial, f"{what} {'at home' if at_home else 'at the site'}", orders, play)


def test_asked_for_in_the_step_or_afterwards_it_ends_alike(trial: World) -> None:
    def play(order: Sequence[str], people: list[Screened]) -> Any:
        (one,) = people
        told = trial.do(lost_or_damaged, gone(trial, ask(trial, one), replace=order[0]), by=PHARMACIST)
        ask(trial, one)
        return end(trial, {"one": one}, told)

    every_order(trial, "replaced at once or later", [("yes",), ("no",)], play)


def test_a_box_that_never_left(trial: World) -> None:
    def play(order: Sequence[str], people: list[Screened]) -> Any:
        (one,) = people
        kit, told = ask(trial, one), ""
        give(trial, one, kit)
        for step in order:
            if step == "report":
                told = trial.do(not_handed_over, still_here(trial, one, kit), by=PHARMACIST)
            else:
                ask(trial, one)
        trial.do(hand_over, HandOver(participant=one.id, visit=second(trial), kit=kit), by=PHARMACIST)
        return end(trial, {"one": one}, told)

    every_order(trial, "not handed over", list(permutations(("report", "ask"))), play)


def test_a_participant_of_another_site(trial: World) -> None:
    orders = [one for one in permutations(("come", "give", "ask at home")) if one.index("come") < one.index("give")]

    def play(order: Sequence[str], people: list[Screened]) -> Any:
        (one,) = people
        told = ""
        for step in order:
            if step == "come":
                told = trial.do(elsewhere, came(trial, one), by="pharmacist_02")
            elif step == "give":
                scanned = HandOverElsewhere(mishap=told, kit=mishap(trial, told).kit)
                trial.do(hand_over_elsewhere, scanned, by="pharmacist_02")
            else:
                trial.do(assign, Assign(participant=one.id, visit=second(trial)), by=PHARMACIST)
        (last,) = [row for row in end(trial, {"one": one}, told) if row[0] == "one" and row[2] != "void"]
        return last[2:], end(trial, {"one": one}, told)[-1]

    every_order(trial, "elsewhere", orders, play)


def test_what_was_played(capsys: pytest.CaptureFixture[str]) -> None:
    if PLAYED:  # the tests above ran in this process
        total = sum(int(line.rsplit(": ", 1)[1].split()[0]) for line in PLAYED)
        with capsys.disabled():
            print(f"\nmishaps: {len(PLAYED)} paths, {total} orders, each path with one end")
        assert total >= len(PLAYED) > 0
