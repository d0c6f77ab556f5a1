"""The lock: steps that may follow one another, the state they left, signatures of everybody whom the study file names.

What was locked is held against what is stored now: a table that no act touched since must be as it was frozen. What an
emergency or a report of harm changed meanwhile is no corruption: the trail tells of it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from irt.assurance.findings import Findings, shown
from irt.assurance.numbers import compare_numbers
from irt.assurance.stored import Row
from irt.db import canonical
from irt.study import Study

Tables = Mapping[str, list[Row]]

# kind of a step → the states that it is taken in, and the one that it leads to
STEPS: Mapping[str, tuple[frozenset[str], str]] = {
    "frozen": (frozenset({"open"}), "frozen"),
    "thawed": (frozenset({"frozen"}), "open"),
    "locked": (frozenset({"frozen", "closing"}), "locked"),
    "unlocked": (frozenset({"locked", "released", "closing"}), "frozen"),
    "lapsed": (frozenset({"open", "frozen"}), "closing"),
    "released": (frozenset({"locked", "released"}), "released"),
}
# step that is signed → the acts under which it is
SIGNED_BY: Mapping[str, frozenset[str]] = {
    "endorse": frozenset({"lock.endorse"}),
    "review": frozenset({"review.record", "review.sign"}),
    "lock": frozenset({"lock.sign"}),
    "unlock": frozenset({"unlock.ask", "unlock.sign"}),
    "release": frozenset({"release.ask", "release.allow", "release.carry_out"}),
}
READ = ("study", "lock_step", "lock_request", "lock_signature", "signature", "blind_review", "population_decision")


class Touched:
    """Takes the entries of the trail; which tables were changed since the database was last locked."""

    def __init__(self) -> None:
        self.step: str | None = None  # the last step that locked
        self.tables: set[str] = set()

    def take(self, changes: Iterable[list[Any]]) -> None:
        """The changes of one act."""
        for table, key, old, new in changes:
            self.tables.add(table)
            if table == "lock_step" and old is None and new.get("kind") == "locked":
                self.step, self.tables = key, set()


class Lock:
    """The way to the lock, held against itself. `tables`: rows of those in READ."""

    def __init__(self, findings: Findings, study: Study, tables: Tables) -> None:
        self._findings, self._study, self._tables = findings, study, tables
        self._steps = sorted(tables["lock_step"], key=lambda row: int(row["ordinal"]))
        self._acts = {row["id"]: (row["act"], row["account"]) for row in tables["signature"]}
        self.locked = {row["version"]: row for row in self._steps if row["kind"] == "locked"}
        self.requests = {row["id"]: row for row in tables["lock_request"]}

    def compare(self) -> None:
        """Every step, signature, request, record of a review and decision."""
        compare_numbers(self._findings, "lock_step", self._steps, (), "ordinal")
        state, version = self._compare_steps()
        for row in self._tables["study"]:
            if self._steps and row["state"] != state:
                self._findings.add("study", row["id"], f"state {shown(state)}, of the last step", shown(row["state"]))
            elif not self._steps and row["state"] not in ("setup", "open"):
                self._findings.add("study", row["id"], "state setup or open: no step was taken", shown(row["state"]))
        self._compare_signatures()
        self._compare_requests(version)
        self._compare_reviews()

    def _compare_steps(self) -> tuple[str, int]:
        """The state and the version that the steps lead to."""
        state, version = "open", 1
        for row in self._steps:
            possible, after = STEPS[row["kind"]]
            if state not in possible:
                self._findings.add("lock_step", row["id"], f"a step that is taken while {state}", shown(row["kind"]))
            if row["version"] != version:
                self._findings.add("lock_step", row["id"], f"version {version}", shown(row["version"]))
            if row["kind"] == "locked":
                self._compare_locked(row)
            if row["kind"] == "unlocked":
                self._compare_unlocked(row)
                version += 1
            state = after
        return state, version

    def _compare_locked(self, row: Row) -> None:
        digests = canonical(json.loads(row["digests"])).encode()
        if hashlib.sha256(digests).hexdigest() != row["data_sha256"]:
            self._findings.add("lock_step", row["id"], "data_sha256 over its digests", shown(row["data_sha256"]))
        told = self.missing("lock", str(row["version"]), row["data_sha256"], self._study.lock.signers)
        if told is not None:
            self._findings.add("lock_step", row["id"], "a signature of everybody over its data", told)

    def _compare_unlocked(self, row: Row) -> None:
        wanted = [one for one in self.requests.values() if (one["kind"], one["version"]) == ("unlock", row["version"])]
        agreed = [
            one for one in wanted
            if self.missing("unlock", one["id"], one["data_sha256"], self._study.lock.reopen_signers) is None
        ]  # fmt: skip
        if not agreed:
            self._findings.add("lock_step", row["id"], "a request that everybody signed", "none")

    def missing(self, step: str, subject: str, data_sha256: str, roles: Iterable[str]) -> str | None:
        """What is missing of the signatures of a step over its data, each by another person; None: nothing."""
        given = [row for row in self._of(step, subject) if row["data_sha256"] == data_sha256 and row["role"] in roles]
        if lacking := set(roles) - {row["role"] for row in given}:
            return f"none by {', '.join(sorted(lacking))}"
        return None if len({row["account"] for row in given}) == len(given) else "two by one person"

    def _of(self, step: str, subject: str) -> list[Row]:
        return [row for row in self._tables["lock_signature"] if (row["step"], row["subject"]) == (step, subject)]

    def signature_of(self, step: str, subject: str, role: str) -> Row | None:
        """The signature of a step in a role."""
        return next((row for row in self._of(step, subject) if row["role"] == role), None)

    def _compare_signatures(self) -> None:
        """Each is a signature of that person, under an act of its step, of what there is."""
        reviews = {row["id"] for row in self._tables["blind_review"]}
        for row in self._tables["lock_signature"]:
            act, account = self._acts.get(row["signature"], (None, None))
            if act not in SIGNED_BY[row["step"]]:
                self._findings.add("lock_signature", row["id"], f"a signature for {row['step']}", shown(act))
            elif account != row["account"]:
                self._findings.add("lock_signature", row["id"], "the account of its signature", shown(row["account"]))
            subject, request = row["subject"], self.requests.get(row["subject"])
            there = {
                "endorse": True, "review": subject in reviews, "lock": subject == str(row["version"]),
                "unlock": request is not None and request["kind"] == "unlock",
                "release": request is not None and request["kind"] == "release",
            }[row["step"]]  # fmt: skip
            if not there:
                self._findings.add("lock_signature", row["id"], f"what is signed for {row['step']}", shown(subject))

    def _compare_requests(self, version: int) -> None:
        for row in self.requests.values():
            if not 1 <= row["version"] <= version:
                self._findings.add("lock_request", row["id"], f"a version up to {version}", shown(row["version"]))
            if row["asked_by"] not in {one["account"] for one in self._of(row["kind"], row["id"])}:
                self._findings.add("lock_request", row["id"], "a signature of who asked", "none")
            locked = self.locked.get(row["version"])
            if row["kind"] != "release":
                continue
            if locked is None or locked["data_sha256"] != row["data_sha256"]:
                expected = f"data_sha256 {shown(locked and locked['data_sha256'])}, as locked"
                self._findings.add("lock_request", row["id"], expected, shown(row["data_sha256"]))

    def _compare_reviews(self) -> None:
        compare_numbers(self._findings, "blind_review", self._tables["blind_review"], (), "revision")
        decisions = self._tables["population_decision"]
        compare_numbers(self._findings, "population_decision", decisions, ("participant", "population"), "revision")
        for row in self._tables["blind_review"]:
            signed = {one["account"]: one["data_sha256"] for one in self._of("review", row["id"])}
            if signed.get(row["recorded_by"]) != row["populations_sha256"]:
                self._findings.add("blind_review", row["id"], "a signature of who recorded it, over its populations",
                                   "none")  # fmt: skip

    def compare_data(self, now: Mapping[str, str], touched: Touched) -> None:
        """What no act touched since the last lock is as it was locked. `now`: table → SHA-256."""
        row = next((one for one in self._steps if one["id"] == touched.step), None)
        if row is None:
            return
        kept = json.loads(row["digests"])
        for table in sorted({*kept, *now} - touched.tables):
            if kept.get(table) != now.get(table):
                expected = f"{table} as it is: nothing touched it since"
                self._findings.add("lock_step", row["id"], expected, f"another digest of {table}")
