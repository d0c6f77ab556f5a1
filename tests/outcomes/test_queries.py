"""Queries between people: who raises, answers, asks again and closes; once, also when asked twice or at once."""

from typing import Any

import pytest

from irt.gate.refusals import Refused
from irt.outcomes.capture import draft
from irt.outcomes.queries import NEXT, CloseQuery, WriteQuery, answer, ask_again, close, raise_one
from irt.outcomes.query_tables import Query, QueryMessage
from irt.people.access import GrantOrder, end
from irt.people.tables import RoleGrant
from tests.cast import World
from tests.outcomes.queried import answered, asked, asked_again, closed, question, slip, thread
from tests.outcomes.written_forms import plain, sheet, written
from tests.treated import Patient, treated
from tests.wiring import at_once


@pytest.fixture
def one(database_url: str) -> Patient:
    here = treated(database_url)
    written(here.world, here.id, "W0", "mmt8")
    return here


def line(query: Any, text: str = "Yes.") -> WriteQuery:
    return WriteQuery(query=query.id, text=text)


def test_raised_by_a_monitor_about_one_value(one: Patient) -> None:
    query = asked(one, field="deltoid")
    assert (query.number, query.field, query.origin, query.check_id) == (1, "deltoid", "monitor", None)
    assert (query.owner, query.state) == ("assessor", "open")
    assert thread(one.world, query) == [("raised", "Is this as in the source?")]
    entry = one.world.last_audit()
    assert (entry.act, entry.participant, entry.site) == ("query.raise", one.id, "01")


def test_raised_by_a_data_manager_about_a_form(one: Patient) -> None:
    query = asked(one, by="data_manager")
    assert (query.origin, query.field) == ("data_manager", None)
    assert asked(one, by="data_manager").number == 2


@pytest.mark.parametrize(
    "other",
    [
        {"instrument": "cdasi"},  # not recorded
        {"instrument": "blood_count"},  # can unmask
        {"instrument": "nothing"},
        {"visit": "W12"},
        {"field": "total"},
        {"participant": "nobody"},
    ],
)
def test_nothing_is_asked_about_what_is_not_there(one: Patient, other: dict[str, str]) -> None:
    order = question(one, **other)
    assert one.world.refusal(raise_one, order, by="monitor").code == "not_found"


def test_nothing_is_asked_about_a_draft(one: Patient) -> None:
    one.world.do(draft, sheet(one.id, "W0", one.day(1), cdasi=plain("cdasi")), by="assessor_01")
    assert one.world.refusal(raise_one, question(one, "cdasi"), by="monitor").code == "not_found"


def test_words_that_name_a_treatment_are_refused(one: Patient) -> None:
    world = one.world
    order = question(one, text="Is he on I.L. 2?")
    assert world.refusal(raise_one, order, by="monitor").code == "treatment_named"
    query = asked(one)
    assert world.refusal(answer, line(query, "安慰剂"), by="assessor_01").code == "treatment_named"
    answered(world, query, "assessor_01")
    assert world.refusal(ask_again, line(query, "Placebo?"), by="monitor").code == "treatment_named"
    naming = CloseQuery(query=query.id, text="ＰＢＯ")
    assert world.refusal(close, naming, by="monitor").code == "treatment_named"


def test_answered_by_the_role_that_rates_and_by_no_other(one: Patient) -> None:
    query, world = asked(one), one.world
    for by in ("physician_assessor_01", "coordinator_01", "investigator_01", "assessor_02"):
        assert world.refusal(answer, line(query), by=by).code == "not_found", by
    assert world.refusal(answer, line(query), by="data_manager").code == "role_not_allowed"
    assert answered(world, query, "assessor_01").state == "answered"
    assert world.last_audit().act == "query.answer"


STEPS = {"answered": answer, "asked_again": ask_again, "closed": close}
BY = {"answered": "assessor_01", "asked_again": "monitor", "closed": "monitor"}


@pytest.mark.parametrize("state", NEXT)
def test_the_table_of_steps_is_kept(one: Patient, state: str) -> None:
    query, world = asked(one), one.world
    if state != "open":
        answered(world, query, "assessor_01")
    if state == "closed":
        closed(world, query, "monitor")
    for step, function in STEPS.items():
        order = CloseQuery(query=query.id) if step == "closed" else line(query)
        if step not in NEXT[state]:  # type: ignore[index]
            assert world.refusal(function, order, by=BY[step]).code == "query_state", step
    possible = {"open": {"answered", "closed"}, "answered": {"asked_again", "closed"}, "closed": set[str]()}
    assert {name: set(found) for name, found in NEXT.items()} == possible


def test_asked_again_and_closed_by_whoever_raised_it(one: Patient) -> None:
    query, world = asked(one), one.world
    answered(world, query, "assessor_01")
    assert world.refusal(ask_again, line(query), by="data_manager").code == "query_not_yours"
    assert world.refusal(close, CloseQuery(query=query.id), by="data_manager").code == "query_not_yours"
    assert asked_again(world, query, "monitor").state == "open"
    assert closed(world, query, "monitor", "Seen in the source.").state == "closed"
    assert thread(world, query)[-1] == ("closed", "Seen in the source.")


def test_the_monitor_does_not_close_what_a_check_raised(one: Patient) -> None:
    query = slip(one)
    assert one.world.refusal(close, CloseQuery(query=query.id), by="monitor").code == "query_not_yours"


def test_somebody_of_the_same_role_once_the_raiser_is_gone(one: Patient) -> None:
    query, world = asked(one), one.world
    other = second_monitor(world)
    assert world.refusal(close, CloseQuery(query=query.id), by=other).code == "query_not_yours"
    grant = world.row(RoleGrant, account=world.actor("monitor").account)
    world.do(end, GrantOrder(grant=grant.id), by="administrator")
    assert world.refusal(close, CloseQuery(query=query.id), by="data_manager").code == "query_not_yours"
    assert closed(world, query, other).state == "closed"


def second_monitor(world: World) -> str:
    """Another monitor, of site 01 alone."""
    world.actor("monitor_01")
    return "monitor_01"


def test_asked_twice_it_is_raised_once(one: Patient) -> None:
    world = one.world
    first = world.perform(raise_one, question(one), by="monitor", request_id="a" * 20)
    again = world.perform(raise_one, question(one), by="monitor", request_id="a" * 20)
    assert first.answer == again.answer
    assert len(world.rows(Query)) == 1
    query = world.row(Query)
    for _ in range(2):
        world.perform(answer, line(query), by="assessor_01", request_id="b" * 20)
    assert thread(world, query) == [("raised", "Is this as in the source?"), ("answered", "Yes.")]


def test_raised_at_once_they_get_numbers_of_their_own(one: Patient) -> None:
    world = one.world
    calls = [("monitor", "first?"), ("data_manager", "second?"), ("monitor", "third?")]
    for by, _ in calls:
        world.actor(by)
    at_once(*[lambda by=by, text=text: world.perform(raise_one, question(one, text=text), by=by) for by, text in calls])
    assert sorted(row.number for row in world.rows(Query)) == [1, 2, 3]


def test_answered_and_closed_at_once_no_line_is_lost(one: Patient) -> None:
    query, world = asked(one), one.world
    for by in ("assessor_01", "monitor"):
        world.actor(by)
    found = at_once(
        lambda: world.perform(answer, line(query), by="assessor_01"),
        lambda: world.perform(close, CloseQuery(query=query.id), by="monitor"),
    )
    refused = [one.code for one in found if isinstance(one, Refused)]
    assert refused in ([], ["query_state"])
    row, lines = world.row(Query, id=query.id), world.rows(QueryMessage, query=query.id)
    assert (row.state, len(lines)) == ("closed", 3 - len(refused))
