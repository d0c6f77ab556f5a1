"""Killed at six moments of a code break: never an arm without its line of the book, and asking anew works."""

from tests.faults.code_break_kills import POINTS, Came, run


def test_killed_at_each_moment(database_url: str) -> None:
    came: dict[str, Came] = {}
    run(database_url, POINTS, 1, came.__setitem__)
    assert set(came) == set(POINTS)
    for one in came.values():
        assert (one.kills, one.unbooked, one.retried, one.second_lines) == (1, 0, 1, 1)
