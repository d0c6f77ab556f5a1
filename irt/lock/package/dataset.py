"""A dataset for programs of statistics: typed rows, and what is said of each variable in files and in define.xml."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

Type = Literal["text", "integer", "float", "date", "datetime"]  # datetime: an ISO 8601 text, whole or in part
Origin = Literal["Collected", "Derived", "Assigned", "Protocol", "Predecessor"]
Value = str | int | float | None
Codes = tuple[tuple[str, str], ...]  # code and what it means

LONGEST_NAME, LONGEST_LABEL = 8, 40
YES = (("Y", "Yes"),)
YES_NO = (("N", "No"), ("Y", "Yes"))


@dataclass(frozen=True)
class Variable:
    """A variable. `date` is a day as a number in ADaM, written as ISO 8601 here; `said`: how it was derived, or where
    it comes from."""

    name: str
    label: str
    type: Type = "text"
    origin: Origin = "Collected"
    codes: Codes = ()
    said: str = ""
    key: int = 0  # place in the dataset's natural key, from 1

    def __post_init__(self) -> None:
        assert len(self.name) <= LONGEST_NAME, self.name
        assert self.name.isascii(), self.name
        assert len(self.label) <= LONGEST_LABEL, self.label
        assert self.label.isascii(), self.label


@dataclass(frozen=True)
class Dataset:
    """Rows of the variables' values in their order; `None` and "" are missing."""

    name: str
    label: str
    standard: Literal["SDTM", "ADaM"]
    of_class: str
    structure: str
    variables: tuple[Variable, ...]
    rows: tuple[tuple[Value, ...], ...]

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.variables) for row in self.rows), f"{self.name}: a value for each variable"

    def column(self, name: str) -> list[Value]:
        """The values of one variable."""
        place = [one.name for one in self.variables].index(name)
        return [row[place] for row in self.rows]


Record = Mapping[str, Value]


@dataclass
class Shape:
    """How one dataset is laid out; `filled` makes it of records."""

    name: str
    label: str
    standard: Literal["SDTM", "ADaM"]
    of_class: str
    structure: str
    variables: Sequence[Variable]
    key: str = ""
    numbered: str = ""  # the variable that numbers a participant's records
    within: str = "USUBJID"
    optional: frozenset[str] = field(default_factory=frozenset)  # left out where nothing fills them

    def filled(self, records: Iterable[Record], prefix: str = "") -> Dataset:
        """The dataset of these records, in their order; `prefix` stands before its label (REHEARSAL)."""
        held = [dict(one) for one in records]
        if self.numbered:
            counted: dict[Value, int] = {}
            for record in held:
                of = record[self.within]
                counted[of] = counted.get(of, 0) + 1
                record[self.numbered] = counted[of]
        known = {one.name for one in self.variables}
        assert all(record.keys() <= known for record in held), f"{self.name}: only variables that it has"
        keys = {name: place for place, name in enumerate(self.key.split(), 1)}
        variables = [
            replace(one, key=keys.get(one.name, 0))
            for one in self.variables
            if one.name not in self.optional or any(record.get(one.name) not in (None, "") for record in held)
        ]
        rows = tuple(tuple(record.get(one.name) for one in variables) for record in held)
        label = f"{prefix} {self.label}".strip()[:LONGEST_LABEL]
        return Dataset(self.name, label, self.standard, self.of_class, self.structure, tuple(variables), rows)


def variables(lines: str, codes: Mapping[str, Codes] | None = None) -> tuple[Variable, ...]:
    """Variables, one a line: name, type, origin, label, and how it was derived; parted by bars."""
    found = []
    for line in filter(str.strip, lines.splitlines()):
        name, type_, origin, label, *said = (cell.strip() for cell in line.split("|"))
        of = (codes or {}).get(name, ())
        found.append(Variable(name, label, type_, origin, of, said[0] if said else ""))  # type: ignore[arg-type]
    return tuple(found)


_TABULATED = """
    STUDYID  | text    | Assigned | Study Identifier
    DOMAIN   | text    | Assigned | Domain Abbreviation
    USUBJID  | text    | Derived  | Unique Subject Identifier | STUDYID, a hyphen, the subject's number
    {d}SEQ   | integer | Derived  | Sequence Number           | Numbered within the subject
"""


def tabulated(domain: str, lines: str, codes: Mapping[str, Codes] | None = None) -> tuple[Variable, ...]:
    """The variables of a domain: those that every one begins with, then its own; `{d}` is the domain's letters."""
    return variables((_TABULATED + lines).replace("{d}", domain), codes)


def ascii_text(text: str, longest: int) -> str:
    """A text for a label: ASCII alone, with what has no ASCII left out, cut to its room."""
    plain = text.translate({0x2264: "<=", 0x2265: ">=", 0xB5: "u", 0x3B3: "gamma", 0x2013: "-", 0x2019: "'"})
    return plain.encode("ascii", "ignore").decode()[:longest].strip()


def number(cell: str) -> float | None:
    """A cell as a number; None where it is none."""
    try:
        return float(cell)
    except ValueError:
        return None


def whole(cell: str) -> int | None:
    """A cell as a whole number; None where it is empty."""
    return int(cell) if cell else None
