"""Kits that were handed over from a refrigerator that had failed already: in its entry, and called back with it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from irt.assurance.verify import verify
from irt.clock import local_day, local_time
from irt.dispensing.dispense import HandOver, hand_over
from irt.dispensing.elsewhere import elsewhere, hand_over_elsewhere
from irt.dispensing.excursions import (
    DecideQuarantine,
    ReportExcursion,
    reject_quarantine,
    release_quarantine,
    report_excursion,
)  # fmt: skip
from irt.dispensing.still_here import not_handed_over
from irt.dispensing.tables import Mishap
from irt.gate.tables import Outbox
from irt.jobs.outbox import page_of
from irt.migrate import newest
from irt.supply.tables import Assignment, ExposedKit, Kit, Movement, Quarantine, QuarantinedKit
from tests.cast import World
from tests.dispensing.mishapped import PHARMACIST, at_second_visit, came, reported, scanned, shelf, still_here
from tests.stocked import randomized, running_trial

HOURS = timedelta(hours=1)


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


def failed(trial: World, at: datetime, site: str = "01", **more: Any) -> ReportExcursion:
    """The refrigerator was out of its range since then, and that was noticed then."""
    zone = trial.study.site(site).time_zone
    return ReportExcursion(
        site=site, noticed_on=local_day(at, zone), noticed_at=local_time(at, zone), highest="35", minutes=4000,
        told="it failed before the week-end", **more,
    )  # fmt: skip


def report(trial: World, order: ReportExcursion) -> str:
    return str(trial.do(report_excursion, order, by=f"pharmacist_{order.site}"))


def handed(trial: World, document: str = "EXAMPLE-000001") -> tuple[Any, str]:
    """Somebody is handed their first kit now; whose, and which."""
    one, told = randomized(trial, document)
    given = trial.row(Assignment, participant=one.id)
    trial.do(hand_over, HandOver(participant=one.id, visit=given.visit, kit=told.kit), by=PHARMACIST)
    return one, told.kit


def exposed(trial: World) -> dict[str, tuple[str, str]]:
    return {row.kit: (row.site, row.state) for row in trial.rows(ExposedKit)}


def decide(trial: World, entry: str, how: Any = reject_quarantine) -> None:
    trial.do(how, DecideQuarantine(quarantine=entry, reason="as the stability data say"), by="quality")


def told(trial: World, kind: str) -> list[tuple[str, list[str]]]:
    return [(row.site, row.audience) for row in trial.rows(Outbox) if row.kind == kind]


def in_order(trial: World) -> None:
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


def test_what_was_handed_over_since_is_named_and_what_went_before_is_not(trial: World) -> None:
    _, before = handed(trial)
    trial.clock.advance(24 * HOURS)
    at = trial.clock.now()
    trial.clock.advance(HOURS)
    _, since = handed(trial, "EXAMPLE-000002")
    trial.clock.advance(24 * HOURS)
    entry = report(trial, failed(trial, at))
    assert exposed(trial) == {since: ("01", "open")}
    assert {kit.state for kit in trial.rows(Kit) if kit.number in (before, since)} == {"dispensed"}
    assert since not in {row.kit for row in trial.rows(QuarantinedKit)}
    assert told(trial, "quarantine.handed_over") == [("01", ["investigator", "pharmacist"])]
    decide(trial, entry)
    assert exposed(trial) == {since: ("01", "rejected")}
    assert told(trial, "excursion.call_back") == [("01", ["investigator", "pharmacist"])]
    (message,) = trial.rows(Outbox, kind="excursion.call_back")
    assert page_of("https://irt.example", message) == "https://irt.example"
    assert {kit.state for kit in trial.rows(Kit, site="01")} == {"damaged", "dispensed"}
    in_order(trial)


def test_it_counts_from_when_it_failed_where_the_record_tells_that(trial: World) -> None:
    at = trial.clock.now()
    _, kit = handed(trial)
    trial.clock.advance(24 * HOURS)
    noticed = failed(trial, trial.clock.now())
    for more, found in (({}, set()), ({"failed_on": at.date()}, {kit}), ({"failed_at": "00:00"}, set())):
        order = ReportExcursion(**noticed.model_dump() | more)
        entry = report(trial, order)
        assert {row.kit for row in trial.rows(ExposedKit, quarantine=entry)} == found
        row = trial.row(Quarantine, id=entry)
        assert (row.failed_on, row.failed_at) == (order.failed_on, order.failed_at)
    after = ReportExcursion(**noticed.model_dump() | {"failed_on": trial.clock.now().date(), "failed_at": "23:59"})
    assert trial.refusal(report_excursion, after, by=PHARMACIST).code == "failed_after_noticed"
    later = failed(trial, trial.clock.now() + HOURS)
    assert trial.refusal(report_excursion, later, by=PHARMACIST).code == "date_in_future"


def test_released_they_are_good_and_nobody_calls_them_back(trial: World) -> None:
    at = trial.clock.now()
    _, kit = handed(trial)
    decide(trial, report(trial, failed(trial, at)), release_quarantine)
    assert exposed(trial) == {kit: ("01", "released")}
    assert told(trial, "excursion.call_back") == []
    assert sorted(told(trial, "quarantine.released")) == [("01", ["investigator"]), ("01", ["pharmacist"])]
    in_order(trial)


def test_a_wrong_box_is_one_and_so_is_a_guests(trial: World) -> None:
    at = trial.clock.now() - HOURS
    one, other = at_second_visit(trial, 2)
    before = trial.clock.now()
    trial.clock.advance(HOURS)
    wrong = shelf(trial)[0]
    reported(trial, one, wrong)
    mishap = trial.do(elsewhere, came(trial, other), by="pharmacist_02")
    guests = trial.row(Mishap, id=mishap).replacement_kit
    trial.do(hand_over_elsewhere, scanned(mishap, guests), by="pharmacist_02")
    report(trial, failed(trial, before))
    entry = report(trial, failed(trial, before, "02"))
    assert exposed(trial) == {wrong: ("01", "open"), guests: ("01", "open")}
    assert trial.last_audit().site == "02"
    decide(trial, entry)
    assert exposed(trial) == {wrong: ("01", "open"), guests: ("01", "rejected")}
    assert told(trial, "excursion.call_back") == [("01", ["investigator", "pharmacist"])]
    assert at < before
    in_order(trial)


def test_a_wrong_box_that_went_before_it_failed_is_none(trial: World) -> None:
    one, _ = at_second_visit(trial, 2)
    trial.clock.advance(48 * HOURS)
    happened = (trial.clock.now() - 48 * HOURS).date()
    reported(trial, one, shelf(trial)[0], happened_on=happened)
    report(trial, failed(trial, trial.clock.now() - 24 * HOURS))
    assert exposed(trial) == {}


def test_a_box_that_never_left_waits_with_those_that_stand_there(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    given = trial.row(Assignment, participant=one.id)
    assert given.state == "handed_over"
    trial.clock.advance(HOURS)
    two, kit = handed(trial, "EXAMPLE-000002")
    at = trial.row(Movement, kit=kit, after="dispensed").moved_at
    entry = report(trial, failed(trial, at))
    visit = trial.row(Assignment, participant=two.id).visit
    trial.do(not_handed_over, still_here(trial, two, kit, visit=visit), by=PHARMACIST)
    assert trial.row(Kit, number=kit).state == "quarantined"
    decide(trial, entry)
    assert trial.row(Kit, number=kit).state == "damaged"
    in_order(trial)


def test_an_empty_refrigerator_may_have_been_full(trial: World) -> None:
    at = trial.clock.now()
    _, kit = handed(trial)
    decide(trial, report(trial, failed(trial, at)))
    entry = report(trial, failed(trial, at))
    assert trial.rows(QuarantinedKit, quarantine=entry) == []
    assert [row.kit for row in trial.rows(ExposedKit, quarantine=entry)] == [kit]


def test_repeated_by_its_request_id_it_is_one_entry_and_audited(trial: World) -> None:
    at = trial.clock.now()
    _, kit = handed(trial)
    order = failed(trial, at)
    first = trial.perform(report_excursion, order, by=PHARMACIST, request_id="once")
    assert trial.perform(report_excursion, order, by=PHARMACIST, request_id="once").answer == first.answer
    assert len(trial.rows(ExposedKit)) == 1
    assert f'"exposed_kit","{first.answer}/{kit}"' in trial.last_audit().body
