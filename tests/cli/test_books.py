"""`irt books …`: the books of a lived trial as CSV; they agree with one another, in codes, days and numbers alone."""

import csv
from collections import Counter
from pathlib import Path

from irt.dispensing.books import COUNTED, KIT_COLUMNS
from tests.cli.conftest import Office

STANDS_AS = {"available": "available", "assigned": "set_aside", "dispensed": "with_participants"}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_books_of_a_trial_agree_with_one_another(office: Office) -> None:
    lived = "--database sqlite:///lived.sqlite"
    office.done(f"simulate --participants 6 --seed 3 --through recruitment --json {lived}")
    said = office.done(f"books accountability --csv kits.csv {lived}")
    kits = rows_of(office.folder / "kits.csv")
    assert said.startswith(f"{len(kits)} lines in")
    assert tuple(kits[0]) == KIT_COLUMNS
    assert len({row["kit"] for row in kits}) == len(kits) > 40
    assert {row["visit"] for row in kits if row["assigned_on"]} == {"W0"}
    office.done(f"books inventory --csv moves.csv {lived}")
    moves = rows_of(office.folder / "moves.csv")
    for site in {row["site"] for row in kits}:
        here = [row for row in kits if row["site"] == site]
        last = [row for row in moves if row["site"] == site][-1]
        assert sum(int(last[name]) for name in COUNTED[1:]) == len(here)
        stands = Counter(STANDS_AS[row["state"]] for row in here if row["state"] in STANDS_AS)
        assert stands["available"] > 0
        assert {name: int(last[name]) for name in STANDS_AS.values()} == {
            name: stands[name] for name in STANDS_AS.values()
        }
        assert last["moved_at"].endswith("+08:00")
    office.done(f"books accountability --site 01 --csv one.csv {lived}")
    assert rows_of(office.folder / "one.csv") == [row for row in kits if row["site"] == "01"]


def test_a_site_that_is_not_in_the_study_is_named(laid: Office) -> None:
    assert "99 is no site of the study; choose one of 01, 02" in laid.refused("books inventory --site 99 --csv x.csv")
