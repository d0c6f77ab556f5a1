"""Envelopes for the day on which the service is down: sealed with a code on paper, opened with nothing but both halves.

Neither half tells anything alone, and the server's key plays no part: a ciphertext opens with the code that was made
for it, for the participant and serial that it was made for, and with nothing else. Codes are stored nowhere.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn, SupportsIndex

from sqlalchemy import Connection, select

from irt.entropy import Entropy, grouped, read_spelled, spelled
from irt.gate.act import Act
from irt.gate.housekeeping import Housekeeping
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.statements import rows_of
from irt.study import Arm, Study
from irt.vault import _rows, reveal
from irt.vault._key import derive_from
from irt.vault._seal import NONCE_BYTES, SealBroken, VaultKey, disclose, seal, unseal
from irt.vault._tables import Draw, SealedKit, SealedSlot

__all__ = [
    "CODE_LETTERS", "Code", "CodeMistyped", "SealedEnvelope", "StaysShut", "ToSeal",
    "binding", "enter", "open_with_code", "read_code", "seal_envelopes", "seal_with_code",
]  # fmt: skip

PAD_TO = 8192  # one length for all, or a wrong kit would show in the size
CODE_LETTERS = 20  # of 5 bits each: 100 bits, which nobody tries through

_slot, _kit, _draw = table_of(SealedSlot), table_of(SealedKit), table_of(Draw)
SLOTS = select(_draw.c.participant.label("whose"), _slot).join(_draw, _draw.c.slot == _slot.c.id)


class CodeMistyped(Exception):  # noqa: N818
    """What was typed is no code: of another length, or with a letter that no code has."""


class StaysShut(Exception):  # noqa: N818
    """An envelope does not open: the code belongs to another one, or the file was changed."""


class _Unshown:
    """Prints nothing of itself, and is never pickled or copied."""

    def __repr__(self) -> str:
        return "<sealed>"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("what opens an envelope is never pickled or copied")


@dataclass(frozen=True, repr=False)
class Code(_Unshown):
    """A one-time code: 100 random bits. `grouped` is how it is printed, and read by a person."""

    letters: str

    @classmethod
    def mint(cls, entropy: Entropy) -> "Code":
        """A new one."""
        return cls(spelled(entropy, CODE_LETTERS))

    @property
    def grouped(self) -> str:
        """In groups of four letters."""
        return grouped(self.letters)


@dataclass(frozen=True)
class ToSeal:
    """An envelope that was issued: whose it is, its serial, and the kits that the participant was ever given."""

    participant: str
    number: str
    serial: int
    kits: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class SealedEnvelope(_Unshown):
    """Both halves of an envelope, on their way to two places."""

    number: str
    serial: int
    code: Code
    sealed: bytes


def read_code(typed: str) -> Code:
    """The code that somebody typed, in capitals or not, with blanks and dashes or without; raises CodeMistyped."""
    letters = read_spelled(typed, CODE_LETTERS)
    if letters is None:
        raise CodeMistyped
    return Code(letters)


def binding(trial: str, number: str, serial: int) -> str:
    """What an envelope's ciphertext is bound to: it opens for no other trial, participant or serial."""
    return f"envelope|{trial}|{number}|{serial}"


def seal_with_code(plaintext: bytes, code: Code, bound_to: str, nonce: bytes) -> bytes:
    """`plaintext` sealed under a code: AES-256-GCM, the key derived by HKDF-SHA256, always of one length."""
    return seal(_key_of(code), plaintext, bound_to, nonce, pad_to=PAD_TO)


def open_with_code(sealed: bytes, code: Code, bound_to: str) -> bytes:
    """What was sealed with this code for `bound_to`; raises StaysShut for anything else."""
    try:
        return unseal(_key_of(code), sealed, bound_to)
    except SealBroken:
        raise StaysShut from None


def _key_of(code: Code) -> VaultKey:
    return VaultKey(derive_from(code.letters.encode("ascii"), "irt-envelope-1"))


def enter(act: Act) -> str:
    """Write the line of the book that lets the actor seal the envelopes issued by it; answers its id."""
    return reveal.write_line(act, "envelopes", None)


def seal_envelopes(
    housekeeping: Housekeeping,
    vault: Any,
    study: Study,
    entropy: Entropy,
    opening: str,
    *,
    account: str,
    issued: Sequence[ToSeal],
    now: datetime,
) -> list[SealedEnvelope]:
    """Seal the envelopes of a committed line of the book, each with a code of its own, in their order.

    Once and within a minute; that it is done is committed before the first seal of the vault is opened. That `issued`
    are those of this line, the caller answers for. Refused: not_found, already_shown, shown_too_late.
    """
    with housekeeping.database.read.connect() as connection:
        found = rows_of(connection, reveal.LINE, {"opening": opening})
    if not found or found[0].purpose != "envelopes":
        raise Refused("not_found", what="opening")
    reveal.redeem(housekeeping, found[0], account, now)
    with housekeeping.database.read.connect() as connection:
        slots = {row.whose: row for row in rows_of(connection, SLOTS, {})}
        kinds = _kinds(connection, vault, {kit for one in issued for kit in one.kits})
    sealed = []
    for one in issued:
        arm = disclose(_rows.arm_of(vault, slots[one.participant]))
        sealed.append(_sealed(study, entropy, one, _content(study, one, arm, kinds, now)))
    return sealed


def _sealed(study: Study, entropy: Entropy, one: ToSeal, content: bytes) -> SealedEnvelope:
    code, bound_to = Code.mint(entropy), binding(study.id, one.number, one.serial)
    sealed = seal_with_code(content, code, bound_to, entropy.take(NONCE_BYTES))
    return SealedEnvelope(one.number, one.serial, code, sealed)


def _kinds(connection: Connection, vault: Any, numbers: set[str]) -> dict[str, str]:
    rows = connection.execute(select(_kit).where(_kit.c.kit.in_(sorted(numbers))))
    return {row.kit: disclose(_rows.type_of(vault, row)) for row in rows}


def _content(study: Study, one: ToSeal, drawn: str, kinds: Mapping[str, str], now: datetime) -> bytes:
    """What a person reads who opens it: the arm, and every kit of another content, in both languages."""
    arm = next(arm for arm in study.arms if arm.id == drawn)
    others: dict[str, list[str]] = {}
    for kit in one.kits:
        if kinds[kit] != arm.kit_type:
            others.setdefault(kinds[kit], []).append(kit)
    told = {
        "trial": study.id,
        "participant": one.number,
        "serial": one.serial,
        "date": now.date().isoformat(),
        "moment": now.strftime("%Y-%m-%d %H:%M UTC"),
        "arm": _said([arm]),
        "other_kits": [
            {"content": _said([one for one in study.arms if one.kit_type == kind]), "kits": kits}
            for kind, kits in sorted(others.items())
        ],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _said(arms: Sequence[Arm]) -> dict[str, str]:
    """The words for these arms; an arm without words goes by its id."""
    return {
        "en": " / ".join(one.label.en if one.label else one.id for one in arms),
        "zh": " / ".join(one.label.zh if one.label else one.id for one in arms),
    }
