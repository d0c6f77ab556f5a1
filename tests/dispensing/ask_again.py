"""Ask for a kit, cancel, ask again: the same kit, N of N. `python -m tests.dispensing.ask_again [TIMES]` says so.

A service that answered with another kit would let a site draw its shelf kit by kit, and learn which are alike.
"""

import sys
import tempfile
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

from irt.dispensing.dispense import Assign, Cancel, assign, cancel
from irt.supply.tables import Kit
from tests.cast import World
from tests.databases import Database, fresh_postgresql, fresh_sqlite
from tests.postgres import PostgresServer
from tests.stocked import dosed, randomized, running_trial

TIMES, PARTICIPANTS = 1000, 10
ASKING = ("pharmacist_01", "coordinator_01", "investigator_01")


def due(database_url: str) -> tuple[World, list[Assign]]:
    """A trial with some whose second kit is due today, on a shelf that holds many others."""
    world = running_trial(database_url, "01", kits=64, depot=96)
    people = [randomized(world, f"EXAMPLE-{number:06d}")[0] for number in range(PARTICIPANTS)]
    for one in people:
        dosed(world, one)
    visit = world.study.dispensing_visits[1]
    world.clock.advance(timedelta(days=visit.day - 1))
    return world, [Assign(participant=one.id, visit=visit.id) for one in people]


def same(world: World, orders: list[Assign], times: int) -> int:
    """How many times of `times` the kit was the one of the first asking, for one participant after another."""
    first = [world.do(assign, order, by="pharmacist_01").kit for order in orders]
    rounds = islice(cycle(zip(orders, first, strict=True)), times)
    found = 0
    for (order, kit), by, other in zip(rounds, cycle(ASKING), cycle(ASKING[1:]), strict=False):
        world.do(cancel, Cancel(participant=order.participant, visit=order.visit), by=other)
        found += world.do(assign, order, by=by).kit == kit
    return found


def choices(world: World) -> int:
    """How many kits stand on the shelf, any of which another answer could have been."""
    return len(world.rows(Kit, site="01", state="available"))


def told(database: Database, times: int) -> int:
    """Do it on one database and say what came of it; answers how many times it was another kit."""
    world, orders = due(database.url)
    found = same(world, orders, times)
    others = choices(world)
    print(
        f"{database.dialect}: {found} of {times} the same kit, {PARTICIPANTS} participants, {others} other kits there"
    )
    world.database.write.dispose()
    world.database.read.dispose()
    return times - found


def main() -> int:
    """On both databases; 1 when it was ever another kit."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    server = PostgresServer()
    try:
        with tempfile.TemporaryDirectory(prefix="irt-ask-") as folder:
            shared = Path(folder)
            wrong = told(fresh_sqlite(shared, shared), times)
            with fresh_postgresql(shared, server.url) as database:
                wrong += told(database, times)
    finally:
        server.remove()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
