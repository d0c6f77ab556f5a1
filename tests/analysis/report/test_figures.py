"""The drawings: the same bytes, no address, told apart without colour, every letter within the frame."""

import io
import re

import numpy as np
import pypdfium2
import pytest

from irt.analysis.report.figures.canvas import ACTIVE, CONTROL
from irt.analysis.report.figures.forest import NAME_ROOM, fitting
from irt.analysis.report.figures.tipping import Point, tipping
from irt.paper.letters import printable, width
from irt.paper.sheet import Sheet
from tests.analysis.report.written import LANGUAGES, document
from tests.paper.reading import MADE

NAMES = ["flow", "responders_figure", "forest", "tis_figure", "tipping_figure", "dots", "adherence_figure"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_seven_are_there(language) -> None:
    assert [one.id for one in document(language).figures] == NAMES


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_are_outlines_and_nothing_is_fetched(language) -> None:
    for one in document(language).figures:
        assert "<text" not in one.svg, one.id
        assert "NotoSansSC" in one.svg, one.id
        assert set(re.findall(r'https?://[^"]+', one.svg)) == {"http://www.w3.org/2000/svg"}
        assert not re.search(r"<(image|script|style|metadata)\b", one.svg)


def test_ids_are_the_figure_s_own() -> None:
    ids = [found for one in document("en").figures for found in re.findall(r' id="([^"]+)"', one.svg)]
    assert len(ids) > 50
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_cut_off_at_the_frame(language) -> None:
    """Printed with a margin around it, a drawing has no ink in the outermost hair of its box."""
    for one in document(language).figures:
        sheet = Sheet(one.title, MADE)
        sheet.page()
        wide = 170.0
        high = wide * one.high / one.wide
        sheet.write(5, 5, one.title, 6)
        sheet.picture(20, 20, wide, high, one.svg)
        dark = pixels(sheet.bytes())
        edge = round(20 / 25.4 * 72 * 2)
        right, bottom = round((20 + wide) / 25.4 * 72 * 2), round((20 + high) / 25.4 * 72 * 2)
        assert dark[edge:bottom, edge:right].any(), one.id
        dark[: edge - 2] = False  # the title above
        dark[edge + 1 : bottom - 1, edge + 1 : right - 1] = False
        assert not dark.any(), one.id


def pixels(content: bytes) -> np.ndarray:
    with pypdfium2.PdfDocument(io.BytesIO(content)) as pdf:
        return pdf[0].render(scale=2, grayscale=True).to_numpy().squeeze() < 150


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_arms_are_apart_in_grey_too() -> None:
    lighter, darker = luminance(CONTROL), luminance(ACTIVE)
    assert (lighter + 0.05) / (darker + 0.05) > 2.5


@pytest.mark.parametrize("name", ["short", "01 Peking University People's Hospital, Beijing", "研究中心" * 12])
def test_a_name_ends_before_the_counts(name) -> None:
    told = fitting(name)
    assert width(printable(told), 8) <= NAME_ROOM
    assert told == name or told.endswith("…")


def test_a_grid_beyond_what_can_be_read_has_no_numbers() -> None:
    words = ("p ≤ 0.05", "p > 0.05")
    small, large = (
        tipping([Point(a, c, 0.2, "777") for a in range(n) for c in range(n)], 0.05, "x", "y", words, "grid")
        for n in (3, 30)
    )
    assert small.svg.count("<use") > 3 * 9
    assert large.svg.count("<use") < 900
