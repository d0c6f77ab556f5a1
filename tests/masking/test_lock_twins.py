"""Two worlds in which the arms have changed names, from the review to the day after the release, one on each database:
whoever is masked sees the same in both, to the byte; and what was released is nowhere but where it was handed over.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from irt.actor import Role
from irt.app import build, lay_out
from irt.assurance.masking import Source, search
from irt.assurance.verify import report, verify
from irt.clock import SimulatedClock
from irt.entropy import SeededEntropy
from irt.gate.tables import AuditEntry
from irt.lock.frozen import digest_of
from irt.lock.tables import Handover
from irt.lock.unlocking import AskUnlock, ask_unlock
from irt.migrate import newest
from irt.simulation.cast import login_of
from irt.simulation.handing_over import allow, make_ready, sign
from irt.simulation.run import FIRST_DAY, Plan, entropy_of, simulate
from irt.web import create
from irt.web.pages import ROUTES
from tests.cast import prove_once
from tests.masking.browser import Browser, served
from tests.masking.crawl import CRAWLERS, crawl
from tests.masking.places import postgresql_database, postgresql_dumps, sqlite_dump
from tests.masking.rare import Rare
from tests.masking.test_twin_worlds import differing
from tests.masking.trial import PASSWORD, Trial, leave_accounts, mail_server, send, settings_for
from tests.masking.watching import all_logs, temporary_files
from tests.postgres import PostgresServer

PARTICIPANTS = 8
STATISTICIAN = Role.UNBLINDED_STATISTICIAN
NEW_PAGES = frozenset({"lock", "review", "release", "rehearsal", "audit", "home", "notices", "study", "jobs"})
# tests/lock/test_exits.py asks for all pages of a locked database; here are those that tell of its data
LOCKED_PAGES = NEW_PAGES | {"participants", "progress", "board", "deviations", "code_breaks", "unblindings"}
PATIENCE = 300  # seconds for a package, or for an analysis


@dataclass
class World:
    """What one of the two worlds came to."""

    answers: dict[str, bytes]  # by stage and role, and the messages
    reached: dict[str, set[str]]
    failed: list[str]
    handed: dict[str, bytes]  # what the unblinded statistician fetched
    rows: dict[str, list[str]] = field(default_factory=dict)


def lived(rare: Rare, folder: Path, url: str, owner: str | None) -> World:
    """A whole trial is lived, reviewed, locked, released and handed over; at three stages everybody looks."""
    for name in ("secret", "database", "http", "logs"):
        (folder / name).mkdir(parents=True)
    settings = settings_for(folder / "secret", rare, url or f"sqlite:///{folder}/database/irt.sqlite", owner)
    with ExitStack() as stack:
        stack.enter_context(all_logs(folder / "logs" / "all.log"))
        stack.enter_context(temporary_files(folder / "temporary", folder / "temporary removed"))
        box = stack.enter_context(mail_server())
        trial = _trial(settings, rare)
        app = create(trial.service)
        port = stack.enter_context(served(app))
        found = World({}, {}, [], {})

        def look(stage: str, only: frozenset[str]) -> None:
            (folder / "http" / stage).mkdir()
            seen = crawl(trial, app, port, folder / "http" / stage, posts=False, every_entry=False, only=only)
            found.reached[stage] = seen.reached
            found.failed += seen.failed
            for role in CRAWLERS:
                found.answers[f"{stage} {role}"] = (folder / "http" / stage / f"{role}.http").read_bytes()

        make_ready(trial.life)
        look("reviewed", NEW_PAGES)
        sign(trial.life)
        request = allow(trial.life)
        _ask_to_unlock(trial)
        look("locked", LOCKED_PAGES)
        found.handed = _handed_over(request, port, folder)
        look("released", NEW_PAGES)
        send(trial.service, box)
        found.answers["messages"] = b"\n".join(box.messages)
    (folder / "messages").write_bytes(found.answers["messages"])
    service = trial.service
    told = report(verify(service.database, service.keys, service.vault, service.study, revision=newest()))
    assert told == "ok"
    with service.database.read.connect() as connection:
        for model in (Handover, AuditEntry):
            count = connection.exec_driver_sql(f"select count(*) from {model.__tablename__}").scalar_one()
            found.rows[model.__tablename__] = [str(count)]
    service.database.write.dispose()
    service.database.read.dispose()
    return found


def _trial(settings: object, rare: Rare) -> Trial:
    lay_out(settings, SeededEntropy(bytes(range(32))))  # type: ignore[arg-type]
    clock = SimulatedClock(FIRST_DAY)
    service = build(settings, clock=clock, entropy=entropy_of(5))  # type: ignore[arg-type]
    prove_once(service.credentials, set())
    last = service.study.visits[-1].id
    plan = Plan(PARTICIPANTS, 5, password=PASSWORD, through=last, incidents=False)
    life = simulate(service, clock, plan, lambda _done, _of: None)
    trial = Trial(service, clock, rare, life.desk, life.cast, life)
    leave_accounts(trial)
    return trial


def _ask_to_unlock(trial: Trial) -> None:
    """It is asked for, and nobody else agrees: the release goes on."""
    with trial.service.database.read.connect() as connection:
        shown = digest_of(connection).sha256
    order = AskUnlock(reason="a form was misread", records="one form", data_sha256=shown)
    trial.desk.do(trial.cast.one(Role.DATA_MANAGER), ask_unlock, order)


def _handed_over(request: str, port: int, folder: Path) -> dict[str, bytes]:
    """The unblinded statistician carries the release out by the pages, and fetches what comes of it."""
    browser = Browser(port, folder / "secret" / "statistician.http")  # beside the study file: it may say all
    browser.sign_in(login_of(STATISTICIAN, None), PASSWORD)
    here = f"/release/{request}"
    form = browser.ask("GET", f"{here}/carry-out").form.empty() | {"password": PASSWORD}
    assert browser.ask("POST", f"{here}/carry-out", form).status == 303
    _wait(browser, here, "package")
    token = browser.ask("GET", "/release/").form.empty()
    package = browser.ask("POST", f"{here}/package", {"csrf_token": token["csrf_token"], "recipient": ""})
    assert browser.ask("POST", f"{here}/analyse", {"csrf_token": token["csrf_token"]}).status == 303
    _wait(browser, here, "analysis")
    shown = browser.ask("GET", f"{here}/report/report_en.html")
    assert (package.status, shown.status) == (200, 200)
    return {"package": package.body, "report": shown.body, "analysis": browser.ask("GET", f"{here}/analysis").body}


def _wait(browser: Browser, here: str, kind: str) -> None:
    """Until it is made: the page asks as a browser would."""
    for _ in range(PATIENCE * 2):
        body = browser.ask("GET", f"{here}/progress").body
        if f'"{kind}"'.encode() in body and b'"running"' not in body:
            assert b'"failed"' not in body, body
            return
        time.sleep(0.5)
    raise AssertionError(f"{kind}: not made in {PATIENCE} seconds")


@dataclass
class Both:
    """Both worlds, their names, and where everything lies."""

    one: World
    other: World
    rare: Rare
    folder: Path
    server: PostgresServer


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder, rare, server = tmp_path_factory.mktemp("lock"), Rare.drawn(1), PostgresServer(durable=False)
    try:
        one = lived(rare, folder / "one", "", None)
        other = lived(rare.swapped(), folder / "other", *postgresql_database(server, "other"))
        yield Both(one, other, rare, folder, server)
    finally:
        server.remove()


@pytest.mark.long(300)
def test_from_review_to_release_whoever_is_masked_sees_the_same(both: Both) -> None:
    one, other = both.one, both.other
    print(f"lock twins: {len(one.answers)} transcripts, {sum(map(len, one.answers.values()))} bytes each")
    assert one.failed == other.failed == []
    found = {who: lines[:3] for who in one.answers if (lines := differing(one.answers[who], other.answers[who]))}
    assert found == {}
    assert sum(map(len, one.answers.values())) > 2_000_000
    assert one.rows["handover"] == ["2"]


def test_every_page_of_lock_review_and_release_was_looked_at(both: Both) -> None:
    reached = set().union(*both.one.reached.values())
    rules = {endpoint: route for endpoint, route in ROUTES.items() if endpoint.partition(".")[0] in (
        "lock", "review", "release")}  # fmt: skip
    told = {endpoint for endpoint, route in rules.items() if route.roles != {STATISTICIAN} and "GET" in route.methods}
    prefix = {"lock": "/lock", "review": "/review", "release": "/release"}
    seen = {endpoint for endpoint in told if prefix[endpoint.partition(".")[0]] + rules[endpoint].rule in reached}
    # thawing, unlocking, deciding … are refused by the act, not by the page: their forms were seen
    assert told - seen == set()
    assert len(told) >= 13


def test_what_was_released_is_nowhere_but_where_it_was_handed_over(both: Both) -> None:
    """After the release: pages, trail, mail, logs, temporary files, database, dumps; and it is there to be found."""
    said = {"package": both.rare.arms, "analysis": both.rare.arms, "report": both.rare.labels}
    for world in (both.one, both.other):
        for what, content in world.handed.items():
            told = {hit.needle for hit in search([(what, content)], both.rare.needles).found}
            assert told >= set(said[what]), what
    for folder, dumps in (
        (both.folder / "one", [("dump", sqlite_dump(both.folder / "one" / "database" / "irt.sqlite"))]),
        (both.folder / "other", postgresql_dumps(both.server, "other", both.folder)),
    ):
        places: list[Source] = [
            folder / name for name in ("http", "logs", "database", "messages", "temporary", "temporary removed")
        ]
        hits = search([*places, *dumps], both.rare.needles)
        assert [str(hit) for hit in hits.found] == []
        assert hits.bytes > 5_000_000


def test_the_pages_of_what_was_handed_over_are_shut_to_everybody_else(both: Both) -> None:
    shut = {"release.progress", "release.carried_out", "release.opened_again", "release.analysed", "release.package",
            "release.analysis", "release.report"}  # fmt: skip
    assert all(ROUTES[endpoint].roles == {STATISTICIAN} for endpoint in shut)
    assert {endpoint for endpoint, route in ROUTES.items() if route.roles == {STATISTICIAN}} >= shut
    for stage in ("locked", "released"):
        for rule in ("package", "analysis", "report/<name>", "progress"):
            assert f"/release/<asked>/{rule}" not in both.one.reached[stage]
