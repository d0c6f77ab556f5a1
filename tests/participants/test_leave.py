"""Screen failure and withdrawal: with a reason, once, for good; data stay."""

from collections.abc import Callable
from typing import Any

import pytest

from irt.dispensing.withdrawal import withdraw
from irt.gate.act import spec_of
from irt.gate.tables import AuditEntry
from irt.participants.leave import screen_fail
from irt.participants.tables import BaselineValue, Participant
from tests.cast import World, world
from tests.setting import open_trial, recorded, screened

LEAVING = [(screen_fail, "screen_failed"), (withdraw, "withdrawn")]


@pytest.fixture
def trial(database_url: str) -> World:
    return open_trial(world(database_url), "01", "02")


@pytest.mark.parametrize(("act", "state"), LEAVING, ids=["screen_fail", "withdraw"])
@pytest.mark.parametrize("by", ["investigator_01", "coordinator_01"])
def test_who_leaves_keeps_their_data(trial: World, act: Callable[..., Any], state: str, by: str) -> None:
    one = recorded(trial)
    order = spec_of(act).order(participant=one.id, reason="The reason told")
    values = trial.rows(BaselineValue)
    first = trial.perform(act, order, by=by, request_id="once")
    assert trial.perform(act, order, by=by, request_id="once").seq == first.seq
    assert trial.row(Participant).state == state
    assert values
    assert trial.rows(BaselineValue) == values
    entry = trial.row(AuditEntry, request="once")
    assert (entry.reason, entry.participant, entry.site) == ("The reason told", one.id, "01")
    for later, _ in LEAVING:
        refused = trial.refusal(later, spec_of(later).order(participant=one.id, reason="Again"), by=by)
        assert (refused.code, refused.facts["state"]) == ("participant_state", state)


@pytest.mark.parametrize("act", [screen_fail, withdraw])
def test_nobody_else_lets_a_participant_go(trial: World, act: Callable[..., Any]) -> None:
    order = spec_of(act).order(participant=screened(trial).id, reason="The reason told")
    assert trial.refusal(act, order, by="investigator_02").code == "not_found"
    assert trial.refusal(act, order, by="monitor").code == "role_not_allowed"
    assert (
        trial.refusal(act, spec_of(act).order(participant="nobody", reason="None"), by="coordinator_01").code
        == "not_found"
    )
