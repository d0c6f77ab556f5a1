"""Two worlds from one seed, one on each database, in which the arms have changed names: whoever is masked sees the
same in both, to the byte.

What differs by construction is put aside: digests and the links that are signed with them, tokens of browser sessions,
the hour of the web server. (Ballot secrecy in voting is defined in the same way.)
"""

import re
from pathlib import Path

import pytest

from irt.web import create
from tests.masking.browser import served
from tests.masking.crawl import CRAWLERS, crawl
from tests.masking.places import postgresql_database
from tests.masking.rare import Rare
from tests.masking.trial import live, mail_server, settings_for
from tests.postgres import PostgresServer

PARTICIPANTS = 6
APART = re.compile(
    rb"[0-9a-f]{16,}(?:\xe2\x80\xa6)?|^(?:Date|Set-Cookie|Content-Length|ETag|Last-Modified|Expires): [^\n]*"
    rb'|(?<=name="csrf_token" value=")[^"]+|(?<=name="csrf_token" type="hidden" value=")[^"]+|boundary="[^"]+"',
    re.MULTILINE,
)


def seen(rare: Rare, folder: Path, url: str, owner: str | None) -> dict[str, bytes]:
    """What every role of the crawl was answered, and every message, in the world with these names."""
    for name in ("secret", "database", "http"):
        (folder / name).mkdir(parents=True)
    settings = settings_for(folder / "secret", rare, url or f"sqlite:///{folder}/database/irt.sqlite", owner)
    with mail_server() as box:
        trial = live(settings, rare, PARTICIPANTS, box)
        app = create(trial.service)
        with served(app) as port:
            crawl(trial, app, port, folder / "http", posts=False)
    trial.service.database.write.dispose()
    trial.service.database.read.dispose()
    answers = {role: (folder / "http" / f"{role}.http").read_bytes() for role in CRAWLERS}
    return answers | {"messages": b"\n".join(box.messages)}


def differing(one: bytes, other: bytes) -> list[tuple[bytes, bytes]]:
    """The lines that differ once all that must differ is put aside."""
    first, second = APART.sub(b"#", one).split(b"\n"), APART.sub(b"#", other).split(b"\n")
    assert len(first) == len(second), f"{len(first)} lines in one world, {len(second)} in the other"
    return [(a, b) for a, b in zip(first, second, strict=True) if a != b]


@pytest.mark.long(90)
def test_whoever_is_masked_sees_the_same_in_both_worlds(tmp_path: Path, spare_server: PostgresServer) -> None:
    """One world on SQLite, the other on PostgreSQL: what tells an arm on either makes the two differ."""
    rare = Rare.drawn(1)
    one = seen(rare, tmp_path / "one", "", None)
    other = seen(rare.swapped(), tmp_path / "other", *postgresql_database(spare_server, "other"))
    print(f"twin worlds: {len(one)} transcripts, {sum(map(len, one.values()))} bytes each")
    assert {who: found[:3] for who in one if (found := differing(one[who], other[who]))} == {}
    assert sum(map(len, one.values())) > 2_000_000


def test_a_name_an_order_and_a_count_are_seen() -> None:
    page = b"Date: today\n\n<p>kit 1234567</p><p>0123456789abcdef01</p>"
    assert differing(page, page.replace(b"today", b"tomorrow").replace(b"0123456789abcdef", b"fedcba9876543210")) == []
    assert differing(page, page.replace(b"1234567", b"7654321")) == [
        (b"<p>kit 1234567</p><p>#</p>", b"<p>kit 7654321</p><p>#</p>")
    ]
    with pytest.raises(AssertionError, match="3 lines in one world, 4"):
        differing(page, page + b"\n")
