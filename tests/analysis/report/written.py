"""Reports of the invented trial, each written once for all tests that read it."""

import csv
import io
from functools import lru_cache
from typing import Any

from irt.analysis.final import final_analysis
from irt.analysis.report.document import Document
from irt.analysis.report.speaking import Language, Speaker
from irt.analysis.report.writing import Report, write_report, written
from irt.analysis.results import Results
from irt.lock.opened import Opened, View
from tests.analysis.invented import invented

PARTICIPANTS, LISTS = 56, 99
LANGUAGES: tuple[Language, ...] = ("en", "zh")
VIEWS: tuple[View, ...] = ("final", "letters", "rehearsal")


@lru_cache
def trial(view: View = "final") -> Opened:
    """The invented trial, with one of each fate."""
    return invented(PARTICIPANTS, view=view)


@lru_cache
def results(view: View = "final") -> Results:
    """Its final analysis."""
    return final_analysis(trial(view), lists=LISTS)


@lru_cache
def document(language: Language, view: View = "final") -> Document:
    """The report before it becomes a file."""
    return written(trial(view), results(view), speaker(language, view))


def speaker(language: Language, view: View = "final") -> Speaker:
    """Who says it."""
    return Speaker(language, trial(view).study, results(view).tables, view)


@lru_cache
def report(language: Language, view: View = "final") -> Report:
    """Its files."""
    return write_report(trial(view), results(view), language)


def csv_rows(id: str) -> list[dict[str, Any]]:
    """A table of results as its file has it: read back from CSV, not from the object."""
    return list(csv.DictReader(io.StringIO(results().tables[id].csv().decode())))


def bare(text: str) -> str:
    """A text without blanks and line ends."""
    return "".join(text.split())
