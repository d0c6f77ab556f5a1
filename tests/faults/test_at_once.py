"""Sixteen processes at once, every request sent twice at the same moment under one id: the history has one explanation."""

from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice

import pytest

from irt.assurance.histories import Held, Operation, check
from irt.assurance.verify import verify
from irt.migrate import newest
from irt.randomization.tables import Randomization
from irt.supply.tables import Assignment
from irt.vault._tables import Draw
from tests.cast import World
from tests.faults.clients import Clients
from tests.setting import other_stratum
from tests.stocked import running_trial, stock_site

PROCESSES, PARTICIPANTS = 16, 400
SITES = ("01", "02")


@pytest.fixture
def trial(database_url: str) -> Iterator[World]:
    made = running_trial(database_url, *SITES, kits=300, depot=800, cap=PARTICIPANTS, sites=_larger(database_url))
    yield made
    made.database.write.dispose()
    made.database.read.dispose()


def _larger(database_url: str) -> tuple[object, ...]:
    from tests.cast import world

    return tuple(
        site.model_copy(update={"cap": PARTICIPANTS}) for site in world(database_url).study.sites
    )


@pytest.fixture
def clients(trial: World, database_url: str) -> Iterator[Clients]:
    made = Clients(database_url, PROCESSES)
    yield made
    made.end()


def held(world: World) -> list[Held]:
    """Every draw as the database holds it, with the first kit."""
    first = {row.participant: row.kit for row in world.rows(Assignment)}
    return [Held(row.stratum, row.position, row.participant, first.get(row.participant)) for row in world.rows(Draw)]


def test_sixteen_processes_and_every_request_twice(trial: World, clients: Clients) -> None:
    """Must-show 6 of the main job."""
    values = [{}, other_stratum(trial)]
    kinds = cycle([(site, value) for site in SITES for value in values])
    people = [(count, site, value) for count, (site, value) in enumerate(islice(kinds, PARTICIPANTS))]
    asked = clients.bring_up(people)
    answers = clients.ask(asked)
    told = [one for one in answers if isinstance(one, Operation)]
    assert Counter(one for one in answers if isinstance(one, str)) == {}
    assert len(told) == 2 * PARTICIPANTS
    stored = held(trial)
    assert check(told, stored) == []
    strata = Counter(one.stratum for one in asked)
    assert len(strata) == 2
    for stratum, number in strata.items():
        assert sorted(one.position for one in stored if one.stratum == stratum) == list(range(1, number + 1))
    assert all(words == 2 for words in Counter((one.request, one.answer) for one in told).values())
    assert len({one.kit for one in stored}) == len(trial.rows(Randomization)) == PARTICIPANTS
    assert overlapping(told) > PARTICIPANTS // 4, "the twins must have asked at the same time"
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


def overlapping(told: list[Operation]) -> int:
    """How many requests were under way twice at one moment."""
    of: dict[str, list[Operation]] = {}
    for one in told:
        of.setdefault(one.request, []).append(one)
    return sum(max(a.start, b.start) < min(a.end, b.end) for a, b in of.values())
