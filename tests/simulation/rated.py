"""What was due of a simulated trial's outcomes, and what was asked: counted apart from the service, by raw rows."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from tests.wiring import study_of_tests

DAY = timedelta(days=1)


def check_rated(connection: Connection, told: dict[str, Any], now: datetime) -> None:
    """Forms and results that were due, those that are there, queries and corrections are as they were told."""
    rows = _Rows(connection)
    expected, complete = Counter[str](), 0
    for person in rows.of("SELECT * FROM participant WHERE state <> 'screened' AND state <> 'screen_failed'"):
        for visit, names in _due(rows, person, now):
            expected[visit.partition(".")[0]] += len(names)
            complete += sum(rows.is_final(person["id"], visit, name) for name in names)
    assert (sum(expected.values()), complete) == (told["outcomes_expected"], told["outcomes_complete"])
    assert min(expected[visit.id] for visit in study_of_tests().visits if visit.instruments) > 0
    assert complete < told["outcomes_expected"], "some are lost"
    states = Counter(row["state"] for row in rows.of("SELECT state FROM query"))
    assert (states.total(), states["open"] + states["answered"]) == (told["queries_raised"], told["queries_open"])
    assert states.total() >= 1
    assert states["closed"] > 0
    assert told["queries_by"].keys() == {"check", "data_manager", "monitor"}
    again = rows.of("SELECT count(*) AS n FROM audit WHERE kind = 'act' AND act = 'outcomes.correct'")
    assert told["outcomes_corrected"] == again[0]["n"] > 0
    sources = {row["source"] for row in rows.of("SELECT DISTINCT source FROM outcome_form")}
    assert sources == {"rater", "participant", "transcribed"}
    _check_judged(rows, told)


def _check_judged(rows: "_Rows", told: dict[str, Any]) -> None:
    """Medication that stands, and events that wait or were judged: as many as there are rows of them."""
    medications: dict[tuple[str, int], Any] = {}
    for row in rows.of("SELECT * FROM interfering_medication ORDER BY revision"):
        medications[row["participant"], row["number"]] = row
    assert told["rescues"] == sum(bool(row["stands"]) for row in medications.values()) >= 1
    (stops,) = rows.of("SELECT count(*) AS n FROM treatment_stop")
    (deaths,) = rows.of("SELECT count(DISTINCT participant) AS n FROM event_version WHERE outcome = 'fatal'")
    events = told["rescues"] + stops["n"]
    assert events <= told["adjudicated"] + told["to_adjudicate"] <= events + deaths["n"]
    assert told["adjudicated"] > told["to_adjudicate"], "it is judged every week"
    (subjects,) = rows.of("SELECT count(*) AS n FROM (SELECT DISTINCT participant, subject FROM adjudication) AS known")
    assert 1 <= told["adjudicated"] <= subjects["n"]


def _due(rows: "_Rows", person: Any, now: datetime) -> list[tuple[str, tuple[str, ...]]]:
    """The visits of a participant whose time has begun, each with its instruments; a row of its own for each.

    An early termination asks for all of them. A visit for an event asks for nothing: what was written counts.
    """
    study = study_of_tests()
    zone = ZoneInfo(study.site(person["site"]).time_zone)
    today, held = now.astimezone(zone).date(), rows.visits(person["id"])
    randomized = rows.of("SELECT randomized_at FROM randomization WHERE participant = :p", p=person["id"])
    began = datetime.fromisoformat(randomized[0]["randomized_at"]).astimezone(zone).date()
    day_1 = date.fromisoformat(person["first_dose_on"]) if person["first_dose_on"] else began
    ended = date.fromisoformat(person["ended_on"]) if person["ended_on"] else None
    found = []
    for visit in study.visits:
        due = day_1 + (visit.day - 1) * DAY
        first, last = due - visit.window_days * DAY, due + visit.window_days * DAY
        if visit.day == 1:
            first, last = began, due if person["first_dose_on"] else began + study.dosing.first_dose_within_days * DAY
        gone = ended is not None and last >= ended
        if visit.id in held or (not gone and (ended or today) >= first):
            found.append((visit.id, visit.instruments))
    for name in held:
        for visit in study.unscheduled_visits:
            if name.startswith(f"{visit.id}."):
                asks = visit.within_days is not None
                every = visit.instruments
                found.append((name, tuple(one for one in every if asks or rows.is_there(person["id"], name, one))))
    return found


class _Rows:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._there = {
            (row["participant"], row["visit"], row["instrument"])
            for table in ("outcome_form", "laboratory_result")
            for row in self.of(f"SELECT participant, visit, instrument FROM {table}")
        }
        latest = "revision = (SELECT max(revision) FROM {0} AS other WHERE other.participant = {0}.participant AND "
        latest += "other.visit = {0}.visit AND other.instrument = {0}.instrument)"
        self._final = {
            (row["participant"], row["visit"], row["instrument"])
            for table in ("outcome_form", "laboratory_result")
            for row in self.of(f"SELECT * FROM {table} WHERE state = 'final' AND {latest.format(table)}")
        }
        self._visits: dict[str, dict[str, Any]] = {}
        for row in self.of("SELECT * FROM visit_record ORDER BY revision"):
            self._visits.setdefault(row["participant"], {})[row["visit"]] = row

    def of(self, statement: str, **values: Any) -> list[Any]:
        return list(self._connection.execute(text(statement), values).mappings())

    def is_final(self, participant: str, visit: str, instrument: str) -> bool:
        return (participant, visit, instrument) in self._final

    def is_there(self, participant: str, visit: str, instrument: str) -> bool:
        return (participant, visit, instrument) in self._there

    def visits(self, participant: str) -> list[str]:
        return sorted(visit for visit, row in self._visits.get(participant, {}).items() if row["state"] != "void")
