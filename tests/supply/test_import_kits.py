"""Importing a manifest: sealed at once, whole or not at all, refused when it tells the types apart."""

import json
import re

import pytest

from irt.supply.import_kits import ImportKits, import_kits
from irt.supply.tables import Kit, Manifest
from irt.vault._tables import SealedKit
from tests.cast import World, world
from tests.stocked import csv_of, manifest_rows, types_of

MANAGER = "supply_manager"


@pytest.fixture
def trial(database_url: str) -> World:
    return world(database_url)


def order(rows: list[list[object]]) -> ImportKits:
    return ImportKits.from_file("kits.csv", csv_of(rows))


def test_kits_come_in_with_their_types_sealed(trial: World) -> None:
    rows = manifest_rows(trial, 40)
    told = trial.do(import_kits, order(rows), by=MANAGER)
    kits = {kit.number: kit for kit in trial.rows(Kit)}
    assert told.kits == trial.row(Manifest, id=told.manifest).kits == len(kits) == 40
    assert {(kit.state, kit.site, kit.moves) for kit in kits.values()} == {("at_depot", None, 0)}
    assert {kit.number: kit.lot for kit in kits.values()} == {row[0]: row[2] for row in rows}
    assert types_of(trial) == {row[0]: row[1] for row in rows}
    assert len({len(row.sealed) for row in trial.rows(SealedKit)}) == 1


def test_the_trail_holds_the_number_of_kits_and_nothing_of_the_file(trial: World) -> None:
    rows = manifest_rows(trial, 40)
    trial.do(import_kits, order(rows), by=MANAGER)
    body = trial.last_audit().body
    assert json.loads(body)["order"] == {}
    bulks = {change[0]: change[3]["count"] for change in json.loads(body)["changes"] if change[2] == "bulk"}
    assert bulks == {"kit": 40, "sealed_kit": 40}
    assert not [row[0] for row in rows if row[0] in body]
    assert "kits.csv" not in body


def test_sealed_kits_are_stored_in_no_order_that_tells(trial: World) -> None:
    rows = manifest_rows(trial, 40)
    trial.do(import_kits, order(rows), by=MANAGER)
    with trial.database.read.connect() as connection:
        stored = [row[0] for row in connection.exec_driver_sql("SELECT kit FROM sealed_kit")]
    assert stored not in ([row[0] for row in rows], [row[0] for row in sorted(rows, key=lambda row: str(row[1]))])


def test_the_same_manifest_comes_in_once(trial: World) -> None:
    rows = manifest_rows(trial, 40)
    first = trial.perform(import_kits, order(rows), by=MANAGER, request_id="once")
    assert trial.perform(import_kits, order(rows), by=MANAGER, request_id="once").answer == first.answer
    assert trial.refusal(import_kits, order(rows), by=MANAGER).code == "manifest_known"
    fresh = manifest_rows(trial, 40)
    refused = trial.refusal(import_kits, order([*fresh, rows[0][:2] + fresh[0][2:]]), by=MANAGER)
    assert (refused.code, refused.facts) == ("kits_known", {"numbers": [rows[0][0]]})
    assert json.loads(trial.last_audit().body)["facts"] == {"numbers": 1}


def test_every_wrong_row_is_named_and_nothing_is_imported(trial: World) -> None:
    rows = manifest_rows(trial, 40)
    rows[3][1], rows[5][3], rows[7][4], rows[9][0] = "unheard of", "2020-01-31", "many", rows[8][0]
    refused = trial.refusal(import_kits, order(rows), by=MANAGER)
    assert refused.code == "manifest_mistakes"
    text = "\n".join(refused.facts["mistakes"])  # type: ignore[call-overload]
    for place in ("row 5, kit_type", "row 7, expiry", "row 9, vials", "row 11, kit_number"):
        assert place in text
    assert not [arm.kit_type for arm in trial.study.arms if f"'{arm.kit_type}'" in text]
    assert trial.rows(Kit) == []


def test_a_manifest_that_tells_the_types_apart_is_refused_with_the_figure(trial: World) -> None:
    rows = manifest_rows(trial, 60)
    kinds = sorted(row[1] for row in rows)
    telling = [[number, kind, *rest] for (number, _, *rest), kind in zip(sorted(rows), kinds, strict=True)]
    refused = trial.refusal(import_kits, order(telling), by=MANAGER)
    assert refused.code == "manifest_tells"
    findings = refused.facts["findings"]
    assert isinstance(findings, list)
    assert re.match(r"kit numbers: AUC 1\.00; .* p<1e-9", findings[0])
    assert trial.rows(SealedKit) == []


@pytest.mark.parametrize("by", ["trial_manager", "depot", "unblinded_statistician", "administrator"])
def test_others_import_no_kits(trial: World, by: str) -> None:
    assert trial.refusal(import_kits, order(manifest_rows(trial, 40)), by=by).code == "role_not_allowed"
