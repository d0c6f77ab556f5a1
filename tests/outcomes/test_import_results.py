"""A file of results: taken in whole or not at all, every wrong row told at once, no value in the trail."""

import io
import json
import zipfile
from datetime import date
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from irt.assurance.verify import verify
from irt.gate.tables import AuditEntry
from irt.migrate import newest
from irt.outcomes.import_results import ImportResults, import_results
from irt.outcomes.result_file import File, read_results
from irt.outcomes.results import readings_of
from irt.outcomes.sampling import sampled
from irt.outcomes.tables import LaboratoryResult
from irt.supply.manifest_file import MOST_UNPACKED_BYTES
from tests.cast import START
from tests.treated import Patient, treated
from tests.wiring import at_once, study_of_tests

LABORATORY = "laboratory"
HEAD = "participant,visit,collected_on,test,value,unit,below_detection"
TELLING = "731.5"


@pytest.fixture
def one(database_url: str) -> Patient:
    one = treated(database_url, "01", "02")
    one.on_day(86)
    return one


def lines(number: str, day: date, **changed: str) -> list[str]:
    """The rows of three instruments of week 12; the units are those of study.toml."""
    values = {
        "cd4_number": ("612", "cells/µL", ""), "t_cells.cd4_proportion": ("41.5", "%", ""),
        "il6": (TELLING, "pg/mL", ""), "il2": ("0.5", "pg/mL", "yes"), "cytokines.il10": ("<1.25", "pg/mL", "是"),
        "eosinophils": ("0.31", "10⁹/L", "no"), "lymphocytes": ("1.4", "10⁹/L", "否"),
    }  # fmt: skip
    texts = {test: [number, "W12", day.isoformat(), test, *parts] for test, parts in values.items()}
    return [changed.get(test.rpartition(".")[2], ",".join(parts)) for test, parts in texts.items()]


def csv(*rows: str, head: str = HEAD, encoding: str = "utf-8") -> bytes:
    return "\n".join([head, *rows]).encode(encoding)


def xlsx(*rows: str, head: str = HEAD, sheets: int = 1) -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (head, *rows):
        cells = row.split(",")
        sheet.append([float(cell) if place == 4 and cell.replace(".", "").isdigit() else
                      date.fromisoformat(cell) if place == 2 and cell[:2] == "20" else cell
                      for place, cell in enumerate(cells)])  # fmt: skip
    for _ in range(sheets - 1):
        book.create_sheet()
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def order(content: bytes, name: str = "results.csv") -> ImportResults:
    return ImportResults.from_file(name, content)


def stored(one: Patient) -> dict[str, dict[str, str]]:
    return {row.instrument: dict(readings_of(row)) for row in one.world.rows(LaboratoryResult)}


EXPECTED = {
    "t_cells": {"cd4_number": "612", "cd4_proportion": "41.5"},
    "cytokines": {"il6": TELLING, "il2": "<0.5", "il10": "<1.25"},
    "blood_count": {"eosinophils": "0.31", "lymphocytes": "1.4"},
}


@pytest.mark.parametrize("kind", ["utf-8", "utf-8-sig", "gb18030", "xlsx", "semicolons", "local days"])
def test_a_file_comes_in_as_it_is_saved(one: Patient, kind: str) -> None:
    rows = lines(one.number, one.day(85))
    made = {
        "xlsx": lambda: (xlsx(*rows), "results.xlsx"),
        "semicolons": lambda: (csv(*rows).replace(b",", b";"), "r.csv"),
        "local days": lambda: (csv(*(row.replace(str(one.day(85)), f"{one.day(85):%Y/}{one.day(85).month}/"
                               f"{one.day(85).day}") for row in rows)), "r.csv"),
    }  # fmt: skip
    content, name = made.get(kind, lambda: (csv(*rows, encoding=kind), "r.csv"))()
    answer = one.world.do(import_results, order(content, name), by=LABORATORY)
    assert (answer.results, answer.known) == (3, 0)
    assert stored(one) == EXPECTED
    assert {(row.visit, row.collected_on, row.site) for row in one.world.rows(LaboratoryResult)} == {
        ("W12", one.day(85), "01")
    }
    assert len({row.batch for row in one.world.rows(LaboratoryResult)}) == 1


def test_it_is_done_once_sealed_and_filed_under_no_site(one: Patient) -> None:
    content = order(csv(*lines(one.number, one.day(85))))
    first = one.world.perform(import_results, content, by=LABORATORY, request_id="once")
    assert one.world.perform(import_results, content, by=LABORATORY, request_id="once").seq == first.seq
    entry = one.world.last_audit()
    body = json.loads(entry.body)
    assert (entry.site, entry.participant, body["order"]) == (None, None, {})
    assert all(set(new["readings"]) == {"sealed"} for _table, _key, _old, new in body["changes"])
    assert TELLING not in "".join(row.body for row in one.world.rows(AuditEntry))
    world = one.world
    assert verify(world.database, world.keys, world.vault, world.study, revision=newest()) == []


def test_what_is_recorded_so_is_passed_over_and_another_value_is_refused(one: Patient) -> None:
    one.world.do(import_results, order(csv(*lines(one.number, one.day(85))[:2])), by=LABORATORY)
    answer = one.world.do(import_results, order(csv(*lines(one.number, one.day(85)))), by=LABORATORY)
    assert (answer.results, answer.known) == (2, 2)
    again = order(csv(*lines(one.number, one.day(85))))
    assert one.world.refusal(import_results, again, by=LABORATORY).code == "import_known"
    other = lines(one.number, one.day(85))
    other[2] = other[2].replace(TELLING, "731.6")
    refused = one.world.refusal(import_results, order(csv(*other)), by=LABORATORY)
    found: Any = refused.facts["mistakes"]
    assert [(wrong["row"], wrong["column"], wrong["remedy"]) for wrong in found] == [("4", "value", "correct_recorded")]


def test_one_wrong_row_keeps_all_out_and_leaves_no_value(one: Patient) -> None:
    rows = lines(one.number, one.day(85))
    rows[0] = rows[0].replace("612", f"{TELLING}x")
    refused = one.world.refusal(import_results, order(csv(*rows)), by=LABORATORY)
    assert refused.code == "import_mistakes"
    assert json.loads(one.world.last_audit().body)["facts"] == {"mistakes": 1}
    assert TELLING not in "".join(row.body for row in one.world.rows(AuditEntry))


@pytest.mark.parametrize("by", ["coordinator_01", "data_manager", "auditor", "trial_statistician"])
def test_nobody_but_the_laboratory(one: Patient, by: str) -> None:
    content = order(csv(*lines(one.number, one.day(85))))
    assert one.world.refusal(import_results, content, by=by).code == "role_not_allowed"


def test_two_files_at_once_are_one(one: Patient) -> None:
    world = one.world
    world.actor(LABORATORY)
    content = order(csv(*lines(one.number, one.day(85))))
    at_once(
        lambda: world.perform(import_results, content, by=LABORATORY, request_id="one"),
        lambda: world.perform(import_results, content, by=LABORATORY, request_id="two"),
    )
    assert len(world.rows(LaboratoryResult)) == 3


# -- the file by itself ------------------------------------------------------------------------------------------------

STUDY, DAY, NUMBER = study_of_tests(), date(2026, 5, 25), "01-001"


def read(content: bytes, name: str = "r.csv", known: Any = None) -> File:
    """A file against one participant, randomized on 2 March 2026, today being 26 May."""
    person = SimpleNamespace(
        id="p1", site="01", screening_number=NUMBER, state="randomized", screened_at=START,
        first_dose_on=START.date(), ended_on=None,
    )  # fmt: skip
    done = SimpleNamespace(participant="p1", randomized_at=START)
    people = sampled(STUDY, [person], [done], [], {"01": date(2026, 5, 26)})
    return read_results(content, name, people, known or {})


ROW = f"{NUMBER},W12,{DAY},il6,3.5,pg/mL,no"
BAD = [
    # what is wrong, the row, row number, column, remedy
    ("no such number", ROW.replace(NUMBER, "01-999"), "participant", "known_number"),
    ("a full-width number", ROW.replace("01-001", "０1-001"), "participant", "known_number"),
    ("no number", ROW.replace(NUMBER, ""), "participant", "known_number"),
    ("no such visit", ROW.replace("W12", "W13"), "visit", "known_visit"),
    ("a visit that has not come", ROW.replace("W12", "W24"), "visit", "known_visit"),
    ("early termination by its name", ROW.replace("W12", "ET.1"), "visit", "known_visit"),
    ("no day", ROW.replace(str(DAY), ""), "collected_on", "write_a_day"),
    ("a day that does not exist", ROW.replace(str(DAY), "2026-02-30"), "collected_on", "write_a_day"),
    ("day and month in doubt", ROW.replace(str(DAY), "05/06/2026"), "collected_on", "write_a_day"),
    ("a day in the future", ROW.replace(str(DAY), "2026-05-27"), "collected_on", "not_in_future"),
    ("a day before screening", ROW.replace(str(DAY), "2026-03-01"), "collected_on", "after_screening"),
    ("no such test", ROW.replace("il6", "il99"), "test", "known_test"),
    ("a test of a rater", ROW.replace("il6", "mmt8.deltoid"), "test", "known_test"),
    ("no test", ROW.replace("il6", ""), "test", "known_test"),
    ("no number as a value", ROW.replace("3.5", "high"), "value", "write_a_number"),
    ("a comma for a point", ROW.replace("3.5", "\"3,5\""), "value", "write_a_number"),
    ("an exponent", ROW.replace("3.5", "1e3"), "value", "write_a_number"),
    ("full-width digits", ROW.replace("3.5", "３.5"), "value", "write_a_number"),
    ("no value", ROW.replace("3.5", ""), "value", "fill_in"),
    ("above what can be", ROW.replace("3.5", "100001"), "value", "at_most"),
    ("between two steps", ROW.replace("3.5", "3.555"), "value", "in_steps_of"),
    ("a formula", ROW.replace("3.5", "=1+1"), "value", "plain_value"),
    ("below 0, which a spreadsheet reads as a formula", ROW.replace("3.5", "-3"), "value", "plain_value"),
    ("the sign of what is below without a limit", ROW.replace("3.5", "<"), "value", "write_a_number"),
    ("another unit", ROW.replace("pg/mL", "ng/mL"), "unit", "study_unit"),
    ("no unit", ROW.replace("pg/mL", ""), "unit", "study_unit"),
    ("neither yes nor no", ROW.replace(",no", ",maybe"), "below_detection", "yes_or_no"),
    ("below where nothing can be below", f"{NUMBER},W12,{DAY},eosinophils,0.1,10⁹/L,yes", "below_detection",
     "no_below_here"),
    ("more cells than columns", f"{ROW},x", "row", "remove_column"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "column", "remedy"), [one[1:] for one in BAD], ids=[one[0] for one in BAD])
def test_a_wrong_row_is_told_with_its_column_and_remedy(row: str, column: str, remedy: str) -> None:
    found = read(csv(f"{NUMBER},W12,{DAY},il10,1,pg/mL,no", row))
    told = [(one["row"], one["column"], one["remedy"]) for one in found.mistakes]
    assert ("3", column, remedy) in told
    assert {one["row"] for one in found.mistakes} == {"3"}
    assert found.results == ()


def test_all_wrong_rows_are_told_at_once_in_their_order() -> None:
    rows = [one[1] for one in BAD]
    found = read(csv(*rows))
    assert {int(one["row"]) for one in found.mistakes} == set(range(2, len(BAD) + 2))
    assert [int(one["row"]) for one in found.mistakes] == sorted(int(one["row"]) for one in found.mistakes)


WHOLE = [
    ("half of a test that is required whole", [f"{NUMBER},W12,{DAY},cd4_number,612,cells/µL,"], "2", "whole_result"),
    ("the same test twice", [ROW, ROW], "3", "stands_twice"),
    ("one sample of two days", [ROW, f"{NUMBER},W12,2026-05-24,il10,1,pg/mL,no"], "3", "one_day"),
    ("no row", [], "1", "no_rows"),
]


@pytest.mark.parametrize(("rows", "row", "remedy"), [one[1:] for one in WHOLE], ids=[one[0] for one in WHOLE])
def test_rows_are_compared_with_one_another(rows: list[str], row: str, remedy: str) -> None:
    assert [(one["row"], one["remedy"]) for one in read(csv(*rows)).mistakes] == [(row, remedy)]


HEADS = [
    ("a column lacks", HEAD.replace(",unit", ""), [("unit", "add_column")]),
    ("a kit number", f"{HEAD},kit", [("kit", "remove_column")]),
    ("an arm", f"{HEAD},Treatment arm", [("treatment_arm", "remove_column")]),
    ("a column twice", f"{HEAD},value", [("value", "remove_column")]),
    ("an empty heading", f"{HEAD},,x", [("", "remove_column"), ("x", "remove_column")]),
    ("no heading", "", [(name, "add_column") for name in HEAD.split(",")[:6]]),
]


@pytest.mark.parametrize(("head", "told"), [one[1:] for one in HEADS], ids=[one[0] for one in HEADS])
def test_the_heading_holds_the_columns_and_no_other(head: str, told: list[tuple[str, str]]) -> None:
    found = read(csv(ROW, head=head) if head else b"")
    assert [(one["column"], one["remedy"]) for one in found.mistakes] == told


def bomb() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (MOST_UNPACKED_BYTES + 1))
    return kept.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [(csv(ROW), "r.pdf"), (b"PK\x03\x04 no archive", "r.xlsx"), (bomb(), "r.xlsx"), (csv(ROW) + b"\0", "r.csv"),
     (xlsx(ROW, sheets=2), "r.xlsx"), (b"\xff\xfe\xff\xff", "r.csv"), (b"x" * 5_000_001, "r.csv")],
    ids=["kind", "broken", "bomb", "binary", "two sheets", "no text", "too large"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_whole(content: bytes, name: str) -> None:
    assert [one["remedy"] for one in read(content, name).mistakes] == ["save_anew"]


def test_a_formula_of_a_spreadsheet_is_never_evaluated() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(ROW)))
    book.active["E2"] = "=1+2"
    kept = io.BytesIO()
    book.save(kept)
    assert [(one["column"], one["remedy"]) for one in read(kept.getvalue(), "r.xlsx").mistakes] == [
        ("value", "plain_value")
    ]


def test_both_signs_for_micro_are_one_unit() -> None:
    for sign in ("µ", "μ"):
        rows = [f"{NUMBER},W12,{DAY},cd4_number,612,cells/{sign}L,", f"{NUMBER},W12,{DAY},cd4_proportion,41,%,"]
        assert read(csv(*rows)).mistakes == ()


def test_a_recorded_result_is_compared_value_by_value() -> None:
    known = {("p1", "W12", "cytokines"): (DAY, {"il6": "3.5"})}
    assert read(csv(ROW), known=known).known == 1
    for row in (ROW.replace("3.5", "3.6"), ROW.replace("il6", "il10"), ROW.replace(str(DAY), "2026-05-24")):
        assert [one["remedy"] for one in read(csv(row), known=known).mistakes] == ["correct_recorded"]
    not_done = {("p1", "W12", "cytokines"): (None, {})}
    assert [one["remedy"] for one in read(csv(ROW), known=not_done).mistakes] == ["correct_recorded"]
