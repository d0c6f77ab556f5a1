"""An allocation that nobody has, for a rehearsal: drawn by the public law of blocks, from a seed that anybody can work
out. Pure: it is made of who was randomized when and of who got which box, and of nothing that the vault holds.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from irt.lock.package.commitment import root_of, seed_sha256
from irt.study import Study
from irt.vault.redraw import redraws
from irt.vault.release import Slot

ALGORITHM = "irt-rehearsal-1"
BLOCK_OF_RATIOS = 2  # a block holds each part of the ratio twice: 4 slots where it is 1:1, whatever the trial's own are


@dataclass(frozen=True)
class Invented:
    """A list with who was drawn for its slots, the type of every kit, and the facts of how it was made."""

    slots: tuple[Slot, ...]
    kinds: Mapping[str, str]
    facts: Mapping[str, str]


def invented(
    study: Study,
    day: date,
    in_turn: Mapping[str, Sequence[str]],
    assigned: Mapping[str, str],
    handed: Mapping[str, str],
    kits: Sequence[str],
) -> Invented:
    """The allocation of a rehearsal on `day`; the same arguments give the same one on every machine.

    `in_turn`: stratum → its participants in the order of randomization, who take its slots from the first on;
    `assigned`: kit → whom it was meant for; `handed`: kit → in whose hands it was first; `kits`: all there are.
    """
    seed = hashlib.sha256(f"{ALGORITHM}|{study.id}|{day}".encode()).digest()
    ratio = tuple(arm.ratio for arm in study.arms)
    block = BLOCK_OF_RATIOS * sum(ratio)
    longest = block * (max((len(people) for people in in_turn.values()), default=0) // block + 1)
    slots = tuple(
        slot for stratum in study.strata_keys() for slot in _slots(study, stratum, in_turn, ratio, block, longest, seed)
    )
    root = root_of(((one.stratum, one.position, one.arm) for one in slots), seed)
    facts = {
        "algorithm": ALGORITHM,
        "seed": seed.hex(),
        "seed_sha256": seed_sha256(seed),
        "merkle_root": root,
        "ratio": " ".join(map(str, ratio)),
        "block_sizes": str(block),
        "arms": " ".join(arm.id for arm in study.arms),
        "slots": str(longest),
        "replayed": "yes",
    }
    return Invented(slots, _kinds(study, slots, assigned, handed, kits, seed), facts)


def _slots(
    study: Study, stratum: str, in_turn: Mapping[str, Sequence[str]], ratio: tuple[int, ...], block: int, slots: int,
    seed: bytes,
) -> list[Slot]:  # fmt: skip
    (drawn,) = next(redraws(ratio, (block,), None, stratum=stratum, slots=slots, lists=1, seed=seed)).tolist()
    people = [*in_turn.get(stratum, ()), *[None] * slots][:slots]
    return [
        Slot(stratum, place + 1, place // block + 1, place % block + 1, study.arms[arm].id, person)
        for place, (arm, person) in enumerate(zip(drawn, people, strict=True))
    ]


def _kinds(
    study: Study, slots: Sequence[Slot], assigned: Mapping[str, str], handed: Mapping[str, str], kits: Sequence[str],
    seed: bytes,
) -> dict[str, str]:  # fmt: skip
    """The type of each kit: that of whom it was meant for. A box that somebody got by mistake is of their arm or of the
    next, as the seed says; those that nobody had are of each type in turn."""
    arms = [arm.id for arm in study.arms]
    of = {one.participant: arms.index(one.arm) for one in slots if one.participant is not None}
    found, spare = {}, 0
    for kit in sorted(kits):
        if assigned.get(kit) in of:
            arm = of[assigned[kit]]
        elif handed.get(kit) in of:
            arm = of[handed[kit]] + (hashlib.sha256(seed + kit.encode()).digest()[0] & 1)
        else:
            arm, spare = spare, spare + 1
        found[kit] = study.arms[arm % len(arms)].kit_type
    return found
