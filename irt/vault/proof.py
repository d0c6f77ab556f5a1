"""A known text under the vault's key: a wrong key is noticed at the start, before it could be used."""

from datetime import datetime

from sqlalchemy import Connection, select

from irt.actor import Role
from irt.entropy import Entropy
from irt.gate.act import Act, Order, act
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
        act.add(VaultCheck, id=1, sealed=proof(act.vault, act.entropy), laid_at=act.now)


def proof(vault: Vault, entropy: Entropy) -> bytes:
    """The known text, sealed."""
    return vault.seal_bytes(KNOWN, BOUND_TO, entropy)


def check(connection: Connection, vault: Vault) -> datetime | None:
    """Raise KeyUnusable when the key is not the one this database was sealed with; None when nothing is sealed yet."""
    row = connection.execute(select(table_of(VaultCheck))).one_or_none()
    if row is None:
        return None
    try:
        unseal(vault.key, row.sealed, BOUND_TO)
    except SealBroken:
        raise KeyUnusable(
            f"vault key {vault.key.key_id}: is not the key that this database was sealed with; restore the right file"
        ) from None
    laid_at: datetime = row.laid_at
    return laid_at
