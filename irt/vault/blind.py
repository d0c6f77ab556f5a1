"""Door 1 of the vault. Its verbs take ids and answer with kit numbers or yes and no; never with an arm or a kit type.

Every verb that looks at kits opens all of them, whatever it finds first, so that neither order nor time tells a type.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from irt.entropy import below, new_id, shuffled
from irt.gate.act import Act
from irt.gate.rows import table_of
from irt.vault import _rows, _sealing
from irt.vault._blocks import SEED_BYTES, generate
from irt.vault._boxes import drawn, shared_out
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


def serves_every_arm(act: Act, shelf: Shelf, floor: int, *, waiting: Sequence[str] = (), **parameters: Any) -> bool:
    """Whether the shelf holds at least `floor` kits for every arm, beyond what the participants `waiting` will need."""
    return max(_lacking(act, waiting, shelf, floor, parameters).values()) <= 0


def draw(act: Act, *, participant: str, stratum: str, shelf: Shelf, closed: str, **parameters: Any) -> str:
    """Use the stratum's next slot for a participant and answer the number of their first kit.

    Refused with the code `closed` when not every arm could be served, before any slot is used; the caller uses the
    same code where the site is closed anyway. The counter's row orders those who draw at once.
    """
    kits = _open(act, shelf, parameters)
    if not _serves_every_arm(act, kits):
        act.refuse(closed)
    counter = act.advance(StratumCounter, "used", limit="slots", stratum=stratum)
    if counter is None:
        act.refuse("list_exhausted")
    slot = act.select(SLOT, stratum=stratum, position=counter.used)[0]
    act.add(Draw, participant=participant, slot=slot.id, stratum=stratum, position=counter.used, drawn_at=act.now)
    return _choose(act, kits, _rows.arm_of(act.vault, slot))


def match(act: Act, *, participant: str, shelf: Shelf, **parameters: Any) -> str | None:
    """The number of a kit for a randomized participant: uniformly random among all that are in date for them.

    None where an arm cannot be served, whichever.
    """
    kits = _open(act, shelf, parameters)
    slot = act.select(SLOT_OF, participant=participant)[0]
    if not _serves_every_arm(act, kits):
        return None
    return _choose(act, kits, _rows.arm_of(act.vault, slot))


def calls_for_a_box(act: Act, *, waiting: Sequence[str], there: Shelf, minimum: int, **parameters: Any) -> bool:
    """Whether a type has fewer than `minimum` kits beyond what the participants `waiting` will need; yes or no.

    One time in three the minimum is one more, so that a box says of no type for certain that it ran low.
    """
    level = minimum + (below(act.entropy, 3) == 0)
    lacking = _lacking(act, waiting, there, level, parameters)
    return max(lacking.values()) > 0


def pick(
    act: Act,
    *,
    count: int,
    shelf: Shelf,
    lots: Sequence[str],
    waiting: Sequence[str] = (),
    there: Shelf | None = None,
    spare: int = 0,
    **parameters: Any,
) -> list[str]:
    """The numbers of `count` kits to ship, sorted, all of one lot: the first of `lots` whose stock allows it.

    How many of each type is drawn, in the ratio of the arms, within bounds. The lower bound is what the participants
    `waiting` (each once for every kit) will need and `spare` kits more, less what is `there`; and never less than a
    quarter of an even share. With fixed equal numbers two kits of one box would be less often alike than chance has it,
    and a box would tell. Where the box is too small for all bounds, what lacks most comes first. Nothing when no
    lot can give what was drawn.
    """
    weights = {kind: sum(arm.ratio for arm in act.study.arms if arm.kit_type == kind) for kind in _needed(act)}
    wanted = drawn(act.entropy, count, weights, _bounds(act, count, weights, waiting, there, spare, parameters))
    for lot in lots:
        chosen = _taken(act, wanted, _open(act, shelf, {**parameters, "lot": lot}))
        if len(chosen) == count:
            return sorted(chosen)
    return []


def _taken(act: Act, wanted: Mapping[str, int], kits: Iterable[tuple[str, Sealed[str]]]) -> list[str]:
    """As many kits of each type as wanted, at random; fewer where there are not so many."""
    by_type: dict[str, list[str]] = {kind: [] for kind in wanted}
    for number, kind in kits:
        by_type[disclose(kind)].append(number)
    return [number for kind, many in wanted.items() for number in shuffled(act.entropy, by_type[kind])[:many]]


def _bounds(
    act: Act,
    count: int,
    weights: Mapping[str, int],
    waiting: Sequence[str],
    there: Shelf | None,
    spare: int,
    parameters: Mapping[str, Any],
) -> dict[str, int]:
    """The least number of each type in a box of `count`; together no more than that."""
    if there is None:
        return dict.fromkeys(weights, count // (2 * len(weights)))
    return shared_out(count, count // (2 * len(weights)), _lacking(act, waiting, there, spare, parameters))


def _lacking(act: Act, waiting: Sequence[str], there: Shelf, spare: int, parameters: Mapping[str, Any]) -> Counter[str]:
    """How many kits of each type are lacking for those who wait, and `spare` more; below 0 where there are more."""
    needed = Counter(dict.fromkeys(_needed(act), spare))
    kind_of = {arm.id: arm.kit_type for arm in act.study.arms}
    for participant, kits in sorted(Counter(waiting).items()):
        slot = act.select(SLOT_OF, participant=participant)[0]
        needed[kind_of[disclose(_rows.arm_of(act.vault, slot))]] += kits
    needed.subtract(disclose(kind) for _, kind in _open(act, there, parameters))
    return needed


@cache
def _sealed_on(shelf: Shelf) -> Select[Any]:
    return select(_kit).where(_kit.c.kit.in_(shelf)).order_by(_kit.c.kit)


def _open(act: Act, shelf: Shelf, parameters: Mapping[str, Any]) -> list[tuple[str, Sealed[str]]]:
    found = act.select(_sealed_on(shelf), **parameters)
    return [(row.kit, _rows.type_of(act.vault, row)) for row in found]


def _needed(act: Act) -> Sequence[str]:
    return list(dict.fromkeys(arm.kit_type for arm in act.study.arms))


def _serves_every_arm(act: Act, kits: Iterable[tuple[str, Sealed[str]]]) -> bool:
    present = {disclose(kind) for _, kind in kits}
    return all([kind in present for kind in _needed(act)])  # noqa: C419 (all are looked at)


def _choose(act: Act, kits: Sequence[tuple[str, Sealed[str]]], arm: Sealed[str]) -> str:
    wanted = next(one.kit_type for one in act.study.arms if one.id == disclose(arm))
    fitting = [number for number, kind in kits if disclose(kind) == wanted]
    return fitting[below(act.entropy, len(fitting))]
