"""What was made of a release is kept: sealed under the vault's key, once for a release, and never changed."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Base64Bytes, Field
from sqlalchemy import Connection, select

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code
from irt.gate.rows import table_of
from irt.lock.tables import Handover, Release
from irt.vault.release import SealBroken, open_kept, seal_kept

Kind = Literal["package", "analysis"]


class Keep(Order):
    """The package, or the analysis made from it, of a release."""

    request: Code
    kind: Kind
    content: Annotated[Base64Bytes, Field(repr=False, json_schema_extra={"recorded": False})]

    @classmethod
    def of(cls, request: str, kind: Kind, content: bytes) -> "Keep":
        """The order for the bytes of a file."""
        return cls(request=request, kind=kind, content=b64encode(content))


@act("handover.keep", roles=[Role.UNBLINDED_STATISTICIAN], during=["released"])
def keep(act: Act, order: Keep) -> str:
    """Keep what was made, sealed; answers its SHA-256. Kept already, it stays as it is: the first one counts.

    Refused: not_found (no such release), package_missing (an analysis is kept beside its package).
    """
    if act.seek(Release, request=order.request) is None:
        act.refuse("not_found", what="release")
    kept = act.rows(Handover, request=order.request)
    if found := next((row for row in kept if row.kind == order.kind), None):
        return str(found.sha256)
    if order.kind == "analysis" and not kept:
        act.refuse("package_missing")
    handover, sha256 = new_id(act.entropy), hashlib.sha256(order.content).hexdigest()
    sealed = seal_kept(act.vault, order.content, bound_to(handover, sha256), act.entropy)
    row = {
        "id": handover,
        "request": order.request,
        "kind": order.kind,
        "sha256": sha256,
        "size": len(order.content),
        "sealed": sealed,
        "made_at": act.now,
        "made_by": act.actor.account,
    }
    act.bulk(Handover, [row], batch="id")
    return sha256


def bound_to(handover: str, sha256: str) -> str:
    """A handover opens in its own row alone."""
    return f"handover|{handover}|{sha256}"


def kept_of(connection: Connection, request: str) -> dict[str, Any]:
    """Kind → the row of what was kept of a release, without its content."""
    table = table_of(Handover)
    columns = [column for column in table.columns if column.name != "sealed"]
    return {row.kind: row for row in connection.execute(select(*columns).where(table.c.request == request))}


def kept_wrongly(connection: Connection, vault: Any) -> Iterator[tuple[str, str]]:
    """What was kept and is not what was handed over: its id, and what it lacks; nothing of what is in it."""
    table = table_of(Handover)
    for row in connection.execute(select(table).order_by(table.c.id)):
        try:
            content = open_kept(vault, row.sealed, bound_to(row.id, row.sha256))
        except SealBroken:
            yield row.id, "opens in its own row"
            continue
        if hashlib.sha256(content).hexdigest() != row.sha256:
            yield row.id, "the content of its sha256"
        if len(content) != row.size:
            yield row.id, "the content of its size"


def fetched(connection: Connection, vault: Any, request: str, kind: Kind) -> bytes | None:
    """What was kept of a release, opened; None where nothing was. For the unblinded statistician: the caller answers
    for it."""
    table = table_of(Handover)
    wanted = select(table).where(table.c.request == request, table.c.kind == kind)
    row = connection.execute(wanted).one_or_none()
    return None if row is None else open_kept(vault, row.sealed, bound_to(row.id, row.sha256))
