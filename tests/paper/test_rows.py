"""Pictures with a row for each name: each number drawn where it belongs, each text escaped, no style."""

import re
from xml.etree import ElementTree

from irt.paper.drawing import shortened
from irt.paper.rows import LEFT, RIGHT, WIDTH, Bar, Strip, bars, nice, strips

SVG = "{http://www.w3.org/2000/svg}"
GRADES = [f"Grade {n}" for n in range(1, 6)]


def test_bars_are_as_long_as_their_parts() -> None:
    picture = bars([Bar("Fever", (1, 0, 3, 0, 0)), Bar("Rash <b>", (0, 2, 0, 0, 0))], GRADES, "Title & more", "People")
    root = ElementTree.fromstring(picture)
    drawn = [one for one in root.iter(f"{SVG}rect") if one.find(f"{SVG}title") is not None]
    lengths = {one.findtext(f"{SVG}title"): float(one.get("width", "")) for one in drawn}
    unit = (WIDTH - LEFT - RIGHT) / 4
    assert lengths == {
        "Fever, Grade 1: 1": round(unit, 1), "Fever, Grade 3: 3": round(3 * unit, 1),
        "Rash <b>, Grade 2: 2": round(2 * unit, 1),
    }  # fmt: skip
    assert "style" not in picture
    assert root.findtext(f"{SVG}title") == "Title & more"


def test_points_stand_at_their_days() -> None:
    root = ElementTree.fromstring(strips([Strip("Fever", (1, 7, 10), 7.0)], "Title", "Days"))
    places = [float(one.get("cx", "")) for one in root.iter(f"{SVG}circle")]
    assert places[0] == LEFT
    assert places[2] == WIDTH - RIGHT
    assert places[1] == round(LEFT + 6 / 9 * (WIDTH - LEFT - RIGHT), 1)


def test_an_axis_ends_where_it_can_be_read() -> None:
    assert [nice(n) for n in (1, 5, 6, 12, 84, 169, 240)] == [1, 5, 6, 15, 100, 200, 250]


def test_nothing_is_drawn_outside_the_picture() -> None:
    rows = [Bar("A name that is much too long to stand beside a bar", (240, 0, 0, 0, 0))]
    for number in re.findall(r'x="(-?[0-9.]+)"', bars(rows, GRADES, "T", "U")):
        assert 0 <= float(number) <= WIDTH


def test_a_long_name_is_cut_by_its_width() -> None:
    assert shortened("Alanine aminotransferase increased", 28) == "Alanine aminotransferase in…"
    assert shortened("丙氨酸氨基转移酶升高并且更长的名字", 28) == "丙氨酸氨基转移酶升高并且更…"
    assert shortened("Fever", 28) == "Fever"
