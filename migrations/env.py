"""Alembic's environment: one connection, the mapped tables of all rooms, guards laid by irt.migrate afterwards."""

from alembic import context
from sqlalchemy import create_engine, event
from sqlalchemy.types import TypeDecorator

from irt.db import Base
from irt.tables import ALL

assert ALL

engine = create_engine(context.config.attributes["url"])

if engine.dialect.name == "sqlite":

    @event.listens_for(engine, "connect")
    def _durable(connection, _record):  # type: ignore[no-untyped-def]
        connection.execute("PRAGMA journal_mode=WAL")


def plain_type(kind, item, _context):  # type: ignore[no-untyped-def]
    """A migration is frozen: it names the stored type, not the application's."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=Base.metadata, transactional_ddl=True, render_item=plain_type
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
