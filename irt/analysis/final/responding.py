"""Who responded, by the estimand: the responses of the package, one for each participant of a set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from irt.analysis.final.reading import Person, Trial, number_of
from irt.study import Endpoint, Study

COMPOSITE = ("death", "rescue", "adverse_event", "lack_of_efficacy")  # events, and reasons of a stop: no response
MISSING = "missing"


@dataclass(frozen=True)
class Answer:
    """The response of one participant to one endpoint. `observed`: the value that was measured in time, if any."""

    person: Person
    responded: int
    decided_by: str
    observed: float | None

    @property
    def composite(self) -> bool:
        """Whether an event made them a non-responder."""
        return self.decided_by in COMPOSITE

    @property
    def missing(self) -> bool:
        """Whether nothing was measured, and no event decided."""
        return self.observed is None and not self.composite


def answers_of(trial: Trial, endpoint: str, people: Iterable[Person]) -> list[Answer]:
    """The answers of these people, in their order; who has no row did not respond."""
    rows = {row["participant"]: row for row in trial.tables["responses"] if row["endpoint"] == endpoint}
    found = []
    for one in people:
        row = rows.get(one.number)
        if row is None:
            found.append(Answer(one, 0, MISSING, None))
        else:
            value = number_of(row["observed"])
            found.append(Answer(one, int(row["response"] or 0), row["decided_by"] or MISSING, value))
    return found


def left_out(study: Study) -> bool:
    """Whether who is missing is left out, as the study file has it, and counts as no response otherwise."""
    return study.analysis.missing != "non_responder"


def analysed(trial: Trial, answers: Iterable[Answer]) -> list[Answer]:
    """Those that the primary analysis counts: all, unless the study file has missing ones left out."""
    return [one for one in answers if not (one.missing and left_out(trial.study))]


def primary_endpoint(trial: Trial) -> Endpoint:
    """The primary endpoint."""
    return next(one for one in trial.study.analysis.endpoints if one.id == trial.study.analysis.primary)


def threshold_of(trial: Trial, endpoint: Endpoint) -> float:
    """The score from which on somebody responds."""
    return float(trial.study.analysis.least_response(endpoint))


def proportions(trial: Trial) -> Sequence[Endpoint]:
    """The endpoints that are responses, in the order of the study file."""
    return [one for one in trial.study.analysis.endpoints if one.summary == "proportion"]
