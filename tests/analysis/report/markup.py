"""A strict reader of the report's HTML: every element closed where it was opened; tables, links and ids collected."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"meta", "br", "link", "img", "hr", "input"}


@dataclass
class Cell:
    """A cell: its tag, its attributes and its text."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Grid:
    """A table: its caption, and its lines with their cells."""

    id: str
    caption: str = ""
    rows: list[list[Cell]] = field(default_factory=list)


class Markup(HTMLParser):
    """Reads one file; `faults` says what is not well formed."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tables: list[Grid] = []
        self.headings: list[int] = []
        self.text = ""
        self.feed(content.decode())
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> has an attribute twice: {names}")
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag not in EMPTY:
            self.open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        self.links += [given[name].removeprefix("#") for name in ("href",) if given.get(name, "").startswith("#")]
        if tag == "table":
            self.tables.append(Grid(given.get("id", "")))
        elif tag == "tr":
            self.tables[-1].rows.append([])
        elif tag in ("td", "th"):
            self.tables[-1].rows[-1].append(Cell(tag, given))
        elif tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes what was not open, at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            return
        self.text += data
        if "caption" in self.open:
            self.tables[-1].caption += data
        elif {"td", "th"} & set(self.open):
            self.tables[-1].rows[-1][-1].text += data
