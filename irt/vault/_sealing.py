"""A list becomes sealed rows and a commitment, in memory; storing them is the caller's."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from irt.entropy import Entropy, new_id
from irt.vault import Vault
from irt.vault._blocks import StratumList
from irt.vault._commitment import leaf, leaf_salt, merkle_root, salt_key, seed_hash
from irt.vault._design import Design
from irt.vault._rows import list_binding, slot_binding
from irt.vault._seal import padded_length

BLOB_BYTES = 4096  # one length for every design and seed


@dataclass(frozen=True)
class Commitment:
    """What is published of a list before the first participant."""

    merkle_root: str
    seed_sha256: str
    strata: dict[str, int]


@dataclass(frozen=True)
class _Place:
    id: str
    stratum: str
    position: int
    list: str


Arms = Mapping[str, Sequence[str]]  # stratum → the arm of each slot, in order
ArmsOfStudy = list[list[str | int]]  # id, kit type and ratio of each arm, in the order of study.toml


def arms_of(lists: Mapping[str, StratumList], arms: Sequence[str]) -> dict[str, list[str]]:
    """Name the generated arm indexes."""
    return {stratum: [arms[index] for index in one.arms.tolist()] for stratum, one in lists.items()}


def commitment(arms: Arms, seed: bytes) -> Commitment:
    """The salted Merkle root over all slots, strata by name and positions from 1, and the seed's hash.

    By name: neither a file that was brought nor an amended study file keeps the strata in one order.
    """
    key = salt_key(seed)
    leaves = [
        leaf(stratum, position, arm, leaf_salt(key, stratum, position))
        for stratum, slots in sorted(arms.items())
        for position, arm in enumerate(slots, 1)
    ]
    counts = {stratum: len(slots) for stratum, slots in arms.items()}
    return Commitment(merkle_root(leaves).hex(), seed_hash(seed).hex(), counts)


def slot_rows(vault: Vault, list_id: str, arms: Arms, entropy: Entropy) -> Iterator[dict[str, Any]]:
    """The stored rows of all slots: random ids, arms as ciphertexts bound to their rows."""
    for stratum, slots in arms.items():
        for position, arm in enumerate(slots, 1):
            place = _Place(new_id(entropy), stratum, position, list_id)
            sealed = vault.seal_bytes(arm.encode(), slot_binding(place), entropy)
            yield {"id": place.id, "list": list_id, "stratum": stratum, "position": position, "sealed": sealed}


def list_row(
    vault: Vault, list_id: str, seed: bytes, design: Design | None, arms: ArmsOfStudy, entropy: Entropy
) -> dict[str, Any]:
    """The stored row of a list: seed, design (none for the statistician's own list) and arms, sealed as one."""
    whole = {"seed": seed.hex(), "design": asdict(design) if design else None, "arms": arms}
    document = json.dumps(whole).encode()
    length = max(BLOB_BYTES, padded_length(len(document)))
    return {"id": list_id, "sealed": vault.seal_bytes(document, list_binding(list_id), entropy, pad_to=length)}
