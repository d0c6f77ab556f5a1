"""Rows of the vault's tables: what each ciphertext is bound to, and its opening."""

import json
from typing import Any

from irt.gate.act import Act
from irt.vault import Vault
from irt.vault._seal import Sealed, unseal

LOT_BYTES = 64  # a manufacturing lot has at most 32 characters


def slot_binding(row: Any) -> str:
    """A slot's ciphertext opens only in its own row: id, stratum, position and list."""
    return f"slot|{row.id}|{row.stratum}|{row.position}|{row.list}"


def list_binding(list_id: str) -> str:
    """A list's seed, design and arms open only in its own row."""
    return f"list|{list_id}"


def kit_binding(number: str, manifest: str) -> str:
    """A kit's ciphertext opens only for its own number and manifest."""
    return f"kit|{number}|{manifest}"


def kit_row(act: Act, number: str, manifest: str, kind: str, lot: str) -> dict[str, Any]:
    """The stored row of one kit; a lot that was not given is sealed as an empty one, and looks like any other."""
    binding = kit_binding(number, manifest)
    return {
        "kit": number,
        "manifest": manifest,
        "sealed": act.vault.seal_bytes(kind.encode(), binding, act.entropy),
        "sealed_lot": act.vault.seal_bytes(lot.encode(), f"lot|{binding}", act.entropy, pad_to=LOT_BYTES),
    }


def list_document(vault: Vault, row: Any) -> Any:
    """A list's seed, design and arms; for this room only."""
    return json.loads(unseal(vault.key, row.sealed, list_binding(row.id)))


def arm_of(vault: Vault, row: Any) -> Sealed[str]:
    """The arm of a slot; for this room only, and wrapped: it is neither printed nor compared by accident."""
    return Sealed(unseal(vault.key, row.sealed, slot_binding(row)).decode())


def type_of(vault: Vault, row: Any) -> Sealed[str]:
    """The type of a kit; for this room only, and wrapped."""
    return Sealed(unseal(vault.key, row.sealed, kit_binding(row.kit, row.manifest)).decode())


def manufactured_in(vault: Vault, row: Any) -> Sealed[str]:
    """The manufacturing lot of a kit, empty where none was named; for this room only, and wrapped."""
    return Sealed(unseal(vault.key, row.sealed_lot, f"lot|{kit_binding(row.kit, row.manifest)}").decode())
