"""A simulated clock drives the same loop: every due time of every job has its row, whoever of two has run it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from irt.assurance.verify import verify
from irt.jobs.times import between
from irt.migrate import newest
from irt.scheduler import Loop, beat, leader_of, simulate
from tests.cast import World
from tests.scheduler.conftest import DAY, NIGHT, entries, looped, runs

DAYS, JOBS = 5, 7
BEGIN = NIGHT - DAY / 24


def driven(on: World) -> tuple[int, Loop]:
    """A process that simulates so many days; how many runs ended there."""
    loop = looped(on, leader=leader_of(on.database))
    loop.since = BEGIN
    return simulate(loop, on.clock, BEGIN + DAYS * DAY), loop


def times(loop: Loop) -> set[tuple[str, datetime]]:
    return {(job.name, at) for job in loop.jobs for at in between(job.rule, BEGIN, BEGIN + DAYS * DAY)}


def test_two_at_once_run_each_due_time_once(trial: World, another: Callable[[], World]) -> None:
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(driven, [another(), another()]))
    found = runs(trial)
    assert {(row.job, row.due_at) for row in found} == times(ended[0][1])
    assert sum(count for count, _ in ended) == len(found) == JOBS * DAYS
    assert 0 in [count for count, _ in ended], "the one that led ran all"
    assert len(entries(trial, "shelf.review")) == DAYS
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


def test_the_same_days_again_run_nothing(trial: World, another: Callable[[], World]) -> None:
    first, again = driven(another())[0], driven(another())[0]
    assert (first, again) == (JOBS * DAYS, 0)


def test_the_heart_beats_until_it_is_told_to_stop(trial: World) -> None:
    trial.clock.move_to(NIGHT)
    loop = looped(trial, leader=leader_of(trial.database))
    timer = threading.Timer(60, loop.stop.set)
    timer.start()
    say = loop.tell

    def heard(line: str) -> None:
        say(line)
        if "unlock.lapse" in line:  # the last of the night
            loop.stop.set()

    loop.tell = heard
    beat(loop, 0.05)
    timer.cancel()
    assert len(runs(trial)) == JOBS
    assert any("verify: done" in line for line in say.__self__)  # type: ignore[attr-defined]
    assert looped(trial, leader=leader_of(trial.database)).leader.leads(), "the lead was given up"
