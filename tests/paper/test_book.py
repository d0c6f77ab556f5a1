"""Logs and lists on paper and as CSV."""

import csv
import io
import time
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from irt.paper.book import Cell, Column, table_csv, table_pdf
from tests.paper.reading import MADE, letters, sizes, texts

COLUMNS = [Column("药盒"), Column("日期"), Column("数量", 0.6, "right"), Column("说明", 3)]


def printed(rows: Sequence[Sequence[Cell]], *, landscape: bool = True, if_empty: str = "") -> bytes:
    return table_pdf(
        "药品清点日志",
        ["中心 02", "截至 2026-03-02"],
        COLUMNS,
        rows,
        footer="IL2-DM",
        pages="第 {page} 页，共 {pages} 页",
        made_at=MADE,
        if_empty=if_empty,
        landscape=landscape,
    )


def read_csv(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table_csv(COLUMNS, rows).decode("utf-8-sig"), newline="")))


def test_fifteen_hundred_rows_stand_each_once_under_a_header_on_every_page() -> None:
    began = time.perf_counter()
    pages = texts(printed([[f"K-{100000 + n}", date(2026, 3, 2), n, "无"] for n in range(1500)]))
    assert time.perf_counter() - began < 30
    assert len(pages) > 30
    for number, page in enumerate(pages, start=1):
        assert "药盒日期数量说明" in page
        assert f"第{number}页，共{len(pages)}页" in page
        assert "IL2-DM" in page
    whole = "".join(pages)
    assert sum(whole.count(f"K-{100000 + n}2026-03-02{n}无") for n in range(1500)) == 1500
    assert "药品清点日志" in pages[0]
    assert "药品清点日志" not in pages[1]


def test_a_long_cell_wraps_inside_its_column_and_loses_nothing() -> None:
    words = [f"第{n}支药瓶在家中打碎，" for n in range(120)]
    pdf = printed([["", None, "", "".join(words)]])
    assert "".join(words) in "".join(texts(pdf))
    glass = [letter for letter in letters(pdf) if letter[0] == "碎"]
    left = 12 + 273 * 2.6 / 5.6
    assert len(glass) == 120
    assert all(left < x and right < 285 for _, x, _, right, _ in glass)
    assert len({round(top) for _, _, top, _, _ in glass}) > 5


@pytest.mark.parametrize("landscape", [True, False])
def test_a_row_higher_than_a_page_goes_on_at_the_next(landscape: bool) -> None:
    marks = [f"〔{n}〕" for n in range(3000)]
    pdf = printed([["K-1", "", 1, "前"], ["K-2", "", 2, "".join(marks)], ["K-3", "", 3, "后"]], landscape=landscape)
    pages = texts(pdf)
    assert len(pages) >= 3
    assert sum("".join(pages).count(mark) for mark in marks) == 3000
    assert "K-33后" in pages[-1]
    assert (sizes(pdf)[0][0] > sizes(pdf)[0][1]) is landscape


def test_the_usual_row_is_not_split_between_pages() -> None:
    pages = texts(printed([[f"K-{n}", "", n, f"甲{n}" + "很长的说明" * 25 + f"乙{n}"] for n in range(1, 90)]))
    assert len(pages) > 2
    for n in range(1, 90):
        assert sum(f"甲{n}很" in page and f"乙{n}" in page for page in pages) == 1


def test_numbers_stand_at_the_right_of_their_column() -> None:
    pdf = printed([["", "", 7, ""], ["", "", 1347, ""]])
    one, other = (right for letter, _, _, right, _ in letters(pdf) if letter == "7")
    assert one == pytest.approx(other, abs=0.01)


def test_an_empty_list_says_so() -> None:
    assert "尚无记录" in texts(printed([], if_empty="尚无记录"))[0]
    assert len(texts(printed([]))) == 1


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="one cell per column"):
        printed([["K-1"]])
    with pytest.raises(ValueError, match="one cell per column"):
        table_csv(COLUMNS, [["K-1"]])


def test_csv_begins_with_the_mark_that_excel_reads_and_keeps_every_cell() -> None:
    rows: list[list[Cell]] = [["K-1", date(2026, 3, 2), Decimal("14.5"), '他说："好"，\n然后走了']]
    raw = table_csv(COLUMNS, rows)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == 2
    assert read_csv(rows) == [["药盒", "日期", "数量", "说明"], ["K-1", "2026-03-02", "14.5", '他说："好"，\n然后走了']]


@pytest.mark.parametrize(
    "evil",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "＝1+1",
        "-",
        "+1",
        "－1",
        "-１",
    ],
)
def test_a_cell_that_would_run_as_a_formula_does_not(evil: str) -> None:
    assert read_csv([[evil, evil, evil, evil]])[1] == ["'" + evil] * 4


@pytest.mark.parametrize(
    "plain", ["-3", "-3.25", -3, Decimal("-0.5"), 0, "14", "K-1", "2026-03-02", None, "a=b", "3-4"]
)
def test_a_plain_cell_stays_as_it_is(plain: Cell) -> None:
    assert read_csv([[plain] * 4])[1] == ["" if plain is None else str(plain)] * 4


def test_a_label_is_no_formula_either() -> None:
    assert b"'=x" in table_csv([Column("=x")], [])
