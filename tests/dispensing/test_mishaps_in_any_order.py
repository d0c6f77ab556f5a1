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
from irt.dispensing.dispense import Assign, HandOver, PutBy, assign, hand_over, put_by
from irt.dispensing.elsewhere import HandOverElsewhere, elsewhere, hand_over_elsewhere, not_collected
from irt.dispensing.ending import recover
from irt.dispensing.lost import lost_or_damaged
from irt.dispensing.still_here import not_handed_over
from irt.dispensing.wrong_kit import wrong_kit
from irt.gate.refusals import Refused
from irt.migrate import newest
from irt.participants.screen import Screened
from irt.participants.tables import Participant
from irt.supply.tables import Assignment, Kit
from tests.cast import World, world
from tests.dispensing.mishapped import (
    PHARMACIST,
    allowed,
    ask,
    at_second_visit,
    back,
    box_in,
    bring_back,
    came,
    give,
    gone,
    left_there,
    mishap,
    second,
    shelf,
    still_here,
    wrong,
)  # fmt: skip
from tests.remembered import remembered
from tests.stocked import begin_running

FREE = ("available", "not_dispensed", "quarantined", "damaged", "expired", "missing", "lost")
LEFT = {  # what another had counted, when they had brought it back: the books have it again as they had it
    "reconciled": lambda vials: Counts(vials - 3, 3, 0, 0),
    "returned": lambda vials: Counts(vials - 4, 3, 0, 0),  # one is missing
}
PLAYED: list[str] = []
Play = Callable[[Sequence[str], list[Screened]], Any]


@pytest.fixture
def trial(database_url: str) -> World:
    """A world in which nobody has done anything yet: `every_order` brings in whom it needs."""
    return world(database_url)


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


def people_at_second_visit(world: World, count: int) -> list[Screened]:
    """So many people, or a few more, for whom two sites have boxes enough."""
    size = next(one for one in (6, 12, 24, 48) if one >= count)

    def play(here: World) -> None:
        begin_running(here, ("01", "02"), kits=240, depot=560)
        at_second_visit(here, size)

    remembered(world, ("at their second visit", size), play)
    people = sorted(world.rows(Participant), key=lambda row: row.screening_number)
    return [Screened(id=row.id, screening_number=row.screening_number) for row in people]


def every_order(world: World, path: str, orders: Sequence[Sequence[str]], play: Play, people: int = 1) -> None:
    """Play each order with people and boxes of its own; all ends are the same."""
    waiting = iter(people_at_second_visit(world, people * len(orders)))
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


THERE = "pharmacist_02"
REFUSED = {"report at home": "kit_not_at_hand", "ask at home": "kit_waits_elsewhere"}  # when it is told there already


def at_another_site(world: World, ends_with: str, at_home: bool = False) -> Play:
    """One comes to another site; `at_home`: ten days after the visit, when their own box is lost."""

    def play(order: Sequence[str], people: list[Screened]) -> Any:
        (one,), told, own = people, "", ""
        if at_home:
            own = ask(world, one)
            give(world, one, own)
        for step in (*order, ends_with):
            told = tried(world, step, one, own, told) or told
        given = world.rows(Assignment, participant=one.id, visit=second(world))
        assert sum(row.state in ("assigned", "cancelled") for row in given) <= 1, "one kit waits at a time"
        last = end(world, {"one": one})[-1]
        row = mishap(world, told)
        return last[2:], row.kind, row.replacement, world.row(Kit, number=own).state if own else None

    return play


def tried(world: World, step: str, one: Screened, own: str, told: str) -> str | None:
    """Do a step, once more where a second person has to allow it first; what was told before is told again."""
    if step == "give" and mishap(world, told).replacement == "to_be_allowed":
        allowed(world, one)
        assert step_of(world, "come", one, own, told) == told
    try:
        return step_of(world, step, one, own, told)
    except Refused as refused:
        if refused.code == "kit_to_be_allowed":
            allowed(world, one)
            return step_of(world, step, one, own, told)
        if REFUSED.get(step) != refused.code:
            raise
    return None


def step_of(world: World, step: str, one: Screened, own: str, told: str) -> str | None:
    """Do a step; answers the mishap of the other site, where it tells one."""
    waiting = mishap(world, told).replacement_kit if told else None
    if step == "come":
        gone_box = {"gone": "lost", "used": 5} if own else {}
        return str(world.do(elsewhere, came(world, one, **gone_box), by=THERE))
    if step == "give":
        world.do(hand_over_elsewhere, HandOverElsewhere(mishap=told, kit=waiting), by=THERE)
    elif step == "not collected":
        world.do(not_collected, left_there(told, waiting), by=THERE)
    elif step == "lost there":
        world.do(lost_or_damaged, gone(world, waiting), by=THERE)
    elif step == "report at home":
        world.do(lost_or_damaged, gone(world, own, used=5, replace="no"), by=PHARMACIST)
    elif step == "put by at home":
        never = PutBy(participant=one.id, visit=second(world), reason="stands here without a box")
        world.do(put_by, never, by=PHARMACIST)
    else:
        world.do(assign, Assign(participant=one.id, visit=second(world)), by=PHARMACIST)
    return None


def coming_first(*steps: str) -> list[tuple[str, ...]]:
    """Every order of the steps in which they come before the box there can be lost, given, or left."""
    theirs = ("give", "lost there", "not collected", "put by at home")
    return [
        one for one in permutations(steps) if all(one.index("come") < one.index(step) for step in theirs if step in one)
    ]


def test_a_participant_of_another_site(trial: World) -> None:
    every_order(trial, "elsewhere", coming_first("come", "give", "ask at home"), at_another_site(trial, "ask at home"))


@pytest.mark.parametrize("step", ["not collected", "put by at home"])
def test_a_participant_of_another_site_who_leaves_the_box(trial: World, step: str) -> None:
    play = at_another_site(trial, "ask at home")
    every_order(trial, f"elsewhere, {step}", coming_first("come", step, "ask at home"), play)


def test_a_participant_of_another_site_whose_box_is_lost_there(trial: World) -> None:
    steps = coming_first("come", "lost there", "ask at home")
    again = [(*one[:place], "come", *one[place:]) for one in steps for place in range(one.index("come") + 1, 4)]
    every_order(trial, "elsewhere, lost there", [*steps, *again], at_another_site(trial, "give"))


def test_a_participant_of_another_site_whose_own_box_is_lost(trial: World) -> None:
    orders = coming_first("report at home", "come", "give", "ask at home")
    orders = [one for one in orders if one.index("ask at home") > min(map(one.index, ("come", "report at home")))]
    every_order(trial, "elsewhere, their own box lost", orders, at_another_site(trial, "ask at home", at_home=True))


def test_what_was_played(capsys: pytest.CaptureFixture[str]) -> None:
    if PLAYED:  # the tests above ran in this process
        total = sum(int(line.rsplit(": ", 1)[1].split()[0]) for line in PLAYED)
        with capsys.disabled():
            print(f"\nmishaps: {len(PLAYED)} paths, {total} orders, each path with one end")
        assert total >= len(PLAYED) > 0
