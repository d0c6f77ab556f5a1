"""What a package holds of all that a real trial has: counted from its CSV tables alone.

`python tests/simulation/handed_over.py PACKAGE.zip` prints it, and fails where something is missing. It imports nothing
of irt.
"""

import csv
import io
import sys
import zipfile
from pathlib import Path

PRIMARY = "tis20_w12"
WANTED = ("randomized in error", "never dosed", "wrong kit", "code break", "missing week 12", "rescue")


def tables_of(package: bytes) -> dict[str, list[dict[str, str]]]:
    """Table → rows, of a package's CSV files."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        names = [name for name in archive.namelist() if "tables/" in name and name.endswith(".csv")]
        return {
            Path(name).stem.partition("_")[2]: list(csv.DictReader(io.StringIO(archive.read(name).decode())))
            for name in names
        }


def contents(package: bytes) -> dict[str, int]:
    """How many participants, kits or events there are of each of WANTED."""
    tables = tables_of(package)
    randomized = [row for row in tables["participants"] if row["randomized_on"]]
    decided = [row["decided_by"] for row in tables["responses"] if row["endpoint"] == PRIMARY]
    return {
        "randomized in error": sum(row["in_error"] == "Y" for row in tables["allocations"]),
        "never dosed": sum(not row["first_dose_on"] for row in randomized),
        "wrong kit": sum(row["kind"] == "wrong_kit" for row in tables["misallocations"]),
        "code break": sum(row["kind"] == "code_break" for row in tables["unblinding_log"]),
        "missing week 12": decided.count("missing"),
        "rescue": decided.count("rescue"),
    }


if __name__ == "__main__":
    found = contents(Path(sys.argv[1]).read_bytes())
    for what, count in found.items():
        print(f"{what}: {count}")
    sys.exit(0 if all(found[what] for what in WANTED) else 1)
