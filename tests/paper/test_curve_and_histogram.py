"""Pictures of progress: counts in exact ranges, lines that end where they should, texts escaped."""

import re
from fractions import Fraction

import pytest

from irt.paper.curve import Words, curve
from irt.paper.histogram import binned, histogram


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ([], [0, 0, 0, 0, 0]),
        (["0", "2", "4", "10"], [1, 1, 1, 0, 1]),
        (["19999/10000", "2"], [1, 1, 0, 0, 0]),
        (["-1", "11"], [1, 0, 0, 0, 1]),  # beyond: in the range at that end
        (["10/7", "10/7"], [2, 0, 0, 0, 0]),
    ],
)
def test_values_lie_in_exact_ranges(values: list[str], counts: list[int]) -> None:
    found = binned(map(Fraction, values), Fraction(0), Fraction(10), 5)
    assert [one.count for one in found] == counts
    assert [one.label for one in found] == ["0–2", "2–4", "4–6", "6–8", "8–10"]


def test_a_bar_for_each_range_that_is_not_empty() -> None:
    picture = histogram(binned([Fraction(1), Fraction(1), Fraction(9)], Fraction(0), Fraction(10), 5), "a < b")
    assert picture.count("<rect") == 2
    assert "a &lt; b" in picture
    assert "style" not in picture
    heights = [float(one) for one in re.findall(r'<rect [^>]*height="([\d.]+)"', picture)]
    assert heights[0] == pytest.approx(2 * heights[1], rel=0.01)


def test_the_curve_ends_at_the_last_count_and_the_plan_at_its_target() -> None:
    picture = curve([0, 3, 3, 8], 240, 60, Words("a & b", "weeks", "real", "plan"))
    (points,) = re.findall(r'<polyline points="([^"]*)"', picture)
    ys = [float(one.split(",")[1]) for one in points.split()]
    assert len(ys) == 4
    assert ys[0] > ys[1] == ys[2] > ys[3]
    assert "a &amp; b" in picture
    assert "style" not in picture


@pytest.mark.parametrize(("counts", "target", "weeks"), [([0], 0, 1), ([0, 5], 3, 1), ([0] * 200, 1000, 60)])
def test_any_trial_can_be_drawn(counts: list[int], target: int, weeks: int) -> None:
    picture = curve(counts, target, weeks, Words("t", "x", "r", "p"))
    numbers = [float(one) for one in re.findall(r'y\d?="(-?[\d.]+)"', picture)]
    assert numbers
    assert all(0 <= one <= 320 for one in numbers)
