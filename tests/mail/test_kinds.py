"""Every message that an act sends has words, in English and in Chinese, and they ask only for facts that it carries."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from babel.messages.pofile import read_po

from irt.actor import Role
from irt.mail import MESSAGES
from irt.people.notice_kinds import KINDS, PERSONAL, is_urgent, receiving
from irt.web import notice_words
from tests.house.sources import ROOT, python_sources
from tests.wiring import study_of_tests

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


def audiences() -> Iterator[tuple[str, frozenset[str]]]:
    """Kind and roles of every `act.send("kind", audience=…)` in the domain, as its module would have them."""
    act = SimpleNamespace(study=study_of_tests())
    for source in python_sources("irt"):
        if "act.send(" not in source.text:
            continue
        module = importlib.import_module(".".join(Path(source.path).with_suffix("").parts))
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.FunctionDef):
                continue
            near = {
                target.id: one.value
                for one in ast.walk(node)
                if isinstance(one, ast.Assign)
                for target in one.targets
                if isinstance(target, ast.Name)
            }
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "act.send":
                    (asked,) = [word.value for word in call.keywords if word.arg == "audience"]
                    if isinstance(asked, ast.Name) and asked.id in near:
                        asked = near[asked.id]
                    kind = ast.literal_eval(call.args[0])
                    if kind not in PERSONAL:
                        yield kind, frozenset(_evaluated(asked, {**vars(module), "act": act}))


def _evaluated(node: ast.expr, names: dict[str, Any]) -> Any:
    if isinstance(node, ast.IfExp):  # whoever may be told in either case
        return {*_evaluated(node.body, names), *_evaluated(node.orelse, names)}
    return eval(compile(ast.Expression(node), "audience", "eval"), names)


def test_the_table_of_kinds_says_who_is_told_of_each() -> None:
    """A kind that the table gives to too few could not be switched off by the others; to too many, it would tell them
    that there is such a message."""
    found: dict[str, set[str]] = {}
    for kind, roles in audiences():
        found.setdefault(kind, set()).update(roles)
    assert found == {kind: set(receiving(kind, study_of_tests())) for kind in KINDS}
    assert set(KINDS) | PERSONAL == set(MESSAGES)
    assert set(notice_words.NOTICE_KINDS) == set(KINDS)


def test_what_is_urgent() -> None:
    assert {kind for kind in KINDS if is_urgent(kind)} == {
        "quarantine.excursion", "quarantine.not_read", "quarantine.found", "quarantine.refrigerator", "lot.held",
        "lot.held_everywhere", "lot.rejected", "lot.rejected_everywhere", "lot.shortened", "special_report",
        "quarantine.handed_over", "excursion.call_back", "event.serious", "event.candidate", "clock.report_close",
        "clock.report_over", "clock.opinion_close", "clock.opinion_over", "clock.desk_close", "clock.desk_over",
        "code_break.done", "code_break.serial", "unblinding.reported", "envelope.opened", "envelopes.due",
    }  # fmt: skip
    assert is_urgent("a kind that nobody put into the table")


def test_who_must_learn_nothing_of_safety_is_told_of_nothing() -> None:
    for kind in KINDS:
        assert not receiving(kind, study_of_tests()) & {Role.ASSESSOR, Role.PHYSICIAN_ASSESSOR, Role.LABORATORY}, kind
