"""On 4,000 rows that the real acts sealed, the arm cannot be told from what is stored; a weak leak of any kind can.

The list and a kit list come in as in service, through the gate and the vault; rows are read in the order of storage.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select, text

from irt.entropy import SeededEntropy
from irt.gate.rows import table_of
from irt.randomization.prepare import PrepareList, prepare_list
from irt.supply.import_kits import ImportKits, import_kits
from irt.supply.manifest import ManifestRow, parse_manifest
from irt.supply.numbers import make_kit_numbers, scramble_types
from irt.vault import _rows
from irt.vault._seal import disclose
from irt.vault._tables import SealedKit, SealedSlot
from tests.cast import START, World, world
from tests.masking.adversary import Features, predict, row_features
from tests.wiring import study_of_tests

ROWS = 4000
CHANCE = 0.03  # four standard deviations of the area under the curve at 4,000 rows
FOUND = 0.1
Rows = list[dict[str, Any]]


def kit_list(study: Any, seed: int) -> bytes:
    """A packager's list of ROWS kits, in lots that hold both types."""
    entropy = SeededEntropy(bytes([seed] * 32))
    types = scramble_types({arm.kit_type: ROWS // 2 for arm in study.arms}, entropy.take)
    lines = ["kit_number,kit_type,lot,expiry,vials"]
    for number, kind in zip(make_kit_numbers(ROWS, entropy.take), types, strict=True):
        lot = entropy.take(1)[0] % 3
        lines.append(f"{number},{kind},L{lot},202{8 + lot % 2}-06-30,{study.kit.vials}")
    return "\n".join(lines).encode()


def stored(here: World, model: Any, columns: Sequence[str]) -> tuple[Rows, list[str]]:
    """The columns of a table's rows in the order of storage, and what the vault knows of each."""
    place = "rowid" if here.database.is_sqlite else "ctid"
    with here.database.read.connect() as connection:
        found = list(connection.execute(select(table_of(model)).order_by(text(place))))
    opened = _rows.arm_of if model is SealedSlot else _rows.type_of
    assert len(found) == ROWS
    labels = [disclose(opened(here.vault, row)) for row in found]
    return [{name: getattr(row, name) for name in columns} for row in found], labels


@pytest.fixture
def sealed(database_url: str) -> dict[str, tuple[Rows, list[str]]]:
    """The sealed rows of a list and of a kit list, each with its arms or types."""
    here = world(database_url)
    strata = len(here.study.strata_keys())
    here.do(prepare_list, PrepareList(block_sizes=(4, 6), slots=ROWS // strata), by="unblinded_statistician")
    here.do(import_kits, ImportKits.from_file("kits.csv", kit_list(here.study, 7)), by="supply_manager")
    return {
        "slots": stored(here, SealedSlot, ("id", "sealed")),
        "kits": stored(here, SealedKit, ("kit", "sealed")),
    }


def test_the_arm_cannot_be_told_from_sealed_rows(sealed: dict[str, tuple[Rows, list[str]]]) -> None:
    for name, (rows, arms) in sealed.items():
        guess = predict(row_features(rows), arms)
        print(f"AUC on {len(rows)} sealed {name}: linear {guess.linear:.3f}, trees {guess.trees:.3f}")
        assert guess.furthest <= CHANCE, name


def nonce_bit(row: dict[str, Any], second: bool, _at: int) -> dict[str, Any]:
    nonce = row["sealed"][1] & 0xFE | second
    return {**row, "sealed": bytes([row["sealed"][0], nonce]) + row["sealed"][2:]}


def one_byte_longer(row: dict[str, Any], second: bool, _at: int) -> dict[str, Any]:
    return {**row, "sealed": row["sealed"] + b"\0" * second}


def id_rises(row: dict[str, Any], second: bool, at: int) -> dict[str, Any]:
    return {**row, "id": f"{at + ROWS * second:06}"}


@pytest.mark.parametrize("leak", [nonce_bit, one_byte_longer, id_rises])
def test_a_weak_leak_is_found(
    leak: Callable[[dict[str, Any], bool, int], dict[str, Any]], sealed: dict[str, tuple[Rows, list[str]]]
) -> None:
    rows, arms = sealed["slots"]
    first, chance = min(arms), random.Random(3)
    leaking = []
    for at, (row, arm) in enumerate(zip(rows, arms, strict=True)):
        second = arm != first if chance.random() < 0.5 else chance.random() < 0.5  # true in three of four rows
        leaking.append(leak(row, second, at))
    guess = predict(row_features(leaking), arms)
    print(f"AUC on {len(rows)} slots with {leak.__name__} planted: linear {guess.linear:.3f}, trees {guess.trees:.3f}")
    assert guess.furthest > FOUND


def number_features(rows: Sequence[ManifestRow]) -> Features:
    """All that a kit's label and its place in the file say."""
    by_number = {row.kit_number: at for at, row in enumerate(sorted(rows, key=lambda row: row.kit_number))}
    told = []
    for row in rows:
        number = int(row.kit_number)
        rests = {f"rest {divisor}": bytes([number // 10 % divisor]) for divisor in (2, 3, 4, 7, 11, 97)}
        rank = f"{by_number[row.kit_number]:05}"
        told.append({"number": row.kit_number, "rank": rank, "lot": row.lot, "expiry": row.expiry, **rests})
    return row_features(told)


def test_the_type_cannot_be_told_from_kit_numbers_but_from_sorted_ones() -> None:
    study = study_of_tests()
    read = parse_manifest(
        kit_list(study, 11), "kits.csv", {arm.kit_type for arm in study.arms}, study.kit.vials, START.date()
    )
    assert not isinstance(read, list)
    kinds = [row.kit_type for row in read.rows]
    guess = predict(number_features(read.rows), kinds)
    print(f"AUC on {len(kinds)} kit numbers: linear {guess.linear:.3f}, trees {guess.trees:.3f}")
    assert guess.furthest <= CHANCE
    ordered = [row.kit_number for row in sorted(read.rows, key=lambda row: (row.kit_type, row.kit_number))]
    rank = {number: at for at, number in enumerate(ordered)}
    numbers = sorted(ordered)
    leaking = [
        ManifestRow(row.row, numbers[rank[row.kit_number]], row.kit_type, row.lot, row.expiry, row.vials)
        for row in read.rows
    ]
    assert predict(number_features(leaking), kinds).furthest > FOUND
