"""The chain: one entry for each act and each refusal, every entry bound to the one before it."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from irt import __version__
from irt.actor import Actor
from irt.db import canonical
from irt.gate.rows import table_of
from irt.gate.statements import changed_by, rows_of
from irt.gate.tables import AuditEntry, AuditHead

GENESIS = "0" * 64
COLUMNS = tuple(column.name for column in table_of(AuditEntry).columns if column.name != "hash")

_entry, _head = table_of(AuditEntry), table_of(AuditHead)
LOCK_HEAD = select(_head).where(_head.c.id == 1).with_for_update()
APPEND = insert(_entry)
MOVE_HEAD = (
    update(_head)
    .where(_head.c.id == 1)
    .values(seq=bindparam("to_seq"), hash=bindparam("to_hash"), recorded_at=bindparam("to_time"))
)


def entry_hash(entry: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical text of all columns but the hash itself."""
    return sha256(canonical({name: entry[name] for name in COLUMNS}).encode()).hexdigest()


def append(
    connection: Connection,
    *,
    now: datetime,
    kind: str,
    act: str,
    actor: Actor,
    site: str | None,
    participant: str | None,
    request: str | None,
    reason: str | None,
    body: Mapping[str, Any],
) -> tuple[int, str]:
    """Write the next entry and answer its number and hash. The head's row is the last lock of every act; under it
    `recorded_at` never goes back, whatever the clocks say."""
    (head,) = rows_of(connection, LOCK_HEAD, {})
    entry = {
        "seq": head.seq + 1,
        "recorded_at": max(now, head.recorded_at),
        "at": now,
        "kind": kind,
        "act": act,
        "account": actor.account,
        "name": actor.name,
        "roles": ",".join(sorted(actor.roles)),
        "site": site,
        "participant": participant,
        "request": request,
        "reason": reason,
        "software": __version__,
        "body": canonical(body),
        "previous": head.hash,
    }
    entry["hash"] = entry_hash(entry)
    changed_by(connection, APPEND, entry)
    changed_by(
        connection, MOVE_HEAD, {"to_seq": entry["seq"], "to_hash": entry["hash"], "to_time": entry["recorded_at"]}
    )
    return head.seq + 1, entry["hash"]
