"""Who reads the audit trail of one site reads of no other: what concerns several sites is filed under none."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from irt.actor import Grant, Role
from irt.dispensing.attendance import SweepVisits, sweep_visits
from irt.dispensing.excursions import ReportExcursion, report_excursion
from irt.dispensing.lot_holds import hold_lot, reject_lot, resume_lot
from irt.dispensing.ordering import OrderSupplies, order_supplies
from irt.dispensing.review import ReviewShelves, review_shelves
from irt.dispensing.sweep import SweepKits, sweep_kits
from irt.gate.act import Order
from irt.gate.tables import AuditEntry
from irt.supply.lots import ChangeExpiry, DecideLot, extend_lot, shorten_lot
from irt.supply.tables import Kit
from tests import cast
from tests.cast import World
from tests.dispensing.test_ordering import to_a_shipping_day
from tests.stocked import on_shelf, randomized, running_trial, take_away
from tests.web.conftest import Visitor

Visit = Callable[[str], Visitor]
Act = Callable[..., Any]


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", depot=96)


@pytest.fixture
def monitors(monkeypatch: pytest.MonkeyPatch, visit: Visit) -> Callable[[], list[Visitor]]:
    """A monitor of site 01 alone, and one of 02, signed in anew."""
    for site in ("01", "02"):
        monkeypatch.setitem(cast.CAST, f"monitor_{site}", Grant(Role.MONITOR, site))
    return lambda: [visit(f"monitor_{site}") for site in ("01", "02")]


def named(entry: Any) -> set[str]:
    """The sites whose rows an entry holds."""
    changes = json.loads(entry.body).get("changes", [])
    rows = [row for _table, _key, *both in changes for row in both if isinstance(row, dict)]
    return {row["site"] for row in rows if row.get("site")}


def decisions(world: World) -> list[tuple[Act, Order, str]]:
    kit = world.rows(Kit, state="assigned")[0]
    lot = DecideLot(lot=kit.lot, reason="particles were seen")
    earlier, later = (ChangeExpiry(lot=kit.lot, expiry=kit.expiry + timedelta(days=days), reason="stability data")
                      for days in (-20, 40))  # fmt: skip
    return [
        (hold_lot, lot, "quality"), (shorten_lot, earlier, "quality"), (resume_lot, lot, "quality"),
        (extend_lot, later, "quality"), (hold_lot, lot, "medical_monitor"), (reject_lot, lot, "quality"),
    ]  # fmt: skip


def test_a_decision_on_a_lot_is_filed_under_no_site_and_no_participant(
    trial: World, monitors: Callable[[], list[Visitor]]
) -> None:
    for number, site in ((1, "01"), (2, "02")):
        randomized(trial, f"EXAMPLE-00000{number}", site)
    there = monitors()
    for function, order, by in decisions(trial):
        trial.do(function, order, by=by)
        entry = trial.last_audit()
        assert (entry.site, entry.participant) == (None, None), entry.act
        assert named(entry) == (set() if function is extend_lot else {"01", "02"}), entry.act
        assert [visitor.get(trial.entry_page(entry.seq)).status_code for visitor in there] == [404, 404]


def test_so_are_the_acts_of_the_night(trial: World, monitors: Callable[[], list[Visitor]]) -> None:
    to_a_shipping_day(trial)
    take_away(trial, [kit for kits in on_shelf(trial, "02").values() for kit in kits])
    began = trial.last_audit().seq
    assert trial.do(order_supplies, OrderSupplies(), by="operator").boxes > 0
    trial.do(review_shelves, ReviewShelves(), by="operator")
    trial.do(sweep_visits, SweepVisits(), by="operator")
    trial.clock.advance(timedelta(days=901))
    assert trial.do(sweep_kits, SweepKits(), by="operator").expired > 0
    acts = [one for one in trial.rows(AuditEntry) if one.seq > began and one.roles == "operator"]
    assert [one.act for one in acts] == ["supply.order", "shelf.review", "visits.sweep", "kits.sweep"]
    assert {one.site for one in acts} == {None}
    for visitor in monitors():
        assert {visitor.get(trial.entry_page(one.seq)).status_code for one in acts} == {404}


def test_what_concerns_one_site_is_filed_under_it_and_under_no_one_of_its_participants(
    trial: World, monitors: Callable[[], list[Visitor]]
) -> None:
    for number in (1, 2):
        randomized(trial, f"EXAMPLE-00000{number}")
    warm = ReportExcursion(
        site="01", noticed_on=trial.clock.now().date(), noticed_at="07:30", told="the door stood open"
    )  # fmt: skip
    trial.do(report_excursion, warm, by="pharmacist_01")
    entry = trial.last_audit()
    assert (entry.site, entry.participant) == ("01", None)
    assert [visitor.get(trial.entry_page(entry.seq)).status_code for visitor in monitors()] == [200, 404]


def test_no_entry_under_a_site_holds_a_row_of_another(trial: World) -> None:
    for number, site in ((1, "01"), (2, "02")):
        randomized(trial, f"EXAMPLE-00000{number}", site)
    trial.do(hold_lot, DecideLot(lot=trial.rows(Kit)[0].lot, reason="particles were seen"), by="quality")
    filed = [one for one in trial.rows(AuditEntry) if one.site is not None]
    assert len({one.act for one in filed}) > 10
    assert [(one.act, one.site) for one in filed if named(one) - {one.site}] == []
