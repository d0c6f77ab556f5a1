"""The analysis as files: every table of results, the reports, and what the numbers depend on."""

import json
from collections.abc import Callable, Sequence

from irt.analysis.report.speaking import Language, Speaker
from irt.analysis.report.writing import write_report
from irt.analysis.results import Results
from irt.lock.opened import Opened

LANGUAGES: tuple[Language, ...] = ("en", "zh")
REHEARSAL = "REHEARSAL.txt"


def write_analysis(
    opened: Opened,
    results: Results,
    languages: Sequence[Language] = LANGUAGES,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, bytes]:
    """The files by their names within a folder: results/NN_id.csv, report_en.html and .pdf (…), facts.json.

    The same trial gives the same bytes. `progress` is told the reports written, and of how many. A rehearsal has a file
    more that says so, as a table of results cannot.
    """
    names = Speaker("en", opened.study, results.tables).files
    files = {names[id]: table.csv() for id, table in results.tables.items()}
    for done, language in enumerate(languages, 1):
        report = write_report(opened, results, language)
        files |= {f"report_{language}.html": report.html, f"report_{language}.pdf": report.pdf}
        if progress is not None:
            progress(done, len(languages))
    files["facts.json"] = json.dumps(dict(results.facts), ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"
    if opened.view == "rehearsal":
        told = [Speaker(language, opened.study)("warning.rehearsal") for language in LANGUAGES]
        files[REHEARSAL] = "\n".join(told).encode() + b"\n"
    return files
