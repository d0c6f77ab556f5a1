"""Kit labels: each code reads back, nothing but number and code differs, and all that the law asks for is there."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from irt.paper.both import Both
from irt.paper.gs1_code import dark_cells
from irt.paper.labels import GRID, Given, Grid, KitLabel, labels_pdf
from irt.supply.labelling import label_texts, labels_of
from irt.supply.tables import Kit
from tests.paper.label_sheet import (
    ALONE,
    EXPIRY,
    STUDY,
    Boxed,
    drawn,
    equal_pairs,
    kits,
    main,
    masked,
    printed,
    read_back,
)
from tests.paper.reading import MADE, fonts, letters, not_embedded, second_reading, sizes, texts
from tests.paper.samples import GIVEN, LABEL

TEXTS = label_texts(STUDY)
ANNEX_VI = {  # EU CTR 536/2014, Annex VI, A.1, by its letters, in both languages
    "a contact": ["PekingUniversityPeople'sHospital,Beijing", "北京大学人民医院（北京）"],
    "a emergency telephone": ["紧急电话Emergency(24h)"],
    "b substance and strength": ["IL-21,000,000IUorplacebo", "白介素-2100万IU或安慰剂"],
    "c form, route, quantity": [
        "注射用冻干粉，18瓶（单次使用），皮下注射", "Powderforsolutionforinjection,18single-usevials,subcutaneous",
    ],
    "d code number": ["药盒编号Kitnumber", "1234567"],
    "e trial code": ["试验编号TrialIL2-DM/NCT05495321"],
    "f participant and visit": ["受试者编号Participant", "访视Visit"],
    "g investigator": ["研究者Investigator", "研究中心电话Sitetelephone"],
    "h directions": ["undertheskineveryotherday", "隔日皮下注射一次"],
    "i trial use": ["仅用于临床试验", "Forclinicaltrialuseonly"],
    "j storage": ["Storeinarefrigeratorat2–8°C", "于冰箱2–8°C置原盒中保存，不得冷冻"],
    "k period of use": ["有效期至Useby", "2028-12-31"],
    "l children": ["请置于儿童不可触及和看不到之处", "Keepoutofthereachandsightofchildren"],
}  # fmt: skip


def one(number: str = "1234567", given: Given = Given(), **other: object) -> bytes:
    labelled = replace(KitLabel(number, EXPIRY, given), **other)  # type: ignore[arg-type]
    return labels_pdf(TEXTS, [labelled], footer=STUDY.id, made_at=MADE)


def test_every_code_reads_back_as_gs1_to_its_kit_number_and_nothing_else() -> None:
    boxed = kits(24, 7, 10)
    pdf = printed(boxed)
    assert sizes(pdf) == [pytest.approx((595.28, 841.89), abs=0.5)] * 3
    read = [read_back(picture) for picture in drawn(pdf, 24)]
    assert read == [[(f"(21){kit.number}", "]d2", "GS1")] for kit in boxed]


@pytest.mark.parametrize("digits", [7, 8, 9, 10])
def test_a_code_is_as_large_for_any_number(digits: int) -> None:
    cells = [dark_cells(kit.number) for kit in kits(24, digits)]
    assert {(len(rows), *map(len, rows)) for rows in cells} == {(14,) * 15}


def test_labels_of_two_types_are_equal_outside_number_and_code() -> None:
    boxed = kits(24, 7, 8, 9, 10)
    assert {kit.type for kit in boxed} == {"IL2", "PBO"}
    equal, pairs = equal_pairs(boxed)
    assert equal == pairs == 144


def test_the_comparison_finds_a_planted_difference() -> None:
    """A dot's breadth at another place, or a day, shows; and so does a number that is left uncovered."""
    (plain,) = drawn(printed(kits(24, 7)[:1], ALONE), 1, ALONE)
    other = labels_pdf(TEXTS, [KitLabel("1234567", date(2028, 12, 30))], footer=STUDY.id, made_at=MADE, grid=ALONE)
    assert (masked(plain) != masked(drawn(other, 1, ALONE)[0])).any()
    worded = replace(TEXTS, form=Both(TEXTS.form.en + ".", TEXTS.form.zh))
    (changed,) = drawn(printed(kits(24, 7)[:1], ALONE, worded), 1, ALONE)
    assert (masked(plain) != masked(changed)).any()
    (second,) = drawn(printed([Boxed("9876543", "PBO")], ALONE), 1, ALONE)
    assert (plain != second).any()
    assert (masked(plain) == masked(second)).all()


@pytest.mark.parametrize("field", ANNEX_VI)
def test_all_that_the_law_asks_for_is_on_it(field: str) -> None:
    pdf = one()
    for text in ANNEX_VI[field]:
        assert text in texts(pdf)[0], field
        assert text in second_reading(pdf), field


def test_a_dispensed_kit_says_whose_it_is_in_the_places_where_another_has_lines() -> None:
    (page,) = texts(one(given=GIVEN))
    for text in ("02-0007", "第4周Week4", "2026-03-30", "ExampleInvestigator", "+0000000000000"):
        assert text in page
        assert text not in texts(one())[0]


def test_every_font_is_embedded() -> None:
    pdf = printed(kits(24, 7))
    assert len(fonts(pdf)) >= 1
    assert not_embedded(pdf) == []


def test_a_code_can_carry_the_one_trade_number_of_all_kits() -> None:
    texts_ = replace(TEXTS, gtin="09506000134352")
    (picture,) = drawn(printed([Boxed("1234567", "IL2")], texts=texts_), 1)
    assert read_back(picture) == [("(01)09506000134352(21)1234567", "]d2", "GS1")]


@pytest.mark.parametrize("times", [1, 3])
def test_everything_stands_inside_its_label(times: int) -> None:
    long = replace(
        LABEL,
        contact=Both(f"{LABEL.contact.en} " * times, LABEL.contact.zh * times),
        emergency="+00 000 0000 0000",
    )
    given = replace(GIVEN, investigator=GIVEN.investigator + ", Example Department" * (times - 1))
    pdf = labels_pdf(long, [KitLabel("9999999999", EXPIRY, given)], footer="IL2-DM", made_at=MADE)
    left, top = GRID.places()[0]
    on_label = [letter for letter in letters(pdf) if letter[2] < top + GRID.high]
    assert len(on_label) > 400
    for letter, x, y, to_x, to_y in on_label:
        assert left + 2.8 < x < to_x < left + GRID.wide - 2.8, letter
        assert top + 2 < y < to_y < top + GRID.high - 2, letter
    whole = second_reading(pdf)
    for text in (long.contact.en, long.contact.zh, given.investigator):
        assert "".join(text.split()) in whole
    assert no_two_touch(on_label)


def no_two_touch(found: list[tuple[str, float, float, float, float]]) -> bool:
    """Whether no letter lies on another, by more than the hair that a bold one is wider."""
    slack = 0.12
    return not any(
        a[1] + slack < b[3] and b[1] + slack < a[3] and a[2] + slack < b[4] and b[2] + slack < a[4]
        for place, a in enumerate(found)
        for b in found[place + 1 :]
    )


def test_the_search_for_letters_on_letters_finds_them() -> None:
    assert not no_two_touch([("a", 0, 0, 2, 2), ("b", 1, 1, 3, 3)])
    assert no_two_touch([("a", 0, 0, 2, 2), ("b", 2, 0, 4, 2)])


def test_a_text_that_cannot_be_read_any_more_is_refused() -> None:
    with pytest.raises(ValueError, match="too long for a label"):
        printed(kits(24, 7)[:1], texts=replace(TEXTS, contact=Both("word " * 300, "字" * 300)))
    with pytest.raises(ValueError, match="too long for a label"):
        one(given=replace(GIVEN, investigator="X" * 120))


def test_another_stock_is_another_grid() -> None:
    small = Grid(columns=2, rows=4, wide=92.0, high=64.0, left=9.0, top=8.0, across=96.0, down=66.0)
    boxed = kits(24, 7)
    pdf = printed(boxed, small)
    assert len(sizes(pdf)) == 3
    assert [read_back(picture)[0][0] for picture in drawn(pdf, 24, small)] == [f"(21){kit.number}" for kit in boxed]


def test_labels_come_sorted_by_number_whatever_order_the_kits_came_in() -> None:
    numbers = ["1234567", "7654321", "1000008", "20000009"]
    made = labels_of(Kit(number=number, expiry=EXPIRY) for number in numbers)
    assert [label.number for label in made] == ["1000008", "1234567", "7654321", "20000009"]


def test_no_label_is_no_sheet() -> None:
    with pytest.raises(ValueError, match="no label"):
        printed([])


def test_the_sheet_is_written_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "sheet"
    main(folder)
    assert capsys.readouterr().out == (
        "labels: 24, codes read back: 24 of 24, pixel-equal outside number and code: 144 pairs\n"
    )
    assert (folder / "labels.pdf").read_bytes().startswith(b"%PDF")
    assert len(list(folder.glob("labels-*.png"))) == 3
