"""Why the numbers may be trusted: how the list was made and proved, how it was used, how the masking held."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from irt.analysis.report.book import Book
from irt.analysis.report.document import Block, Paragraph, Row, Section, Table
from irt.analysis.report.formats import NONE, fixed, whole
from irt.analysis.results import Cell

ALL = "all"
MEASURED = ("participants", "difference_at_end", "largest_difference", "right_guesses", "right_guesses_by_law",
            "used", "left", "skipped")  # fmt: skip


def making(book: Book) -> Section:
    """How the list was made, sealed and proved."""
    say = book.say
    facts = book.facts
    blocks: list[Block] = [Paragraph(say("making.text"))]
    if facts.get("replayed") == "yes" and book.view == "final":
        blocks.append(Paragraph(say("making.replayed")))
    elif book.view == "final":
        blocks.append(Paragraph(say("making.own")))
    else:
        blocks.append(Paragraph(say(f"making.{book.view}")))
    rows = [
        Row((say.code("fact", row["quantity"]), fact_told(book, row["quantity"], row["value"])))
        for row in book.records("list_report", part="proof")
        if row["value"]
    ]
    blocks.append(book.table("list_proof", [say("head.fact"), say("head.fact_value")], rows, "list_report", first=2))
    blocks.append(Paragraph(say("making.table", table="{table:list_proof}", report="{section:list_report}")))
    return Section("making", say("section.making"), tuple(blocks))


def fact_told(book: Book, key: str, value: Cell) -> str:
    """A fact of the list or the analysis in words, where its value is a code or an instant."""
    say, told = book.say, str(value)
    if key.endswith("_at"):
        return f"{datetime.fromisoformat(told).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    forms: dict[str, Callable[[], str]] = {
        "replayed": lambda: say.code("replayed", told),
        "ratio": lambda: told.replace(" ", " : "),
        "block_weights": lambda: told.replace(" ", " : "),
        "block_sizes": lambda: say.list(told.split()),
        "active": lambda: book.arm(told),
        "control": lambda: book.arm(told),
        "arms": lambda: say.list(map(book.arm, told.split())),
        "view": lambda: say(f"view.{told}"),
        "primary": lambda: say.code("endpoint", told),
        "covariates": lambda: say.list(say.code("field", one) for one in told.split()),
    }
    return forms[key]() if key in forms else told


def list_report(book: Book) -> Section:
    """The list as it was: balance, predictability, use."""
    say = book.say
    blocks: list[Block] = [
        Paragraph(say("list.text", whole="{table:list_whole}", groups="{table:list_groups}", **book.both)),
        _whole(book), _groups(book),
    ]  # fmt: skip
    return Section("list_report", say("section.list_report"), tuple(blocks))


def masking(book: Book) -> Section:
    """Who learned a treatment, and who was given a box that was not theirs."""
    say = book.say
    records = book.records("masking_report")
    rows: list[Row] = []
    for item in dict.fromkeys(row["item"] for row in records):
        held = [row for row in records if row["item"] == item]
        cells = []
        for arm in (*book.arms, ALL):
            row = next((one for one in held if one["arm"] == arm and not one["site"]), {})
            cells.append(_times(book, row))
        rows.append(Row((say.code("masking", item), *cells), strong=True))
        for row in held:
            if row["site"]:
                rows.append(Row((say.code("site", row["site"]), NONE, NONE, _times(book, row)), indent=1))
    heads = [say("head.masking"), *book.arm_heads(), say("head.overall")]
    table = book.table("masking_report", heads, rows, notes=[say("note.masking")])
    text = Paragraph(say("masking.text", table="{table:masking_report}"))
    return Section("masking", say("section.masking"), (text, table))


def _times(book: Book, row: dict[str, Any]) -> str:
    count, people = row.get("count"), row.get("participants")
    if count in (None, 0):
        return "0"
    return whole(count) if people == count else book.say("times", count=whole(count), people=whole(people))


def _whole(book: Book) -> Table:
    say = book.say
    rows = [
        Row((say.code("list_quantity", row["quantity"]), _number(row["value"])))
        for row in book.records("list_report", group_kind=ALL)
        if row["part"] != "proof"
    ]
    return book.table("list_whole", [say("head.quantity"), say("head.number")], rows, "list_report",
                      notes=[say("note.guesses")])  # fmt: skip


def _groups(book: Book) -> Table:
    """A line for each stratum and site; a dash for what is not of a site."""
    say = book.say
    records = [row for row in book.records("list_report") if row["group_kind"] in ("stratum", "site")]
    found = {row["quantity"] for row in records}
    columns = [one for one in MEASURED if one in found]
    rows: list[Row] = []
    for kind in dict.fromkeys(row["group_kind"] for row in records):
        rows.append(Row((say.code("variable", kind),)))
        rows += _lines(book, kind, [row for row in records if row["group_kind"] == kind], columns)
    heads = [say("head.group"), *(say.code("list_column", one) for one in columns)]
    return book.table("list_groups", heads, rows, "list_report")


def _lines(book: Book, kind: str, records: list[dict[str, Any]], columns: list[str]) -> Iterator[Row]:
    for group in dict.fromkeys(row["group"] for row in records):
        held = {row["quantity"]: row["value"] for row in records if row["group"] == group}
        yield Row((book.group(kind, group), *(_number(held.get(one)) for one in columns)), indent=1)


def _number(value: Cell) -> str:
    return fixed(value, 1) if isinstance(value, float) else whole(value)
