"""Lines break where Chinese and English may break, and never at the cost of a letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.paper.letters import printable, width, wrap

MIXED = st.text(alphabet="受试者药盒，。（）“”：IL-2 or placebo1,00\n", max_size=120)


def solid(text: str) -> str:
    return "".join(text.split())


@given(MIXED, st.floats(5, 90), st.sampled_from([6.0, 8.5, 12.0]))
def test_no_letter_is_lost_and_every_line_fits(text: str, room: float, size: float) -> None:
    lines = wrap(text, room, size)
    assert solid("".join(lines)) == solid(text)
    for line in lines:
        assert width(line, size) <= room or len(line) == 1


@given(st.text(max_size=60), st.floats(10, 60))
def test_any_text_can_be_printed(text: str, room: float) -> None:
    assert solid("".join(wrap(text, room, 9))) == solid(printable(text.replace("\n", " ")))


def test_an_empty_text_is_one_empty_line() -> None:
    assert wrap("", 50, 9) == [""]
    assert wrap("一\n\n二", 50, 9) == ["一", "", "二"]


def test_no_line_starts_with_closing_punctuation_or_ends_with_opening() -> None:
    text = "请将药瓶放在冰箱中，切勿冷冻。外出时（包括旅行）使用“冷藏袋”。" * 5
    for tenths in range(200, 600, 7):
        for line in wrap(text, tenths / 10, 9):
            assert line[0] not in "，。）”"
            assert line[-1] not in "（“"


def test_a_word_stays_whole_where_it_fits() -> None:
    assert wrap("in place of K-100231 again", width("K-100231 ag", 9), 9) == ["in place of", "K-100231", "again"]
    assert "".join(wrap("x" * 400, 30, 9)) == "x" * 400


def test_a_full_width_letter_is_as_wide_as_it_is_high() -> None:
    assert width("药", 10) == pytest.approx(10 * 25.4 / 72)
    assert width("", 10) == 0
