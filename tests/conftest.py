"""Fixtures for every test, and the account that the run gives of itself at its end.

`database`, `database_url` and `owner_url` make a test run once on SQLite and once on PostgreSQL, each time on a fresh
migrated database. `IRT_TEST_DATABASE_URL` (a role that may create databases and roles) replaces the tests' own server.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import ClassVar

import hypothesis
import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from tests.databases import DIALECTS, Database, drop_spare, drop_template, fresh_postgresql, fresh_sqlite
from tests.postgres import PREFIX, PostgresServer
from tests.summary import Summary

hypothesis.settings.register_profile("irt", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("irt")


class Compiled(BytecodeCache):
    """Templates compiled once in a process, and not anew for each test's app."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {"bytecode_cache": Compiled()}


class Routed(Rule):
    """An address, and how it is written with its arguments: compiled once in a process, and not for each test's app."""

    kept: ClassVar[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults:
            return super()._compile_builder(append_unknown)
        known = (self.rule, append_unknown, *self._trace)
        if known not in self.kept:
            self.kept[known] = super()._compile_builder(append_unknown)
        return self.kept[known]


Flask.url_rule_class = Routed


class Run:
    """What the processes of one run share: a folder, and the PostgreSQL server, started when first needed."""

    def __init__(self) -> None:
        self.shared = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.server: PostgresServer | None = None

    def server_url(self) -> str:
        if given := os.environ.get("IRT_TEST_DATABASE_URL"):
            return given
        self.server = self.server or PostgresServer(durable=False)
        return self.server.url

    def end(self) -> None:
        if self.server:
            self.server.remove()
        elif (self.shared / "postgresql.migrated").exists():
            drop_template(self.shared, self.server_url())
        shutil.rmtree(self.shared)


class StartsServerForWorkers:
    """With pytest-xdist, the process that hands out the tests keeps the server and tells the workers its address."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: object) -> None:
        node.workerinput["irt"] = (str(self.run.shared), self.run.server_url())  # type: ignore[attr-defined]


IN_MEMORY, ROOM = Path("/dev/shm"), 6 * 2**30


def keep_files_in_memory() -> None:
    """A test's database lives for seconds and need not reach a disk: a sixth of the run would wait for it."""
    if "TMPDIR" not in os.environ and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM:
        os.environ["TMPDIR"] = str(IN_MEMORY)
        tempfile.tempdir = None


RUN = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "journey: a person's way through the pages, in a real browser")
    config.addinivalue_line("markers", "long(seconds): takes about so many seconds, so it begins before the others")
    if not hasattr(config, "workerinput"):
        keep_files_in_memory()
        config.stash[RUN] = Run()
        config.pluginmanager.register(StartsServerForWorkers(config.stash[RUN]))
        config.pluginmanager.register(Summary(config))


def pytest_unconfigure(config: pytest.Config) -> None:
    if given := os.environ.get("IRT_TEST_DATABASE_URL"):
        drop_spare(given)
    if run := config.stash.get(RUN, None):
        run.end()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note on each test what the summary counts, and let the longest begin first.

    The notes travel with its report from worker to controller.
    """
    items[:] = longest_first(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec and "database" in callspec.params:
            item.user_properties.append(("dialect", callspec.params["database"]))
        if item.get_closest_marker("journey"):
            item.user_properties.append(("journey", True))


def longest_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Each worker's share, which `--dist worksteal` cuts in this order, begins with a long test: none is left to the
    end, when the other workers would wait for it."""
    marked = [(item, item.get_closest_marker("long")) for item in items]
    long = [one for one, mark in sorted(marked, key=lambda pair: -pair[1].args[0] if pair[1] else 0) if mark]
    others = iter([one for one, mark in marked if not mark])
    ordered, place = [], 0
    for worker in range(workers):
        end = (worker + 1) * len(items) // workers
        mine = long[worker::workers]
        ordered += [*mine, *islice(others, max(0, end - place - len(mine)))]
        place = end
    return [*ordered, *others]


def pytest_collection_finish() -> None:
    """What was imported stays to the end: looking through it again and again for garbage took a fifth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def shared_run(request: pytest.FixtureRequest) -> tuple[Path, str]:
    """The folder that this run's processes share, and the address of its PostgreSQL server."""
    config = request.config
    if hasattr(config, "workerinput"):
        folder, url = config.workerinput["irt"]
        return Path(folder), url
    return config.stash[RUN].shared, config.stash[RUN].server_url()


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest, shared_run: tuple[Path, str], tmp_path: Path) -> Iterator[Database]:
    """A fresh migrated database: the test runs once on each kind."""
    shared, server_url = shared_run
    if request.param == "sqlite":
        yield fresh_sqlite(shared, tmp_path)
    else:
        with fresh_postgresql(shared, server_url) as made:
            yield made


@pytest.fixture
def database_url(database: Database) -> str:
    """The address the service is given (on PostgreSQL: of the service role, which owns nothing)."""
    return database.url


@pytest.fixture
def owner_url(database: Database) -> str:
    """The address of the same database for its owner, who migrates it."""
    return database.owner_url


@pytest.fixture
def spare_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for this test alone, for databases by names of its choice."""
    server = PostgresServer(durable=False)
    yield server
    server.remove()


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for this test alone, to be crashed, stopped or searched file by file."""
    server = PostgresServer()
    yield server
    server.remove()
