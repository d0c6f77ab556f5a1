"""Masked progress: whom it shows what, from how many participants on, and that nothing of it is by site or arm."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from irt.outcomes.tables import EnzymeChoice, OutcomeForm
from irt.participants.tables import Participant
from irt.randomization.tables import Randomization
from irt.web import create
from irt.web.progress import FEWEST, by_week
from tests.cast import World
from tests.outcomes.written_forms import plain, written
from tests.treated import Patient, treated
from tests.web.conftest import Visitor, visiting

DAY = timedelta(days=1)
MONDAY = date(2026, 3, 2)


@pytest.fixture
def one(database_url: str) -> Patient:
    here = treated(database_url)
    written(here.world, here.id, "W0", "mmt8")
    return here


@pytest.fixture
def visit(one: Patient) -> Callable[[str], Visitor]:
    app: Flask = create(one.world.service)
    return visiting(one.world, app)


@pytest.mark.parametrize(
    ("days", "today", "expected"),
    [
        ([], None, [0]),
        ([0], 0, [0, 1]),
        ([0, 6, 7, 20], 20, [0, 2, 3, 4]),
        ([0, 6, 7, 20], 28, [0, 2, 3, 4, 4, 4]),
        ([5, 5], 40, [0, 2, 2, 2, 2, 2, 2]),
    ],
)
def test_weeks_count_from_the_first(days: list[int], today: int | None, expected: list[int]) -> None:
    on = None if today is None else MONDAY + today * DAY
    assert by_week([MONDAY + day * DAY for day in days], on) == expected


SEES = "monitor data_manager medical_monitor trial_manager trial_statistician sponsor quality auditor"
SHUT = "investigator_01 coordinator_01 assessor_01 physician_assessor_01 pharmacist_01 laboratory supply_manager"


def test_central_masked_roles_see_recruitment_and_completeness(one: Patient, visit: Callable[[str], Visitor]) -> None:
    for name in SEES.split():
        page = visit(name).get("/progress/")
        assert page.status_code == 200, name
        assert "<polyline" in page.text, name
        assert re.search(r"100 % <span[^>]*>1/1<", page.text), name
        assert ("Pooled distributions" in page.text) == (name == "trial_statistician"), name
    for name in SHUT.split():
        assert visit(name).get("/progress/").status_code == 403, name


def test_pooled_distributions_are_off_unless_the_study_says_so(one: Patient, visit: Callable[[str], Visitor]) -> None:
    page = visit("trial_statistician").get("/progress/").text
    assert "They are switched off" in page
    assert "<figure>" not in page


# -- switched on ---------------------------------------------------------------------------------------------------

CORE = ("mmt8", "physician_global", "patient_global", "haq", "mdaat", "muscle_enzymes")


def switched_on(one: Patient, people: int, whole: int) -> World:
    """A trial of so many, the first `whole` of them with every measure at weeks 0 and 12."""
    for name in SEES.split():
        one.world.actor(name)  # while the study file is the one taken in
    world = one.world.under(capture=one.world.study.capture.model_copy(update={"pooled_efficacy": True}))
    person = world.row(Participant)._asdict()
    done = world.row(Randomization)._asdict()
    for number in range(people):
        who = f"x{number}"
        world.put(Participant, **{**person, "id": who, "screening_number": f"01-9{number:03}", "identity": who})
        world.put(Randomization, **{**done, "participant": who, "number": f"R{number}"})
        for visit, day in (("W0", 1), ("W12", 85)) if number < whole else ():
            for instrument in CORE:
                put(world, who, visit, instrument, one.day(day))
        if number < whole:
            world.put(EnzymeChoice, id=f"e{number}", participant=who, site="01", revision=1, form=form_of(world, who),
                      enzyme="ck", upper_limit=200, chosen_at=world.clock.now())  # fmt: skip
    return world


def put(world: World, who: str, visit: str, instrument: str, day: date) -> None:
    better = {"vas": "1.0"} if visit == "W12" else {}
    readings = plain(instrument)
    readings |= {key: text for key, text in better.items() if key in readings}
    world.put(
        OutcomeForm, id=f"{who}{visit}{instrument}"[:40], participant=who, site="01", visit=visit,
        instrument=instrument, revision=1, state="final", assessed_on=day, readings=readings, source="rater",
        recorded_at=world.clock.now(), recorded_by="nobody",
    )  # fmt: skip


def form_of(world: World, who: str) -> str:
    return str(world.row(OutcomeForm, participant=who, visit="W0", instrument="muscle_enzymes").id)


def figures(page: str) -> dict[str, list[str]]:
    """Of how many participants each figure is, by visit and title; `<` where it is not drawn."""
    found: dict[str, list[str]] = {}
    for title, count in re.findall(r"<figcaption>(.*?) <span[^>]*>n (?:= )?([^<]*)<", page):
        found.setdefault(title, []).append(count)
    return found


def asked(world: World, name: str) -> Any:
    return visiting(world, create(world.service))(name).get("/progress/")


def test_from_ten_participants_on_they_are_drawn(one: Patient) -> None:
    world = switched_on(one, FEWEST + 2, FEWEST)
    one.on_day(90)
    page = asked(world, "trial_statistician").text
    found = figures(page)
    assert found["Total Improvement Score"] == ["10", "&lt; 10"]
    assert found["MMT-8 total"][1:] == ["10", "&lt; 10"]
    assert len(found) == 7
    assert page.count("<rect") > 0


def test_of_fewer_nothing_is_told(one: Patient) -> None:
    world = switched_on(one, FEWEST + 2, FEWEST - 2)
    one.on_day(90)
    page = asked(world, "trial_statistician").text
    assert set(figures(page)["Total Improvement Score"]) == {"&lt; 10"}
    assert "<rect" not in page
    assert page.count("Too few participants.") == page.count("<figure>") == 3 * 6 + 2


def test_switched_on_nobody_else_sees_them(one: Patient) -> None:
    world = switched_on(one, FEWEST + 2, FEWEST)
    one.on_day(90)
    for name in SEES.split():
        if name != "trial_statistician":
            page = asked(world, name).text
            assert "Total Improvement Score" not in page, name
            assert "<figure>" not in page, name
