"""The run's account of itself fails the run when it should."""

from collections import Counter

import pytest

from tests.summary import shortcomings

ENOUGH = Counter(sqlite=3, postgresql=3, journey=1)


def test_enough_is_enough() -> None:
    assert shortcomings(ENOUGH, whole=True) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"skipped": 1}, "1 skipped"),
        ({"sqlite": 1}, "4 tests on SQLite and 3 on PostgreSQL"),
        ({"journey": -1}, "no test counted as journey"),
        ({"sqlite": -3, "postgresql": -3}, "no test counted as sqlite"),
    ],
)
def test_each_shortcoming_is_found(change: dict[str, int], said: str) -> None:
    counts = ENOUGH.copy()
    counts.update(change)
    assert any(said in reason for reason in shortcomings(counts, whole=True))


def test_a_part_of_the_suite_need_not_cover_everything_but_may_skip_nothing() -> None:
    assert shortcomings(Counter(sqlite=1), whole=False) == []
    assert shortcomings(Counter(skipped=1), whole=False) != []
