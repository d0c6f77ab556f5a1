"""`irt kits …`: a list for the packager that tells nothing, and lists taken in whole or not at all."""

import csv
import io
import re
import stat

import pypdf
import pytest

from irt.actor import Role
from irt.supply.numbers import valid_kit_number
from tests.cli.conftest import Office

LOTS = "--lot A1=2031-06-30 --lot B7=2031-12"
WHO = "--login supply-manager"


def rows_of(content: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content)))


def written(rows: list[dict[str, str]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


@pytest.fixture
def supplies(laid: Office) -> Office:
    """The supply manager is there, and a list of 120 kits."""
    laid.people(Role.SUPPLY_MANAGER)
    laid.done(f"kits generate --count 120 {LOTS} --out kits.csv")
    return laid


def test_a_generated_list_is_scrambled_private_and_can_be_taken_in(supplies: Office) -> None:
    path = supplies.folder / "kits.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = rows_of(path.read_text())
    assert len({row["kit_number"] for row in rows}) == 120
    assert all(valid_kit_number(row["kit_number"]) for row in rows)
    assert [sum(row["kit_type"] == kind for row in rows) for kind in ("IL2", "PBO")] == [60, 60]
    assert {(row["lot"], row["expiry"]) for row in rows} == {("A1", "2031-06-30"), ("B7", "2031-12-31")}
    ran = supplies.run(f"kits import kits.csv {WHO}")
    assert (ran.code, ran.out) == (0, "120 kits imported\n")
    assert supplies.done("verify").strip().endswith("ok")
    again = supplies.run(f"kits import kits.csv {WHO}")
    assert again.code == 1
    assert "taken in before" in again.err


MISTAKEN = [
    (f"--count 121 {LOTS} --out new.csv", "121 is no multiple of 2, the sum of the ratio; write 120 or 122"),
    (f"--count 12 {LOTS} --out new.csv", "--count"),
    ("--count 40 --lot A1 --out new.csv", "'A1': write CODE=YYYY-MM-DD"),
    ("--count 40 --lot A1=2031-02-30 --out new.csv", "A1=2031-02-30"),
    ("--count 40 --lot A1=2031-06-30 --lot A1=2032-06-30 --out new.csv", "A1: is given twice"),
    ("--count 40 --lot A1=2020-06-30 --out new.csv", "expired"),
    (f"--count 40 {LOTS} --out kits.csv", "kits.csv: cannot be written (File exists)"),
    (f"--count 40 {LOTS} --out no/kits.csv", "No such file or directory"),
    ("--count 16 " + " ".join(f"--lot L{n}=2031-06-30" for n in range(9)) + " --out new.csv", "too few for 9 lots"),
]


def test_what_cannot_be_generated_is_named(supplies: Office) -> None:
    for words, named in MISTAKEN:
        assert named in supplies.refused(f"kits generate {words}")


def test_every_wrong_row_is_listed_and_nothing_is_taken_in(supplies: Office) -> None:
    rows = rows_of((supplies.folder / "kits.csv").read_text())
    rows[1]["kit_number"] = rows[0]["kit_number"]
    rows[4]["kit_type"] = "OTHER"
    rows[9]["expiry"] = "2020-01-01"
    rows[14]["vials"] = "3"
    rows[19]["kit_number"] = "12"
    supplies.write("wrong.csv", written(rows))
    said = supplies.refused_once(f"kits import wrong.csv {WHO}")
    for row, field in ((3, "kit_number"), (6, "kit_type"), (11, "expiry"), (16, "vials"), (21, "kit_number")):
        assert f"row {row}, {field}" in said
    assert not [word for word in ("IL2", "PBO") if word in said]


def test_a_list_that_tells_the_types_apart_is_refused_with_the_figure(supplies: Office) -> None:
    rows = sorted(rows_of((supplies.folder / "kits.csv").read_text()), key=lambda row: row["kit_type"])
    supplies.write("sorted.csv", written(rows))
    said = supplies.refused_once(f"kits import sorted.csv {WHO}")
    assert "tells the kit types apart" in said
    assert "p <" in said or "p =" in said or "AUC" in said
    assert not [word for word in ("IL2", "PBO") if word in said]


def test_no_file_and_no_right_to_it(supplies: Office) -> None:
    assert "none.csv" in supplies.refused(f"kits import none.csv {WHO}")
    ran = supplies.run("kits import kits.csv --login quality")
    assert ran.code == 1
    assert "kits" in ran.err.casefold()


def test_labels_are_written_for_lots_and_kits_sorted_by_number(supplies: Office) -> None:
    supplies.run(f"kits import kits.csv {WHO}")
    rows = rows_of((supplies.folder / "kits.csv").read_text())
    of_lot = sorted((row["kit_number"] for row in rows if row["lot"] == "A1"), key=int)
    other = next(row["kit_number"] for row in rows if row["lot"] == "B7")
    assert supplies.done("kits labels labels.pdf --lot A1") == f"{len(of_lot)} labels in labels.pdf\n"
    assert labelled(supplies, "labels.pdf") == of_lot
    supplies.done(f"kits labels two.pdf --kit {other} --kit {of_lot[0]}")
    assert labelled(supplies, "two.pdf") == sorted([other, of_lot[0]], key=int)


def labelled(supplies: Office, file: str) -> list[str]:
    pages = pypdf.PdfReader(supplies.folder / file).pages
    return re.findall(r"Kit number\s+(\d{7,10})", "".join(page.extract_text() for page in pages))


@pytest.mark.parametrize(
    ("line", "said"),
    [("x.pdf", "--lot or --kit"), ("x.pdf --lot C9", "C9: there is no such lot"),
     ("x.pdf --kit 1000000", "1000000: there is no such kit"), ("no/folder/x.pdf --lot A1", "not written")],
)  # fmt: skip
def test_labels_of_what_is_not_there_are_refused(supplies: Office, line: str, said: str) -> None:
    supplies.run(f"kits import kits.csv {WHO}")
    ran = supplies.run(f"kits labels {line}")
    assert ran.code in (1, 2)
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert not (supplies.folder / "x.pdf").exists()
