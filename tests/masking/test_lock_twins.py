"""Two worlds in which the arms have changed names, from the review to the day after the release, one on each database:
whoever is masked sees the same in both, to the byte; a rehearsal is the same; and what was released is nowhere but
where it was handed over.
"""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from irt import __version__
from irt.actor import Role
from irt.analysis import handing_over
from irt.app import build, lay_out
from irt.assurance.masking import Source, search
from irt.assurance.stored import snapshot
from irt.assurance.verify import report, verify
from irt.clock import SimulatedClock
from irt.dispensing.tables import Mishap
from irt.dispensing.wrong_kit import WrongKit, wrong_kit
from irt.entropy import SeededEntropy
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry
from irt.jobs.rehearsing import rehearse
from irt.lock.contents import Tables
from irt.lock.extract import Trial as LockTrial
from irt.lock.frozen import BINDS_THE_ARMS, digest_of, site_sha256
from irt.lock.making import invented_from
from irt.lock.package.archive import unpacked
from irt.lock.package.reading import read_package
from irt.lock.populations import digest
from irt.lock.rehearsal import files_of, newest_rehearsals
from irt.lock.review import populations_now
from irt.lock.tables import Handover, Rehearsal
from irt.lock.unlocking import AskUnlock, ask_unlock
from irt.migrate import newest
from irt.outcomes.tables import LaboratoryResult
from irt.safety.emergency_tables import CodeBreak, DeskClosing, DeskOpening
from irt.safety.laboratory_tables import WithheldValue
from irt.safety.tables import SusarCandidate
from irt.simulation.cast import login_of
from irt.simulation.handing_over import allow, make_ready, sign
from irt.simulation.run import FIRST_DAY, Plan, entropy_of, simulate
from irt.study import load_study
from irt.supply.tables import Kit
from irt.vault._tables import Opening
from irt.web import create
from irt.web.pages import ROUTES
from tests.cast import prove_once
from tests.masking.browser import Browser, served
from tests.masking.crawl import CRAWLERS, crawl
from tests.masking.outcome_ends import lose_a_box
from tests.masking.places import postgresql_database, postgresql_dumps, sqlite_dump
from tests.masking.rare import Rare
from tests.masking.test_twin_worlds import differing
from tests.masking.trial import PASSWORD, Trial, leave_accounts, mail_server, send, settings_for
from tests.masking.watching import all_logs, temporary_files
from tests.postgres import PostgresServer

PARTICIPANTS = 8
STATISTICIAN, FETCHES = Role.UNBLINDED_STATISTICIAN, Role.TRIAL_STATISTICIAN
ONLY_THEIRS = frozenset({STATISTICIAN})
HASHES_NAMES = ("study_sha256", "merkle_root", "analysis_seed")
REPORT = "report/report_en.html"
# What is done otherwise, or at another time, for who is on the one arm or the other
TELLING = (SusarCandidate, DeskOpening, DeskClosing, CodeBreak, Opening, WithheldValue, LaboratoryResult, Mishap)
NEW_PAGES = frozenset({"lock", "review", "release", "rehearsal", "audit", "home", "notices", "study", "jobs"})
# tests/lock/test_exits.py asks for all pages of a locked database; here are those that tell of its data
LOCKED_PAGES = NEW_PAGES | {"participants", "progress", "board", "deviations", "mishaps", "code_breaks", "unblindings"}
PATIENCE = 300  # seconds for a package, or for an analysis


@dataclass
class Rehearsed:
    """What a rehearsal came to."""

    package: bytes
    report: bytes
    as_first: bytes  # the package of the same data and the study file of the first world


@dataclass
class World:
    """What one of the two worlds came to."""

    answers: dict[str, bytes]  # by stage and role, and the messages
    reached: dict[str, set[str]]
    failed: list[str]
    rehearsed: Rehearsed
    handed: dict[str, bytes]  # what the unblinded statistician fetched
    data: dict[str, dict[str, str]]  # by stage, digests of what is the same for other arms
    published: str  # the digest of what was published of the list
    counts: dict[str, int]


def lived(rare: Rare, first: Rare, folder: Path, url: str, owner: str | None) -> World:
    """A whole trial is lived, reviewed, rehearsed, locked, released and handed over; at three stages everybody looks.

    `first`: the names of the first world, under which the release is rehearsed as well.
    """
    for name in ("secret", "secret/first", "database", "http", "files", "logs"):
        (folder / name).mkdir(parents=True)
    settings = settings_for(folder / "secret", rare, url or f"sqlite:///{folder}/database/irt.sqlite", owner)
    with ExitStack() as stack:
        stack.enter_context(all_logs(folder / "logs" / "all.log"))
        stack.enter_context(temporary_files(folder / "temporary", folder / "temporary removed"))
        box = stack.enter_context(mail_server())
        trial = _trial(settings, rare)
        app = create(trial.service)
        port = stack.enter_context(served(app))
        answers: dict[str, bytes] = {}
        reached: dict[str, set[str]] = {}
        failed: list[str] = []
        data: dict[str, dict[str, str]] = {}

        def look(stage: str, only: frozenset[str]) -> None:
            to, apart = folder / "http" / stage, folder / "files" / stage
            to.mkdir()
            apart.mkdir()
            seen = crawl(trial, app, port, to, posts=False, every_entry=False, only=only, apart=apart)
            reached[stage], data[stage] = seen.reached, _data(trial)
            failed.extend(seen.failed)
            for role in CRAWLERS:
                answers[f"{stage} {role}"] = (to / f"{role}.http").read_bytes()
                if role != FETCHES:
                    answers[f"{stage} {role}, files"] = (apart / f"{role}.http").read_bytes()

        make_ready(trial.life)
        rehearsed = _rehearsed(trial, first.study_file(folder / "secret" / "first"), port, folder)
        look("reviewed", NEW_PAGES)
        sign(trial.life)
        request = allow(trial.life)
        _ask_to_unlock(trial)
        look("locked", LOCKED_PAGES)
        handed = _handed_over(request, port, folder)
        look("released", NEW_PAGES)
        send(trial.service, box)
        answers["messages"] = b"\n".join(box.messages)
    (folder / "messages").write_bytes(answers["messages"])
    service = trial.service
    told = report(verify(service.database, service.keys, service.vault, service.study, revision=newest()))
    assert told == "ok"
    with service.database.read.connect() as connection:
        published = digest_of(connection).tables["published_list"].sha256
        counts = {
            model.__tablename__: int(connection.execute(select(func.count()).select_from(table_of(model))).scalar_one())
            for model in (Handover, Rehearsal, AuditEntry, *TELLING)
        }
    service.database.write.dispose()
    service.database.read.dispose()
    return World(answers, reached, failed, rehearsed, handed, data, published, counts)


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
    lose_a_box(trial.desk, trial.cast)
    _mix_up(trial)
    return trial


def _mix_up(trial: Trial) -> None:
    """Somebody was given the box beside theirs, which is looked at in the review whatever it held."""
    site = trial.sites[0]
    pharmacist, today = trial.cast.at(site, "pharmacist"), trial.clock.now().date()
    one = next(one for one in trial.life.participants if one.site == site and one.randomized_on)
    with trial.service.database.reading(pharmacist) as session:
        beside = select(Kit.number).where(Kit.site == site, Kit.state == "available").order_by(Kit.number)
        kit = session.scalars(beside.limit(1)).one()
    order = WrongKit(
        participant=one.id, visit=trial.service.study.dispensing_visits[-1].id, kit=kit, happened_on=today,
        box="recovered", right_box="with_participant", replace="no", told="two boxes stood side by side",
    )  # fmt: skip
    trial.desk.do(pharmacist, wrong_kit, order)


def _data(trial: Trial) -> dict[str, str]:
    """The digests of everything that the arms do not change: by table, by site, and of the populations."""
    service = trial.service
    with service.database.read.connect() as connection:
        found = digest_of(connection).besides(BINDS_THE_ARMS).document()
        found |= {f"site {one.code}": site_sha256(connection, one.code) for one in service.study.sites}
        now = LockTrial(connection, service.study, service.clock.now())
        return found | {"populations": digest(populations_now(now)[1])}


def _rehearsed(trial: Trial, first: Path, port: int, folder: Path) -> Rehearsed:
    """The release is rehearsed, and the trial statistician fetches what it came to; and once more the package is made
    of the same database, by the study file of the first world."""
    service, by = trial.service, trial.cast.one(FETCHES).account
    outcome, facts = rehearse(service, lambda *_: None, by=by, lists=99)
    assert outcome == "done", facts
    with snapshot(service.database) as connection:
        (row,) = newest_rehearsals(connection, 2)
        content, now = files_of(connection, service.vault, row.id), service.clock.now()
        named = invented_from(connection, load_study(first), at=now, by=by, software=__version__)
    assert content is not None
    browser = Browser(port, folder / "secret" / "rehearsal.http")  # beside the study file: arms stand in it
    browser.sign_in(login_of(FETCHES, None), PASSWORD)
    fetched = {what: browser.ask("GET", f"/rehearsal/{row.id}/{what}") for what in ("package", "all", REPORT)}
    assert {one.status for one in fetched.values()} == {200}
    files, mistakes = unpacked(content)
    assert mistakes == []
    assert fetched["all"].body == content
    assert fetched["package"].body == files[handing_over.PACKAGE]
    assert fetched[REPORT].body == files[f"{handing_over.ANALYSIS}report_en.html"]
    package = handing_over.packed(named, lambda *_: None, made_at=now, software=__version__)
    return Rehearsed(files[handing_over.PACKAGE], fetched[REPORT].body, package)


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
        one = lived(rare, rare, folder / "one", "", None)
        other = lived(rare.swapped(), rare, folder / "other", *postgresql_database(server, "other"))
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
    assert one.counts == other.counts
    assert one.counts["handover"] == 2
    assert [model.__tablename__ for model in TELLING if not one.counts[model.__tablename__]] == [], "nothing can tell"


def test_what_is_signed_is_the_same_for_other_arms(both: Both) -> None:
    """At every stage: the data of each table but those that bind the arms, those of each site, and the populations."""
    assert both.one.data == both.other.data
    assert {"site 01", "populations", "dose", "mishap"} <= set(both.one.data["reviewed"])
    assert both.one.published != both.other.published, "one digest must differ, or the twins are one world"


def test_a_rehearsal_knows_nothing_of_the_true_arms(both: Both) -> None:
    """The same to the byte by the same study file, although everybody is of the other arm; and by their own study
    files the same under the changed names."""
    truth, opposite = (arms_of(world.handed["package"]) for world in (both.one, both.other))
    assert len(truth) == PARTICIPANTS
    assert {who for who in truth if truth[who] == opposite[who]} == set()
    assert both.one.rehearsed.as_first == both.one.rehearsed.package
    assert both.other.rehearsed.as_first == both.one.rehearsed.package
    assert arms_of(both.one.rehearsed.package).keys() == truth.keys()
    assert arms_of(both.one.rehearsed.package) not in (truth, opposite)
    one, other = (read_package(world.rehearsed.package).tables for world in (both.one, both.other))
    assert one["allocations"] != other["allocations"]
    assert named(one, both.rare, both.rare) == named(other, both.rare.swapped(), both.rare)


def arms_of(package: bytes) -> dict[str, str]:
    return {row["participant"]: row["arm"] for row in read_package(package).tables["allocations"]}


def named(tables: Tables, mine: Rare, other: Rare) -> dict[str, list[dict[str, str]]]:
    """The tables under other names, but for what hashes the names."""
    names = dict(zip(names_of(mine), names_of(other), strict=True))
    any_name = re.compile("|".join(map(re.escape, names)))
    return {
        name: [
            {key: any_name.sub(lambda hit: names[hit[0]], text) for key, text in row.items()}
            for row in rows
            if name != "generation_record" or row["key"] not in HASHES_NAMES
        ]
        for name, rows in tables.items()
    }


def names_of(rare: Rare) -> list[str]:
    return [*rare.arms, *rare.kit_types, *rare.labels]


def test_every_page_of_lock_review_and_release_was_looked_at(both: Both) -> None:
    reached = set().union(*both.one.reached.values())
    rules = {endpoint: route for endpoint, route in ROUTES.items() if endpoint.partition(".")[0] in (
        "lock", "review", "release", "rehearsal")}  # fmt: skip
    told = {endpoint for endpoint, route in rules.items() if route.roles != ONLY_THEIRS and "GET" in route.methods}
    seen = {endpoint for endpoint in told if f"/{endpoint.partition('.')[0]}{rules[endpoint].rule}" in reached}
    # thawing, unlocking, deciding … are refused by the act, not by the page: their forms were seen
    assert told - seen == set()
    assert len(told) >= 18


def test_what_was_released_is_nowhere_but_where_it_was_handed_over(both: Both) -> None:
    """After the release: pages, trail, mail, logs, temporary files, database, dumps; and it is there to be found."""
    said = {"package": both.rare.arms, "analysis": both.rare.arms, "report": both.rare.labels}
    for world in (both.one, both.other):
        rehearsed = {"package": world.rehearsed.package, "report": world.rehearsed.report}
        for what, content in (*world.handed.items(), *rehearsed.items()):
            told = {hit.needle for hit in search([(what, content)], both.rare.needles).found}
            assert told >= set(said[what]), what
    for folder, dumps in (
        (both.folder / "one", [("dump", sqlite_dump(both.folder / "one" / "database" / "irt.sqlite"))]),
        (both.folder / "other", postgresql_dumps(both.server, "other", both.folder)),
    ):
        places: list[Source] = [
            folder / name for name in ("http", "logs", "database", "messages", "temporary", "temporary removed")
        ]
        files = [path for path in sorted((folder / "files").rglob("*.http")) if path.stem != FETCHES]
        assert len(files) == 3 * (len(CRAWLERS) - 1)
        hits = search([*places, *files, *dumps], both.rare.needles)
        assert [str(hit) for hit in hits.found] == []
        assert hits.bytes > 5_000_000


def test_the_pages_of_what_was_handed_over_are_shut_to_everybody_else(both: Both) -> None:
    shut = {"release.progress", "release.carried_out", "release.opened_again", "release.analysed", "release.package",
            "release.analysis", "release.report"}  # fmt: skip
    assert all(ROUTES[endpoint].roles == ONLY_THEIRS for endpoint in shut)
    assert {endpoint for endpoint, route in ROUTES.items() if route.roles == ONLY_THEIRS} >= shut
    for stage in ("locked", "released"):
        for rule in ("analysis", "report/<name>", "progress"):
            assert f"/release/<asked>/{rule}" not in both.one.reached[stage]
