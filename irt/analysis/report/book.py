"""What the sections are written from: results by table, the arms and how they are called, and what a table needs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from irt.analysis.final.harm import UNCODED
from irt.analysis.final.responding import left_out
from irt.analysis.report.document import Figure, Head, Row, Sources, Table
from irt.analysis.report.figures.canvas import Drawn
from irt.analysis.report.formats import NONE, fixed, points, whole
from irt.analysis.report.speaking import Speaker
from irt.analysis.results import Cell, Results
from irt.lock.contents import TABLES
from irt.lock.opened import Opened

Record = Mapping[str, Cell]


class Book:
    """Results of one opened trial, as a section asks for them. `used`: the result tables that a piece was made from."""

    def __init__(self, opened: Opened, results: Results, say: Speaker) -> None:
        self.study, self.view, self.facts = opened.study, opened.view, opened.facts
        self.active, self.control = opened.active, opened.control
        self.results, self.say = results, say
        self.used: set[str] = set()

    @property
    def arms(self) -> tuple[str, str]:
        """The arms as the tables call them: the active one, then the control."""
        return self.active, self.control

    def arm(self, code: Cell) -> str:
        """An arm in words; Arm A and Arm B while it is not known which is which."""
        if code in self.arms and self.view == "letters":
            return self.say("arm_letter", letter=code)
        words = next((one.label for one in self.study.arms if one.id == code), None)
        if words is None:
            return self.say.code("arm", code)
        label = self.say.of((words.en, words.zh))
        return label[:1].upper() + label[1:]

    def inline(self, code: Cell) -> str:
        """An arm in words within a sentence."""
        words = next((one.label for one in self.study.arms if one.id == code), None)
        return self.arm(code) if words is None or self.view == "letters" else self.say.of((words.en, words.zh))

    @property
    def both(self) -> dict[str, str]:
        """The arms in words within a sentence, as the facts of a text."""
        return {"active": self.inline(self.active), "control": self.inline(self.control)}

    @property
    def confidence(self) -> str:
        """The level of intervals in percent."""
        return f"{float(self.study.analysis.confidence) * 100:g}"

    @property
    def wilson(self) -> str:
        """How intervals of proportions are made."""
        return self.say("note.wilson", confidence=self.confidence)

    def left_out(self, key: str = "note.left_out") -> list[str]:
        """What a table notes where the study file has who is missing left out; nothing where they count."""
        return [self.say(key)] if left_out(self.study) else []

    @property
    def endpoint(self) -> str:
        """The primary endpoint in words."""
        return self.say.code("endpoint", self.study.analysis.primary)

    def percent_ci(self, row: Record) -> str:
        """A percentage with its interval."""
        interval = self.say.interval(fixed(row["low"]), fixed(row["high"]))
        return self.say.of(("{} ({})", "{}（{}）")).format(fixed(row["percent"]), interval)

    def difference_ci(self, row: Record, name: str = "difference") -> str:
        """A difference of proportions with its interval, in percentage points."""
        if row[name] is None:
            return NONE
        interval = self.say.interval(points(row["low"]), points(row["high"]))
        return self.say.of(("{} ({})", "{}（{}）")).format(points(row[name]), interval)

    def remark(self, note: str) -> str:
        """Why something could not be computed, in words; what follows the code stays as it is."""
        code, colon, more = note.partition(": ")
        return self.say.code("note", code) + (f" ({more})" if colon else "")

    def group(self, kind: Cell, group: Cell) -> str:
        """A group of the forest plot: a site, a stratum, a level of a factor, a sex, an age."""
        if kind == "site":
            return self.say.code("site", group)
        if kind == "stratum":
            return self.say.stratum(group)
        if kind == "factor":
            factor, _, level = str(group).partition("=")
            colon = self.say.of((": ", "："))
            return f"{self.say.code('factor', factor)}{colon}{self.say.code('level', level)}"
        return self.say.code("group", group)

    @property
    def terms(self) -> frozenset[str]:
        """The terms of the study, as an event bears one that no dictionary has coded."""
        return frozenset(one.id for one in self.study.adverse_event_terms)

    def class_named(self, soc: str) -> str:
        """A system organ class, as the dictionary has it; in words that an event was not coded."""
        return self.say("terms.uncoded") if soc == UNCODED else soc

    def term_named(self, term: str) -> str:
        """A preferred term as the dictionary has it; a term of the study, where no dictionary coded it, in words."""
        return self.say.code("term", term) if term in self.terms else term

    def has(self, *ids: str) -> bool:
        """Whether every one of these tables of results is there and has a row."""
        return all(one in self.results.tables and self.results.tables[one].rows for one in ids)

    def records(self, id: str, **equal: Cell) -> list[dict[str, Any]]:
        """The rows of a table of results, those alone whose cells are as given; none where there is no such table."""
        if id not in self.results.tables:
            return []
        self.used.add(id)
        rows = self.results.tables[id].records()
        return [row for row in rows if all(row.get(name) == value for name, value in equal.items())]

    def one(self, id: str, **equal: Cell) -> dict[str, Any]:
        """The first row that is as given; empty where there is none."""
        return next(iter(self.records(id, **equal)), {})

    def sources(self, *ids: str) -> Sources:
        """Where a piece that is made of these tables comes from; package tables in the order of their numbers."""
        there = [one for one in ids if one in self.results.tables]
        self.used.update(there)
        package = {name for one in there for name in self.results.tables[one].sources}
        return Sources(tuple(there), tuple(name for name in TABLES if name in package))

    def randomized(self) -> dict[str, Cell]:
        """How many were randomized, by arm."""
        return {arm: self.one("populations", set="randomized", arm=arm).get("participants") for arm in self.arms}

    def arm_heads(self, counts: Mapping[str, Cell] | None = None) -> list[str]:
        """The arms as heads of columns, with their numbers where they are given."""
        counts = counts or {}
        return [
            f"{self.arm(arm)}\n(n = {whole(counts[arm])})" if counts.get(arm) is not None else self.arm(arm)
            for arm in self.arms
        ]

    def table(
        self, id: str, heads: Sequence[str], rows: Iterable[Row], *ids: str, title: str = "", first: int = 1,
        notes: Sequence[str] = (), over: Sequence[Head] = (), sources: Sources | None = None,
    ) -> Table:  # fmt: skip
        """A table with one line of heads, or two; its title is the text `title.<id>`."""
        lines = ((tuple(over),) if over else ()) + (tuple(map(Head, heads)),)
        return Table(
            id,
            title or self.say(f"title.{id}"),
            lines,
            tuple(rows),
            sources or self.sources(*(ids or (id,))),
            tuple(notes),
            first,
        )

    def figure(self, id: str, drawing: Drawn, *ids: str, notes: Sequence[str] = (), **alt: object) -> Figure:
        """A figure with the texts `title.<id>` and `alt.<id>`."""
        return Figure(
            id, self.say(f"title.{id}"), self.say(f"alt.{id}", **alt), drawing.svg, drawing.wide, drawing.high,
            self.sources(*ids), tuple(notes),
        )  # fmt: skip
