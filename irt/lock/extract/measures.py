"""Tables of what was measured, scored and decided about it; no arm is in them."""

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from irt.lock.extract.cells import Cells, row_of
from irt.lock.extract.trial import Trial
from irt.outcomes.adjudicate import gathered
from irt.outcomes.capture import current_forms
from irt.outcomes.forms import BELOW, keys_of, totals_of
from irt.outcomes.intercurrent import NONE, Decided, adjudicated_events, current_medications, decided
from irt.outcomes.intercurrent_tables import Adjudication, InterferingMedication
from irt.outcomes.primary import PrimaryOutcome
from irt.outcomes.scoring import assessment_day, doi_of, responder_of, tis_of
from irt.outcomes.tables import EnzymeChoice, LaboratoryResult, OutcomeForm
from irt.outcomes.whereabouts import first_visit, form_timing, study_day
from irt.study import Endpoint

RESPONSES = ("tis", "doi")


def assessments(trial: Trial) -> Iterator[Cells]:
    """Every value and total of every form that counts, and a row without a value for one that was not done."""
    for person in trial.randomized():
        planned = trial.plan_of(person)
        for (visit, name), form in sorted(current_forms(trial.of(OutcomeForm, person.id)).items()):
            if form.state == "draft":
                continue
            instrument, on = trial.study.instrument(name), form.assessed_on
            of_form = {
                "participant": person.screening_number,
                "visit": visit,
                "instrument": name,
                "state": form.state,
                "assessed_on": on,
                "study_day": None if on is None else study_day(trial.study, planned, on),
                "timing": None if on is None else form_timing(trial.study, planned, visit, on),
                "source": form.source,
            }
            keys = keys_of(instrument)
            for key, text in sorted(form.readings.items()):
                unit = keys[key].unit if key in keys else None
                yield row_of("assessments", field=key, value=text, unit=unit, **of_form)
            for total, value in totals_of(instrument, form.readings).items():
                yield row_of("assessments", field=total, value=value, **of_form)
            if form.state == "not_done":
                yield row_of("assessments", **of_form)


def laboratory(trial: Trial) -> Iterator[Cells]:
    """Every value of the laboratory apart; a value below what can be told has that limit, and is marked."""
    for person in trial.randomized():
        planned = trial.plan_of(person)
        for (visit, name), result in sorted(current_forms(trial.of(LaboratoryResult, person.id)).items()):
            keys, on = keys_of(trial.study.instrument(name)), result.collected_on
            of_result = {
                "participant": person.screening_number,
                "visit": visit,
                "instrument": name,
                "state": result.state,
                "collected_on": on,
                "study_day": None if on is None else study_day(trial.study, planned, on),
            }
            readings: dict[str, str] = json.loads(result.readings)
            for key, text in sorted(readings.items()):
                below = text.startswith(BELOW)
                value, unit = text.removeprefix(BELOW).strip(), keys[key].unit if key in keys else None
                yield row_of("laboratory", field=key, value=value, below=below, unit=unit, **of_result)
            if result.state == "not_done":
                yield row_of("laboratory", **of_result)


def scores(trial: Trial) -> Iterator[Cells]:
    """TIS with its parts and DOI at every visit at which they are rated, of everybody who was randomized."""
    for person in trial.randomized():
        rows, choices, planned = _rated(trial, person)
        for visit in scored_visits(trial):
            tis = tis_of(trial.study, rows, choices, planned, visit)
            doi = doi_of(trial.study, rows, choices, planned, visit)
            found: list[tuple[str, Fraction | int | None]] = [
                ("tis", tis.total),
                ("tis_missing_as_zero", tis.total_if_missing_scored_0),
                ("tis_measures_missing", len(tis.missing)),
                ("doi", None if doi.met is None else int(doi.met)),
            ]
            for one in tis.measures:
                found += [(f"tis_{one.measure}", one.points), (f"percent_{one.measure}", one.percent)]
            for score, value in found:
                yield row_of("scores", participant=person.screening_number, visit=visit, score=score, value=value)


def responses(trial: Trial) -> Iterator[Cells]:
    """Whether each participant who was randomized is a responder, by the estimand, for every proportion."""
    for person in trial.randomized():
        rows, choices, planned = _rated(trial, person)
        events = adjudicated_events(trial.study, planned, gathered_of(trial, person), trial.of(Adjudication, person.id))
        for endpoint in trial.study.analysis.endpoints:
            if endpoint.summary != "proportion" or endpoint.measure not in RESPONSES:
                continue
            observed = _observed(trial, rows, choices, planned, endpoint)
            found = responder_of(trial.study, rows, planned, events, endpoint, observed)
            yield row_of(
                "responses",
                participant=person.screening_number,
                endpoint=endpoint.id,
                visit=endpoint.visit,
                observed=observed,
                response=found.value,
                decided_by=_decided_by(found, observed),
                assessment_day=assessment_day(trial.study, rows, planned, endpoint.visit),
            )


def _observed(trial: Trial, rows: Any, choices: Any, planned: Any, endpoint: Endpoint) -> Fraction | None:
    if endpoint.measure == "tis":
        return tis_of(trial.study, rows, choices, planned, endpoint.visit).total
    met = doi_of(trial.study, rows, choices, planned, endpoint.visit).met
    return None if met is None else Fraction(int(met))


def _decided_by(found: PrimaryOutcome, observed: Fraction | None) -> str:
    """death, rescue, the two reasons of a stop, missing, or observed."""
    if found.strategy == "composite" and found.event is not None:
        return found.event.reason or found.event.kind
    return "missing" if observed is None else "observed"


def _rated(trial: Trial, person: Any) -> tuple[Any, Any, Any]:
    return trial.of(OutcomeForm, person.id), trial.of(EnzymeChoice, person.id), trial.plan_of(person)


def scored_visits(trial: Trial) -> list[str]:
    """The visits at which a score can be had, in the order of the study."""
    wanted = {one.visit for one in trial.study.analysis.endpoints if one.measure in RESPONSES}
    return [visit.id for visit in trial.study.visits if visit.id in wanted - {first_visit(trial.study)}]


def gathered_of(trial: Trial, person: Any) -> Any:
    """The intercurrent events of one participant, decided or not."""

    def rows(model: type[Any], *, participant: str) -> list[Any]:
        return trial.of(model, participant)

    return gathered(trial.study, rows, person.id)


def judged(trial: Trial, person: Any) -> list[Decided]:
    """The intercurrent events of one participant with what was decided."""
    return decided(gathered_of(trial, person), trial.of(Adjudication, person.id))


def intercurrent_events(trial: Trial) -> Iterator[Cells]:
    """Every event that could change an outcome, and what was decided about it."""
    for person in trial.randomized():
        planned = trial.plan_of(person)
        for one in judged(trial, person):
            verdict = one.row.verdict if one.row is not None and one.holds else None
            on = one.row.happened_on if one.row is not None and one.holds else one.event.happened_on
            yield row_of(
                "intercurrent_events",
                participant=person.screening_number,
                event=one.event.subject,
                proposed=one.event.proposed,
                verdict=verdict,
                reason=one.event.facts.get("intercurrent"),
                happened_on=on,
                study_day=study_day(trial.study, planned, on),
                counts=verdict not in (None, NONE),
            )


def medications(trial: Trial) -> Iterator[Cells]:
    """Every medication that can interfere, as it is told now."""
    for person in trial.randomized():
        for number, row in current_medications(trial.of(InterferingMedication, person.id)).items():
            yield row_of(
                "medications",
                participant=person.screening_number,
                number=number,
                kind=row.kind,
                drug=row.drug,
                dose=row.dose,
                started_on=row.started_on,
                ended_on=row.ended_on,
                stands=row.stands,
            )
