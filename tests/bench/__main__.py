"""`python -m tests.bench`: acts per second against the floor, in one run on both databases, and what stands around it.

Every target says met or missed. A missed one makes the exit status 1 with --strict only: a laptop that is busy with
something else is no reason to stop a build. No test asserts a time.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from irt.app import build
from tests.bench import disk, pages, redrawing, rounds, sealing, setting
from tests.bench.rounds import Measured
from tests.postgres import PREFIX, PostgresServer, connect

ROLE = "irt_service"


class Results:
    """The table of what was measured, and the targets that were missed."""

    def __init__(self) -> None:
        self.table = Table("measured", "result", "target", "", title="bench")
        self.missed: list[str] = []

    def add(self, name: str, result: str, target: str = "", met: bool | None = None) -> None:
        """One line; `met` None: a figure without a target."""
        if met is False:
            self.missed.append(name)
        self.table.add_row(name, result, target, "" if met is None else "met" if met else "MISSED")

    def add_latencies(self, name: str, of: Measured, *, limit: float | None = None) -> None:
        """Median, 99th percentile and longest wait of one side."""
        text = f"p50 {of.quantile(0.5):.1f}, p99 {of.quantile(0.99):.1f}, longest {of.quantile(1):.1f} ms"
        target = "" if limit is None else f"p99 < {limit:.0f} ms"
        self.add(f"{name}, latency", text, target, None if limit is None else of.quantile(0.99) < limit)


@contextmanager
def postgresql() -> Iterator[tuple[str, str]]:
    """The addresses, for the service and for the owner, of a database on a server of this run's own; fsync is on."""
    server = PostgresServer()
    try:
        with connect(server.url) as connection:
            connection.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}'")
            connection.execute("CREATE DATABASE bench")
        address = f"127.0.0.1:{server.port}/bench"
        yield f"postgresql+psycopg://{ROLE}:{ROLE}@{address}", f"postgresql+psycopg://postgres@{address}"
    finally:
        server.remove()


def bench(results: Results, name: str, url: str, owner_url: str, folder: Path) -> None:
    """Gate and floor, the pages (on PostgreSQL) and stored rows, on one database."""
    found = rounds.measure(url, owner_url, folder, left=pages.WARM_UP + pages.REQUESTS, at=pages.BROWSERS)
    gate, floor = found.gate, found.floor
    ratio = gate.per_second / floor.per_second
    on_postgresql = name == "PostgreSQL"
    share = ("≥ 0.5 of the floor", ratio >= 0.5) if on_postgresql else ("", None)
    results.add(f"{name}: perform(randomize)", f"{gate.per_second:.0f}/s", "≥ 200/s", gate.per_second >= 200)
    results.add(f"{name}: floor", f"{floor.per_second:.0f}/s")
    results.add(f"{name}: gate ÷ floor", f"{ratio:.2f}", *share)
    results.add_latencies(f"{name}: gate", gate, limit=100 if on_postgresql else None)
    results.add_latencies(f"{name}: floor", floor)
    results.add(f"{name}: busy errors, gate / floor", f"{gate.busy} / {floor.busy}", "0", gate.busy == 0)
    service = build(setting.settings_of(url, folder))
    if on_postgresql:
        setting.restock(service, 2 * setting.STOCK)
        posted = pages.measure(service, found.left)
        results.add("HTTP: signed randomization", f"{posted.per_second:.0f}/s", "≥ 40/s", posted.per_second >= 40)
        results.add_latencies("HTTP: signed randomization", posted)
    results.add(f"{name}: sealed rows stored", f"{sealing.stored(service):,.0f}/s")
    service.database.write.dispose()
    service.database.read.dispose()


def add_sealing(results: Results) -> None:
    """A million slots made and sealed, in memory."""
    made = sealing.in_memory()
    results.add("seal_list, 10⁶ slots in memory, unsealed", f"{made.unsealed:,.0f} slots/s")
    results.add("seal_list, 10⁶ slots in memory, sealed", f"{made.sealed:,.0f} slots/s")


def add_redrawing(results: Results) -> None:
    """The re-randomization test beside the same block law by hand in NumPy, in the same process."""
    test, by_hand = redrawing.seconds()
    name = f"re-randomization, {redrawing.LISTS:,} lists of {redrawing.PARTICIPANTS}"
    results.add(name, f"{test:.2f} s")
    results.add("the same block law by hand in NumPy", f"{by_hand:.2f} s")
    results.add("re-randomization ÷ by hand", f"{test / by_hand:.2f}", "≤ 3", test <= 3 * by_hand)


def main() -> int:
    """Measure, print, and answer the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    parser.add_argument("--only", choices=["postgresql", "sqlite", "redrawing"], help="a part of it")
    arguments = parser.parse_args()
    results = Results()
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-bench-") as temporary:
        folder = Path(temporary)
        add_redrawing(results)
        if arguments.only == "redrawing":
            Console().print(results.table)
            return 1 if arguments.strict and results.missed else 0
        times = sorted(disk.fsync_times(folder))
        add_sealing(results)
        results.add(
            f"disk: write of {disk.BYTES // 1024} kB and fdatasync",
            f"p50 {1e3 * times[len(times) // 2]:.2f}, p99 {1e3 * times[int(0.99 * len(times))]:.2f} ms",
        )
        if arguments.only != "sqlite":
            with postgresql() as (url, owner_url):
                bench(results, "PostgreSQL", url, owner_url, folder / "postgresql")
        if arguments.only != "postgresql":
            url = f"sqlite:///{folder / 'sqlite' / 'irt.sqlite'}"
            bench(results, "SQLite", url, url, folder / "sqlite")
    Console().print(results.table)
    return 1 if arguments.strict and results.missed else 0


if __name__ == "__main__":
    sys.exit(main())
