"""Two schedulers at once under a simulated clock, left alone and killed at random moments: nothing lost, nothing twice.

`python -m tests.faults.scheduler_kills` runs it on a PostgreSQL of its own: real processes, killed by their number.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from irt.assurance.verify import verify
from irt.conduct.tables import Deviation
from irt.gate.keys import Keys
from irt.gate.tables import AuditEntry, JobRun
from irt.jobs.registry import jobs_of
from irt.jobs.times import between
from irt.migrate import newest
from irt.settings import Settings
from irt.supply.tables import Kit, Movement
from irt.vault import Vault
from tests.cast import STUDY_FILE, World
from tests.databases import fresh_postgresql
from tests.postgres import PostgresServer, connect
from tests.treated import treated

ROOT = Path(__file__).parents[2]
BEGIN = datetime(2028, 8, 10, tzinfo=UTC)  # some days before the kits of the tests' trial expire: the sweep has work
LIMIT = 1800  # seconds until processes that should have ended are given up
LEADERS = (
    "select a.application_name from pg_locks l join pg_stat_activity a using (pid)"
    " where l.locktype = 'advisory' and l.granted and a.application_name like 'irt scheduler %'"
)


class Fixed:
    """The bytes that the keys of the tests' worlds are made of."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret

    def take(self, count: int) -> bytes:
        """These bytes."""
        assert count == len(self.secret)
        return self.secret


@dataclass
class Told:
    """What the rows, the audit trail and the trial's tables say when all processes have ended."""

    jobs: int
    due: int
    rows: int
    twice: list[str]
    lost: list[str]
    kills: int
    leaders: int
    taken_over: int
    done: dict[str, int] = field(default_factory=dict)
    findings: int = 0

    @property
    def exact(self) -> bool:
        """Whether there is exactly one run for each job and due time, and all that is stored is sound."""
        return self.rows == self.due and not self.twice and not self.lost and not self.findings

    def __str__(self) -> str:
        done = ", ".join(f"{name} {count}" for name, count in self.done.items())
        return (
            f"{self.jobs} jobs, {self.kills} kills (of the one that led: {self.leaders}): "
            f"jobs × due times = {self.due}, rows = {self.rows}, twice {len(self.twice)}, lost {len(self.lost)}\n"
            f"  taken over after a kill: {self.taken_over}; done: {done}; irt verify: {self.findings} findings"
        )


@dataclass
class Schedulers:
    """Two processes on one database, each of which is started anew when it was killed."""

    world: World
    owner_url: str
    folder: Path
    days: int
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        keys = self.folder / "keys"
        Keys.create(keys / "service.key", Fixed(bytes(range(32))))
        Vault.create_key(keys / "vault.key", Fixed(bytes(range(32, 64))))
        names = {name: value for name, value in os.environ.items() if not name.startswith("IRT_")}
        self.environment = names | {
            "IRT_REHEARSE_NIGHTLY": "false",
            "IRT_DATABASE_URL": self.world.database_url, "IRT_KEYS": str(keys), "IRT_STUDY": str(STUDY_FILE),
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self.jobs = jobs_of(Settings(rehearse_nightly=False), self.world.study)

    def start(self) -> None:
        """One more process."""
        words = ["scheduler", "--clock", "simulated", "--days", str(self.days), "--start", f"{BEGIN:%Y-%m-%d}"]
        with (self.folder / "said.txt").open("ab") as said:
            command = [sys.executable, "-m", "irt", *words]
            self.running.append(
                subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=said, stderr=said)
            )

    def live(self, kills: int, chance: random.Random) -> Told:
        """Both go through the days, and so often one of them, mostly the one that leads, is killed at a random moment
        and started anew; what came of it."""
        due, leaders = len(self.due_times()), 0
        for _ in range(2):
            self.start()
        for at in sorted(chance.sample(range(1, due - due // 10), kills)):
            self._until(at)
            time.sleep(chance.random() * 0.03)
            leaders += self._kill(chance)
            self.start()
        for process in self.running:
            assert process.wait(LIMIT) == 0, (self.folder / "said.txt").read_text(encoding="utf-8")
        return self.told(kills, leaders)

    def _until(self, rows: int) -> None:
        limit = time.monotonic() + LIMIT
        while self.rows() < rows:
            assert time.monotonic() < limit, f"fewer than {rows} rows, and nobody goes on"
            time.sleep(0.005)

    def _kill(self, chance: random.Random) -> bool:
        leading = self._leading() if chance.random() < 0.8 else None
        victim = leading or chance.choice(self.running)
        victim.kill()
        victim.wait()
        self.running.remove(victim)
        return victim is leading

    def _leading(self) -> subprocess.Popen[bytes] | None:
        if self.world.database.is_sqlite:
            return None
        with connect(self.owner_url) as owner:
            names = [row[0] for row in owner.execute(LEADERS)]
        return next((one for one in self.running if f"irt scheduler {one.pid}" in names), None)

    def rows(self) -> int:
        """How many rows there are by now."""
        return len(self.world.rows(JobRun)) if self.world.database.is_sqlite else self._counted()

    def _counted(self) -> int:
        with connect(self.owner_url) as owner:
            found = owner.execute("select count(*) from job_run").fetchone()
        assert found is not None
        return int(found[0])

    def due_times(self) -> set[str]:
        """The id of every run that there must be."""
        until = BEGIN + timedelta(days=self.days)
        instant = "%Y-%m-%dT%H:%M:%S.%fZ"
        return {f"{job.name}|{at.strftime(instant)}" for job in self.jobs for at in between(job.rule, BEGIN, until)}

    def told(self, kills: int, leaders: int) -> Told:
        """Count the rows against the due times, and what was done against the rows."""
        rows, due = self.world.rows(JobRun), self.due_times()
        acts = {job.name for job in self.jobs if job.function}
        ended = {row.id for row in rows if row.outcome == "done"}
        asked = Counter(one.request for one in self.world.rows(AuditEntry, kind="act") if one.act in acts)
        of_acts = {one for one in due if one.split("|")[0] in acts}
        expired = Counter(line.kit for line in self.world.rows(Movement, after="expired"))
        noted = Counter((row.kind, row.subject) for row in self.world.rows(Deviation))
        here = self.world
        return Told(
            jobs=len(self.jobs), due=len(due), rows=len(rows), kills=kills, leaders=leaders,
            twice=twice([(row.job, row.due_at) for row in rows], asked, expired, noted, ended - due, set(asked) - due),
            lost=sorted(due - ended) + sorted(of_acts - set(asked)),
            taken_over=sum(row.taken > 1 for row in rows),
            done={
                "entries of acts": sum(asked.values()),
                "kits off the shelf": len(expired),
                "deviations noted": len(noted),
                "kits left there past expiry": len(self.world.rows(Kit, state="available")),
            },
            findings=len(verify(here.database, here.keys, here.vault, here.study, revision=newest())),
        )  # fmt: skip


def twice(rows: Sequence[Any], *counted: Any) -> list[str]:
    """What there is more than once, and what there should not be at all."""
    many = [Counter(rows), *(one for one in counted if isinstance(one, Counter))]
    strays = [one for found in counted if not isinstance(found, Counter) for one in found]
    return [str(one) for count in many for one, number in count.items() if number > 1] + strays


def run(database_url: str, owner_url: str, folder: Path, days: int, kills: int, seed: int) -> Told:
    """A trial with a participant under treatment and kits that expire on the way, and two schedulers at once on it."""
    folder.mkdir(parents=True, exist_ok=True)
    world = treated(database_url).world
    return Schedulers(world, owner_url, folder, days).live(kills, random.Random(seed))


def main() -> None:
    """Two at once, left alone; then two at once that are killed again and again."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--days", type=int, default=200)
    words.add_argument("--kills", type=int, default=20)
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    server = PostgresServer()
    try:
        with tempfile.TemporaryDirectory() as home:
            for kills in (0, given.kills):
                shared, began = Path(home) / "shared", time.monotonic()
                shared.mkdir(exist_ok=True)
                with fresh_postgresql(shared, server.url) as made:
                    told = run(made.url, made.owner_url, Path(home) / f"{kills}", given.days, kills, given.seed)
                print(f"two at once, {given.days} days, {time.monotonic() - began:.0f} s: {told}", flush=True)
                if not told.exact:
                    sys.exit(f"twice: {told.twice[:5]}; lost: {told.lost[:5]}")
    finally:
        server.remove()


if __name__ == "__main__":
    try:
        main()
    except psycopg.Error as fault:
        sys.exit(str(fault))
