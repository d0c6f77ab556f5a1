"""Tables of harm, of departures from the protocol, and of questions; no arm is in them."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from irt.conduct.classifying import last_words
from irt.conduct.deviations import history
from irt.conduct.tables import Deviation, DeviationClass, DeviationRevision
from irt.dispensing.tables import Dose, TreatmentStop
from irt.lock.extract.cells import Cells, row_of
from irt.lock.extract.trial import Trial
from irt.outcomes.query_tables import Query
from irt.safety.coding import latest_code
from irt.safety.dictionary_tables import EventCode
from irt.safety.exposure import Course, day_of, emergent, treated
from irt.safety.laboratory_tables import LabSample, LabValue, WithheldValue
from irt.safety.readings import current_events, latest, readings
from irt.safety.special_tables import SpecialReport, SpecialReportVersion
from irt.safety.tables import AdverseEvent, EventOpinion, EventVersion


def adverse_events(trial: Trial) -> Iterator[Cells]:
    """Every event that stands, as it is told now, coded where it was."""
    special = {one.id for one in trial.study.adverse_event_terms if one.special_interest}
    opinions = latest(trial.all(EventOpinion), attrgetter("event"))
    days_after = trial.study.safety.emergent_days_after_last_dose
    for person in trial.people:
        course = _course(trial, person)
        for event, told in current_events(trial.of(AdverseEvent, person.id), trial.of(EventVersion, person.id)):
            code, opinion = latest_code(trial.of(EventCode, event.id, "event")), opinions.get(event.id)
            yield row_of(
                "adverse_events",
                participant=person.screening_number,
                event=event.number,
                verbatim=told.verbatim,
                term=told.term,
                llt=code.llt_name if code else None,
                pt=code.pt_name if code else None,
                soc=code.soc_name if code else None,
                dictionary=code.version if code else None,
                grade=told.grade,
                serious=bool(told.seriousness),
                seriousness=" ".join(told.seriousness or ()),
                onset_on=told.onset_on,
                ended_on=told.ended_on,
                study_day=day_of(course, told.onset_on),
                causality_drug=told.causality_drug,
                causality_procedure=told.causality_procedure,
                sponsor_causality=opinion.causality_drug if opinion else None,
                expectedness=opinion.expectedness if opinion else None,
                action=told.action,
                outcome=told.outcome,
                special_interest=told.term in special,
                emergent=emergent(course, told.onset_on, told.onset_at, days_after),
                last_dose_on=told.last_dose_on,
                last_kit=told.last_kit,
            )


def _course(trial: Trial, person: Any) -> Course | None:
    stopped = bool(trial.of(TreatmentStop, person.id))
    return treated(person, trial.of(Dose, person.id), stopped=stopped)


def safety_laboratory(trial: Trial) -> Iterator[Cells]:
    """Every laboratory value of safety that stands, those kept to the investigator too."""
    for person in trial.people:
        course = _course(trial, person)
        for one in readings(trial.of(LabSample, person.id), trial.of(LabValue, person.id)):
            test = trial.study.laboratory_test(one.analyte)
            yield row_of(
                "safety_laboratory",
                participant=person.screening_number,
                sample=one.number,
                taken_on=one.taken_on,
                study_day=day_of(course, one.taken_on),
                analyte=one.analyte,
                value=one.found.value,
                unit=test.unit if test else None,
                lower=one.found.lower,
                upper=one.found.upper,
                withheld=False,
            )
        kept = latest(trial.of(WithheldValue, person.id), lambda row: (row.analyte, row.taken_on))
        for row in kept.values():
            if row.value is not None:
                yield row_of(
                    "safety_laboratory",
                    participant=person.screening_number,
                    taken_on=row.taken_on,
                    study_day=day_of(course, row.taken_on),
                    analyte=row.analyte,
                    value=row.value,
                    unit=row.unit,
                    upper=row.upper,
                    withheld=True,
                )


def deviations(trial: Trial) -> Iterator[Cells]:
    """Every deviation as it stands now, with the last word of each of the two about it."""
    for row in trial.all(Deviation):
        told = history(row, trial.of(DeviationRevision, row.id, "deviation"))
        words = last_words(trial.of(DeviationClass, row.id, "deviation"), len(told))
        manager, statistician = words.get("data_manager"), words.get("trial_statistician")
        yield row_of(
            "deviations",
            deviation=row.id,
            participant=trial.numbers.get(row.participant),
            site=row.site,
            kind=row.kind,
            happened_on=told[-1].happened_on,
            told=told[-1].told,
            severity_dm=manager.severity if manager else None,
            per_protocol_dm=manager.per_protocol if manager else None,
            severity_ts=statistician.severity if statistician else None,
            per_protocol_ts=statistician.per_protocol if statistician else None,
            stands=told[-1].stands,
        )


def queries(trial: Trial) -> Iterator[Cells]:
    """Every query, without its words."""
    for row in trial.all(Query):
        yield row_of(
            "queries",
            participant=trial.numbers[row.participant],
            number=row.number,
            visit=row.visit,
            instrument=row.instrument,
            field=row.field,
            origin=row.origin,
            state=row.state,
            raised_at_utc=row.raised_at,
        )


def special_reports(trial: Trial) -> Iterator[Cells]:
    """Pregnancies, overdoses, errors of medication and misuse, as they are told now."""
    for row in trial.all(SpecialReport):
        told = max(trial.of(SpecialReportVersion, row.id, "report"), key=lambda one: int(one.version))
        yield row_of(
            "special_reports",
            participant=trial.numbers[row.participant],
            kind=row.kind,
            number=row.number,
            happened_on=told.happened_on,
            outcome=told.outcome,
            outcome_on=told.outcome_on,
            told=told.told,
        )
