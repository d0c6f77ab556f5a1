"""Guards in the database: what only grows refuses every other change, counters only count, nothing is deleted."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from irt.db import Base
from irt.gate import guards
from tests.databases import Database
from tests.wiring import Wiring

APPROVAL = (
    "{verb} INTO site_approval (id, site, kind, reference, approved_on, recorded_at) VALUES"
    " ('a', '01', 'ethics', '{reference}', '2026-01-05', '2026-01-05T00:00:00.000000Z')"
)


def engine(url: str) -> Engine:
    parsed = make_url(url)
    return create_engine(parsed.set(drivername="postgresql+psycopg") if "postgres" in parsed.drivername else parsed)


@pytest.fixture
def owner(trial: Wiring, owner_url: str) -> Iterator[Engine]:
    """The strongest hand there is: on PostgreSQL the owner of the tables."""
    made = engine(owner_url)
    with made.begin() as connection:
        connection.execute(text(APPROVAL.format(verb="INSERT", reference="EC 7")))
    yield made
    made.dispose()


def refused(engine: Engine, statement: str, words: str = guards.REFUSAL) -> None:
    with pytest.raises(DBAPIError, match=words), engine.begin() as connection:
        connection.execute(text(statement))


def references(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT reference FROM site_approval")).scalars())


def test_what_only_grows_refuses_update_delete_and_replacement(owner: Engine, database: Database) -> None:
    refused(owner, "UPDATE site_approval SET reference = 'EC 8'")
    refused(owner, "UPDATE site_approval SET reference = 'EC 8' WHERE id = 'a'")
    refused(owner, "DELETE FROM site_approval")
    if database.dialect == "sqlite":
        refused(owner, APPROVAL.format(verb="INSERT OR REPLACE", reference="EC 8"))
        refused(owner, APPROVAL.format(verb="REPLACE", reference="EC 8"))
        refused(owner, "UPDATE OR REPLACE site_approval SET reference = 'EC 8'")
    else:
        refused(owner, "TRUNCATE site_approval")
        refused(owner, "TRUNCATE site CASCADE")
        upsert = APPROVAL.format(verb="INSERT", reference="EC 8") + " ON CONFLICT (id) DO UPDATE SET reference = 'EC 8'"
        refused(owner, upsert)
    assert references(owner) == ["EC 7"]


def test_no_row_of_any_table_is_deleted_or_replaced(owner: Engine, database: Database) -> None:
    refused(owner, "DELETE FROM site WHERE code = '02'")
    refused(owner, "DELETE FROM enrolment")
    if database.dialect == "sqlite":
        values = "('01', '01', 'closed', 'running', 'running')"
        refused(owner, f"INSERT OR REPLACE INTO site (code, site, state, randomization, dispensing) VALUES {values}")
    else:
        refused(owner, "TRUNCATE enrolment")


def test_a_counter_counts_by_one_and_never_back(owner: Engine, database: Database) -> None:
    with owner.begin() as connection:
        connection.execute(text("UPDATE enrolment SET randomized = 1"))
        connection.execute(text("UPDATE enrolment SET cap = 9"))
    refused(owner, "UPDATE enrolment SET randomized = 3")
    refused(owner, "UPDATE enrolment SET randomized = 0")
    if database.dialect == "sqlite":
        refused(owner, "INSERT OR REPLACE INTO enrolment (scope, randomized, cap) VALUES ('study', 0, 9)")


def test_the_service_may_not_even_try(trial: Wiring, database: Database) -> None:
    service = engine(database.url)
    if database.dialect == "postgresql":
        for statement in ("DELETE FROM site", "TRUNCATE site", "UPDATE audit SET name = 'x'", "DROP TABLE audit"):
            refused(service, statement, "permission denied|must be owner")
        refused(service, "ALTER TABLE audit DISABLE TRIGGER ALL", "must be owner")
        refused(service, "DROP TRIGGER guard_audit_delete ON audit", "must be owner")
    else:  # one user owns the file: the engine for reading is what is held back
        with pytest.raises(DBAPIError, match="readonly"), trial.database.read.begin() as connection:
            connection.execute(text("UPDATE site SET state = 'closed'"))
    service.dispose()


def test_the_reading_engine_writes_nothing(trial: Wiring) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"), trial.database.read.begin() as connection:
        connection.execute(text("UPDATE site SET state = 'closed'"))


def test_every_table_is_guarded_and_a_missing_guard_shows(owner: Engine, database: Database) -> None:
    expected = {guard.name for guard in guards.expected(database.dialect)}
    assert {guard.table for guard in guards.expected(database.dialect)} == set(Base.metadata.tables)
    with owner.connect() as connection:
        assert set(guards.found(connection)) == expected
        on = "" if database.dialect == "sqlite" else " ON audit"
        connection.execute(text(f"DROP TRIGGER guard_audit_update{on}"))
        assert expected - set(guards.found(connection)) == {"guard_audit_update"}
        connection.rollback()


def test_guards_may_be_laid_again(owner: Engine) -> None:
    with owner.begin() as connection:
        before = guards.found(connection)
        guards.lay(connection)
        assert guards.found(connection) == before
