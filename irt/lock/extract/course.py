"""Tables of people and their treatment, as they are before anything is opened: no arm is in them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from irt.clock import local_day
from irt.dispensing.adherence import GIVEN
from irt.dispensing.course import Course
from irt.dispensing.planned import latest_records, standing_of_visit
from irt.dispensing.tables import Hold, TreatmentStop
from irt.lock.extract.cells import Cells, row_of
from irt.lock.extract.trial import Trial
from irt.lock.tables import PopulationDecision
from irt.outcomes.whereabouts import form_timing, study_day
from irt.participants.tables import BaselineValue, Consent, VisitRecord
from irt.randomization.tables import Randomization, RandomizedInError, StratumCorrection
from irt.safety.emergency_tables import CodeBreak
from irt.safety.readings import current_events, latest
from irt.safety.tables import AdverseEvent, EventVersion


def participants(trial: Trial) -> Iterator[Cells]:
    """Everybody who was screened; arms and populations are filled in later."""
    for person in trial.people:
        consent = min((row.signed_on for row in trial.of(Consent, person.id)), default=None)
        zone = trial.zone(person.site)
        yield row_of(
            "participants",
            participant=person.screening_number,
            site=person.site,
            sex=person.sex,
            birth_year=person.birth_year,
            age=None if consent is None else consent.year - person.birth_year,
            consent_on=consent,
            screened_on=local_day(person.screened_at, zone),
            state=person.state,
            ended_on=person.ended_on,
            died_on=died_on(trial, person),
            code_broken=bool(trial.of(CodeBreak, person.id)),
            in_error=bool(trial.of(RandomizedInError, person.id)),
            **(_treated(trial, person) if trial.of(Randomization, person.id) else {}),
        )


def _treated(trial: Trial, person: Any) -> dict[str, Any]:
    course, stop = trial.course_of(person), trial.one(TreatmentStop, person.id)
    (done,) = trial.of(Randomization, person.id)
    reasons = {one.id: one.intercurrent for one in trial.study.treatment.stop_reasons}
    given = [row.taken_on for row in course.given]
    before = _before_primary(trial, person, course)
    adherence = trial.adherence_of(person)
    return {
        "randomized_on": trial.randomized_on(person),
        "stratum_used": done.stratum,
        "stratum_corrected": corrected_stratum(trial, person.id),
        "first_dose_on": person.first_dose_on,
        "last_dose_on": max(given, default=None),
        "stopped_on": stop.last_day if stop else None,
        "stop_reason": stop.reason if stop else None,
        "stop_intercurrent": reasons.get(stop.reason, "other") if stop else None,
        "doses_due": course.tally.due - course.tally.held,
        "doses_taken": len(given),
        "doses_due_w12": before[0],
        "doses_taken_w12": before[1],
        "adherence_diary": _percent(course.diary_adherence()),
        "adherence_vials": _percent(adherence.vials),
    }


def _percent(share: Any) -> Any:
    return None if share is None else 100 * share


def _before_primary(trial: Trial, person: Any, course: Course) -> tuple[int, int]:
    """Doses that fell due before the day planned for the primary visit, less held ones, and those taken by then."""
    primary = next(one for one in trial.study.analysis.endpoints if one.id == trial.study.analysis.primary)
    due_on = next(window.due for window in trial.plan_of(person) if window.visit == primary.visit)
    due = [one for one in course.due if one.due_on < due_on and one.status != "held"]
    extra = [row for row in course.extra if row.taken_on < due_on]
    return len(due), sum(one.status in GIVEN for one in due) + len(extra)


def corrected_stratum(trial: Trial, participant: str) -> str | None:
    """The stratum that the last correction gave; None where none was corrected."""
    found = trial.of(StratumCorrection, participant)
    return str(max(found, key=lambda row: int(row.revision)).stratum) if found else None


def died_on(trial: Trial, person: Any) -> date | None:
    """The day of a fatal outcome."""
    told = current_events(trial.of(AdverseEvent, person.id), trial.of(EventVersion, person.id))
    return min((row.ended_on or row.onset_on for _, row in told if row.outcome == "fatal"), default=None)


def baseline(trial: Trial) -> Iterator[Cells]:
    """The baseline values that count."""
    fields = {one.id: one for one in trial.study.baseline}
    for person in trial.people:
        last = latest(trial.of(BaselineValue, person.id), lambda row: row.field)
        for name, field in fields.items():
            if name in last and last[name].value is not None:
                unit = field.unit
                yield row_of(
                    "baseline", participant=person.screening_number, field=name, value=last[name].value, unit=unit
                )


def visits(trial: Trial) -> Iterator[Cells]:
    """Every planned visit of everybody who was randomized, and every visit outside the plan."""
    for person in trial.randomized():
        planned, records = trial.plan_of(person), latest_records(trial.of(VisitRecord, person.id))
        today = local_day(trial.now, trial.zone(person.site))
        for window in planned:
            record = records.get(window.visit)
            yield row_of(
                "visits",
                participant=person.screening_number,
                visit=window.visit,
                planned_on=window.due,
                earliest_on=window.earliest,
                latest_on=window.latest,
                state=standing_of_visit(planned, window, today, record, person.ended_on),
                **_held(trial, planned, record),
            )
        for visit in sorted(records.keys() - {window.visit for window in planned}):
            yield row_of(
                "visits",
                participant=person.screening_number,
                visit=visit,
                state=records[visit].state,
                **_held(trial, planned, records[visit]),
            )


def _held(trial: Trial, planned: Any, record: Any | None) -> dict[str, Any]:
    if record is None:
        return {}
    on = record.visited_on
    return {
        "visited_on": on,
        "study_day": None if on is None else study_day(trial.study, planned, on),
        "timing": None if on is None else form_timing(trial.study, planned, record.visit, on),
        "reason": record.reason,
    }


def doses(trial: Trial) -> Iterator[Cells]:
    """Every dose that was due, and every one that was given without being due."""
    for person in trial.randomized():
        course, planned = trial.course_of(person), trial.plan_of(person)
        for one in course.due:
            yield _dose(trial, person, planned, "scheduled", one.number, one.due_on, one.status, one.record)
        for row in course.extra:
            yield _dose(trial, person, planned, "extra", row.number, None, row.outcome, row)


def _dose(
    trial: Trial, person: Any, planned: Any, kind: str, number: int, due_on: date | None, outcome: str, row: Any | None
) -> Cells:
    taken = row.taken_on if row is not None and outcome in GIVEN else None
    return row_of(
        "doses",
        participant=person.screening_number,
        kind=kind,
        number=number,
        due_on=due_on,
        outcome=outcome,
        taken_on=taken,
        study_day=None if taken is None else study_day(trial.study, planned, taken),
        kit=row.kit if taken is not None and row is not None else None,
        place=row.place if taken is not None and row is not None else None,
        reason=row.reason if row is not None else None,
    )


def holds(trial: Trial) -> Iterator[Cells]:
    """Days on which treatment was held."""
    for row in trial.all(Hold):
        yield row_of(
            "holds",
            participant=trial.numbers[row.participant],
            from_on=row.from_on,
            resumed_on=row.resumed_on,
            reason=row.reason,
        )


def sites(trial: Trial) -> Iterator[Cells]:
    """The sites of the study file, with how many they screened and randomized."""
    for site in trial.study.sites:
        there = [row for row in trial.people if row.site == site.code]
        yield row_of(
            "sites",
            site=site.code,
            name_en=site.name.en,
            name_zh=site.name.zh,
            time_zone=site.time_zone,
            screened=len(there),
            randomized=sum(bool(trial.of(Randomization, row.id)) for row in there),
        )


def population_decisions(trial: Trial) -> Iterator[Cells]:
    """What was decided, masked, about who is in which population; the highest revision counts."""
    for row in trial.all(PopulationDecision):
        yield row_of(
            "population_decisions",
            participant=trial.numbers[row.participant],
            population=row.population,
            revision=row.revision,
            included=row.included,
            told=row.told,
            decided_at_utc=row.decided_at,
            decided_by=trial.names[row.decided_by],
        )
