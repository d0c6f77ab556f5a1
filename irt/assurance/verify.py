"""`irt verify`: everything that is stored is recomputed from the audit trail, and whatever differs is named.

Every table kept by acts is rebuilt from the entries alone and compared both ways; the chain, requests, signatures,
housekeeping digests, guards and revision are recomputed; ledger, counts, diary, disposals, counters, draws, lock and
releases are held against one another; everything sealed is opened in its place by the vault, which answers without
telling. Out of reach of a check from inside: a deleted housekeeping row, and an end of the trail cut off in step with
everything it did; the receipts that people hold (number and hash) find the latter.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, exc, inspect

import irt.tables
from irt.assurance.accountability import Accounts
from irt.assurance.allocation import compare_draws, compare_randomizations
from irt.assurance.chain import Chain
from irt.assurance.disposals import compare_disposals
from irt.assurance.doses import Doses, compare_courses, courses, first_gaps
from irt.assurance.envelopes import compare_envelopes
from irt.assurance.events import Events
from irt.assurance.findings import Finding, Findings, report, shown
from irt.assurance.guarding import compare_guards, compare_revision
from irt.assurance.jobs import JobRuns
from irt.assurance.ledger import Ledger
from irt.assurance.lock import READ, Lock, Touched
from irt.assurance.openings import ENTRIES, compare_openings
from irt.assurance.outcomes import REVISED, compare_enzymes, compare_forms, compare_revisions
from irt.assurance.quality import Quality
from irt.assurance.queries import compare_queries
from irt.assurance.records import Records, compare_housekeeping
from irt.assurance.releases import RELEASED, compare_releases
from irt.assurance.replay import Replay
from irt.assurance.return_days import compare_return_days
from irt.assurance.stored import rows, snapshot, table_named
from irt.db import Database
from irt.gate.keys import Keys
from irt.lock.frozen import digest_of
from irt.lock.handing_over import kept_wrongly
from irt.study import Study
from irt.vault.check import faults, kits_mismatched, open_text

__all__ = ["Finding", "report", "verify"]

Progress = Callable[[int, int], None]  # entries replayed, entries in all


def verify(
    database: Database,
    keys: Keys,
    vault: Any,
    study: Study,
    progress: Progress | None = None,
    *,
    revision: str,
    receipts: Mapping[int, str] | None = None,
) -> list[Finding]:
    """What is not as the acts left it, in the order of the checks; [] when all is well.

    `vault` is the one that the wiring made; `revision` is the schema that the code asks for; `receipts` are numbers of
    entries with their hash, or its beginning, as once handed out. Reads one snapshot and writes nothing.
    """
    findings = Findings()
    with snapshot(database) as connection:
        missing = sorted(set(irt.tables.ALL) - set(inspect(connection).get_table_names()))
        for table in missing:
            findings.add(table, "-", "the table", "none")
        if not missing:
            _Run(connection, keys, vault, study, findings).whole(progress, receipts or {}, revision)
    return findings.all


class _Run:
    """One verification under way."""

    def __init__(self, connection: Connection, keys: Keys, vault: Any, study: Study, findings: Findings) -> None:
        self._connection, self._keys, self._vault, self._study = connection, keys, vault, study
        self._findings = findings
        self._replay = Replay(findings, keys, lambda sealed, place: open_text(vault, sealed, place))
        self._records = Records(findings, keys)
        self._job_runs = JobRuns(findings)
        self._touched = Touched()

    def whole(self, progress: Progress | None, receipts: Mapping[int, str], revision: str) -> None:
        """Every check; what names a row most exactly comes first."""
        self._trail(progress or (lambda _done, _all: None), receipts)
        with self._survives("request"):
            self._records.compare_requests(self._rows("request"))
        with self._survives("signature"):
            self._records.compare_signatures(self._rows("signature"))
        with self._survives("job_run"):
            self._job_runs.compare(self._rows("job_run"))
        self._tables()
        with self._survives("movement"):
            self._ledger()
        with self._survives("lot"):
            self._quality()
        with self._survives("kit_return"):
            self._accounts()
        with self._survives("event_version"):
            self._events()
        with self._survives("outcome_form"):
            self._outcomes()
        with self._survives("query"):
            compare_queries(self._findings, self._rows("query"), self._rows("query_message"))
        with self._survives("draw"):
            self._allocation()
        with self._survives("opening"):
            self._openings()
        with self._survives("envelope"):
            self._envelopes()
        with self._survives("lock_step"):
            self._lock()
        with self._survives("handover"):
            self._handed_over()
        self._replay.bulks.close()  # before the vault: one slot misplaced puts all after it in the wrong place
        with self._survives("sealed_list"):
            self._sealed()
        with self._survives("published_list"):
            self._opened_with()
        compare_guards(self._connection, self._findings)
        compare_revision(self._connection, self._findings, revision)

    def _trail(self, progress: Progress, receipts: Mapping[int, str]) -> None:
        chain = Chain(self._findings, receipts)
        heads = list(self._rows("audit_head"))
        total = next((head["seq"] for head in heads if isinstance(head["seq"], int)), 0)
        for done, entry in enumerate(self._rows("audit"), 1):
            chain.take(entry)
            try:
                body = json.loads(entry["body"])
                self._records.take(entry, body)
                self._job_runs.take(entry, body)
                if entry["kind"] == "act":
                    self._replay.take(entry["seq"], body["changes"])
                    self._touched.take(body["changes"])
            except exc.DBAPIError:
                raise
            except Exception as fault:  # whatever the body is: an entry that cannot be replayed is a finding
                self._findings.add("audit", entry["seq"], "a body that can be replayed", type(fault).__name__)
            progress(done, max(done, total))
        chain.close(heads)

    def _tables(self) -> None:
        for name in irt.tables.ALL:
            table = table_named(name)
            with self._survives(name):
                if table.info["kept_by"] == "act":
                    self._replay.compare(table, self._rows(name))
                elif table.info["kept_by"] == "housekeeping":
                    compare_housekeeping(self._findings, self._keys, name, self._rows(name))

    def _ledger(self) -> None:
        ledger = Ledger(self._findings, self._rows("movement"))
        ledger.compare_kits(self._rows("kit"), self._rows("sealed_kit"))
        ledger.compare_assignments(self._rows("assignment"))
        ledger.compare_waiting(
            self._rows("kit"), self._rows("assignment"), self._rows("participant"), self._rows("mishap")
        )
        ledger.compare_allowances(self._rows("assignment"), self._rows("express"), self._rows("kit_allowance"))

    def _quality(self) -> None:
        quality = Quality(
            self._findings, self._study, self._rows("kit"), self._rows("movement"), self._rows("lot"),
            self._rows("lot_decision"), self._replay.place_of,
        )  # fmt: skip
        quality.compare_lots()
        quality.compare_held(self._rows("quarantine"), self._rows("quarantined_kit"))
        quality.compare_exposed(self._rows("quarantine"), self._rows("exposed_kit"))
        quality.compare_given(self._rows("quarantine"), self._rows("quarantined_kit"), self._rows("assignment"))

    def _accounts(self) -> None:
        discrepancies = list(self._rows("discrepancy"))
        accounts = Accounts(
            self._findings, self._rows("kit"), self._rows("movement"), self._rows("kit_return"), discrepancies
        )
        accounts.compare()
        compare_return_days(
            self._findings, self._study, accounts.lines, self._rows("kit_return"), self._rows("assignment")
        )
        compare_disposals(self._findings, self._rows("disposal"), accounts.kits, accounts.lines, discrepancies,
                          self._rows("destruction"), self._rows("site"))  # fmt: skip
        diaries = Doses(self._findings, self._rows("dose"))
        diaries.compare(accounts.kits, accounts.holders)
        found = courses(
            self._study, self._rows("participant"), self._rows("randomization"), diaries, self._rows("hold"),
            self._rows("treatment_stop"),
        )  # fmt: skip
        compare_courses(self._findings, found, diaries)
        accounts.compare_used(diaries.from_kit, first_gaps(found, diaries))

    def _events(self) -> None:
        events = Events(self._findings, self._study, self._rows("adverse_event"), self._rows("event_version"))
        events.compare_versions()
        events.compare_told(self._rows("event_told"))
        events.compare_doses(self._rows("dose"))
        found, told = list(self._rows("susar_candidate")), self._rows("event_told")
        opinions = list(self._rows("event_opinion"))
        events.compare_candidates(opinions, found)
        events.compare_reminders(self._rows("clock_reminder"), told, opinions, found)

    def _outcomes(self) -> None:
        forms = list(self._rows("outcome_form"))
        compare_revisions(self._findings, {table: self._rows(table) for table in REVISED})
        compare_forms(self._findings, forms, self._rows("kiosk_code"))
        compare_enzymes(self._findings, self._study, forms, self._rows("enzyme_choice"))

    def _allocation(self) -> None:
        draws = list(self._rows("draw"))
        compare_draws(self._findings, draws, self._rows("stratum_counter"), self._rows("sealed_slot"))
        compare_randomizations(
            self._findings, self._rows("randomization"), draws, self._rows("participant"), self._rows("enrolment")
        )

    def _openings(self) -> None:
        entries = {table: self._rows(table) for table, *_ in ENTRIES.values()}
        compare_openings(self._findings, self._rows("opening"), entries, self._rows("shown"), self._rows("signature"))

    def _envelopes(self) -> None:
        compare_envelopes(
            self._findings, self._study, self._rows("opening"), self._rows("envelope"), self._rows("envelope_fate"),
            self._rows("randomization"),
        )  # fmt: skip

    def _lock(self) -> None:
        tables = {name: list(self._rows(name)) for name in {*READ, *RELEASED}}
        lock = Lock(self._findings, self._study, tables)
        lock.compare()
        compare_releases(self._findings, self._study, lock, tables)
        if self._touched.step is not None:
            lock.compare_data(digest_of(self._connection).document(), self._touched)

    def _handed_over(self) -> None:
        for handover, expected in kept_wrongly(self._connection, self._vault):
            self._findings.add("handover", handover, expected, "<sealed>")

    def _sealed(self) -> None:
        published = next(self._rows("published_list"), {"merkle_root": None, "seed_sha256": None})
        root, seed = published["merkle_root"], published["seed_sha256"]
        found = list(faults(self._connection, self._vault, self._study, root, seed))
        for fault in found:
            self._findings.add(fault.table, fault.row, fault.expected, fault.found)
        if found:
            return  # what does not open cannot be held against anything
        given = [(row["participant"], row["kit"]) for row in self._rows("assignment")]
        if wrong := kits_mismatched(self._connection, self._vault, self._study, given):
            self._findings.add("assignment", "-", "every kit of the participant's own arm", f"{wrong} of another")

    def _opened_with(self) -> None:
        """The study runs under the study file that is loaded now."""
        for row in self._rows("study"):
            if row["file_sha256"] not in (None, self._study.sha256):
                expected = f"file_sha256 {self._study.sha256}, of the study file in use"
                self._findings.add("study", row["id"], expected, shown(row["file_sha256"]))

    def _rows(self, table: str) -> Iterator[dict[str, Any]]:
        return rows(self._connection, table)

    @contextmanager
    def _survives(self, table: str) -> Iterator[None]:
        """A row so strange that a check stumbles is a finding; the message of the fault is left out: it could tell."""
        try:
            yield
        except exc.DBAPIError:
            raise
        except Exception as fault:
            self._findings.add(table, "-", "rows that can be checked", type(fault).__name__)
