"""Reading MedDRA's own files: all that is wrong with them by file and line, or the terms. Pure.

Source of the layout: MedDRA Distribution File Format Document (MSSO): fields end with `$`; the English and the Chinese
release have the same fields. Only three of the files are read, and of these what coding needs; fields count from 1:

- llt.asc: 1 llt_code, 2 llt_name, 3 pt_code, 10 llt_currency, of eleven
- pt.asc: 1 pt_code, 2 pt_name, 4 pt_soc_code, of eleven
- mdhier.asc: 1 pt_code, 4 soc_code, 8 soc_name, 12 primary_soc_fg, of twelve
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

FILES = ("llt.asc", "pt.asc", "mdhier.asc")
ENCODINGS = ("utf-8", "gb18030", "latin-1")
MOST_SHOWN = 50
_CODE = re.compile(r"[0-9]{8}")
_AS_SENT = "take the file as the MSSO sent it"
_OF_ONE = "take all files of one release"


@dataclass(frozen=True)
class Term:
    """A lowest level term with its preferred term and primary system organ class."""

    llt_code: str
    llt_name: str
    current: bool
    pt_code: str
    pt_name: str
    soc_code: str
    soc_name: str


@dataclass(frozen=True)
class FileMistake:
    """One thing that is wrong in a file: its line counts from 1; 0: it is about the file."""

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file} line {self.line}" if self.line else self.file
        return f"{where}: {self.problem}; {self.remedy}"


def read_terms(files: Mapping[str, bytes], encoding: str) -> tuple[list[Term], list[FileMistake]]:
    """The terms of the three files by the code of the lowest level, and every mistake; with one, no terms."""
    reader = _Reader(files, encoding)
    organs = dict(reader.primary_organs())
    preferred = dict(reader.preferred())
    terms = list(reader.terms(preferred, organs))
    return ([] if reader.mistakes else sorted(terms, key=lambda one: one.llt_code)), reader.mistakes


class _Reader:
    """Reads the files one after another and gathers what is wrong."""

    def __init__(self, files: Mapping[str, bytes], encoding: str) -> None:
        self.files, self.encoding = files, encoding
        self.mistakes: list[FileMistake] = []

    def primary_organs(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Of each preferred term the primary system organ class: code and name."""
        seen: set[str] = set()
        for line, fields in self._lines("mdhier.asc", 12):
            if fields[11] not in ("Y", "N"):
                self._wrong("mdhier.asc", line, f"field 12 is {fields[11]!r}, not Y or N", _AS_SENT)
            elif fields[11] == "Y" and self._codes("mdhier.asc", line, fields, 0, 3):
                if fields[0] in seen:
                    self._wrong("mdhier.asc", line, f"{fields[0]} has a second primary class", _AS_SENT)
                seen.add(fields[0])
                yield fields[0], (fields[3], fields[7])

    def preferred(self) -> Iterator[tuple[str, tuple[str, str, int]]]:
        """Of each preferred term the name, its primary class and its line."""
        seen: set[str] = set()
        for line, fields in self._lines("pt.asc", 4):
            if self._codes("pt.asc", line, fields, 0, 3) and self._new("pt.asc", line, fields, seen):
                yield fields[0], (fields[1], fields[3], line)

    def terms(
        self, preferred: Mapping[str, tuple[str, str, int]], organs: Mapping[str, tuple[str, str]]
    ) -> Iterator[Term]:
        """The terms of the lowest level, each with what stands above it."""
        for code, (_name, organ, line) in preferred.items():
            if code not in organs:
                self._wrong("pt.asc", line, f"{code} has no primary class in mdhier.asc", _OF_ONE)
            elif organs[code][0] != organ:
                said = f"{code} has the class {organ} here and {organs[code][0]} in mdhier.asc"
                self._wrong("pt.asc", line, said, _OF_ONE)
        seen: set[str] = set()
        for line, fields in self._lines("llt.asc", 10):
            if not self._codes("llt.asc", line, fields, 0, 2) or not self._new("llt.asc", line, fields, seen):
                continue
            if fields[9] not in ("Y", "N"):
                self._wrong("llt.asc", line, f"field 10 is {fields[9]!r}, not Y or N", _AS_SENT)
            elif fields[2] not in preferred:
                self._wrong("llt.asc", line, f"{fields[2]} stands not in pt.asc", _OF_ONE)
            elif fields[2] in organs:
                soc_code, soc_name = organs[fields[2]]
                name = preferred[fields[2]][0]
                yield Term(fields[0], fields[1], fields[9] == "Y", fields[2], name, soc_code, soc_name)

    def _lines(self, file: str, needed: int) -> Iterator[tuple[int, Sequence[str]]]:
        if file not in self.files:
            self._wrong(file, 0, "is missing", f"name the folder that holds {', '.join(FILES)}")
            return
        try:
            text = self.files[file].decode("utf-8-sig" if self.encoding == "utf-8" else self.encoding)
        except UnicodeDecodeError as fault:
            line = self.files[file].count(b"\n", 0, fault.start) + 1
            remedy = f"name its encoding with --encoding: {', '.join(ENCODINGS)}"
            self._wrong(file, line, f"is not {self.encoding}", remedy)
            return
        lines = [(line, row.split("$")) for line, row in enumerate(text.split("\n"), 1) if row.strip()]
        if not lines:
            self._wrong(file, 0, "is empty", _AS_SENT)
        for line, fields in lines:
            if len(fields) < needed:
                self._wrong(file, line, f"has {len(fields)} fields, not {needed} or more", _AS_SENT)
            else:
                yield line, [one.strip() for one in fields]

    def _codes(self, file: str, line: int, fields: Sequence[str], *places: int) -> bool:
        wrong = [place for place in places if not _CODE.fullmatch(fields[place])]
        for place in wrong:
            self._wrong(file, line, f"field {place + 1} is {fields[place][:40]!r}, no code of eight digits", _AS_SENT)
        return not wrong

    def _new(self, file: str, line: int, fields: Sequence[str], seen: set[str]) -> bool:
        if fields[0] in seen:
            self._wrong(file, line, f"{fields[0]} stands there twice", _AS_SENT)
        elif not fields[1]:
            self._wrong(file, line, f"{fields[0]} has no name", _AS_SENT)
        else:
            seen.add(fields[0])
            return True
        return False

    def _wrong(self, file: str, line: int, problem: str, remedy: str) -> None:
        self.mistakes.append(FileMistake(file, line, problem, remedy))
