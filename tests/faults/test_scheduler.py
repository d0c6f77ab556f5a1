"""Two schedulers at once, as real processes, on either database: left alone, and killed at random moments."""

from collections import Counter
from pathlib import Path

import pytest

from tests.faults.scheduler_kills import run, twice

DAYS = 11  # the kits expire on the ninth
NIGHTLY, A_DAY = 7, 6  # jobs of the night, one of them no act; and how often a day clocks are reminded of


@pytest.mark.long(30)
@pytest.mark.parametrize("kills", [0, 2])
def test_two_at_once_lose_nothing_and_do_nothing_twice(
    database_url: str, owner_url: str, tmp_path: Path, kills: int
) -> None:
    told = run(database_url, owner_url, tmp_path, DAYS, kills, seed=7)
    assert told.exact, told
    assert (told.due, told.kills) == ((NIGHTLY + A_DAY) * DAYS, kills)
    assert told.done["entries of acts"] == (NIGHTLY - 1 + A_DAY) * DAYS
    assert told.done["kits off the shelf"] >= 8
    assert told.done["kits left there past expiry"] == 0
    assert told.done["deviations noted"] > 1
    if kills and not database_url.startswith("sqlite"):
        assert told.leaders > 0


def test_what_there_is_twice_is_found() -> None:
    assert twice(["a", "b"], Counter("cd")) == []
    assert twice(["a", "a"], Counter("cd"), Counter("ee"), {"stray"}) == ["a", "e", "stray"]
