"""Reading a PDF as its reader would: its fonts, its text, and where its letters stand."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pypdf
import pypdfium2
from pypdf.generic import DictionaryObject

MADE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
A4 = (595.28, 841.89)  # points


def fonts(pdf: bytes) -> list[str]:
    """The names of all fonts of the file; a composite font counts once, by the font it is made of."""
    return [str(font.get("/BaseFont")) for font in _fonts(pdf)]


def not_embedded(pdf: bytes) -> list[str]:
    """The names of the fonts whose letters are not in the file, so that each machine would print its own."""
    return [
        str(font.get("/BaseFont"))
        for font in _fonts(pdf)
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(_descriptor(font))
    ]


def texts(pdf: bytes) -> list[str]:
    """The text of each page, without blanks and line ends: where a line broke is the sheet's business."""
    with pypdfium2.PdfDocument(pdf) as document:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def second_reading(pdf: bytes) -> str:
    """The whole text as another reader extracts it, without blanks."""
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def letters(pdf: bytes, page: int = 0) -> list[tuple[str, float, float, float, float]]:
    """Each visible letter of a page with left, top, right, bottom, in millimetres from the upper left corner."""
    scale = 25.4 / 72
    with pypdfium2.PdfDocument(pdf) as document:
        sheet = document[page]
        text, high = sheet.get_textpage(), sheet.get_height()
        found = []
        for index in range(text.count_chars()):
            letter = text.get_text_range(index, 1)
            if letter.strip():
                left, bottom, right, top = text.get_charbox(index)
                found.append((letter, left * scale, (high - top) * scale, right * scale, (high - bottom) * scale))
        return found


def sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page, in points."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_size() for page in document]


def _fonts(pdf: bytes) -> Iterator[DictionaryObject]:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    for number in sorted({*reader.xref.get(0, ()), *reader.xref_objStm}):
        thing = reader.get_object(number)
        if isinstance(thing, DictionaryObject) and thing.get("/Type") == "/Font" and "/DescendantFonts" not in thing:
            yield thing
        for inner in thing.get("/DescendantFonts", ()) if isinstance(thing, DictionaryObject) else ():
            if not hasattr(inner, "idnum"):  # a direct object, which the walk over the numbers does not meet
                yield inner


def _descriptor(font: DictionaryObject) -> DictionaryObject:
    found = font.get("/FontDescriptor", DictionaryObject()).get_object()
    assert isinstance(found, DictionaryObject)
    return found
