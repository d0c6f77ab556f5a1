"""Disposals and the kits in them: what is gone went by one disposal that was seen, and what is disposed of is gone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from irt.assurance.findings import Findings, shown
from irt.assurance.stored import Row, audited_form, table_named
from irt.dispensing.clearing import ENDING, UNUSED
from irt.dispensing.disposal import DISPOSABLE


def compare_disposals(
    findings: Findings,
    disposals: Iterable[Row],
    kits: Mapping[str, Row],
    lines: Mapping[str, list[Row]],
    discrepancies: Iterable[Row],
    destructions: Iterable[Row],
    sites: Iterable[Row],
) -> None:
    """Each disposal is witnessed by another person or needs none; a kit is in one, and stands where it says.

    What was available went with the whole shelf, of a site where nobody is given a kit any more.
    What came back to the depot, or never left it, goes by a destruction that quality signed.
    """
    found = [audited_form(table_named("disposal"), row) for row in disposals]
    opened = {row["kit"]: row["opened_at"] for row in discrepancies if row["state"] == "open"}
    within: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        _compare_one(findings, row, kits)
        _compare_shelf(findings, row, lines)
        for number in row["kits"] if row["state"] != "withdrawn" else ():
            within[number].append(row)
    for number, held in sorted(within.items()):
        for row in held[1:]:
            findings.add("disposal", row["id"], f"kit {number} in one disposal that is not withdrawn", f"{len(held)}")
    ending = {row["code"] for row in sites if row["state"] in ENDING}
    at_depot = _compare_destructions(findings, destructions, kits)
    for number, kit in kits.items():
        if kit["state"] == "destroyed" and _by_the_depot(lines.get(number, [])):
            end = lines[number][-1]
            if (end["moved_at"], end["moved_by"]) not in at_depot.get(number, ()):
                findings.add("kit", number, "a destruction of that moment that quality signed", "none")
            continue
        if kit["state"] not in ("destroyed", "sent_back"):
            continue
        moments = {_moment(row) for row in within.get(number, ()) if row["kind"] == kit["state"]}
        last = lines[number][-1] if lines.get(number) else None
        if last is None or (last["moved_at"], last["moved_by"]) not in moments:
            findings.add("kit", number, f"a disposal of that moment by which it was {shown(kit['state'])}", "none")
        states = (*DISPOSABLE, UNUSED) if kit["site"] in ending else DISPOSABLE
        if last is not None and last["before"] not in states:
            expected = f"before {' or '.join(states)}"
            findings.add("movement", f"{number}/{last['line']}", expected, shown(last["before"]))
        if last is not None and number in opened and opened[number] <= last["moved_at"]:  # later ones may be about it
            findings.add("kit", number, "still there: a discrepancy about it is open", shown(kit["state"]))


def _compare_shelf(findings: Findings, row: Row, lines: Mapping[str, list[Row]]) -> None:
    """Where a kit went that was available on the shelf, all went that were.

    Of what was moved at that very moment nobody can say which came first.
    """
    moves = [line for number in row["kits"] for line in lines.get(number, [])]
    if not any((line["before"], line["after"]) == (UNUSED, row["kind"]) for line in moves):
        return
    at, _ = _moment(row) or (None, None)
    left = [number for number in sorted(set(lines) - set(row["kits"])) if _on_shelf(lines[number], row["site"], at)]
    if left:
        findings.add("disposal", row["id"], f"the whole shelf of site {shown(row['site'])}", f"not {', '.join(left)}")


def _on_shelf(lines: list[Row], site: Any, at: Any) -> bool:
    """Whether a kit stood available at the site before this moment and after it."""
    before = [line for line in lines if at is not None and line["moved_at"] <= at]
    stood = bool(before) and (before[-1]["after"], before[-1]["site"]) == (UNUSED, site)
    return stood and before[-1]["moved_at"] < at


def _by_the_depot(lines: list[Row]) -> bool:
    """Whether a kit was destroyed where no site has it."""
    return bool(lines) and (lines[-1]["site"] is None or lines[-1]["before"] == "back_at_depot")


def _compare_destructions(
    findings: Findings, destructions: Iterable[Row], kits: Mapping[str, Row]
) -> dict[str, set[tuple[Any, Any]]]:
    """Each destruction is signed by another person, and its kits are gone; answers when each kit went, and by whom."""
    moments: dict[str, set[tuple[Any, Any]]] = defaultdict(set)
    for row in (audited_form(table_named("destruction"), one) for one in destructions):
        seen = (row["signed_by"], row["signed_at"], row["second_signature"])
        if (row["state"] == "done") != all(seen) or (row["state"] != "done" and any(seen)):
            findings.add("destruction", row["id"], "a second signature under what is done, and no other", shown(seen))
        if row["signed_by"] is not None and row["signed_by"] == row["proposed_by"]:
            findings.add("destruction", row["id"], "another person's signature", shown(row["signed_by"]))
        for number in row["kits"]:
            state = kits[number]["state"] if number in kits else None
            if (row["state"] == "done") != (state == "destroyed") and row["state"] != "withdrawn":
                findings.add("destruction", row["id"], f"kit {number} as it says ({row['state']})", shown(state))
            if row["state"] == "done":
                moments[number].add((row["signed_at"], row["signed_by"]))
    return moments


def _moment(row: Row) -> tuple[Any, Any] | None:
    if row["state"] != "done":
        return None
    if row["kind"] == "destroyed":
        return row["witnessed_at"], row["witnessed_by"]
    return row["proposed_at"], row["proposed_by"]


def _ends(row: Row, number: str) -> tuple[str, ...]:
    """Where a kit of a disposal that is done may be: what was sent back came back, was missing, was destroyed."""
    if row["received_at"] is None:
        return (row["kind"],)
    return ("lost",) if number in row["missing"] else ("back_at_depot", "destroyed")


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
        elif row["state"] == "done" and kit["state"] not in _ends(row, number):
            findings.add("disposal", row["id"], f"kit {number} {shown(row['kind'])}", shown(kit["state"]))
        elif row["state"] == "proposed" and kit["state"] in ("destroyed", "sent_back"):
            findings.add("disposal", row["id"], f"kit {number} still there while it is proposed", shown(kit["state"]))
