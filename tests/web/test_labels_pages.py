"""The label pages: who prints what, always sorted and whole; and fields that take a scanned code."""

import io
import random
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from sqlalchemy import insert

from irt.gate.rows import table_of
from irt.paper.both import Both
from irt.paper.labels import LabelTexts
from irt.supply.labelling import label_texts
from irt.supply.lots import ChangeExpiry, Relabel, extend_lot, relabel
from irt.supply.tables import Assignment, Kit, Lot, LotDecision, Movement, Shipment
from tests.cast import World
from tests.dispensing.given import PHARMACIST, at_home
from tests.stocked import randomized, running_trial, stock_site, take_away
from tests.web.conftest import Visitor

NUMBER = re.compile(r"药盒编号 Kit number\s+(\d{7,10})")


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def printed(answer: Any) -> str:
    """The text of a PDF that a page handed out."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)


def numbers_on(answer: Any) -> list[str]:
    return NUMBER.findall(printed(answer))


def test_the_labels_of_a_lot_are_all_of_it_sorted_whatever_became_of_its_kits(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    lots = {kit.lot for kit in trial.rows(Kit)}
    depot, supplier, seen = visit("depot"), visit("supply_manager"), 0
    for lot in lots:
        kits = trial.rows(Kit, lot=lot)
        assert len({kit.state for kit in kits}) > 1, "some are at sites, some at the depot"
        found = numbers_on(depot.get(f"/labels/lot/{lot}/1.pdf"))
        assert found == sorted((kit.number for kit in kits), key=int)
        assert numbers_on(supplier.get(f"/labels/lot/{lot}/1.pdf")) == found
        seen += len(found)
    assert seen > 40
    for path in ("/labels/lot/none/1.pdf", f"/labels/lot/{lot}/0.pdf", f"/labels/lot/{lot}/9.pdf"):
        assert depot.get(path).status_code == 404


def test_a_lot_code_may_have_a_stroke(trial: World, visit: Callable[[str], Visitor]) -> None:
    kit, lot = trial.rows(Kit)[0].number, table_of(Lot)
    with trial.database.writing() as connection:
        values = {"code": "26/03", "expiry": trial.row(Kit, number=kit).expiry, "state": "released"}
        connection.execute(insert(lot).values(**values, set_at=trial.clock.now()))
    take_away(trial, [kit], lot="26/03")
    depot = visit("depot")
    assert 'href="/labels/lot/26/03/1.pdf"' in depot.get("/labels").text
    answer = depot.get("/labels/lot/26/03/1.pdf")
    assert numbers_on(answer) == [kit]
    assert "kit-labels-26-03-1" in answer.headers["Content-Disposition"]


def test_the_page_offers_each_lot_in_files_and_one_kit_by_its_scanned_label(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    kit = random.Random(4).choice(trial.rows(Kit))
    depot = visit("depot")
    assert "/labels" in depot.get("/supply").text
    page = depot.get("/labels").text
    assert f'href="/labels/lot/{kit.lot}/1.pdf"' in page
    assert f'href="/labels/kit/{kit.number}.pdf"' in depot.get(f"/labels?kit=%5Dd2%1D21{kit.number}").text
    assert numbers_on(depot.get(f"/labels/kit/{kit.number}.pdf")) == [kit.number]
    assert "No kit has this number." in depot.get("/labels?kit=1000000").text
    assert depot.get("/labels/kit/1000000.pdf").status_code == 404


def test_the_depot_prints_the_labels_of_a_box(trial: World, visit: Callable[[str], Visitor]) -> None:
    box = trial.rows(Shipment, site="02")[0]
    contents = {line.kit for line in trial.rows(Movement, shipment=box.id)}
    depot, path = visit("depot"), f"/shipments/{box.id}/labels.pdf"
    assert path in depot.get(f"/shipments/{box.id}").text
    found = numbers_on(depot.get(path))
    assert found == sorted(contents, key=int)
    assert len(found) == box.kits > 7
    assert visit("supply_manager").get(path).status_code == 403
    assert visit("pharmacist_02").get(path).status_code == 403


def test_a_text_that_no_label_can_hold_is_named_with_the_remedy(
    trial: World, visit: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    long = LabelTexts(**{**vars(label_texts(trial.study)), "contact": Both("WORD " * 110, "字" * 560)})
    monkeypatch.setattr("irt.web.labels.label_texts", lambda study: long)
    answer = visit("depot").get(f"/labels/kit/{trial.rows(Kit)[0].number}.pdf")
    assert answer.status_code == 422
    assert "too long for a label" in answer.text


def test_the_label_of_a_visit_names_whose_it_is_and_the_day_once_it_is_handed_over(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    one, _ = randomized(trial, "EXAMPLE-000001")
    kit = trial.row(Assignment, participant=one.id)
    pharmacist, path = visit(PHARMACIST), f"/participants/{one.id}/visits/W0/label.pdf"
    assert path in pharmacist.get("/dispensing").text
    before = printed(pharmacist.get(path))
    person = pharmacist.get(f"/participants/{one.id}").text
    number = re.search(r"\b01-\d{4}\b", person)
    assert number is not None
    for text in (kit.kit, number[0], "Week 0" if "Week 0" in before else "Baseline", "Investigator"):
        assert text in before
    today = trial.clock.now().date().isoformat()
    assert today not in before.replace(f"/ {today}", "")  # the footer says when it was printed
    handed = {"kit": f"]d2\x1d21{kit.kit}"}
    assert pharmacist.send(f"/participants/{one.id}/visits/W0/hand-over", **handed).status_code == 303
    trial.clock.advance(timedelta(days=3))
    after = printed(visit(PHARMACIST).get(path))
    assert today in after
    assert visit("pharmacist_02").get(path).status_code == 404


def test_the_pharmacist_prints_what_is_to_be_relabelled_whole_and_sorted(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    _, told = randomized(trial)
    lot = trial.row(Lot, code=trial.row(Kit, number=told.kit).lot)
    order = ChangeExpiry(lot=lot.code, expiry=lot.expiry + timedelta(days=90), reason="stability data of month 36")
    decision = trial.do(extend_lot, order, by="quality")
    path, pharmacist = f"/sites/01/labels/{decision}.pdf", visit(PHARMACIST)
    assert path in pharmacist.get(f"/sites/01/relabel/{decision}").text
    standing = sorted((kit.number for kit in trial.rows(Kit, site="01", lot=lot.code)), key=int)
    assert told.kit in standing, "one that waits for its visit bears the new day too"
    answer = pharmacist.get(path)
    assert numbers_on(answer) == standing
    assert order.expiry.isoformat() in printed(answer)
    assert numbers_on(visit("pharmacist_02").get(f"/sites/02/labels/{decision}.pdf"))
    assert visit("pharmacist_02").get(path).status_code == 404
    assert visit("depot").get(path).status_code == 403
    trial.do(relabel, Relabel(decision=decision, site="01", kits=tuple(standing)), by=PHARMACIST)
    assert pharmacist.get(path).status_code == 404
    stock_site(trial, "01", 8)
    new = {kit.number for kit in trial.rows(Kit, site="01")} - set(standing)
    assert numbers_on(pharmacist.get(path)) == sorted(new, key=int)
    released = trial.rows(LotDecision, kind="released")[0]
    assert pharmacist.get(f"/sites/01/labels/{released.id}.pdf").status_code == 404


def test_nothing_but_the_number_tells_two_kits_of_different_types_apart(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    """All labels of a lot, with their numbers taken out, are the same text."""
    lot = trial.rows(Kit)[0].lot
    text = printed(visit("depot").get(f"/labels/lot/{lot}/1.pdf"))
    pieces = re.split("仅用于临床试验", text)[1:]
    assert len(pieces) > 20
    plain = {re.sub(r"\b\d{7,10}\b", "", piece).partition("IL2-DM / 20")[0].strip() for piece in pieces}
    assert len(plain) == 1


def test_a_scanned_label_is_taken_wherever_a_kit_is_asked_for(trial: World, visit: Callable[[str], Visitor]) -> None:
    """Found by their mark on the pages, so that a new field without it is missed by nobody."""
    one, kit = at_home(trial)
    pharmacist = visit(PHARMACIST)
    paths = [
        f"/participants/{one.id}/return", f"/participants/{one.id}/first-dose", "/what-happened/wrong-box",
        "/what-happened/still-here", "/what-happened/lost-or-damaged", "/what-happened/another-site", "/recall",
    ]  # fmt: skip
    for path in paths:
        page = pharmacist.get(path).text
        fields = re.findall(r'<input[^>]*name="(?:kit|q)"[^>]*>', page, re.S)
        assert len(fields) == 1, path
        assert "data-scan" in fields[0], path
    found = pharmacist.get(f"/recall?q=%5Dd2%1D21{kit}").text
    assert kit in found
    assert ">1<" in found.replace(" ", "") or "At home" in found
