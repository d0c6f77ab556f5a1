"""A position laid down from memory is the one that was played: rows in their order, guards, people, random bytes."""

from pathlib import Path

import pytest
from sqlalchemy import text

from irt.db import Base
from irt.gate.guards import found
from irt.people.tables import Account
from tests import remembered, stocked
from tests.cast import World, world
from tests.databases import Database, fresh_postgresql, fresh_sqlite
from tests.stocked import randomized, running_trial


def told(world: World) -> dict[str, object]:
    """All that can be told apart of a world: its rows as they are stored, its guards, and what it holds in memory."""
    order = "rowid" if world.database.is_sqlite else "ctid"
    with world.database.read.connect() as connection:
        rows = {
            table.name: list(map(tuple, connection.execute(text(f"select * from {table.name} order by {order}"))))
            for table in Base.metadata.sorted_tables
        }
        guards = found(connection)
    return {**rows, "guards": guards, "now": world.clock.now(), "actors": world.actors, "next": world.entropy.take(16)}


def same_again(url: str, before: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for the position once more, while nobody can play it; then go on from it."""
    monkeypatch.setattr(stocked, "begin_running", lambda *_: pytest.fail("it was played again"))
    laid = running_trial(url, "01")
    assert told(laid) == before
    randomized(laid)
    laid.database.write.dispose()
    laid.database.read.dispose()


def test_what_is_remembered_is_what_was_played(
    database: Database, shared_run: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "_KNOWN", {})
    before = told(running_trial(database.url, "01"))
    assert len(before[Account.__tablename__]) > 5  # type: ignore[arg-type]
    shared, server_url = shared_run
    if database.dialect == "sqlite":
        (tmp_path / "other").mkdir()
        same_again(fresh_sqlite(shared, tmp_path / "other").url, before, monkeypatch)
    else:
        with fresh_postgresql(shared, server_url) as other:
            same_again(other.url, before, monkeypatch)


def test_a_world_that_has_begun_is_played(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_KNOWN", {})
    running_trial(database_url)
    again = remembered.remembered(world(database_url), "other", lambda _: None)
    assert again.actors == {}
    assert not remembered._KNOWN.keys() & {("sqlite", "other"), ("postgresql", "other")}
