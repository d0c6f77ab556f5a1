"""Requests, signatures and housekeeping rows: each answered by exactly one entry, or by its own seal."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from irt.actor import Signature
from irt.assurance.findings import Findings, shown
from irt.assurance.stored import Row, audited_form, key_of, table_named
from irt.db import INSTANT_FORMAT, Base
from irt.gate.keys import Keys
from irt.gate.signatures import seal_of


class Records:
    """Takes the entries of kind act, then the rows that must answer them."""

    def __init__(self, findings: Findings, keys: Keys) -> None:
        self._findings, self._keys = findings, keys
        self._asked: dict[str, tuple[int, Row]] = {}
        self._signed: dict[str, tuple[int, Row]] = {}

    def take(self, entry: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        """One entry and its body, read."""
        seq = entry["seq"]
        if entry["kind"] != "act":
            return
        digest = body["request_body"]
        said = {"account": entry["account"], "act": entry["act"], "body": digest, "at": entry["at"]}
        self._asked[entry["request"]] = (seq, said)
        if (signature := body["signature"]) is not None:
            if signature in self._signed:
                self._findings.add("audit", seq, f"a signature of its own, not that of {signature}", "used before")
            self._signed[signature] = (seq, {name: said[name] for name in ("account", "act", "body")})

    def compare_requests(self, rows: Iterable[Row]) -> None:
        """Request rows and entries, one to one."""
        self._compare("request", rows, self._asked)

    def compare_signatures(self, rows: Iterable[Row]) -> None:
        """Signature rows and the entries that name them, one to one, each seal intact (21 CFR 11.70)."""
        kept = list(rows)
        self._compare("signature", kept, self._signed)
        for row in kept:
            if not self._sealed(row):
                self._findings.add("signature", row["id"], "the seal over its other columns", "another seal")

    def _sealed(self, row: Row) -> bool:
        try:
            at = datetime.strptime(row["signed_at"], INSTANT_FORMAT).replace(tzinfo=UTC)
            # only credentials make a Signature; here its fields are read back, which proves nothing about a person
            seal = seal_of(self._keys, cast(Signature, SimpleNamespace(**{**row, "signed_at": at})))
            return bool(seal == row["seal"])
        except (TypeError, ValueError):
            return False

    def _compare(self, table: str, rows: Iterable[Row], said: Mapping[str, tuple[int, Row]]) -> None:
        missing = dict(said)
        for row in rows:
            seq, expected = missing.pop(row["id"], (0, None))
            if expected is None:
                self._findings.add(table, row["id"], "one entry of the audit trail that names it", "none")
                continue
            for name, value in expected.items():
                if row[name] != value:
                    self._findings.add(table, row["id"], f"{name} {shown(value)} (entry {seq})", shown(row[name]))
        for key, (seq, _) in missing.items():
            self._findings.add(table, key, f"the row that entry {seq} of the audit trail names", "none")


def compare_housekeeping(findings: Findings, keys: Keys, name: str, rows: Iterable[Row]) -> None:
    """Every row carries the keyed digest of its other columns.

    Out of reach: a deleted row, and a row set back whole to an earlier state of itself.
    """
    model, table = _model_of(name), table_named(name)
    for row in rows:
        if keys.housekeeping_mac(model, audited_form(table, row)) != row["mac"]:
            findings.add(name, key_of(table, row), "the digest (mac) over its other columns", "another digest")


def _model_of(table: str) -> type[Base]:
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__tablename__ == table)
