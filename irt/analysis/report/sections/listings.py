"""Listings by participant (ICH E3 16.2): who is not in a population, and who was treated otherwise."""

from collections.abc import Callable
from functools import partial

from irt.analysis.report.book import Book, Record
from irt.analysis.report.document import Paragraph, Row, Section, Table
from irt.analysis.report.formats import fixed, whole

LISTED = ("populations_excluded", "treated_otherwise", "serious_events", "adherence")
PERCENT = ("adherence_diary", "adherence_vials")
KINDS = {"visit": "visit", "set": "set", "related": "yesno", "outcome": "event_outcome"}  # of codes, by column
LISTS = {"seriousness": "seriousness", "reason": "set_reason"}  # cells of several codes


def listings(book: Book) -> Section:
    """Every listing that has a line."""
    tables = [_listed(book, name) for name in LISTED if book.has(name)]
    names = book.say.list(f"{{table:{one.id}}}" for one in tables)
    text = book.say("listings.text", tables=names) if tables else book.say("listings.none")
    return Section("listings", book.say("section.listings"), (Paragraph(text), *tables))


def _listed(book: Book, name: str) -> Table:
    """A table of results as it is: its columns with their words, codes in words."""
    columns = book.results.tables[name].columns
    rows = [Row(tuple(_cell(book, record, column) for column in columns)) for record in book.records(name)]
    heads = [book.say.code("column", column) for column in columns]
    return book.table(name, heads, rows, name, first=sum(column not in PERCENT for column in columns))


def _cell(book: Book, record: Record, column: str) -> str:
    """A cell by its column: a code in words, a percentage with one decimal, a text as it is."""
    value = record[column]
    if column in PERCENT:
        return fixed(value)
    if value is None or value == "":
        return ""
    if column.startswith("arm"):
        return book.arm(value)
    if isinstance(value, int):
        return whole(value)
    forms: dict[str, Callable[[str], str]] = {
        "soc": book.class_named,
        "pt": book.term_named,
        **{name: partial(book.say.codes, kind) for name, kind in LISTS.items()},
        **{name: partial(book.say.code, kind) for name, kind in KINDS.items()},
    }
    return forms.get(column, str)(str(value))
