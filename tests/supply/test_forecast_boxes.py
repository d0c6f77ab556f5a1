"""The forecast repeats the public rule and the vault's law for many at once: each is held against the original."""

from decimal import Decimal

import numpy as np
import pytest

from irt.entropy import SeededEntropy
from irt.supply.forecast.agenda import Agenda, turns
from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.boxes import damaged, drawn, expected_per_day, levels, poisson_levels, shared_out, sizes
from irt.supply.resupply import Outlook, box_size, buffers, poisson_level, recruitment_per_day
from irt.vault import _boxes
from tests.cast import study_of_tests

CHANCE = np.random.default_rng(5)


@pytest.mark.parametrize("numbers", [
    {}, {"minimum": 0, "maximum": 1}, {"minimum": 5, "maximum": 9, "smallest_box": 12},
    {"policy": "predictive", "service_level": Decimal("0.95")}, {"policy": "predictive", "lead_days": 14},
])  # fmt: skip
def test_sizes_are_those_of_the_public_rule(numbers):
    study = study_of_tests()
    study = study.model_copy(update={"supply": study.supply.model_copy(update=numbers)})
    whole = Trial(study)
    there, visits = CHANCE.integers(0, 40, (2, 300))
    per_day = np.where(CHANCE.random(300) < 0.2, 0.0, CHANCE.gamma(2, 0.05, 300))
    low, high = levels(whole, study.supply, per_day)
    found = sizes(study.supply, there, visits, low.sum(axis=1), high.sum(axis=1))
    expected = [
        box_size(study, Outlook(int(t), int(v), float(p))) for t, v, p in zip(there, visits, per_day, strict=True)
    ]
    assert found.tolist() == expected
    assert 20 < np.count_nonzero(found) < 290
    assert [tuple(map(int, pair)) for pair in zip(low.sum(axis=1), high.sum(axis=1), strict=True)] == [
        buffers(study, float(p)) for p in per_day
    ]


def test_recruitment_and_levels_are_those_of_the_public_rule():
    study = study_of_tests()
    randomized = np.arange(40).reshape(8, 5)
    assert expected_per_day(Trial(study), randomized, 90).ravel().tolist() == [
        recruitment_per_day(study, number, 90) for number in range(40)
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


@pytest.mark.parametrize(("count", "bounds"), [(8, (2, 2)), (12, (3, 6)), (9, (2, 7)), (16, (4, 4))])
def test_what_a_box_holds_follows_the_vaults_law(count, bounds):
    many = 20_000
    entropy = SeededEntropy(bytes(32))
    shares = CHANCE.random((many, 2)).astype(np.float32)
    here = drawn(shares, np.full(many, count), (1, 1), np.tile(bounds, (many, 1)))
    assert (here.sum(axis=1) == count).all()
    assert (here >= np.array(bounds)).all()
    weights, least = {"A": 1, "B": 1}, dict(zip("AB", bounds, strict=True))
    there = np.array([_boxes.drawn(entropy, count, weights, least)["A"] for _ in range(4000)])
    for value in range(count + 1):
        ours, theirs = (here[:, 0] == value).mean(), (there == value).mean()
        assert abs(ours - theirs) < 4 * (max(theirs, 0.001) * (1 - theirs) / 4000) ** 0.5 + 0.003


def test_three_types_keep_their_bounds():
    shares = CHANCE.random((500, 3)).astype(np.float32)
    bounds = CHANCE.integers(0, 4, (500, 3))
    found = drawn(shares, np.full(500, 12), (2, 1, 1), bounds)
    assert (found.sum(axis=1) == 12).all()
    assert (found >= bounds).all()
    assert 5 < found[:, 0].mean() < 7


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
