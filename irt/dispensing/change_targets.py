"""The recorded values that change requests are about: how each is written, judged, read and changed.

A value is kept as one line: its parts in a fixed order, parted by spaces. No part holds a space.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import StringConstraints, TypeAdapter
from sqlalchemy import Row

from irt.dispensing.change_days import DAYS
from irt.dispensing.change_kinds import Kind, Mistake, read, wrong
from irt.dispensing.counting import MOST_VIALS, Counts, count_vials, latest_count
from irt.dispensing.planned import today_at
from irt.gate.act import Act
from irt.gate.fields import Code, Number, Year
from irt.participants.screen import OLDEST_YEARS
from irt.participants.tables import Participant
from irt.supply.tables import Kit

Written = Annotated[str, StringConstraints(max_length=100)]  # judged part by part, so that all mistakes show at once
Wanted = dict[Code, Written]
SEXES = ("female", "male")
_NUMBER: TypeAdapter[int] = TypeAdapter(Number)
_YEAR: TypeAdapter[int] = TypeAdapter(Year)


def kind_of(target: str) -> tuple[str, str]:
    """A target's kind and what it is about: `visit:W4` is of the kind `visit`, about `W4`."""
    kind, _, of = target.partition(":")
    return kind, of


def parts_of(target: str, text: str) -> dict[str, str]:
    """The parts of a value that is kept as text."""
    return dict(zip(KINDS[kind_of(target)[0]].parts, text.split(" "), strict=False))


def text_of(target: str, parts: Mapping[str, str]) -> str:
    """A value as it is kept: its parts in order; one left out at the end is left out."""
    return " ".join(parts[name] for name in KINDS[kind_of(target)[0]].parts if parts.get(name))


def present(act: Act, participant: Row[Any], target: str) -> str | None:
    """The value that is recorded now, as it is kept; None where nothing is, or the target is none."""
    kind, of = kind_of(target)
    return KINDS[kind].present(act, participant, of) if kind in KINDS else None


def mistakes_in(act: Act, participant: Row[Any], target: str, parts: Mapping[str, str]) -> list[Mistake]:
    """Every mistake in a wanted value: the part, what stood there, and the remedy as a code with its limits."""
    kind, of = kind_of(target)
    unknown = [wrong(name, parts, "remove_unknown_field") for name in parts if name not in KINDS[kind].parts]
    return unknown + list(KINDS[kind].judge(act, participant, of, parts))


def make(act: Act, participant: Row[Any], target: str, parts: Mapping[str, str], reason: str) -> None:
    """Change the value; what was recorded before stays beside it, or in the request."""
    kind, of = kind_of(target)
    KINDS[kind].make(act, participant, of, parts, reason)


# -- the person ------------------------------------------------------------------------------------------------------


def _person(column: str) -> Callable[[Act, Row[Any], str], str | None]:
    return lambda _act, participant, of: None if of else str(getattr(participant, column))


def _judge_year(act: Act, participant: Row[Any], _of: str, parts: Mapping[str, str]) -> Iterator[Mistake]:
    year, latest = read(_YEAR, parts, "birth_year"), today_at(act, participant.site).year
    if year is None:
        yield wrong("birth_year", parts, "write_a_year")
    elif year > latest:
        yield wrong("birth_year", parts, "at_most", limit=str(latest))
    elif year < latest - OLDEST_YEARS:
        yield wrong("birth_year", parts, "at_least", limit=str(latest - OLDEST_YEARS))


def _judge_sex(_act: Act, _participant: Row[Any], _of: str, parts: Mapping[str, str]) -> Iterator[Mistake]:
    if parts.get("sex") not in SEXES:
        yield wrong("sex", parts, "one_of")


def _make_year(act: Act, participant: Row[Any], _of: str, parts: Mapping[str, str], _reason: str) -> None:
    act.change(Participant, participant, birth_year=int(parts["birth_year"]))


def _make_sex(act: Act, participant: Row[Any], _of: str, parts: Mapping[str, str], _reason: str) -> None:
    act.change(Participant, participant, sex=parts["sex"])


# -- vials -----------------------------------------------------------------------------------------------------------

VIALS = ("unused", "used", "broken", "lost")


def _present_return(act: Act, participant: Row[Any], of: str) -> str | None:
    count = latest_count(act, of)
    if count is None or count.participant != participant.id:
        return None
    return " ".join(str(getattr(count, name)) for name in VIALS)


def _judge_return(act: Act, _participant: Row[Any], of: str, parts: Mapping[str, str]) -> Iterator[Mistake]:
    count = latest_count(act, of)
    for name in VIALS:
        number = read(_NUMBER, parts, name)
        if number is None:
            yield wrong(name, parts, "write_a_whole_number")
        elif number > MOST_VIALS:
            yield wrong(name, parts, "at_most", limit=str(MOST_VIALS))
        elif name == "used" and count is not None and number < count.used_before:
            yield wrong(name, parts, "at_least", limit=str(count.used_before))


def _make_return(act: Act, participant: Row[Any], of: str, parts: Mapping[str, str], reason: str) -> None:
    before = latest_count(act, of)
    assert before is not None, "the kit was counted, for the count is to be changed"
    counts = Counts(*(int(parts[name]) for name in VIALS))
    count_vials(act, act.find(Kit, number=of), participant, counts, before.returned_on, reason)


KINDS: dict[str, Kind] = {
    "birth_year": Kind(("birth_year",), _person("birth_year"), _judge_year, _make_year),
    "sex": Kind(("sex",), _person("sex"), _judge_sex, _make_sex),
    **DAYS,
    "return": Kind(VIALS, _present_return, _judge_return, _make_return),
}
