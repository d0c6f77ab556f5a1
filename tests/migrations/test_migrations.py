"""Migrations make what the models say, guards included; again they change nothing; they carry a trial's data over."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from irt.assurance.verify import verify
from irt.db import Base
from irt.gate import guards
from irt.migrate import configuration, newest, upgrade
from irt.tables import ALL
from tests.cast import world
from tests.databases import SERVICE_ROLE, Database
from tests.setting import open_trial, recorded

assert ALL


def engine_of(url: str) -> Engine:
    parsed = make_url(url)
    return create_engine(parsed.set(drivername="postgresql+psycopg") if parsed.drivername != "sqlite" else parsed)


@pytest.fixture
def owner(database: Database) -> Iterator[Engine]:
    """The owner's hand."""
    made = engine_of(database.owner_url)
    yield made
    made.dispose()


def schema(engine: Engine) -> object:
    """Tables with columns, keys and indexes, and triggers, as the database tells them."""
    seen = inspect(engine)
    with engine.connect() as connection:
        laid = guards.found(connection)
    return laid, {
        table: sorted(
            json.dumps(part, default=str, sort_keys=True)
            for part in [*seen.get_columns(table), *seen.get_indexes(table), *seen.get_foreign_keys(table)]
        )
        for table in sorted(seen.get_table_names())
    }


def test_models_equal_migrations(owner: Engine, database: Database) -> None:
    with owner.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == newest()
        laid = guards.found(connection)
        expected = {guard.name: guard for guard in guards.expected(database.dialect)}
        assert set(laid) == set(expected)
        if database.dialect == "sqlite":
            assert laid == {name: guard.statement for name, guard in expected.items()}


def test_a_difference_is_found(owner: Engine) -> None:
    with owner.begin() as connection:
        connection.execute(text("ALTER TABLE site ADD COLUMN planted VARCHAR"))
        connection.execute(text("CREATE TABLE planted (id VARCHAR PRIMARY KEY)"))
    with owner.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert {step[0] for step in found} == {"remove_column", "remove_table"}


def test_upgrading_again_changes_nothing(owner: Engine, database: Database) -> None:
    before = schema(owner)
    upgrade(database.owner_url, database.url)
    assert schema(owner) == before


@pytest.fixture
def nothing(database: Database, owner: Engine, tmp_path: Path) -> Iterator[str]:
    """The address of a database that nobody has migrated yet."""
    if database.dialect == "sqlite":
        yield f"sqlite:///{tmp_path}/new.sqlite"
        return
    name, outside = f"irt_new_{secrets.token_hex(4)}", owner.execution_options(isolation_level="AUTOCOMMIT")
    with outside.connect() as server:
        server.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        yield make_url(database.owner_url).set(database=name).render_as_string(hide_password=False)
        server.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def test_upgrading_from_nothing(database: Database, owner: Engine, nothing: str) -> None:
    upgrade(nothing, database.url)
    fresh = engine_of(nothing)
    assert schema(fresh) == schema(owner)
    fresh.dispose()


OLD_ROWS = """
INSERT INTO site VALUES ('01', '01', 'active', 'running', 'running');
INSERT INTO participant VALUES ('p1', '01', '01-0001', 'female', 1971, 'digest', 'withdrawn', 'then', NULL, NULL);
INSERT INTO manifest VALUES ('m1', 'digest', 1, 'a1', 'then');
INSERT INTO kit VALUES ('1234567', 'm1', 'L1', '2028-01-01', 18, 3, 'dispensed', '01', 'p1');
INSERT INTO assignment VALUES ('g1', 'p1', '01', 'W0', '1234567', 'handed_over', 'then', 'a1', 'then', 'a1')"""


def test_a_trial_of_the_first_rooms_is_carried_over(database: Database, nothing: str) -> None:
    command.upgrade(configuration(nothing), "first_rooms")
    old = engine_of(nothing)
    with old.begin() as connection:
        for row in OLD_ROWS.strip().split(";"):
            connection.execute(text(row))
    upgrade(nothing, database.url)
    with old.connect() as connection:
        given = connection.execute(text("SELECT kit, ordinal, state FROM assignment")).all()
        person = connection.execute(text("SELECT state, ended_on FROM participant")).all()
        lots = connection.execute(text("SELECT code, expiry, state FROM lot")).all()
    assert (given, person) == ([("1234567", 1, "handed_over")], [("withdrawn", None)])
    assert lots == [("L1", "2028-01-01", "released")]
    for change in ("participant SET state = 'asleep'", "kit SET state = 'asleep'", "assignment SET state = 'asleep'"):
        with pytest.raises(DBAPIError), old.begin() as connection:
            connection.execute(text(f"UPDATE {change}"))
    with pytest.raises(DBAPIError, match=r"refuses|keeps every row"), old.begin() as connection:
        connection.execute(text("DELETE FROM assignment"))
    old.dispose()


def test_upgrading_keeps_what_is_in_the_database(database: Database) -> None:
    trial = open_trial(world(database.url), "01")
    recorded(trial)
    before = trial.snapshot()
    assert before["participant"]
    trial.database.write.dispose()
    trial.database.read.dispose()
    upgrade(database.owner_url, database.url)
    again = world(database.url)
    assert again.snapshot() == before
    found = verify(again.database, again.keys, again.vault, again.study, revision=newest())
    assert [str(one) for one in found if one.table in ("audit", "participant", "baseline", "site")] == []


def test_the_service_role_owns_nothing_and_only_adds_where_only_adding_is_right(
    owner: Engine, database: Database
) -> None:
    if database.dialect == "sqlite":
        assert database.url == database.owner_url  # one user owns the file: tests/gate/test_guards.py says what holds
        return
    tables = Base.metadata.sorted_tables
    assert sum(bool(table.info.get("append_only")) for table in tables) >= 10
    rights = (
        "SELECT privilege_type FROM information_schema.role_table_grants WHERE grantee = :role AND table_name = :table"
    )
    with owner.connect() as connection:
        for table in tables:
            granted = set(connection.execute(text(rights), {"role": SERVICE_ROLE, "table": table.name}).scalars())
            expected = {"SELECT", "INSERT"} | (set() if table.info.get("append_only") else {"UPDATE"})
            assert granted == expected, table.name
        owned = "SELECT relname FROM pg_class WHERE relowner = CAST(:role AS regrole)"
        assert connection.execute(text(owned), {"role": SERVICE_ROLE}).all() == []
    service = engine_of(database.url)
    for table in tables:
        column = next(iter(table.columns)).name
        statements = [f"DELETE FROM {table.name}", f"TRUNCATE {table.name}"]
        if table.info.get("append_only"):
            statements.append(f"UPDATE {table.name} SET {column} = {column}")
        for statement in statements:
            with pytest.raises(DBAPIError, match="permission denied"), service.begin() as connection:
                connection.execute(text(statement))
    service.dispose()
