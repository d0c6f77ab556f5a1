"""Knowing the same person again without keeping a name: a keyed digest of an identity document's number."""

import re
import unicodedata

from irt.gate.act import Act

SHORTEST = 6


def identity_digest(act: Act, document: str) -> str:
    """The keyed digest of a document's number as upper-case ASCII letters and digits, however it was typed.

    Full-width letters and digits count as their ASCII twins; spaces and marks are dropped. The refusal names no part of
    the number, for refusals are kept. Refused: identity_document_too_short.
    """
    written = unicodedata.normalize("NFKC", document).upper()
    number = re.sub(r"[^A-Z0-9]", "", written)
    if len(number) < SHORTEST:
        act.refuse("identity_document_too_short", shortest=SHORTEST)
    return act.keys.digest("identity", number)
