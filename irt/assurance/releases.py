"""Releases: each asked for, signed by everybody, under its own line of the visitors' book, of the data as locked."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from irt.assurance.findings import Findings, shown
from irt.assurance.lock import Lock
from irt.assurance.openings import SECONDS
from irt.assurance.stored import Row
from irt.db import INSTANT_FORMAT
from irt.study import Study

Tables = Mapping[str, list[Row]]
RELEASED = ("release", "release_again", "release_opening", "release_shown", "handover", "lock_step", "signature")


def compare_releases(findings: Findings, study: Study, lock: Lock, tables: Tables) -> None:
    """Every release, whatever was opened for it, and what was handed over. `tables`: rows of those in RELEASED."""
    lines = {row["id"]: row for row in tables["release_opening"]}
    signers = study.lock.release_signers
    for row in tables["release"]:
        _compare_one(findings, lock, row, signers)
        _compare_line(findings, "release", row["request"], lines.get(row["opening"]), row["released_by"],
                      row["released_at"])  # fmt: skip
        signed = lock.signature_of("release", row["request"], signers[-1])
        line = lines.get(row["opening"])
        if line is not None and (signed is None or signed["signature"] != line["signature"]):
            findings.add("release", row["request"], "its line signed as it was carried out", "another signature")
    known = {row["request"] for row in tables["release"]}
    for row in tables["release_again"]:
        if row["request"] not in known:
            findings.add("release_again", row["opening"], "a release", shown(row["request"]))
        _compare_line(findings, "release_again", row["opening"], lines.get(row["opening"]), row["opened_by"],
                      row["opened_at"])  # fmt: skip
    _compare_book(findings, tables, lines)
    _compare_steps(findings, tables)
    _compare_handed_over(findings, tables["handover"], known)


def _compare_one(findings: Findings, lock: Lock, row: Row, signers: Iterable[str]) -> None:
    request = lock.requests.get(row["request"])
    if request is None or request["kind"] != "release":
        findings.add("release", row["request"], "its request", "none")
        return
    for name in ("version", "view", "data_sha256"):
        if request[name] != row[name]:
            findings.add("release", row["request"], f"{name} {shown(request[name])}, as asked", shown(row[name]))
    locked = lock.locked.get(row["version"])
    if locked is None or locked["data_sha256"] != row["data_sha256"]:
        findings.add("release", row["request"], "data_sha256 as locked", shown(row["data_sha256"]))
    told = lock.missing("release", row["request"], row["data_sha256"], signers)
    if told is not None:
        findings.add("release", row["request"], "a signature of everybody over its data", told)


def _compare_line(findings: Findings, table: str, key: str, line: Row | None, by: str, at: str) -> None:
    if line is None:
        findings.add(table, key, "a line of the visitors' book for the whole", "none")
    elif (line["account"], line["entered_at"]) != (by, at):
        findings.add(table, key, "person and time of its line of the book", shown(by))


def _compare_book(findings: Findings, tables: Tables, lines: Mapping[str, Row]) -> None:
    """Every line has its release, is signed for it, and was redeemed within a minute, once."""
    acts = {row["id"]: (row["act"], row["account"]) for row in tables["signature"]}
    of = {row["opening"]: "release.carry_out" for row in tables["release"]}
    of |= {row["opening"]: "release.open_again" for row in tables["release_again"]}
    for key, line in lines.items():
        if key not in of:
            findings.add("release_opening", key, "a release that it belongs to", "none")
        elif acts.get(line["signature"]) != (of[key], line["account"]):
            findings.add("release_opening", key, f"a signature under {of[key]}", shown(acts.get(line["signature"])))
    for row in tables["release_shown"]:
        entered = lines.get(row["opening"])
        if entered is None:
            findings.add("release_shown", row["opening"], "a line of the visitors' book", "none")
        elif not 0 <= (_moment(row["shown_at"]) - _moment(entered["entered_at"])).total_seconds() <= SECONDS:
            findings.add("release_shown", row["opening"], f"within {SECONDS} seconds of its line",
                         shown(row["shown_at"]))  # fmt: skip


def _compare_steps(findings: Findings, tables: Tables) -> None:
    """As many steps say that a version was released as releases of it there are, of the same views."""
    done = Counter((row["version"], row["view"]) for row in tables["release"])
    for row in tables["lock_step"]:
        if row["kind"] == "released":
            of = row["version"], row["told"]
            if not done[of]:
                findings.add("lock_step", row["id"], "a release of its version and view", "none")
            done[of] -= 1
    for row in tables["release"]:
        if done[row["version"], row["view"]] > 0:
            findings.add("release", row["request"], "a step that released it", "none")


def _compare_handed_over(findings: Findings, rows: Iterable[Row], known: set[str]) -> None:
    """What was handed over is of a release; an analysis lies beside its package, and was made after it."""
    made = {(row["request"], row["kind"]): row["made_at"] for row in rows}
    for row in rows:
        if row["request"] not in known:
            findings.add("handover", row["id"], "a release", shown(row["request"]))
        package = made.get((row["request"], "package"))
        if row["kind"] == "analysis" and (package is None or package > row["made_at"]):
            findings.add("handover", row["id"], "the package that it was made from", "none before it")


def _moment(text: str) -> datetime:
    return datetime.strptime(text, INSTANT_FORMAT).replace(tzinfo=UTC)
