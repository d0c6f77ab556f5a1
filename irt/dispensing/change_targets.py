"""The recorded values that change requests are about: how each is written, judged, read and changed.

A value is kept as one line: its parts in a fixed order, parted by spaces. No part holds a space.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import StringConstraints, TypeAdapter, ValidationError
from sqlalchemy import Row

from irt.dispensing import attendance
from irt.dispensing.agreement import compare_diary
from irt.dispensing.boxes import box_of
from irt.dispensing.counting import Counts, count_vials, latest_count
from irt.dispensing.course import latest_doses
from irt.dispensing.departures import note_first_dose
from irt.dispensing.planned import plan_of, today_at
from irt.dispensing.tables import Dose
from irt.entropy import new_id
from irt.gate.act import Act
from irt.gate.fields import CalendarDay, ClockTime, Code, Number, Year
from irt.participants.screen import OLDEST_YEARS
from irt.participants.tables import Participant
from irt.participants.visits import local_day, span
from irt.randomization.tables import Randomization
from irt.supply.tables import Kit

Written = Annotated[str, StringConstraints(max_length=100)]  # judged part by part, so that all mistakes show at once
Wanted = dict[Code, Written]
Mistake = dict[str, str]
MOST_VIALS = 200
SEXES = ("female", "male")
_TIME: TypeAdapter[str] = TypeAdapter(ClockTime)
_DAY: TypeAdapter[date] = TypeAdapter(CalendarDay)
_NUMBER: TypeAdapter[int] = TypeAdapter(Number)
_YEAR: TypeAdapter[int] = TypeAdapter(Year)


@dataclass(frozen=True)
class Kind:
    """One kind of value: its parts in order, what it is now, what is wrong with a wanted one, and how it changes."""

    parts: tuple[str, ...]
    present: Callable[[Act, Row[Any], str], str | None]
    judge: Callable[[Act, Row[Any], str, Mapping[str, str]], Iterator[Mistake]]
    make: Callable[[Act, Row[Any], str, Mapping[str, str], str], None]


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
    unknown = [_wrong(name, parts, "remove_unknown_field") for name in parts if name not in KINDS[kind].parts]
    return unknown + list(KINDS[kind].judge(act, participant, of, parts))


def make(act: Act, participant: Row[Any], target: str, parts: Mapping[str, str], reason: str) -> None:
    """Change the value; what was recorded before stays beside it, or in the request."""
    kind, of = kind_of(target)
    KINDS[kind].make(act, participant, of, parts, reason)


def _wrong(name: str, parts: Mapping[str, str], remedy: str, **facts: str) -> Mistake:
    return {"field": name, "value": parts.get(name, ""), "remedy": remedy if parts.get(name) else "fill_in"} | facts


def _read(adapter: TypeAdapter[Any], parts: Mapping[str, str], name: str) -> Any:
    try:
        return adapter.validate_python(parts.get(name, ""))
    except ValidationError:
        return None


# -- the person ------------------------------------------------------------------------------------------------------


def _person(column: str) -> Callable[[Act, Row[Any], str], str | None]:
    return lambda _act, participant, of: None if of else str(getattr(participant, column))


def _judge_year(act: Act, participant: Row[Any], _of: str, parts: Mapping[str, str]) -> Iterator[Mistake]:
    year, latest = _read(_YEAR, parts, "birth_year"), today_at(act, participant.site).year
    if year is None:
        yield _wrong("birth_year", parts, "write_a_year")
    elif year > latest:
        yield _wrong("birth_year", parts, "at_most", limit=str(latest))
    elif year < latest - OLDEST_YEARS:
        yield _wrong("birth_year", parts, "at_least", limit=str(latest - OLDEST_YEARS))


def _judge_sex(_act: Act, _participant: Row[Any], _of: str, parts: Mapping[str, str]) -> Iterator[Mistake]:
    if parts.get("sex") not in SEXES:
        yield _wrong("sex", parts, "one_of")


def _make_year(act: Act, participant: Row[Any], _of: str, parts: Mapping[str, str], _reason: str) -> None:
    act.change(Participant, participant, birth_year=int(parts["birth_year"]))


def _make_sex(act: Act, participant: Row[Any], _of: str, parts: Mapping[str, str], _reason: str) -> None:
    act.change(Participant, participant, sex=parts["sex"])


# -- days ------------------------------------------------------------------------------------------------------------


def _judge_day(parts: Mapping[str, str], earliest: date, latest: date) -> Iterator[Mistake]:
    day = _read(_DAY, parts, "day")
    if day is None:
        yield _wrong("day", parts, "write_a_day")
    elif day < earliest:
        yield _wrong("day", parts, "at_least", limit=earliest.isoformat())
    elif day > latest:
        yield _wrong("day", parts, "at_most", limit=latest.isoformat())


def _first_dose(act: Act, participant: Row[Any]) -> Row[Any] | None:
    return latest_doses(act.rows(Dose, participant=participant.id)).get(("scheduled", 1))


def _present_dose(act: Act, participant: Row[Any], of: str) -> str | None:
    dose = _first_dose(act, participant)
    if of or dose is None or dose.taken_on is None:
        return None
    return " ".join(filter(None, (dose.taken_on.isoformat(), dose.taken_at)))


def _judge_dose(act: Act, participant: Row[Any], _of: str, parts: Mapping[str, str]) -> Iterator[Mistake]:
    """Not before randomization or the box, not to come, and before every other dose."""
    zone = act.study.site(participant.site).time_zone
    randomized = act.find(Randomization, participant=participant.id, lock=False)
    others = [
        row.taken_on - timedelta(days=1)
        for line, row in latest_doses(act.rows(Dose, participant=participant.id)).items()
        if row.taken_on is not None and line != ("scheduled", 1)
    ]
    latest = min([today_at(act, participant.site), *others])
    dose = _first_dose(act, participant)
    box = box_of(act, dose.kit, participant) if dose is not None and dose.kit is not None else None
    earliest = local_day(randomized.randomized_at, zone)
    yield from _judge_day(parts, max(earliest, box.came_on) if box is not None and box.spans else earliest, latest)
    if _read(_TIME, parts, "time") is None:
        yield _wrong("time", parts, "write_a_time")


def _make_dose(act: Act, participant: Row[Any], _of: str, parts: Mapping[str, str], reason: str) -> None:
    """The calendar is anchored anew; the line of the diary gets a revision, and is judged by its new day."""
    dose, day = _first_dose(act, participant), date.fromisoformat(parts["day"])
    assert dose is not None, "there is a first dose, for it is to be changed"
    kept = dose._asdict() | {
        "id": new_id(act.entropy), "revision": dose.revision + 1, "taken_on": day, "taken_at": parts["time"],
        "note": reason, "recorded_at": act.now, "recorded_by": act.actor.account,
    }  # fmt: skip
    act.add(Dose, **kept)
    act.change(Participant, participant, first_dose_on=day)
    changed = act.find(Participant, id=participant.id)
    note_first_dose(act, changed, day, dose.kit, reason)
    compare_diary(act, changed)


def _present_visit(act: Act, participant: Row[Any], of: str) -> str | None:
    """A visit that was skipped is recorded too, without a day."""
    record = attendance.recorded(act, participant.id, of)
    if record is None:
        return None
    return str(record.visited_on.isoformat() if record.visited_on else record.state)


def _judge_visit(act: Act, participant: Row[Any], of: str, parts: Mapping[str, str]) -> Iterator[Mistake]:
    today = today_at(act, participant.site)
    if of in {one.id for one in act.study.visits}:
        first, last = span(plan_of(act, participant), of)
        yield from _judge_day(parts, first, min(last, today))
    else:
        screened_on = local_day(participant.screened_at, act.study.site(participant.site).time_zone)
        yield from _judge_day(parts, screened_on, today)


def _make_visit(act: Act, participant: Row[Any], of: str, parts: Mapping[str, str], reason: str) -> None:
    before = attendance.recorded(act, participant.id, of)
    assert before is not None, "the visit is recorded, for it is to be changed"
    attendance.revise(act, participant, before, date.fromisoformat(parts["day"]), reason)


# -- vials -----------------------------------------------------------------------------------------------------------

VIALS = ("unused", "used", "broken", "lost")


def _present_return(act: Act, participant: Row[Any], of: str) -> str | None:
    count = latest_count(act, of)
    if count is None or count.participant != participant.id:
        return None
    return " ".join(str(getattr(count, name)) for name in VIALS)


def _judge_return(_act: Act, _participant: Row[Any], _of: str, parts: Mapping[str, str]) -> Iterator[Mistake]:
    for name in VIALS:
        number = _read(_NUMBER, parts, name)
        if number is None:
            yield _wrong(name, parts, "write_a_whole_number")
        elif number > MOST_VIALS:
            yield _wrong(name, parts, "at_most", limit=str(MOST_VIALS))


def _make_return(act: Act, participant: Row[Any], of: str, parts: Mapping[str, str], reason: str) -> None:
    before = latest_count(act, of)
    assert before is not None, "the kit was counted, for the count is to be changed"
    counts = Counts(*(int(parts[name]) for name in VIALS))
    count_vials(act, act.find(Kit, number=of), participant, counts, before.returned_on, reason)


KINDS: dict[str, Kind] = {
    "birth_year": Kind(("birth_year",), _person("birth_year"), _judge_year, _make_year),
    "sex": Kind(("sex",), _person("sex"), _judge_sex, _make_sex),
    "first_dose": Kind(("day", "time"), _present_dose, _judge_dose, _make_dose),
    "visit": Kind(("day",), _present_visit, _judge_visit, _make_visit),
    "return": Kind(VIALS, _present_return, _judge_return, _make_return),
}
