"""The pages of queries, completeness and progress to look at: forms by the acts, some slips among them, some gaps."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from irt.clock import local_day
from irt.db import Base
from irt.outcomes.capture import JUDGES, Sheet, rate, rated_by, record
from irt.outcomes.queries import RaiseQuery, WriteQuery, answer, raise_one
from irt.outcomes.query_tables import Query
from irt.outcomes.source_checks import VerifySource, verify_source
from irt.outcomes.tables import OutcomeForm
from irt.participants.tables import Participant, VisitRecord
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk
from tests.journeys.shot import Shot
from tests.outcomes.written_forms import plain

SLIPS = {
    "glucocorticoid": {"drug": "none", "dose": "7.5"}, "muscle_enzymes": {"aldolase_uln": ""},
    "pulmonary_function": {"fvc": "40.5", "dlco": "92"},
}  # fmt: skip


def query_shots(desk: Desk, cast: Cast, site: str) -> Iterator[Shot]:
    """Leave forms, queries and marks of a site's participants, and name the pages by who works with them."""
    for place, person in enumerate(_rows(desk, cast, Participant)):
        if person.first_dose_on is not None:
            _forms(desk, cast, person, place)
    forms = [one for one in _rows(desk, cast, OutcomeForm, site=site) if one.instrument == "mmt8"]
    form, person = forms[0], forms[0].participant
    _asked(desk, cast, forms)
    marked = [one.id for one in _rows(desk, cast, OutcomeForm, participant=person) if one.instrument != "haq"]
    desk.attempt(cast.one("monitor"), verify_source, VerifySource(participant=person, forms=tuple(marked[::2])))
    queries = {one.owner: one.id for one in _rows(desk, cast, Query, site=site, state="open")}
    answered = _rows(desk, cast, Query, site=site, state="answered")[0].id
    of_rater, of_nurse = f"/queries/{queries['assessor']}", f"/queries/{queries['coordinator']}"
    pages = {
        ("data_manager", None): {
            "board": "/completeness/", "board-gaps": f"/completeness/?show=gaps&site={site}", "queries": "/queries/",
            "progress": "/progress/", "query-raise": f"/queries/outcomes/{form.id}/raise",
        },
        ("monitor", None): {
            "verify-source": f"/queries/participants/{person}/verify", "query-answered": f"/queries/{answered}",
            "query-close": f"/queries/{answered}/close",
        },
        ("coordinator", site): {
            "board-site": "/completeness/", "queries-site": "/queries/", "query-check": of_nurse,
            "query-answer": f"{of_nurse}/answer",
        },
        ("assessor", site): {"queries-rater": "/queries/", "query-rater": of_rater, "worklist-rater": "/"},
        ("trial_statistician", None): {"progress-pooled": "/progress/"},
    }  # fmt: skip
    for (role, at), addresses in pages.items():
        yield from (Shot(name, role, at, path) for name, path in addresses.items())


def _rows(desk: Desk, cast: Cast, model: type[Base], **equal: Any) -> list[Any]:
    with desk.service.database.reading(cast.one("auditor")) as session:
        return sorted(session.scalars(select(model).filter_by(**equal)), key=lambda row: str(row.id))


def _forms(desk: Desk, cast: Cast, person: Any, place: int) -> None:
    """Most of what was due of somebody, some of it late, some with a slip; an instrument here and there is left out."""
    held = {one.visit: one.visited_on for one in _rows(desk, cast, VisitRecord, participant=person.id)}
    today = local_day(desk.clock.now(), desk.service.study.site(person.site).time_zone)
    for turn, visit in enumerate(desk.service.study.visits):
        due = person.first_dose_on + timedelta(visit.day - 1)
        day = min(today, (held.get(visit.id) or due) + timedelta(5 if (place + turn) % 7 == 0 and turn else 0))
        for number, name in enumerate(visit.instruments):
            if due <= today and (place + turn + number) % 9 and not desk.service.study.instrument(name).can_unmask:
                _form(desk, cast, person, visit.id, name, day, slip=(place + turn) % 5 == 0)


def _form(desk: Desk, cast: Cast, person: Any, visit: str, name: str, day: date, *, slip: bool) -> None:
    number, instrument = len(person.id) + sum(map(ord, person.id + visit + name)), desk.service.study.instrument(name)
    values = plain(name, desk.service.study)
    for field in instrument.fields:
        if field.direction != "none" and field.maximum is not None and field.maximum <= 100 and field.items == 1:
            number = number * 31 % 997
            value = field.minimum + (number % 8) * (field.maximum - field.minimum) / 10
            values[field.id] = str(int(value) if field.step == 1 else value)
    values |= SLIPS.get(name, {}) if slip else {}
    readings = {f"{name}.{key}": text for key, text in values.items()}
    owner = rated_by(instrument)
    order = Sheet(participant=person.id, visit=visit, assessed_on=day, readings=readings)
    desk.attempt(cast.at(person.site, owner), rate if owner in JUDGES else record, order)


def _asked(desk: Desk, cast: Cast, forms: list[Any]) -> None:
    for place, form in enumerate(forms[:3]):
        told = {"participant": form.participant, "visit": form.visit, "instrument": form.instrument}
        words = "The worksheet says another number for the deltoid; which one is right?"
        query = desk.do(cast.one("monitor"), raise_one, RaiseQuery(**told, field="deltoid", text=words)).answer
        if place:
            told_back = WriteQuery(query=query, text="工作表上为 6，已核对；录入无误。")
            desk.do(cast.at(form.site, "assessor"), answer, told_back)
