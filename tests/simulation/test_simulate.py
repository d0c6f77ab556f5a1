"""`irt simulate`: the same seed lives the same trial, twice and on either database; another seed another one."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry
from irt.lock.package.reading import verify_package
from irt.migrate import upgrade
from tests.analysis import recount
from tests.cli.conftest import Office
from tests.simulation.handed_over import WANTED, contents
from tests.simulation.harmed import check_harm
from tests.simulation.rated import check_rated
from tests.simulation.told import check_told

PARTICIPANTS = 14
KEYS = {
    "screened",
    "randomized",
    "by_stratum",
    "by_site",
    "dispensed",
    "refused",
    "acts",
    "signatures",
    "seconds",
    "kits_mismatched",
    "verify",
    "doses_due",
    "doses_taken",
    "doses_partial",
    "doses_missed",
    "doses_held",
    "doses_unrecorded",
    "adherence_vials_median",
    "adherence_diary_median",
    "kits_returned",
    "discrepancies_open",
    "discrepancies_resolved",
    "misallocated",
    "mishaps",
    "deviations",
    "kits_made",
    "stockouts",
    "refused_return_visits",
    "overage_percent",
    "shipments",
    "shipments_by_kind",
    "excursions",
    "lots_held",
    "expired_on_shelf",
    "adverse_events",
    "serious",
    "susar_candidates",
    "overdue_reports",
    "code_breaks",
    "code_breaks_by",
    "desk_openings",
    "special_reports",
    "unblindings",
    "outcomes_expected",
    "outcomes_complete",
    "outcomes_corrected",
    "outcomes_checked",
    "queries_raised",
    "queries_by",
    "queries_open",
    "rescues",
    "adjudicated",
    "to_adjudicate",
}
ANALYSED = {"primary", "populations", "package"}  # fmt: skip
BECAME = ("taken", "partial", "missed", "held", "unrecorded")


def lived(office: Office, *words: str) -> dict[str, Any]:
    """The one JSON object that is printed, but for the seconds, the folder and what depends on a deployment's keys."""
    told = office.done(f"simulate --participants {PARTICIPANTS} --json", *words)
    found: dict[str, Any] = json.loads(told)
    assert set(found) == (KEYS | ANALYSED if "analysis" in words else KEYS)
    assert found.pop("seconds") > 0
    for own in ("file", "bytes", "sha256"):  # the trail in it has digests under the keys of one deployment
        found.get("package", {}).pop(own, None)
    return found


@pytest.mark.long(60)
def test_the_same_seed_lives_the_same_trial_on_either_database(office: Office, tmp_path: Path) -> None:
    there, again = tmp_path / "there", tmp_path / "again"
    analysed = ("--seed", "1", "--through", "analysis", "--out")
    here = lived(office, *analysed, str(there), "--database", office.database.owner_url)
    assert here["randomized"] == PARTICIPANTS
    assert sum(here["by_stratum"].values()) == sum(here["by_site"].values()) == PARTICIPANTS
    assert here["screened"] >= PARTICIPANTS
    assert PARTICIPANTS * 4 < here["dispensed"] <= PARTICIPANTS * 6
    assert here["doses_due"] == sum(here[f"doses_{what}"] for what in BECAME) > PARTICIPANTS * 60
    assert 0.8 < here["adherence_vials_median"] <= 1
    assert 0.8 < here["adherence_diary_median"] <= 1
    assert here["kits_returned"] > PARTICIPANTS * 4
    assert here["deviations"]
    assert (here["kits_mismatched"], here["verify"]) == (0, "ok")
    assert len(here["refused"]) >= 5
    assert min(here["refused"].values()) > 0
    assert here["acts"] == office.count("act")
    with office.service().database.read.connect() as connection:
        check_harm(connection, here)
        assert check_told(connection) > 100
        ended = connection.execute(select(func.max(table_of(AuditEntry).c.at))).scalar_one()
        check_rated(connection, here, ended)
    check_handed_over(there, here)
    assert lived(office, *analysed, str(again)) == here, "in a temporary SQLite file"
    assert files_of(again) == files_of(there), "byte by byte"
    said = office.refused(f"simulate --participants 3 --database {office.database.owner_url}")
    assert "holds a trial already; name an empty one" in said
    upgrade(office.database.owner_url)  # a trial's data pass an upgrade
    assert office.done(f"verify --database {office.database.owner_url}").strip().endswith("ok")


def check_handed_over(folder: Path, here: dict[str, Any]) -> None:
    """The package stands, the populations are those that its tables give to somebody who has nothing else."""
    package = folder / "package.zip"
    assert verify_package(package.read_bytes()) == []
    assert recount.main([str(package), str(folder / "analysis")]) == 0
    assert here["primary"]["participants"] == {
        arm: count for arm, count in here["populations"]["full_analysis"].items() if arm != "all"
    }
    assert here["populations"]["randomized"]["all"] == PARTICIPANTS
    found = contents(package.read_bytes())
    assert (found["code break"], found["wrong kit"]) == (here["code_breaks"], here["misallocated"])
    assert {what for what in WANTED if not found[what]} == {"never dosed"}, "so few live all but that with this seed"


def files_of(folder: Path) -> dict[str, bytes]:
    """Every table of results and its facts, by name; reports are compared where they are made."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".csv", ".json")
    }


@pytest.mark.long(30)
def test_another_seed_lives_another_trial(office: Office) -> None:
    assert lived(office, "--seed", "2", "--through", "recruitment") != lived(
        office, "--seed", "1", "--through", "recruitment"
    )


def test_a_week_that_no_visit_has_is_named(office: Office) -> None:
    said = office.refused("simulate --participants 3 --through week13")
    assert "--through week13: there is no such visit; write one of recruitment, week0, week4" in said


def test_nobody_is_no_trial(office: Office) -> None:
    assert "--participants" in office.refused("simulate --participants 0")
