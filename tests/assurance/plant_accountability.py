"""Errors in the vials' books, each planted through the gate, so that the audit trail agrees with every row.

    python -m tests.assurance.plant_accountability

Lives the small trial of `lived` with its books in order, plants one error in a copy of it, lets `irt verify` look, and
prints what it names. Ends with 1 when an error was not named.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from irt.assurance.findings import Finding, report
from irt.db import connect
from irt.migrate import upgrade
from tests.assurance.lived import Trial, closing
from tests.assurance.plantings import PLANTINGS, Named, kept


def plant(trial: Trial, text: str) -> tuple[Named, list[Finding]]:
    """Plant one error; answers what is to be named, and what verification finds."""
    told: list[Named] = []
    trial.do("plant", lambda act: told.append(PLANTINGS[text](act)))
    return told[0], trial.verify()


def naming(named: Named, found: list[Finding]) -> Finding | None:
    """The finding that names the table and row of an error; None when there is none."""
    return next((one for one in found if (one.table, one.row) == named), None)


def main() -> int:
    """Plant every error in a copy of its own, and print what names it."""
    folder = Path(tempfile.mkdtemp(prefix="irt-planted-"))
    url = f"sqlite:///{folder / 'kept.sqlite'}"
    upgrade(url)
    trial = kept(url)
    assert trial.verify() == [], "the books are in order before anything is planted"
    closing(trial)
    named = 0
    for text in PLANTINGS:
        shutil.copy(folder / "kept.sqlite", folder / "planted.sqlite")
        trial.database = connect(f"sqlite:///{folder / 'planted.sqlite'}")
        wanted, found = plant(trial, text)
        finding = naming(wanted, found)
        named += finding is not None
        print(f"{text}\n    {report([finding]) if finding else 'not named'}")
        closing(trial)
    shutil.rmtree(folder)
    print(f"planted {len(PLANTINGS)}, named {named}")
    return 0 if named == len(PLANTINGS) else 1


if __name__ == "__main__":
    sys.exit(main())
