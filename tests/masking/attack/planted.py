"""The real service with another rule of picking, and lots that follow one another: for tests alone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import bindparam, select

from irt.app import build, lay_out
from irt.clock import SimulatedClock
from irt.entropy import choice
from irt.gate.act import Act
from irt.gate.rows import table_of
from irt.settings import Settings
from irt.simulation import supply as stock
from irt.simulation.run import FIRST_DAY, Plan, entropy_of, simulate
from irt.simulation.supply import Supply
from irt.supply import ledger, shipments
from irt.supply.packing import manifest_csv, pack
from irt.supply.tables import Kit
from irt.vault import blind
from irt.vault._seal import Sealed
from tests.masking.attack.facts import Rule
from tests.masking.attack.history import History, Truth
from tests.masking.attack.reading import history_of, truth_of

STUDY_FILE = Path(__file__).parents[3] / "config" / "study.toml"
PASSWORD = "seven grey herons wade"
LOTS, LASTS = 10, timedelta(days=900)
_kit = table_of(Kit)
_EXPIRIES = select(_kit.c.number, _kit.c.expiry).where(_kit.c.state == "available")


@contextmanager
def picking(rule: Rule) -> Iterator[None]:
    """The vault picks by this rule."""
    uniform = blind._choose

    def choose(act: Act, kits: Sequence[tuple[str, Sealed[str]]], arm: Sealed[str]) -> str:
        wanted = uniform(act, kits, arm)
        kind = next(kind for number, kind in kits if number == wanted)
        fitting = [number for number, other in kits if blind.disclose(other) == blind.disclose(kind)]
        expiry = {row.number: row.expiry for row in act.select(_EXPIRIES)} if rule == "earliest_expiry" else {}
        first: Callable[[str], Any] = expiry.__getitem__ if expiry else str
        best = min(map(first, fitting))
        return choice(act.entropy, [number for number in fitting if first(number) == best])

    with patch.object(blind, "_choose", uniform if rule == "uniform" else choose):
        yield


@contextmanager
def a_lot_every(weeks: int) -> Iterator[None]:
    """The depot ships one lot for so many weeks, then the next, which expires as much later."""
    length, first = timedelta(weeks=weeks), FIRST_DAY.date()
    expiries = [first + LASTS + length * number for number in range(LOTS)]

    def in_use(study: object, shipped_on: date) -> date:
        return expiries[min((shipped_on - first) // length, LOTS - 1)]

    def manifest(supply: Supply, kits: int, start: date) -> bytes:
        lots = {f"L{number:02}": expiry for number, expiry in enumerate(expiries)}
        return manifest_csv(pack(supply.study, 2 * kits, lots, supply.desk.service.entropy))

    of_one_lot = select(_kit.c.number).where(
        _kit.c.site.is_(None),
        _kit.c.state == "at_depot",
        _kit.c.expiry == bindparam("until"),
        _kit.c.lot == bindparam("lot"),
    )
    with (
        patch.object(shipments, "last_arrival_use", in_use),
        patch.object(ledger, "IN_LOT", of_one_lot),
        patch.object(Supply, "manifest", manifest),
        patch.object(stock, "OVERAGE", 2.0),
    ):
        yield


def lived(folder: Path, participants: int, seed: int, through: str | None = None) -> tuple[History, Truth]:
    """A trial lived through the acts in a new database in `folder`: its history, and the truth about it."""
    settings = Settings(database_url=f"sqlite:///{folder}/irt.sqlite", study=STUDY_FILE, keys=folder / "keys")
    lay_out(settings)
    clock = SimulatedClock(FIRST_DAY)
    service = build(settings, clock=clock, entropy=entropy_of(seed))
    simulate(service, clock, Plan(participants, seed, PASSWORD, through=through, rounds=False), lambda _done, _of: None)
    return history_of(service), truth_of(service)
