"""How treatment went, by arm as treated: doses and weeks, adherence, holds, stops."""

from collections.abc import Iterable

from irt.analysis.final.describing import DESCRIBED, described
from irt.analysis.final.reading import Person, Trial, day_of, made, number_of
from irt.analysis.results import Cell, ResultTable
from irt.dispensing.adherence import GIVEN

Row = tuple[Cell, ...]
ADHERENCE = ("adherence_diary", "adherence_vials")


def tables(trial: Trial) -> Iterable[ResultTable]:
    """exposure, adherence, adherence_summary, holds, stops: of the safety set.

    `below`: how many had less than the adherence that the study file calls adequate; it is in percent.
    """
    sources = "participants dispensing doses"
    yield made("exposure", f"variable arm {DESCRIBED}", _exposure(trial), sources)
    yield made("adherence", "participant arm adherence_diary adherence_vials", _adherence(trial), sources)
    yield made("adherence_summary", f"variable arm {DESCRIBED} below", _summary(trial), sources)
    yield made("holds", "reason arm participants holds days", _holds(trial), f"{sources} holds")
    yield made("stops", "reason intercurrent arm participants", _stops(trial), sources)


def _exposure(trial: Trial) -> Iterable[Row]:
    taken: dict[str, int] = {}
    for row in trial.tables["doses"]:
        if row["outcome"] in GIVEN:
            taken[row["participant"]] = taken.get(row["participant"], 0) + 1
    for arm in trial.arms:
        people = [one for one in trial.safety if one.treated == arm]
        yield "doses_taken", arm, *described([float(taken[one.number]) for one in people])
        yield "weeks", arm, *described([weeks for one in people if (weeks := _weeks(one)) is not None])


def _weeks(person: Person) -> float | None:
    """From the first dose to the last, both days counted."""
    first, last = day_of(person.row["first_dose_on"]), day_of(person.row["last_dose_on"])
    return None if first is None or last is None else ((last - first).days + 1) / 7


def _adherence(trial: Trial) -> list[Row]:
    return [(one.number, one.treated, *(number_of(one.row[name]) for name in ADHERENCE)) for one in trial.safety]


def _summary(trial: Trial) -> Iterable[Row]:
    least = 100 * float(trial.study.dosing.adequate_adherence)
    for name in ADHERENCE:
        for arm in trial.arms:
            values = [number_of(one.row[name]) for one in trial.safety if one.treated == arm]
            known = [one for one in values if one is not None]
            yield name, arm, *described(known), sum(one < least for one in known)


def _holds(trial: Trial) -> Iterable[Row]:
    arms = {one.number: one.treated for one in trial.safety}
    # a hold that was never resumed ends with the treatment, or with the participant's leaving
    over = {one.number: one.row["stopped_on"] or one.row["ended_on"] for one in trial.safety}
    rows = [row for row in trial.tables["holds"] if row["participant"] in arms]
    for reason in sorted({row["reason"] for row in rows}):
        for arm in trial.arms:
            held = [row for row in rows if row["reason"] == reason and arms[row["participant"]] == arm]
            pairs = [(day_of(row["from_on"]), day_of(row["resumed_on"] or over[row["participant"]])) for row in held]
            days = sum((end - begun).days for begun, end in pairs if begun is not None and end is not None)
            yield reason, arm, len({row["participant"] for row in held}), len(held), days


def _stops(trial: Trial) -> Iterable[Row]:
    found = {(one.row["stop_reason"], one.row["stop_intercurrent"]) for one in trial.safety if one.row["stop_reason"]}
    for reason, intercurrent in sorted(found):
        for arm in trial.arms:
            there = [one for one in trial.safety if one.treated == arm and one.row["stop_reason"] == reason]
            yield reason, intercurrent, arm, len(there)
