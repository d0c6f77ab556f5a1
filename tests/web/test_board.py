"""The completeness board: who sees it, what stands on it, and that no value does."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event

from irt.outcomes.source_checks import VerifySource, verify_source
from irt.outcomes.tables import LaboratoryResult, OutcomeForm
from irt.web import create
from tests.cast import World
from tests.outcomes.queried import slip
from tests.outcomes.written_forms import latest, written
from tests.stocked import randomized
from tests.treated import Patient, treated
from tests.web.conftest import Visitor, visiting

VALUE = "87.6"


@pytest.fixture
def one(database_url: str) -> Patient:
    here = treated(database_url)
    written(here.world, here.id, "W0", "pulmonary_function", fvc=VALUE)
    form = latest(here.world, here.id, "W0", "pulmonary_function")
    here.world.do(verify_source, VerifySource(participant=here.id, forms=(form.id,)), by="monitor")
    slip(here)
    return here


@pytest.fixture
def visit(one: Patient) -> Callable[[str], Visitor]:
    app: Flask = create(one.world.service)
    return visiting(one.world, app)


def marks(page: str) -> dict[str, list[str]]:
    """What the marks of the table say, by instrument."""
    found: dict[str, list[str]] = {}
    for said in re.findall(r'class="cell-mark [^"]*" role="img" aria-label="([^"]*)"', page):
        instrument, _, how = said.partition(": ")
        found.setdefault(instrument, []).append(how)
    return found


def test_each_instrument_of_each_visit_has_its_mark(one: Patient, visit: Callable[[str], Visitor]) -> None:
    found = marks(visit("monitor").get("/completeness/").text)
    later = ["not due yet", "not due yet"]
    assert found["Pulmonary function"] == ["recorded, compared with the source", *later]
    assert found["Glucocorticoid dose"] == ["recorded, query open", *later, "not due yet", *later, "not due yet"]
    assert found["Manual muscle testing (MMT-8)"] == ["due", *later]
    assert sum(map(len, found.values())) == 3 * 13 + 4 * 2


def test_a_sign_and_not_only_a_colour_tells_them_apart(one: Patient, visit: Callable[[str], Visitor]) -> None:
    one.on_day(60)
    written(one.world, one.id, "W4", "glucocorticoid", on=one.day(40))
    page = visit("monitor").get("/completeness/").text
    signs = set(re.findall(r'class="cell-mark ([^"]*)" role="img"[^>]*>(.)<', page))
    assert {("due", "○"), ("done checked", "✓"), ("done query", "✓"), ("missing", "✕"), ("not_yet", "·")} < signs
    assert ("done timed", "L") in signs


def test_it_holds_no_value_and_of_what_unmasks_only_whether_it_is_there(
    one: Patient, visit: Callable[[str], Visitor]
) -> None:
    of = {"participant": one.id, "site": "01", "visit": "W0", "revision": 1, "recorded_by": "nobody",
          "recorded_at": one.world.clock.now()}  # fmt: skip
    one.world.put(LaboratoryResult, id="r1", **of, instrument="t_cells", state="final", collected_on=one.day(1),
                  readings='{"cd4_number": "4321"}')  # fmt: skip
    one.world.put(LaboratoryResult, id="r2", **of, instrument="cytokines", state="not_done", not_done="haemolysed",
                  readings="{}")  # fmt: skip
    page = visit("data_manager").get("/completeness/").text
    assert not [value for value in (VALUE, "4321", "haemolysed") if value in page]
    found = marks(page)
    assert (found["CD4 T cells"][0], found["Serum cytokines"][0]) == ("recorded", "not performed, with a reason")


SEES = "investigator_01 coordinator_01 monitor data_manager medical_monitor trial_manager trial_statistician auditor"
SHUT = "assessor_01 physician_assessor_01 pharmacist_01 laboratory sponsor quality depot supply_manager safety_officer"


def test_raters_and_the_laboratory_do_not_see_it(one: Patient, visit: Callable[[str], Visitor]) -> None:
    for name in SEES.split():
        page = visit(name).get("/completeness/")
        assert page.status_code == 200, name
        assert one.number in page.text, name
    for name in SHUT.split():
        assert visit(name).get("/completeness/").status_code == 403, name
    assert one.number not in visit("coordinator_02").get("/completeness/").text


def test_filtered_by_site_and_by_gaps(one: Patient, visit: Callable[[str], Visitor]) -> None:
    other = randomized(one.world, "EXAMPLE-000009")[0]
    monitor = visit("monitor")
    assert one.number not in monitor.get("/completeness/?site=02").text
    gaps = monitor.get("/completeness/?site=01&show=gaps").text
    assert one.number in gaps  # a query is open
    assert other.screening_number not in gaps
    assert monitor.get("/completeness/?page=2").status_code == 404


def test_what_was_not_performed_is_explained_and_no_gap(one: Patient, visit: Callable[[str], Visitor]) -> None:
    other = randomized(one.world, "EXAMPLE-000009")[0]
    shown, monitor = "/completeness/?site=01&show=gaps", visit("monitor")
    of = {"participant": other.id, "site": "01", "visit": "W0", "revision": 1, "state": "not_done",
          "recorded_by": "nobody", "recorded_at": one.world.clock.now()}  # fmt: skip
    for instrument in one.world.study.visits[0].instruments:
        if one.world.study.instrument(instrument).can_unmask:
            one.world.put(LaboratoryResult, id=f"r-{instrument}", **of, instrument=instrument, not_done="not_taken",
                          readings="{}")  # fmt: skip
        else:
            one.world.put(OutcomeForm, id=f"f-{instrument}", **of, instrument=instrument, readings={}, source="rater",
                          reason="it was not possible")  # fmt: skip
    one.on_day(12)  # who has no first dose has a week for it
    monitor = visit("monitor")
    assert other.screening_number not in monitor.get(shown).text
    assert "nothing is left to do, and there is no value" in monitor.get(shown).text
    late = randomized(one.world, "EXAMPLE-000010")[0]
    assert late.screening_number not in monitor.get(shown).text
    one.on_day(21)
    page = visit("monitor").get(shown).text
    assert late.screening_number in page
    assert "due, its window is over" in page
    assert other.screening_number not in page


def test_it_takes_as_many_statements_for_many_as_for_one(one: Patient, visit: Callable[[str], Visitor]) -> None:
    monitor = visit("monitor")
    monitor.get("/completeness/")
    before = statements(one.world, lambda: monitor.get("/completeness/"))
    for number in range(3):
        randomized(one.world, f"EXAMPLE-00001{number}")
    assert statements(one.world, lambda: monitor.get("/completeness/")) == before


def statements(world: World, run: Callable[[], object]) -> int:
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement)

    event.listen(world.database.read, "before_cursor_execute", note)
    try:
        run()
    finally:
        event.remove(world.database.read, "before_cursor_execute", note)
    assert told
    return len(told)
