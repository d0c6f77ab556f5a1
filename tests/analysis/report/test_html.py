"""The HTML is well formed, stands alone, and is told to those who hear it: language, headings, captions, scopes."""

import re

import pytest

from irt.analysis.report.html import html
from tests.analysis.report.markup import Markup
from tests.analysis.report.written import LANGUAGES, VIEWS, bare, document, report, speaker

ADDRESS = re.compile(r"https?:|//[a-z]|\bsrc=|@import|url\((?!#)", re.IGNORECASE)


@pytest.fixture(scope="module", params=[(language, view) for language in LANGUAGES for view in VIEWS], ids="-".join)
def page(request) -> tuple[str, str, Markup]:
    language, view = request.param
    return language, view, Markup(report(language, view).html)


def test_every_element_is_closed_and_every_id_is_one_alone(page) -> None:
    markup = page[2]
    assert markup.faults == []
    assert len(markup.ids) == len(set(markup.ids))
    assert len(markup.tables) >= 30


def test_every_link_leads_somewhere_in_the_file(page) -> None:
    markup = page[2]
    assert len(markup.links) > 100
    assert set(markup.links) <= set(markup.ids)


def test_no_script_and_no_address(page) -> None:
    language, view, markup = page
    text = report(language, view).html.decode()
    assert not ADDRESS.search(text)
    assert {tag for tag, _ in markup.tags} & {"script", "iframe", "object", "link", "img", "form"} == set()
    assert not [name for _, given in markup.tags for name in given if name.startswith("on")]


def test_language_headings_captions_scopes_and_alternatives(page) -> None:
    language, _, markup = page
    root = next(given for tag, given in markup.tags if tag == "html")
    assert root["lang"] == {"en": "en", "zh": "zh-Hans"}[language]
    assert markup.headings[0] == 1
    assert markup.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(markup.headings, markup.headings[1:], strict=False))
    for grid in markup.tables:
        assert grid.caption, grid.id
        assert {cell.attributes.get("scope") for row in grid.rows for cell in row if cell.tag == "th"} <= {
            "col", "colgroup", "row", "rowgroup"
        }  # fmt: skip
    pictures = [given for tag, given in markup.tags if tag == "svg"]
    assert len(pictures) == 7
    assert all(given["role"] == "img" and len(given["aria-label"]) > 30 for given in pictures)


def test_every_line_of_a_table_is_as_wide_as_its_head(page) -> None:
    for grid in page[2].tables:
        reaching: dict[int, int] = {}
        widths = set()
        for number, row in enumerate(grid.rows):
            wide = sum(int(cell.attributes.get("colspan", 1)) for cell in row) + reaching.get(number, 0)
            widths.add(wide)
            for cell in row:
                for under in range(1, int(cell.attributes.get("rowspan", 1))):
                    reaching[number + under] = reaching.get(number + under, 0) + 1
        assert len(widths) == 1, (grid.id, widths)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_holds_every_cell_of_the_document(language) -> None:
    grids = {
        grid.id: [bare(cell.text) for row in grid.rows for cell in row] for grid in Markup(report(language).html).tables
    }
    made = document(language)
    for table in made.tables:
        held = grids[f"t-{table.id}"]
        said = [bare(made.plain(cell)) for row in table.rows for cell in row.cells if cell]
        assert [one for one in held if one in set(said)][: len(said)], table.id
        assert set(said) <= set(held), table.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_the_same_twice(language) -> None:
    assert html(document(language), speaker(language)) == report(language).html


def test_a_broken_file_is_found() -> None:
    assert Markup(b"<p><b>a</p></b>").faults
    assert Markup(b"<p>a").faults == ["<p> is never closed"]
