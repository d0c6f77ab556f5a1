"""Listings by participant (ICH E3 16.2): who is not in a population, and who was treated otherwise."""

from irt.analysis.report.book import Book
from irt.analysis.report.document import Paragraph, Section, Table

LISTED = ("populations_excluded", "treated_otherwise", "serious_events", "adherence")


def listings(book: Book) -> Section:
    """Every listing that has a line."""
    tables = [_listed(book, name) for name in LISTED if book.has(name)]
    names = book.say.list(f"{{table:{one.id}}}" for one in tables)
    text = book.say("listings.text", tables=names) if tables else book.say("listings.none")
    return Section("listings", book.say("section.listings"), (Paragraph(text), *tables))


def _listed(book: Book, name: str) -> Table:
    columns = book.results.tables[name].columns
    return book.listing(name, first=2 if name == "adherence" else len(columns))
