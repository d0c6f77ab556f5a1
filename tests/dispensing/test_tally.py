"""The independent tally: books in order balance, and each planted error is named by its line."""

from pathlib import Path

import pytest

from tests.dispensing.tally import COLUMNS, main, read, shown, tally

LINES = [
    "01,01-0001,1000001,L1,2027-01-31,W0,18,2026-03-02,2026-03-02,2026-03-30,4,13,1,0,0,reconciled,none",
    "01,01-0001,1000002,L1,2027-01-31,W4,18,2026-03-30,2026-03-30,2026-04-27,3,13,0,1,1,reconciled,resolved",
    "01,01-0002,1000003,L2,2027-01-31,W0,18,2026-03-03,2026-03-03,,,,,,,dispensed,none",
    "02,02-0001,1000004,L2,2027-01-31,W0,18,2026-03-03,2026-03-03,2026-03-31,5,14,0,0,-1,returned,open",
]
PASSED = [
    "03,02-0002,1000005,L2,2027-01-31,W4,18,2026-03-30,2026-03-30,,,,,,,passed_on,none",
    "02,02-0002,1000005,L2,2027-01-31,W4,18,2026-03-30,2026-03-30,2026-04-27,4,14,0,0,0,reconciled,none",
]
WRONG_PASSED = {
    "passed on to nobody": ("03,02-0002", "03,", "not to whom and when"),
    "passed on without a day": ("2026-03-30,2026-03-30,,,", "2026-03-30,,,,", "not to whom and when"),
    "passed on and counted": (",,,,,,,passed_on", ",,1,,,,,passed_on", "counted here too"),
    "passed on to another": ("03,02-0002", "03,02-0003", "to another participant"),
    "passed on with fewer vials": ("18,2026-03-30,2026-03-30,,", "17,2026-03-30,2026-03-30,,", "as another kit"),
    "passed on into no books": ("02,02-0002,1000005", "02,02-0002,1000006", "in no other site's books"),
}
WRONG = {
    "a lost vial": ("4,13,1,0,0", "3,13,1,0,0", "18 vials, 3 + 13 + 1 + 0 + 0 = 17"),
    "a wrong count": ("3,13,0,1,1", "3,14,0,1,1", "18 vials, 3 + 14 + 0 + 1 + 1 = 19"),
    "a kit twice": ("1000002", "1000001", "the kit stands on another line too"),
    "a difference nobody asks about": ("reconciled,resolved", "reconciled,none", "1 unaccounted, discrepancy none"),
    "a discrepancy without a difference": ("0,reconciled,none", "0,reconciled,open", "0 unaccounted, discrepancy open"),
    "counted at home": (",,,,,,dispensed", ",1,,,,,dispensed", "counted, and never returned"),
    "returned without a day": (",,,,,,dispensed", ",,,,,,returned", "returned, and no day of return"),
    "back before it went": ("2026-03-31", "2026-03-01", "before it was handed over on 2026-03-03"),
    "a number left out": ("5,14,0,0,-1", "5,,0,0,-1", "not every number is there"),
    "no number": ("5,14,0,0,-1", "5,1x,0,0,-1", "no whole number: '1x'"),
}  # fmt: skip


def exported(lines: list[str]) -> str:
    return "\n".join([",".join(COLUMNS), *lines]) + "\n"


def test_books_in_order_balance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "books.csv"
    file.write_text("\ufeff" + exported(LINES), encoding="utf-8")
    assert main([str(file)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "lines that do not balance: 0"
    assert said[0] == (
        "01 01-0001: 2 kits, 2 kits counted, 36 vials, 0 vials out, 7 unused, 26 used, 1 broken, 1 lost, 1 unaccounted"
    )
    whole = "all: 4 kits, 3 kits counted, 72 vials, 18 vials out, 12 unused, 40 used, 1 broken, 1 lost, 0 unaccounted"
    assert whole in said


@pytest.mark.parametrize("error", WRONG)
def test_an_error_is_named_by_its_line(error: str) -> None:
    before, after, said = WRONG[error]
    text = exported(LINES)
    assert text.count(before) >= 1
    found = tally(read(text.replace(before, after, 1)))
    assert len(found.wrong) == 1
    assert said in found.wrong[0]
    assert shown(found)[-1] == "lines that do not balance: 1"


def test_a_kit_that_was_passed_on_stands_in_both_books_and_is_counted_once() -> None:
    found = tally(read(exported([*LINES, *PASSED])))
    assert found.wrong == []
    assert (found.sites["03"]["vials"], found.sites["03"]["vials passed on"]) == (18, 18)
    assert (found.sites["02"]["vials passed on"], found.sites["02"]["used"]) == (0, 28)
    assert "03 02-0002: 1 kits, 0 kits counted, 18 vials, 0 vials out, 18 vials passed on" in "\n".join(shown(found))
    assert tally(read(exported(PASSED[:1]))).wrong == [], "of one site's books the other half is not there"


@pytest.mark.parametrize("error", WRONG_PASSED)
def test_an_error_about_a_kit_that_was_passed_on_is_named(error: str) -> None:
    before, after, said = WRONG_PASSED[error]
    text = exported([*LINES, *PASSED])
    assert text.count(before) == 1
    found = tally(read(text.replace(before, after)))
    assert len(found.wrong) == 1
    assert said in found.wrong[0]


def test_another_file_is_refused() -> None:
    with pytest.raises(ValueError, match="columns missing: site"):
        read("kit,vials\n1,18\n")
