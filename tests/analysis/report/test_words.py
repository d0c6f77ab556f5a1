"""Nothing is said that has no words: codes of results, heads of columns, texts; both languages say the same things."""

import re
import string

import pytest

from irt.analysis.report import words
from irt.analysis.report.html import html
from irt.analysis.report.pdf import pdf
from irt.analysis.report.speaking import Speaker
from irt.analysis.report.words import CODES, TEXTS
from irt.analysis.report.writing import released_at, written
from irt.analysis.results import Cell
from tests.analysis.report.written import LANGUAGES, VIEWS, document, report, results, trial

HAN = re.compile(r"[一-鿿]")
# What is the same in both languages: names of methods and models, letters of statistics, a command.
SAME = {"n", "p", "SHA-256", "%"}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_is_left_without_words(language, view) -> None:
    assert report(language, view).unsaid == ()


def test_a_code_without_words_is_noted() -> None:
    say = Speaker("en", trial().study)
    assert say.code("decided_by", "witchcraft") == "witchcraft"
    assert say.unsaid == {"decided_by: witchcraft"}


@pytest.mark.parametrize(("kind", "codes"), [
    ("set_reason", "important_deviation too_few_doses code_broken not_in_full_analysis randomized_in_error decided"),
    ("masking", "code_break desk_opening envelope_opened unblinding_report"),
    ("decided_by", "death rescue adverse_event lack_of_efficacy missing observed"),
    ("event_outcome", "recovered recovering not_recovered sequelae fatal unknown"),
    ("seriousness", "death life_threatening hospitalisation disability congenital_anomaly medically_important"),
])  # fmt: skip
def test_codes_that_a_real_trial_may_hold_have_words_too(kind, codes) -> None:
    assert [one for one in codes.split() if one not in CODES[kind]] == []


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_ask_for_the_same_facts() -> None:
    assert {key for key, (en, zh) in TEXTS.items() if fields(en) != fields(zh)} == set()


def test_every_text_has_chinese() -> None:
    pairs = {**TEXTS, **{f"{kind}.{code}": pair for kind, held in CODES.items() for code, pair in held.items()}}
    same = {key for key, (en, zh) in pairs.items() if en == zh}
    assert {key for key in same if len(re.sub(r"\{\w*\}|[^A-Za-z]", "", pairs[key][0])) > 20} == set()
    assert {key for key, (en, zh) in pairs.items() if HAN.search(en) and key != "watermark"} == set()
    assert len([key for key, (_, zh) in pairs.items() if HAN.search(zh)]) > 0.9 * len(pairs)


class Listening(Speaker):
    """A speaker that remembers what it was asked to say."""

    said: set[str]
    coded: set[tuple[str, str]]

    def __call__(self, key: str, **facts: object) -> str:
        self.said.add(key)
        return super().__call__(key, **facts)

    def code(self, kind: str, code: Cell) -> str:
        self.coded.add((kind, str(code)))
        return super().code(kind, code)


LEFT_OUT = (
    "note.left_out", "note.left_out_but", "note.left_out_shares", "note.reasons_missing", "tipping.text_left_out",
)  # fmt: skip
# Said only of a trial that the invented one is not: its list brought from elsewhere, nobody missing, nothing to list.
SELDOM = {
    "making.own", "estimand.missing.observed", "primary.alone", "synopsis.none", "synopsis.randomized_text",
    "tipping.none", "tipping.untested", "listings.none", "terms.text_alone", "exposure.text_alone", "source_alone",
    "times", "note.dots_cut", "note.ancova", "note.scores_unadjusted", "synopsis.no_p", *LEFT_OUT,
}  # fmt: skip
# What such a trial has and the invented one has not: reasons, outcomes and methods of few, a study with one visit.
SELDOM_CODES = {
    "set_reason": ("code_broken", "decided"), "state": ("screened",), "model": ("ancova",), "measure": ("doi",),
    "note": ("not_estimable", "too few participants for a mixed model", "no mixed model", "one visit"),
    "seriousness": ("life_threatening", "hospitalisation", "disability", "congenital_anomaly", "medically_important"),
    "event_outcome": ("recovered", "recovering", "not_recovered", "sequelae", "unknown"), "replayed": ("own list",),
    "fact": ("block_weights",),
}  # fmt: skip


@pytest.fixture(scope="module")
def heard() -> type[Listening]:
    """What the reports of all views say."""
    Listening.said, Listening.coded = set(), set()
    for view in VIEWS:
        say = Listening("en", trial(view).study, results(view).tables, view)
        made = written(trial(view), results(view), say)
        html(made, say)
        if view == "rehearsal":  # on paper each view says the same more, and this one its mark too
            pdf(made, say, released_at(trial(view).facts))
    return Listening


def test_every_text_is_said_somewhere(heard) -> None:
    assert set(TEXTS) - heard.said == SELDOM


def never_said(heard: type[Listening]) -> set[tuple[str, str]]:
    return {(kind, code) for kind, held in CODES.items() for code in held} - heard.coded


def test_every_code_is_said_somewhere(heard) -> None:
    """A code that no result bears any more has words for nothing."""
    assert never_said(heard) == {(kind, code) for kind, codes in SELDOM_CODES.items() for code in codes}


def test_a_code_that_nobody_says_is_noticed(heard, monkeypatch) -> None:
    monkeypatch.setitem(CODES["sex"], "planted", ("Planted", "植入"))
    assert ("sex", "planted") in never_said(heard)


def test_a_chinese_report_speaks_chinese() -> None:
    made = document("zh")
    for _, section in made.walk():
        assert HAN.search(section.title), section.title
    for one in (*made.tables, *made.figures):
        assert HAN.search(one.title), one.title
    heads = {head.text for one in made.tables for line in one.head for head in line if head.text}
    foreign = {head for head in heads if not HAN.search(head)}
    assert foreign <= {*SAME, "95% CI", "n（%）", "%（95% CI）"}


def test_an_english_report_has_no_chinese() -> None:
    made = document("en")
    said = [cell for one in made.tables for row in one.rows for cell in row.cells]
    assert [one for one in said if HAN.search(one)] == []
    assert not HAN.search("".join(one.title for one in (*made.tables, *made.figures)))


def test_the_parts_share_no_key() -> None:
    assert len(TEXTS) == sum(map(len, words.PARTS))


def test_results_have_what_the_report_expects() -> None:
    assert len(results().tables) >= 30
