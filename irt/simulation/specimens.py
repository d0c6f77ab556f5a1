"""The laboratory of a simulated trial: tubes come from the visits, results go in as a file every other week."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from irt.actor import Role
from irt.outcomes.forms import keys_of
from irt.outcomes.import_results import ImportResults, import_results
from irt.outcomes.result_file import COLUMNS
from irt.outcomes.results import NOT_DONE, RecordResult, record_result
from irt.outcomes.sampling import ADDITIONAL
from irt.study import Instrument

if TYPE_CHECKING:
    from irt.simulation.life import Enrolled
    from irt.simulation.rounds import Rounds

EVERY = 14  # days from file to file
SPOILT = 0.02
SPOILS = 3  # rows of a file that somebody edited by hand: the first is refused
EDITED = 0.2


@dataclass
class Tube:
    """What was taken of somebody at a visit for one instrument, and what will be found in it."""

    one: Enrolled
    visit: str
    instrument: Instrument
    taken_on: date
    readings: dict[str, str] = field(repr=False)


def label_of(rounds: Rounds, visit: str, day: date) -> str:
    """A visit as the laboratory knows it."""
    planned = {one.id for one in rounds.life.study.visits}
    return visit if visit in planned else f"{ADDITIONAL}{day.isoformat()}"


def morning(rounds: Rounds, day: date) -> None:
    """What waited for two weeks goes in at once; what was spoilt is told one by one."""
    if (day - rounds.life.first_day).days % EVERY != EVERY - 1 or not rounds.tubes:
        return
    laboratory, desk = rounds.life.cast.one(Role.LABORATORY), rounds.life.desk
    sound: list[Tube] = []
    for tube in rounds.tubes:
        if not rounds.chance.happens(SPOILT):
            sound.append(tube)
            continue
        order = RecordResult(
            participant=tube.one.id, visit=label_of(rounds, tube.visit, tube.taken_on), instrument=tube.instrument.id,
            readings={}, not_done=rounds.chance.pick(NOT_DONE),
        )  # fmt: skip
        desk.do(laboratory, record_result, order)
    rounds.tubes.clear()
    lines = [line for tube in sound for line in _lines(rounds, tube)]
    if lines and rounds.chance.happens(EDITED):
        wrong = [[*line[:4], f"{line[4]} ", "mg"] for line in lines[:SPOILS]]
        desk.attempt(laboratory, import_results, _file(wrong + lines[SPOILS:]))
    if lines:
        desk.do(laboratory, import_results, _file(lines))


def _lines(rounds: Rounds, tube: Tube) -> list[list[str]]:
    units = {key: one.unit or "" for key, one in keys_of(tube.instrument).items()}
    label = label_of(rounds, tube.visit, tube.taken_on)
    return [
        [tube.one.number, label, tube.taken_on.isoformat(), f"{tube.instrument.id}.{key}", text, units[key]]
        for key, text in tube.readings.items()
    ]


def _file(lines: list[list[str]]) -> ImportResults:
    file = io.StringIO()
    csv.writer(file).writerows([list(COLUMNS), *lines])
    return ImportResults.from_file("results.csv", file.getvalue().encode())
