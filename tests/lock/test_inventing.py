"""The invented allocation: the public law of blocks, in the order of randomization, and nothing of anybody's arm."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from irt.lock.inventing import Invented, invented
from tests.wiring import study_of_tests

DAY = date(2026, 3, 2)
STUDY = study_of_tests()
STRATA = STUDY.strata_keys()
PEOPLE = {STRATA[0]: [f"a{number}" for number in range(9)], STRATA[1]: ["b0"]}
ASSIGNED = {f"kit a{number}": f"a{number}" for number in range(9)}
HANDED = {f"wrong {number}": f"a{number % 9}" for number in range(200)}
SPARE = [f"spare {number}" for number in range(10)]
KITS = [*ASSIGNED, *HANDED, *SPARE]


def made(**other: Any) -> Invented:
    given: dict[str, Any] = {"day": DAY, "in_turn": PEOPLE, "assigned": ASSIGNED, "handed": HANDED, "kits": KITS}
    return invented(STUDY, **(given | other))


def test_whole_blocks_of_four_in_every_stratum_long_enough_for_all() -> None:
    found = made()
    assert Counter(one.stratum for one in found.slots) == dict.fromkeys(STRATA, 12)
    for stratum in STRATA:
        arms = [one.arm for one in found.slots if one.stratum == stratum]
        for begin in range(0, 12, 4):
            assert Counter(arms[begin : begin + 4]) == {arm.id: 2 for arm in STUDY.arms}
    places = [(one.position, one.block, one.position_in_block) for one in found.slots[:6]]
    assert places == [(1, 1, 1), (2, 1, 2), (3, 1, 3), (4, 1, 4), (5, 2, 1), (6, 2, 2)]
    assert (found.facts["block_sizes"], found.facts["ratio"], found.facts["slots"]) == ("4", "1 1", "12")


def test_everybody_has_the_next_slot_of_the_stratum_in_turn() -> None:
    found = made()
    for stratum in STRATA:
        drawn = [one.participant for one in found.slots if one.stratum == stratum]
        people = PEOPLE.get(stratum, [])
        assert drawn == [*people, *[None] * (12 - len(people))]


def test_a_kit_is_of_the_arm_of_whom_it_was_meant_for() -> None:
    found = made()
    kind = {arm.id: arm.kit_type for arm in STUDY.arms}
    arms = {one.participant: one.arm for one in found.slots}
    assert {kit: found.kinds[kit] for kit in ASSIGNED} == {kit: kind[arms[who]] for kit, who in ASSIGNED.items()}
    alike = sum(found.kinds[kit] == kind[arms[who]] for kit, who in HANDED.items())
    assert 70 < alike < 130, "a box that somebody got by mistake is of either arm"
    assert Counter(found.kinds[kit] for kit in SPARE) == {arm.kit_type: 5 for arm in STUDY.arms}
    assert set(found.kinds) == set(KITS)


def test_a_box_in_the_hands_of_nobody_who_was_randomized_is_like_a_spare_one() -> None:
    assert set(made(assigned={"kit a0": "stranger"}, handed={"kit a1": "stranger"}).kinds) == set(KITS)


def test_who_comes_later_changes_nothing_of_whoever_was_there() -> None:
    more = {STRATA[0]: [*PEOPLE[STRATA[0]], "late"], STRATA[1]: PEOPLE[STRATA[1]]}
    assert made(in_turn=more).slots[:9] == made().slots[:9]


def test_the_same_day_gives_the_same_and_another_day_another() -> None:
    one, again, other = made(), made(), made(day=date(2026, 3, 3))
    assert one == again
    assert one.facts["merkle_root"] != other.facts["merkle_root"]
    assert [slot.arm for slot in one.slots] != [slot.arm for slot in other.slots]


@pytest.mark.parametrize("in_turn", [{}, {STRATA[2]: []}])
def test_of_nobody_there_is_a_list_all_the_same(in_turn: dict[str, list[str]]) -> None:
    found = made(in_turn=in_turn, assigned={}, handed={})
    assert {one.participant for one in found.slots} == {None}
    assert len(found.slots) == 4 * len(STRATA)


def test_nothing_of_it_is_shown_by_accident() -> None:
    assert {repr(one) for one in made().slots} == {"<slot>"}
