"""The adversary finds a planted leak of each kind, and is at chance where only sealed rows are."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from irt.entropy import SeededEntropy, new_id, shuffled
from irt.vault import Vault
from irt.vault._key import VaultKey
from tests.masking.adversary import predict, row_features

ROWS = 4000
KINDS = ("RAREKITONE", "RAREKITTWOISLONGER")


def sealed_rows() -> tuple[list[dict[str, Any]], list[str]]:
    """Rows of the table of sealed kits, laid in random order as the vault lays them."""
    vault, entropy = Vault(VaultKey(bytes(range(32)))), SeededEntropy(bytes(32))
    kinds = shuffled(entropy, [KINDS[n % 2] for n in range(ROWS)])
    rows = []
    for kind in kinds:
        number = new_id(entropy)
        rows.append({"kit": number, "sealed": vault.seal_bytes(kind.encode(), f"kit|{number}|m", entropy)})
    return rows, kinds


def test_sealed_rows_tell_nothing() -> None:
    rows, kinds = sealed_rows()
    guess = predict(row_features(rows), kinds)
    assert guess.furthest <= 0.03, guess


def by_length(row: dict[str, Any], second: bool, at: int) -> dict[str, Any]:
    return {**row, "sealed": row["sealed"] + b"x" * second}


def by_byte(row: dict[str, Any], second: bool, at: int) -> dict[str, Any]:
    return {**row, "sealed": row["sealed"][:40] + bytes([row["sealed"][40] // 2 + 128 * second]) + row["sealed"][41:]}


def by_id(row: dict[str, Any], second: bool, at: int) -> dict[str, Any]:
    return {**row, "kit": f"{2 * at + second:06}"}


@pytest.mark.parametrize("leak", [by_length, by_byte, by_id])
def test_a_planted_leak_is_found(leak: Callable[[dict[str, Any], bool, int], dict[str, Any]]) -> None:
    rows, kinds = sealed_rows()
    leaking = [leak(row, kind == KINDS[1], at) for at, (row, kind) in enumerate(zip(rows, kinds, strict=True))]
    assert predict(row_features(leaking), kinds).furthest > 0.3


def test_rows_laid_in_order_are_found() -> None:
    rows, kinds = sealed_rows()
    together = sorted(zip(kinds, rows, strict=True), key=lambda pair: pair[0] + str(random.Random(1).random()))
    guess = predict(row_features([row for _, row in together]), [kind for kind, _ in together])
    assert guess.furthest > 0.3
