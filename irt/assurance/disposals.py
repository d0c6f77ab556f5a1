"""Disposals and the kits in them: what is gone went by one disposal that was seen, and what is disposed of is gone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from irt.assurance.findings import Findings, shown
from irt.assurance.stored import Row, audited_form, table_named
from irt.dispensing.disposal import DISPOSABLE


def compare_disposals(
    findings: Findings,
    disposals: Iterable[Row],
    kits: Mapping[str, Row],
    lines: Mapping[str, list[Row]],
    discrepancies: Iterable[Row],
) -> None:
    """Each disposal is witnessed by another person or needs none; a kit is in one, and stands where it says."""
    found = [audited_form(table_named("disposal"), row) for row in disposals]
    opened = {row["kit"]: row["opened_at"] for row in discrepancies if row["state"] == "open"}
    within: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        _compare_one(findings, row, kits)
        for number in row["kits"] if row["state"] != "withdrawn" else ():
            within[number].append(row)
    for number, held in sorted(within.items()):
        for row in held[1:]:
            findings.add("disposal", row["id"], f"kit {number} in one disposal that is not withdrawn", f"{len(held)}")
    for number, kit in kits.items():
        if kit["state"] not in ("destroyed", "sent_back"):
            continue
        moments = {_moment(row) for row in within.get(number, ()) if row["kind"] == kit["state"]}
        last = lines[number][-1] if lines.get(number) else None
        if last is None or (last["moved_at"], last["moved_by"]) not in moments:
            findings.add("kit", number, f"a disposal of that moment by which it was {shown(kit['state'])}", "none")
        if last is not None and last["before"] not in DISPOSABLE:
            expected = f"before {' or '.join(DISPOSABLE)}"
            findings.add("movement", f"{number}/{last['line']}", expected, shown(last["before"]))
        if last is not None and number in opened and opened[number] <= last["moved_at"]:  # later ones may be about it
            findings.add("kit", number, "still there: a discrepancy about it is open", shown(kit["state"]))


def _moment(row: Row) -> tuple[Any, Any] | None:
    if row["state"] != "done":
        return None
    if row["kind"] == "destroyed":
        return row["witnessed_at"], row["witnessed_by"]
    return row["proposed_at"], row["proposed_by"]


def _compare_one(findings: Findings, row: Row, kits: Mapping[str, Row]) -> None:
    seen = (row["witnessed_by"], row["witnessed_at"], row["witness_signature"])
    needed = row["kind"] == "destroyed" and row["state"] == "done"
    if needed != all(seen) or (not needed and any(seen)):
        expected = "a witness, the time and the signature of what was destroyed, and of nothing else"
        findings.add("disposal", row["id"], expected, shown(seen))
    if row["witnessed_by"] is not None and row["witnessed_by"] == row["proposed_by"]:
        findings.add("disposal", row["id"], "another person as witness", shown(row["witnessed_by"]))
    if row["kind"] == "sent_back" and row["state"] != "done":
        findings.add("disposal", row["id"], "state 'done' of what was sent back", shown(row["state"]))
    if not row["kits"] or row["kits"] != sorted(set(row["kits"])):
        findings.add("disposal", row["id"], "kits, each once and in order", shown(row["kits"]))
    for number in row["kits"]:
        kit = kits.get(number)
        if kit is None or kit["site"] != row["site"]:
            findings.add("disposal", row["id"], f"kits of site {shown(row['site'])}", f"kit {number}")
        elif row["state"] == "done" and kit["state"] != row["kind"]:
            findings.add("disposal", row["id"], f"kit {number} {shown(row['kind'])}", shown(kit["state"]))
        elif row["state"] == "proposed" and kit["state"] in ("destroyed", "sent_back"):
            findings.add("disposal", row["id"], f"kit {number} still there while it is proposed", shown(kit["state"]))
