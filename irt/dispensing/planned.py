"""A participant's planned visits as they stand now, from what is recorded: one reckoning for acts and pages."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from irt.dispensing.course import latest_doses
from irt.dispensing.tables import Dose, TreatmentStop
from irt.gate.act import Act
from irt.participants.visits import Window, local_day, visit_state, windows
from irt.randomization.tables import Randomization
from irt.study import Study


def planned_visits(
    study: Study,
    randomized_on: date,
    first_dose_on: date | None,
    last_dose_on: date | None = None,
    *,
    stopped: bool = False,
) -> list[Window]:
    """The windows of every planned visit, in order of time.

    The visit of the first dose may be held from randomization until that dose, which the study allows some days.
    """
    found = windows(study, first_dose_on or randomized_on, last_dose_on=last_dose_on, stopped=stopped)
    latest = first_dose_on or randomized_on + timedelta(days=study.dosing.first_dose_within_days)
    first = {visit.id for visit in study.visits if visit.day == 1}
    return [replace(one, earliest=randomized_on, latest=latest) if one.visit in first else one for one in found]


def last_dose_on(doses: Iterable[Any]) -> date | None:
    """The day of the last dose that was taken, whole or in part, by the rows of one participant's diary."""
    taken = (row.taken_on for row in latest_doses(doses).values() if row.taken_on is not None)
    return max(taken, default=None)


def latest_records(records: Iterable[Any]) -> dict[str, Any]:
    """What is recorded of each visit of one participant: the highest revision; nothing, where that is void."""
    last = {row.visit: row for row in sorted(records, key=lambda row: int(row.revision))}
    return {visit: row for visit, row in last.items() if row.state != "void"}


def standing_of_visit(
    planned: Sequence[Window], window: Window, today: date, record: Any | None, ended_on: date | None
) -> str:
    """The state of a visit by what is recorded of it; off: whoever left before it was over need not come any more."""
    if record is not None:
        return str(record.state)
    if ended_on is not None and window.latest >= ended_on:
        return "off"
    return visit_state(planned, window.visit, ended_on or today, done=False)


def today_at(act: Act, site: str) -> date:
    """The calendar day that it is at a site."""
    return local_day(act.now, act.study.site(site).time_zone)


def require_possible_day(act: Act, participant: Row[Any], field: str, day: date) -> None:
    """Refuse a day of a participant, by the name of its field, that has not come or is before they were screened.

    Refused: date_in_future, before_screening.
    """
    today = today_at(act, participant.site)
    if day > today:
        act.refuse("date_in_future", field=field, value=day.isoformat(), today=today.isoformat())
    screened_on = local_day(participant.screened_at, act.study.site(participant.site).time_zone)
    if day < screened_on:
        act.refuse("before_screening", field=field, value=day.isoformat(), screened_on=screened_on.isoformat())


def randomized_on(act: Act, participant: Row[Any]) -> date:
    """The day at their site on which a participant was randomized. Refused: not_found (nobody randomized)."""
    done = act.find(Randomization, participant=participant.id, lock=False)
    return local_day(done.randomized_at, act.study.site(participant.site).time_zone)


def plan_of(act: Act, participant: Row[Any]) -> list[Window]:
    """The windows of a participant's planned visits. Refused: not_found (nobody randomized)."""
    began = randomized_on(act, participant)
    stopped = act.seek(TreatmentStop, participant=participant.id) is not None
    last = last_dose_on(act.rows(Dose, participant=participant.id)) if stopped else None
    return planned_visits(act.study, began, participant.first_dose_on, last, stopped=stopped)
