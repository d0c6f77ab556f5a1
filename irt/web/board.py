"""The completeness board: participants, visits and instruments at a glance; whether each is there, and no value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from irt.actor import Role
from irt.outcomes.completeness import Completeness, Expected, Note, Person, Standing, counted, expected_forms
from irt.web import outcome_wording, paging, query_log, query_words, texts, words
from irt.web.completeness_rows import people_of
from irt.web.outcomes import READERS as OUTCOME_READERS
from irt.web.pages import actor, holds, page, reading
from irt.web.participants import READERS as PARTICIPANT_READERS
from irt.web.wired import service

pages = Blueprint("board", __name__, url_prefix="/completeness")

READERS = frozenset({
    Role.INVESTIGATOR, Role.COORDINATOR, Role.MONITOR, Role.DATA_MANAGER, Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER,
    Role.TRIAL_STATISTICIAN, Role.AUDITOR,
})  # fmt: skip
PER_PAGE = 40
SIGNS: dict[Standing, str] = {"not_yet": "·", "due": "○", "draft": "◐", "done": "✓", "not_done": "N", "missing": "✕"}
NOTED: dict[Note, str] = {"early": "E", "late": "L", "outside": "X", "overdue": "!"}  # in place of tick or ring


@dataclass(frozen=True)
class Mark:
    """One instrument of one visit: a sign in a shape, and what it says."""

    sign: str
    shape: str
    said: str


@dataclass(frozen=True)
class Row:
    """One participant: where they stand, and for each column of the board the visits in it with their marks."""

    person: Person
    counts: Completeness
    cells: Sequence[Sequence[tuple[str, Sequence[Mark]]]]


@page(pages, "/", roles=READERS)
def listed() -> Any:
    """One row for each participant, one cell for each visit, one mark for each instrument; by site, and paged."""
    site = request.args.get("site", "")
    with reading() as session:
        people = people_of(session, site)
    found = [(person, expected_forms(service().study, person)) for person in people]
    if request.args.get("show") == "gaps":
        found = [(person, expected) for person, expected in found if any(one.gap for one in expected)]
    part = paging.page_of(len(found), PER_PAGE)
    columns = [one.id for one in service().study.visits if one.instruments]
    every = [one for _person, expected in found for one in expected]
    return render_template(
        "board.html",
        asked=request.args,
        kept={one: request.args.get(one) for one in ("site", "show")},
        sites=texts.site_choices(actor().sites(READERS)),
        part=part,
        columns=columns,
        total=counted(every),
        queries=query_log.standing(row for one in people for row in one.queries),
        rows=[_row(*one, columns) for one in found[part.first : part.end]],
        legend=_legend(),
        orders=_orders(columns),
        reads_outcomes=holds(*OUTCOME_READERS),
        opens=holds(*PARTICIPANT_READERS),
    )


def _row(person: Person, expected: Sequence[Expected], columns: Sequence[str]) -> Row:
    visits = {visit: [_mark(one) for one in ones] for visit, ones in groupby(expected, key=lambda one: one.visit)}
    cells = [[("", visits.pop(column, []))] for column in columns]
    beyond = [(texts.visit_name(visit), marks) for visit, marks in visits.items()]
    return Row(person, counted(expected), [*cells, beyond])


def _mark(one: Expected) -> Mark:
    sign = next((NOTED[note] for note in one.notes if note in NOTED), SIGNS[one.standing])
    told = [words.word(one.standing, "FORM_STANDINGS"), *(words.word(note, "FORM_NOTES") for note in one.notes)]
    said = _("%(instrument)s: %(how)s", instrument=outcome_wording.instrument_name(one.instrument), how=", ".join(told))
    timed = ["timed"] if set(one.notes) & set(NOTED) else []
    noted = [note for note in one.notes if note in ("query", "checked")]
    return Mark(sign, " ".join([one.standing, *timed, *noted]), said)


def _legend() -> list[Mark]:
    """Every sign of the board with its meaning; a form or result that was not performed is no gap, but has no value."""
    found = [Mark(SIGNS[standing], standing, str(said)) for standing, said in _standings()]
    shapes = {note: "due timed" if note == "overdue" else "done timed" for note in NOTED}
    found += [Mark(sign, shapes[note], words.word(note, "FORM_NOTES")) for note, sign in NOTED.items()]
    return [*found, *(Mark("✓", f"done {note}", words.word(note, "FORM_NOTES")) for note in ("query", "checked"))]


def _standings() -> Iterable[tuple[Standing, Any]]:
    explained = {"not_done": _("not performed, with a reason: nothing is left to do, and there is no value")}
    return [(standing, explained.get(standing, query_words.FORM_STANDINGS[standing])) for standing in SIGNS]


def _orders(columns: Sequence[str]) -> list[tuple[str, str]]:
    """In which order the instruments of a visit stand in its cell: visits with the same ones together."""
    of = {one.id: one.instruments for one in service().study.visits if one.id in columns}
    groups: dict[tuple[str, ...], list[str]] = {}
    for visit, instruments in of.items():
        groups.setdefault(instruments, []).append(texts.visit_name(visit))
    return [
        (", ".join(visits), " · ".join(f"{n} {outcome_wording.instrument_name(one)}" for n, one in enumerate(names, 1)))
        for names, visits in groups.items()
    ]
