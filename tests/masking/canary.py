"""The canary run on one database: a trial is lived under rare names, every route is asked, and every place searched."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from irt.assurance.masking import Hits, Source, search
from irt.assurance.verify import report, verify
from irt.db import Database
from irt.gate.rows import table_of
from irt.migrate import newest
from irt.vault import _rows
from irt.vault._seal import disclose
from irt.vault._tables import SealedKit, SealedSlot
from irt.web import create
from tests.masking import once, planting
from tests.masking.browser import Browser, served
from tests.masking.crawl import ANONYMOUS, CRAWLERS, Crawled, crawl, expected, objects_of
from tests.masking.once import Once
from tests.masking.outcome_ends import ask_about_a_form, hand_a_page_over, lose_a_box, rate_to_score
from tests.masking.places import postgresql_database, postgresql_dumps, sqlite_dump
from tests.masking.rare import Rare
from tests.masking.trial import (
    WITHHELD,
    Box,
    Trial,
    bring,
    bring_without_signature,
    kit_lists,
    live,
    mail_server,
    send,
    settings_for,
)
from tests.masking.watching import Watch, all_logs, looking_away, temporary_files
from tests.postgres import PostgresServer

PARTICIPANTS = 12
FOLDERS = ("secret", "database", "http", "logs", "dumps", "planted")


@dataclass
class Report:
    """What a canary run did, found and would have found."""

    dialect: str
    routes_unreached: set[str]
    crawled: Crawled
    watch: Watch
    acts: int
    messages: int
    lists: dict[str, int]
    verified: str
    names_sealed: set[str]
    withheld_seen: set[str]  # the roles whose answers held the withheld laboratory value
    once: Once  # the pages that were to show a treatment
    places: dict[str, Hits] = field(default_factory=dict)
    missed: dict[str, list[str]] = field(default_factory=dict)
    said_wrongly: list[str] = field(default_factory=list)  # in the pages that were to show a treatment
    passed_over: list[str] = field(default_factory=list)  # of these, what a search misses among another's answers
    seconds: float = 0

    @property
    def found(self) -> list[str]:
        """Every hit, with its place."""
        return [f"{name}: {hit}" for name, hits in self.places.items() for hit in hits.found]

    def __str__(self) -> str:
        crawled, hits = self.crawled, self.places.values()
        statuses = ", ".join(f"{status} × {number}" for status, number in sorted(crawled.statuses.items()))
        lines = [
            f"{self.dialect}: {len(crawled.routes)} routes × {len(CRAWLERS) - 1} roles and {ANONYMOUS}, "
            f"{crawled.requests} requests, {crawled.bytes} bytes of answers ({statuses})",
            f"  {self.acts} audit entries, {self.messages} messages, kit lists brought by browser: {len(self.lists)}; "
            f"temporary files: {len(self.watch.made)}, without a name {len(self.watch.nameless)}; "
            f"verify: {self.verified}",
            f"  treatments shown once: {', '.join(self.once.pages)}; {self.once.lines} lines of the book",
        ]
        lines += [f"  {name}: {found}" for name, found in self.places.items()]
        planted = ", ".join(f"{name} {planting.count_found(name, gone)}" for name, gone in self.missed.items())
        lines += [
            f"  planted strings found, by place: {planted}",
            f"  {len(self.found)} hits; {sum(one.bytes for one in hits)} bytes "
            f"in {sum(one.files for one in hits)} files, {sum(one.unpacked for one in hits)} bytes "
            f"out of {sum(one.containers for one in hits)} containers; "
            f"{self.seconds:.0f} s",
        ]
        return "\n".join(lines)


def run(folder: Path, server: PostgresServer | None) -> Report:
    """Live, crawl, search, plant and search again; on `server`, which is stopped, or without one on SQLite."""
    started = time.monotonic()
    for name in FOLDERS:
        (folder / name).mkdir()
    url, owner = postgresql_database(server) if server else (f"sqlite:///{folder}/database/irt.sqlite", None)
    rare = Rare.drawn()
    settings = settings_for(folder / "secret", rare, url, owner)
    with (
        all_logs(folder / "logs" / "all.log"),
        temporary_files(folder / "temporary", folder / "temporary removed") as watch,
        mail_server() as box,
    ):
        trial = live(settings, rare, PARTICIPANTS, box)
        _leave_forms(trial)
        report = _at_the_doors(trial, folder, watch, box, "PostgreSQL" if server else "SQLite")
    places: dict[str, list[Source]] = {
        "answers to requests": [folder / "http"],
        "halves of envelopes": [
            (one.number, half) for one in trial.sealed for half in (one.sealed, one.code.letters.encode())
        ],
        "logs": [folder / "logs"],
        "temporary files": [folder / "temporary", folder / "temporary removed"],
        "messages": [(f"message {number}", raw) for number, raw in enumerate(box.messages, 1)],
    }
    places |= _of_postgresql(server, folder) if server else _of_sqlite(folder)
    if server:
        _let_go(trial.service.database)
        server.stop()
    report.places = {name: search(sources, rare.needles) for name, sources in places.items()}
    report.missed = _planted(folder, server)
    report.said_wrongly = once.said_wrongly(report.once.pages, report.once.expected, rare)
    report.passed_over = once.passed_over(report.once, rare, folder / "http" / "monitor.http")
    _let_go(trial.service.database)
    report.seconds = time.monotonic() - started
    return report


def _leave_forms(trial: Trial) -> None:
    """At the crawlers' site a box is lost, values wait to be corrected and asked about, and a participant to answer."""
    desk, cast, site = trial.desk, trial.cast, trial.sites[0]
    participant = objects_of(trial)["participant"][0]  # whose pages the crawl asks for
    lose_a_box(desk, cast, site)
    hand_a_page_over(desk, cast, site, participant)
    rate_to_score(desk, cast, site, participant)
    ask_about_a_form(desk, cast, participant)


def _at_the_doors(trial: Trial, folder: Path, watch: Watch, box: Box, dialect: str) -> Report:
    service = trial.service
    app = create(service)
    with looking_away():
        lists = kit_lists(trial)
    with served(app) as port:
        # What the supply manager is answered may name a type: it is written beside the study file.
        answers = bring(Browser(port, folder / "secret" / "supply_manager.http"), lists)
        bring_without_signature(trial)
        shown = once.show(trial, port, folder / "http")
        crawled = crawl(trial, app, port, folder / "http")
    send(service, box)
    findings = verify(service.database, service.keys, service.vault, service.study, revision=newest())
    (folder / "http" / "irt verify").write_text(report(findings))
    with service.database.read.connect() as connection:
        acts = connection.exec_driver_sql("select count(*) from audit").scalar_one()
        slots, kits = (list(connection.execute(select(table_of(one)))) for one in (SealedSlot, SealedKit))
    names = {disclose(_rows.arm_of(service.vault, row)) for row in slots}
    names |= {disclose(_rows.type_of(service.vault, row)) for row in kits}
    statuses = {what: answer.status for what, answer in answers.items()}
    unreached = expected(app) - crawled.reached
    verified = "ok" if not findings else report(findings)
    assert names == {*trial.rare.arms, *trial.rare.kit_types}, "the vault holds other names than those searched for"
    seen = {path.stem for path in (folder / "http").glob("*.http") if WITHHELD in path.read_text(errors="replace")}
    return Report(dialect, unreached, crawled, watch, acts, len(box.messages), statuses, verified, names, seen, shown)


def _of_sqlite(folder: Path) -> dict[str, list[Source]]:
    database = folder / "database"
    assert (database / "irt.sqlite-wal").stat().st_size, "the WAL is empty: nothing to search"
    return {
        "SQLite file, WAL and lock": [database],
        "dump of every row": [("dump", sqlite_dump(database / "irt.sqlite"))],
    }


def _of_postgresql(server: PostgresServer, folder: Path) -> dict[str, list[Source]]:
    return {
        "pg_dump": list(postgresql_dumps(server, "trial", folder / "dumps")),
        "stopped cluster": [server.data],
        "server's log": [server.log],
    }


def _planted(folder: Path, server: PostgresServer | None) -> dict[str, list[str]]:
    """By place, the encodings in which a planted string was not found."""
    to = folder / "planted"
    an_answer = next(path for path in sorted((folder / "http").iterdir()) if path.suffix == ".http")
    missed = {
        "answer": planting.in_file(an_answer, to, 1),
        "log line": planting.in_log(to, 2),
        "temporary file": planting.in_file(folder / "secret" / "study.toml", to, 3),
        "message": planting.in_message(to, 4),
    }
    if server is None:
        return missed | planting.in_sqlite(folder / "database" / "irt.sqlite", to, 5)
    server.start()
    return missed | planting.in_postgresql(server, to / "dumps", 6)


def _let_go(database: Database) -> None:
    database.write.dispose()
    database.read.dispose()
