"""The office of a test: a wired gate with an administrator."""

from collections.abc import Iterator

import pytest

from irt.actor import Actor, Role
from tests.wiring import Wiring, wire


@pytest.fixture
def office(database_url: str) -> Iterator[Wiring]:
    made = wire(database_url)
    yield made
    made.database.write.dispose()
    made.database.read.dispose()


@pytest.fixture
def administrator(office: Wiring) -> Actor:
    return office.person("admin", (Role.ADMINISTRATOR, None))
