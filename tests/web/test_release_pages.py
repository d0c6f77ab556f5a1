"""The page of the release: who fetches the package, under which key."""

import pyrage
import pytest

from irt.lock.handing_over import Keep, keep
from irt.lock.package.encryption import decrypt
from irt.web import create
from tests.cast import World
from tests.lock.locked import carried_out, locked
from tests.web.conftest import Visitor, visiting

STATISTICIAN = "unblinded_statistician"
WRONG = ("age1", "AGE-SECRET-KEY-1", "ssh-ed25519 AAAA", "public key", "age1\x00", "公钥", "age1" * 2000)


@pytest.fixture
def released(database_url: str) -> tuple[World, str]:
    """A released database, whose package is kept; and the request."""
    world = locked(database_url)
    request, _ = carried_out(world)
    world.do(keep, Keep.of(request, "package", b"PK a package"), by=STATISTICIAN)
    return world, request


def fetched(visitor: Visitor, request: str, recipient: str) -> bytes | None:
    """The package as it is handed out; None where the page comes again."""
    csrf = visitor.tokens("/release/")["csrf_token"]
    answer = visitor.post(f"/release/{request}/package", {"csrf_token": csrf, "recipient": recipient})
    if answer.status_code == 303:
        return None
    assert answer.status_code == 200
    return answer.data


def test_in_clear_and_for_the_holder_of_a_key(released: tuple[World, str]) -> None:
    world, request = released
    statistician = visiting(world, create(world.service))(STATISTICIAN)
    assert fetched(statistician, request, "") == b"PK a package"
    key = pyrage.x25519.Identity.generate()
    closed = fetched(statistician, request, f" {key.to_public()}\n")
    assert closed is not None
    assert b"PK a package" not in closed
    assert decrypt(closed, str(key)) == b"PK a package"


def test_a_key_that_is_none_is_told_and_nothing_is_handed_out(released: tuple[World, str]) -> None:
    world, request = released
    statistician = visiting(world, create(world.service))(STATISTICIAN)
    for wrong in WRONG:
        assert fetched(statistician, request, wrong) is None, wrong[:20]
        page = statistician.get("/release/").text
        assert "This is no public key of age. Give the line that begins with age1" in page, wrong[:20]


def test_nobody_else_fetches_it(released: tuple[World, str]) -> None:
    world, request = released
    app = create(world.service)
    for who in ("trial_statistician", "sponsor", "auditor", "data_manager"):
        visitor = visiting(world, app)(who)
        csrf = visitor.tokens("/account")["csrf_token"]
        answer = visitor.post(f"/release/{request}/package", {"csrf_token": csrf, "recipient": ""})
        assert answer.status_code == 403, who
        assert b"PK a package" not in answer.data
