"""Electronic signatures: bound to one act and one body, fresh, used once (21 CFR 11.50, 11.70, 11.200)."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from irt.actor import Actor, Signature
from irt.db import canonical, plain
from irt.gate.act import ActSpec, Order
from irt.gate.keys import Keys
from irt.gate.refusals import Refused

FRESH = timedelta(minutes=5)


def order_document(order: Order) -> dict[str, Any]:
    """The whole order as JSON's own types."""
    return order.model_dump(mode="json")


def recorded_order(order: Order) -> dict[str, Any]:
    """The order as the audit entry holds it."""
    return {name: value for name, value in order_document(order).items() if name not in unrecorded(type(order))}


@cache
def unrecorded(order: type[Order]) -> frozenset[str]:
    """The fields of an order that no audit entry holds: they could tell an arm, are a file, or tell of nothing real."""
    return order.UNRECORDED | frozenset(
        name
        for name, field in order.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("recorded") is False
    )


def body_of(keys: Keys, act: str, order: Order) -> str:
    """The keyed digest of an order: the same for the same act with the same fields, and for no other."""
    return keys.digest(f"order|{act}", canonical(order_document(order)))


def seal_of(keys: Keys, signature: Signature) -> str:
    """The keyed digest over all that a signature says; the password goes without saying, as it did before there was
    another way to sign."""
    fields = (signature.id, signature.account, signature.name, signature.act, signature.meaning, signature.body)
    by = [signature.method, signature.paper_code]
    if by == ["password", None]:
        by = []
    return keys.digest("signature", canonical([*fields, plain(signature.signed_at), *by]))


def check_signature(
    keys: Keys, spec: ActSpec, signature: Signature | None, actor: Actor, body: str, now: datetime
) -> None:
    """Refuse a signature that is missing, forged, another person's, for another act or body, or stale."""
    if spec.sign is None:
        if signature is not None:
            raise Refused("signature_unasked", act=spec.name)
        return
    if signature is None:
        raise Refused("signature_missing", meaning=spec.sign)
    if seal_of(keys, signature) != signature.seal or signature.account != actor.account:
        raise Refused("signature_forged")
    if signature.paper_code is not None and not actor.emergency:
        raise Refused("signature_forged")
    if signature.act != spec.name or signature.body != body or signature.meaning != spec.sign:
        raise Refused("signature_for_another")
    if not timedelta(0) <= now - signature.signed_at <= FRESH:
        raise Refused("signature_stale", minutes=int(FRESH.total_seconds() // 60))
