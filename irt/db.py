"""Databases: engines for SQLite and PostgreSQL, the declarative base, exact column types, and scoped reading.

Instants, decimals and documents are stored as canonical text, so that one hash can be taken of what is stored on
either database. Every table says in `info` who keeps it true (`kept_by`) and whether it only ever grows.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import (
    Alias,
    ColumnClause,
    Connection,
    Dialect,
    Engine,
    Join,
    MetaData,
    Select,
    String,
    TableClause,
    Text,
    TextClause,
    create_engine,
    event,
    inspect,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, FromStatement, ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import TypeDecorator

from irt.actor import Actor

INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"  # how `instant_text` writes
UNMASKING = {"unmasking": True}  # a column whose value could tell an arm: audited sealed
SECRET = {"secret": True}  # a column whose value is audited as a digest only


def canonical(value: object) -> str:
    """The one JSON text of `value`: keys sorted, no spaces, UTF-8; instants, dates and decimals as their text."""
    return _ENCODER.encode(value)


def plain(value: object) -> str:
    """The canonical text of an instant, a date or a decimal."""
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical text")


def instant_text(value: datetime) -> str:
    """An aware datetime as UTC text with microseconds, such as 2026-03-02T01:00:00.000000Z."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=plain)


class Instant(TypeDecorator[datetime]):
    """A point in time, stored as UTC text with microseconds: sorts as it reads and hashes as it is stored."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Aware datetime to text."""
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Text to aware datetime."""
        return None if value is None else datetime.fromisoformat(value)


class Day(TypeDecorator[date]):
    """A calendar date, stored as ISO text."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Date to text."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Text to date."""
        return None if value is None else date.fromisoformat(value)


class Exact(TypeDecorator[Decimal]):
    """A decimal number, stored as its text: 10 and 10.0 stay what was written."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Decimal to text."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """Text to decimal."""
        return None if value is None else Decimal(value)


class Document(TypeDecorator[Any]):
    """A JSON document, stored as canonical text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Value to canonical text."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Text to value."""
        return None if value is None else json.loads(value)


class Base(DeclarativeBase):
    """All mapped tables. `info` keys: kept_by (act, housekeeping, gate), append_only."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text, datetime: Instant, date: Day, Decimal: Exact}  # noqa: RUF012


class SiteOwned:
    """A mixin for tables whose rows belong to one site: reading is scoped by their `site` column."""


APPEND_ONLY = {"kept_by": "act", "append_only": True}
HOUSEKEEPING = {"kept_by": "housekeeping"}
GATE = {"kept_by": "gate"}


@dataclass(frozen=True)
class Database:
    """The two engines of one trial's database; `lock` is SQLite's queue file (None on PostgreSQL)."""

    write: Engine
    read: Engine
    lock: Path | None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.lock is not None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One write transaction: committed at the end, rolled back whole on any exception.

        On SQLite writers wait for one another on a file lock: its own busy handler lets one wait for seconds.
        """
        if self.lock is None:
            with self.write.begin() as connection:
                yield connection
            return
        with self.lock.open("a") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            with self.write.begin() as connection:
                yield connection

    @contextmanager
    def reading(self, actor: Actor) -> Iterator[Session]:
        """A read-only session that sees the actor's own sites only, and never a table of the vault."""
        with ReadingSession(self.read, autoflush=False) as session:
            session.info["sites"] = actor.sites()
            yield session


def reads_everywhere(session: Session) -> bool:
    """Whether a session of `reading` sees every site's rows."""
    return session.info["sites"] is None


class ReadingSession(Session):
    """Entity reads only: a table, text or raw-connection statement would go past the site scope."""

    def connection(self, *_: Any, **__: Any) -> NoReturn:
        """Refused: a raw connection is not scoped."""
        raise PermissionError("reading() gives entities only; a raw connection is not scoped to sites")

    def get(self, entity: Any, ident: Any, **_: Any) -> Any:
        """The row with this primary key in the actor's sites, or None; the session's own way names bare columns."""
        mapper = inspect(entity)
        keys = [mapper.get_property_by_column(column).class_attribute for column in mapper.primary_key]
        values = ident if isinstance(ident, tuple) else (ident,)
        where = [key == value for key, value in zip(keys, values, strict=True)]
        return self.scalars(select(entity).where(*where)).one_or_none()


@event.listens_for(ReadingSession, "do_orm_execute")
def _scope(state: ORMExecuteState) -> None:
    known = state.is_column_load  # more of a row that was found in scope
    if not state.is_select or not (known or (state.is_orm_statement and _only_entities(state.statement))):
        raise PermissionError("reading() gives entities only; this statement is not scoped to sites")
    sites = state.session.info["sites"]
    if sites is not None and not state.is_column_load and not state.is_relationship_load:
        state.statement = state.statement.options(*_criteria(_owned(state.statement), tuple(sorted(sites))))


def _owned(statement: Any) -> frozenset[Any]:
    """The classes of sites' rows that a statement names anywhere, in a subquery alone too."""
    named = (_entity_of(element) for element in iterate(statement))
    return frozenset(one.mapper.class_ for one in named if one and issubclass(one.mapper.class_, SiteOwned))


@lru_cache(maxsize=1024)
def _criteria(owned: frozenset[Any], sites: tuple[str, ...]) -> tuple[ExecutableOption, ...]:
    """One criterion for each class."""
    return tuple(with_loader_criteria(cls, cls.site.in_(sites), include_aliases=True) for cls in owned)


def _only_entities(statement: Any) -> bool:
    """Whether all that a statement reads, subqueries too, comes through mapped classes, and none from the vault."""
    elements = list(iterate(statement))
    return any(_entity_of(element) for element in elements) and all(_scopable(element) for element in elements)


def _scopable(element: Any) -> bool:
    if entity := _entity_of(element):
        return not entity.mapper.class_.__module__.startswith("irt.vault")
    if isinstance(element, TextClause | FromStatement):
        return False
    if isinstance(element, Select):  # what it names as sources; the others come with the columns of an entity
        named = [*element._from_obj, *(join[0] for join in element._setup_joins)]
        return not any(_bare(source) for source in named)
    if isinstance(element, ColumnClause):
        if element.is_literal:
            return str(element.name) == "*"
        return not _bare(element.table)
    return True


def _entity_of(element: Any) -> Any:
    """The entity through which a statement names this element; None for a bare table, column or expression."""
    return element._annotations.get("parententity")


def _bare(source: Any) -> bool:
    if isinstance(source, Join):
        return _bare(source.left) or _bare(source.right)
    return isinstance(source, TableClause | Alias) and _entity_of(source) is None


def connect(url: str, pool: int = 5) -> Database:
    """Open the database at `url` (`sqlite:///FILE` or `postgresql://…`); `pool` connections for each engine."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError(f"database_url: {url!r} names no file; write sqlite:///FILE")
        write, read = (create_engine(parsed, pool_size=pool, max_overflow=20, hide_parameters=True) for _ in range(2))
        _sqlite(write, "BEGIN IMMEDIATE", query_only=False)
        _sqlite(read, "BEGIN", query_only=True)
        return Database(write, read, Path(parsed.database + ".lock"))
    if parsed.get_backend_name() != "postgresql":
        raise ValueError(f"database_url: {parsed.get_backend_name()!r} is not supported; use sqlite or postgresql")
    parsed = parsed.set(drivername="postgresql+psycopg")
    # Whoever waits for a lock asks again three times (`irt.gate.perform`): together longer than a writer that stalls is
    # let live, and shorter than a worker may hang (`config/gunicorn.conf.py`). So a code break outlasts every stall.
    limits = "-c timezone=UTC -c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout="
    write, read = (
        create_engine(
            parsed, pool_size=pool, max_overflow=20, hide_parameters=True, connect_args={"options": limits + mode}
        )
        for mode in ("10s", "60s -c default_transaction_read_only=on")
    )
    return Database(write, read, None)


def _sqlite(engine: Engine, begin: str, *, query_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin by itself
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        if query_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
