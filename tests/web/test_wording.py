"""Every code has a sentence, every signature and act its words, every text its Chinese."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

import irt.tables  # noqa: F401
from irt.gate.act import REGISTRY
from irt.gate.refusals import Refused
from irt.web import act_words
from irt.web.sentences import SENTENCES
from irt.web.wording import say
from tests.web.conftest import TRANSLATIONS
from tests.wiring import study_of_tests

IRT = TRANSLATIONS.parent
STUDY = study_of_tests()
HANDED_ON = {"closed", "short", "wrong", "slowed", "code", "CLOSED"}  # names of parameters that bring a code along
BROUGHT = re.compile(r'(?:closed|short|wrong|slowed)="([a-z_]+)"|^CLOSED = "([a-z_]+)"|_wait\(\w+, "([a-z_]+)"', re.M)
PLACEHOLDERS = re.compile(r"%\(\w+\)s")
ONE_WORD = {  # a thing has one name; what else it was called
    "安全性处理台": "安全专岗", "病例": "案例", "申办者": "申办方", "安全官": "安全专员", "人工流产": "选择性流产",
    "用药日志": "日记", "试验用药品": "研究药物|试验药|试验用药(?!品)", "判定为非不良事件": "判定不是",
    "补救治疗": "救援", "逻辑核查": "核查规则", "源数据核查": "原始数据核查|原始资料",
    "验证码": "此代码|给您的代码|(?:关闭|生成)代码",  # of the participant's page; those on paper are 代码
}  # fmt: skip
TWO_MEANINGS = {
    ("Reported", "Reported as an adverse event"), ("What became of it?", "What became of the envelope?"),
    ("Overdue", "Overdue, not done"), ("Late", "Done late"), ("Outcome", "Outcome of the event"),
    ("Close", "Close the case"), ("Assigned", "Assigned treatment"),
}  # fmt: skip


def catalogue() -> dict[str, str]:
    with (TRANSLATIONS / "zh_Hans_CN/LC_MESSAGES/messages.po").open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id}


def codes_raised() -> set[str]:
    """Every refusal code in the house, as written in `Refused("…")`, `.refuse("…")` or handed on."""
    codes: set[str] = set()
    for path in IRT.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        codes |= {code for found in BROUGHT.findall(source) for code in found if code}
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("Refused", "refuse"):
                codes |= _written(node.args[0], path)
    return codes


def _written(argument: ast.expr, path: Path) -> set[str]:
    if isinstance(argument, ast.Constant):
        return {argument.value}
    assert isinstance(argument, ast.Name), f"{path}:{argument.lineno} makes a code that no test can find"
    assert argument.id in HANDED_ON, f"{path}:{argument.lineno} makes a code that no test can find"
    return set()


def test_every_code_has_a_sentence() -> None:
    raised = codes_raised()
    assert len(raised) > 80
    assert raised - set(SENTENCES) == set()
    assert set(SENTENCES) - raised == set(), "sentences that nobody needs"


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_can_be_said_whatever_facts_there_are(app_alone: Flask, code: str) -> None:
    for language in ("en", "zh_Hans_CN"):
        with app_alone.test_request_context(headers={"Accept-Language": language.replace("_Hans_", "-")}):
            assert "%(" not in say(Refused(code))


def test_facts_are_put_into_words(app_alone: Flask) -> None:
    with app_alone.test_request_context():
        assert say(Refused("participant_state", participant="01-0001", state="withdrawn")) == (
            "Participant 01-0001 is “Withdrawn”, which does not allow this step."
        )
        assert "01 " in say(Refused("site_paused", site="01", what="dispensing"))
        assert say(Refused("unheard_of", arm="PBO")).count("PBO") == 0


def test_every_act_and_every_meaning_has_words() -> None:
    ours = [spec for spec in REGISTRY.values() if spec.run.__module__.startswith("irt.")]
    assert len(ours) > 40
    assert {spec.name for spec in ours} - set(act_words.ACTS) == set()
    assert {spec.sign for spec in ours if spec.sign} - set(act_words.MEANINGS) == set()


def test_every_text_has_its_chinese_with_the_same_places() -> None:
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    extracted = extract_from_dir(
        str(IRT), methods, {"**": {}}, keywords={"_": None, "_l": None, "gettext": None, "lazy_gettext": None}
    )
    texts = {message if isinstance(message, str) else message[0] for _, _, message, _, _ in extracted}
    chinese = catalogue()
    assert len(texts) > 500
    assert sorted(text for text in texts if not chinese.get(text)) == []
    for text in texts:
        assert set(PLACEHOLDERS.findall(text)) == set(PLACEHOLDERS.findall(chinese[text])), text


@pytest.mark.parametrize("word", ONE_WORD)
def test_a_thing_has_one_chinese_name(word: str) -> None:
    others = re.compile(ONE_WORD[word])
    chinese = catalogue()
    assert [text for text in chinese.values() if word in text]
    assert [text for text, said in chinese.items() if others.search(said)] == []
    for path in (IRT.parent / "config/study.toml", IRT.parent / "docs/emergency.md", *IRT.rglob("*.py")):
        assert not others.search(path.read_text(encoding="utf-8")), path


def test_a_line_to_touch_has_the_same_ends_everywhere() -> None:
    """Read alone, “无活动” says that nobody moves."""
    ends = {tuple(end.zh for end in field.ends) for one in STUDY.instruments for field in one.fields if field.ends}
    assert ends == {("病情无活动", "病情极度活动")}


def test_one_english_text_does_not_stand_for_two_chinese_ones() -> None:
    chinese = catalogue()
    for one, other in TWO_MEANINGS:
        assert chinese[one] != chinese[other], one


def test_a_template_is_compiled_for_every_reader(app_alone: Flask) -> None:
    """Jinja works out a filter of a constant when it compiles: whoever came first would choose everybody's language."""
    template = app_alone.jinja_env.from_string('{{ "done"|word("JOB_OUTCOMES") }}')
    with app_alone.test_request_context(headers={"Accept-Language": "zh-CN"}):
        chinese = template.render()
    with app_alone.test_request_context(headers={"Accept-Language": "en"}):
        assert template.render() == "Done"
    assert chinese == "完成"
