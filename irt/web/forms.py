"""From a form to an order: parsed by the act's own pydantic model, every mistake at once, each with its remedy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_origin

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from werkzeug.datastructures import MultiDict

from irt.gate.act import Order
from irt.web import words

O = TypeVar("O", bound=Order)  # noqa: E741

REQUEST_ID = re.compile(r"[a-z2-7]{20}")
HIDDEN = frozenset({"password", "password_again", "password_hash", "identity_document"})  # never repeated in a sentence

REMEDIES = {  # by the kind of irt.gate.fields, or by pydantic's own type
    "missing": _l("fill it in"),
    "number": _l("write a whole number in the digits 0 to 9"),
    "decimal": _l("write a number in the digits 0 to 9, with a point before decimals, such as 12.5"),
    "day": _l("write a day that exists as year-month-day, such as 2026-11-23"),
    "time": _l("write the time of the day in hours and minutes, such as 08:30"),
    "year": _l("write the year in four digits, such as 1968"),
    "code": _l("use 1 to 64 letters A to Z, digits, or the signs . _ | -"),
    "text": _l("write 1 to 500 characters on one line"),
    "reason": _l("write 3 to 500 characters on one line: why is it changed?"),
    "login": _l("write 3 to 40 letters a to z, digits, or the signs . _ -, a letter first"),
    "email": _l("write one address, such as name@hospital.example"),
    "kit_number": _l("scan or write the 7 to 10 digits on the kit's label"),
    "literal_error": _l("choose one of the answers offered"),
    "greater_than_equal": _l("write %(limit)s or more"),
    "less_than_equal": _l("write %(limit)s or less"),
    "string_too_long": _l("write at most %(limit)s characters"),
    "other": _l("correct it"),
}


@dataclass(frozen=True)
class Mistake:
    """One thing that a form got wrong: which field, what stood there, and what to write instead."""

    field: str  # as the form names it: "birth_year", "values.mmt8"
    value: str
    sentence: str


@dataclass(frozen=True)
class Mistakes:
    """Everything that a form got wrong."""

    all: tuple[Mistake, ...]

    def of(self, field: str) -> tuple[Mistake, ...]:
        """The mistakes of one field."""
        return tuple(one for one in self.all if one.field == field)


def parse(order: type[O], form: "MultiDict[str, str]", given: Mapping[str, Any] | None = None) -> O | Mistakes:
    """The order that a form asks for; `given` values come from the page's address and never from the form."""
    values = dict(given or {})
    for name, field in order.model_fields.items():
        if name not in values:
            values |= _taken(name, field, form)
    try:
        return order.model_validate(values)
    except ValidationError as faults:
        return Mistakes(tuple(_mistake(order, fault) for fault in faults.errors(include_url=False)))


def request_id_of(form: Mapping[str, str]) -> str | None:
    """The request id that was minted when the form was shown; None when it is not one of ours in shape."""
    minted = form.get("request_id", "")
    return minted if REQUEST_ID.fullmatch(minted) else None


def _taken(name: str, field: FieldInfo, form: "MultiDict[str, str]") -> dict[str, Any]:
    kind = get_origin(field.annotation) or field.annotation
    if kind in (dict, Mapping):
        start = f"{name}."
        written = {key.removeprefix(start): form[key].strip() for key in form if key.startswith(start)}
        return {name: {key: value for key, value in written.items() if value}}
    if kind in (list, tuple, frozenset, set):
        return {name: form.getlist(name)} if name in form or field.is_required() else {}
    text = form.get(name, "")
    return {name: text} if text.strip() else {}


def _mistake(order: type[Order], fault: Mapping[str, Any]) -> Mistake:
    location = [str(part) for part in fault["loc"] if part != "[key]"]
    name = ".".join(location[:2]) or "form"
    value = "" if not isinstance(fault["input"], str | int | float) or fault["type"] == "missing" else fault["input"]
    field = order.model_fields.get(location[0]) if location else None
    return mistake(name, str(value), remedy_of(fault), field.title if field else None)


def mistake(name: str, value: str, remedy: str, called: str | None = None) -> Mistake:
    """A mistake in words: the field's name, what stood there, the remedy. `called`: the word's code, if another."""
    label = words.field(called or name)
    if not value or name.split(".", maxsplit=1)[0] in HIDDEN:
        return Mistake(name, value, _("%(field)s: %(remedy)s.", field=label, remedy=remedy))
    sentence = _("%(field)s: “%(value)s” is not accepted; %(remedy)s.", field=label, value=value[:80], remedy=remedy)
    return Mistake(name, value, sentence)


def remedy_of(fault: Mapping[str, Any]) -> str:
    """What to write instead, from pydantic's description of one fault."""
    context = fault.get("ctx") or {}
    kind = "missing" if not fault["input"] and fault["input"] != 0 else fault["type"]
    limit = context.get("ge", context.get("le", context.get("max_length", "")))
    return str(REMEDIES.get(kind, REMEDIES["other"])) % {"limit": limit}
