"""The visitors' book: each line belongs to one code break or one case of the desk, and each of these has its line."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from irt.assurance.findings import Findings, shown
from irt.assurance.stored import Row
from irt.db import INSTANT_FORMAT

SECONDS = 60  # within which a line is redeemed: irt.vault.reveal says so, and its room is not entered for it
# purpose → its table, the act that writes it, and who and when in it
ENTRIES = {
    "code_break": ("code_break", "code_break.open", "broken_by", "broken_at"),
    "desk": ("desk_opening", "desk.open", "opened_by", "opened_at"),
}


def compare_openings(
    findings: Findings,
    lines: Iterable[Row],
    entries: Mapping[str, Iterable[Row]],
    redeemed: Iterable[Row],
    signatures: Iterable[Row],
) -> None:
    """Each line of the book is told of by the one row of its purpose, signed for it, and shown at most once, at once.

    `entries`: the rows of each table in ENTRIES, by its name.
    """
    book = {row["id"]: row for row in lines}
    acts = {row["id"]: row["act"] for row in signatures}
    for purpose, (table, act, by, at) in ENTRIES.items():
        told = {row["id"]: row for row in entries[table]}
        for key, row in told.items():
            line = book.get(key)
            if line is None or line["purpose"] != purpose:
                findings.add(table, key, f"a line of the visitors' book for {purpose}", shown(line and line["purpose"]))
            elif _who(line) != (row["participant"], row[by], row[at], row["signature"]):
                findings.add(table, key, "participant, person, time and signature of its line", "others")
        for key, line in book.items():
            if line["purpose"] == purpose and key not in told:
                findings.add("opening", key, f"a row of {table}", "none")
            if line["purpose"] == purpose and acts.get(line["signature"]) != act:
                findings.add("opening", key, f"a signature under {act}", shown(acts.get(line["signature"])))
    for row in redeemed:
        line = book.get(row["opening"])
        if line is None:
            findings.add("shown", row["opening"], "a line of the visitors' book", "none")
        elif not 0 <= (_moment(row["shown_at"]) - _moment(line["entered_at"])).total_seconds() <= SECONDS:
            findings.add("shown", row["opening"], f"within {SECONDS} seconds of its line", shown(row["shown_at"]))


def _who(line: Row) -> tuple[Any, ...]:
    return line["participant"], line["account"], line["entered_at"], line["signature"]


def _moment(text: str) -> datetime:
    return datetime.strptime(text, INSTANT_FORMAT).replace(tzinfo=UTC)
