"""A kit that the depot cannot find, or that is broken there: out of stock and out of its box, and found again."""

from datetime import timedelta

import pytest

from irt.assurance.verify import verify
from irt.dispensing.at_depot import ReportAtDepot, report_at_depot
from irt.dispensing.dispense import Assign, assign
from irt.migrate import newest
from irt.supply.recall import search
from irt.supply.shipments import PackShipment, RequestShipment, pack_shipment, request_shipment
from irt.supply.tables import Kit, Movement, Shipment
from tests.cast import World
from tests.dispensing.mishapped import PHARMACIST, second
from tests.dispensing.test_assign import SECOND, on_the_day_of
from tests.stocked import on_shelf, packed, randomized, running_trial, send_off, take_away, type_due


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01")


def report(kit: str, what: str = "lost") -> ReportAtDepot:
    return ReportAtDepot(kit=kit, what=what, reason="It is not where it should be")  # type: ignore[arg-type]


def asked_for(trial: World) -> str:
    return str(trial.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager"))


def findings(trial: World) -> list[str]:
    found = verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest())
    return [str(one) for one in found if one.table in ("kit", "movement", "shipment", "quarantine", "express")]


@pytest.mark.parametrize("what", ["lost", "damaged"])
def test_a_kit_at_the_depot_is_given_up(trial: World, what: str) -> None:
    kit = trial.rows(Kit, state="at_depot")[0].number
    assert trial.do(report_at_depot, report(kit, what), by="depot") is None
    row = trial.row(Kit, number=kit)
    assert (row.state, row.site, row.participant) == (what, None, None)
    assert trial.last_audit().reason == "It is not where it should be"
    assert trial.refusal(report_at_depot, report(kit, what), by="depot").code == "kit_not_at_depot"
    assert findings(trial) == []


@pytest.mark.parametrize("what", ["lost", "damaged"])
@pytest.mark.parametrize("pack_first", [False, True])
def test_the_box_that_it_lies_in_is_cancelled_and_the_others_are_back(
    trial: World, what: str, pack_first: bool
) -> None:
    stock = {kit.number for kit in trial.rows(Kit, state="at_depot")}
    box = asked_for(trial)
    kit, *others = packed(trial, box)
    if pack_first:
        trial.do(pack_shipment, PackShipment(shipment=box, kits=(kit, *others)), by="depot")
    assert trial.do(report_at_depot, report(kit, what), by="depot") is None
    row = trial.row(Shipment, id=box)
    assert (row.state, row.cancel_reason) == ("cancelled", "It is not where it should be")
    assert {one.number for one in trial.rows(Kit, state="at_depot")} == stock - {kit}
    assert {trial.row(Kit, number=one).site for one in (kit, *others)} == {None}
    lines = [(line.before, line.after, line.shipment) for line in trial.rows(Movement, kit=kit)]
    assert lines == [("at_depot", "packed", box), ("packed", what, box)]
    assert kit not in packed(trial, asked_for(trial))
    assert findings(trial) == []


def test_the_kit_of_an_express_box_is_lost_and_another_is_sent(database_url: str) -> None:
    trial = running_trial(database_url, "01", "02", depot=96)
    one, _ = randomized(trial)
    on_the_day_of(trial, one, SECOND)
    take_away(trial, on_shelf(trial, "01")[type_due(trial, one.id)])
    ask = Assign(participant=one.id, visit=second(trial))
    first = trial.do(assign, ask, by=PHARMACIST).shipment
    box = trial.row(Shipment, number=first)
    (kit,) = packed(trial, box.id)
    assert trial.do(report_at_depot, report(kit), by="depot") is None
    assert trial.row(Shipment, number=first).state == "cancelled"
    again = trial.do(assign, ask, by=PHARMACIST).shipment
    assert again not in (None, first)
    assert packed(trial, trial.row(Shipment, number=again).id) != [kit]
    assert [row for row in findings(trial) if kit in row] == []


def test_what_was_in_a_box_that_never_left_is_in_no_recall_list(trial: World) -> None:
    box = asked_for(trial)
    kit = trial.row(Kit, number=packed(trial, box)[0])
    trial.do(report_at_depot, report(kit.number), by="depot")
    with trial.database.reading(trial.actor("trial_manager")) as session:
        found, depot = search(session, kit.number)
        of_lot, _ = search(session, kit.lot)
    assert (found, depot) == ([], 1)
    assert kit.number not in {one.kit for one in of_lot}


def test_what_is_not_at_the_depot_is_not_given_up_there(trial: World) -> None:
    box = asked_for(trial)
    send_off(trial, box)
    sent, there = packed(trial, box)[0], trial.rows(Kit, site="01", state="available")[0].number
    for kit in (sent, there, "9999999"):
        refused = trial.refusal(report_at_depot, report(kit), by="depot")
        assert (refused.code, refused.facts) == ("kit_not_at_depot", {"kit": kit})
    assert trial.row(Shipment, id=box).state == "in_transit"
    kit = trial.rows(Kit, state="at_depot")[0].number
    for name in ("trial_manager", PHARMACIST, "supply_manager"):
        assert trial.refusal(report_at_depot, report(kit), by=name).code == "role_not_allowed"


def test_a_kit_that_is_found_goes_into_quarantine_and_to_nobody(trial: World) -> None:
    kit, other = (row.number for row in trial.rows(Kit, state="at_depot")[:2])
    trial.do(report_at_depot, report(kit), by="depot")
    trial.clock.advance(timedelta(days=1))
    assert trial.refusal(report_at_depot, report(other, "found"), by="depot").code == "kit_not_lost_at_depot"
    trial.do(report_at_depot, report(kit, "found"), by="depot")
    assert (trial.row(Kit, number=kit).state, trial.row(Kit, number=kit).site) == ("quarantined", None)
    assert findings(trial) == []
    here = trial.rows(Kit, site="01", state="available")[0].number
    take_away(trial, [here], state="lost")  # a site's own turns up at the site
    assert trial.refusal(report_at_depot, report(here, "found"), by="depot").code == "kit_not_lost_at_depot"
