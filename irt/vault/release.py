"""Door 3 of the vault: the whole allocation, at the release, for the lock alone.

`faults` asks within the act whether everything agrees: it answers with names of rows, never an arm. `enter` writes the
line of the visitors' book; when that has been committed, `open_whole` redeems it, once and within a minute.
"""

import hmac
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NoReturn, SupportsIndex

from sqlalchemy import Connection, bindparam, select

from irt.entropy import Entropy, new_id
from irt.gate.act import Act
from irt.gate.housekeeping import Housekeeping
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.statements import rows_of
from irt.study import Study
from irt.vault import _rows, check
from irt.vault._blocks import Design, generate
from irt.vault._seal import SealBroken, disclose, padded_length, unseal
from irt.vault._tables import (
    Draw,
    ReleaseOpening,
    ReleaseShown,
    SealedKit,
    SealedList,
    SealedSlot,
    StratumCounter,
)
from irt.vault.check import Fault
from irt.vault.reveal import redeem

View = Literal["final", "letters"]
LETTERS = ("A", "B")

_opening, _shown = table_of(ReleaseOpening), table_of(ReleaseShown)
_draw, _slot = table_of(Draw), table_of(SealedSlot)
LINE = select(_opening, _shown.c.shown_at).join_from(
    _opening, _shown, _shown.c.opening == _opening.c.id, isouter=True
).where(_opening.c.id == bindparam("opening"))  # fmt: skip
DRAWS = select(_draw).order_by(_draw.c.stratum, _draw.c.position)
SLOTS = select(_slot).order_by(_slot.c.stratum, _slot.c.position)

__all__ = [
    "LETTERS", "SealBroken", "Slot", "View", "Whole", "enter", "faults", "open_kept", "open_whole", "seal_kept",
]  # fmt: skip

KEPT = ("handover|", "rehearsal|")  # what the lock seals itself


@dataclass(frozen=True, repr=False)
class Slot:
    """One slot of the list: its place, its arm, and who was drawn for it; blocks count from 1 within the stratum."""

    stratum: str
    position: int
    block: int | None  # None: the statistician's own list, whose blocks nobody told
    position_in_block: int | None
    arm: str
    participant: str | None

    def __repr__(self) -> str:
        return "<slot>"


@dataclass(frozen=True, repr=False)
class Whole:
    """The list, the contents of all kits, and how the list was made. It shows nothing of itself, and is never pickled.

    `kinds`: kit → type; `lots`: kit → manufacturing lot (empty while arms are letters, for a lot tells its type);
    `arm_of_kind`: type → arm; `facts`: of the generation record.
    """

    list: str
    slots: tuple[Slot, ...]
    kinds: Mapping[str, str]
    lots: Mapping[str, str]
    arm_of_kind: Mapping[str, str]
    facts: Mapping[str, str]
    vault: Any

    def opened(self, sealed: str, bound_to: str) -> str | None:
        """The value behind a sealed text of the audit trail; None while arms are letters."""
        return None if self.vault is None else check.open_text(self.vault, sealed, bound_to)

    def __repr__(self) -> str:
        return "<whole>"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("the whole allocation is never pickled or copied")


def enter(act: Act) -> str:
    """Write the line of the book that lets the actor have the whole allocation opened; answers its id."""
    assert act.spec.reveals, f"{act.spec.name} does not declare that it reveals"
    assert act.signature is not None, f"{act.spec.name} is signed"
    return act.add(
        ReleaseOpening, id=new_id(act.entropy), account=act.actor.account, signature=act.signature, entered_at=act.now
    )


def faults(
    act: Act, root: str | None, seed_sha256: str | None, kits: Collection[str], assigned: Collection[tuple[str, str]]
) -> list[Fault]:
    """What keeps the list from being the one that was published and used: every seal opens in its place, seed and
    design give the list again, the list gives the published root, every draw is the next slot of its stratum, every kit
    has a type, and of each that was `assigned` (participant, kit) it is that of the participant's arm."""
    found = list(check.faults(act.connection, act.vault, act.study, root, seed_sha256))
    if not act.rows(SealedList):
        found.append(Fault("sealed_list", "", "a list", "none"))
    sealed = {row.kit for row in act.rows(SealedKit)}
    found += [Fault("sealed_kit", kit, "a sealed type for each kit", "none") for kit in sorted({*kits} - sealed)]
    found += [Fault("sealed_kit", kit, "a kit for each sealed type", "none") for kit in sorted(sealed - {*kits})]
    found += _draw_faults(act)
    if not found and check.kits_mismatched(act.connection, act.vault, act.study, assigned):
        found.append(Fault("assignment", "", "every kit of the participant's own arm", "another"))
    return found


def _draw_faults(act: Act) -> Iterator[Fault]:
    slots = {row.id: row for row in act.select(SLOTS)}
    drawn: dict[str, list[int]] = defaultdict(list)
    for draw in act.select(DRAWS):
        slot = slots.get(draw.slot)
        if slot is None or (slot.stratum, slot.position) != (draw.stratum, draw.position):
            yield Fault("draw", draw.participant, "its own slot", "another")
        drawn[draw.stratum].append(draw.position)
    for counter in act.rows(StratumCounter):
        if drawn[counter.stratum] != list(range(1, counter.used + 1)):
            yield Fault("draw", counter.stratum, "each slot of the stratum in turn, without a gap", "others")


def open_whole(
    housekeeping: Housekeeping, vault: Any, study: Study, opening: str, *, account: str, view: View, now: datetime
) -> Whole:
    """Open everything that a committed line of the book let `account` in for, once and within a minute.

    Refused: not_found (no such line of this account), already_shown, shown_too_late.
    """
    with housekeeping.database.read.connect() as connection:
        found = rows_of(connection, LINE, {"opening": opening})
    if not found:
        raise Refused("not_found", what="opening")
    redeem(housekeeping, found[0], account, now, ReleaseShown)
    with housekeeping.database.read.connect() as connection:
        return _opened(connection, vault, study, view)


def seal_kept(vault: Any, content: bytes, bound_to: str, entropy: Entropy) -> bytes:
    """What the lock keeps, sealed for its row alone, its length told in steps of 64 bytes."""
    assert bound_to.startswith(KEPT), "only what the lock keeps"
    sealed: bytes = vault.seal_bytes(content, bound_to, entropy, pad_to=padded_length(len(content)))
    return sealed


def open_kept(vault: Any, sealed: bytes, bound_to: str) -> bytes:
    """What the lock sealed itself: a package, an analysis, a rehearsal. No seal of the list or of a kit opens here.

    Raises SealBroken for anything else.
    """
    assert bound_to.startswith(KEPT), "only what the lock sealed"
    return unseal(vault.key, sealed, bound_to)


def _opened(connection: Connection, vault: Any, study: Study, view: View) -> Whole:
    (row,) = connection.execute(select(table_of(SealedList)))
    document = _rows.list_document(vault, row)
    names = _names(study, bytes.fromhex(document["seed"]), view)
    drawn = {one.slot: one.participant for one in connection.execute(DRAWS)}
    blocks = _blocks(document)
    slots = []
    for slot in connection.execute(SLOTS):
        block, within = blocks[slot.stratum][slot.position - 1] if blocks else (None, None)
        arm = names[disclose(_rows.arm_of(vault, slot))]
        slots.append(Slot(slot.stratum, slot.position, block, within, arm, drawn.get(slot.id)))
    kind_names = {arm.kit_type: arm.kit_type if view == "final" else names[arm.id] for arm in study.arms}
    kits = list(connection.execute(select(table_of(SealedKit))))
    return Whole(
        list=row.id,
        slots=tuple(slots),
        kinds={kit.kit: kind_names[disclose(_rows.type_of(vault, kit))] for kit in kits},
        lots={kit.kit: disclose(_rows.manufactured_in(vault, kit)) for kit in kits} if view == "final" else {},
        arm_of_kind={kind_names[arm.kit_type]: names[arm.id] for arm in study.arms},
        facts=_facts(study, document, names, view),
        vault=vault if view == "final" else None,
    )


def _names(study: Study, seed: bytes, view: View) -> dict[str, str]:
    """How arms are called. Which of two is A is a bit of the seed, so that it stays the same and nobody chose it."""
    arms = [arm.id for arm in study.arms]
    if view == "final":
        return {arm: arm for arm in arms}
    first = hmac.digest(seed, b"irt-letters-1", "sha256")[0] & 1
    return dict(zip(arms, LETTERS if first else LETTERS[::-1], strict=True))


def _blocks(document: Mapping[str, Any]) -> dict[str, list[tuple[int, int]]]:
    """The block of each slot and its place in it, both from 1, as the design and the seed give them again."""
    if document["design"] is None:
        return {}
    found = {}
    for stratum, one in generate(_design(document), bytes.fromhex(document["seed"])).items():
        places, begun = [], -1
        for index, block in enumerate(one.blocks.tolist()):
            begun = index if not index or block != one.blocks[index - 1] else begun
            places.append((block + 1, index - begun + 1))
        found[stratum] = places
    return found


def _design(document: Mapping[str, Any]) -> Design:
    given = document["design"].items()
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given}
    return Design(**fields)


def _facts(study: Study, document: Mapping[str, Any], names: Mapping[str, str], view: View) -> dict[str, str]:
    facts = {"ratio": " ".join(str(arm.ratio) for arm in study.arms), "replayed": "own list"}
    facts["arms"] = " ".join(LETTERS if view == "letters" else (names[arm.id] for arm in study.arms))
    if view == "final":
        facts["seed"] = document["seed"]
    if document["design"] is None:
        return facts
    design = _design(document)
    return facts | {
        "replayed": "yes",
        "block_sizes": " ".join(map(str, design.block_sizes)),
        "block_weights": " ".join(map(str, design.weights or ())),
        "slots": str(design.slots),
    }
