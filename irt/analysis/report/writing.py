"""The report of the final analysis, written from its results: one HTML file and one PDF, in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from irt.analysis.report.book import Book
from irt.analysis.report.document import Document, Kind, Section, numbered
from irt.analysis.report.html import html
from irt.analysis.report.pdf import pdf
from irt.analysis.report.sections.appendix import appendix
from irt.analysis.report.sections.exposure import exposure
from irt.analysis.report.sections.front import synopsis
from irt.analysis.report.sections.further import exploratory, multiplicity, secondary, sensitivity
from irt.analysis.report.sections.listings import listings
from irt.analysis.report.sections.participation import baseline, disposition, populations
from irt.analysis.report.sections.primary import primary
from irt.analysis.report.sections.safety import safety
from irt.analysis.report.sections.trust import list_report, making, masking
from irt.analysis.report.speaking import Language, Speaker
from irt.analysis.results import Results
from irt.lock.opened import Opened

# In the order that a statistician and a regulator expect (ICH E3); with the tables of results that each needs.
SECTIONS = (
    (synopsis, ()),
    (making, ("list_report",)),
    (disposition, ("disposition",)),
    (populations, ("populations",)),
    (baseline, ("baseline_characteristics",)),
    (primary, ("primary", "primary_arms")),
    (sensitivity, ("sensitivity",)),
    (secondary, ("secondary",)),
    (exploratory, ("exploratory",)),
    (multiplicity, ("multiplicity",)),
    (safety, ("adverse_events_summary", "adverse_events_by_term")),
    (exposure, ("exposure", "adherence_summary")),
    (masking, ("masking_report",)),
    (list_report, ("list_report",)),
    (listings, ()),
    (appendix, ()),
)


@dataclass(frozen=True)
class Report:
    """The finished files, and which codes had no words in the report's language (none, by the tests)."""

    html: bytes
    pdf: bytes
    unsaid: tuple[str, ...] = ()


def write_report(opened: Opened, results: Results, language: Language) -> Report:
    """The report of these results; the same bytes for the same trial, language and versions."""
    say = Speaker(language, opened.study, results.tables, opened.view)
    document = written(opened, results, say)
    return Report(html(document, say), pdf(document, say, released_at(opened.facts)), tuple(sorted(say.unsaid)))


def written(opened: Opened, results: Results, say: Speaker) -> Document:
    """The document of these results, numbered, before it becomes a file."""
    book = Book(opened, results, say)
    made: list[Section] = [section(book) for section, needs in SECTIONS if all(map(book.has, needs))]
    forms: Mapping[Kind, str] = {kind: say(f"form.{kind}") for kind in get_args(Kind)}
    sections, names = numbered(made, forms)
    study, rehearsal = opened.study, opened.view == "rehearsal"
    return Document(
        language=say.language,
        title=say("title.rehearsal" if rehearsal else "title"),
        lines=tuple(_lines(book)),
        running=say("running", study=say.of((study.title.en, study.title.zh)), registration=study.registration),
        foot=say("foot", digest=opened.facts["frozen_sha256"][:16]),
        warnings=() if opened.view == "final" else (say(f"warning.{opened.view}"),),
        watermark=say("watermark") if rehearsal else "",
        sections=sections,
        names=names,
    )


def released_at(facts: Mapping[str, str]) -> datetime:
    """When the allocation was opened: the only time that the report knows."""
    return datetime.fromisoformat(facts["opened_at"]).astimezone(UTC)


def _lines(book: Book) -> list[tuple[str, str]]:
    say, study, facts = book.say, book.study, book.facts
    return [
        (say("line.trial"), f"{study.id}: {say.of((study.title.en, study.title.zh))}"),
        (say("line.registration"), study.registration),
        (say("line.protocol"), study.protocol_version),
        (say("line.view"), say(f"view.{book.view}")),
        (say("line.lock"), say("line.lock_version", version=facts["lock_version"])),
        (say("line.opened"), f"{released_at(facts):%Y-%m-%d %H:%M} UTC"),
        (say("line.opened_by"), facts["opened_by"]),
        (say("line.software"), f"irt {facts['software']}"),
        (say("line.frozen"), facts["frozen_sha256"]),
        (say("line.study"), facts["study_sha256"]),
    ]
