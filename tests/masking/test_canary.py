"""Arms and kit types under rare names are nowhere to be found; a planted string is, in each place and encoding."""

import os
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from tests.databases import DIALECTS
from tests.masking.canary import Report, run
from tests.masking.crawl import CRAWLERS
from tests.masking.once import said_wrongly
from tests.masking.planting import IN_PAGES
from tests.masking.rare import Rare
from tests.masking.watching import temporary_files

# One leads on, one shows an invented treatment once to whoever practised (tests/web/test_practice.py), one is of a
# logger that no box had (tests/web/test_storage_pages.py).
NOT_LIVED = frozenset({"/events/new", "/practices/<practice>/shown", "/shipments/<shipment>/logger.pdf"})


@pytest.mark.long(150)
@pytest.mark.parametrize("database", DIALECTS)
def test_a_rare_name_is_nowhere(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue("own_server") if database == "postgresql" else None
    found: Report = run(tmp_path, server)
    print(found)
    assert found.found == []
    assert found.routes_unreached == NOT_LIVED, "a page was crawled by nobody who may see it"
    assert found.withheld_seen == {"investigator"}
    assert found.crawled.failed == []
    assert found.verified == "ok"
    assert found.said_wrongly == []
    assert found.once.kept == [], "a browser may keep a page that shows a treatment"
    assert sum(what.startswith("code break") for what in found.once.pages) == 2, "of either arm one"
    assert sum(what.startswith("case") for what in found.once.pages) > 0
    assert found.once.lines == sum(not what.startswith("envelope") for what in found.once.pages)
    assert found.passed_over == []
    assert len(CRAWLERS) == 17
    assert found.crawled.bytes > 5_000_000
    assert found.messages > 50
    assert found.watch.nameless == []
    assert all(hits.bytes for name, hits in found.places.items() if name != "temporary files"), "a place was empty"
    assert {name: gone for name, gone in found.missed.items() if gone} == {}
    assert len(IN_PAGES & set(found.missed)) == 2


def test_a_label_too_often_or_in_another_place_is_said() -> None:
    rare = Rare.drawn(1)
    mine, other = rare.labels
    expected = {"page": Counter({mine: 2})}

    def wrong(page: str) -> int:
        return len(said_wrongly({"page": page.encode()}, expected, rare))

    assert wrong(f"<p>{mine}</p><td>{mine}</td>") == 0
    assert wrong(f"<p>{mine}</p>") == 1
    assert wrong(f"{mine} {mine} {mine}") == 1
    assert wrong(f"{mine} {mine} {other}") == 1
    assert wrong(f"{mine} {mine} {rare.arms[0]}") == 1
    assert wrong(f"{mine} {mine} {other.encode().hex()}") == 1


def test_temporary_files_are_seen(tmp_path: Path) -> None:
    with temporary_files(tmp_path / "temporary", tmp_path / "removed") as watch:
        handle, name = tempfile.mkstemp()
        os.write(handle, b"QXVJ")
        os.close(handle)
        Path(name).unlink()
        with tempfile.TemporaryFile() as file:
            file.write(b"QXVJ")
    assert [path.read_bytes() for path in (tmp_path / "removed").iterdir()] == [b"QXVJ"]
    assert watch.made == [Path(name).name]
    assert len(watch.nameless) == 1
