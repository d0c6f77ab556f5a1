"""The PDF: its text can be read, its fonts are in it, nothing leaves the margins, wide tables lie, heads come again."""

import io

import numpy as np
import pypdf
import pypdfium2
import pytest

from irt.analysis.report.pdf import BOTTOM, SIDE, TABLE, TOP
from irt.analysis.report.pdf_table import PAD, laid_out
from irt.paper.letters import width
from irt.paper.sheet import SHORT
from tests.analysis.report.written import LANGUAGES, VIEWS, bare, document, report, speaker
from tests.paper.reading import fonts, letters, not_embedded, second_reading, sizes, texts

SCALE = 25.4 / 72
BOTH = [(language, view) for language in LANGUAGES for view in VIEWS]


@pytest.mark.parametrize(("language", "view"), BOTH)
def test_the_fonts_are_in_the_file(language, view) -> None:
    content = report(language, view).pdf
    assert fonts(content)
    assert not_embedded(content) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_its_number(language) -> None:
    pages = texts(report(language).pdf)
    say = speaker(language)
    assert len(pages) > 20
    for number, text in enumerate(pages, 1):
        assert bare(say("page", page=number, pages=len(pages))) in text


@pytest.mark.parametrize(("language", "view"), BOTH)
def test_no_ink_leaves_the_margins(language, view) -> None:
    with pypdfium2.PdfDocument(report(language, view).pdf) as pdf:
        for number, page in enumerate(pdf, 1):
            dark = page.render(scale=2, grayscale=True).to_numpy().squeeze() < 150  # a watermark is paler
            side, top = round((SIDE - 0.6) / SCALE * 2), round(9 / SCALE * 2)
            edges = {"left": dark[:, :side], "right": dark[:, -side:], "top": dark[:top], "bottom": dark[-top:]}
            assert [edge for edge, strip in edges.items() if strip.any()] == [], number
            assert dark.any(), number


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_of_the_body_reaches_the_foot(language) -> None:
    content = report(language).pdf
    for number, (_, high) in enumerate(sizes(content)):
        body = [one for one in letters(content, number) if one[2] < high * SCALE - 15]
        assert max(one[4] for one in body) < high * SCALE - BOTTOM + 0.5, number


@pytest.mark.parametrize(("language", "view"), BOTH)
def test_no_number_is_broken_and_no_word_leaves_its_column(language, view) -> None:
    made = document(language, view)
    for table in made.tables:
        laid = laid_out(table, made, SHORT - 2 * SIDE, TABLE) or laid_out(
            table, made, 297 - 2 * SIDE, TABLE, force=True
        )
        for row, lines in zip(table.rows, laid.rows, strict=True):
            if len(row.cells) == 1 < table.columns:
                continue
            for column, (cell, wide) in enumerate(zip(lines, laid.widths, strict=True)):
                assert all(width(line, TABLE) <= wide - 2 * PAD + 0.02 for line in cell), (table.id, cell)
                assert column < table.first or len(cell) == 1, (table.id, cell)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_contents_name_the_pages_on_which_pieces_stand(language) -> None:
    made, content = document(language), report(language).pdf
    pages = texts(content)
    contents = "".join(pages[1:4])
    for kind, pieces in (("table", made.tables), ("figure", made.figures)):
        for one in pieces:
            title = bare(f"{made.name(kind, one.id)}. {one.title}")
            place = next(number for number, text in enumerate(pages, 1) if title in text)
            entry = bare(f"{made.name(kind, one.id)}{one.title}")
            at = contents.index(entry) + len(entry)
            assert contents[at:].lstrip(".").startswith(str(place)), one.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_outline_names_every_section(language) -> None:
    made = document(language)
    outline = pypdf.PdfReader(io.BytesIO(report(language).pdf)).outline
    flat = [one for entry in outline for one in (entry if isinstance(entry, list) else [entry])]
    assert [bare(one.title) for one in flat] == [bare(f"{one.number}{one.title}") for _, one in made.walk()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_table_says_its_title_and_heads_on_every_page(language) -> None:
    made = document(language)
    table = next(one for one in made.tables if one.id == "adherence")
    title = bare(f"{made.name('table', table.id)}. {table.title}")
    held = [text for text in texts(report(language).pdf)[3:] if title in text]
    assert len(held) >= 2
    assert all(bare(table.head[-1][0].text) in text for text in held)
    assert all(bare(speaker(language)("continued")) in text for text in held[1:])


def test_a_wide_table_lies() -> None:
    made = document("en")
    wide = [one for one in made.tables if laid_out(one, made, SHORT - 2 * SIDE, TABLE) is None]
    lying = [size for size in sizes(report("en").pdf) if size[0] > size[1]]
    assert bool(wide) == bool(lying)


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_readers_get_the_text_out(language) -> None:
    made, content = document(language), report(language).pdf
    whole, again = "".join(texts(content)), second_reading(content)
    for one in made.tables:
        assert bare(one.title) in whole
        assert bare(one.title) in again


def test_it_is_the_same_twice_and_tells_no_time_of_its_own() -> None:
    from irt.analysis.report.pdf import pdf
    from irt.analysis.report.writing import released_at
    from tests.analysis.report.written import trial

    again = pdf(document("en"), speaker("en"), released_at(trial().facts))
    assert again == report("en").pdf
    told = pypdf.PdfReader(io.BytesIO(again)).metadata
    assert told.creation_date.isoformat() == "2029-01-10T02:00:00+00:00"


def test_margins_are_wide_enough_to_be_seen() -> None:
    assert min(SIDE, TOP, BOTTOM) >= 15
    assert np.isclose(SCALE, 0.3528, atol=1e-3)
