"""A refrigerator out of range: all that stands in it is held at once, and freed or given up together."""

from datetime import timedelta

import pytest

from irt.dispensing.dispense import Assign, Cancel, HandOver, assign, cancel, hand_over
from irt.dispensing.excursions import (
    DecideQuarantine,
    ReportExcursion,
    reject_quarantine,
    release_quarantine,
    report_excursion,
)  # fmt: skip
from irt.dispensing.lot_holds import hold_lot, resume_lot
from irt.supply.lots import DecideLot
from irt.supply.tables import Assignment, Kit, Quarantine, QuarantinedKit, Shelf
from tests.cast import World
from tests.stocked import on_shelf, randomized, running_trial, stock_site


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=16, depot=96)


def report(trial: World, by: str = "pharmacist_01") -> str:
    order = ReportExcursion(
        site="01", noticed_on=trial.clock.now().date(), noticed_at="07:30", lowest="-1.5", highest="4", minutes=95,
        told="the door stood open",
    )  # fmt: skip
    return str(trial.do(report_excursion, order, by=by))


def release(trial: World, entry: str) -> None:
    trial.do(release_quarantine, DecideQuarantine(quarantine=entry, reason="within the stability data"), by="quality")


def kits(trial: World, site: str, state: str) -> set[str]:
    return {kit.number for kit in trial.rows(Kit, site=site, state=state)}


def test_all_that_stands_there_is_held_and_nothing_elsewhere(trial: World) -> None:
    here, there = kits(trial, "01", "available"), kits(trial, "02", "available")
    report(trial)
    assert kits(trial, "01", "quarantined") == here
    assert kits(trial, "02", "available") == there
    assert (trial.row(Shelf, site="01").randomization, trial.row(Shelf, site="02").randomization) == ("closed", "open")
    row = trial.row(Quarantine)
    assert (row.kind, str(row.lowest), str(row.highest), row.minutes) == ("refrigerator", "-1.5", "4", 95)


def test_released_all_are_back_and_the_site_is_open(trial: World) -> None:
    here = kits(trial, "01", "available")
    release(trial, report(trial))
    assert kits(trial, "01", "available") == here
    assert trial.row(Shelf, site="01").randomization == "open"


def test_rejected_none_is_given_and_all_can_be_disposed_of(trial: World) -> None:
    here = kits(trial, "01", "available")
    order = DecideQuarantine(quarantine=report(trial), reason="frozen")
    trial.do(reject_quarantine, order, by="quality")
    assert kits(trial, "01", "damaged") == here


@pytest.mark.parametrize("cancelled", [False, True])
def test_the_visit_of_a_kit_set_aside_is_given_another_and_the_first_goes_to_nobody(
    trial: World, cancelled: bool
) -> None:
    one, _ = randomized(trial)
    first = trial.row(Assignment, participant=one.id)
    if cancelled:
        trial.do(cancel, Cancel(participant=one.id, visit=first.visit), by="pharmacist_01")
    entry = report(trial)
    assert trial.row(Assignment, id=first.id).state == "void"
    handing = HandOver(participant=one.id, visit=first.visit, kit=first.kit)
    assert trial.refusal(hand_over, handing, by="pharmacist_01").code == "visit_not_assigned"
    stock_site(trial, "01", 16)
    other = trial.do(assign, Assign(participant=one.id, visit=first.visit), by="pharmacist_01")
    assert other.kit != first.kit
    trial.do(hand_over, HandOver(participant=one.id, visit=first.visit, kit=other.kit), by="pharmacist_01")
    release(trial, entry)
    assert trial.row(Kit, number=first.kit).state == "not_dispensed"
    assert trial.row(Kit, number=other.kit).state == "dispensed"


def test_a_kit_is_free_when_nothing_holds_it_any_more(trial: World) -> None:
    here = kits(trial, "01", "available")
    lot = trial.rows(Kit, site="01")[0].lot
    first = report(trial)
    trial.do(hold_lot, DecideLot(lot=lot, reason="particles were seen"), by="medical_monitor")
    second = report(trial, by="coordinator_01")
    release(trial, first)
    assert kits(trial, "01", "quarantined") == here
    trial.do(resume_lot, DecideLot(lot=lot, reason="they were bubbles"), by="quality")
    assert kits(trial, "01", "quarantined") == here
    release(trial, second)
    assert kits(trial, "01", "available") == here


def test_a_kit_rejected_once_does_not_come_back_by_another_release(trial: World) -> None:
    first, second = report(trial), report(trial)
    trial.do(reject_quarantine, DecideQuarantine(quarantine=first, reason="frozen"), by="quality")
    release(trial, second)
    assert kits(trial, "01", "available") == set()


def test_what_cannot_be_reported(trial: World) -> None:
    order = ReportExcursion(site="01", noticed_on=trial.clock.now().date(), noticed_at="07:30", told="warm")
    for by, code in (("pharmacist_02", "not_found"), ("investigator_01", "role_not_allowed")):
        assert trial.refusal(report_excursion, order, by=by).code == code
    late = order.model_copy(update={"noticed_on": order.noticed_on + timedelta(days=2)})
    assert trial.refusal(report_excursion, late, by="pharmacist_01").code == "date_in_future"
    trial.do(reject_quarantine, DecideQuarantine(quarantine=report(trial), reason="frozen"), by="quality")
    assert trial.refusal(report_excursion, order, by="pharmacist_01").code == "refrigerator_empty"


def test_both_types_are_held_and_the_trail_tells_neither(trial: World) -> None:
    assert min(len(numbers) for numbers in on_shelf(trial, "01").values()) > 0
    release(trial, report(trial))
    assert len(trial.rows(QuarantinedKit)) == 16
    assert not [arm.kit_type for arm in trial.study.arms if arm.kit_type in trial.last_audit().body]
