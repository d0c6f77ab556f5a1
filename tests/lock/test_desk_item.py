"""The checklist tells nobody when a case of the desk was closed, and masked people read of none of its openings."""

from datetime import timedelta

from irt.lock.extract import Trial, masked_tables
from irt.lock.extract.log import whole_unblinding_log
from irt.safety.break_code import break_code
from irt.safety.desk import CloseCase, OpenCase, close_case, open_case
from irt.safety.tables import SusarCandidate
from tests.cast import World
from tests.lock.locked import data, waiting
from tests.safety.broken import TOLD, breaking
from tests.safety.told import DEADLY, judged, reported
from tests.treated import treated

BY = "safety_officer"


def cases(world: World) -> int:
    """How many cases the checklist counts as waiting, for all that is shown of them."""
    item = waiting(world).get("desk")
    return 0 if item is None else len(item.waiting)


def test_a_case_waits_until_its_time_has_passed_closed_or_not(database_url: str) -> None:
    one = treated(database_url, "01")
    world = one.world
    judged(world, reported(world, one.id, **DEADLY).event)
    case = world.row(SusarCandidate)
    assert cases(world) == 1
    for part in ("report", "follow_up"):
        world.do(close_case, CloseCase(candidate=case.id, part=part), by=BY)
        assert cases(world) == 1, "a placebo case is closed at another time"
    safety = world.study.safety
    world.clock.advance(timedelta(days=safety.fatal_report_days + safety.fatal_follow_up_days + 2))
    assert cases(world) == 0


def test_a_case_that_nobody_closed_waits_for_ever(database_url: str) -> None:
    one = treated(database_url, "01")
    judged(one.world, reported(one.world, one.id, **DEADLY).event)
    one.world.clock.advance(timedelta(days=90))
    assert cases(one.world) == 1


def test_the_sum_of_the_data_does_not_move_with_what_the_desk_does(database_url: str) -> None:
    one = treated(database_url, "01")
    world = one.world
    judged(world, reported(world, one.id, **DEADLY).event)
    case, before = world.row(SusarCandidate).id, data(world)
    world.do(open_case, OpenCase(candidate=case, reason="due in seven days"), by=BY)
    for part in ("report", "follow_up"):
        world.do(close_case, CloseCase(candidate=case, part=part), by=BY)
    assert data(world) == before


def test_masked_people_read_of_no_opening_of_the_desk_and_no_words_of_an_emergency(database_url: str) -> None:
    one = treated(database_url, "01")
    world = one.world
    judged(world, reported(world, one.id, **DEADLY).event)
    order = OpenCase(candidate=world.row(SusarCandidate).id, reason="due in seven days")
    world.do(open_case, order, by=BY)
    world.do(break_code, breaking(None, participant=one.id), by="investigator_01")
    with world.database.read.connect() as connection:
        trial = Trial(connection, world.study, world.clock.now())
        masked, whole = masked_tables(trial)["unblinding_log"], list(whole_unblinding_log(trial))
    assert sorted(row["kind"] for row in whole) == ["code_break", "desk_opening"]
    assert [(row["kind"], row["told"]) for row in masked] == [("code_break", "")]
    assert TOLD in {row["told"] for row in whole}
