"""Who leads: one at a time, the next one within a moment, and nobody who has lost the lock without knowing it."""

import time
from collections.abc import Iterator

import pytest

from irt.db import Database, connect
from irt.scheduler.leader import Leader, leader_of
from tests import databases
from tests.postgres import connect as owner_of

WITHIN = 5  # seconds


@pytest.fixture
def pair(database_url: str) -> Iterator[tuple[Leader, Leader]]:
    """Two processes' leads over one database."""
    made = [connect(database_url) for _ in range(2)]
    leaders = [leader_of(one) for one in made]
    yield leaders[0], leaders[1]
    for one, leader in zip(made, leaders, strict=True):
        leader.resign()
        dispose(one)


def dispose(database: Database) -> None:
    database.write.dispose()
    database.read.dispose()


def soon(leader: Leader) -> bool:
    """Whether it leads within a few seconds."""
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        if leader.leads():
            return True
        time.sleep(0.02)
    return False


def test_one_leads_until_it_resigns(pair: tuple[Leader, Leader]) -> None:
    first, second = pair
    assert [first.leads(), second.leads(), first.leads(), second.leads()] == [True, False, True, False]
    first.resign()
    assert soon(second)
    assert not first.leads()


def test_the_lock_ends_with_its_holder_and_the_holder_notices(pair: tuple[Leader, Leader], owner_url: str) -> None:
    first, second = pair
    assert first.leads()
    if owner_url.startswith("sqlite"):
        first._held.close()  # type: ignore[attr-defined]  # as the kernel does when the process is gone
        first._held = None  # type: ignore[attr-defined]
    else:
        with owner_of(owner_url) as owner:
            ended = owner.execute(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                " where application_name like 'irt scheduler %' and pid in (select pid from pg_locks"
                " where locktype = 'advisory' and granted)"
            ).fetchone()
        assert ended == (1,)
    assert soon(second)
    assert not first.leads(), "it must ask, not remember"
    assert second.leads()


def test_each_trial_on_one_server_has_a_lead_of_its_own(
    pair: tuple[Leader, Leader],
    shared_run: tuple[object, str],
    database: databases.Database,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    shared, server_url = shared_run
    assert pair[0].leads()
    if database.dialect == "sqlite":
        beside = leader_of(connect(databases.fresh_sqlite(shared, tmp_path_factory.mktemp("beside")).url))  # type: ignore[arg-type]
        assert beside.leads()
        return
    with databases.fresh_postgresql(shared, server_url) as other:  # type: ignore[arg-type]
        beside = leader_of(connect(other.url))
        assert beside.leads()
        beside.resign()
