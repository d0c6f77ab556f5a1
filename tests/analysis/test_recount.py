"""The independent count agrees with the analysis, in a process that cannot import irt, and finds what is planted."""

import csv
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.analysis.analysed import results
from tests.analysis.invented import invented, write_tables

SCRIPT = Path(__file__).with_name("recount.py")


@pytest.fixture
def analysis(tmp_path):
    folder = tmp_path / "analysis"
    folder.mkdir()
    for one in results().tables.values():
        (folder / f"{one.id}.csv").write_bytes(one.csv())
    return folder


@pytest.fixture
def package(tmp_path):
    return write_tables(invented(60, 5), tmp_path / "package")


def recount(package: Path, analysis: Path) -> tuple[int, list[str]]:
    told = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(package), str(analysis)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not told.stderr, told.stderr
    return told.returncode, told.stdout.splitlines()


def alter(path: Path, column: str, new: str, **named: str) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        held, columns = list(reader), list(reader.fieldnames or ())
    found = [one for one in held if all(one[name] == cell for name, cell in named.items())]
    assert found
    assert found[0][column] != new
    found[0][column] = new
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(held)


def test_every_number_is_the_same(package, analysis):
    code, lines = recount(package, analysis)
    assert (code, lines[-1].endswith("numbers compared, 0 differ")) == (0, True)
    assert int(lines[-1].split()[0]) > 1000
    for what in (
        "populations safety IL2",
        "baseline age",
        "primary risk difference estimate",
        "primary CMH p",
        "events",
        "rates   IL2 years",
    ):
        assert any(what in line for line in lines), what


def test_a_zip_is_read_like_its_folder(package, analysis, tmp_path):
    packed = tmp_path / "package.zip"
    with zipfile.ZipFile(packed, "w") as held:
        for one in sorted(package.rglob("*.csv")):
            held.write(one, one.relative_to(package))
    assert recount(packed, analysis) == recount(package, analysis)


def test_files_may_be_numbered(package, analysis):
    (analysis / "primary.csv").rename(analysis / "07_primary.csv")
    assert recount(package, analysis)[0] == 0


@pytest.mark.parametrize(
    ("table", "column", "value", "named"),
    [
        ("populations", "participants", "1", {"set": "safety", "arm": "IL2"}),
        ("baseline_characteristics", "median", "49.001", {"variable": "age", "arm": "PBO"}),
        ("primary_arms", "responders", "3", {"arm": "PBO"}),
        ("primary", "low", "0.0500000001", {"method": "mantel_haenszel_risk_difference"}),
        ("primary", "p", "0.049", {"method": "cochran_mantel_haenszel"}),
        ("adverse_events_summary", "events", "1000", {"period": "week_24", "category": "any", "arm": "IL2"}),
        ("adverse_events_by_term", "participants", "99", {"pt": "Pyrexia", "arm": "PBO"}),
        ("exposure_adjusted", "years", "12.3456", {"pt": "Pyrexia", "arm": "PBO"}),
        ("exposure_adjusted", "rate", "12.3456", {"soc": "", "arm": "IL2"}),
    ],
)
def test_a_planted_difference_is_found(package, analysis, table, column, value, named):
    alter(analysis / f"{table}.csv", column, value, **named)
    code, lines = recount(package, analysis)
    assert code == 1
    assert sum(line.startswith("DIFFER") for line in lines) == 1


def test_a_response_that_the_raw_tables_do_not_give_is_found(package, analysis):
    responder = next(
        one["participant"]
        for one in invented(60, 5).tables["responses"]
        if one["endpoint"] == "tis20_w12" and one["response"] == "1"
    )
    alter(package / "tables" / "18_scores.csv", "value", "0", visit="W12", score="tis", participant=responder)
    code, lines = recount(package, analysis)
    assert code == 1
    assert any(line.startswith("DIFFER response of") for line in lines)
