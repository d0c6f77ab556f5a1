"""Results that can unmask by the pages: entered, corrected, read, imported by the laboratory; nobody else sees them."""

import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from irt.dispensing.attendance import RecordVisit, record_visit
from irt.dispensing.treatment import StopTreatment, stop_treatment
from irt.outcomes.results import readings_of
from irt.outcomes.tables import LaboratoryResult
from tests.cast import CAST, World
from tests.outcomes.test_import_results import HEAD, csv, lines
from tests.treated import Patient, treated
from tests.web.conftest import Visitor
from tests.web.test_main_path import done

Visit = Callable[[str], Visitor]
TELLING = "731.5"
ROUTES = ("", "import", "template.csv", "of/{id}", "of/{id}/W12/cytokines/record", "of/{id}/W12/cytokines/correct")


@pytest.fixture
def one(database_url: str) -> Patient:
    one = treated(database_url, "01")
    one.on_day(86)
    return one


@pytest.fixture
def trial(one: Patient) -> World:
    return one.world


def path(one: Patient, rest: str = "", visit: str = "W12", instrument: str = "cytokines") -> str:
    return f"/results/of/{one.id}/{visit}/{instrument}/{rest}" if rest else f"/results/of/{one.id}"


def sent(visitor: Visitor, content: bytes, name: str = "results.csv") -> Any:
    """A file is sent by the form of the page."""
    tokens = visitor.tokens("/results/import")
    return visitor.post("/results/import", {**tokens, "file": (io.BytesIO(content), name)})


def test_a_result_is_entered_read_and_corrected(one: Patient, visit: Visit) -> None:
    laboratory = visit("laboratory")
    page = laboratory.get("/results/").text
    assert path(one, "record") in page
    form = laboratory.get(path(one, "record")).text
    for said in ("Serum cytokines", "Week 12", "pg/mL", one.number, "IL-17A"):
        assert said in form, said
    wrong = laboratory.send(path(one, "record"), collected_on="", **{"readings.il6": "12,5"})
    assert wrong.status_code == 422
    for said in ("IL-6: “12,5” is not accepted; write a number", "Collected on: fill it in"):
        assert said in wrong.text, said
    assert re.search(r'name="readings.il6"[^>]*value="12,5"', wrong.text), "what was typed stays"
    told = {"collected_on": str(one.day(85)), "readings.il6": TELLING, "readings.il2": "<0.5"}
    done(laboratory.send(path(one, "record"), **told))
    assert path(one, "record") not in laboratory.get("/results/").text
    page = unescape(laboratory.get(path(one)).text)
    assert TELLING in page
    assert "<0.5" in page
    form = laboratory.get(path(one, "correct")).text
    assert re.search(rf'name="readings.il6"[^>]*value="{TELLING}"', form)
    done(laboratory.send(path(one, "correct"), **told | {"readings.il6": "0.7", "reason": "copied"}))
    page = laboratory.get(path(one)).text
    assert "Copied wrongly" in page
    assert TELLING in page, "what stood there stays to be read"
    again = laboratory.send(path(one, "record"), **told)
    assert again.status_code == 422
    assert "There is a result already" in again.text


def test_not_done_is_chosen_from_a_list(one: Patient, visit: Visit) -> None:
    laboratory = visit("laboratory")
    both = {"collected_on": str(one.day(85)), "readings.il6": "1", "not_done": "failed"}
    assert "leave day and values empty" in laboratory.send(path(one, "record"), **both).text
    done(laboratory.send(path(one, "record"), collected_on="", not_done="not_received"))
    assert "No sample came" in laboratory.get(path(one)).text


def test_the_laboratory_is_told_number_and_visit_and_nothing_else(one: Patient, visit: Visit) -> None:
    world = one.world
    told = StopTreatment(participant=one.id, last_day=one.day(60), stop_reason="adverse_event")
    world.do(stop_treatment, told, by="investigator_01")
    for label, day in (("ET", 62), ("UV", 62)):
        came = RecordVisit(participant=one.id, visit=label, visited_on=one.day(day), reason="it was so")
        world.do(record_visit, came, by="coordinator_01")
    laboratory = visit("laboratory")
    for address in ("/", "/results/", path(one), "/results/template.csv"):
        page = laboratory.get(address).text
        for hidden in ("ET.1", "UV.1", "Early termination", "Unscheduled", "stopped", "Randomized", "adverse"):
            assert hidden not in page, (address, hidden)
    page = laboratory.get(path(one)).text
    assert f"Additional visit of {one.day(62)}" in page
    assert f"Additional visit of {one.day(62)} (2)" in page
    assert "Week 12" in page, "a stop moves no visit"
    assert laboratory.get(f"/results/of/{one.id}/ET.1/cytokines/record").status_code == 404
    assert laboratory.get(f"/results/of/{one.id}/X.{one.day(62)}/blood_count/record").status_code == 200


def test_a_template_is_filled_in_looked_through_and_taken_in(one: Patient, visit: Visit) -> None:
    laboratory = visit("laboratory")
    template = laboratory.get("/results/template.csv").data.decode("utf-8-sig").splitlines()
    assert template[0] == HEAD
    assert f"{one.number},W12,,cytokines.il6,,pg/mL," in template
    filled = [row.replace(",,", f",{one.day(85)},", 1).replace("il6,,", f"il6,{TELLING},") if "W12" in row and
              "il6" in row else row for row in template[1:]]  # fmt: skip
    looked = sent(laboratory, csv(*filled))
    assert looked.status_code == 200
    assert "Nothing is taken in yet." in looked.text
    assert "The file holds 1 new results" in looked.text
    assert one.world.rows(LaboratoryResult) == []
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', looked.text))
    taken = laboratory.post("/results/import", {name: unescape(value) for name, value in hidden.items()})
    assert taken.status_code == 303
    assert "1 results taken in; 0 rows were recorded so already." in laboratory.get("/results/").text
    assert readings_of(one.world.row(LaboratoryResult)) == {"il6": TELLING}
    again = sent(laboratory, csv(*filled))
    assert "1 of its rows are recorded so already" in again.text
    assert 'name="packed"' not in again.text


def test_every_wrong_row_stands_there_with_its_remedy(one: Patient, visit: Visit) -> None:
    laboratory = visit("laboratory")
    rows = lines(one.number, one.day(85))
    rows[0], rows[5] = rows[0].replace("612", "6x2"), rows[5].replace("10⁹/L", "G/L")
    answer = sent(laboratory, csv(*rows))
    assert answer.status_code == 422
    for said in ("Nothing was recorded.", "Row 2, value", "“6x2”", "write a number", "Row 7, unit",
                 "write the value in 10⁹/L"):  # fmt: skip
        assert said in answer.text, said
    laboratory.get("/language/zh_Hans_CN")
    answer = sent(laboratory, csv(*rows))
    assert "第 2 行" in answer.text
    assert "Row 2" not in answer.text
    assert sent(laboratory, b"", "").status_code == 422
    assert one.world.rows(LaboratoryResult) == []


def test_a_broken_second_word_takes_nothing_in(one: Patient, visit: Visit) -> None:
    laboratory = visit("laboratory")
    tokens = laboratory.tokens("/results/import")
    for packed in ("%%%", "AAAA", ""):
        answer = laboratory.post("/results/import", {**tokens, "filename": "r.csv", "packed": packed})
        assert answer.status_code == 422, packed
    assert one.world.rows(LaboratoryResult) == []


@pytest.mark.parametrize("name", sorted(name for name in CAST if name not in ("laboratory", "operator")))
def test_nobody_else_has_a_page_of_them(one: Patient, visit: Visit, name: str) -> None:
    other = visit(name)
    for address in ROUTES:
        answer = other.get(f"/results/{address}".format(id=one.id))
        nothing = other.get(f"/results/{address}".format(id="a" * 20))
        assert (answer.status_code, answer.text) == (403, nothing.text), address
    assert "/results/" not in other.get("/").text
