"""The reference cases of the statistical methods, by their ids."""

import json
from pathlib import Path
from typing import Any

_FILE = json.loads((Path(__file__).parents[1] / "vectors" / "statistics.json").read_text(encoding="utf-8"))
STATISTICS: dict[str, dict[str, Any]] = {case["id"]: case for case in _FILE["statistics"]["cases"]}
RERANDOMIZATION: dict[str, dict[str, Any]] = {case["id"]: case for case in _FILE["rerandomization"]["cases"]}


def tables(case: str) -> list[list[list[int]]]:
    """The 2 × 2 tables of a stratified case."""
    return list(STATISTICS[case]["input"]["strata"].values())
