"""The longest tests begin first, dealt out over the workers, and no test is lost or run twice."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import longest_first


def item(name: str, seconds: int | None = None) -> Any:
    """A test as the collection has it, marked as taking so long."""
    mark = None if seconds is None else pytest.mark.long(seconds).mark
    return SimpleNamespace(name=name, get_closest_marker=lambda _name: mark)


def names(items: list[Any], workers: int) -> str:
    """The tests' names in the order in which they would be dealt out."""
    return "".join(one.name for one in longest_first(items, workers))


@pytest.mark.parametrize(
    ("workers", "ordered"), [(1, "YXZabcdefg"), (2, "YZabcXdefg"), (3, "YabXcdZefg"), (10, "YXZabcdefg")]
)
def test_each_share_begins_with_a_long_test(workers: int, ordered: str) -> None:
    listed = [*map(item, "abc"), item("X", 60), *map(item, "de"), item("Y", 90), item("Z", 30), *map(item, "fg")]
    assert names(listed, workers) == ordered


def test_without_long_tests_the_order_stays() -> None:
    assert names([*map(item, "abcdefg")], 3) == "abcdefg"
    assert names([], 2) == ""
