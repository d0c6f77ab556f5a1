"""Gate and floor in turn, on one database, by the same worker processes: what drifts, drifts for both."""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from sqlalchemy import exc, select

from irt.app import Service, build
from irt.entropy import new_id
from irt.gate.refusals import Refused, Unavailable
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry
from irt.randomization.randomize import RandomizeOrder, randomize
from tests.bench import setting
from tests.bench.floor import Floor
from tests.bench.setting import Eligible

WORKERS, WARM_UP, ROUNDS, ACTS = 8, 400, 5, 400  # ROUNDS of ACTS each are counted, after the warm-up
BY_HAND = 2 * (WARM_UP + ROUNDS * ACTS)
BUSY = (Refused, Unavailable, exc.DBAPIError)


@dataclass
class Measured:
    """What was counted of one side: seconds of every act, the walls of the rounds, and acts that failed as busy."""

    acts: list[float] = field(default_factory=list)
    wall: float = 0.0
    busy: int = 0

    @property
    def per_second(self) -> float:
        """Acts that were done in each second of the rounds."""
        return len(self.acts) / self.wall

    def quantile(self, share: float) -> float:
        """The latency in milliseconds that this share of acts stayed within."""
        ordered = sorted(self.acts)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass
class Team:
    """The worker processes of one database."""

    barrier: Barrier
    pipes: list[Connection]

    def round(self, side: str, people: Sequence[Eligible], measured: Measured | None) -> None:
        """All workers at once, each with its share; `measured` None: a warm-up."""
        for number, pipe in enumerate(self.pipes):
            pipe.send((side, people[number :: len(self.pipes)]))
        results = [pipe.recv() for pipe in self.pipes]
        if measured is None:
            return
        measured.wall += max(end for _, end, _, _ in results) - min(start for start, _, _, _ in results)
        for _, _, acts, busy in results:
            measured.acts += acts
            measured.busy += busy


@dataclass(frozen=True)
class Rounds:
    """Both sides, and the participants who are left for the pages."""

    gate: Measured
    floor: Measured
    left: list[Eligible]


def measure(url: str, owner_url: str, folder: Path, *, left: int, at: int) -> Rounds:
    """Lay the trial and measure both sides in interleaved rounds; `left` participants at `at` sites are left over."""
    service = setting.lay_trial(url, owner_url, folder, BY_HAND + 2 * setting.SITES * setting.STOCK)
    people = setting.add_eligible(service, BY_HAND, left, at)
    shares = iter(people[start : start + ACTS] for start in range(0, BY_HAND, ACTS))
    found = {"gate": Measured(), "floor": Measured()}
    context = multiprocessing.get_context("spawn")
    barrier, pipes, processes = context.Barrier(WORKERS), [], []
    for _ in range(WORKERS):
        here, there = context.Pipe()
        processes.append(context.Process(target=work, args=(url, folder, barrier, there), daemon=True))
        processes[-1].start()
        pipes.append(here)
    team = Team(barrier, pipes)
    for number in range(ROUNDS + 1):
        for side in ("gate", "floor"):
            setting.restock(service)
            team.round(side, next(shares), found[side] if number else None)
    for pipe in pipes:
        pipe.send(None)
    for process in processes:
        process.join(30)
    return Rounds(found["gate"], found["floor"], people[BY_HAND:])


def work(url: str, folder: Path, barrier: Barrier, pipe: Connection) -> None:
    """One worker: takes its share, prepares it, waits for the others, and times each act."""
    service = build(setting.settings_of(url, folder))
    floor: Floor | None = None
    while (task := pipe.recv()) is not None:
        side, people = task
        if side == "gate":
            calls = [_signed(service, one) for one in people]
        else:
            floor = floor or Floor(url, service.study.dispensing_visits[0].id, body_length(service))
            calls = [_by_hand(floor, one) for one in people]
        barrier.wait()
        pipe.send(_timed(calls))


def _timed(calls: Sequence[Callable[[], Any]]) -> tuple[float, float, list[float], int]:
    start, acts, busy = time.monotonic(), [], 0
    for call in calls:
        before = time.monotonic()
        try:
            call()
        except BUSY as fault:
            if isinstance(fault, Refused) and fault.code != "busy":
                raise
            busy += 1
        acts.append(time.monotonic() - before)
    return start, time.monotonic(), acts, busy


def _signed(service: Service, one: Eligible) -> Callable[[], Any]:
    order, actor = RandomizeOrder(participant=one.participant), one.actor
    signature = service.credentials.sign(actor, setting.PASSWORD, randomize, order)
    request = new_id(service.entropy)
    return lambda: service.gate.perform(randomize, order, by=actor, request_id=request, signature=signature)


def _by_hand(floor: Floor, one: Eligible) -> Callable[[], Any]:
    return lambda: floor.randomize(one)


def body_length(service: Service) -> int:
    """How long the audit body of a randomization is."""
    entry = table_of(AuditEntry)
    bodies = select(entry.c.body).where(entry.c.act == "participant.randomize", entry.c.kind == "act").limit(1)
    with service.database.read.connect() as connection:
        return len(connection.execute(bodies).scalar_one())
