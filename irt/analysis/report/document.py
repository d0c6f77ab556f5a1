"""What a report consists of, before it is HTML or PDF: numbered sections of paragraphs, tables and figures.

A text may name another piece as `{table:primary}`, `{figure:forest}` or `{section:safety}`: it becomes "Table 5" with
a link, so that a number is written down nowhere but here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

MENTION = re.compile(r"\{(table|figure|section):([a-z0-9_]+)\}")
AFTER = re.compile(r"\}(?=[\u4e00-\u9fff])")
Kind = Literal["table", "figure", "section"]


@dataclass(frozen=True)
class Sources:
    """Where the numbers of a piece come from: files of results, and the tables of the package behind them.

    `told`: of what is no result, the key of the text that says it.
    """

    results: tuple[str, ...] = ()
    package: tuple[str, ...] = ()
    told: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `quiet`: a remark in small letters."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Head:
    """A cell over columns: its text (a line feed parts lines), and how many columns it stands over."""

    text: str
    span: int = 1


@dataclass(frozen=True)
class Row:
    """A line of a table: a cell for each column; with one cell alone it is a heading of the lines below it."""

    cells: tuple[str, ...]
    indent: int = 0
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """A table: `first` columns are words, those after them numbers. Its number is the document's."""

    id: str
    title: str
    head: tuple[tuple[Head, ...], ...]
    rows: tuple[Row, ...]
    sources: Sources
    notes: tuple[str, ...] = ()
    first: int = 1
    number: int = 0

    def __post_init__(self) -> None:
        assert all(sum(one.span for one in line) == self.columns for line in self.head), f"{self.id}: heads fill it"
        wrong = [row for row in self.rows if len(row.cells) not in (1, self.columns)]
        assert not wrong, f"{self.id}: a cell for each column, not {wrong[:1]}"

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return sum(one.span for one in self.head[-1])


@dataclass(frozen=True)
class Figure:
    """A drawing as SVG with its words for those who do not see it. Its number is the document's."""

    id: str
    title: str
    alt: str
    svg: str
    wide: float
    high: float
    sources: Sources
    notes: tuple[str, ...] = ()
    number: int = 0


@dataclass(frozen=True)
class Synopsis:
    """The box at the beginning: the result in one sentence, and facts as label and text."""

    sentence: str
    facts: tuple[tuple[str, str], ...]


Block = Paragraph | Table | Figure | Synopsis


@dataclass(frozen=True)
class Section:
    """A numbered section: blocks, then the sections within it."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    within: tuple["Section", ...] = ()
    number: str = ""


@dataclass(frozen=True)
class Document:
    """The whole report. `lines`: under its title; `warnings`: what must be read before any number."""

    language: Literal["en", "zh"]
    title: str
    lines: tuple[tuple[str, str], ...]
    running: str
    foot: str
    warnings: tuple[str, ...]
    watermark: str
    sections: tuple[Section, ...]
    names: Mapping[str, str]

    def walk(self) -> Iterator[tuple[int, Section]]:
        """Every section with its depth (0 for the outermost), in the order of reading."""
        yield from _walk(self.sections, 0)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block in the order of reading."""
        return tuple(block for _, section in self.walk() for block in section.blocks)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in the order of their numbers."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, in the order of their numbers."""
        return tuple(block for block in self.blocks if isinstance(block, Figure))

    def name(self, kind: str, id: str) -> str:
        """How a piece is called in texts: Table 5. KeyError where there is none."""
        return self.names[f"{kind}:{id}"]

    def plain(self, text: str) -> str:
        """A text with the pieces that it names called by their numbers; a blank between a number and Chinese."""
        return MENTION.sub(lambda found: self.name(found[1], found[2]), spaced(text))


def spaced(text: str) -> str:
    """A text with a blank between a piece that it names and a Chinese character after it."""
    return AFTER.sub("} ", text)


def numbered(sections: Sequence[Section], forms: Mapping[Kind, str]) -> tuple[tuple[Section, ...], dict[str, str]]:
    """The sections with every section, table and figure numbered, and how each is called.

    `forms`: how a number is called in the report's language, as "Table {}"; a piece twice is an AssertionError.
    """
    counts = {"table": 0, "figure": 0}
    names: dict[str, str] = {}

    def named(kind: Kind, id: str, number: str) -> None:
        assert f"{kind}:{id}" not in names, f"{kind} {id} is there twice"
        names[f"{kind}:{id}"] = forms[kind].format(number)

    def block(one: Block) -> Block:
        if isinstance(one, Table | Figure):
            kind: Kind = "table" if isinstance(one, Table) else "figure"
            counts[kind] += 1
            named(kind, one.id, str(counts[kind]))
            return replace(one, number=counts[kind])
        return one

    def section(one: Section, number: str) -> Section:
        named("section", one.id, number)
        blocks = tuple(map(block, one.blocks))
        within = tuple(section(inner, f"{number}.{place}") for place, inner in enumerate(one.within, 1))
        return replace(one, number=number, blocks=blocks, within=within)

    made = tuple(section(one, str(place)) for place, one in enumerate(sections, 1))
    return made, names


def _walk(sections: Sequence[Section], depth: int) -> Iterator[tuple[int, Section]]:
    for section in sections:
        yield depth, section
        yield from _walk(section.within, depth + 1)
