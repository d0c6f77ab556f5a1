"""The first dose: once, from a box in hand, on a day that can be; late only with a reason; it begins the calendar."""

from datetime import timedelta

import pytest

from irt.clock import local_day
from irt.conduct.tables import Deviation
from irt.dispensing.first_dose import record_first_dose
from irt.dispensing.treatment import HoldTreatment, StopTreatment, hold_treatment, stop_treatment
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.tables import AuditEntry
from irt.randomization.tables import Randomization
from tests.cast import World
from tests.stocked import eligible, on_shelf, randomized, running_trial, take_away
from tests.treated import Patient, patient

COORDINATOR = "coordinator_01"


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


@pytest.fixture
def one(trial: World) -> Patient:
    return patient(trial)


@pytest.mark.parametrize("by", ["investigator_01", COORDINATOR, "pharmacist_01"])
def test_the_first_dose_begins_the_calendar(one: Patient, by: str) -> None:
    one.on_day(1)
    one.world.do(record_first_dose, one.first(), by=by)
    assert one.row().first_dose_on == one.day_1
    (dose,) = one.doses()
    assert (dose.kind, dose.number, dose.revision, dose.outcome) == ("scheduled", 1, 1, "taken")
    assert (dose.taken_on, dose.taken_at, dose.kit, dose.place) == (one.day_1, "08:30", one.kit, "clinic")
    assert one.world.rows(Deviation) == []
    entry = one.world.last_audit()
    assert (entry.act, entry.participant, entry.site) == ("dose.first", one.id, "01")


def test_it_is_recorded_once(one: Patient) -> None:
    one.on_day(1)
    for _ in range(2):
        one.world.perform(record_first_dose, one.first(), by=COORDINATOR, request_id="once")
    assert len(one.world.rows(AuditEntry, act="dose.first")) == len(one.doses()) == 1
    refused = one.world.refusal(record_first_dose, one.first(), by=COORDINATOR)
    assert (refused.code, refused.facts) == ("first_dose_recorded", {"day": one.day_1.isoformat()})


def test_no_day_or_hour_that_has_not_come(one: Patient) -> None:
    one.on_day(1, hour=10)
    for other in ({"taken_on": one.day(2)}, {"taken_at": "10:01"}):
        refused = one.world.refusal(record_first_dose, one.first(**other), by=COORDINATOR)
        assert refused.code == "date_in_future"
    one.world.do(record_first_dose, one.first(taken_at="10:00"), by=COORDINATOR)


def test_not_before_randomization_nor_before_the_hand_over(one: Patient) -> None:
    refused = one.world.refusal(record_first_dose, one.first(taken_on=one.day_1 - timedelta(days=1)), by=COORDINATOR)
    assert (refused.code, refused.facts["earliest"]) == ("day_not_possible", one.day_1.isoformat())
    other, told = randomized(one.world, "EXAMPLE-000002")
    one.on_day(1)
    order = one.first(participant=other.id, kit=told.kit)
    assert one.world.refusal(record_first_dose, order, by=COORDINATOR).code == "kit_not_in_hand"


def test_only_a_box_that_was_in_their_hands_whatever_it_holds(one: Patient) -> None:
    other = patient(one.world, "EXAMPLE-000002")
    one.on_day(1)
    shelf = [kits[0] for kits in on_shelf(one.world, "01").values()]
    elsewhere = [kits[0] for kits in on_shelf(one.world, "02").values()]
    said = []
    for kit in [*shelf, *elsewhere, other.kit, "9999999"]:
        refused = one.world.refusal(record_first_dose, one.first(kit=kit), by=COORDINATOR)
        said.append((refused.code, refused.facts == {"kit": kit, "day": one.day_1.isoformat()}))
    assert said == [("kit_not_in_hand", True)] * 6


def test_a_late_one_asks_why_and_is_a_deviation(one: Patient) -> None:
    limit = one.world.study.dosing.first_dose_within_days
    one.on_day(limit + 2)
    order = one.first(taken_on=one.day(limit + 2))
    refused = one.world.refusal(record_first_dose, order, by=COORDINATOR)
    assert (refused.code, refused.facts["latest"]) == ("first_dose_late", one.day(limit + 1).isoformat())
    one.world.do(record_first_dose, order.model_copy(update={"reason": "a cold"}), by=COORDINATOR)
    noted = one.world.row(Deviation)
    assert (noted.kind, noted.subject, noted.told) == ("first_dose_late", f"{one.id}/scheduled/1", "a cold")
    assert one.world.last_audit().reason == "a cold"


def test_the_last_day_allowed_is_not_late(one: Patient) -> None:
    limit = one.world.study.dosing.first_dose_within_days
    one.on_day(limit + 1)
    one.world.do(record_first_dose, one.first(taken_on=one.day(limit + 1)), by=COORDINATOR)
    assert one.world.rows(Deviation) == []


def test_from_an_expired_box_it_is_recorded_and_a_deviation(one: Patient) -> None:
    take_away(one.world, [one.kit], expiry=one.day_1)
    one.on_day(2)
    one.world.do(record_first_dose, one.first(taken_on=one.day(2)), by=COORDINATOR)
    assert [row.kind for row in one.world.rows(Deviation)] == ["dose_of_expired_kit"]


def test_whoever_is_on_hold_or_stopped_begins_nothing(one: Patient) -> None:
    one.on_day(2)
    held = HoldTreatment(participant=one.id, from_on=one.day(2), hold_reason="fever")
    one.world.do(hold_treatment, held, by="investigator_01")
    order = one.first(taken_on=one.day(2))
    assert one.world.refusal(record_first_dose, order, by=COORDINATOR).code == "treatment_held"
    stopped = StopTreatment(participant=one.id, last_day=one.day_1, stop_reason="adverse_event")
    one.world.do(stop_treatment, stopped, by="investigator_01")
    assert one.world.refusal(record_first_dose, order, by=COORDINATOR).code == "treatment_stopped"
    one.world.do(record_first_dose, one.first(), by=COORDINATOR)


def test_a_dose_before_the_withdrawal_is_still_recorded(one: Patient) -> None:
    one.on_day(3)
    one.world.do(withdraw, Withdraw(participant=one.id, reason="wishes to stop"), by=COORDINATOR)
    one.on_day(5)
    refused = one.world.refusal(record_first_dose, one.first(taken_on=one.day(4)), by=COORDINATOR)
    assert (refused.code, refused.facts["latest"]) == ("day_not_possible", one.day(3).isoformat())
    one.world.do(record_first_dose, one.first(), by=COORDINATOR)
    assert one.row().first_dose_on == one.day_1


def test_somebody_never_randomized_has_no_first_dose(one: Patient) -> None:
    other = eligible(one.world, "EXAMPLE-000002")
    order = one.first(participant=other.id)
    assert one.world.refusal(record_first_dose, order, by=COORDINATOR).code == "participant_state"
    one.world.do(withdraw, Withdraw(participant=other.id, reason="wishes to stop"), by=COORDINATOR)
    assert one.world.refusal(record_first_dose, order, by=COORDINATOR).code == "not_randomized"


def test_a_place_on_the_body_that_the_study_does_not_offer(one: Patient) -> None:
    one.on_day(1)
    refused = one.world.refusal(record_first_dose, one.first(injection_site="nose"), by=COORDINATOR)
    assert (refused.code, refused.facts) == ("not_offered", {"field": "injection_site", "value": "nose"})


def test_another_site_and_other_roles_record_nothing(one: Patient) -> None:
    assert one.world.refusal(record_first_dose, one.first(), by="coordinator_02").code == "not_found"
    for by in ("assessor_01", "monitor", "supply_manager", "laboratory"):
        assert one.world.refusal(record_first_dose, one.first(), by=by).code == "role_not_allowed"


def test_days_are_those_of_the_site(one: Patient) -> None:
    """At 01:00 in Beijing it is still yesterday in UTC."""
    zone = one.world.study.site("01").time_zone
    one.on_day(2, hour=1)
    assert local_day(one.world.clock.now(), "UTC") == local_day(
        one.world.row(Randomization, participant=one.id).randomized_at, zone
    )
    one.world.do(record_first_dose, one.first(taken_on=one.day(2), taken_at="00:30"), by=COORDINATOR)
    assert one.row().first_dose_on == one.day(2)
