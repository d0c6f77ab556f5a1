"""The nightly look at the emergency envelopes: the officer is told by counts when more are due, not nightly."""

from datetime import timedelta

import pytest

from irt.dispensing.wrong_kit import wrong_kit
from irt.gate.tables import AuditEntry, Outbox
from irt.safety.envelope_reminding import DueEnvelopes, RemindOfEnvelopes, remind_of_envelopes
from irt.safety.envelope_tables import Envelope
from irt.safety.envelopes import IssueEnvelopes, issue_envelopes
from tests.cast import World
from tests.dispensing.mishapped import ask, at_second_visit, give, shelf, wrong
from tests.safety.enveloped import OFFICER, halves
from tests.stocked import randomized, running_trial

DAY = timedelta(days=1)


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


def night(world: World, after: timedelta = DAY) -> tuple[int, int, int]:
    """The next night: due, older, and how many messages there are by then."""
    world.clock.advance(after)
    found = world.do(remind_of_envelopes, RemindOfEnvelopes(), by="operator")
    assert isinstance(found, DueEnvelopes)
    return found.due, found.older, len(world.rows(Outbox, kind="envelopes.due"))


def test_where_nobody_is_randomized_nobody_is_told(trial: World) -> None:
    assert night(trial) == (0, 0, 0)


def test_told_once_for_each_growth_of_what_is_due(trial: World) -> None:
    randomized(trial)
    assert [night(trial), night(trial)] == [(1, 0, 1)] * 2
    randomized(trial, "EXAMPLE-000050", "02")
    assert [night(trial), night(trial)] == [(2, 0, 2)] * 2
    halves(trial)
    randomized(trial, "EXAMPLE-000051", "02")
    assert night(trial) == (1, 0, 3), "fewer than before, and yet another"
    rows = trial.rows(Outbox, kind="envelopes.due")
    assert {(tuple(row.audience), row.site, row.participant) for row in rows} == {((OFFICER,), None, None)}
    assert sorted((row.facts["due"], row.facts["older"]) for row in rows) == [(1, 0), (1, 0), (2, 0)]


def test_told_weekly_while_any_is_due(trial: World) -> None:
    randomized(trial)
    assert [night(trial)[2] for _ in range(16)] == [1] * 7 + [2] * 7 + [3] * 2


def test_nobody_is_told_once_they_are_issued(trial: World) -> None:
    randomized(trial)
    night(trial)
    halves(trial)
    assert night(trial, 100 * DAY) == (0, 0, 1)


@pytest.mark.parametrize("box", range(4))
def test_a_wrong_box_makes_another_due_whatever_it_held(trial: World, box: int) -> None:
    one, _ = at_second_visit(trial, 2)
    halves(trial)
    assert night(trial, timedelta(0)) == (0, 0, 0)
    trial.clock.advance(timedelta(minutes=1))
    trial.do(wrong_kit, wrong(trial, one, shelf(trial)[box]), by="pharmacist_01")
    assert night(trial, timedelta(0)) == (1, 0, 1)


def test_kits_given_since_are_told_every_four_weeks(trial: World) -> None:
    one, _ = at_second_visit(trial, 2)
    halves(trial)
    trial.clock.advance(timedelta(minutes=1))
    give(trial, one, ask(trial, one))
    assert night(trial, timedelta(0)) == (0, 1, 1)
    assert [night(trial)[2], night(trial, 26 * DAY)[2], night(trial)[2]] == [1, 1, 2]
    trial.do(issue_envelopes, IssueEnvelopes(older="yes"), by=OFFICER)
    assert sorted(row.serial for row in trial.rows(Envelope, participant=one.id)) == [1, 2]
    assert len(trial.rows(Envelope)) == 3, "the other's is not older"
    assert night(trial, 100 * DAY) == (0, 0, 2)


def test_only_time_asks_for_it_and_the_trail_holds_counts(trial: World) -> None:
    one, _ = randomized(trial)
    for login in (OFFICER, "trial_manager", "investigator_01"):
        assert trial.refusal(remind_of_envelopes, RemindOfEnvelopes(), by=login).code == "role_not_allowed"
    night(trial)
    entry = next(row for row in trial.rows(AuditEntry, act="envelopes.remind") if row.kind == "act")
    assert (entry.site, entry.participant) == (None, None)
    assert one.screening_number not in entry.body
    assert one.id not in entry.body
