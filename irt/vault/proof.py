"""A known text under the vault's key, with a digest by the service key in it: a wrong key is noticed at the start.

It is noticed before it could be used: no slot is drawn, and no session, signature or digest made, under another key.
"""

from datetime import datetime

from sqlalchemy import Connection, select

from irt.actor import Role
from irt.entropy import Entropy
from irt.gate.act import Act, Order, act
from irt.gate.keys import KeyFileError, Keys
from irt.gate.rows import table_of
from irt.vault import KeyUnusable, SealBroken, Vault
from irt.vault._seal import unseal
from irt.vault._tables import VaultCheck

KNOWN, BOUND_TO = b"irt vault", "vault_check|1"


class LayProof(Order):
    """Asks for the known text to be sealed."""


@act("vault.lay_proof", roles={Role.OPERATOR}, during=None)
def lay_proof(act: Act, _order: LayProof) -> None:
    """Seal the known text, once."""
    if not act.rows(VaultCheck):
        act.add(VaultCheck, id=1, sealed=proof(act.vault, act.keys, act.entropy), laid_at=act.now)


def proof(vault: Vault, keys: Keys, entropy: Entropy) -> bytes:
    """The known text, sealed."""
    return vault.seal_bytes(_known(keys), BOUND_TO, entropy)


def check(connection: Connection, vault: Vault, keys: Keys) -> datetime | None:
    """Since when both keys are this database's; None when nothing is sealed yet.

    Raises KeyUnusable for another vault key, KeyFileError for another service key.
    """
    row = connection.execute(select(table_of(VaultCheck))).one_or_none()
    if row is None:
        return None
    try:
        known = unseal(vault.key, row.sealed, BOUND_TO)
    except SealBroken:
        raise KeyUnusable(
            f"vault key {vault.key.key_id}: is not the key that this database was sealed with; restore the right file"
        ) from None
    if known != _known(keys):
        raise KeyFileError("service key: is not the key that this database was laid out with; restore the right file")
    laid_at: datetime = row.laid_at
    return laid_at


def _known(keys: Keys) -> bytes:
    return KNOWN + keys.digest("proof", "irt")[:16].encode()
