"""An act is dated when it begins, and one that waits is done after what it waited for: no finding comes of that."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

from irt.assurance.verify import verify
from irt.clock import SimulatedClock
from irt.dispensing.dispense import Assign, HandOver, assign, hand_over
from irt.dispensing.excursions import DecideQuarantine, ReportExcursion, release_quarantine, report_excursion
from irt.dispensing.lot_holds import hold_lot, resume_lot
from irt.entropy import new_id
from irt.gate.rows import table_of
from irt.migrate import newest
from irt.supply.lots import ChangeExpiry, DecideLot, extend_lot
from irt.supply.tables import Assignment, Kit, LotDecision, Movement, Shelf
from tests.cast import World
from tests.databases import Database
from tests.stocked import randomized, running_trial

A_WHILE = timedelta(seconds=5)


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", depot=96)


def begun_before(trial: World) -> World:
    """Another process, whose acts began a while ago and have waited since."""
    return replace(trial, clock=SimulatedClock(trial.clock.now() - A_WHILE))


def waiting_kit(trial: World) -> Any:
    """The assignment of a kit that waits to be handed over."""
    one, _ = randomized(trial)
    return trial.row(Assignment, participant=one.id)


def handed(given: Any) -> HandOver:
    return HandOver(participant=given.participant, visit=given.visit, kit=given.kit)


def hold(trial: World, kit: str) -> DecideLot:
    return DecideLot(lot=trial.row(Kit, number=kit).lot, reason="particles were seen")


def found(trial: World) -> list[str]:
    return [str(one) for one in verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest())]


def given_at(trial: World, kit: str) -> Any:
    return trial.row(Movement, kit=kit, after="dispensed").moved_at


def test_a_hold_that_began_before_a_hand_over_and_came_after_it(trial: World) -> None:
    given = waiting_kit(trial)
    trial.do(hand_over, handed(given), by="pharmacist_01")
    begun_before(trial).do(hold_lot, hold(trial, given.kit), by="quality")
    assert trial.row(LotDecision, kind="held").decided_at < given_at(trial, given.kit)
    assert found(trial) == []


def test_a_hand_over_that_began_before_the_hold_ended_and_came_after_it(trial: World) -> None:
    one, _ = randomized(trial)
    order = hold(trial, trial.row(Assignment, participant=one.id).kit)
    trial.do(hold_lot, order, by="quality")
    trial.clock.advance(timedelta(hours=1))
    trial.do(resume_lot, order, by="quality")
    late, visit = begun_before(trial), trial.study.dispensing_visits[0].id
    asked = late.do(assign, Assign(participant=one.id, visit=visit), by="pharmacist_01")
    late.do(hand_over, HandOver(participant=one.id, visit=visit, kit=asked.kit), by="pharmacist_01")
    assert given_at(trial, asked.kit) < trial.row(LotDecision, kind="resumed").decided_at
    assert found(trial) == []


def test_a_quarantine_that_ended_while_a_hand_over_waited(trial: World) -> None:
    one, _ = randomized(trial)
    today = trial.clock.now().date()
    report = ReportExcursion(site="01", noticed_on=today, noticed_at="07:30", told="the door stood open")
    entry = trial.do(report_excursion, report, by="pharmacist_01")
    trial.clock.advance(timedelta(hours=1))
    trial.do(release_quarantine, DecideQuarantine(quarantine=entry, reason="within its limits"), by="quality")
    late, visit = begun_before(trial), trial.study.dispensing_visits[0].id
    asked = late.do(assign, Assign(participant=one.id, visit=visit), by="pharmacist_01")
    late.do(hand_over, HandOver(participant=one.id, visit=visit, kit=asked.kit), by="pharmacist_01")
    assert found(trial) == []


def test_an_expiry_that_was_extended_while_a_hand_over_waited(trial: World) -> None:
    expiry = trial.rows(Kit, site="01")[0].expiry
    trial.clock.advance(expiry - trial.clock.now().date() - timedelta(days=41))
    given = waiting_kit(trial)
    trial.clock.advance(timedelta(days=12))
    handing = HandOver(**handed(given).model_dump() | {"reason": "came late"})
    assert trial.refusal(hand_over, handing, by="pharmacist_01").code == "kit_expires_too_soon"
    kit = trial.row(Kit, number=given.kit)
    later = ChangeExpiry(lot=kit.lot, expiry=kit.expiry + timedelta(days=90), reason="stability data")
    trial.do(extend_lot, later, by="quality")
    begun_before(trial).do(hand_over, handing, by="pharmacist_01")
    assert found(trial) == []


def test_a_hold_that_waits_for_another_sites_shelf_meanwhile_a_kit_is_handed_over(
    database: Database, trial: World
) -> None:
    """As `test_a_hold_that_began_before_…`, with the locks that make it wait; on SQLite, where one writer locks all,
    the hand-over comes after the hold and is refused."""
    given = waiting_kit(trial)
    order = hold(trial, given.kit)
    signature, token = trial.sign(hold_lot, order, "quality"), new_id(trial.entropy)
    by, shelf, began = trial.actor("quality"), table_of(Shelf), Event()
    trial.actor("pharmacist_01")

    def held() -> Any:
        began.set()
        return trial.service.gate.perform(hold_lot, order, by=by, request_id=token, signature=signature)

    with ThreadPoolExecutor(1) as pool:
        with trial.database.write.connect() as other:
            other.execute(select(shelf).where(shelf.c.site == "02").with_for_update())
            waits = pool.submit(held)
            began.wait()
            if database.dialect == "postgresql":
                while not _somebody_waits(trial):
                    assert not waits.done()
                trial.clock.advance(A_WHILE)
                trial.do(hand_over, handed(given), by="pharmacist_01")
            assert not waits.done()
            other.rollback()
        waits.result()
    if database.dialect == "postgresql":
        assert trial.row(LotDecision, kind="held").decided_at < given_at(trial, given.kit)
        assert trial.row(Kit, number=given.kit).state == "dispensed"
    else:
        trial.clock.advance(A_WHILE)
        assert trial.refusal(hand_over, handed(given), by="pharmacist_01").code == "visit_not_assigned"
    assert found(trial) == []


def _somebody_waits(trial: World) -> bool:
    with trial.database.read.connect() as connection:
        return bool(connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar_one())
