"""Every printed thing: Chinese comes out again, every font is in the file, the same input gives the same bytes."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from fpdf import FPDF

from irt.paper.book import Column, table_pdf
from irt.paper.card import card_pdf
from irt.paper.dosing_calendar import calendar_pdf
from irt.paper.note import note_pdf
from irt.paper.sheet import Sheet
from tests.house.sources import Source, python_sources
from tests.paper.reading import A4, MADE, fonts, letters, not_embedded, second_reading, sizes, texts
from tests.paper.samples import CARD, NOTE, calendar_from


def table(made_at: datetime = MADE) -> bytes:
    columns = [Column("药盒编号"), Column("数量", 0.5, "right"), Column("说明", 3)]
    rows = [[f"K-{100000 + n}", n, "在家中打碎 broken at home"] for n in range(60)]
    return table_pdf(
        "药品清点日志", ["中心 02"], columns, rows, footer="IL2-DM", pages="第 {page}/{pages} 页", made_at=made_at
    )


PLAN = calendar_from(date(2026, 3, 2))
PRINTED: list[tuple[str, Callable[..., bytes], str]] = [
    ("table", table, "药品清点日志"),
    ("calendar", lambda made_at=MADE: calendar_pdf(PLAN, footer="IL2-DM", made_at=made_at), "切勿冷冻"),
    ("card", lambda made_at=MADE: card_pdf(CARD, made_at=made_at), "或安慰剂"),
    ("note", lambda made_at=MADE: note_pdf(NOTE, footer="IL2-DM", made_at=made_at), "当日已追回"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "printed", "chinese"), PRINTED, ids=[name for name, _, _ in PRINTED])
def test_what_is_printed_can_be_kept(name: str, printed: Callable[..., bytes], chinese: str) -> None:
    pdf = printed()
    assert chinese in "".join(texts(pdf))
    assert chinese in second_reading(pdf)
    assert len(fonts(pdf)) == 1
    assert not_embedded(pdf) == []
    assert all("NotoSansSC" in font and "+" in font for font in fonts(pdf)), "a subset carries a tag and a plus"
    for wide, high in sizes(pdf):
        assert sorted((wide, high)) == pytest.approx(A4, abs=0.1)
    assert len(pdf) < 400_000


@pytest.mark.parametrize(("name", "printed", "chinese"), PRINTED, ids=[name for name, _, _ in PRINTED])
def test_the_same_input_gives_the_same_bytes(name: str, printed: Callable[..., bytes], chinese: str) -> None:
    first = printed()
    assert printed() == first
    assert printed(MADE.replace(year=2027)) != first, "the time handed in is the one in the file"
    assert b"D:20260302080000" in first


@pytest.mark.parametrize(("name", "printed", "chinese"), PRINTED, ids=[name for name, _, _ in PRINTED])
def test_no_letter_runs_over_the_edge(name: str, printed: Callable[..., bytes], chinese: str) -> None:
    pdf = printed()
    for page, (wide, high) in enumerate(sizes(pdf)):
        found = letters(pdf, page)
        assert found, "no page is empty"
        for letter, left, top, right, bottom in found:
            assert min(left, top) > 5, letter
            assert max(right - wide * 25.4 / 72, bottom - high * 25.4 / 72) < -5, letter


def test_a_font_that_is_not_embedded_is_found() -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica")
    pdf.text(20, 20, "the letters of this are the printer's own")
    planted = bytes(pdf.output())
    assert fonts(planted) == ["/Helvetica"]
    assert not_embedded(planted) == ["/Helvetica"]


def test_a_font_stripped_from_the_file_is_found() -> None:
    stripped = table().replace(b"/FontFile2 ", b"/FontFile9 ")
    assert [font.partition("+")[2] for font in not_embedded(stripped)] == ["NotoSansSC"]


def test_a_letter_that_the_font_lacks_is_written_out() -> None:
    sheet = Sheet("x", MADE)
    sheet.page()
    sheet.write(20, 20, "打碎\U0001f600了\x07", 10)
    assert texts(sheet.bytes()) == ["打碎[U+1F600]了[U+0007]"]


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        Sheet("x", MADE.replace(tzinfo=None))


def outside(source: Source) -> list[str]:
    """What a file of the printing room imports of irt that is not the printing room."""
    return [
        full for _, full, _ in source.imports() if (full + ".").startswith("irt.") and not full.startswith("irt.paper")
    ]


def test_the_printing_room_imports_nothing_of_irt() -> None:
    sources = python_sources("irt/paper")
    assert len(sources) >= 8
    assert [found for source in sources for found in outside(source)] == []
    assert outside(Source("irt/paper/card.py", "from irt.study import whole")) == ["irt.study.whole"]
