"""The invented trial is whole, the same from the same seed, and holds every case that the analysis must decide."""

import pytest

from irt.lock.contents import TABLES
from tests.analysis.invented import FATES, invented


@pytest.mark.parametrize("view", ["final", "letters", "rehearsal"])
def test_every_table_is_filled_and_the_same_again(view) -> None:
    opened = invented(48, 3, view)
    assert {name for name in TABLES if not opened.tables[name]} == set()
    again = invented(48, 3, view)
    assert dict(opened.tables) == dict(again.tables)
    assert dict(invented(48, 4, view).tables) != dict(again.tables)


def test_it_holds_every_fate() -> None:
    people = invented(48).tables["participants"]
    randomized = [one for one in people if one["arm"]]
    assert len(randomized) == 48
    assert len(people) > 48
    assert sum(one["in_error"] == "Y" for one in randomized) == 2
    assert sum(one["full_analysis"] == "N" for one in randomized) == 1
    assert sum(one["safety"] == "N" for one in randomized) == 2
    assert [one["actual_arm"] != one["arm"] for one in randomized if one["safety"] == "Y"].count(True) == 1
    assert sum(bool(one["died_on"]) for one in randomized) == 1
    assert len(FATES) - 1 <= 24


def test_letters_hide_which_is_which() -> None:
    opened = invented(24, view="letters")
    cells = {cell for rows in opened.tables.values() for row in rows for cell in row.values()}
    assert not cells & {"IL2", "PBO"}
    assert "seed" not in opened.facts
    assert opened.facts["arms"] == "A B"
