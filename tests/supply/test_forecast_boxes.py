"""The forecast repeats the public rule and the vault's law for many at once: each is held against the original."""

from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pytest

from irt.entropy import SeededEntropy
from irt.supply.forecast.agenda import Agenda, turns
from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.boxes import (
    damaged,
    drawn,
    expected_per_day,
    filled,
    levels,
    poisson_levels,
    shared_out,
    sizes,
)
from irt.supply.forecast.draws import Words, below, share, word
from irt.supply.resupply import Outlook, box_size, poisson_level, recruitment_per_day
from irt.supply.resupply import levels as public_levels
from irt.vault import _boxes
from tests.wiring import study_of_tests

CHANCE = np.random.default_rng(5)


@pytest.mark.parametrize("numbers", [
    {}, {"minimum": 0, "maximum": 1}, {"minimum": 5, "maximum": 9, "smallest_box": 12},
    {"policy": "predictive", "service_level": Decimal("0.95")}, {"policy": "predictive", "lead_days": 14},
])  # fmt: skip
def test_sizes_and_levels_are_those_of_the_public_rule(numbers):
    study = study_of_tests()
    study = study.model_copy(update={"supply": study.supply.model_copy(update=numbers)})
    whole = Trial(study)
    there, visits = CHANCE.integers(0, 40, (2, 300))
    per_day = np.where(CHANCE.random(300) < 0.2, 0.0, CHANCE.gamma(2, 0.05, 300))
    low, high = levels(whole, study.supply, per_day)
    found = sizes(whole, study.supply, there, visits, high)
    expected = [
        box_size(study, Outlook(int(t), int(v), float(p))) for t, v, p in zip(there, visits, per_day, strict=True)
    ]
    assert found.tolist() == expected
    assert 20 < np.count_nonzero(found > study.supply.smallest_box) < 290
    pairs = [tuple(map(int, pair)) for pair in zip(low, high, strict=True)]
    assert pairs == [public_levels(study, float(p)) for p in per_day]
    assert len(set(pairs)) > (study.supply.minimum > 0)


def test_recruitment_and_levels_are_those_of_the_public_rule():
    study = study_of_tests()
    randomized, days = np.arange(40).reshape(8, 5), np.arange(0, 80, 10)
    found = expected_per_day(Trial(study), randomized, days[:, None])
    assert found.ravel().tolist() == [
        recruitment_per_day(study, 5 * row + number, int(days[row])) for row in range(8) for number in range(5)
    ]
    means = np.array([0.0, 0.125, 2.5, 9.0])
    assert poisson_levels(means, 0.99).tolist() == [poisson_level(float(mean), 0.99) for mean in means]


def test_bounds_are_those_of_the_vault():
    count = CHANCE.integers(8, 30, 500)
    needed = CHANCE.integers(-10, 20, (500, 2))
    found = shared_out(count, count // 4, needed)
    for row in range(500):
        kinds = dict(zip("AB", map(int, needed[row]), strict=True))
        assert _boxes.shared_out(int(count[row]), int(count[row]) // 4, kinds) == dict(
            zip("AB", map(int, found[row]), strict=True)
        )


def words(many: int) -> Words:
    return CHANCE.integers(0, 2**64, many, np.uint64)


def same_law(here: npt.NDArray[np.integer], there: list[int]) -> None:
    """The numbers of the first type are as frequent in either."""
    assert len(there) > 1000
    for value in range(max(there) + 2):
        ours, theirs = (here[:, 0] == value).mean(), there.count(value) / len(there)
        assert abs(ours - theirs) < 4 * (max(theirs, 0.001) * (1 - theirs) / len(there)) ** 0.5 + 0.003, value


@pytest.mark.parametrize("count", [8, 9, 16])
def test_what_a_first_box_holds_follows_the_vaults_law(count):
    entropy = SeededEntropy(bytes(32))
    here = drawn(words(20_000), np.full(20_000, count), (1, 1))
    assert (here.sum(axis=1) == count).all()
    assert here.min() == count // 4
    same_law(here, [_boxes.drawn(entropy, count, {"A": 1, "B": 1}, count // 4)["A"] for _ in range(2000)])


@pytest.mark.parametrize(("count", "parts", "lacking", "spare"), [
    (8, (1, 1), (0, 0), 2), (8, (1, 1), (3, -2), 2), (13, (1, 1), (-1, 5), 1), (12, (2, 1), (1, 1), 0),
    (12, (2, 1, 1), (0, 2, -1), 2),
])  # fmt: skip
def test_what_a_box_holds_by_need_follows_the_vaults_law(count, parts, lacking, spare):
    entropy, many = SeededEntropy(bytes(32)), 20_000
    here = filled(words(many), np.full(many, count), parts, np.tile(lacking, (many, 1)), np.full(many, spare))
    weights, needs = (dict(zip("ABC"[: len(parts)], values, strict=True)) for values in (parts, lacking))
    floor = count // (2 * len(parts))
    assert (here.sum(axis=1) == count).all()
    assert here.min() >= floor
    same_law(here, [_boxes.filled(entropy, count, weights, floor, needs, spare)["A"] for _ in range(2000)])


def test_first_boxes_of_three_types_keep_their_bounds():
    found = drawn(words(500), np.full(500, 12), (2, 1, 1))
    assert (found.sum(axis=1) == 12).all()
    assert found.min() == 2
    assert 5 < found[:, 0].mean() < 7


def test_words_are_spread_evenly_and_no_two_places_alike():
    first = words(30_000)
    for place in range(3):
        assert np.bincount(below(word(first, place), 3)).tolist() == pytest.approx([10_000] * 3, rel=0.04)
        assert share(word(first, place)).mean() == pytest.approx(0.5, abs=0.01)
    assert abs(np.corrcoef(share(word(first, 0)), share(word(first, 1)))[0, 1]) < 0.03


def test_damage_is_as_frequent_as_said_and_never_more_than_there_is():
    kits = CHANCE.integers(0, 10, 50_000)
    broken = damaged(CHANCE.random(50_000).astype(np.float32), kits, 0.1)
    assert (broken <= kits).all()
    assert broken.sum() / kits.sum() == pytest.approx(0.1, abs=0.005)
    assert not damaged(np.ones(3, np.float32), np.array([1, 2, 3]), 0.0).any()


def test_an_agenda_gives_back_each_number_on_its_day():
    agenda = Agenda()
    agenda.put(np.array([5, 3, 5]), np.array([9, 8, 1]))
    agenda.put(np.array([5]), np.array([4]))
    agenda.put(np.array([], int), np.array([], int))
    assert [agenda.take(day).tolist() for day in (3, 4, 5, 5)] == [[8], [], [1, 4, 9], []]


def test_turns_take_each_cell_once_in_its_order():
    assert [turn.tolist() for turn in turns(np.array([2, 1, 2, 2, 1]))] == [[1, 0], [4, 2], [3]]
    assert turns(np.array([], int)) == []
