"""Codes by which somebody of a site hands a page to a participant: minted for them, and known again when typed.

A code never reaches an act: the door mints it and hands its keyed digest over. The digest is bound to the account that
the code was minted for, so that the two together prove in whose name the participant answers.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from irt.actor import Role
from irt.entropy import Entropy, grouped, read_spelled, spelled
from irt.gate.keys import Keys

SIGNS = 10  # of 32 letters and digits: 50 bits, for some hours
OPENERS = frozenset({Role.COORDINATOR, Role.INVESTIGATOR})


@dataclass(frozen=True)
class Minted:
    """A new code, to be shown once, and its digest for the order. Its repr tells no code."""

    code: str
    digest: str

    def __repr__(self) -> str:
        return "<kiosk code>"


@dataclass(frozen=True)
class KioskCodes:
    """Mints codes, and finds the one that was typed."""

    keys: Keys
    entropy: Entropy

    def mint(self, account: str) -> Minted:
        """A new code for an account, as it is read out."""
        code = spelled(self.entropy, SIGNS)
        return Minted(grouped(code), self._digest(account, code))

    def typed(self, text: str, given: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
        """The account and digest, of those `given`, whose code was typed; None where it is the code of none."""
        code, known = read_spelled(text, SIGNS), set(given)
        if code is None:
            return None
        tried = ((account, self._digest(account, code)) for account in sorted({account for account, _ in known}))
        return next((one for one in tried if one in known), None)

    def _digest(self, account: str, code: str) -> str:
        return self.keys.digest("kiosk code", f"{account}|{code}")
