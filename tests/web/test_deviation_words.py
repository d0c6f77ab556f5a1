"""Every kind of deviation has its word, and a sentence that its facts fill, in both languages."""

import ast
from collections.abc import Iterator
from datetime import date
from typing import get_args

import pytest
from flask import Flask

from irt.conduct.deviations import Kind
from irt.web import book_words
from irt.web.deviation_words import PLACES, SENTENCES, sentence
from tests.web.conftest import TRANSLATIONS

KINDS = get_args(Kind)
FACTS = {
    "visit": "W4", "day": "2026-03-30", "earliest": "2026-03-27", "latest": "2026-04-02", "number": 3,
    "first": "2026-03-04", "last": "2026-03-08", "kit": "1234567", "instead_of": "7654321", "expiry": "2026-12-31",
    "used": "gc_low|negative", "stratum": "gc_high|negative", "at": "02", "dose": "extra", "on": "2026-03-30",
}  # fmt: skip


def noted(kind: str, **facts: object) -> str:
    return sentence(kind, date(2026, 3, 30), facts)


def test_every_kind_has_its_word_and_its_sentence() -> None:
    assert len(KINDS) == 20
    assert set(book_words.DEVIATIONS) == set(SENTENCES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sentence_is_said_with_its_facts_and_without_them(app_alone: Flask, kind: str) -> None:
    said = []
    for language in ("en", "zh-CN"):
        with app_alone.test_request_context(headers={"Accept-Language": language}):
            whole = noted(kind, **{name: FACTS[name] for name in places(kind)})
            assert whole == str(SENTENCES[kind]) % {
                name: whole_words(name) for name in PLACES.findall(str(SENTENCES[kind]))
            }
            bare, more = noted(kind), noted(kind, kit="1234567", unheard="of")
            assert "%(" not in bare + more
            assert "1234567" in more
            assert more.endswith(("unheard: of.", "unheard：of。"))
            said.append(whole)
    assert said[0] != said[1]


def places(kind: str) -> list[str]:
    return [name for name in PLACES.findall(str(SENTENCES[kind])) if name != "happened_on"]


def whole_words(name: str) -> str:
    from irt.web import texts

    spoken = {"visit": texts.visit_name, "used": texts.stratum_words, "stratum": texts.stratum_words}
    spoken["at"] = texts.site_name
    value = str({"happened_on": "2026-03-30", **FACTS}[name])
    return spoken[name](value) if name in spoken else value


def notes() -> Iterator[tuple[str, str, set[str]]]:
    """Each `note(act, "kind", …, facts={…})` of the house whose kind and facts are written out: place, kind, facts."""
    for path in sorted(TRANSLATIONS.parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", getattr(node.func, "attr", "")) != "note":
                continue
            kind = node.args[1] if len(node.args) > 1 else None
            if not isinstance(kind, ast.Constant) or kind.value not in KINDS:
                continue
            given = next((word.value for word in node.keywords if word.arg == "facts"), ast.Dict([], []))
            if isinstance(given, ast.Dict):
                yield f"{path.name}:{node.lineno}", kind.value, {getattr(key, "value", "**") for key in given.keys}


def test_whoever_notes_a_deviation_fills_its_sentence() -> None:
    found = list(notes())
    assert len(found) >= 2
    for place, kind, facts in found:
        assert "**" in facts or set(places(kind)) <= facts, place
