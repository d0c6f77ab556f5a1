"""The shipped study file, edited: as text where a person would, as values where a machine does."""

import copy
import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parents[2] / "config" / "study.toml"
TEXT = SHIPPED.read_text(encoding="utf-8")
VALUES: dict[str, Any] = tomllib.loads(TEXT, parse_float=Decimal)


def edited(text: str, table: str, old: str, new: str) -> str:
    """The text with `old` replaced by `new` at its first place after `table`."""
    start = text.index(table)
    place = text.index(old, start)
    return text[:place] + new + text[place + len(old) :]


def values() -> dict[str, Any]:
    """The shipped values, to be changed."""
    return copy.deepcopy(VALUES)


def toml(value: Any) -> str:
    """A value as TOML writes it in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(name)} = {toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return _quoted(value) if isinstance(value, str) else str(value)


def write(path: Path, content: dict[str, Any] | str) -> Path:
    """The file with this content."""
    if not isinstance(content, str):
        content = "".join(f"{_quoted(name)} = {toml(value)}\n" for name, value in content.items())
    path.write_text(content, encoding="utf-8")
    return path


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
