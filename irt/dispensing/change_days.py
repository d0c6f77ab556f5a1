"""Recorded days that change requests are about. Each moves the calendar, and what it judges is judged again."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import Row

from irt.dispensing import attendance
from irt.dispensing.boxes import box_of
from irt.dispensing.change_kinds import Kind, Mistake, day_of, judge_day, read, wrong
from irt.dispensing.counting import latest_count
from irt.dispensing.course import course_of, latest_doses
from irt.dispensing.dose_lines import write_dose
from irt.dispensing.judging import judge_again, number_again
from irt.dispensing.planned import plan_of, randomized_on, today_at
from irt.dispensing.tables import Dose, Hold, TreatmentStop
from irt.dispensing.withdrawal import may_leave_from
from irt.gate.act import Act
from irt.gate.fields import ClockTime
from irt.participants.tables import Participant
from irt.participants.visits import local_day, span
from irt.randomization.tables import Randomization
from irt.supply import assigning
from irt.supply.tables import Assignment, Movement

Parts = Mapping[str, str]
DAY = timedelta(days=1)
_TIME: TypeAdapter[str] = TypeAdapter(ClockTime)


def _again(act: Act, participant: Row[Any], why: str) -> None:
    """Judge all that the calendar of a participant judges, as their row is now."""
    if act.seek(Randomization, participant=participant.id) is not None:
        judge_again(act, act.find(Participant, id=participant.id), why)


# -- the first dose --------------------------------------------------------------------------------------------------


def _first_dose(act: Act, participant: Row[Any]) -> Row[Any] | None:
    return latest_doses(act.rows(Dose, participant=participant.id)).get(("scheduled", 1))


def _present_dose(act: Act, participant: Row[Any], of: str) -> str | None:
    dose = _first_dose(act, participant)
    if of or dose is None or dose.taken_on is None:
        return None
    return " ".join(filter(None, (dose.taken_on.isoformat(), dose.taken_at)))


def _judge_dose(act: Act, participant: Row[Any], _of: str, parts: Parts) -> Iterator[Mistake]:
    """Not before randomization or the box, not to come, before every other dose, and not after the end of treatment."""
    others = [
        row.taken_on - DAY
        for line, row in latest_doses(act.rows(Dose, participant=participant.id)).items()
        if row.taken_on is not None and line != ("scheduled", 1)
    ]
    stop = act.seek(TreatmentStop, participant=participant.id)
    ends = [day for day in (participant.ended_on, stop.last_day if stop is not None else None) if day is not None]
    latest = min([today_at(act, participant.site), *others, *ends])
    dose = _first_dose(act, participant)
    box = box_of(act, dose.kit, participant) if dose is not None and dose.kit is not None else None
    earliest = randomized_on(act, participant)
    yield from judge_day(parts, max(earliest, box.came_on) if box is not None and box.spans else earliest, latest)
    if read(_TIME, parts, "time") is None:
        yield wrong("time", parts, "write_a_time")


def _make_dose(act: Act, participant: Row[Any], _of: str, parts: Parts, why: str) -> None:
    """The calendar is anchored anew; the line of the diary gets a revision, and the later doses get their numbers."""
    dose, day = _first_dose(act, participant), date.fromisoformat(parts["day"])
    assert dose is not None, "there is a first dose, for it is to be changed"
    before = course_of(act, participant, today_at(act, participant.site))
    kept = {name: dose._mapping[name] for name in ("outcome", "kit", "place", "injection_site", "reason")}
    write_dose(
        act, participant, "scheduled", 1, dose.revision + 1, taken_on=day, taken_at=parts["time"], note=why, **kept
    )  # fmt: skip
    act.change(Participant, participant, first_dose_on=day)
    if day != dose.taken_on:
        number_again(act, act.find(Participant, id=participant.id), before, why)
    _again(act, participant, why)


# -- visits ----------------------------------------------------------------------------------------------------------


def _present_visit(act: Act, participant: Row[Any], of: str) -> str | None:
    """A visit that was skipped is recorded too, without a day."""
    record = attendance.recorded(act, participant.id, of)
    if record is None:
        return None
    return str(record.visited_on.isoformat() if record.visited_on else record.state)


def _judge_visit(act: Act, participant: Row[Any], of: str, parts: Parts) -> Iterator[Mistake]:
    today = today_at(act, participant.site)
    if of in {one.id for one in act.study.visits}:
        first, last = span(plan_of(act, participant), of)
        yield from judge_day(parts, first, min(last, today))
    else:
        screened_on = local_day(participant.screened_at, act.study.site(participant.site).time_zone)
        yield from judge_day(parts, screened_on, today)


def _make_visit(act: Act, participant: Row[Any], of: str, parts: Parts, why: str) -> None:
    before = attendance.recorded(act, participant.id, of)
    assert before is not None, "the visit is recorded, for it is to be changed"
    attendance.revise(act, participant, before, date.fromisoformat(parts["day"]), why)
    _again(act, participant, why)


# -- the hand-over of a visit's kit ----------------------------------------------------------------------------------


def _handed_over(act: Act, participant: Row[Any], visit: str) -> Row[Any] | None:
    given = assigning.latest(act, participant.id, visit)
    return given if given is not None and given.state == "handed_over" else None


def _at_site(act: Act, participant: Row[Any], instant: datetime) -> date:
    return local_day(instant, act.study.site(participant.site).time_zone)


def _present_hand_over(act: Act, participant: Row[Any], of: str) -> str | None:
    given = _handed_over(act, participant, of)
    return _at_site(act, participant, given.handed_over_at).isoformat() if given is not None else None


def _judge_hand_over(act: Act, participant: Row[Any], of: str, parts: Parts) -> Iterator[Mistake]:
    """From randomization and the day on which the kit had come, to its line in the ledger, first dose and return."""
    given = _handed_over(act, participant, of)
    assert given is not None, "the kit was handed over, for the day is to be changed"
    lines = act.rows(Movement, kit=given.kit)
    came = [_at_site(act, participant, line.moved_at) for line in lines if line.after == "available"]
    gone = [_at_site(act, participant, line.moved_at) for line in lines if line.after == "dispensed"]
    taken = [row.taken_on for row in latest_doses(act.rows(Dose, participant=participant.id)).values()
             if row.kit == given.kit and row.taken_on is not None]  # fmt: skip
    count = latest_count(act, given.kit)
    back = [count.returned_on] if count is not None else []
    earliest = max([randomized_on(act, participant), *came[:1]])
    yield from judge_day(parts, earliest, min([gone[-1], *taken, *back]))


def _make_hand_over(act: Act, participant: Row[Any], of: str, parts: Parts, why: str) -> None:
    """The hand-over keeps its time of the day; its line in the ledger says, as before, when it was written down."""
    given, day = _handed_over(act, participant, of), date.fromisoformat(parts["day"])
    assert given is not None, "the kit was handed over, for the day is to be changed"
    zone = ZoneInfo(act.study.site(participant.site).time_zone)
    clock = given.handed_over_at.astimezone(zone).time()
    at = datetime.combine(day, clock, zone).astimezone(given.handed_over_at.tzinfo)
    act.change(Assignment, given, handed_over_at=at)
    _again(act, participant, why)


# -- holds, the stop, withdrawal -------------------------------------------------------------------------------------


def _hold(act: Act, participant: Row[Any], of: str) -> Row[Any] | None:
    return next((row for row in act.rows(Hold, participant=participant.id, lock=True) if row.id == of), None)


def _present_hold(act: Act, participant: Row[Any], of: str) -> str | None:
    hold = _hold(act, participant, of)
    if hold is None:
        return None
    return " ".join(day.isoformat() for day in (hold.from_on, hold.resumed_on) if day is not None)


def _judge_hold(act: Act, participant: Row[Any], of: str, parts: Parts) -> Iterator[Mistake]:
    """Between the holds before and after it; whether it has ended is not changed, for that is an act of its own."""
    hold, tomorrow = _hold(act, participant, of), today_at(act, participant.site) + DAY
    assert hold is not None, "the hold is recorded, for it is to be changed"
    others = [row for row in act.rows(Hold, participant=participant.id) if row.id != of]
    ended = [row.resumed_on for row in others if row.from_on < hold.from_on and row.resumed_on is not None]
    latest = min([tomorrow, *(row.from_on for row in others if row.from_on > hold.from_on)])
    earliest = max([randomized_on(act, participant), *ended])
    yield from judge_day(parts, earliest, latest, "from_on")
    if hold.resumed_on is None and parts.get("resumed_on"):
        yield wrong("resumed_on", parts, "still_held")
    if hold.resumed_on is not None:
        yield from judge_day(parts, (day_of(parts, "from_on") or earliest) + DAY, latest, "resumed_on")


def _make_hold(act: Act, participant: Row[Any], of: str, parts: Parts, why: str) -> None:
    hold = _hold(act, participant, of)
    assert hold is not None, "the hold is recorded, for it is to be changed"
    act.change(Hold, hold, from_on=day_of(parts, "from_on"), resumed_on=day_of(parts, "resumed_on"))
    _again(act, participant, why)


def _present_stop(act: Act, participant: Row[Any], of: str) -> str | None:
    stop = act.seek(TreatmentStop, participant=participant.id)
    return None if of or stop is None else str(stop.last_day.isoformat())


def _judge_stop(act: Act, participant: Row[Any], _of: str, parts: Parts) -> Iterator[Mistake]:
    earliest = participant.first_dose_on or randomized_on(act, participant)
    today = today_at(act, participant.site)
    yield from judge_day(parts, earliest, min(today, participant.ended_on or today))


def _make_stop(act: Act, participant: Row[Any], _of: str, parts: Parts, why: str) -> None:
    """A hold that ended with the stop still does."""
    stop, day = act.find(TreatmentStop, participant=participant.id), date.fromisoformat(parts["day"])
    for hold in act.rows(Hold, participant=participant.id, lock=True):
        if hold.resumed_on == max(stop.last_day + DAY, hold.from_on) and hold.resumed_at == stop.stopped_at:
            act.change(Hold, hold, resumed_on=max(day + DAY, hold.from_on))
    act.change(TreatmentStop, stop, last_day=day)
    _again(act, participant, why)


def _present_withdrawal(_act: Act, participant: Row[Any], of: str) -> str | None:
    left = participant.ended_on if participant.state == "withdrawn" and not of else None
    return left.isoformat() if left is not None else None


def _judge_withdrawal(act: Act, participant: Row[Any], _of: str, parts: Parts) -> Iterator[Mistake]:
    yield from judge_day(parts, may_leave_from(act, participant), today_at(act, participant.site))


def _make_withdrawal(act: Act, participant: Row[Any], _of: str, parts: Parts, why: str) -> None:
    act.change(Participant, participant, ended_on=date.fromisoformat(parts["day"]))
    _again(act, participant, why)


DAYS: dict[str, Kind] = {
    "first_dose": Kind(("day", "time"), _present_dose, _judge_dose, _make_dose),
    "visit": Kind(("day",), _present_visit, _judge_visit, _make_visit),
    "hand_over": Kind(("day",), _present_hand_over, _judge_hand_over, _make_hand_over),
    "hold": Kind(("from_on", "resumed_on"), _present_hold, _judge_hold, _make_hold),
    "stop": Kind(("day",), _present_stop, _judge_stop, _make_stop),
    "withdrawal": Kind(("day",), _present_withdrawal, _judge_withdrawal, _make_withdrawal),
}
