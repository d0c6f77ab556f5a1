"""The gate of a test, with sites and a few acts of its own that no other test sees in the registry."""

from collections.abc import Iterator

import pytest
from sqlalchemy import insert

from irt.actor import Actor, Role
from irt.conduct.tables import Enrolment, Site
from irt.gate.rows import table_of
from tests.wiring import Wiring, wire


@pytest.fixture
def trial(database_url: str) -> Iterator[Wiring]:
    made = wire(database_url)
    with made.database.writing() as connection:
        for code in ("01", "02"):
            site = {"code": code, "site": code, "state": "set_up", "randomization": "running", "dispensing": "running"}
            connection.execute(insert(table_of(Site)), site)
        connection.execute(insert(table_of(Enrolment)), {"scope": "study", "randomized": 0, "cap": 3})
    yield made
    made.database.write.dispose()
    made.database.read.dispose()


@pytest.fixture
def chen(trial: Wiring) -> Actor:
    """The coordinator of site 01."""
    return trial.person("chen", (Role.COORDINATOR, "01"))


@pytest.fixture
def manager(trial: Wiring) -> Actor:
    """A trial manager: all sites."""
    return trial.person("tm", (Role.TRIAL_MANAGER, None))
