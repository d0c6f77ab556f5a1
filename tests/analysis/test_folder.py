"""The analysis as files: what is written, with which names, and the same bytes twice."""

import hashlib
import json
from functools import cache

from irt.analysis.folder import write_analysis
from tests.analysis.report.markup import Markup
from tests.analysis.report.written import bare, csv_rows, report, results, trial

REPORTS = ["report_en.html", "report_en.pdf", "report_zh.html", "report_zh.pdf"]


@cache
def written() -> tuple[dict[str, bytes], list[tuple[int, int]]]:
    """The files in both languages, written once, and what was told meanwhile."""
    told: list[tuple[int, int]] = []
    files = write_analysis(trial(), results(), progress=lambda done, of: told.append((done, of)))
    return files, told


def test_every_table_both_reports_and_the_facts() -> None:
    files = written()[0]
    names = [f"results/{number:02}_{id}.csv" for number, id in enumerate(results().tables, 1)]
    assert list(files) == [*names, *REPORTS, "facts.json"]
    assert files[names[0]] == results().tables["disposition"].csv()
    assert json.loads(files["facts.json"]) == dict(results().facts)
    assert files["report_zh.html"] == report("zh").html


def test_the_same_bytes_twice_and_whatever_the_language() -> None:
    first, second = written()[0], write_analysis(trial(), results(), ("zh",))
    assert set(first) - set(second) == {"report_en.html", "report_en.pdf"}
    assert all(first[name] == content for name, content in second.items())


def test_the_report_names_each_file_and_its_hash() -> None:
    files = written()[0]
    text = bare(Markup(files["report_en.html"]).text)
    tables = {name: content for name, content in files.items() if name.startswith("results/")}
    assert len(tables) >= 30
    for name, content in tables.items():
        rows = len(csv_rows(name.removesuffix(".csv").partition("_")[2]))
        assert f"{name.removeprefix('results/')}{rows}{hashlib.sha256(content).hexdigest()}" in text, name
        assert f"Source:{name}" in text or f",{name}" in text or "list_report" in name, name


def test_a_rehearsal_says_so_beside_its_tables() -> None:
    told = write_analysis(trial("rehearsal"), results("rehearsal"), ("en",))["REHEARSAL.txt"].decode()
    assert "invented" in told
    assert "演练" in told
    assert "REHEARSAL.txt" not in written()[0]


def test_progress_is_told() -> None:
    assert written()[1] == [(1, 2), (2, 2)]
