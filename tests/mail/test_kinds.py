"""Every message that an act sends has words, in English and in Chinese, and they ask only for facts that it carries."""

import ast
import re
from pathlib import Path

from babel.messages.pofile import read_po

from irt.mail import MESSAGES
from tests.house.sources import ROOT, python_sources

ALWAYS = {"site", "link"}
OPTIONS = {"audience", "site", "participant"}


def sent() -> dict[str, set[str]]:
    """Kind → the facts it carries, of every `act.send("kind", …)` in the domain."""
    found: dict[str, set[str]] = {}
    for source in python_sources("irt"):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "act.send":
                kind = node.args[0]
                assert isinstance(kind, ast.Constant), (
                    f"{source.path}:{node.lineno} sends a kind that cannot be read here"
                )
                facts = {word.arg for word in node.keywords if word.arg} - OPTIONS
                found.setdefault(str(kind.value), facts).intersection_update(facts)
    return found


def test_every_kind_has_words_and_no_words_are_idle() -> None:
    kinds = sent()
    assert len(kinds) >= 5
    assert set(kinds) == set(MESSAGES)
    for kind, texts in MESSAGES.items():
        asked = set(re.findall(r"%\((\w+)\)s", " ".join(texts)))
        assert asked <= kinds[kind] | ALWAYS, kind


def test_every_text_is_translated_with_the_same_facts() -> None:
    path = Path(ROOT / "irt/translations/zh_Hans_CN/LC_MESSAGES/messages.po")
    with path.open("rb") as file:
        catalogue = read_po(file)
    for texts in MESSAGES.values():
        for text in texts:
            entry = catalogue.get(text)
            assert entry is not None, text
            assert entry.string, text
            assert sorted(re.findall(r"%\(\w+\)s", str(entry.string))) == sorted(re.findall(r"%\(\w+\)s", text))
