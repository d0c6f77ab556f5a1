"""The chain of the audit trail: numbers without a gap, each entry bound to the one before it, the head at its end.

An insider who rewrites the whole chain, or cuts its end and sets the head back in step with every table, is found by
receipts only: every answered act was told its number and hash (research: a receipt is a witness).
"""

from collections.abc import Mapping
from typing import Any

from irt.assurance.findings import Findings, shown
from irt.db import plain
from irt.gate.audit import GENESIS, entry_hash
from irt.gate.state import BEGINNING

KINDS = ("act", "refusal")


class Chain:
    """Takes the entries in order of their numbers, then the head."""

    def __init__(self, findings: Findings, receipts: Mapping[int, str]) -> None:
        self._findings = findings
        self._receipts = receipts  # number → hash, or its beginning, as once handed out
        self.seq, self.hash, self.recorded_at = 0, GENESIS, plain(BEGINNING)

    def take(self, entry: Mapping[str, Any]) -> None:
        """The next entry, as stored."""
        seq = entry["seq"]
        if seq != self.seq + 1:
            self._wrong(self.seq + 1 if seq > self.seq else seq, "an entry with each number from 1", "none")
        elif entry["previous"] != self.hash:
            self._wrong(seq, f"previous {self.hash}", f"previous {shown(entry['previous'])}")
        if entry_hash(entry) != entry["hash"]:
            self._wrong(seq, f"columns that give hash {shown(entry['hash'])}", f"hash {entry_hash(entry)}")
        if str(entry["recorded_at"]) < self.recorded_at:
            self._wrong(seq, f"recorded_at not before {self.recorded_at}", shown(entry["recorded_at"]))
        if entry["kind"] not in KINDS:
            self._wrong(seq, f"kind {' or '.join(KINDS)}", shown(entry["kind"]))
        if (receipt := self._receipts.get(seq)) and not str(entry["hash"]).startswith(receipt):
            self._wrong(seq, f"hash {receipt} as on its receipt", shown(entry["hash"]))
        self.seq, self.hash, self.recorded_at = seq, str(entry["hash"]), str(entry["recorded_at"])

    def close(self, heads: list[dict[str, Any]]) -> None:
        """The head, after the last entry: the last entry's number, hash and time."""
        last = {"id": 1, "seq": self.seq, "hash": self.hash, "recorded_at": self.recorded_at}
        for seq in sorted(self._receipts):
            if seq > self.seq:
                self._wrong(seq, f"an entry with hash {self._receipts[seq]} as on its receipt", "none")
        if len(heads) != 1:
            self._findings.add("audit_head", 1, f"one row: {shown(last)}", f"{len(heads)} rows")
        for head in heads:
            for name, value in last.items():
                if head[name] != value:
                    self._findings.add("audit_head", head["id"], f"{name} {value}", shown(head[name]))
            if isinstance(head["seq"], int) and head["seq"] > self.seq:
                self._wrong(self.seq + 1, f"entries up to the head's number {head['seq']}", "none")
            if isinstance(head["seq"], int) and head["seq"] < self.seq:
                self._wrong(head["seq"] + 1, f"no entry after the head's number {head['seq']}", "an entry")

    def _wrong(self, seq: object, expected: str, found: str) -> None:
        self._findings.add("audit", seq, expected, found)
