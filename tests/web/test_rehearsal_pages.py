"""The page of the rehearsal: who begins one, who may fetch what it came to, and what everybody is told of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from irt.analysis import handing_over
from irt.gate.tables import AuditEntry
from irt.lock.package.archive import packed, unpacked
from irt.lock.rehearsal import keep_rehearsal
from irt.lock.tables import Making, Rehearsal
from irt.vault._tables import ReleaseOpening
from irt.web import create, making
from tests.cast import World, world
from tests.lock.locked import frozen, left, waiting
from tests.web.conftest import Visitor, visiting

READERS = ("trial_statistician", "data_manager", "trial_manager", "quality", "auditor")
FETCH = READERS[:1]
FILES = {
    handing_over.PACKAGE: b"PK the package",
    f"{handing_over.ANALYSIS}report_en.html": b"<h1>REHEARSAL</h1>",
    f"{handing_over.ANALYSIS}report_zh.pdf": b"%PDF",
    f"{handing_over.ANALYSIS}results/01_primary.csv": b"arm",
}


class AtOnce:
    """A thread whose work is done before the request is answered."""

    def __init__(self, *, target: Callable[..., Any], args: tuple[Any, ...], **_: Any) -> None:
        self.start = lambda: target(*args)


@pytest.fixture
def trial(database_url: str) -> World:
    """A frozen database: while the trial goes on no file of a rehearsal is kept or fetched."""
    here = left(database_url)
    frozen(here)
    return here


def test_while_the_trial_goes_on_nobody_fetches_anything(database_url: str) -> None:
    here = left(database_url)
    one = kept(here)
    person = visiting(here, create(here.service))("trial_statistician")
    assert "Read the report" not in person.get("/rehearsal/").text
    assert person.get(f"/rehearsal/{one}/package").status_code == 404


@pytest.fixture
def quick(trial: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds, and is tried in tests/lock, is made in none; the tables are the real ones."""
    made = packed(FILES, trial.clock.now())
    monkeypatch.setattr(handing_over, "rehearsed", lambda *_, **__: made)
    monkeypatch.setattr(making, "Thread", AtOnce)


def kept(trial: World, **other: Any) -> str:
    wired = trial.service
    values: dict[str, Any] = {
        "at": trial.clock.now(), "outcome": "done", "content": packed(FILES, trial.clock.now()),
        "facts": {"by": "operator", "open": {"kits": 3, "blind_review": 1}, "rows": {"kits": 48, "sites": 8}},
    }  # fmt: skip
    return keep_rehearsal(wired.housekeeping, wired.vault, wired.entropy, **(values | other))


@pytest.mark.parametrize("who", [one for one in READERS if one != "auditor"])
def test_who_may_begins_one_and_sees_what_came_of_it(
    trial: World, visit: Callable[[str], Visitor], quick: None, who: str
) -> None:
    person = visit(who)
    entries = len(trial.rows(AuditEntry))
    assert "Nothing was rehearsed yet" in person.get("/rehearsal/").text
    answer = person.post("/rehearsal/now", person.tokens("/rehearsal/"))
    assert (answer.status_code, answer.location) == (303, "/rehearsal/")
    row = trial.row(Rehearsal)
    assert (row.outcome, row.facts["by"]) == ("done", trial.actor(who).account)
    assert row.facts["open"] == {code: len(one.waiting) for code, one in waiting(trial).items()}
    page = person.get("/rehearsal/").text
    assert "The blind review is recorded" in page
    assert f"{sum(row.facts['rows'].values())} rows in 28 tables" in page
    assert ("Read the report" in page) == (who in FETCH)
    assert trial.rows(ReleaseOpening) == []
    assert len(trial.rows(AuditEntry)) == entries
    assert person.get("/rehearsal/progress").json == {"rehearsal": {"state": "done", "done": 0, "of": 1}}


def test_files_are_for_the_trial_statistician_and_bear_their_mark(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    one = kept(trial)
    addresses = [f"/rehearsal/{one}/{what}" for what in ("package", "all", "report/report_en.html")]
    for who in READERS:
        person = visit(who)
        assert {person.get(path).status_code for path in addresses} == ({200} if who in FETCH else {403})
    statistician = visit("trial_statistician")
    package, everything, report = (statistician.get(path) for path in addresses)
    assert package.data == FILES[handing_over.PACKAGE]
    assert unpacked(everything.data) == (FILES, [])
    assert all('filename="REHEARSAL-' in answer.headers["Content-Disposition"] for answer in (package, everything))
    assert (report.data, report.mimetype) == (b"<h1>REHEARSAL</h1>", "text/html")
    assert report.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert statistician.get(f"/rehearsal/{one}/report/report_zh.pdf").mimetype == "application/pdf"
    for nothing in (f"{one}/report/results/01_primary.csv", f"{one}/report/REHEARSAL.txt", "nothing/package"):
        assert statistician.get(f"/rehearsal/{nothing}").status_code == 404


def test_an_investigator_and_the_sponsor_are_not_let_in(trial: World, visit: Callable[[str], Visitor]) -> None:
    for who in ("investigator_01", "sponsor", "safety_officer", "laboratory"):
        assert visit(who).get("/rehearsal/").status_code == 403


def test_an_auditor_reads_and_begins_none(trial: World, visit: Callable[[str], Visitor]) -> None:
    auditor = visit("auditor")
    assert "Rehearse now" not in auditor.get("/rehearsal/").text
    assert auditor.post("/rehearsal/now", auditor.tokens("/rehearsal/")).status_code == 403


def test_what_failed_is_told_by_its_kind_and_has_no_files(trial: World, visit: Callable[[str], Visitor]) -> None:
    facts = {"by": "operator", "open": {}}
    kept(trial, outcome="failed", content=None, facts=facts | {"mistakes": 7})
    kept(trial, outcome="failed", content=None, facts=facts | {"fault": "KeyError"})
    page = visit("trial_statistician").get("/rehearsal/").text
    assert "Mistakes in the package: 7" in page
    assert "KeyError" in page
    assert "Nothing of the checklist waits" in page
    assert "Read the report" not in page


def test_what_still_stands_is_drawn_by_day_and_set_side_by_side(trial: World, visit: Callable[[str], Visitor]) -> None:
    kept(trial)
    assert "<svg" not in visit("quality").get("/rehearsal/").text, "one day is no picture"
    trial.clock.advance(timedelta(days=1))
    kept(trial, facts={"by": "operator", "open": {"kits": 1}, "rows": {}})
    kept(trial, facts={"by": "operator", "open": {"kits": 1}, "rows": {}})
    quality = visit("quality")
    page = quality.get("/rehearsal/").text
    assert "<title>2026-03-02: 4</title>" in page
    assert "<title>2026-03-03: 1</title>" in page
    assert page.count("Every kit is accounted for") == 1
    quality.get("/language/zh_Hans_CN")
    assert "演练" in quality.get("/rehearsal/").text


def test_one_that_goes_on_is_not_begun_twice(
    trial: World, visit: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = visit("data_manager")
    tokens = manager.tokens("/rehearsal/")
    now = trial.clock.now()
    trial.service.housekeeping.add(
        Making, id="rehearsal", state="running", done=3, of=9, stage="package", begun_at=now, moved_at=now
    )
    monkeypatch.setattr(making, "Thread", AtOnce)
    assert manager.post("/rehearsal/now", tokens).status_code == 303
    assert trial.rows(Rehearsal) == []
    page = manager.get("/rehearsal/").text
    assert "A rehearsal goes on already" in page
    assert "Rehearse now" not in page
    assert 'value="3" data-making="rehearsal"' in page
    assert manager.get("/rehearsal/progress").json == {"rehearsal": {"state": "running", "done": 3, "of": 9}}


def test_before_anybody_is_randomized_there_is_nothing_to_rehearse_on(database_url: str) -> None:
    empty = world(database_url)
    page = visiting(empty, create(empty.service))("quality").get("/rehearsal/").text
    assert "there is nothing to rehearse on" in page
    assert "Rehearse now" not in page
