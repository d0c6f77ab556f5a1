"""The laboratory's file of results, one row for each value: read in memory, every wrong row told at once. Pure.

Columns in COLUMNS, and below_detection if wanted. An unknown column is refused: who knows what it would tell.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from irt.gate.fields import day_of
from irt.outcomes.forms import BELOW, Readings, keys_of, mistakes_in
from irt.outcomes.results import tidy
from irt.outcomes.sampling import Sampled, Sampling
from irt.participants.written import Mistake
from irt.study import Instrument
from irt.supply.manifest_file import Cell, FileMistake, read_table

COLUMNS = ("participant", "visit", "collected_on", "test", "value", "unit")
OPTIONAL = ("below_detection",)
YES, NO = ("yes", "是"), ("no", "否", "")
_LOCAL_DAY = re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})")  # as a spreadsheet in Chinese saves a day
Place = tuple[str, str, str]  # participant, visit as rows have it, instrument
Known = Mapping[Place, tuple[date | None, Readings]]  # what is recorded; no day: not done


@dataclass(frozen=True)
class Result:
    """One instrument of one participant at one visit, as its rows say."""

    of: Sampled
    place: Sampling
    instrument: Instrument
    collected_on: date
    readings: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class File:
    """What a file holds: new results, and how many of its rows are recorded so already; or every mistake."""

    results: tuple[Result, ...] = field(repr=False)
    known: int
    mistakes: tuple[Mistake, ...]  # row, column, value, remedy and what this names


@dataclass(frozen=True)
class _Line:
    row: int
    of: Sampled
    place: Sampling
    instrument: Instrument
    key: str
    collected_on: date
    value: str = field(repr=False)


def read_results(data: bytes, filename: str, people: Mapping[str, Sampled], known: Known) -> File:
    """The results of a CSV (UTF-8 or GB 18030) or XLSX file. `people`: by participant number; `known`: what stands.

    Remedies beside those of a number: save_anew, add_column, remove_column, plain_value, known_number, known_visit,
    write_a_day, not_in_future, after_screening, known_test, study_unit, yes_or_no, no_below_here, one_day,
    stands_twice, correct_recorded, whole_result.
    """
    try:
        table = read_table(data, filename)
    except FileMistake:
        return File((), 0, ({"row": "", "column": "file", "value": filename[:80], "remedy": "save_anew"},))
    names = ["_".join(cell.text.lower().split()) for cell in table[0][1]] if table else []
    if wrong := list(_heading(names)):
        return File((), 0, tuple(wrong))
    reader = _Reader(people)
    for row, cells in table[1:]:
        reader.read(row, dict(zip(names, cells + [Cell("")] * (len(names) - len(cells)), strict=False)), len(cells))
    results, already = reader.results(known)
    if len(table) < 2:
        reader.wrong(1, "file", "", "no_rows")
    mistakes = sorted(reader.mistakes, key=lambda one: int(one["row"]))
    return File(() if mistakes else tuple(results), 0 if mistakes else already, tuple(mistakes))


def _heading(names: list[str]) -> Iterator[Mistake]:
    for name in COLUMNS:
        if name not in names:
            yield {"row": "1", "column": name, "value": "", "remedy": "add_column"}
    for place, name in enumerate(names):
        if name not in COLUMNS + OPTIONAL or name in names[:place]:
            yield {"row": "1", "column": name[:40], "value": "", "remedy": "remove_column"}


class _Reader:
    """Reads rows one by one and gathers what is wrong with them."""

    def __init__(self, people: Mapping[str, Sampled]) -> None:
        self._people = people
        self.mistakes: list[Mistake] = []
        self._groups: defaultdict[Place, list[_Line]] = defaultdict(list)
        self._spoiled: set[Place] = set()  # a row of them is wrong by itself: what they lack is not told besides

    def wrong(self, row: int, column: str, value: str, remedy: str, limit: str = "") -> None:
        """Keep a mistake."""
        found = {"row": str(row), "column": column, "value": value[:40], "remedy": remedy, "limit": limit}
        self.mistakes.append(found)

    def read(self, row: int, cells: Mapping[str, Cell], width: int) -> None:
        """One row: kept if all of it is right by itself."""
        if width > len(cells):
            self.wrong(row, "row", "", "remove_column")
        if formulas := [name for name, cell in cells.items() if cell.formula]:
            for name in formulas:
                self.wrong(row, name, "", "plain_value")
            return
        texts = {name: cell.text for name, cell in cells.items()}
        if not texts["collected_on"] and not texts["value"]:
            return  # a row of the template that was left empty
        of = self._people.get(texts["participant"])
        day = self._day(row, texts["collected_on"], of)
        if of is None:
            self.wrong(row, "participant", texts["participant"], "known_number")
            return
        place = of.visits.get(texts["visit"])
        if place is None:
            self.wrong(row, "visit", texts["visit"], "known_visit", ", ".join(of.visits))
            return
        test = self._test(row, texts["test"], place)
        if test is None:
            return
        instrument, key = test
        here = (of.id, place.visit, instrument.id)
        value = self._value(row, texts, instrument, key)
        if value is not None and day is not None:
            self._groups[here].append(_Line(row, of, place, instrument, key, day, value))
        else:
            self._spoiled.add(here)

    def _day(self, row: int, text: str, of: Sampled | None) -> date | None:
        local = _LOCAL_DAY.fullmatch(text)
        day = day_of(f"{local[1]}-{int(local[2]):02}-{int(local[3]):02}" if local else text)
        if day is None:
            self.wrong(row, "collected_on", text, "write_a_day")
        elif of is not None and (code := of.wrong_day(day)):
            remedy = {"in_future": "not_in_future", "before_screening": "after_screening"}[code]
            limit = of.today if remedy == "not_in_future" else of.screened_on
            self.wrong(row, "collected_on", text, remedy, limit.isoformat())
            return None
        return day

    def _test(self, row: int, text: str, place: Sampling) -> tuple[Instrument, str] | None:
        named = {f"{one.id}.{key}": (one, key) for one in place.instruments for key in keys_of(one)}
        short: defaultdict[str, list[tuple[Instrument, str]]] = defaultdict(list)
        for one, key in named.values():
            short[key].append((one, key))
        if text in named:
            return named[text]
        if len(short.get(text, ())) == 1:
            return short[text][0]
        self.wrong(row, "test", text, "known_test", ", ".join(named))
        return None

    def _value(self, row: int, texts: Mapping[str, str], instrument: Instrument, key: str) -> str | None:
        before, asked = len(self.mistakes), keys_of(instrument)[key]
        if _folded(texts["unit"]) != _folded(asked.unit or ""):
            self.wrong(row, "unit", texts["unit"], "study_unit", asked.unit or "—")
        value, below = texts["value"], texts.get("below_detection", "").lower()
        if below not in YES + NO:
            self.wrong(row, "below_detection", below, "yes_or_no")
        elif below in YES:
            if not asked.below_detection:
                self.wrong(row, "below_detection", below, "no_below_here")
            value = value if value.startswith(BELOW) else f"{BELOW}{value}"
        value = tidy(value)
        if not value:
            self.wrong(row, "value", "", "fill_in")
        for found in mistakes_in(instrument, {key: value}, whole=False):
            self.wrong(row, "value", value, found["remedy"], found.get("limit") or found.get("choices", ""))
        return value if len(self.mistakes) == before else None

    def results(self, known: Known) -> tuple[list[Result], int]:
        """The results that the rows make up, and how many rows are recorded so already."""
        found, already = [], 0
        for place, lines in self._groups.items():
            first, readings = lines[0], {}
            for line in lines:
                if line.key in readings:
                    self.wrong(line.row, "test", f"{line.instrument.id}.{line.key}", "stands_twice")
                elif line.collected_on != first.collected_on:
                    self.wrong(line.row, "collected_on", line.collected_on.isoformat(), "one_day", str(first.row))
                readings[line.key] = line.value
            if place in known:
                already += self._compared(lines, *known[place])
                continue
            for wrong in () if place in self._spoiled else mistakes_in(first.instrument, readings, whole=True):
                self.wrong(first.row, "test", f"{first.instrument.id}.{wrong['field']}", "whole_result")
            found.append(Result(first.of, first.place, first.instrument, first.collected_on, readings))
        return found, already

    def _compared(self, lines: list[_Line], day: date | None, readings: Readings) -> int:
        """Rows of what is recorded: the same is passed over, another is put right by hand, with its reason."""
        same = 0
        for line in lines:
            if (line.collected_on, line.value) == (day, readings.get(line.key)):
                same += 1
            else:
                column = "value" if line.collected_on == day else "collected_on"
                self.wrong(line.row, column, line.value, "correct_recorded")
        return same


def _folded(unit: str) -> str:
    """A unit as it is compared: the two signs for micro are one."""
    return unicodedata.normalize("NFKC", unit.strip())
