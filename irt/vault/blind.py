"""Door 1 of the vault. Its verbs take ids and answer with kit numbers or yes and no; never with an arm or a kit type.

Every verb that looks at kits opens all of them, whatever it finds first, so that neither order nor time tells a type.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from irt.entropy import below, choice, new_id, shuffled
from irt.gate.act import Act
from irt.gate.rows import table_of
from irt.vault import _rows, _sealing
from irt.vault._blocks import SEED_BYTES, generate
from irt.vault._design import ALGORITHM, Design, check_design
from irt.vault._seal import Sealed, disclose
from irt.vault._sealing import Commitment
from irt.vault._tables import Draw, SealedKit, SealedList, SealedSlot, StratumCounter

_slot, _kit = table_of(SealedSlot), table_of(SealedKit)
SLOT = select(_slot).where(_slot.c.stratum == bindparam("stratum"), _slot.c.position == bindparam("position"))
SLOT_OF = select(_slot).join(table_of(Draw), table_of(Draw).c.slot == _slot.c.id).where(
    table_of(Draw).c.participant == bindparam("participant")
)  # fmt: skip

__all__ = [
    "ALGORITHM", "Commitment", "Design", "Shelf", "check_design", "draw", "made_for_these_arms", "match", "pick",
    "seal_kits", "seal_list", "seal_own_list", "serves_every_arm",
]  # fmt: skip

Shelf = Select[tuple[str]]  # a prebuilt select of kit numbers; its parameters are handed in beside it


def seal_list(act: Act, design: Design) -> Commitment:
    """Generate a list from a new 256-bit seed and seal it at once, with its seed, its design and the study's arms.

    Answers what may be published. Nobody sees the list: not even whoever asks for it.
    """
    seed = act.entropy.take(SEED_BYTES)
    arms = _sealing.arms_of(generate(design, seed), [arm.id for arm in act.study.arms])
    return _store(act, arms, seed, design)


def seal_own_list(act: Act, arms: Mapping[str, Sequence[str]]) -> Commitment:
    """Seal a list that somebody made elsewhere (stratum → arms in order); who made it counts as unmasked."""
    return _store(act, arms, act.entropy.take(SEED_BYTES), None)


def _store(act: Act, arms: Mapping[str, Sequence[str]], seed: bytes, design: Design | None) -> Commitment:
    list_id = new_id(act.entropy)
    row = _sealing.list_row(act.vault, list_id, seed, design, _arms(act), act.entropy)
    act.add(SealedList, **row)
    rows = list(_sealing.slot_rows(act.vault, list_id, arms, act.entropy))
    act.bulk(SealedSlot, shuffled(act.entropy, rows), batch="list")
    for stratum, slots in arms.items():
        act.add(StratumCounter, stratum=stratum, used=0, slots=len(slots))
    return _sealing.commitment(arms, seed)


def made_for_these_arms(act: Act) -> bool:
    """Whether the sealed list was made for the arms of the study file: the same, in order, with their kit types."""
    return all(_rows.list_document(act.vault, row)["arms"] == _arms(act) for row in act.rows(SealedList))


def _arms(act: Act) -> _sealing.ArmsOfStudy:
    return [[arm.id, arm.kit_type, arm.ratio] for arm in act.study.arms]


def seal_kits(act: Act, manifest: str, types: Mapping[str, str], lots: Mapping[str, str]) -> None:
    """Seal the types (number → type) and manufacturing lots of a manifest's kits, in random order."""
    rows = [_rows.kit_row(act, number, manifest, kind, lots.get(number, "")) for number, kind in types.items()]
    act.bulk(SealedKit, shuffled(act.entropy, rows), batch="manifest")


def serves_every_arm(act: Act, shelf: Shelf, floor: int, **parameters: Any) -> bool:
    """Whether the shelf holds at least `floor` kits for every arm."""
    stock = Counter(disclose(kind) for _, kind in _open(act, shelf, parameters))
    return min(stock[kind] for kind in _needed(act)) >= floor


def draw(act: Act, *, participant: str, stratum: str, shelf: Shelf, closed: str, **parameters: Any) -> str:
    """Use the stratum's next slot for a participant and answer the number of their first kit.

    Refused with the code `closed` when not every arm could be served, before any slot is used; the caller uses the
    same code where the site is closed anyway. The counter's row orders those who draw at once.
    """
    kits = _open(act, shelf, parameters)
    _require_every_arm(act, kits, closed)
    counter = act.advance(StratumCounter, "used", limit="slots", stratum=stratum)
    if counter is None:
        act.refuse("list_exhausted")
    slot = act.select(SLOT, stratum=stratum, position=counter.used)[0]
    act.add(Draw, participant=participant, slot=slot.id, stratum=stratum, position=counter.used, drawn_at=act.now)
    return _choose(act, kits, _rows.arm_of(act.vault, slot))


def match(act: Act, *, participant: str, shelf: Shelf, closed: str, **parameters: Any) -> str:
    """The number of a kit for a randomized participant: uniformly random among all that are in date for them.

    Refused with the one code `closed`, whichever arm cannot be served.
    """
    kits = _open(act, shelf, parameters)
    slot = act.select(SLOT_OF, participant=participant)[0]
    _require_every_arm(act, kits, closed)
    return _choose(act, kits, _rows.arm_of(act.vault, slot))


def pick(act: Act, *, count: int, shelf: Shelf, short: str, **parameters: Any) -> list[str]:
    """The numbers of `count` kits to ship, sorted.

    How many of each type is itself drawn around the ratio: with fixed equal numbers two kits of one box would be less
    often alike than chance has it, and a box would tell. Every type has a floor. Refused with `short` when the shelf
    cannot give what was drawn.
    """
    by_type: dict[str, list[str]] = {kind: [] for kind in _needed(act)}
    for number, kind in _open(act, shelf, parameters):
        by_type.setdefault(disclose(kind), []).append(number)
    weights = {kind: sum(arm.ratio for arm in act.study.arms if arm.kit_type == kind) for kind in _needed(act)}
    wanted = _composition(act, count, weights)
    if any(len(by_type[kind]) < number for kind, number in wanted.items()):
        act.refuse(short)
    return sorted(number for kind, many in wanted.items() for number in shuffled(act.entropy, by_type[kind])[:many])


def _composition(act: Act, count: int, weights: Mapping[str, int]) -> Counter[str]:
    tickets = [kind for kind, weight in weights.items() for _ in range(weight)]
    floor = count // (2 * len(weights))
    while True:
        drawn = Counter(choice(act.entropy, tickets) for _ in range(count))
        if min(drawn[kind] for kind in weights) >= floor:
            return drawn


@cache
def _sealed_on(shelf: Shelf) -> Select[Any]:
    return select(_kit).where(_kit.c.kit.in_(shelf)).order_by(_kit.c.kit)


def _open(act: Act, shelf: Shelf, parameters: Mapping[str, Any]) -> list[tuple[str, Sealed[str]]]:
    found = act.select(_sealed_on(shelf), **parameters)
    return [(row.kit, _rows.type_of(act.vault, row)) for row in found]


def _needed(act: Act) -> Sequence[str]:
    return list(dict.fromkeys(arm.kit_type for arm in act.study.arms))


def _require_every_arm(act: Act, kits: Iterable[tuple[str, Sealed[str]]], closed: str) -> None:
    present = {disclose(kind) for _, kind in kits}
    if not all([kind in present for kind in _needed(act)]):  # noqa: C419 (all are looked at)
        act.refuse(closed)


def _choose(act: Act, kits: Sequence[tuple[str, Sealed[str]]], arm: Sealed[str]) -> str:
    wanted = next(one.kit_type for one in act.study.arms if one.id == disclose(arm))
    fitting = [number for number, kind in kits if disclose(kind) == wanted]
    return fitting[below(act.entropy, len(fitting))]
