"""What it costs to make and seal a list of a million slots, and to store one."""

import time
from dataclasses import dataclass

from irt.app import Service
from irt.entropy import SystemEntropy
from irt.gate.rows import inserting
from irt.study import Study, load_study
from irt.vault import Vault, _sealing
from irt.vault._blocks import generate
from irt.vault._design import Design
from irt.vault._seal import VaultKey
from irt.vault._tables import SealedList, SealedSlot
from tests.bench.setting import STUDY_FILE

SLOTS, STORED = 1_000_000, 100_000


@dataclass(frozen=True)
class Sealing:
    """Slots per second: generated only, generated and sealed, and sealed rows stored."""

    unsealed: float
    sealed: float


def in_memory() -> Sealing:
    """A list of SLOTS slots, generated as arrays, then sealed as rows; nothing is stored."""
    study, entropy = load_study(STUDY_FILE), SystemEntropy()
    vault, seed = Vault(VaultKey(entropy.take(32))), entropy.take(32)
    start = time.monotonic()
    lists = generate(_design(study, SLOTS), seed)
    generated = time.monotonic()
    arms = _sealing.arms_of(lists, [arm.id for arm in study.arms])
    count = sum(1 for _ in _sealing.slot_rows(vault, "bench", arms, entropy))
    end = time.monotonic()
    return Sealing(count / (generated - start), count / (end - start))


def stored(service: Service) -> float:
    """Sealed rows per second into the database, in one transaction that is rolled back at its end."""
    entropy = SystemEntropy()
    lists = generate(_design(service.study, STORED), entropy.take(32))
    arms = _sealing.arms_of(lists, [arm.id for arm in service.study.arms])
    renamed = {f"bench {stratum}": slots for stratum, slots in arms.items()}
    rows = list(_sealing.slot_rows(service.vault, "bench", renamed, entropy))
    with service.database.writing() as connection:
        connection.execute(
            inserting(SealedList), _sealing.list_row(service.vault, "bench", entropy.take(32), None, [], entropy)
        )
        start = time.monotonic()
        connection.execute(inserting(SealedSlot), rows)
        took = time.monotonic() - start
        connection.rollback()
    return len(rows) / took


def _design(study: Study, slots: int) -> Design:
    strata = tuple(study.strata_keys())
    ratio = tuple(arm.ratio for arm in study.arms)
    return Design(strata, ratio, (2 * sum(ratio), 3 * sum(ratio)), slots // len(strata))
