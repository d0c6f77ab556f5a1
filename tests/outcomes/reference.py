"""The reference cases, and TIS and DOI computed a second time: slowly, from the published tables, sharing no code."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "outcomes.json").read_text(encoding="utf-8"))
PARTS = ("baseline", "followup", "enzymes", "mmt_max")

# Each row: above (excluded), up to (included), points; percent of range. Rider 2017, Table 3, thresholds for adults.
TABLE = {
    "phga": [(None, 5, "0"), (5, 15, "7.5"), (15, 25, "15"), (25, 40, "17.5"), (40, None, "20")],
    "pga": [(None, 5, "0"), (5, 15, "2.5"), (15, 25, "5"), (25, 40, "7.5"), (40, None, "10")],
    "mmt": [(None, 2, "0"), (2, 10, "10"), (10, 20, "20"), (20, 30, "27.5"), (30, None, "32.5")],
    "haq": [(None, 5, "0"), (5, 15, "5"), (15, 25, "7.5"), (25, 40, "7.5"), (40, None, "10")],
    "enzyme": [(None, 5, "0"), (5, 15, "2.5"), (15, 25, "5"), (25, 40, "7.5"), (40, None, "7.5")],
    "extramuscular": [(None, 5, "0"), (5, 15, "7.5"), (15, 25, "12.5"), (25, 40, "15"), (40, None, "20")],
}
RANGES = {"phga": "10", "pga": "10", "haq": "3", "extramuscular": "10"}
MULTIPLES = {"CK": 15, "aldolase": 6, "LDH": 3, "AST": 3, "ALT": 3}


def parts(case: dict[str, Any]) -> dict[str, Any]:
    """What is scored of a reference case."""
    return {name: case[name] for name in PARTS}


def plain(**changed: Any) -> dict[str, Any]:
    """A participant in whom nothing changes but what is named, as `haq=("2", "1")`; `CK=("2000", "1000", "200")`."""
    baseline = {"phga": "6", "pga": "7", "mmt": "60", "haq": "2", "extramuscular": "5"}
    followup, enzymes = dict(baseline), {"CK": {"baseline": "2000", "followup": "2000", "uln": "200"}}
    mmt_max = changed.pop("mmt_max", "80")
    for name, values in changed.items():
        if name in baseline:
            baseline[name], followup[name] = values
        else:
            enzymes[name] = dict(zip(("baseline", "followup", "uln"), values, strict=True))
    return {"baseline": baseline, "followup": followup, "enzymes": enzymes, "mmt_max": mmt_max}


def most_abnormal(enzymes: dict[str, Any]) -> str:
    """The enzyme with the largest multiple of its limit at baseline; the first as listed if several have it."""
    ratios = {name: Fraction(one["baseline"]) / Fraction(one["uln"]) for name, one in enzymes.items()}
    largest = max(ratios.values())
    return next(name for name in MULTIPLES if name in ratios and ratios[name] == largest)


def slow_tis(case: dict[str, Any]) -> tuple[str, dict[str, tuple[Fraction, int, Fraction]]]:
    """The enzyme; of each measure the percent, which row of the table holds it, and its points; nothing is missing."""
    found, name = {}, most_abnormal(case["enzymes"])
    for measure, rows in TABLE.items():
        if measure == "enzyme":
            enzyme = case["enzymes"][name]
            gain = Fraction(enzyme["baseline"]) - Fraction(enzyme["followup"])
            percent = gain * 100 / (MULTIPLES[name] * Fraction(enzyme["uln"]))
        elif measure == "mmt":
            gain = Fraction(case["followup"]["mmt"]) - Fraction(case["baseline"]["mmt"])
            percent = gain * 100 / Fraction(case["mmt_max"])
        else:
            gain = Fraction(case["baseline"][measure]) - Fraction(case["followup"][measure])
            percent = gain * 100 / Fraction(RANGES[measure])
        for place, (above, to, points) in enumerate(rows):
            if (above is None or percent > above) and (to is None or percent <= to):
                found[measure] = (percent, place, Fraction(points))
                break
    return name, found


def slow_doi(case: dict[str, Any]) -> bool:
    """Whether three measures are a fifth of baseline better, and at most two, the muscles not, a quarter worse."""
    pairs = {name: (Fraction(case["baseline"][name]), Fraction(case["followup"][name])) for name in case["baseline"]}
    enzyme = case["enzymes"][most_abnormal(case["enzymes"])]
    pairs["enzyme"] = (Fraction(enzyme["baseline"]), Fraction(enzyme["followup"]))
    better, worse = set(), set()
    for name, (first, later) in pairs.items():
        if name == "mmt":
            better |= {name} if later > first and later * 5 >= first * 6 else set()
            worse |= {name} if later < first and later * 4 <= first * 3 else set()
        else:
            better |= {name} if later < first and later * 5 <= first * 4 else set()
            worse |= {name} if later > first and later * 4 >= first * 5 else set()
    return len(better) >= 3 and len(worse) <= 2 and "mmt" not in worse
