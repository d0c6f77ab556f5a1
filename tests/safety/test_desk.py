"""The safety desk's acts: a case opened and closed in parts; refused, repeated, concurrent, audited."""

from datetime import timedelta

import pytest

from irt.gate.refusals import Refused
from irt.safety.desk import CloseCase, OpenCase, close_case, open_case
from irt.safety.emergency_tables import DeskClosing, DeskOpening
from irt.safety.tables import SusarCandidate
from tests.cast import World
from tests.safety.told import DEADLY, SERIOUS, judged, reported
from tests.treated import Patient, treated
from tests.wiring import at_once

BY = "safety_officer"


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url, "01")


@pytest.fixture
def world(one: Patient) -> World:
    return one.world


@pytest.fixture
def case(one: Patient) -> str:
    """A fatal case."""
    judged(one.world, reported(one.world, one.id, **DEADLY).event)
    return str(one.world.row(SusarCandidate).id)


def test_an_opening_is_booked_and_audited(one: Patient, world: World, case: str) -> None:
    opening = world.do(open_case, OpenCase(candidate=case, reason="due in seven days"), by=BY)
    row = world.row(DeskOpening)
    assert (row.id, row.candidate, row.participant, row.site) == (opening, case, one.id, "01")
    entry = world.last_audit()
    assert (entry.act, entry.site) == ("desk.open", "01")


def test_both_parts_are_closed_in_their_order_and_each_once(world: World, case: str) -> None:
    report, follow_up = (CloseCase(candidate=case, part=part) for part in ("report", "follow_up"))
    assert world.refusal(close_case, follow_up, by=BY).code == "report_first"
    first = world.perform(close_case, report, by=BY, request_id="once")
    assert world.perform(close_case, report, by=BY, request_id="once").seq == first.seq
    assert world.refusal(close_case, report, by=BY).code == "case_closed"
    world.clock.advance(timedelta(days=1))
    world.do(close_case, follow_up, by=BY)
    assert [row.part for row in sorted(world.rows(DeskClosing), key=lambda row: row.closed_at)] == [
        "report",
        "follow_up",
    ]
    assert world.last_audit().act == "desk.close"


def test_what_is_not_fatal_has_no_complete_report(one: Patient, world: World) -> None:
    judged(world, reported(world, one.id, **SERIOUS).event)
    case = world.row(SusarCandidate).id
    assert world.refusal(close_case, CloseCase(candidate=case, part="follow_up"), by=BY).code == "no_follow_up"


def test_two_closings_at_once_are_one(world: World, case: str) -> None:
    order = CloseCase(candidate=case, part="report")
    world.actor(BY)
    answers = at_once(
        lambda: world.perform(close_case, order, by=BY, request_id="one"),
        lambda: world.perform(close_case, order, by=BY, request_id="two"),
    )
    assert [one.code for one in answers if isinstance(one, Refused)] == ["case_closed"]
    assert len(world.rows(DeskClosing)) == 1


def test_nobody_else_opens_or_closes(world: World, case: str) -> None:
    for name in ("investigator_01", "medical_monitor", "supply_manager"):
        assert world.refusal(open_case, OpenCase(candidate=case, reason="I wonder"), by=name).code == "role_not_allowed"
        assert world.refusal(close_case, CloseCase(candidate=case, part="report"), by=name).code == "role_not_allowed"
    assert world.rows(DeskOpening) == []
