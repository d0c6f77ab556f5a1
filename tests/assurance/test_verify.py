"""`irt verify` is silent about a lived trial, and names the table and row of every tampering with it."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select

import irt.tables
from irt.assurance.findings import Finding, report
from irt.db import Base
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry
from tests.assurance.lived import Trial, closing, live, secrets
from tests.assurance.tampering import missed
from tests.databases import Database

ROWS_MAY_GO = {
    "delivery", "job_run", "making", "rehearsal", "release_shown", "shown", "sign_in_attempt", "sign_in_session",
}  # fmt: skip


@pytest.fixture
def trial(database: Database) -> Iterator[Trial]:
    lived = live(database.url)
    yield lived
    closing(lived)


def test_a_lived_trial_is_ok_and_has_rows_in_every_table(trial: Trial) -> None:
    seen: list[tuple[int, int]] = []
    assert report(trial.verify(progress=lambda done, of: seen.append((done, of)))) == "ok"
    assert seen[-1][0] == seen[-1][1] == len(seen) > 20
    with trial.database.read.connect() as connection:
        for name in irt.tables.ALL:
            assert connection.execute(select(Base.metadata.tables[name])).first(), name


@pytest.mark.long(120)
def test_every_tampering_is_named_and_no_finding_tells_what_was_sealed(trial: Trial, database: Database) -> None:
    told: list[Finding] = []

    def verified() -> list[Finding]:
        found = trial.verify()
        told.extend(found)
        return found

    tried, unseen = missed(database.owner_url, verified, every_column=True)
    assert unseen == []
    tables = len(irt.tables.ALL)
    assert tried["cell changed"] == sum(len(Base.metadata.tables[name].columns) for name in irt.tables.ALL) + 1
    assert tried["row inserted"] == tables
    kept = {name for name in irt.tables.ALL if Base.metadata.tables[name].info["kept_by"] == "housekeeping"}
    assert kept == ROWS_MAY_GO
    assert tried["row deleted"] == tables - len(ROWS_MAY_GO)
    assert (tried["slots exchanged"], tried["last audit row deleted"]) == (4, 2)
    text = report(told) + repr(told)
    assert len(told) > tables
    assert not [secret for secret in secrets() if secret in text or secret.encode().hex() in text]


def test_a_receipt_finds_an_end_that_was_cut_off(trial: Trial) -> None:
    with trial.database.read.connect() as connection:
        entry = connection.execute(select(table_of(AuditEntry)).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None
    assert trial.verify(receipts={entry.seq: entry.hash[:16]}) == []
    lost = trial.verify(receipts={entry.seq + 1: "0123456789abcdef"})
    assert [(one.table, one.row) for one in lost] == [("audit", str(entry.seq + 1))]
    wrong = trial.verify(receipts={entry.seq: "0123456789abcdef"})
    assert [(one.table, one.row) for one in wrong] == [("audit", str(entry.seq))]


def test_what_the_trail_holds_of_a_draw_is_sealed(trial: Trial) -> None:
    """The replay compares what it must not print: draws are there to be compared at all."""
    with trial.database.read.connect() as connection:
        bodies = [json.loads(entry.body) for entry in connection.execute(select(table_of(AuditEntry)))]
    draws = [change for body in bodies for change in body.get("changes", []) if change[0] == "draw"]
    assert len(draws) == 6
    assert all(set(change[3]["position"]) == {"sealed"} for change in draws)


def test_another_study_file_is_named(trial: Trial) -> None:
    trial.study.sha256 = "6" * 64
    assert [(one.table, one.row) for one in trial.verify()] == [("study", "1")]


def test_the_report_names_the_first_thing_of_each_table() -> None:
    found = [Finding("kit", "K1", "a", "b"), Finding("kit", "K2", "a", "b"), Finding("draw", "p1", "c", "d")]
    assert report(found).splitlines() == [
        "kit, row K1: expected a; found b (and 1 more)",
        "draw, row p1: expected c; found d",
    ]
    assert report([]) == "ok"
