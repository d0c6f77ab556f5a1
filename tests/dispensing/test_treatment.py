"""Treatment held, resumed, stopped: by the investigator, on days that can be; and the end, when nothing is missing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from irt.dispensing.diary_lines import Entry
from irt.dispensing.tables import Hold, TreatmentStop
from irt.dispensing.treatment import (
    Complete,
    HoldTreatment,
    ResumeTreatment,
    StopTreatment,
    complete,
    hold_treatment,
    last_visits,
    resume_treatment,
    stop_treatment,
)
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.refusals import Refused
from irt.gate.tables import AuditEntry
from irt.participants.tables import VisitRecord
from irt.supply.tables import Kit
from tests.stocked import take_away
from tests.treated import Patient, treated

INVESTIGATOR, COORDINATOR = "investigator_01", "coordinator_01"


@pytest.fixture
def one(database_url: str) -> Patient:
    found = treated(database_url)
    found.on_day(8)
    return found


def held(one: Patient, day: int, **told: Any) -> HoldTreatment:
    return HoldTreatment(**{"participant": one.id, "from_on": one.day(day), "hold_reason": "fever", **told})


def resumed(one: Patient, day: int) -> ResumeTreatment:
    return ResumeTreatment(participant=one.id, resumed_on=one.day(day))


def stopped(one: Patient, day: int, **told: Any) -> StopTreatment:
    return StopTreatment(**{"participant": one.id, "last_day": one.day(day), "stop_reason": "adverse_event", **told})


def refused(one: Patient, act: Any, order: Any) -> Any:
    return one.world.refusal(act, order, by=INVESTIGATOR)


def test_held_from_a_day_and_resumed_on_a_day(one: Patient) -> None:
    one.world.do(hold_treatment, held(one, 5, note="39.1 °C"), by=INVESTIGATOR)
    hold = one.world.row(Hold)
    assert (hold.from_on, hold.resumed_on, hold.reason, hold.note) == (one.day(5), None, "fever", "39.1 °C")
    assert one.world.last_audit().act == "treatment.hold"
    one.world.do(resume_treatment, resumed(one, 9), by=INVESTIGATOR)
    hold = one.world.row(Hold)
    assert (hold.resumed_on, hold.resumed_by) == (one.day(9), one.world.actor(INVESTIGATOR).account)
    assert (one.world.last_audit().act, one.world.last_audit().participant) == ("treatment.resume", one.id)
    one.on_day(10)
    one.world.do(hold_treatment, held(one, 9), by=INVESTIGATOR)
    assert len(one.world.rows(Hold)) == 2


def test_sent_twice_or_by_two_at_once_it_is_held_once(one: Patient) -> None:
    for _ in range(2):
        one.world.perform(hold_treatment, held(one, 5), by=INVESTIGATOR, request_id="once")
    assert len(one.world.rows(AuditEntry, act="treatment.hold")) == 1
    one.world.do(resume_treatment, resumed(one, 7), by=INVESTIGATOR)

    def again(_: int) -> str:
        try:
            one.world.do(hold_treatment, held(one, 8), by=INVESTIGATOR)
        except Refused as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(again, range(3))) == ["done", "treatment_held", "treatment_held"]


def test_days_that_cannot_be(one: Patient) -> None:
    for day in (0, 10):
        assert refused(one, hold_treatment, held(one, day)).code == "day_not_possible"
    one.world.do(hold_treatment, held(one, 9), by=INVESTIGATOR)
    for day in (9, 10):
        assert refused(one, resume_treatment, resumed(one, day)).code == "day_not_possible"
    one.on_day(12)
    one.world.do(resume_treatment, resumed(one, 13), by=INVESTIGATOR)
    for day in (0, 13):
        assert refused(one, stop_treatment, stopped(one, day)).code == "day_not_possible"


def test_holds_do_not_overlap(one: Patient) -> None:
    one.world.do(hold_treatment, held(one, 3), by=INVESTIGATOR)
    assert refused(one, hold_treatment, held(one, 8)).code == "treatment_held"
    one.world.do(resume_treatment, resumed(one, 6), by=INVESTIGATOR)
    for day in (2, 3, 5):
        found = refused(one, hold_treatment, held(one, day))
        assert (found.code, found.facts["resumed_on"]) == ("hold_overlaps", one.day(6).isoformat())
    one.world.do(hold_treatment, held(one, 6), by=INVESTIGATOR)
    one.world.do(resume_treatment, resumed(one, 8), by=INVESTIGATOR)
    assert refused(one, resume_treatment, resumed(one, 9)).code == "treatment_not_held"


def test_given_doses_are_named_before_a_hold_or_a_stop_covers_them(one: Patient) -> None:
    one.take(2, 3)
    one.record({"x1": one.taken(taken_on=one.day(8), why="a mistake"), 4: Entry(outcome="missed",
               missed_reason="forgotten")})  # fmt: skip
    for found in (refused(one, hold_treatment, held(one, 5)), refused(one, stop_treatment, stopped(one, 4))):
        assert (found.code, found.facts["given"]) == (
            "doses_given_since", [one.day(5).isoformat(), one.day(8).isoformat()],
        )  # fmt: skip
    one.world.do(hold_treatment, held(one, 9), by=INVESTIGATOR)


def test_a_reason_of_the_study_and_words_for_another(one: Patient) -> None:
    for act, order, name in (
        (hold_treatment, held(one, 8, hold_reason="boredom"), "hold_reason"),
        (stop_treatment, stopped(one, 8, stop_reason="boredom"), "stop_reason"),
    ):
        found = refused(one, act, order)
        assert (found.code, found.facts) == ("not_offered", {"field": name, "value": "boredom"})
    assert refused(one, hold_treatment, held(one, 8, hold_reason="other")).code == "say_in_words"
    one.world.do(hold_treatment, held(one, 8, hold_reason="other", note="a wedding"), by=INVESTIGATOR)


def test_a_stop_ends_the_hold_and_nothing_follows_it(one: Patient) -> None:
    one.world.do(hold_treatment, held(one, 5), by=INVESTIGATOR)
    one.world.do(stop_treatment, stopped(one, 6, note="CK rose"), by=INVESTIGATOR)
    stop = one.world.row(TreatmentStop)
    assert (stop.last_day, stop.reason, stop.note) == (one.day(6), "adverse_event", "CK rose")
    assert one.world.row(Hold).resumed_on == one.day(7)
    assert one.row().state == "randomized", "the participant stays in follow-up"
    for act, order in (
        (hold_treatment, held(one, 8)), (resume_treatment, resumed(one, 8)), (stop_treatment, stopped(one, 8)),
    ):  # fmt: skip
        found = refused(one, act, order)
        assert (found.code, found.facts) == ("treatment_stopped", {"last_day": one.day(6).isoformat()})


def test_a_stop_before_a_hold_leaves_none_of_it(one: Patient) -> None:
    one.world.do(hold_treatment, held(one, 7), by=INVESTIGATOR)
    one.world.do(stop_treatment, stopped(one, 4), by=INVESTIGATOR)
    hold = one.world.row(Hold)
    assert hold.from_on == hold.resumed_on == one.day(7)


def test_nothing_follows_a_withdrawal(one: Patient) -> None:
    one.world.do(withdraw, Withdraw(participant=one.id, reason="moves away"), by=COORDINATOR)
    for act, order in (
        (hold_treatment, held(one, 8)), (resume_treatment, resumed(one, 8)), (stop_treatment, stopped(one, 8)),
        (complete, Complete(participant=one.id)),
    ):  # fmt: skip
        assert refused(one, act, order).code == "participant_state"


def test_only_an_investigator_of_the_site_decides(one: Patient) -> None:
    orders = (
        (hold_treatment, held(one, 8)), (resume_treatment, resumed(one, 8)), (stop_treatment, stopped(one, 8)),
    )  # fmt: skip
    for act, order in orders:
        assert one.world.refusal(act, order, by="investigator_02").code == "not_found"
        for by in (COORDINATOR, "pharmacist_01", "assessor_01", "medical_monitor", "laboratory"):
            assert one.world.refusal(act, order, by=by).code == "role_not_allowed"
    for by in ("pharmacist_01", "monitor"):
        assert one.world.refusal(complete, Complete(participant=one.id), by=by).code == "role_not_allowed"


def visited(one: Patient, visit: str, state: str = "done") -> None:
    """A visit is recorded, as the act of the visit records it."""
    world, day = one.world, one.world.clock.now().date()
    world.put(
        VisitRecord, id=f"record-{visit}", participant=one.id, site="01", visit=visit, revision=1, state=state,
        visited_on=day if state == "done" else None, reason=None, recorded_at=world.clock.now(), recorded_by="nobody",
    )  # fmt: skip


@pytest.mark.parametrize("by", [INVESTIGATOR, COORDINATOR])
def test_complete_when_nothing_is_missing(one: Patient, by: str) -> None:
    assert last_visits(one.world.study) == ["W24", "SC"]
    one.world.do(hold_treatment, held(one, 8), by=INVESTIGATOR)
    found = one.world.refusal(complete, Complete(participant=one.id), by=by)
    assert (found.code, found.facts) == (
        "participant_not_complete",
        {"visits": ["W24", "SC"], "kits": [one.kit], "elsewhere": [], "held": [one.day(8).isoformat()]},
    )
    one.world.do(resume_treatment, resumed(one, 9), by=INVESTIGATOR)
    visited(one, "W24")
    take_away(one.world, [one.kit], state="returned")
    found = one.world.refusal(complete, Complete(participant=one.id), by=by)
    assert found.facts == {"visits": ["SC"], "kits": [], "elsewhere": [], "held": []}
    visited(one, "SC", "skipped")
    one.world.clock.advance(timedelta(days=1))
    for _ in range(2):
        one.world.perform(complete, Complete(participant=one.id), by=by, request_id="once")
    assert (one.row().state, one.row().ended_on) == ("completed", one.day(9))
    assert one.world.last_audit().act == "participant.complete"


def test_a_kit_set_aside_or_with_the_wrong_person_stands_in_the_way(one: Patient) -> None:
    visited(one, "W24")
    visited(one, "SC")
    for state in ("assigned", "misallocated"):
        take_away(one.world, [one.kit], state=state)
        assert refused(one, complete, Complete(participant=one.id)).facts["kits"] == [one.kit]
    assert one.world.row(Kit, number=one.kit).participant == one.id
