"""A sheet of labels of kits of two types, made, drawn and read back: `python -m tests.paper.label_sheet FOLDER`."""

import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import zxingcpp

from irt.paper.labels import GRID, Grid, KitLabel, LabelTexts, code_box, labels_pdf, number_box
from irt.study import load_study
from irt.supply.labelling import label_texts
from irt.supply.numbers import make_kit_numbers, scramble_types
from tests.paper.reading import MADE

Picture = np.ndarray[Any, Any]
STUDY = load_study(Path(__file__).parents[2] / "config" / "study.toml")
EXPIRY = date(2028, 12, 31)
PER_MM = 12  # pixels: about 300 to the inch
ALONE = replace(GRID, columns=1, rows=1)  # one to a page, all in one place: a raster draws no two places alike


@dataclass(frozen=True)
class Boxed:
    """A kit as its packager knows it. Only the number goes on to the drawing."""

    number: str
    type: str


def kits(count: int, *digits: int) -> list[Boxed]:
    """So many kits, half of each type, sorted by number; their numbers have these lengths in turn."""
    drawn = random.Random(count)
    shares = [count // len(digits)] * len(digits)
    numbers = [
        number
        for share, length in zip(shares, digits, strict=True)
        for number in make_kit_numbers(share, drawn.randbytes, length - 1)
    ]
    types = scramble_types({arm.kit_type: count // 2 for arm in STUDY.arms}, drawn.randbytes)
    return [Boxed(*one) for one in sorted(zip(numbers, types, strict=True), key=lambda one: int(one[0]))]


def printed(boxed: Iterable[Boxed], grid: Grid = GRID, texts: LabelTexts | None = None) -> bytes:
    """The sheets of their labels."""
    labels = [KitLabel(one.number, EXPIRY) for one in boxed]
    return labels_pdf(texts or label_texts(STUDY), labels, footer=STUDY.id, made_at=MADE, grid=grid)


def drawn(pdf: bytes, count: int, grid: Grid = GRID) -> list[Picture]:
    """The first `count` labels as they are printed, each a picture in grey."""
    pictures: list[Picture] = []
    places = grid.places()
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            picture = page.render(scale=PER_MM * 25.4 / 72, grayscale=True).to_numpy()
            picture = picture.reshape(picture.shape[:2])
            for left, top in places[: count - len(pictures)]:
                pictures.append(cut(picture, (left, top, left + grid.wide, top + grid.high)))
    return pictures


def cut(picture: Picture, box: tuple[float, float, float, float]) -> Picture:
    """The part of a picture within a box in millimetres; boxes of one size are pictures of one size."""
    left, top, right, bottom = box
    x, y = round(left * PER_MM), round(top * PER_MM)
    return picture[y : y + round((bottom - top) * PER_MM), x : x + round((right - left) * PER_MM)]


def read_back(picture: Picture) -> list[tuple[str, str, str]]:
    """Text, symbology and kind of content of each code in a picture, by a reader that is told nothing."""
    found = zxingcpp.read_barcodes(np.ascontiguousarray(picture))
    return [(one.text, one.symbology_identifier, one.content_type.name) for one in found]


def masked(picture: Picture) -> Picture:
    """A label with its code and its number covered."""
    covered = picture.copy()
    for left, top, right, bottom in (code_box(), number_box()):
        x, y = round(left * PER_MM), round(top * PER_MM)
        covered[y : round(bottom * PER_MM), x : round(right * PER_MM)] = 255
    return covered


def equal_pairs(boxed: list[Boxed]) -> tuple[int, int]:
    """Of the pairs of labels of different types: how many are equal outside number and code, and how many there are."""
    covered = [masked(one) for one in drawn(printed(boxed, ALONE), len(boxed), ALONE)]
    pairs = [(i, k) for i, k in combinations(range(len(boxed)), 2) if boxed[i].type != boxed[k].type]
    return sum(np.array_equal(covered[i], covered[k]) for i, k in pairs), len(pairs)


def main(folder: Path) -> None:
    """Write the sheets as PDF and PNG, and print what was read back from them."""
    folder.mkdir(parents=True, exist_ok=True)
    boxed = kits(24, 7)
    pdf = printed(boxed)
    (folder / "labels.pdf").write_bytes(pdf)
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document, start=1):
            page.render(scale=3).to_pil().save(folder / f"labels-{number}.png")
    pictures = drawn(pdf, len(boxed))
    wanted = [[(f"(21){one.number}", "]d2", "GS1")] for one in boxed]
    read = sum(read_back(one) == expected for one, expected in zip(pictures, wanted, strict=True))
    equal, pairs = equal_pairs(boxed)
    print(f"labels: {len(boxed)}, codes read back: {read} of {len(boxed)}, "
          f"pixel-equal outside number and code: {equal} pairs")  # fmt: skip
    if (read, equal) != (len(boxed), pairs):
        sys.exit(f"of {pairs} pairs of different types {pairs - equal} differ; {len(boxed) - read} codes were not read")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
