"""Tables go into CSV and come back as they were, whatever stands in a cell."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.lock.contents import TABLES
from irt.lock.package.manifest import named
from irt.lock.package.tables import csv_bytes, table_files, tables_of
from tests.lock.package.packages import AWKWARD, VIEWS, files_of, package, trial

CELLS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ['"', ",", "\r", "\n", "\r\n", "=1", " ", AWKWARD]
)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_any_text_comes_back(rows) -> None:
    content = csv_bytes(("one", "two"), rows)
    read = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    assert read == [["one", "two"], *map(list, rows)]


@pytest.mark.parametrize("view", VIEWS)
def test_the_package_holds_every_table_as_it_was_opened(view) -> None:
    files = files_of(package(view))
    tables, mistakes = tables_of(files, view)
    assert mistakes == []
    assert tables == dict(trial(view).tables)
    assert len(tables) == 28
    assert AWKWARD in {row["verbatim"] for row in tables["adverse_events"]}


def test_the_files_are_numbered_plain_utf8_with_line_feeds() -> None:
    files = table_files(trial().tables, "final")
    assert list(files) == [f"tables/{one.file}" for one in sorted(TABLES.values(), key=lambda one: one.number)]
    for name, content in files.items():
        assert not content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\n")
        if "adverse_events" not in name:
            assert b"\r" not in content
    assert files["tables/27_sites.csv"].startswith(b"site,name_en,name_zh,time_zone,screened,randomized\n")
    assert "北京大学人民医院".encode() in files["tables/27_sites.csv"]


def test_the_dictionary_has_every_column_and_names_lists_that_there_are() -> None:
    files = files_of(package())
    columns = list(csv.DictReader(io.StringIO(files["dictionary.csv"].decode())))
    assert [(one["table"], one["column"]) for one in columns] == [
        (table.name, column.name)
        for table in sorted(TABLES.values(), key=lambda one: one.number)
        for column in table.columns
    ]
    assert all(one["label_en"] and one["label_zh"] for one in columns)
    codes = list(csv.DictReader(io.StringIO(files["codelists.csv"].decode())))
    assert {one["codes"] for one in columns} - {""} <= {one["list"] for one in codes}
    assert all(one["label_en"] and one["label_zh"] for one in codes)
    assert len({(one["list"], one["code"]) for one in codes}) == len(codes)


@pytest.mark.parametrize("view", VIEWS)
def test_cells_of_a_listed_column_are_codes_of_its_list(view) -> None:
    files = files_of(package(view))
    known: dict[str, set[str]] = {}
    for one in csv.DictReader(io.StringIO(files[named("codelists.csv", view)].decode())):
        known.setdefault(one["list"], set()).add(one["code"])
    checked = 0
    for column in csv.DictReader(io.StringIO(files[named("dictionary.csv", view)].decode())):
        if not column["codes"]:
            continue
        for row in trial(view).tables[column["table"]]:
            cell = row[column["column"]]
            if column["codes"] == "values" and cell:
                cell = f"{row['instrument']}.{cell}"
            if column["codes"] == "visits":
                cell = cell.partition(".")[0]
            assert not cell or cell in known[column["codes"]] or _free(column, cell), (column["table"], cell)
            checked += bool(cell)
    assert checked > 10_000


def _free(column: dict[str, str], cell: str) -> bool:
    """What the service itself says beside the study's list: why the desk opened, the invented trial's own words."""
    return column["column"] == "reason" and column["table"] == "unblinding_log" and cell == "expedited_report"
