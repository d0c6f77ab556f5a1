"""`python tests/analysis/recount.py PACKAGE ANALYSIS`: the main numbers of an analysis, counted again from the package.

PACKAGE is the ZIP or its folder, ANALYSIS the folder with the analysis's CSV files. Nothing is read of the package but
its tables, and nothing of irt is used. Populations, table 1, the primary endpoint, adverse events and their rates are
counted from the raw tables (the response from scores and intercurrent events) and compared, a line for each number.
Ends with 1 when one differs, and when less was compared than the four parts.
"""

import argparse
import csv
import io
import math
import re
import statistics
import sys
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

Row = dict[str, str]
ENDPOINT, VISIT, SCORE, THRESHOLD, BASELINE, LAST_DAY = "tis20_w12", "W12", "tis", 20.0, "W0", 169
LEAST_ADHERENCE = 80  # percent of the doses due before the primary visit
GIVEN, DAYS_AFTER = ("taken", "partial"), 30  # a dose that was injected; days in which an event counts after the last
COMPOSITE = {"death", "rescue", "stop_for_adverse_event_or_lack_of_efficacy"}
CORE = {"mmt8", "physician_global", "patient_global", "haq", "mdaat", "muscle_enzymes"}
EQUAL_TO_5_MG = {
    "prednisone": 5, "prednisolone": 5, "methylprednisolone": 4, "hydrocortisone": 20, "cortisone": 25,
    "triamcinolone": 4, "dexamethasone": 0.75, "betamethasone": 0.6,
}  # fmt: skip
NUMBERS = ("n", "mean", "sd", "median", "q1", "q3", "minimum", "maximum")
Z = 1.959963984540054


class Package:
    """The tables of a package, by name."""

    def __init__(self, path: Path) -> None:
        if path.is_dir():
            files = {str(one.relative_to(path)): one.read_bytes() for one in path.rglob("*.csv")}
        else:
            with zipfile.ZipFile(path) as held:
                files = {name: held.read(name) for name in held.namelist() if name.endswith(".csv")}
        self._tables = {
            found[1]: _rows(content)
            for name, content in files.items()
            if (found := re.search(r"(?:^|/)tables/\d+_(\w+)\.csv$", name.replace("\\", "/")))
        }

    def __getitem__(self, table: str) -> list[Row]:
        return self._tables[table]


class Comparison:
    """What was compared, and how often it differed."""

    def __init__(self, analysis: Path) -> None:
        self.analysis, self.compared, self.differing = analysis, 0, 0

    def table(self, name: str) -> list[Row]:
        """A table of the analysis: NAME.csv or NN_NAME.csv."""
        found = [one for one in self.analysis.rglob("*.csv") if re.fullmatch(rf"(\d+_)?{name}", one.stem)]
        if len(found) != 1:
            sys.exit(f"{name}.csv: {len(found)} found in {self.analysis}")
        return _rows(found[0].read_bytes())

    def same(self, what: str, mine: float | None, theirs: str) -> None:
        """Compare one number, and say so."""
        given = float(theirs) if theirs else None
        equal = mine is given
        if mine is not None and given is not None:
            equal = math.isclose(mine, given, rel_tol=1e-9, abs_tol=1e-9)
        self.compared += 1
        self.differing += not equal
        shown = "nothing" if mine is None else f"{mine:.10g}"
        print(f"{'same  ' if equal else 'DIFFER'} {what}: {shown} counted, {theirs or 'nothing'} in the analysis")


def main(arguments: list[str]) -> int:
    """Compare; return 0 when every number is the same."""
    parser = argparse.ArgumentParser(description="Count the main numbers of an analysis again.")
    parser.add_argument("package", type=Path)
    parser.add_argument("analysis", type=Path)
    given = parser.parse_args(arguments)
    package, comparison = Package(given.package), Comparison(given.analysis)
    arms = [row["arm"] for row in comparison.table("primary_arms")]  # active, then control
    known = {row["key"]: row["value"] for row in package["generation_record"]}["arms"].split()
    if sorted(arms) != sorted(known):
        sys.exit(f"the arms of the analysis are {arms}, those of the package {known}")
    done = []
    for part in (populations, table_1, primary, harm):
        before = comparison.compared
        part(package, comparison, arms)
        done.append(comparison.compared - before)
    print(f"{comparison.compared} numbers compared, {comparison.differing} differ")
    return int(comparison.differing > 0 or not all(done))


def populations(package: Package, comparison: Comparison, arms: list[str]) -> None:
    """Randomized, full analysis, per protocol and safety by arm."""
    allocated = {row["participant"]: row["arm"] for row in package["allocations"]}
    found = {"randomized": allocated, "safety": treated(package, arms)}
    for name, members in masked_sets(package).items():
        found[name] = {number: arm for number, arm in allocated.items() if number in members}
        flagged = {row["participant"] for row in package["participants"] if row[name] == "Y"}
        comparison.same(f"populations {name}, members otherwise than flagged", len(members ^ flagged), "0")
    for row in comparison.table("populations"):
        held = list(found[row["set"]].values())
        count = len(held) if row["arm"] == "all" else held.count(row["arm"])
        comparison.same(f"populations {row['set']} {row['arm']}", count, row["participants"])


def masked_sets(package: Package) -> dict[str, set[str]]:
    """Full analysis and per protocol by their rules and by what was decided, from the raw tables."""
    decided: dict[tuple[str, str], str] = {}
    for row in sorted(package["population_decisions"], key=lambda row: int(row["revision"])):
        decided[row["population"], row["participant"]] = row["included"]
    people = [row for row in package["participants"] if row["randomized_on"]]
    numbers, days = {row["participant"] for row in people}, assessment_days(package, people)
    grounds = {row["participant"] for row in people if row["in_error"] == "Y" or not row["first_dose_on"]}
    full = numbers - {one for one in grounds if decided.get(("full_analysis", one)) == "N"}
    out = important(package) | too_few_doses(package, people)
    out |= numbers - set(scores(package)) - composite(package, days)  # nothing measured, and nothing decided
    for row in package["unblinding_log"]:
        number = row["participant"]
        if row["kind"] in ("code_break", "envelope_opened") and number in days:
            one = next(one for one in people if one["participant"] == number)
            first = date.fromisoformat(one["first_dose_on"] or one["randomized_on"])
            if (date.fromisoformat(row["on"]) - first).days + 1 < days[number]:
                out.add(number)
    chosen = {number: said == "Y" for (population, number), said in decided.items() if population == "per_protocol"}
    return {"full_analysis": full, "per_protocol": {one for one in full if chosen.get(one, one not in out)}}


def important(package: Package) -> set[str]:
    """Whom both who classified a deviation that stands would leave out."""
    said = {"stands": "Y", "per_protocol_dm": "exclude", "per_protocol_ts": "exclude"}
    return {row["participant"] for row in package["deviations"] if said.items() <= row.items()}


def too_few_doses(package: Package, people: list[Row]) -> set[str]:
    """Who took fewer than 80 percent of the doses that fell due before the day planned for the primary visit."""
    planned = {row["participant"]: row["planned_on"] for row in package["visits"] if row["visit"] == VISIT}
    due, taken = dict.fromkeys(planned, 0), dict.fromkeys(planned, 0)
    for row in package["doses"]:
        number = row["participant"]
        if (row["due_on"] or row["taken_on"]) < planned[number]:
            due[number] += row["kind"] == "scheduled" and row["outcome"] != "held"
            taken[number] += row["outcome"] in GIVEN
    numbers = [row["participant"] for row in people]
    return {one for one in numbers if not due.get(one) or 100 * taken[one] < LEAST_ADHERENCE * due[one]}


def scores(package: Package) -> dict[str, float]:
    """The score of everybody who has one at the primary visit."""
    rows = [row for row in package["scores"] if (row["visit"], row["score"]) == (VISIT, SCORE)]
    return {row["participant"]: float(row["value"]) for row in rows if row["value"]}


def treated(package: Package, arms: list[str]) -> dict[str, str]:
    """The arm as treated of everybody who took a dose: active, once a kit of that arm was given."""
    own = {row["participant"]: row["arm"] for row in package["allocations"]}
    given: dict[str, set[str]] = {}
    for row in package["dispensing"]:
        if row["given_on"]:
            given.setdefault(row["participant"], set()).add(row["arm_of_kit"])
    taken = {row["participant"] for row in package["doses"] if row["outcome"] in GIVEN}
    return {number: arms[0] if arms[0] in given.get(number, {own[number]}) else arms[1] for number in taken}


def full_analysis(package: Package) -> list[Row]:
    """The participants of the full analysis set."""
    return [row for row in package["participants"] if row["arm"] and row["full_analysis"] == "Y"]


def table_1(package: Package, comparison: Comparison, arms: list[str]) -> None:
    """Every line of the baseline characteristics."""
    people = full_analysis(package)
    for row in comparison.table("baseline_characteristics"):
        values = baseline_values(package, people, row["variable"])
        held = [values[one["participant"]] for one in people if row["arm"] in (one["arm"], "all")
                and values.get(one["participant"])]  # fmt: skip
        what = f"baseline {row['variable']} {row['level']} {row['arm']}"
        if row["level"]:
            comparison.same(f"{what} n", len(held), row["n"])
            comparison.same(f"{what} count", held.count(row["level"]), row["count"])
            share = 100 * held.count(row["level"]) / len(held) if held else None
            comparison.same(f"{what} percent", share, row["percent"])
        else:
            for name, value in described([float(one) for one in held]).items():
                comparison.same(f"{what} {name}", value, row[name])


def baseline_values(package: Package, people: list[Row], variable: str) -> dict[str, str]:
    """The value of a variable for each participant, as text."""
    if variable in ("age", "sex", "site"):
        return {row["participant"]: row[variable] for row in people}
    if variable.startswith("stratum"):
        place = {"stratum": None, "stratum.glucocorticoid": 0, "stratum.anti_mda5": 1}[variable]
        used = {row["participant"]: row["stratum_used"] for row in people}
        return used if place is None else {number: one.split("|")[place] for number, one in used.items()}
    instrument, dot, field = variable.partition(".")
    if not dot:
        return {row["participant"]: row["value"] for row in package["baseline"] if row["field"] == variable}
    return measured(package, instrument, field)


def measured(package: Package, instrument: str, field: str) -> dict[str, str]:
    """A measure at baseline: in time and final; a glucocorticoid's dose as prednisone, half of a limit of detection."""
    wanted = (BASELINE, instrument, field)
    found = {
        row["participant"]: repr(float(row["value"]) / 2) if row["below"] == "Y" else row["value"]
        for row in package["laboratory"]
        if (row["visit"], row["instrument"], row["field"]) == wanted and row["state"] == "final"
    }
    rows = [row for row in package["assessments"] if row["visit"] == BASELINE and row["instrument"] == instrument
            and row["state"] == "final" and row["timing"] == "in_window"]  # fmt: skip
    found |= {row["participant"]: row["value"] for row in rows if row["field"] == field}
    if (instrument, field) == ("glucocorticoid", "dose"):
        drugs = {row["participant"]: row["value"] for row in rows if row["field"] == "drug"}
        for number, dose in found.items():
            of = EQUAL_TO_5_MG.get(drugs[number])
            found[number] = "0" if of is None else repr(float(dose) * 5 / of)
    return found


def described(values: list[float]) -> dict[str, float | None]:
    """Count, mean, standard deviation, quartiles by linear interpolation, range."""
    if not values:
        return {"n": 0, **dict.fromkeys(NUMBERS[1:])}
    quartiles = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return {
        "n": len(values), "mean": math.fsum(values) / len(values),
        "sd": statistics.stdev(values) if len(values) > 1 else None, "median": statistics.median(values),
        "q1": quartiles[0], "q3": quartiles[2], "minimum": min(values), "maximum": max(values),
    }  # fmt: skip


def primary(package: Package, comparison: Comparison, arms: list[str]) -> None:
    """Responders by arm, the Mantel-Haenszel risk difference with Sato's interval, and Cochran-Mantel-Haenszel."""
    people = full_analysis(package)
    answers = responses(package, people)
    given = {row["participant"]: row for row in package["responses"] if row["endpoint"] == ENDPOINT}
    for number, answer in answers.items():
        told = given[number]["response"] if number in given else "0"
        comparison.same(f"response of {number}, table responses", answer, told)
    for row in comparison.table("primary_arms"):
        there = [answers[one["participant"]] for one in people if one["arm"] == row["arm"]]
        comparison.same(f"primary {row['arm']} participants", len(there), row["participants"])
        comparison.same(f"primary {row['arm']} responders", sum(there), row["responders"])
    strata: dict[str, list[list[int]]] = {}
    for one in people:
        table = strata.setdefault(one["stratum_used"], [[0, 0], [0, 0]])
        table[arms.index(one["arm"])][1 - answers[one["participant"]]] += 1
    found = {row["method"]: row for row in comparison.table("primary")}
    value, error = risk_difference(list(strata.values()))
    row = found["mantel_haenszel_risk_difference"]
    for name, mine in (("estimate", value), ("low", value - Z * error), ("high", value + Z * error)):
        comparison.same(f"primary risk difference {name}", mine, row[name])
    statistic = cochran_mantel_haenszel(list(strata.values()))
    row = found["cochran_mantel_haenszel"]
    comparison.same("primary CMH statistic", statistic, row["statistic"])
    comparison.same("primary CMH p", math.erfc(math.sqrt(statistic / 2)), row["p"])


def responses(package: Package, people: list[Row]) -> dict[str, int]:
    """By the estimand: no response after a composite event before the assessment, and none without a score."""
    scored = scores(package)
    failed = composite(package, assessment_days(package, people))
    numbers = [one["participant"] for one in people]
    return {one: int(one not in failed and scored.get(one, -1.0) >= THRESHOLD) for one in numbers}


def composite(package: Package, days: dict[str, int]) -> set[str]:
    """Of those who have a day of assessment, who had a composite event before it."""
    rows = [row for row in package["intercurrent_events"] if row["counts"] == "Y" and row["verdict"] in COMPOSITE]
    return {row["participant"] for row in rows if int(row["study_day"]) < days.get(row["participant"], 0)}


def assessment_days(package: Package, people: list[Row]) -> dict[str, int]:
    """The study day of the last core measure in time or, without any, that of the day after the window."""
    found = {}
    windows = {row["participant"]: row["latest_on"] for row in package["visits"] if row["visit"] == VISIT}
    for one in people:
        first = date.fromisoformat(one["first_dose_on"] or one["randomized_on"])
        after = date.fromisoformat(windows[one["participant"]]) + timedelta(days=1)
        found[one["participant"]] = (after - first).days + 1
    last: dict[str, int] = {}
    for row in package["assessments"]:
        number = row["participant"]
        held = (row["visit"], row["state"], row["timing"]) == (VISIT, "final", "in_window")
        if held and row["instrument"] in CORE:
            last[number] = max(last.get(number, 0), int(row["study_day"]))
    return found | {number: day for number, day in last.items() if number in found}


def risk_difference(tables: list[list[list[int]]]) -> tuple[float, float]:
    """Mantel-Haenszel's risk difference and Sato's standard error."""
    weight = above = p = q = 0.0
    for (a, b), (c, d) in tables:
        n1, n0 = a + b, c + d
        n = n1 + n0
        if n1 and n0:
            weight += n1 * n0 / n
            above += (a * n0 - c * n1) / n
            p += (n1 * n1 * c - n0 * n0 * a + n1 * n0 * (n0 - n1) / 2) / (n * n)
            q += (a * d + c * b) / (2 * n)
    value = above / weight
    return value, math.sqrt(max(0.0, value * p + q)) / weight


def cochran_mantel_haenszel(tables: list[list[list[int]]]) -> float:
    """The statistic without continuity correction; 0 when nothing compares anything."""
    above = variance = 0.0
    for (a, b), (c, d) in tables:
        n1, n0, m1, m0 = a + b, c + d, a + c, b + d
        n = n1 + n0
        if n > 1:
            above += a - n1 * m1 / n
            variance += n1 * n0 * m1 * m0 / (n * n * (n - 1))
    return above * above / variance if variance else 0.0


def harm(package: Package, comparison: Comparison, arms: list[str]) -> None:
    """Participants and events in the summary of adverse events, and by class and term."""
    in_arm = treated(package, arms)
    emergent = [row for row in package["adverse_events"] if row["emergent"] == "Y" and row["participant"] in in_arm]
    planned = [row for row in emergent if int(row["study_day"]) <= LAST_DAY]
    kinds: dict[str, Callable[[Row], bool]] = {
        "any": lambda row: True, "related": related, "grade_3_or_more": lambda row: int(row["grade"]) > 2,
        "serious": lambda row: row["serious"] == "Y",
        "serious_related": lambda row: row["serious"] == "Y" and related(row),
        "special_interest": lambda row: row["special_interest"] == "Y",
        "led_to_stop": lambda row: row["action"] == "withdrawn", "fatal": lambda row: row["outcome"] == "fatal",
    }  # fmt: skip
    for told in comparison.table("adverse_events_summary"):
        held = {"week_24": planned, "emergent": emergent}[told["period"]]
        counted(comparison, told, (row for row in held if kinds[told["category"]](row)), in_arm, told["category"])
    lines = comparison.table("adverse_events_by_term")
    for told in lines:
        counted(comparison, told, of_line(told, planned), in_arm, f"{told['soc']} {told['pt']}")
    terms = {(row["soc"] or "uncoded", term(row)) for row in planned}
    there = {(told["soc"], told["pt"]) for told in lines if told["pt"]}
    comparison.same("adverse events, terms with a line", len(terms & there), str(len(there)))
    comparison.same("adverse events, terms in all", len(terms), str(len(there)))
    years = at_risk(package, in_arm)
    for told in comparison.table("exposure_adjusted"):
        events, time = (
            sum(in_arm[row["participant"]] == told["arm"] for row in of_line(told, emergent)),
            years[told["arm"]],
        )
        for name, mine in (("events", events), ("years", time), ("rate", 100 * events / time if time else None)):
            comparison.same(f"rates {told['soc']} {told['pt']} {told['arm']} {name}", mine, told[name])


def at_risk(package: Package, in_arm: dict[str, str]) -> dict[str, float]:
    """By arm the years in which an event counts: from the first dose to DAYS_AFTER the last, or to leaving or death."""
    days: dict[str, list[date]] = {}
    for row in package["doses"]:
        if row["outcome"] in GIVEN:
            days.setdefault(row["participant"], []).append(date.fromisoformat(row["taken_on"]))
    held: dict[str, list[float]] = {arm: [] for arm in in_arm.values()}
    for one in package["participants"]:
        if taken := days.get(one["participant"]):
            gone = [date.fromisoformat(one[name]) for name in ("ended_on", "died_on") if one[name]]
            ends = min([max(taken) + timedelta(days=DAYS_AFTER), *gone])
            held[in_arm[one["participant"]]].append(max(0, (ends - min(taken)).days + 1) / 365.25)
    return {arm: math.fsum(there) for arm, there in held.items()}


def of_line(told: Row, rows: list[Row]) -> list[Row]:
    """The events of a line's class and term; of all where it names none."""
    return [row for row in rows if told["soc"] in ("", row["soc"] or "uncoded") and told["pt"] in ("", term(row))]


def related(row: Row) -> bool:
    """Whether investigator or sponsor held the study drug for a possible cause."""
    return bool({row["causality_drug"], row["sponsor_causality"]} & {"possible", "probable", "definite"})


def term(row: Row) -> str:
    """The preferred term, else the study's, else the words."""
    return row["pt"] or row["term"] or row["verbatim"]


def counted(comparison: Comparison, told: Row, rows: Iterable[Row], in_arm: dict[str, str], what: str) -> None:
    """Compare participants and events of one line."""
    held = [row["participant"] for row in rows if in_arm[row["participant"]] == told["arm"]]
    what = f"adverse events {told.get('period', 'by term')} {what} {told['arm']}"
    comparison.same(f"{what} of", list(in_arm.values()).count(told["arm"]), told["n"])
    comparison.same(f"{what} participants", len(set(held)), told["participants"])
    comparison.same(f"{what} events", len(held), told["events"])


def _rows(content: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
