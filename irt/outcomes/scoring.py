"""From what was recorded of one participant to the responses, by study.toml; tests/house says who may ask for them.

Rows are those of one participant. The baseline is the first visit; a value of a day out of its visit's window is
missing. The enzyme is the one that was fixed, with its upper limit of normal at baseline.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any

from irt.outcomes.capture import current_forms
from irt.outcomes.definition_of_improvement import DefinitionOfImprovement, improvement_of
from irt.outcomes.forms import Readings, value_of
from irt.outcomes.measures import CoreSet, Pair
from irt.outcomes.primary import Intercurrent, PrimaryOutcome, primary_responder
from irt.outcomes.total_improvement import TotalImprovement, total_of
from irt.outcomes.whereabouts import first_visit, form_timing, study_day
from irt.participants.visits import Window
from irt.study import Endpoint, Enzyme, Study

Rows = Iterable[Any]


def in_time(study: Study, forms: Rows, planned: Sequence[Window], visit: str) -> dict[str, Any]:
    """The form that counts of each instrument of a visit: recorded, and of a day within the visit's window."""
    return {
        name: row
        for (at, name), row in current_forms(forms).items()
        if at == visit and row.state == "final" and form_timing(study, planned, visit, row.assessed_on) == "in_window"
    }


def core_set_of(study: Study, forms: Rows, choices: Rows, planned: Sequence[Window], visit: str) -> CoreSet:
    """The six measures at baseline and at a visit, exactly. `choices`: rows of EnzymeChoice."""
    rows = list(forms)
    first, later = (_readings(in_time(study, rows, planned, at)) for at in (first_visit(study), visit))
    enzyme, limit = _followed(study, choices)
    core = study.core_set
    pointers = {
        "phga": core.physician_global,
        "pga": core.patient_global,
        "mmt": core.mmt,
        "haq": core.haq,
        "extramuscular": core.extramuscular,
    } | ({"enzyme": enzyme.value} if enzyme else {})
    pairs = {name: Pair(value_of(study, one, first), value_of(study, one, later)) for name, one in pointers.items()}
    nothing = {} if enzyme else {"enzyme": Pair(None, None)}
    return CoreSet(pairs | nothing, Fraction(core.mmt_max), enzyme.id if enzyme else None, limit)


def tis_of(study: Study, forms: Rows, choices: Rows, planned: Sequence[Window], visit: str) -> TotalImprovement:
    """The Total Improvement Score at a visit; its total is None while a measure is missing or out of its window."""
    core = core_set_of(study, forms, choices, planned, visit)
    ranges = {one.id: one.range_multiple for one in study.core_set.enzymes}
    return total_of(core, ranges, study.analysis.response_levels)


def doi_of(study: Study, forms: Rows, choices: Rows, planned: Sequence[Window], visit: str) -> DefinitionOfImprovement:
    """Whether the definition of improvement is met at a visit."""
    return improvement_of(core_set_of(study, forms, choices, planned, visit))


def responder_of(
    study: Study,
    forms: Rows,
    planned: Sequence[Window],
    events: Iterable[Intercurrent],
    endpoint: Endpoint,
    observed: Fraction | None,
) -> PrimaryOutcome:
    """Whether one participant responds in an endpoint that is a proportion, by the one estimand of all of them.

    `observed`: the score at its visit, 1 or 0 of the definition of improvement; None while it is missing.
    """
    met = endpoint.measure == "doi"  # not met is below, met is at the level of every response
    least = study.analysis.least_response(endpoint)
    return primary_responder(
        observed if observed is None or not met else observed * Fraction(least),
        events,
        assessment_day=assessment_day(study, forms, planned, endpoint.visit),
        precedence=study.analysis.intercurrent_precedence,
        least=least,
    )


def assessment_day(study: Study, forms: Rows, planned: Sequence[Window], visit: str) -> int:
    """The study day up to which events count: of the last measure in time or, without any, the day after the window."""
    named = {one.partition(".")[0] for one in _measured(study)}
    days = [row.assessed_on for name, row in in_time(study, forms, planned, visit).items() if name in named]
    window = next(one for one in planned if one.visit == visit)
    return study_day(study, planned, max(days, default=window.latest + timedelta(days=1)))


def _measured(study: Study) -> tuple[str, ...]:
    core = study.core_set
    enzymes = [one.value for one in core.enzymes]
    return (core.physician_global, core.patient_global, core.mmt, core.haq, core.extramuscular, *enzymes)


def _readings(forms: Mapping[str, Any]) -> dict[str, Readings]:
    return {name: row.readings for name, row in forms.items()}


def _followed(study: Study, choices: Rows) -> tuple[Enzyme | None, Fraction | None]:
    """The enzyme that was fixed last, and its upper limit; none where none was measured."""
    last = max(choices, key=lambda row: int(row.revision), default=None)
    enzyme = next((one for one in study.core_set.enzymes if last is not None and one.id == last.enzyme), None)
    return (enzyme, Fraction(last.upper_limit)) if enzyme is not None and last is not None else (None, None)
