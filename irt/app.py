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
from irt.gate.tables import AuditEntry, StudyState
from irt.migrate import newest, upgrade
from irt.people.credentials import Credentials
from irt.settings import Settings
from irt.study import load_study
from irt.vault import Vault, proof
from irt.wiring import Service

SQLITE = "sqlite:///"


class CannotStart(Exception):  # noqa: N818
    """The service does not start; the message says what is missing and what to do."""


def build(settings: Settings, *, clock: Clock | None = None, entropy: Entropy | None = None) -> Service:
    """Wire the service of one deployment; raises CannotStart, KeyFileError, KeyUnusable or StudyMistakes."""
    clock, entropy = clock or SystemClock(), entropy or SystemEntropy()
    study = load_study(settings.study)
    keys, vault = Keys.read(settings.service_key), Vault.open(settings.vault_key)
    database = connect(settings.database_url, settings.database_pool)
    _check(database, vault, keys)
    housekeeping = Housekeeping(database, keys)
    credentials = Credentials(database, keys, housekeeping, clock, entropy, settings, study)
    gate = Gate(database, clock, entropy, credentials.standing, vault, keys, study)
    return Service(settings, study, database, gate, credentials, housekeeping, clock, entropy, keys, vault)


def lay_out(settings: Settings, entropy: Entropy | None = None) -> None:
    """Create or upgrade the database, and lay down key files where there are none.

    Raises StudyMistakes before anything is touched; CannotStart when the database cannot be reached, and when a trial
    is there but its key file is not: a new key would open nothing of it.
    """
    entropy = entropy or SystemEntropy()
    load_study(settings.study)
    if settings.database_url.startswith(SQLITE):
        _make_folder(Path(settings.database_url.removeprefix(SQLITE)).parent)
    try:
        upgrade(settings.owner_url, settings.database_url)
    except exc.SQLAlchemyError as fault:
        raise _unreachable(fault) from None
    missing = [path for path in (settings.service_key, settings.vault_key) if not path.exists()]
    if missing and holds_trial(settings):
        raise CannotStart(
            f"keys: {' and '.join(map(str, missing))} missing, and the database holds a trial already; restore the key "
            "file from its copy, for a new key opens nothing of it"
        )
    try:
        if settings.service_key in missing:
            Keys.create(settings.service_key, entropy)
        if settings.vault_key in missing:
            Vault.create_key(settings.vault_key, entropy)
    except OSError as fault:
        raise CannotStart(
            f"keys: {settings.keys} cannot be written ({fault.strerror}); name a folder that this user may write"
        ) from None


def holds_trial(settings: Settings) -> bool:
    """Whether anything was done in this database."""
    with connect(settings.database_url, 1).read.connect() as connection:
        return connection.execute(select(table_of(AuditEntry).c.seq).limit(1)).first() is not None


def require_study_file(service: Service) -> None:
    """Stop when study.toml is not the file that the study was opened with: only the amendment act takes it in."""
    with service.database.read.connect() as connection:
        stored = connection.execute(select(table_of(StudyState).c.file_sha256)).scalar_one()
    if stored not in (None, service.study.sha256):
        raise CannotStart(
            f"{service.settings.study}: is not the file that the study was opened with (SHA-256 {stored[:16]}…); "
            "restore it, or take the change in with `irt study amend`"
        )


def _check(database: Database, vault: Vault, keys: Keys) -> None:
    try:
        with database.read.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                raise CannotStart("database: is empty; run `irt init`")
            revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
            if revision != newest():
                raise CannotStart(f"database: is at revision {revision}, the code asks for {newest()}; run `irt init`")
            proof.check(connection, vault, keys)
    except exc.SQLAlchemyError as fault:
        raise _unreachable(fault) from None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise CannotStart(
            f"database_url: the folder {folder} cannot be made ({fault.strerror}); name another in database_url"
        ) from None


def _unreachable(fault: exc.SQLAlchemyError) -> CannotStart:
    """What the database said, in its first line; addresses and passwords are not in it."""
    said = str(getattr(fault, "orig", None) or fault).strip().partition("\n")[0]
    return CannotStart(
        f"database: does not answer as it should ({said}); start it, or mend database_url; "
        "for a new trial run `irt init`"
    )
