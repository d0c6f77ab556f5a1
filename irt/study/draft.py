"""Each table and each field of a file parsed apart, so that one bad field hides nothing of the others.

The draft is a model made without validation: what could not be read is None in it. Only `rules` see drafts, and every
rule passes over what is None, for that has its own mistake already.
"""

import difflib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError

from irt.study.mistakes import Mistake, below, shown
from irt.study.part import Part, Words

_P = TypeVar("_P", bound=Part)
_KINDS = {str: "a text", int: "a whole number", Decimal: "a number", bool: "true or false", Words: "{en = …, zh = …}"}


def draft_of(model: type[_P], table: Mapping[str, Any], key: str = "") -> tuple[_P, list[Mistake]]:
    """What of `table` could be read as `model`, and the mistakes of its fields by key path."""
    mistakes = list(_unknown(model, table, key))
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if name in table:
            values[name], found = _value(model, name, table[name], below(key, name))
            mistakes += found
        elif field.is_required():
            values[name] = None
            mistakes.append(Mistake(below(key, name), "is missing", f"add it as {_kind(field.annotation)}"))
        else:
            values[name] = field.get_default(call_default_factory=True, validated_data={})
    return model.model_construct(_fields_set=set(table), **values), mistakes


def _unknown(model: type[Part], table: Mapping[str, Any], key: str) -> Iterator[Mistake]:
    known = list(model.model_fields)
    for name in table:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            remedy = f"remove it, or write {near[0]}" if near else f"remove it; the keys here are {', '.join(known)}"
            yield Mistake(below(key, name), f"is no key that is known here (found {shown(table[name])})", remedy)


def _value(model: type[Part], name: str, found: Any, key: str) -> tuple[Any, list[Mistake]]:
    field = model.model_fields[name]
    if part := _part_in(field.annotation):
        if isinstance(found, dict):
            return draft_of(part, found, key)
        return None, [Mistake(key, f"found {shown(found)}", f"write it as {_kind(part)}")]
    if part := _part_in_list(field.annotation):
        return _list(part, found, key)
    try:
        return _adapter(model, name).validate_python(found), []
    except ValidationError as fault:
        return None, [_said(error, found, key) for error in fault.errors(include_url=False)]


def _list(part: type[Part], found: Any, key: str) -> tuple[Any, list[Mistake]]:
    if not isinstance(found, list):
        return None, [Mistake(key, f"found {shown(found)}", f"write it as a list of tables, each under [[{key}]]")]
    drafts, mistakes = [], []
    for place, one in enumerate(found):
        path = f"{key}[{place}]"
        if isinstance(one, dict):
            draft, wrong = draft_of(part, one, path)
            mistakes += wrong
        else:
            # An empty one in its place, so that those behind it keep theirs.
            draft = part.model_construct(set(), **dict.fromkeys(part.model_fields))
            mistakes.append(Mistake(path, f"found {shown(one)}", "write it as a table"))
        drafts.append(draft)
    return tuple(drafts), mistakes


@cache
def _adapter(model: type[Part], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(model.model_fields[name].rebuild_annotation(), config=ConfigDict(strict=True))


def _said(error: Any, found: Any, key: str) -> Mistake:
    path = key + "".join(f"[{step}]" for step in error["loc"] if isinstance(step, int))
    value = found if error["type"] == "too_short" else error["input"]
    told = error["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return Mistake(path, f"found {shown(value)}", f"it must be {_REWORDED.get(error['type'], told)}")


_REWORDED = {
    "string_type": "a text in quotes",
    "int_type": "a whole number, without quotes",
    "bool_type": "true or false, without quotes",
    "is_instance_of": "a number, without quotes",
    "tuple_type": "a list in [ ]",
    "string_pattern_mismatch": "letters A to Z, digits and _ . - for an id, one line of text otherwise",
}


def _part_in(annotation: Any) -> type[Part] | None:
    """The model of a field that holds one table."""
    choices = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else [annotation]
    return next((one for one in choices if isinstance(one, type) and issubclass(one, Part)), None)


def _part_in_list(annotation: Any) -> type[Part] | None:
    """The model of the elements of a field that holds a list of tables."""
    return _part_in(get_args(annotation)[0]) if get_origin(annotation) is tuple else None


def _kind(annotation: Any) -> str:
    """What to write for a type, in words."""
    if get_origin(annotation) is Literal:
        return " or ".join(map(shown, get_args(annotation)))
    if get_origin(annotation) is tuple:
        return "a list of tables" if _part_in_list(annotation) else "a list"
    if get_origin(annotation) in (Union, UnionType):
        return _kind(next(one for one in get_args(annotation) if one is not NoneType))
    if get_origin(annotation) is Annotated:
        return _kind(get_args(annotation)[0])
    return _KINDS.get(annotation, "a table")
