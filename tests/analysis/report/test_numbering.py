"""Sections, tables and figures are numbered once, in order, and each is named by a text and by the contents."""

import re

import pytest

from irt.analysis.report.document import MENTION, Paragraph, Section, Synopsis, Table, numbered
from tests.analysis.report.written import LANGUAGES, VIEWS, document, results

SECTIONS = [
    "synopsis", "making", "disposition", "populations", "baseline", "primary", "sensitivity", "secondary",
    "exploratory", "multiplicity", "safety", "exposure", "masking", "list_report", "listings", "appendix",
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sections_stand_in_their_order(language) -> None:
    made = document(language)
    assert [one.id for one in made.sections] == SECTIONS
    assert [one.number for one in made.sections] == [str(place) for place in range(1, len(SECTIONS) + 1)]
    assert all(one.blocks or one.within for _, one in made.walk())


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_table_and_figure_has_one_number_and_is_named(language, view) -> None:
    made = document(language, view)
    assert [one.number for one in made.tables] == list(range(1, len(made.tables) + 1))
    assert [one.number for one in made.figures] == list(range(1, len(made.figures) + 1))
    assert len(made.tables) >= 30
    assert len(made.figures) == 7
    named = {(kind, id) for text in texts(made) for kind, id in MENTION.findall(text)}
    assert {("table", one.id) for one in made.tables} | {("figure", one.id) for one in made.figures} <= named


def texts(made) -> list[str]:
    return [block.text for block in made.blocks if isinstance(block, Paragraph)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_text_names_is_there(language) -> None:
    made = document(language)
    for text in texts(made):
        assert not re.search(r"\{[a-z]", made.plain(text)), text


def test_every_table_of_results_is_the_source_of_a_piece() -> None:
    made = document("en")
    shown = {name for one in (*made.tables, *made.figures) for name in one.sources.results}
    assert shown == set(results().tables)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_piece_says_where_its_numbers_come_from(language) -> None:
    made = document(language)
    for one in (*made.tables, *made.figures):
        assert one.sources.told or (one.sources.results and one.sources.package), one.id


def test_the_synopsis_is_first_and_alone() -> None:
    first = document("en").sections[0]
    assert [type(one) for one in first.blocks] == [Synopsis]


def test_a_piece_twice_is_refused() -> None:
    table = Table("a", "A", ((),), (), sources=document("en").tables[0].sources)
    with pytest.raises(AssertionError, match="table a is there twice"):
        numbered([Section("s", "S", (table, table))], {"table": "{}", "figure": "{}", "section": "{}"})
