"""What happened? in two worlds, one on each database: of whose arm a wrong box was shows nowhere, to the byte."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from irt.conduct.tables import Deviation
from irt.dispensing.tables import KitReturn, Mishap
from irt.supply.tables import Assignment, Kit, Movement
from irt.web import create
from tests.masking.browser import served
from tests.masking.crawl import CRAWLERS, crawl
from tests.masking.mishap_script import groups_needed, paths, play_all
from tests.masking.mishap_world import HERE, THERE, Played, lay, open_up
from tests.masking.places import postgresql_database
from tests.masking.rare import Rare
from tests.masking.test_twin_worlds import differing
from tests.masking.trial import leave_open_ends, settings_for
from tests.postgres import PostgresServer
from tests.stocked import type_due, types_of

KITS = {HERE: {False: 300, True: 340}, THERE: {True: 24}}
DRAWN = (Kit, Movement, Assignment, Mishap, Deviation, KitReturn)


@dataclass
class World:
    """What was seen, and what only the tests may know."""

    answers: dict[str, bytes]
    drawn: dict[str, list[str]]
    own_arm: list[bool]  # of each wrong box: whether it was of the arm of whoever had it
    played: Played


def lived(rare: Rare, folder: Path, url: str, owner: str | None, twin: bool) -> World:
    """Play everything in one of the worlds, then let every role look at every page."""
    for name in ("secret", "database", "http"):
        (folder / name).mkdir(parents=True)
    settings = settings_for(folder / "secret", rare, url or f"sqlite:///{folder}/database/irt.sqlite", owner)
    played = lay(settings, rare, folder / "http", twin)
    visits = len(played.trial.service.study.dispensing_visits) - 1
    open_up(played, [turned for _, turned in groups_needed(visits)], KITS)
    app = create(played.trial.service)
    with served(app) as port:
        played.port = port
        play_all(played)
        leave_open_ends(played.trial)
        crawl(played.trial, app, port, folder / "http", posts=False, every_entry=False)
    types, world = types_of(played.world), played.world
    found = World(
        {path.stem: path.read_bytes() for path in sorted((folder / "http").iterdir())},
        {model.__tablename__: list(map(str, world.rows(model))) for model in DRAWN},
        [types[box] == type_due(world, who) for box, who in played.wrong],
        played,
    )
    played.trial.service.database.write.dispose()
    played.trial.service.database.read.dispose()
    return found


@pytest.mark.long(300)
def test_of_ones_own_arm_or_of_the_other_it_looks_the_same(
    tmp_path: Path, spare_server: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """One world on SQLite, its twin on PostgreSQL: what tells an arm on either makes the two differ."""
    rare = Rare.drawn(1)
    one = lived(rare, tmp_path / "one", "", None, twin=False)
    twin = lived(rare, tmp_path / "twin", *postgresql_database(spare_server, "twin"), twin=True)
    assert twin.own_arm == [not own for own in one.own_arm], "each wrong box changed sides"
    assert one.drawn == twin.drawn, "apart from the types the worlds are the same"
    orders = one.played.orders
    assert orders == {name: len(steps) for name, _, steps, _ in paths()}
    masked = sorted(set(CRAWLERS) & set(one.answers))
    assert len(masked) == len(CRAWLERS)
    sizes = sum(map(len, one.answers.values()))
    with capsys.disabled():
        print(
            f"\nwhat happened, a world on SQLite and its twin on PostgreSQL: {len(orders)} paths, "
            f"{sum(orders.values())} orders, {len(one.own_arm)} wrong boxes ({sum(one.own_arm)} of the own arm, in the "
            f"twin the others), {one.played.posts} forms sent, {len(masked)} roles and "
            f"{len(one.answers) - len(masked)} scripts, {sizes} bytes compared"
        )
    assert {who: found[:3] for who in one.answers if (found := differing(one.answers[who], twin.answers[who]))} == {}
    assert sizes > 2_000_000
    assert min(Counter(one.own_arm).values()) > 20


def test_one_word_more_for_the_other_arm_is_found() -> None:
    """The comparison sees a word, a state and an order that would hang on the arm."""
    page = b"<li>Box 1234567: With another participant</li>\n<li>Box 2345678: Assigned</li>"
    for planted in (
        page.replace(b"With another participant", b"With another participant, harmless"),
        page.replace(b"Assigned", b"To be replaced"),
        b"\n".join(reversed(page.split(b"\n"))),
    ):
        assert differing(page, planted)
    assert differing(page, page) == []
