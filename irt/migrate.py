"""Bring a database to the newest schema and lay its guards; forward only."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from irt.gate import guards, state

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def configuration(owner_url: str) -> Config:
    """Alembic's configuration for the database at `owner_url`."""
    url = make_url(owner_url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option(
        "file_template", "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(rev)s_%%(slug)s"
    )
    config.attributes["url"] = url
    return config


@cache
def newest() -> str:
    """The revision that the code asks for: once, for every migration is compiled to find it."""
    head = ScriptDirectory.from_config(configuration("sqlite:///unused")).get_current_head()
    assert head is not None, "there is no migration"
    return head


def upgrade(owner_url: str, service_url: str | None = None) -> None:
    """Migrate to the newest revision, then lay every guard; on PostgreSQL grant the service role of `service_url`."""
    config = configuration(owner_url)
    command.upgrade(config, "head")
    service = make_url(service_url).username if service_url else None
    owner = config.attributes["url"]
    engine = create_engine(owner)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(20261123)"))  # two upgrades at once
        state.lay(connection)
        guards.lay(connection, service if service and service != owner.username else None)
    engine.dispose()
