"""Which of several schedulers on one database runs the jobs: the one that holds a lock which ends with its process.

Nobody has to agree on times or leases: the database (or, for SQLite, the kernel) frees the lock when its holder is
gone, and the next one to ask has it.
"""

import fcntl
import os
from pathlib import Path
from typing import Protocol, TextIO

from sqlalchemy import Connection, NullPool, create_engine, exc, text

from irt.db import Database

LOCK = 0x697274  # "irt"; an advisory lock is the database's own, so two trials on one server never meet
TRY = text("SELECT pg_try_advisory_lock(0, :lock)")
HOLDS = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()"
    " AND classid = 0 AND objid = :lock AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
# Seconds after which a holder that vanished with its machine is given up, by the server and by us: without these the
# kernels wait for hours.
SERVER = (
    "-c tcp_keepalives_idle=3 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=9000"
    " -c statement_timeout=5s -c idle_session_timeout=0"
)
OURS = {
    "connect_timeout": 5, "keepalives_idle": 3, "keepalives_interval": 2, "keepalives_count": 3,
    "tcp_user_timeout": 9000,
}  # fmt: skip


class Leader(Protocol):
    """Says whether this process is the one that runs the jobs."""

    def leads(self) -> bool:
        """Whether this process leads now; asked anew before each job. Tries to take the lead when nobody has it."""
        ...

    def resign(self) -> None:
        """Let another lead."""
        ...


class PostgresLeader:
    """Leads while a session of its own holds an advisory lock. It needs a connection that no pooler shares out."""

    def __init__(self, database: Database) -> None:
        options = {**OURS, "options": SERVER, "application_name": f"irt scheduler {os.getpid()}"}
        self._engine = create_engine(
            database.write.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True,
            connect_args=options,
        )  # fmt: skip
        self._held: Connection | None = None

    def leads(self) -> bool:
        """Ask the server whether our session holds the lock still; a lost connection has lost it."""
        try:
            if self._held is None:
                self._held = self._engine.connect()
            return bool(self._held.execute(HOLDS, {"lock": LOCK}).scalar_one() or self._try())
        except exc.DBAPIError:
            self.resign()
            return False

    def _try(self) -> bool:
        assert self._held is not None
        return bool(self._held.execute(TRY, {"lock": LOCK}).scalar_one())

    def resign(self) -> None:
        """Close the session, and with it the lock."""
        held, self._held = self._held, None
        if held is not None:
            held.invalidate()
            held.close()


class FileLeader:
    """Leads while it holds a lock on a file beside the SQLite database; the kernel frees it with the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: TextIO | None = None

    def leads(self) -> bool:
        """Whether the lock is ours, or can be had."""
        if self._held is not None:
            return True
        file = self._path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._held = file
        return True

    def resign(self) -> None:
        """Free the lock."""
        if self._held is not None:
            self._held.close()
            self._held = None


def leader_of(database: Database) -> Leader:
    """The lead over the jobs of one database."""
    if database.lock is None:
        return PostgresLeader(database)
    return FileLeader(database.lock.with_suffix(".scheduler"))
