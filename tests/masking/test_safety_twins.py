"""A safety desk and code breaks in two worlds, one on each database: nobody who is masked sees how a case was closed,
when, or what a code break showed, to the byte, at any time."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, abort
from sqlalchemy import func, select

from irt.actor import Role
from irt.gate.tables import AuditEntry
from irt.safety.emergency_tables import CodeBreak, DeskClosing, DeskOpening
from irt.safety.tables import SusarCandidate
from irt.vault._tables import Opening
from irt.web import create
from irt.web.pages import ROUTES, Route, holds, reading
from tests.masking.browser import served
from tests.masking.crawl import CRAWLERS, crawl
from tests.masking.mishap_world import lay, open_up
from tests.masking.places import postgresql_database
from tests.masking.rare import Rare
from tests.masking.safety_script import KITS, PEOPLE, Safety, officers_door
from tests.masking.test_twin_worlds import differing
from tests.masking.trial import Box, mail_server, send, settings_for
from tests.postgres import PostgresServer

CHECKPOINTS = ("arisen", "closed in the twin", "closed in both")
PLANTED = "/planted"


@dataclass
class World:
    """What was seen, by checkpoint and whoever saw it, and what only the tests may know."""

    answers: dict[str, bytes]
    shown: dict[str, bytes]
    at_once: list[bool]  # of each case: whether the officer closed it when they had opened it
    counts: dict[str, int]
    closings: list[int]  # at each checkpoint
    requests: int


def plant(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that tells the medical monitor how many cases are closed: a leak that must be found."""

    def view() -> Any:
        if not holds(Role.MEDICAL_MONITOR):
            abort(403)
        with reading(Role.MEDICAL_MONITOR) as session:
            return f"<p>{session.scalar(select(func.count(DeskClosing.id)))} cases closed</p>"

    monkeypatch.setitem(ROUTES, "planted", Route(PLANTED, ("GET",), frozenset({Role.MEDICAL_MONITOR})))
    app.add_url_rule(PLANTED, "planted", view)


class Watched:
    """One world as it is looked at: every role looks at every page at each checkpoint, and mail is taken in."""

    def __init__(self, safety: Safety, app: Flask, folder: Path, box: Box) -> None:
        self.safety, self.app, self.folder, self.box = safety, app, folder, box
        self.closings: list[int] = []
        self.requests = 0

    def look(self, checkpoint: str) -> None:
        played, to = self.safety.played, self.folder / checkpoint
        to.mkdir()
        send(played.trial.service, self.box)
        self.requests += crawl(
            played.trial, self.app, played.port, to, posts=False, every_entry=False, safety=True
        ).requests
        (to / "messages").write_bytes(b"\n".join(self.box.messages))
        self.closings.append(len(played.world.rows(DeskClosing)))


def lived(
    rare: Rare, folder: Path, url: str, owner: str | None, monkeypatch: pytest.MonkeyPatch, *, twin: bool
) -> World:
    """Live one of the worlds, looking at each checkpoint."""
    for name in ("secret", "database", "http", "http/script"):
        (folder / name).mkdir(parents=True)
    settings = settings_for(folder / "secret", rare, url or f"sqlite:///{folder}/database/irt.sqlite", owner)
    played = lay(settings, rare, folder / "http" / "script", twin)
    open_up(played, [turned for _, turned in PEOPLE], KITS)
    app = create(played.trial.service)
    safety = Safety(played)
    plant(app, monkeypatch)
    with mail_server() as box, served(app) as port, officers_door(safety):
        played.port = port
        watched = Watched(safety, app, folder / "http", box)
        safety.enrol()
        safety.tell_and_break()
        watched.look(CHECKPOINTS[0])
        safety.live_on(1)
        safety.open_cases()
        watched.look(CHECKPOINTS[1])
        safety.live_on(10)
        safety.close_later()
        safety.live_on(5)
        watched.look(CHECKPOINTS[2])
    found = taken(safety, folder / "http", watched)
    played.trial.service.database.write.dispose()
    played.trial.service.database.read.dispose()
    return found


def taken(safety: Safety, folder: Path, watched: Watched) -> World:
    """What was written down in a world."""
    world = safety.played.world
    files = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    shown = {name: files.pop(name) for name in list(files) if name.startswith("script/shown-")}
    models = (CodeBreak, DeskOpening, DeskClosing, SusarCandidate, Opening, AuditEntry)
    counts = {model.__tablename__: len(world.rows(model)) for model in models}
    return World(files, shown, safety.closed_at_once, counts, watched.closings, watched.requests)


@pytest.mark.long(160)
def test_how_a_case_was_closed_is_seen_by_nobody_who_is_masked(
    tmp_path: Path, spare_server: PostgresServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rare = Rare.drawn(1)
    one = lived(rare, tmp_path / "one", "", None, monkeypatch, twin=False)
    twin = lived(rare, tmp_path / "twin", *postgresql_database(spare_server, "twin"), monkeypatch, twin=True)
    assert twin.at_once == [not at_once for at_once in one.at_once], "each case was closed otherwise in the twin"
    assert len(set(one.at_once)) == 2
    assert one.counts == twin.counts
    assert one.counts["code_break"] + one.counts["desk_opening"] == one.counts["opening"] == 7
    assert one.closings[1] != twin.closings[1]
    assert one.closings[0] == twin.closings[0] == 0
    assert one.closings[2] == twin.closings[2] == one.counts["desk_closing"]
    sizes = sum(map(len, one.answers.values()))
    with capsys.disabled():
        print(
            f"\nsafety twins: {len(CRAWLERS)} roles at {len(CHECKPOINTS)} checkpoints, {len(one.answers)} transcripts, "
            f"{one.requests} pages, {sizes} bytes compared; cases closed at once {one.at_once}, in the twin the others"
        )
    assert set(one.answers) == set(twin.answers)
    found = {who: lines for who in one.answers if (lines := differing(one.answers[who], twin.answers[who]))}
    leak = found.pop(f"{CHECKPOINTS[1]}/medical_monitor.http")
    assert [line for pair in leak for line in pair] == [
        f"<p>{world.closings[1]} cases closed</p>".encode() for world in (one, twin)
    ], "the planted page, and nothing else of that role"
    assert {who: lines[:3] for who, lines in found.items()} == {}
    assert {f"{where}/{role}.http" for where in CHECKPOINTS for role in CRAWLERS} <= set(one.answers)
    assert sizes > 2_000_000
    assert list(one.shown) == list(twin.shown)
    assert len(one.shown) == one.counts["code_break"]
    assert all(one.shown[name] != twin.shown[name] for name in one.shown), "what a code break shows is seen"
