"""What is owed to a participant's safety is told in every state of the study, whatever its file and trainings say."""

from datetime import timedelta

import pytest

from irt.safety.desk import CloseCase, OpenCase, close_case, open_case
from irt.safety.events import NoEvent, no_event, void_event
from irt.safety.reminding import RemindOfClocks, remind_of_clocks
from irt.safety.tables import AdverseEvent, EventTold, EventVersion, SusarCandidate
from tests.cast import World
from tests.safety.test_break_code import STATES, put_state
from tests.safety.told import DEADLY, INVESTIGATOR, followed, heard, judged, latest, reported, voiding
from tests.treated import Patient, treated

BY = "safety_officer"


@pytest.fixture
def one(database_url: str) -> Patient:
    patient = treated(database_url, "01")
    patient.on_day(5)
    for name in (INVESTIGATOR, "coordinator_01", "medical_monitor", BY):
        patient.world.actor(name)
    return patient


def all_of_it(world: World, one: Patient) -> None:
    """From what the coordinator hears to the closed case; each step is refused or written."""
    told = heard(world, one.id)
    world.clock.advance(timedelta(hours=25))
    assert world.do(remind_of_clocks, RemindOfClocks(), by="operator").reports == 1
    world.do(no_event, NoEvent(told=told, reason="planned before consent"), by=INVESTIGATOR)
    event = reported(world, one.id, **DEADLY).event
    judged(world, event)
    case = world.row(SusarCandidate).id
    world.do(open_case, OpenCase(candidate=case, reason="due in seven days"), by=BY)
    for part in ("report", "follow_up"):
        world.do(close_case, CloseCase(candidate=case, part=part), by=BY)
    followed(world, event, verbatim="heart failure")
    world.do(void_event, voiding(world, event), by=INVESTIGATOR)
    assert not latest(world, event).stands
    assert (len(world.rows(EventTold)), len(world.rows(AdverseEvent)), len(world.rows(EventVersion))) == (1, 1, 3)


@pytest.mark.parametrize("state", STATES)
def test_in_every_state(one: Patient, state: str) -> None:
    put_state(one.world, state)
    all_of_it(one.world, one)


def test_while_the_study_file_waits_and_the_training_is_renewed(one: Patient) -> None:
    later = one.world.under(cap=one.world.study.cap + 1, training_version="a later one")
    all_of_it(later, one)
