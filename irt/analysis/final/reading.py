"""What the final analysis reads: the opened tables in an order of their own, and who was randomized to what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from irt.analysis.results import Cell, ResultTable
from irt.dispensing.adherence import GIVEN
from irt.lock.contents import TABLES, Row
from irt.lock.opened import Opened
from irt.study import Study

ALL = "all"  # both arms together, and participants without one


class WrongTablesError(ValueError):
    """Tables that contradict each other: which, and about whom."""


@dataclass(frozen=True)
class Person:
    """Somebody randomized. `arm`: as randomized; `treated`: the arm as treated, empty for who took no dose."""

    number: str
    site: str
    arm: str
    stratum: str
    corrected: str
    position: int
    treated: str
    full: bool
    per_protocol: bool
    row: Row


@dataclass(frozen=True)
class Trial:
    """The opened trial as the analysis reads it: rows sorted by their keys, so that no order of theirs matters."""

    opened: Opened
    tables: Mapping[str, tuple[Row, ...]]
    people: tuple[Person, ...]

    @property
    def study(self) -> Study:
        """The study."""
        return self.opened.study

    @property
    def arms(self) -> tuple[str, str]:
        """The active arm, then the control."""
        return self.opened.active, self.opened.control

    @property
    def confidence(self) -> float:
        """The level of every interval."""
        return float(self.study.analysis.confidence)

    @property
    def full(self) -> tuple[Person, ...]:
        """The full analysis set."""
        return tuple(one for one in self.people if one.full)

    @property
    def safety(self) -> tuple[Person, ...]:
        """The safety set."""
        return tuple(one for one in self.people if one.treated)

    def by_participant(self, table: str) -> dict[str, list[Row]]:
        """The rows of a table by participant."""
        found: dict[str, list[Row]] = {}
        for row in self.tables[table]:
            found.setdefault(row["participant"], []).append(row)
        return found


def read_trial(opened: Opened) -> Trial:
    """The trial, once its tables agree on who was randomized to what and treated with what; else WrongTablesError."""
    tables = {name: _sorted(name, rows) for name, rows in opened.tables.items()}
    allocated = {row["participant"]: row for row in tables["allocations"]}
    listed = {row["participant"]: row for row in tables["randomization_list"] if row["participant"]}
    given, dosed = _given(tables["dispensing"]), {row["participant"] for row in tables["doses"] if _taken(row)}
    people = []
    for row in tables["participants"]:
        number = row["participant"]
        place = allocated.pop(number, None)
        if place is None:
            must(not row["arm"], number, "participants", "allocations", "on whether they were randomized")
            must(row["safety"] != "Y" and number not in dosed, number, "doses", "allocations", "on any treatment")
            continue
        _agree(row, place, listed.get(number), opened)
        treated = ""
        if number in dosed:
            treated = arm_as_treated(given.get(number, ()), row["arm"], opened.active, opened.control)
        must((row["safety"] == "Y") == bool(treated), number, "participants", "doses", "on the safety set")
        must(row["actual_arm"] == treated, number, "participants", "dispensing", "on the arm as treated")
        people.append(_person(row, place, treated))
    for number in allocated:
        must(False, number, "participants", "allocations", "on whether they were randomized")
    return Trial(opened, tables, tuple(people))


def arm_as_treated(given: Collection[str], randomized: str, active: str, control: str) -> str:
    """The arm as treated of who took a dose: the active one, once they were given a kit of it; `given`: arms of kits.

    While arms are called by letters A stands for the active one, which tells nothing of which is which.
    """
    if not given:
        return randomized
    return active if active in given else control


def day_of(text: str) -> date | None:
    """A day; None where there is none."""
    return date.fromisoformat(text) if text else None


def number_of(text: str) -> float | None:
    """A number; None where there is none."""
    return float(text) if text else None


def percent(part: float, whole: float) -> float | None:
    """What part is of the whole, in percent; None of nothing."""
    return 100 * part / whole if whole else None


def made(name: str, columns: str, rows: Iterable[tuple[Cell, ...]], sources: str) -> ResultTable:
    """A table of results; columns and sources are words parted by spaces."""
    held = tuple(sources.split())
    assert set(held) <= set(TABLES), f"{name}: sources are tables of the package"
    return ResultTable(name, tuple(columns.split()), tuple(rows), held)


def _sorted(name: str, rows: Sequence[Row]) -> tuple[Row, ...]:
    """By the key, then by all else; what is a number by its value, an empty cell before every number."""
    columns = {one.name: one.kind for one in TABLES[name].columns}

    def place(row: Row, column: str) -> tuple[Decimal, str]:
        cell = row[column]
        numeric = cell and columns[column] in ("integer", "number")
        return Decimal(cell) if numeric else Decimal("-Infinity"), cell

    order = (*TABLES[name].key, *columns)
    return tuple(sorted(rows, key=lambda row: [place(row, one) for one in order]))


def _taken(row: Row) -> bool:
    return row["outcome"] in GIVEN


def _given(rows: Sequence[Row]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        if row["given_on"]:
            found.setdefault(row["participant"], set()).add(row["arm_of_kit"])
    return found


def _agree(row: Row, place: Row, slot: Row | None, opened: Opened) -> None:
    number = row["participant"]
    must(row["arm"] in (opened.active, opened.control), number, "participants", "the study", "on the arms")
    for column in ("arm", "site", "stratum_used", "in_error"):
        must(row[column] == place[column], number, "participants", "allocations", f"on {column}")
    if slot is None:
        must(False, number, "allocations", "randomization_list", "on whether a slot was used")
    else:
        same = (slot["stratum"], slot["position"], slot["arm"]) == (
            place["stratum_used"],
            place["position"],
            place["arm"],
        )
        must(same and slot["used"] == "Y", number, "allocations", "randomization_list", "on the slot")
    must(row["full_analysis"] == "Y" or row["per_protocol"] != "Y", number, "participants", "itself", "on the sets")


def must(holds: bool, number: str, one: str, other: str, what: str) -> None:
    """Raise WrongTablesError about a participant unless `holds`; `one` and `other`: the tables that disagree."""
    if not holds:
        raise WrongTablesError(f"{number}: {one} disagrees with {other} {what}")


def _person(row: Row, place: Row, treated: str) -> Person:
    used = row["stratum_used"]
    return Person(
        number=row["participant"],
        site=row["site"],
        arm=row["arm"],
        stratum=used,
        corrected=row["stratum_corrected"] or used,
        position=int(place["position"]),
        treated=treated,
        full=row["full_analysis"] == "Y",
        per_protocol=row["per_protocol"] == "Y",
        row=row,
    )
