"""Reading a study file: all that is wrong with it in one list, or the frozen study."""

import hashlib
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from irt.study.draft import draft_of
from irt.study.mistakes import Mistake, StudyMistakes
from irt.study.rules import broken_rules
from irt.study.whole import Study, StudyFile

_OPENS = "name a study file that can be read, on the command line or in IRT_STUDY"


def check_study(path: Path) -> list[Mistake]:
    """Every mistake in the file, of fields and between fields, in the order of the file's keys; [] when there is none.

    A file that cannot be read, or is no TOML, is one mistake under the file's own name. Never raises for what a file
    may hold.
    """
    return _checked(path)[2]


def load_study(path: Path) -> Study:
    """The study in the file; raises StudyMistakes with all that is wrong with it."""
    content, values, mistakes = _checked(path)
    return _whole(content, values, mistakes)


def parse_study(content: bytes, name: str) -> Study:
    """The study in a file's content; raises StudyMistakes with all that is wrong with it, of the whole under `name`."""
    values, mistakes = _parsed(content, name)
    return _whole(content, values, mistakes)


def _whole(content: bytes, values: dict[str, Any], mistakes: list[Mistake]) -> Study:
    if mistakes:
        raise StudyMistakes(mistakes)
    return Study.model_validate({**values, "sha256": hashlib.sha256(content).hexdigest(), "content": content})


def _checked(path: Path) -> tuple[bytes, dict[str, Any], list[Mistake]]:
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else str(fault)
        return b"", {}, [Mistake(str(path), f"cannot be read ({reason})", _OPENS)]
    return content, *_parsed(content, str(path))


def _parsed(content: bytes, name: str) -> tuple[dict[str, Any], list[Mistake]]:
    try:
        values = tomllib.loads(content.decode("utf-8"), parse_float=Decimal)
    except UnicodeDecodeError as fault:
        wrong = f"byte {fault.start + 1} is not UTF-8"
        return {}, [Mistake(name, wrong, "save the file as UTF-8")]
    except (ValueError, ArithmeticError, RecursionError) as fault:  # also numbers and nests beyond all measure
        reason = str(fault) if isinstance(fault, tomllib.TOMLDecodeError) else "a number or nest is too large"
        return {}, [Mistake(name, f"is no TOML: {reason}", "mend that line as TOML asks")]
    draft, mistakes = draft_of(StudyFile, values)
    mistakes += broken_rules(draft)
    order = {key: place for place, key in enumerate(StudyFile.model_fields)}
    return values, sorted(mistakes, key=lambda one: _place(one.key, order))


def _place(key: str, order: dict[str, int]) -> tuple[int, int]:
    table, _, rest = key.partition("[")
    index = rest.partition("]")[0]
    return order.get(table.partition(".")[0], len(order)), int(index) if index.isdecimal() else -1
