"""Long work behind a page: begun by one request, done beside it, and told of to those that ask how far it is."""

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

from sqlalchemy import select

from irt.gate.rows import table_of
from irt.lock.tables import Making
from irt.web.faults import places
from irt.wiring import Service

Step = Callable[[str, int, int], None]  # the stage, the parts done, and of how many
QUIET = timedelta(minutes=15)  # after which a work that told nothing more is taken for dead: its process ended

log = logging.getLogger(__name__)


def how_far(service: Service, key: str) -> Any | None:
    """The row of a work; None where none was begun."""
    table = table_of(Making)
    with service.database.read.connect() as connection:
        return connection.execute(select(table).where(table.c.id == key)).one_or_none()


def as_shown(service: Service, key: str) -> tuple[Any | None, str]:
    """The row of a work, and how it stands: running, done, failed (also: its process ended over it), or nothing."""
    row = how_far(service, key)
    if row is None:
        return None, ""
    return row, "failed" if row.state == "running" and not under_way(service, key) else str(row.state)


def under_way(service: Service, key: str) -> bool:
    """Whether a work goes on now."""
    row = how_far(service, key)
    return row is not None and row.state == "running" and service.clock.now() - row.moved_at < QUIET


def begin(service: Service, key: str, work: Callable[[Step], object]) -> bool:
    """Begin a work in a thread of its own, unless it goes on already; whether it was begun.

    What fails is told as failed, and logged by its kind and place: a message could hold what is sealed.
    """
    now, before = service.clock.now(), how_far(service, key)
    first = {"id": key, "state": "running", "done": 0, "of": 1, "stage": "", "begun_at": now, "moved_at": now}
    if before is None:
        if not service.housekeeping.add_missing(Making, **first):
            return False
    elif under_way(service, key) or not service.housekeeping.change(Making, {"moved_at": before.moved_at}, **first):
        return False
    Thread(target=_run, args=(service, key, work), name=f"making {key}", daemon=True).start()
    return True


def _run(service: Service, key: str, work: Callable[[Step], object]) -> None:
    def told(stage: str, done: int, of: int) -> None:
        service.housekeeping.change(Making, id=key, stage=stage, done=done, of=of, moved_at=service.clock.now())

    try:
        work(told)
    except Exception as fault:
        log.error("making %s failed: %s at %s", key, type(fault).__name__, places(fault))
        service.housekeeping.change(Making, id=key, state="failed", moved_at=service.clock.now())
    else:
        service.housekeeping.change(Making, id=key, state="done", moved_at=service.clock.now())
