"""Every other endpoint, the exploratory laboratory, and who responded at each level and visit."""

from collections.abc import Iterable, Sequence

from irt.analysis.final.baseline import exploratory
from irt.analysis.final.comparing import compared, counts_of
from irt.analysis.final.describing import finite, ratio_of
from irt.analysis.final.disposition import outcome_visits
from irt.analysis.final.measuring import LOG, apart
from irt.analysis.final.modelling import Modelled, modelled
from irt.analysis.final.primary import arms
from irt.analysis.final.reading import Trial, made
from irt.analysis.final.responding import analysed, answers_of, proportions
from irt.analysis.methods import benjamini_hochberg
from irt.analysis.results import Cell, ResultTable
from irt.study import Endpoint

COLUMNS = (
    "endpoint measure visit summary method scale active_n active_value control_n control_value difference low high "
    "degrees p note"
)
EXPLORED = "measure visit method active_n active_mean control_n control_mean ratio low high degrees p p_adjusted note"
PROPORTION = "mantel_haenszel"
Row = tuple[Cell, ...]


def tables(trial: Trial) -> Iterable[ResultTable]:
    """secondary, exploratory, responders.

    In `secondary` a proportion's values are from 0 to 1 and a mean's are adjusted means, both on `scale`. In
    `exploratory` means are of logarithms, `ratio` and its bounds are back on the measure's scale, and `p_adjusted` is
    by Benjamini and Hochberg over the table.
    """
    sources = "participants allocations responses scores assessments baseline"
    yield made("secondary", COLUMNS, _secondary(trial), sources)
    yield made("exploratory", EXPLORED, _exploratory(trial), "participants allocations laboratory")
    yield made(
        "responders", "endpoint visit arm participants responders percent low high", _responders(trial),
        "participants allocations responses",
    )  # fmt: skip


def _secondary(trial: Trial) -> Iterable[Row]:
    analysis = trial.study.analysis
    others = [one for one in analysis.endpoints if one.id != analysis.primary and not exploratory(trial, one.measure)]
    means = means_of(trial, others)
    for one in others:
        yield (
            proportion_row(trial, one) if one.summary == "proportion" else _mean_row(one, means[one.measure, one.visit])
        )


def means_of(trial: Trial, endpoints: Sequence[Endpoint]) -> dict[tuple[str, str], Modelled]:
    """The comparisons of all means among the endpoints, by measure and visit; a measure's visits in one model."""
    visits: dict[str, set[str]] = {}
    for one in endpoints:
        if one.summary == "mean":
            visits.setdefault(one.measure, set()).add(one.visit)
    return {
        (told.measure, told.visit): told
        for measure, named in visits.items()
        for told in modelled(trial, measure, [one for one in outcome_visits(trial) if one in named])
    }


def proportion_row(trial: Trial, endpoint: Endpoint) -> Row:
    """A proportion compared as the primary endpoint is: risk difference with Sato's interval, p of CMH."""
    told = compared(trial, counts_of(trial, analysed(trial, answers_of(trial, endpoint.id, trial.full))))
    active, responders, control, others = told.counts.cells
    return (
        endpoint.id, endpoint.measure, endpoint.visit, endpoint.summary, PROPORTION, "identity",
        active, responders / active if active else None, control, others / control if control else None,
        told.difference, told.low, told.high, None, told.p, told.note,
    )  # fmt: skip


def _mean_row(endpoint: Endpoint, told: Modelled) -> Row:
    return (
        endpoint.id, endpoint.measure, endpoint.visit, endpoint.summary, told.method, told.scale,
        told.active, told.active_mean, told.control, told.control_mean, *_effect(told), told.note,
    )  # fmt: skip


def _effect(told: Modelled) -> tuple[float | None, ...]:
    if told.effect is None:
        return (None,) * 5
    one = told.effect
    return tuple(finite(value) for value in (one.value, one.low, one.high, one.degrees, one.p))


def _exploratory(trial: Trial) -> list[Row]:
    """Every number of the laboratory apart, at every visit of an endpoint that records it."""
    found: list[Modelled] = []
    for instrument in trial.study.instruments:
        visits = [one for one in outcome_visits(trial) if one in trial.study.visits_of(instrument.id)]
        if apart(trial, instrument.id) and visits:
            for field in instrument.fields:
                found += modelled(trial, f"{instrument.id}.{field.id}", visits)
    known = [one.effect.p for one in found if one.effect is not None and finite(one.effect.p) is not None]
    adjusted = iter(benjamini_hochberg(known) if known else [])
    rows: list[Row] = []
    for one in found:
        value, low, high, degrees, p = _effect(one)
        assert one.scale == LOG, "what is apart is analysed on the logarithmic scale"
        ratios = [ratio_of(cell) for cell in (value, low, high)]
        rows.append((
            one.measure, one.visit, one.method, one.active, one.active_mean, one.control, one.control_mean, *ratios,
            degrees, p, None if p is None else next(adjusted), one.note,
        ))  # fmt: skip
    return rows


def _responders(trial: Trial) -> Iterable[Row]:
    for one in proportions(trial):
        counts = counts_of(trial, analysed(trial, answers_of(trial, one.id, trial.full)))
        for row in arms(trial, counts):
            yield one.id, one.visit, *row
