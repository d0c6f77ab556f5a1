"""The values of a measure at a visit, one for each participant: final, in time but for the laboratory's, and scaled."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import log

from irt.analysis.final.reading import Trial
from irt.outcomes.forms import prednisone_equivalent

Values = dict[str, float]
SCORES = ("tis", "doi")
IDENTITY, LOG, LOG_PLUS_1 = "identity", "log", "log(x+1)"


def week_of(trial: Trial, visit: str) -> float:
    """The week that a visit is planned for: 0 is the first dose's."""
    return (trial.study.visit(visit).day - 1) / 7


def values_at(trial: Trial, measure: str, visit: str) -> Values:
    """The values of a score, or of `instrument.field`, at a visit, by participant. Scales of analysis come after.

    Values count that are final and of a day in the visit's window; of what the laboratory enters apart, whose rows know
    no window, every final one. A daily dose of a named drug is its prednisone equivalent. What is below detection is
    half the limit.
    """
    if measure in SCORES:
        return {
            row["participant"]: float(row["value"])
            for row in trial.tables["scores"]
            if row["score"] == measure and row["visit"] == visit and row["value"]
        }
    name, _, part = measure.partition(".")
    if apart(trial, name):
        return _apart(trial, name, part, visit)
    if is_dose(trial, measure):
        return _doses(trial, name, visit)
    return {number: float(value) for number, value in _recorded(trial, name, part, visit).items()}


def apart(trial: Trial, instrument: str) -> bool:
    """Whether the laboratory enters an instrument apart, for it can unmask."""
    return trial.study.instrument(instrument).can_unmask


def is_dose(trial: Trial, measure: str) -> bool:
    """Whether a measure is the daily dose of a glucocorticoid, entered with its drug."""
    name, _, part = measure.partition(".")
    if part != "dose" or name in SCORES:
        return False
    return "drug" in {one.id for one in trial.study.instrument(name).fields}


def scale_of(trial: Trial, measure: str) -> str:
    """The scale on which a measure's mean is analysed."""
    if measure in SCORES:
        return IDENTITY
    if apart(trial, measure.partition(".")[0]):
        return LOG
    return LOG_PLUS_1 if is_dose(trial, measure) else IDENTITY


def scaled(values: Mapping[str, float], scale: str, least: float) -> Values:
    """The values on their scale; on the logarithmic one 0 is taken as half of `least`, the least that was seen."""
    if scale == LOG:
        return {number: log(value if value > 0 else least / 2) for number, value in values.items()}
    if scale == LOG_PLUS_1:
        return {number: log(value + 1) for number, value in values.items()}
    return dict(values)


def least_of(many: Iterable[Mapping[str, float]]) -> float:
    """The least value above 0; 1 where there is none."""
    return min((value for values in many for value in values.values() if value > 0), default=1.0)


def covariates_of(trial: Trial) -> dict[str, tuple[float, ...]]:
    """The covariates of the study file, of those who have them all."""
    wanted = trial.study.analysis.covariates
    found: dict[str, dict[str, float]] = {}
    for row in trial.tables["baseline"]:
        if row["field"] in wanted and row["value"]:
            found.setdefault(row["participant"], {})[row["field"]] = float(row["value"])
    return {number: tuple(held[one] for one in wanted) for number, held in found.items() if len(held) == len(wanted)}


def _recorded(trial: Trial, name: str, part: str, visit: str) -> dict[str, str]:
    return {
        row["participant"]: row["value"]
        for row in trial.tables["assessments"]
        if (row["instrument"], row["field"], row["visit"]) == (name, part, visit)
        and row["state"] == "final"
        and row["timing"] == "in_window"
        and row["value"]
    }


def _doses(trial: Trial, name: str, visit: str) -> Values:
    drugs = _recorded(trial, name, "drug", visit)
    found = {}
    for number, dose in _recorded(trial, name, "dose", visit).items():
        equal = prednisone_equivalent(trial.study, drugs.get(number, ""), Decimal(dose))
        if equal is not None:
            found[number] = float(equal)
    return found


def _apart(trial: Trial, name: str, part: str, visit: str) -> Values:
    return {
        row["participant"]: float(row["value"]) / (2 if row["below"] == "Y" else 1)
        for row in trial.tables["laboratory"]
        if (row["instrument"], row["field"], row["visit"]) == (name, part, visit)
        and row["state"] == "final"
        and row["value"]
    }
