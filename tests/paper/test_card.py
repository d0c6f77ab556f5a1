"""The emergency card: of the size of a bank card, in both languages, with what an emergency room needs."""

from dataclasses import replace

import pytest

from irt.paper.both import Both
from irt.paper.card import HIGH, WIDE, Telephone, card_pdf
from tests.paper.reading import MADE, letters, texts
from tests.paper.samples import CARD

LEFT, TOP = (210 - 2 * WIDE) / 2, 40.0


def test_it_says_who_what_and_whom_to_call() -> None:
    (page,) = texts(card_pdf(CARD, made_at=MADE))
    for text in (
        "低剂量白介素-2治疗难治性皮肌炎", "refractorydermatomyositis", "NCT05495321", "02-0007", "R-48213",
        "本受试者正在使用：白介素-21,000,000IU或安慰剂", "ThispersontakesIL-21,000,000IUorplacebo",
        "示例医院02", "ExampleHospital02", "医学监查员Medicalmonitor+0000000000000",
        "研究者可查明", "bythesite'sinvestigator",
    ):  # fmt: skip
        assert text in page


@pytest.mark.parametrize("times", [1, 3])
def test_everything_stands_inside_its_side(times: int) -> None:
    card = replace(
        CARD,
        trial=Both(CARD.trial.en * times, CARD.trial.zh * times),
        site=Both(CARD.site.en * times, CARD.site.zh * times),
    )
    pdf = card_pdf(card, made_at=MADE)
    on_card = [letter for letter in letters(pdf) if letter[2] > TOP - 2]
    assert len(on_card) > 300
    for letter, left, top, right, bottom in on_card:
        assert TOP < top < bottom < TOP + HIGH - 1, letter
        assert (left > LEFT + 2 and right < LEFT + WIDE - 2) or (
            left > LEFT + WIDE + 2 and right < LEFT + 2 * WIDE - 2
        ), letter
    assert card.trial.zh in texts(pdf)[0]


def test_a_text_that_cannot_be_read_any_more_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        card_pdf(replace(CARD, unmasking=Both("word " * 600, "字" * 900)), made_at=MADE)


def test_a_number_that_is_not_there_leaves_room_to_write_it() -> None:
    known = replace(CARD, telephones=(Telephone(Both("Site", "研究中心"), "+00 1"),))
    blank = replace(CARD, telephones=(Telephone(Both("Site", "研究中心")),))

    def below(card: object) -> float:
        found = letters(card_pdf(card, made_at=MADE))  # type: ignore[arg-type]
        word = next(top for letter, _, top, _, _ in found if letter == "紧" and top > TOP + 10)
        return word - next(top for letter, left, top, _, _ in found if letter == "研" and left > LEFT + WIDE)

    assert below(blank) > below(known) + 3
