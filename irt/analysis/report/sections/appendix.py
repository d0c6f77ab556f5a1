"""Settings, seeds, versions and hashes; every file of results with its SHA-256."""

import hashlib

from irt.analysis.report.book import Book
from irt.analysis.report.document import Paragraph, Row, Section, Sources
from irt.analysis.report.formats import whole
from irt.analysis.report.sections.trust import fact_told
from irt.lock.contents import TABLES


def appendix(book: Book) -> Section:
    """What the numbers depend on, and where each is written with all its digits."""
    say = book.say
    facts = {**book.facts, **book.results.facts}
    hidden = {"arms", "active", "control"} if book.view == "letters" else set()  # nobody knows which is which
    rows = [
        Row((say.code("fact", key), fact_told(book, key, value)))
        for key, value in facts.items()
        if value and key not in hidden
    ]
    settings = book.table("settings", [say("head.fact"), say("head.fact_value")], rows, first=2,
                          sources=Sources(told="source_facts"))  # fmt: skip
    files = [
        Row((book.say.files[name].removeprefix("results/"), whole(len(table.rows)), _digest(table.csv())))
        for name, table in book.results.tables.items()
    ]
    hashes = book.table(
        "files", [say("head.file"), say("head.rows"), "SHA-256"], files, sources=Sources(told="source_files")
    )
    tables = [Row((one.file, say.of((one.en, one.zh)))) for one in sorted(TABLES.values(), key=lambda one: one.number)]
    package = book.table(
        "package", [say("head.file"), say("head.content")], tables, first=2, sources=Sources(told="source_package")
    )
    texts = (
        Paragraph(say("appendix.text", settings="{table:settings}", files="{table:files}", package="{table:package}")),
        Paragraph(say("appendix.again")),
    )
    return Section("appendix", say("section.appendix"), (*texts, settings, hashes, package))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
