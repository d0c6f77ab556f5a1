"""What is wrong with a study file, said by key path, value and remedy."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

_BREAKS = re.compile(r"[\x7f-\x9f\u2028\u2029]")  # what JSON leaves as it is and a terminal or splitlines does not
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake: where it stands (lists count from 0, as `sites[3].code`), what was found, what to do."""

    key: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.key}: {self.problem}; {self.remedy}"


class StudyMistakes(Exception):  # noqa: N818 - it carries mistakes, and is named for them
    """The study file cannot be used."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(report(mistakes))
        self.mistakes = list(mistakes)


def report(mistakes: Sequence[Mistake]) -> str:
    """One line for each mistake, `key: problem; remedy`; the last line is their number."""
    count = len(mistakes)
    return "\n".join([*map(str, mistakes), "1 mistake" if count == 1 else f"{count or 'no'} mistakes"])


def below(key: str, name: str) -> str:
    """The path of `name` in the table at `key`; a name that TOML would quote is quoted."""
    part = name if _BARE_KEY.fullmatch(name) else json.dumps(name)
    return f"{key}.{part}" if key else part


def shown(value: object) -> str:
    """A value as a line can hold it: control characters escaped, cut when long."""
    if isinstance(value, str):
        text = _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
    elif isinstance(value, dict):
        text = "a table"
    elif isinstance(value, list | tuple):
        text = f"[{', '.join(map(shown, value[:6]))}{', …' if len(value) > 6 else ''}]"
    elif isinstance(value, bool):
        text = str(value).lower()
    else:
        text = str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
