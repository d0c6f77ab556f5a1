"""A rehearsal says so on every page; arms that are letters stay letters; a trial unlike the usual one has its words."""

import io
from dataclasses import replace

import pypdfium2
import pytest

from irt.analysis.final import final_analysis
from irt.analysis.report.document import Paragraph, Synopsis
from irt.analysis.report.sections.safety import MOST_TERMS
from irt.analysis.report.speaking import Language, Speaker
from irt.analysis.report.writing import write_report, written
from irt.analysis.results import Results
from irt.lock.opened import MAKER, Opened
from tests.analysis.invented import changed, invented
from tests.analysis.report.markup import Markup
from tests.analysis.report.test_words import LEFT_OUT
from tests.analysis.report.written import LANGUAGES, bare, document, report, results, speaker, trial
from tests.paper.reading import texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rehearsal_bears_its_watermark_on_every_page(language) -> None:
    content = report(language, "rehearsal").pdf
    mark = bare(document(language, "rehearsal").watermark)
    assert {"REHEARSAL", "演练"} <= set(document(language, "rehearsal").watermark.split())
    pages = texts(content)
    assert len(pages) > 20
    assert all(mark in "".join(sorted_letters(content, number)) for number in range(len(pages)))
    assert "REHEARSAL" in report(language, "rehearsal").html.decode()


def sorted_letters(content: bytes, page: int) -> list[str]:
    """The letters of a page in the order in which they were drawn: the mark is first."""
    with pypdfium2.PdfDocument(io.BytesIO(content)) as pdf:
        text = pdf[page].get_textpage()
        return [text.get_text_range(place, 1).strip() for place in range(text.count_chars())]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rehearsal_says_in_title_and_warning_that_the_allocation_is_invented(language) -> None:
    made = document(language, "rehearsal")
    assert ("REHEARSAL" in made.title) or ("演练" in made.title)
    assert made.warnings == (speaker(language)("warning.rehearsal"),)
    assert bare(made.warnings[0]) in texts(report(language, "rehearsal").pdf)[0]
    assert bare(made.warnings[0]) in bare(Markup(report(language, "rehearsal").html).text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_a_rehearsal_has_a_watermark(language) -> None:
    for view in ("final", "letters"):
        assert document(language, view).watermark == ""
        assert "REHEARSAL" not in report(language, view).html.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_say_that_it_is_not_known_which_is_which(language) -> None:
    made = document(language, "letters")
    assert made.warnings == (speaker(language)("warning.letters"),)
    assert bare(made.warnings[0]) in texts(report(language, "letters").pdf)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_name_no_arm_anywhere_but_in_the_trial_s_own_title(language) -> None:
    made = document(language, "letters")
    arms = [getattr(one.label, language).lower() for one in trial().study.arms]
    arms += [one.id.lower() for one in trial().study.arms]
    said = [text for one in made.tables for row in one.rows for text in row.cells]
    said += [head.text for one in made.tables for line in one.head for head in line]
    said += [text for one in (*made.tables, *made.figures) for text in (one.title, *one.notes)]
    said += [one.alt for one in made.figures] + [made.sections[0].blocks[0].sentence]
    found = [(arm, text) for arm in arms for text in said if arm in text.lower().replace("il-2", "")]
    assert found == []
    assert any(head.text.startswith(("Arm A", "A 组")) for one in made.tables for line in one.head for head in line)


def test_letters_hold_no_seed() -> None:
    assert "seed_sha256" not in trial("letters").facts
    table = next(one for one in document("en", "letters").tables if one.id == "settings")
    assert "Seed of the list" not in {row.cells[0] for row in table.rows}


def test_a_list_that_was_brought_has_no_replay_and_no_redrawn_lists() -> None:
    own = {"replayed": "own list"}
    gone = {"seed", "seed_sha256", "block_sizes", "block_weights", "algorithm"}

    def brought(rows):
        return [one | {"value": own.get(one["key"], one["value"])} for one in rows if one["key"] not in gone]

    opened = changed(invented(24), generation_record=brought)
    found = final_analysis(opened, lists=99)
    made = written(opened, found, Speaker("en", opened.study, found.tables))
    said = " ".join(block.text for block in made.blocks if hasattr(block, "text"))
    assert speaker("en")("making.own") in said
    assert "The re-randomization test was not possible." in said


def said_of(opened: Opened, found: Results, language: Language = "en") -> str:
    """Every paragraph, note and cell of a report, in one text."""
    made = written(opened, found, Speaker(language, opened.study, found.tables, opened.view))
    told = [block.text for block in made.blocks if isinstance(block, Paragraph)]
    told += [note for one in (*made.tables, *made.figures) for note in one.notes]
    told += [text for block in made.blocks if isinstance(block, Synopsis) for _, text in block.facts]
    return "\n".join([*told, *(cell for one in made.tables for row in one.rows for cell in row.cells)])


def studied(opened: Opened, **settings: object) -> Opened:
    """The same trial by a study file whose analysis has other settings."""
    study = opened.study.model_copy(update={"analysis": opened.study.analysis.model_copy(update=settings)})
    return Opened(maker=MAKER, study=study, tables=opened.tables, view=opened.view)


def test_who_is_missing_and_left_out_is_told_where_they_are() -> None:
    opened = studied(invented(56), missing="observed")
    found = final_analysis(opened, lists=99)
    for language in LANGUAGES:
        said, say = said_of(opened, found, language), speaker(language)
        for key in LEFT_OUT:
            text = say(key, figure="{figure:tipping_figure}") if "{figure}" in say(key) else say(key)
            assert text in said, key
            assert text not in said_of(trial(), results(), language), key
        assert say("estimand.missing.observed") in said
    rows = {row["analysis"]: row for row in found.tables["sensitivity"].records()}
    assert rows["primary"]["active_n"] == rows["observed_cases"]["active_n"] == rows["corrected_strata"]["active_n"]
    assert rows["primary"]["active_n"] < rows["multiple_imputation"]["active_n"]


def test_each_model_in_a_table_is_named_and_what_it_adjusts_for() -> None:
    said, say = said_of(trial(), results()), speaker("en")
    assert {row["method"] for row in results().tables["secondary"].records()} == {"mantel_haenszel", "mmrm"}
    assert say("note.mmrm") in said
    assert say("note.ancova") not in said
    covariates = ", ".join(say.code("field", one) for one in trial().study.analysis.covariates)
    assert say("note.scores_adjusted", measure=say.measured("tis"), covariates=covariates) in said
    few = studied(invented(12), covariates=())
    told = said_of(few, final_analysis(few, lists=99))
    assert say("note.ancova") in told
    assert say("note.mmrm") not in told
    assert say("note.scores_unadjusted", measure=say.measured("tis")) in told


def test_imputed_lines_are_of_rubins_rule() -> None:
    said = said_of(trial(), results())
    assert speaker("en")("note.imputed", sets=results().facts["imputations"]) in said
    assert "All lines but those of multiple imputation" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_tell_by_which_arm_somebody_counts_as_treated(language) -> None:
    first = {"en": "Arm A", "zh": "A 组"}[language]
    rule = speaker(language)("populations.letters", active=first, control="")
    assert first in rule
    assert rule in said_of(trial("letters"), results("letters"), language)


def test_tables_of_events_say_that_they_end_with_the_last_visit() -> None:
    made = document("en")
    told = speaker("en")("note.up_to", week="Week 24", day=169)
    assert "169" in told
    pieces = {one.id: one for one in (*made.tables, *made.figures)}
    assert [name for name, one in pieces.items() if told in one.notes] == [
        "adverse_events_by_grade", "adverse_events_by_term", "dots",
    ]  # fmt: skip


def test_a_drawing_of_some_terms_says_of_how_many() -> None:
    first = trial().tables["adverse_events"][0] | {"emergent": "Y", "study_day": "20", "pt": ""}
    safety = next(one["participant"] for one in trial().tables["participants"] if one["safety"] == "Y")

    def many(_):
        return [
            first | {"participant": safety, "event": str(n), "pt": f"Term {n}", "soc": "Investigations"}
            for n in range(1, MOST_TERMS + 8)
        ]

    opened = changed(trial(), adverse_events=many)
    made = written(opened, final_analysis(opened, lists=99), speaker("en"))
    (drawn,) = [one for one in made.figures if one.id == "dots"]
    assert drawn.notes[0] == speaker("en")("note.dots_cut", number=MOST_TERMS, all=MOST_TERMS + 7)
    (whole,) = [one for one in document("en").figures if one.id == "dots"]
    assert whole.notes[0].startswith("All ")


def test_a_test_that_was_not_possible_has_no_p_in_the_synopsis() -> None:
    opened = changed(trial(), generation_record=lambda held: [
        one for one in held if one["key"] not in ("seed", "seed_sha256", "block_sizes", "block_weights", "algorithm")
    ])  # fmt: skip
    found = final_analysis(opened, lists=99)
    for language, told in (("en", "re-randomization not possible"), ("zh", "再随机化检验 无法进行")):
        said = said_of(opened, found, language)
        assert told in said
        assert "p=–" not in said


@pytest.mark.parametrize("participants", [2, 4, 12])
def test_a_trial_that_has_hardly_begun_still_makes_a_report(participants) -> None:
    opened = invented(participants)
    found = final_analysis(opened, lists=99)
    for language in LANGUAGES:
        made = write_report(opened, found, language)
        assert Markup(made.html).faults == []
        assert made.unsaid == ()
        assert texts(made.pdf)


def test_where_no_number_of_responders_gives_a_test_there_is_no_tipping_point() -> None:
    found = results()
    grid = found.tables["tipping_point"]
    place = grid.columns.index("p")
    untested = replace(grid, rows=tuple((*row[:place], None, *row[place + 1 :]) for row in grid.rows))
    made = written(trial(), replace(found, tables={**found.tables, grid.id: untested}), speaker("en"))
    said = [block.text for block in made.blocks if hasattr(block, "text")]
    assert speaker("en")("tipping.untested") in said
    assert "tipping_figure" not in {one.id for one in made.figures}


def test_a_trial_of_full_size_makes_a_report() -> None:
    opened = invented(240, seed=3)
    made = write_report(opened, final_analysis(opened, lists=99), "zh")
    assert made.unsaid == ()
    assert Markup(made.html).faults == []
    assert 25 < len(texts(made.pdf)) < 60
