"""Withdrawal since a day: never to come, never before randomization; a dose of that day is an ordinary one."""

import pytest

from irt.conduct.tables import Deviation
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.refusals import Refused
from irt.gate.tables import AuditEntry
from irt.participants.tables import Participant
from tests.setting import recorded
from tests.treated import Patient, patient, treated

BY = "coordinator_01"


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url)


def left(one: Patient, day: int | None = None) -> Withdraw:
    return Withdraw(participant=one.id, left_on=one.day(day) if day is not None else None, reason="moves away")


def test_unless_told_it_is_today(one: Patient) -> None:
    one.on_day(6)
    first = one.world.perform(withdraw, left(one), by=BY, request_id="once")
    assert one.world.perform(withdraw, left(one), by=BY, request_id="once").seq == first.seq
    assert (one.row().state, one.row().ended_on) == ("withdrawn", one.day(6))
    assert one.world.row(AuditEntry, request="once").reason == "moves away"


def test_days_that_cannot_be(one: Patient) -> None:
    other = patient(one.world, "EXAMPLE-000002")
    one.on_day(6)
    refused = one.world.refusal(withdraw, left(one, 7), by=BY)
    assert (refused.code, refused.facts["field"]) == ("date_in_future", "left_on")
    for who in (one, other):
        refused = one.world.refusal(withdraw, left(who, 0), by=BY)
        assert (refused.code, refused.facts["earliest"]) == ("day_not_possible", one.day(1).isoformat())
    waiting = recorded(one.world, identity_document="EXAMPLE-000009")
    before = Withdraw(participant=waiting.id, left_on=one.day(0), reason="moves away")
    assert one.world.refusal(withdraw, before, by=BY).code == "day_not_possible"
    one.world.do(withdraw, before.model_copy(update={"left_on": None}), by=BY)
    assert one.world.row(Participant, id=waiting.id).ended_on == one.day(6)


def test_a_dose_of_the_day_of_withdrawal_written_later_is_an_ordinary_one(one: Patient) -> None:
    one.on_day(8)
    one.world.do(withdraw, left(one, 5), by=BY)
    one.take(2, 3)  # the third was due and taken on day 5
    assert [row.kind for row in one.doses()] == ["scheduled"] * 3
    assert one.world.rows(Deviation) == []


def test_no_dose_is_missed_on_that_day_and_none_is_due_after_it(one: Patient) -> None:
    one.on_day(10)
    one.world.do(withdraw, left(one, 5), by=BY)
    for write in (lambda: one.miss(3), lambda: one.take(4)):
        with pytest.raises(Refused) as refused:
            write()
        mistakes = refused.value.facts["mistakes"]
        assert isinstance(mistakes, list)
        assert mistakes[0]["remedy"] in ("due_no_more", "why_dose_after_stop")


def test_doses_written_before_it_are_judged_by_it(one: Patient) -> None:
    one.on_day(10)
    one.take(2, 3, 4)
    one.world.do(withdraw, left(one, 5), by=BY)
    noted = one.world.row(Deviation)
    assert (noted.kind, noted.happened_on, noted.told) == ("dose_after_stop", one.day(7), "moves away")
