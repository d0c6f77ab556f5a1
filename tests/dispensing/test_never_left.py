"""A box that never left is held as all that stood with it: nobody is given one of a held lot, or that stood warm."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from irt.assurance.verify import verify
from irt.dispensing.dispense import Cancel, HandOver, cancel, hand_over
from irt.dispensing.excursions import DecideQuarantine, ReportExcursion, reject_quarantine, report_excursion
from irt.dispensing.lot_holds import hold_lot, reject_lot
from irt.dispensing.still_here import not_handed_over
from irt.dispensing.wrong_kit import wrong_kit
from irt.gate.rows import table_of
from irt.migrate import newest
from irt.participants.screen import Screened
from irt.supply.lots import DecideLot
from irt.supply.tables import Kit, Lot, Quarantine, QuarantinedKit
from tests.cast import World
from tests.dispensing.mishapped import (
    PHARMACIST,
    ask,
    assignments,
    at_second_visit,
    give,
    kit_of,
    second,
    shelf,
    still_here,
    today,
    wrong,
)
from tests.stocked import bring_in_kits, running_trial, stock_site, take_away

HAPPENED = ("lot_held", "lot_rejected", "fridge", "fridge_rejected")


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def happens(trial: World, kit: str, what: str) -> None:
    """What is reported, and decided, of a lot or a refrigerator while a box is thought to be at home."""
    lot = DecideLot(lot=trial.row(Kit, number=kit).lot, reason="particles")
    if what.startswith("lot"):
        trial.do(hold_lot, lot, by="quality")
    else:
        told = ReportExcursion(site="01", noticed_on=today(trial), noticed_at="07:30", told="the door stood open")
        trial.do(report_excursion, told, by=PHARMACIST)
    if what == "lot_rejected":
        trial.do(reject_lot, lot, by="quality")
    if what == "fridge_rejected":
        order = DecideQuarantine(quarantine=trial.row(Quarantine).id, reason="frozen")
        trial.do(reject_quarantine, order, by="quality")


def handed_over(trial: World) -> tuple[Screened, str]:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    give(trial, one, kit)
    trial.clock.advance(timedelta(minutes=5))
    return one, kit


@pytest.mark.parametrize("what", HAPPENED)
def test_a_box_that_is_still_here_waits_with_the_others(trial: World, what: str) -> None:
    one, kit = handed_over(trial)
    happens(trial, kit, what)
    trial.do(not_handed_over, still_here(trial, one, kit, wanted="no"), by=PHARMACIST)
    assert kit_of(trial, kit)[:2] == ("damaged" if what.endswith("rejected") else "quarantined", "01")
    assert assignments(trial, one) == [(1, "void")]
    if not what.endswith("rejected"):
        assert trial.rows(QuarantinedKit, kit=kit, quarantine=trial.row(Quarantine).id)
    bring_in_kits(trial, 48)
    stock_site(trial, "01", 12)
    again = ask(trial, one)
    assert again != kit
    give(trial, one, again)
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


@pytest.mark.parametrize("what", HAPPENED)
def test_so_does_the_right_box_that_a_wrong_one_left_here(trial: World, what: str) -> None:
    one, kit = handed_over(trial)
    other = shelf(trial)[0]
    happens(trial, kit, what)
    trial.do(wrong_kit, wrong(trial, one, other, replace="no"), by=PHARMACIST)
    assert kit_of(trial, kit)[0] == ("damaged" if what.endswith("rejected") else "quarantined")
    assert assignments(trial, one) == [(1, "void")]


@pytest.mark.parametrize("state", ["held", "rejected", "received"])
def test_no_kit_of_a_lot_that_is_not_released_is_handed_over(trial: World, state: str) -> None:
    """However it came to stand set aside: asked for again, another is given."""
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    bring_in_kits(trial, 48)
    take_away(trial, [kit], lot="L1")
    with trial.database.writing() as connection:
        connection.execute(update(table_of(Lot)).where(table_of(Lot).c.code == "L1").values(state=state))
    order = HandOver(participant=one.id, visit=second(trial), kit=kit)
    refused = trial.refusal(hand_over, order, by=PHARMACIST)
    assert (refused.code, refused.facts) == ("kit_on_hold", {"kit": kit, "lot": "L1"})
    trial.do(cancel, Cancel(participant=one.id, visit=second(trial)), by=PHARMACIST)
    assert ask(trial, one) != kit
    assert kit_of(trial, kit)[0] == "not_dispensed"
