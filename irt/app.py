"""The only wiring: settings become a service, and nothing else makes a gate, a vault or a clock."""

from pathlib import Path

from sqlalchemy import exc, inspect, select

from irt.clock import Clock, SystemClock
from irt.db import Database, connect
from irt.entropy import Entropy, SystemEntropy
from irt.gate.housekeeping import Housekeeping
from irt.gate.keys import Keys
from irt.gate.perform import Gate
from irt.gate.rows import table_of
from irt.gate.tables import StudyState
from irt.migrate import newest, upgrade
from irt.people.credentials import Credentials
from irt.settings import Settings
from irt.study import load_study
from irt.vault import Vault, proof
from irt.wiring import Service


class CannotStart(Exception):  # noqa: N818
    """The service does not start; the message says what is missing and what to do."""


def build(settings: Settings, *, clock: Clock | None = None, entropy: Entropy | None = None) -> Service:
    """Wire the service of one deployment; raises CannotStart, KeyFileError, KeyUnusable or StudyMistakes."""
    clock, entropy = clock or SystemClock(), entropy or SystemEntropy()
    study = load_study(settings.study)
    keys, vault = Keys.read(settings.service_key), Vault.open(settings.vault_key)
    database = connect(settings.database_url, settings.database_pool)
    _check(database, vault)
    housekeeping = Housekeeping(database, keys)
    credentials = Credentials(database, keys, housekeeping, clock, entropy, settings, study)
    gate = Gate(database, clock, entropy, credentials.standing, vault, keys, study)
    return Service(settings, study, database, gate, credentials, housekeeping, clock, entropy, keys, vault)


def lay_out(settings: Settings, entropy: Entropy | None = None) -> None:
    """Create or upgrade the database, and lay down key files where there are none."""
    entropy = entropy or SystemEntropy()
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    upgrade(settings.owner_url, settings.database_url)
    if not settings.service_key.exists():
        Keys.create(settings.service_key, entropy)
    if not settings.vault_key.exists():
        Vault.create_key(settings.vault_key, entropy)


def require_study_file(service: Service) -> None:
    """Stop when study.toml is not the file that the study was opened with: only the amendment act takes it in."""
    with service.database.read.connect() as connection:
        stored = connection.execute(select(table_of(StudyState).c.file_sha256)).scalar_one()
    if stored not in (None, service.study.sha256):
        raise CannotStart(
            f"{service.settings.study}: is not the file that the study was opened with (SHA-256 {stored[:16]}…); "
            "restore it, or take the change in with `irt study amend`"
        )


def _check(database: Database, vault: Vault) -> None:
    try:
        with database.read.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                raise CannotStart("database: is empty; run `irt init`")
            revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
            if revision != newest():
                raise CannotStart(f"database: is at revision {revision}, the code asks for {newest()}; run `irt init`")
            proof.check(connection, vault)
    except exc.OperationalError as fault:
        raise CannotStart(
            f"database: does not answer ({type(fault.orig).__name__}); start it, or mend database_url; "
            "for a new trial run `irt init`"
        ) from None
