"""What makes the loop go on: the machine's time, of which APScheduler is only the heartbeat, or a simulated one."""

import logging
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from irt.clock import SimulatedClock, SystemClock
from irt.jobs.times import between
from irt.scheduler.loop import Loop

TICK_SECONDS = 2
STANDING_BY_SECONDS = 0.1  # of a simulated clock


def beat(loop: Loop, seconds: float = TICK_SECONDS) -> None:
    """Tick until the process is told to end (SIGTERM, Ctrl-C); a job under way is ended first.

    The heart keeps nothing: which job is due is read from the database at each tick.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of every beat that a long job outlasts
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: loop.stop.set())
    heart = BackgroundScheduler(timezone="UTC")
    now = SystemClock().now()  # not the loop's clock: from a past one it would count every beat since
    heart.add_job(_beat_of(loop), "interval", seconds=seconds, max_instances=1, coalesce=True, next_run_time=now)
    heart.start()
    loop.stop.wait()
    heart.shutdown(wait=True)
    loop.leader.resign()


def _beat_of(loop: Loop) -> Callable[[], Any]:
    def once() -> None:
        try:
            loop.tick()
        except Exception as fault:  # the heart goes on; what is due stays due, and the page shows it overdue
            loop.tell(f"the tick failed: {type(fault).__name__}")

    return once


def simulate(loop: Loop, clock: SimulatedClock, until: datetime) -> int:
    """Drive the same loop from one due time to the next up to `until`, as fast as it can; answers how many runs ended
    here. Who does not lead waits: when the leader is gone, it goes on where the rows end."""
    count = 0
    while not loop.stop.is_set():
        if not loop.leads():
            time.sleep(STANDING_BY_SECONDS)
            continue
        coming = loop.next_at()
        if coming > until:
            break
        clock.move_to(max(coming, clock.now()))
        count += loop.tick()
    loop.leader.resign()
    return count


def expected(loop: Loop, start: datetime, days: int) -> dict[str, int]:
    """How many due times each job has in so many days after `start`."""
    until = start + timedelta(days=days)
    return {job.name: sum(1 for _ in between(job.rule, start, until)) for job in loop.jobs}
