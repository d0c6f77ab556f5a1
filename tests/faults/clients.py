"""Many processes at once on one database: each brings its own participants up to randomization, then every request is
sent by two processes at the same moment under one id, and each call is written down as its client saw it."""

import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from irt.assurance.histories import Operation
from irt.gate.refusals import Refused
from irt.participants.baseline import RecordBaseline, record_baseline
from irt.participants.screen import screen
from irt.randomization.eligibility import Confirm, confirm
from irt.randomization.randomize import RandomizeOrder, randomize
from tests.cast import World, world
from tests.setting import answers, baseline_values, screening

PATIENCE = 120  # seconds until a process that waits for its twin gives up


@dataclass(frozen=True)
class Asked:
    """One randomization to ask for: by two processes, under one id."""

    participant: str
    site: str
    stratum: str
    request: str


def one_client(url: str, number: int, everybody: Barrier, twins: Barrier, pipe: Connection) -> None:
    """A process: brings in the participants it is sent, hands them back, then asks for those it is sent next."""
    mine = world(url, seed=number.to_bytes(32, "big"))
    everybody.wait(PATIENCE)
    pipe.send([_bring_up(mine, number, *one) for one in pipe.recv()])
    asked: Sequence[Asked] = pipe.recv()
    everybody.wait(PATIENCE)
    pipe.send([_ask(mine, one, twins) for one in asked])


def _bring_up(mine: World, number: int, count: int, site: str, values: dict[str, str]) -> Asked:
    _sign_in(mine, f"coordinator_{site}", f"investigator_{site}")
    document = f"EXAMPLE-{number:03d}-{count:05d}"
    one = mine.do(screen, screening(mine, site=site, identity_document=document), by=f"coordinator_{site}")
    order = RecordBaseline(participant=one.id, values=baseline_values(mine) | values)
    mine.do(record_baseline, order, by=f"coordinator_{site}")
    told = mine.do(confirm, Confirm(participant=one.id, answers=answers(mine)), by=f"investigator_{site}")
    return Asked(one.id, site, told.stratum, f"request-{number:03d}-{count:05d}")


def _sign_in(mine: World, *names: str) -> None:
    """They were brought in by the process that laid the trial; here they only sign in."""
    for name in names:
        if name not in mine.actors:
            mine.actors[name] = mine.service.credentials.sign_in(name, "seven grey herons wade", "192.0.2.1")


def _ask(mine: World, one: Asked, twins: Barrier) -> Operation | str:
    """The call as its client saw it, or the code of its refusal."""
    by = f"coordinator_{one.site}"
    _sign_in(mine, by)
    order = RandomizeOrder(participant=one.participant)
    signature = mine.sign(randomize, order, by)
    twins.wait(PATIENCE)
    start = time.monotonic()
    try:
        done = mine.service.gate.perform(
            randomize, order, by=mine.actor(by), request_id=one.request, signature=signature
        )
    except Refused as refusal:
        return refusal.code
    end = time.monotonic()
    answer: Any = done.answer
    words = f"{answer.number} {answer.kit} {answer.again} {done.seq} {done.hash}"
    return Operation(one.stratum, one.participant, one.request, start, end, True, words, kit=answer.kit)


class Clients:
    """The processes, started once; two and two are twins."""

    def __init__(self, url: str, number: int) -> None:
        context = multiprocessing.get_context("spawn")
        everybody = context.Barrier(number)
        twins = [context.Barrier(2) for _ in range(number // 2)]
        self.pipes, self.processes = [], []
        for one in range(number):
            here, there = context.Pipe()
            arguments = (url, one + 1, everybody, twins[one // 2], there)
            self.processes.append(context.Process(target=one_client, args=arguments, daemon=True))
            self.processes[-1].start()
            self.pipes.append(here)

    def bring_up(self, people: Sequence[tuple[int, str, dict[str, str]]]) -> list[Asked]:
        """All processes share the work of screening and confirming; answers who may be randomized."""
        for number, pipe in enumerate(self.pipes):
            pipe.send(people[number :: len(self.pipes)])
        return [one for pipe in self.pipes for one in self._answer(pipe)]

    def ask(self, everyone: Sequence[Asked]) -> list[Operation | str]:
        """Every randomization asked for by both twins at once, in the same order."""
        pairs = len(self.pipes) // 2
        for number, pipe in enumerate(self.pipes):
            pipe.send(everyone[number // 2 :: pairs])
        return [one for pipe in self.pipes for one in self._answer(pipe)]

    def _answer(self, pipe: Connection) -> Any:
        assert pipe.poll(PATIENCE), "a client gave no answer"
        return pipe.recv()

    def end(self) -> None:
        """Wait for the processes, and end those that hang."""
        for process in self.processes:
            process.join(10)
            if process.is_alive():
                process.kill()
