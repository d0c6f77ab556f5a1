import io
from datetime import date, datetime

import numpy as np
import openpyxl
import pytest

from irt.supply import manifest_file
from irt.supply.manifest import Manifest, parse_manifest, read_expiry
from irt.supply.numbers import make_kit_numbers

TODAY = date(2026, 11, 23)
TYPES = {"RARETYPE1", "RARETYPE2"}
NUMBERS = make_kit_numbers(6, np.random.default_rng(1).bytes)
HEADING = ["kit_number", "kit_type", "lot", "expiry", "vials"]
GOOD = [[number, f"RARETYPE{1 + n % 2}", "L1", "2027-06", "18"] for n, number in enumerate(NUMBERS)]


def as_csv(rows, heading=HEADING, delimiter=","):
    return "\r\n".join(delimiter.join(map(str, row)) for row in [heading, *rows])


def as_xlsx(rows, heading=HEADING, sheets=1):
    book = openpyxl.Workbook()
    for row in [heading, *rows]:
        book.active.append(row)
    for _ in range(sheets - 1):
        book.create_sheet()
    book.save(file := io.BytesIO())
    return file.getvalue()


def parse(data, filename="kits.csv", **more):
    data = data.encode() if isinstance(data, str) else data
    return parse_manifest(data, filename, TYPES, 18, TODAY, **more)


def changed(**cells):
    """The good rows with cells of the third one changed; it stands in row 4 of the sheet."""
    rows = [list(row) for row in GOOD]
    for name, value in cells.items():
        rows[2][HEADING.index(name)] = value
    return rows


@pytest.mark.parametrize(
    "data",
    [
        as_csv(GOOD),
        as_csv(GOOD).encode("utf-8-sig"),
        as_csv(GOOD, delimiter=";"),
        as_csv(GOOD, delimiter="\t"),
        as_csv(GOOD) + "\r\n,,,,\r\n\r\n",
        as_csv(GOOD, heading=["Kit number", " KIT_TYPE", "Lot", "Expiry ", "Vials"]),
        as_csv(GOOD).encode("gb18030"),
    ],
)
def test_good_csv_is_taken_in(data):
    manifest = parse(data)
    assert isinstance(manifest, Manifest)
    assert [row.kit_number for row in manifest.rows] == NUMBERS
    assert [row.row for row in manifest.rows] == [2, 3, 4, 5, 6, 7]
    assert {(row.lot, row.expiry, row.vials, row.manufacturing_lot) for row in manifest.rows} == {
        ("L1", date(2027, 6, 30), 18, None)
    }


def test_good_xlsx_is_taken_in_with_numbers_and_dates_as_cells():
    rows = [[int(number), kind, "L1", datetime(2027, 6, 30), 18, "M-7"] for number, kind, *_ in GOOD]  # noqa: DTZ001
    manifest = parse(as_xlsx(rows, [*HEADING, "manufacturing_lot"]), "KITS.XLSX")
    assert isinstance(manifest, Manifest)
    assert [row.kit_number for row in manifest.rows] == NUMBERS
    assert {row.manufacturing_lot for row in manifest.rows} == {"M-7"}
    assert {row.expiry for row in manifest.rows} == {date(2027, 6, 30)}


SWAPPED = NUMBERS[2][1] + NUMBERS[2][0] + NUMBERS[2][2:]
BAD = [
    ({"kit_number": SWAPPED}, "kit_number", "no kit number"),
    ({"kit_number": NUMBERS[0]}, "kit_number", "stands in row 2 already"),
    ({"kit_number": ""}, "kit_number", "no kit number"),
    ({"kit_number": "１２３４５６７"}, "kit_number", "no kit number"),
    ({"kit_number": make_kit_numbers(1, np.random.default_rng(2).bytes, 7)[0]}, "kit_number", "has 8 digits"),
    ({"kit_type": "raretype1"}, "kit_type", "no kit type of this study"),
    ({"kit_type": ""}, "kit_type", "no kit type of this study"),
    ({"lot": ""}, "lot", "no lot code"),
    ({"lot": "批1"}, "lot", "no lot code"),
    ({"lot": "=1+1"}, "lot", "is a formula"),
    ({"lot": "@A1"}, "lot", "is a formula"),
    ({"expiry": "2026-11-22"}, "expiry", "expires before 2026-11-23"),
    ({"expiry": "2026-10"}, "expiry", "expires before"),
    ({"expiry": "30/06/2027"}, "expiry", "no date"),
    ({"expiry": "2027-02-30"}, "expiry", "no date"),
    ({"expiry": "2027-13"}, "expiry", "no date"),
    ({"expiry": "２０２７-06"}, "expiry", "no date"),
    ({"vials": "17"}, "vials", "is not the 18"),
    ({"vials": "1_8"}, "vials", "no whole number"),
    ({"vials": "18.5"}, "vials", "no whole number"),
    ({"vials": "１８"}, "vials", "no whole number"),
    ({"vials": "1e1"}, "vials", "no whole number"),
    ({"vials": ""}, "vials", "no whole number"),
]


@pytest.mark.parametrize(("cells", "field", "words"), BAD)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_bad_row_is_named_by_number_and_field_and_tells_no_type(cells, field, words, kind):
    rows = changed(**cells)
    mistakes = parse(as_csv(rows) if kind == "csv" else as_xlsx(rows), f"kits.{kind}")
    assert [(mistake.row, mistake.field) for mistake in mistakes] == [(4, field)]
    assert words in mistakes[0].problem
    assert mistakes[0].remedy
    assert "raretype" not in (str(mistakes) + str(mistakes[0])).lower()


def test_all_bad_rows_are_listed_in_order():
    rows = [list(row) for row in GOOD]
    rows[0][1], rows[1][3], rows[1][4], rows[4][0] = "X", "soon", "x", "1"
    assert [(m.row, m.field) for m in parse(as_csv(rows))] == [
        (2, "kit_type"), (3, "expiry"), (3, "vials"), (6, "kit_number"),
    ]  # fmt: skip


def test_formula_in_a_sheet_is_refused_although_it_shows_a_value():
    mistakes = parse(as_xlsx(changed(vials="=9+9")), "kits.xlsx")
    assert [(m.row, m.field, m.problem) for m in mistakes] == [(4, "vials", "is a formula")]


def test_kit_too_near_its_expiry_to_be_shipped_is_refused():
    assert isinstance(parse(as_csv(changed(expiry="2027-01-09", lot="L2")), do_not_ship_days=47), Manifest)
    mistakes = parse(as_csv(changed(expiry="2027-01-08", lot="L2")), do_not_ship_days=47)
    assert [(m.row, m.field) for m in mistakes] == [(4, "expiry")]


def test_a_lot_has_one_expiry():
    mistakes = parse(as_csv(changed(expiry="2027-07")))
    assert [(m.row, m.field, m.value) for m in mistakes] == [(4, "expiry", "2027-07-31")]
    assert mistakes[0].problem == "lot L1 expires on 2027-06-30 in row 2"


def test_headings_are_checked():
    mistakes = parse(as_csv([], heading=["kit_number", "lot", "lot", "expiry", "vials", "arm"]))
    assert [(m.field, m.problem) for m in mistakes] == [
        ("kit_type", "column is missing"), ("heading", "column is unknown"), ("lot", "column stands twice"),
    ]  # fmt: skip


def test_cells_beside_the_table_are_refused():
    mistakes = parse(as_csv([*GOOD[:1], [*GOOD[1], "", "note"]]))
    assert [(m.row, m.field) for m in mistakes] == [(3, "row")]


def bomb():
    book = openpyxl.Workbook()
    for _ in range(100):
        book.active.append(["x" * 100] * 5)
    book.save(file := io.BytesIO())
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "filename", "words"),
    [
        (b"", "kits.csv", "column is missing"),
        (as_csv([]).encode(), "kits.csv", "holds no kit"),
        (as_csv(GOOD).encode(), "kits.ods", "neither .csv nor .xlsx"),
        (as_csv(GOOD).encode(), "kits.xlsx", "no XLSX"),
        (as_xlsx(GOOD)[:-200], "kits.xlsx", "no XLSX"),
        (as_xlsx(GOOD), "kits.csv", "CSV"),
        (as_csv(GOOD).encode("utf-16"), "kits.csv", "GB 18030"),
        (as_csv(GOOD).encode() + b"\0", "kits.csv", "binary"),
        (as_xlsx(GOOD, sheets=2), "kits.xlsx", "has 2 sheets"),
        (b"x" * 5_000_001, "kits.csv", "larger than 5000000 bytes"),
        ((",".join(HEADING) + "," * 30).encode(), "kits.csv", "more than 20 columns in row 1"),
        ("\n".join([",".join(HEADING)] + ["1"] * 100_000).encode(), "kits.csv", "more than 100000 rows"),
    ],
)
def test_file_that_cannot_be_read_is_refused(data, filename, words):
    mistakes = parse(data, filename)
    assert words in str(mistakes[0])
    assert all(mistake.remedy for mistake in mistakes)


def test_archive_that_unpacks_beyond_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(manifest_file, "MOST_UNPACKED_BYTES", 10_000)
    assert "unpacks to more than 10000 bytes" in str(parse(bomb(), "kits.xlsx")[0])


def test_manifest_prints_without_its_content():
    shown = repr(parse(as_csv(GOOD))) + repr(parse(as_csv(GOOD)).rows)
    assert "RARE" not in shown
    assert NUMBERS[0] not in shown


@pytest.mark.parametrize(
    ("text", "day"), [("2028-02", date(2028, 2, 29)), ("2027-02-03", date(2027, 2, 3)), ("0000-01", None), ("", None)]
)
def test_month_means_its_last_day(text, day):
    assert read_expiry(text) == day
