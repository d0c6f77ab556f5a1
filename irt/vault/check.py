"""What verification may ask of the vault: does everything sealed open in its place, and does the list agree with its
seed and its published root? Answers name rows; never an arm, a kit type or anything else that was sealed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from irt.gate.rows import table_of
from irt.study import Study
from irt.vault import SealBroken, Vault
from irt.vault._blocks import generate
from irt.vault._commitment import seed_hash
from irt.vault._design import Design
from irt.vault._rows import arm_of, kit_binding, list_document, type_of
from irt.vault._seal import disclose, unseal
from irt.vault._sealing import arms_of, commitment
from irt.vault._tables import Draw, SealedKit, SealedList, SealedSlot


@dataclass(frozen=True)
class Fault:
    """A row of the vault that is not what it should be, without what was sealed in it."""

    table: str
    row: str
    expected: str
    found: str


def open_text(vault: Vault, sealed: str, bound_to: str) -> str:
    """The value behind a sealed text of the audit trail; raises SealBroken."""
    try:
        return unseal(vault.key, bytes.fromhex(sealed), bound_to).decode()
    except ValueError:
        raise SealBroken(f"sealed text bound to {bound_to!r}: is not hexadecimal") from None


def faults(
    connection: Connection, vault: Vault, study: Study, root: str | None, seed_sha256: str | None
) -> Iterator[Fault]:
    """Every sealed row that does not open in its place, and every disagreement of the list with its commitment."""
    yield from _kit_faults(connection, vault, study)
    lists = list(connection.execute(select(table_of(SealedList))))
    slots = list(connection.execute(select(table_of(SealedSlot)).order_by(SealedSlot.stratum, SealedSlot.position)))
    arms: dict[str, list[str]] = defaultdict(list)
    known = {arm.id for arm in study.arms}
    for slot in slots:
        try:
            arm = disclose(arm_of(vault, slot))
        except SealBroken:
            yield Fault("sealed_slot", slot.id, "opens in its own row", "does not open")
            arm = ""
        if arm not in known:
            yield Fault("sealed_slot", slot.id, "holds an arm of the study", "<sealed>")
        if slot.position != len(arms[slot.stratum]) + 1:
            yield Fault("sealed_slot", slot.id, f"position {len(arms[slot.stratum]) + 1}", f"position {slot.position}")
        arms[slot.stratum].append(arm)
    for one in lists:
        yield from _list_faults(vault, study, one, arms, root, seed_sha256)


def kits_mismatched(connection: Connection, vault: Vault, study: Study, given: Iterable[tuple[str, str]]) -> int:
    """How many of the kits given to participants (participant, kit) are of another arm than the one drawn."""
    kit_type_of = {arm.id: arm.kit_type for arm in study.arms}
    slots = {row.id: row for row in connection.execute(select(table_of(SealedSlot)))}
    due = {
        draw.participant: kit_type_of[disclose(arm_of(vault, slots[draw.slot]))]
        for draw in connection.execute(select(table_of(Draw)))
    }
    kinds = {row.kit: disclose(type_of(vault, row)) for row in connection.execute(select(table_of(SealedKit)))}
    return sum(due[participant] != kinds[kit] for participant, kit in given)


def _kit_faults(connection: Connection, vault: Vault, study: Study) -> Iterator[Fault]:
    known = {arm.kit_type for arm in study.arms}
    for row in connection.execute(select(table_of(SealedKit))):
        try:
            unseal(vault.key, row.sealed_lot, f"lot|{kit_binding(row.kit, row.manifest)}")
            if disclose(type_of(vault, row)) not in known:
                yield Fault("sealed_kit", row.kit, "holds a kit type of the study", "<sealed>")
        except SealBroken:
            yield Fault("sealed_kit", row.kit, "opens in its own row", "does not open")


def _list_faults(
    vault: Vault, study: Study, row: Any, arms: dict[str, list[str]], root: str | None, seed_sha256: str | None
) -> Iterator[Fault]:
    try:
        document = list_document(vault, row)
    except SealBroken:
        yield Fault("sealed_list", row.id, "opens in its own row", "does not open")
        return
    seed = bytes.fromhex(document["seed"])
    ordered = {stratum: arms[stratum] for stratum in study.strata_keys() if stratum in arms}
    if ordered and commitment(ordered, seed).merkle_root != root:
        yield Fault("sealed_list", row.id, f"slots that give the published root {root}", "other slots")
    if document["design"] is None:
        return
    if seed_hash(seed).hex() != seed_sha256:
        yield Fault("sealed_list", row.id, f"a seed with the published hash {seed_sha256}", "another seed")
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in document["design"].items()
    }
    again = arms_of(generate(Design(**fields), seed), [arm.id for arm in study.arms])
    if again != ordered:
        yield Fault("sealed_list", row.id, "the list that its seed and design generate", "another list")
