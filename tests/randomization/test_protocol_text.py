import dataclasses
import re

import pytest

from irt.randomization.protocol_text import LANGUAGES, PublicFacts, protocol_text

FACTS = PublicFacts(("interleukin-2", "placebo"), (1, 1), 240, ("glucocorticoid dose", "anti-MDA5"), "irt-blocks-1")


def test_english_paragraphs():
    text = protocol_text(FACTS, "en")
    assert "in a ratio of 1:1 to interleukin-2 and placebo. About 240 participants" in text
    assert "stratified by glucocorticoid dose and anti-MDA5." in text
    assert "Block lengths are not stated in this protocol." in text


def test_chinese_paragraphs():
    facts = dataclasses.replace(FACTS, arms=("白介素-2", "安慰剂"), factors=("糖皮质激素剂量", "抗MDA5抗体"))
    text = protocol_text(facts, "zh_Hans_CN")
    assert "按 1:1 的比例随机分配至白介素-2、安慰剂" in text
    assert "分层：糖皮质激素剂量；抗MDA5抗体。" in text
    assert "本方案不载明区组长度" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_but_the_public_ones_stands_in_the_text(language):
    facts = dataclasses.replace(FACTS, factors=(), arms=("A", "B"))
    text = protocol_text(facts, language).replace("irt-blocks-1", "")
    assert sorted(re.findall(r"\d+", text)) == ["1", "1", "240"]
    assert "{" not in text


def test_facts_have_no_place_for_a_block_size():
    assert {field.name for field in dataclasses.fields(PublicFacts)} == {
        "arms", "ratio", "participants", "factors", "algorithm",
    }  # fmt: skip


def test_other_language_is_refused():
    with pytest.raises(ValueError, match="language: 'de' is not translated; use one of en, zh_Hans_CN"):
        protocol_text(FACTS, "de")
