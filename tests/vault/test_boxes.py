"""What goes into a box: by need and by chance, never too few of a type, and as often alike as chance has it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.entropy import SeededEntropy
from irt.vault._boxes import drawn, filled, shared_out

EVEN = {"A": 1, "B": 1}


def test_bounds_give_the_worst_lack_first() -> None:
    assert shared_out(8, 2, {"A": 5, "B": -3}) == {"A": 5, "B": 2}
    assert shared_out(8, 2, {"A": 9, "B": 9}) == {"A": 4, "B": 4}
    assert shared_out(8, 2, {"A": 12, "B": 4}) == {"A": 6, "B": 2}
    assert shared_out(8, 2, {"A": 0, "B": 0}) == {"A": 2, "B": 2}


@given(
    st.integers(8, 60),
    st.integers(-30, 30),
    st.integers(-30, 30),
    st.integers(0, 6),
    st.binary(min_size=32, max_size=32),
)
def test_a_filled_box_holds_the_floor_and_what_is_lacking_as_far_as_it_reaches(
    count: int, a: int, b: int, spare: int, seed: bytes
) -> None:
    lacking, floor = {"A": a, "B": b}, count // 4
    box = filled(SeededEntropy(seed), count, EVEN, floor, lacking, spare)
    assert sum(box.values()) == count
    assert min(box.values()) >= floor
    if max(a + spare, floor) + max(b + spare, floor) <= count:
        assert box["A"] >= a + spare
        assert box["B"] >= b + spare


def test_noise_stands_about_the_even_box() -> None:
    entropy = SeededEntropy(bytes(32))
    found = Counter(filled(entropy, 8, EVEN, 2, {"A": 0, "B": 0}, 0)["A"] for _ in range(4000))
    assert set(found) >= {2, 3, 4, 5, 6}
    assert 3.95 < sum(number * times for number, times in found.items()) / 4000 < 4.05


def test_a_drawn_box_has_the_law_of_chance_within_its_floor() -> None:
    entropy = SeededEntropy(bytes(32))
    found = Counter(drawn(entropy, 8, EVEN, 2)["A"] for _ in range(20000))
    ways = {2: 28, 3: 56, 4: 70, 5: 56, 6: 28}
    for number, way in ways.items():
        assert found[number] / 20000 == pytest.approx(way / sum(ways.values()), abs=0.015)


def test_an_uneven_ratio_is_kept() -> None:
    entropy = SeededEntropy(bytes(32))
    boxes = [drawn(entropy, 12, {"A": 2, "B": 1}, 3) for _ in range(4000)]
    assert 7.2 < sum(box["A"] for box in boxes) / 4000 < 8.0
    even = filled(entropy, 12, {"A": 2, "B": 1}, 3, {"A": 0, "B": 0}, 0)
    assert sum(even.values()) == 12
