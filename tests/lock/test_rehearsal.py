"""The rehearsal: the way of the release on an invented allocation, and nothing of the true one in it."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from irt.analysis import handing_over
from irt.assurance.verify import verify
from irt.gate.refusals import Refused
from irt.gate.tables import AuditEntry
from irt.jobs.rehearsing import rehearse
from irt.lock import making
from irt.lock.extract import Trial
from irt.lock.making import invented_from
from irt.lock.package.archive import unpacked
from irt.lock.package.reading import read_package, verify_package
from irt.lock.rehearsal import WITH_FILES, files_of, keep_rehearsal, newest_rehearsals
from irt.lock.tables import Rehearsal
from irt.migrate import newest
from irt.randomization.prepare import SealOwnList, seal_own_list
from irt.randomization.tables import PublishedList
from irt.supply.import_kits import ImportKits, import_kits
from irt.supply.readiness import LaySites, lay_sites
from irt.supply.tables import Assignment, Kit
from irt.vault._seal import SealBroken
from irt.vault._tables import ReleaseOpening, ReleaseShown
from irt.vault.release import open_kept
from irt.wiring import Service
from tests.cast import World, world
from tests.databases import fresh_sqlite
from tests.lock.locked import SITES, come_and_go, frozen, left, waiting
from tests.paper.reading import texts
from tests.stocked import (
    begin_at_sites,
    csv_of,
    manifest_rows,
    release_lots,
    running_trial,
    stock_site,
    type_due,
    types_of,
)  # fmt: skip


class SealsAlone:
    """A vault that can seal and open nothing."""

    def __init__(self, vault: Any) -> None:
        self.seal_bytes: Callable[..., bytes] = vault.seal_bytes


def rehearsed(service: Service, by: str = "somebody") -> tuple[str, dict[str, Any]]:
    outcome, facts = rehearse(service, lambda *_: None, by=by, lists=99)
    return outcome, dict(facts)


def last(world: World) -> Any:
    with world.database.read.connect() as connection:
        return newest_rehearsals(connection, 1)[0]


def opened(world: World, rehearsal: str) -> dict[str, bytes]:
    with world.database.read.connect() as connection:
        content = files_of(connection, world.vault, rehearsal)
    assert content is not None
    return unbundled(content)


def unbundled(content: bytes) -> dict[str, bytes]:
    found, mistakes = unpacked(content)
    assert mistakes == []
    return found


def package_of(world: World) -> bytes:
    """The package alone, of which reports and numbers are made."""
    now = world.clock.now()
    with world.database.read.connect() as connection:
        found = invented_from(connection, world.study, at=now, by="somebody", software="test")
    return handing_over.packed(found, lambda *_: None, made_at=now, software="test")


@pytest.mark.long(30)
def test_package_analysis_and_reports_are_made_with_a_vault_that_opens_nothing(database_url: str) -> None:
    here = left(database_url)
    rehearsed(replace(here.service, vault=SealsAlone(here.vault)))  # type: ignore[arg-type]
    assert [row.sealed for row in here.rows(Rehearsal)] == [None], "while the trial goes on no file is kept"
    frozen(here)
    here.clock.advance(timedelta(minutes=1))
    entries = len(here.rows(AuditEntry))
    service = replace(here.service, vault=SealsAlone(here.vault))  # type: ignore[arg-type]
    outcome, facts = rehearsed(service)
    assert (outcome, facts["open"]) == ("done", len(waiting(here)))
    row = last(here)
    assert row.facts["open"] == {code: len(one.waiting) for code, one in waiting(here).items()}
    assert sum(row.facts["rows"].values()) == facts["rows"] > 500
    assert (row.facts["rows"]["allocations"], row.facts["rows"]["laboratory"]) == (4, 0)
    files = opened(here, row.id)
    says_rehearsal(files)
    rehearsed(service)
    sums = [kept.facts.get("sha256") for kept in here.rows(Rehearsal)]
    assert sorted(sums, key=str) == sorted([None, row.facts["sha256"], row.facts["sha256"]], key=str), "to the byte"
    assert here.rows(ReleaseOpening) == here.rows(ReleaseShown) == []
    assert len(here.rows(AuditEntry)) == entries, "no act, and nothing of the trial was changed"
    assert not any(handing_over.PACKAGE.encode() in (kept.sealed or b"") for kept in here.rows(Rehearsal))
    assert verify(here.database, here.keys, here.vault, here.study, revision=newest()) == []


def says_rehearsal(files: dict[str, bytes]) -> None:
    """In every name, in the record, on every page."""
    assert all(name.startswith("REHEARSAL_") for name in files)
    package = files[handing_over.PACKAGE]
    assert verify_package(package) == []
    found = read_package(package)
    assert (found.view, found.facts["view"]) == ("rehearsal", "rehearsal")
    inside = unbundled(package)
    assert all(name.rpartition("/")[2].startswith("REHEARSAL_") for name in inside if not name.endswith(".xpt"))
    assert all("REHEARSAL" in page for page in texts(inside["REHEARSAL_certificate.pdf"]))
    report = {name.removeprefix(handing_over.ANALYSIS): content for name, content in files.items()}
    for language, mark in (("en", "REHEARSAL"), ("zh", "演练")):
        pages = texts(report[f"report_{language}.pdf"])
        assert len(pages) > 5
        assert all(mark in page for page in pages)
        assert mark in report[f"report_{language}.html"].decode()
    assert json.loads(report["facts.json"])["view"] == "rehearsal"


def test_two_worlds_that_differ_in_the_arms_alone_give_the_same_package(
    database_url: str, shared_run: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "twin").mkdir()
    one = lived(database_url, turned=False)
    twin = lived(fresh_sqlite(shared_run[0], tmp_path / "twin").url, turned=True)
    assert one.row(PublishedList).merkle_root != twin.row(PublishedList).merkle_root
    given = [(row.participant, row.kit) for row in one.rows(Assignment)]
    assert given == [(row.participant, row.kit) for row in twin.rows(Assignment)]
    assert len(given) == 4
    for participant, kit in given:
        assert type_due(one, participant) == types_of(one)[kit] != types_of(twin)[kit] == type_due(twin, participant)
    files, twins = (unbundled(package_of(here)) for here in (one, twin))
    assert [name for name, content in files.items() if content != twins.get(name)] == []
    assert package_of(one) == package_of(twin)
    monkeypatch.setattr(making, "still_masked", lambda tables: tables)
    assert package_of(one) != package_of(twin), "what is left out would tell"


def lived(database_url: str, *, turned: bool) -> World:
    """The trial of `left` on the statistician's own list; `turned`: everybody and every kit is of the other arm."""
    here = world(database_url)
    arms = [arm.id for arm in here.study.arms][:: -1 if turned else 1]
    lines = [
        f"{stratum},{place},{arms[(place * place + place) // 2 % 2]}"
        for stratum in here.study.strata_keys()
        for place in range(1, here.study.cap + 1)
    ]
    order = SealOwnList.from_file("\n".join(["stratum,position,arm", *lines]).encode())
    here.do(seal_own_list, order, by="unblinded_statistician")
    here.do(lay_sites, LaySites(), by="operator")
    begin_at_sites(here, SITES, stock=lambda site: fill(here, site, turned=turned))
    come_and_go(here)
    return here


def fill(here: World, site: str, *, turned: bool) -> None:
    """A kit list comes in, and all of it is shipped: what would stay behind were of other types in the twin."""
    rows = manifest_rows(here, 16)
    if turned:
        one, other = (arm.kit_type for arm in here.study.arms)
        rows = [[number, other if kind == one else one, *more] for number, kind, *more in rows]
    here.do(import_kits, ImportKits.from_file("kits.csv", csv_of(rows)), by="supply_manager")
    release_lots(here)
    for _ in range(200):  # the vault draws how many of each type are in a box
        with suppress(Refused):
            return stock_site(here, site, len(rows))
    raise AssertionError("the depot was never emptied")


def test_what_can_tell_an_arm_is_left_out(database_url: str) -> None:
    here = left(database_url)
    found = read_package(package_of(here))
    published = here.row(PublishedList)
    told = json.dumps({name: [dict(row) for row in rows] for name, rows in found.tables.items()})
    assert published.merkle_root not in told
    assert published.seed_sha256 not in told
    trail = found.tables["audit_trail"]
    assert [row["seq"] for row in trail] == [str(number) for number in range(1, len(trail) + 1)]
    assert {(row["body"], row["hash"], row["reason"]) for row in trail} == {("", "", "")}
    acts = {row["act"] for row in trail}
    assert {"participant.randomize", "eligibility.confirm"} <= acts
    assert not acts & {"list.prepare", "kits.import", "desk.close"}
    with here.database.read.connect() as connection:
        assert {row.number for row in Trial(connection, here.study, here.clock.now()).all(Kit)} == {
            row["kit"] for row in found.tables["kits"]
        }
    assert "packed" not in {row["state"] for row in found.tables["kits"]}
    assert {row["manufacturing_lot"] for row in found.tables["kits"]} == {""}


def test_without_anybody_randomized_it_is_skipped(database_url: str) -> None:
    here = running_trial(database_url, "01")
    assert rehearsed(here.service) == ("skipped", {"code": "nobody_randomized"})
    assert here.rows(Rehearsal) == []


def test_without_the_libraries_it_is_skipped(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here = left(database_url)
    monkeypatch.setattr(handing_over, "missing", lambda: ["scipy"])
    assert rehearsed(here.service) == ("skipped", {"code": "analysis_missing"})
    assert here.rows(Rehearsal) == []


def test_mistakes_of_the_package_are_counted(database_url: str) -> None:
    here = left(database_url)
    other = here.study.model_copy(update={"content": here.study.content + b"# changed\n"})
    service = replace(here.service, study=other)
    assert rehearsed(service) == ("failed", {"mistakes": 1})
    row = last(here)
    assert (row.outcome, row.facts["mistakes"], row.kept) == ("failed", 1, False)


def test_of_a_fault_the_kind_alone_is_kept(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here = left(database_url)

    def broken(*_: Any, **__: Any) -> bytes:
        raise KeyError("a message that could hold anything")

    monkeypatch.setattr(handing_over, "packed", broken)
    assert rehearsed(here.service) == ("failed", {"fault": "KeyError"})
    assert "anything" not in str(last(here).facts)
    with here.database.read.connect() as connection:
        assert files_of(connection, here.vault, last(here).id) is None


def test_the_files_of_the_last_few_are_kept_and_open_in_their_row_alone(database_url: str) -> None:
    here = world(database_url)
    wired = here.service
    ids = []
    for number in range(WITH_FILES + 2):
        here.clock.advance(timedelta(hours=1))
        ids.append(keep_rehearsal(
            wired.housekeeping, wired.vault, wired.entropy, at=here.clock.now(), outcome="done", facts={},
            content=f"files {number}".encode(),
        ))  # fmt: skip
    with here.database.read.connect() as connection:
        found = newest_rehearsals(connection, 10)
        assert [row.id for row in found] == ids[::-1]
        assert [row.kept for row in found] == [*[True] * WITH_FILES, False, False]
        assert [files_of(connection, here.vault, one) for one in ids] == [
            None, None, *[f"files {number}".encode() for number in range(2, WITH_FILES + 2)],
        ]  # fmt: skip
    moved = here.row(Rehearsal, id=ids[-1]).sealed
    with pytest.raises(SealBroken):
        open_kept(here.vault, moved, f"rehearsal|{ids[-2]}|{found[1].facts['sha256']}")
    assert verify(here.database, here.keys, here.vault, here.study, revision=newest()) == []
