"""The main act: slot, first kit, caps and counters in one, once; and every reason why it is not done."""

import json
from datetime import timedelta
from typing import Any

import pytest

from irt.conduct.sites import PauseSite, pause_site
from irt.conduct.tables import Enrolment
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.tables import Outbox, SignatureRow
from irt.participants.tables import Participant
from irt.randomization.randomize import RandomizeOrder, randomize
from irt.randomization.tables import Randomization
from irt.supply.tables import Assignment, Kit, Movement, Shelf
from irt.vault._tables import Draw, StratumCounter
from tests.cast import World
from tests.setting import recorded
from tests.stocked import eligible, on_shelf, randomized, running_trial, take_away, type_due, types_of


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def used(world: World) -> int:
    return sum(row.used for row in world.rows(StratumCounter))


def ask(world: World, participant: str, by: str = "coordinator_01", request_id: str | None = None) -> Any:
    return world.perform(randomize, RandomizeOrder(participant=participant), by=by, request_id=request_id)


def refusal(world: World, participant: str, by: str = "coordinator_01") -> Refused:
    return world.refusal(randomize, RandomizeOrder(participant=participant), by=by)


def test_a_randomization_writes_everything_it_is_made_of(trial: World) -> None:
    one, told = randomized(trial)
    draw, row = trial.row(Draw), trial.row(Randomization)
    assert (draw.participant, draw.position, used(trial)) == (one.id, 1, 1)
    assert (row.participant, row.site, row.number) == (one.id, "01", told.number)
    assert draw.stratum == row.stratum
    assert row.signature == trial.row(SignatureRow, act="participant.randomize").id
    kit, assignment = trial.row(Kit, number=told.kit), trial.row(Assignment)
    assert (kit.state, kit.site, kit.participant) == ("assigned", "01", one.id)
    assert (assignment.kit, assignment.visit) == (told.kit, trial.study.dispensing_visits[0].id)
    assert trial.rows(Movement, kit=told.kit)[-1].after == "assigned"
    counted = {row.scope: row.randomized for row in trial.rows(Enrolment)}
    assert (counted["study"], counted["site:01"], counted["site:02"]) == (1, 1, 0)
    assert trial.row(Participant, id=one.id).state == "randomized"
    assert [message.participant for message in trial.rows(Outbox, kind="participant.randomized")] == [one.id]
    assert types_of(trial)[told.kit] == type_due(trial, one.id)


def test_the_audit_entry_tells_neither_slot_nor_position(trial: World) -> None:
    one, _ = randomized(trial)
    entry, draw = trial.last_audit(), trial.row(Draw)
    assert (entry.act, entry.site, entry.participant) == ("participant.randomize", "01", one.id)
    assert draw.slot not in entry.body
    changes = {change[0]: change for change in json.loads(entry.body)["changes"]}
    assert set(changes["draw"][3]["position"]) == {"sealed"}
    assert set(changes["stratum_counter"][3]["used"]) == {"sealed"}


def test_the_same_request_gets_the_same_answer(trial: World) -> None:
    one = eligible(trial)
    first = ask(trial, one.id, request_id="once")
    again = ask(trial, one.id, request_id="once")
    assert not first.repeated
    assert again.repeated
    assert (again.answer, again.seq, again.hash) == (first.answer, first.seq, first.hash)
    assert used(trial) == 1


def test_another_request_gets_the_first_answer(trial: World) -> None:
    one, told = randomized(trial)
    again = ask(trial, one.id, by="investigator_01").answer
    assert (again.number, again.kit, again.again) == (told.number, told.kit, True)
    assert used(trial) == len(trial.rows(Randomization)) == len(trial.rows(Assignment)) == 1


def test_whoever_left_screening_is_not_randomized(trial: World) -> None:
    one = eligible(trial)
    trial.do(withdraw, Withdraw(participant=one.id, reason="moved away"), by="coordinator_01")
    assert refusal(trial, one.id).code == "participant_state"


def test_eligibility_must_be_confirmed_and_must_hold(trial: World) -> None:
    assert refusal(trial, recorded(trial).id).code == "eligibility_not_confirmed"
    other = eligible(trial, "EXAMPLE-000002")
    trial.clock.advance(timedelta(days=trial.study.eligibility_days + 1))
    assert refusal(trial, other.id).code == "eligibility_not_confirmed"


def test_a_site_that_is_set_closed_randomizes_nobody(trial: World) -> None:
    one = eligible(trial)
    with trial.database.writing() as connection:
        connection.execute(table_of(Shelf).update().values(randomization="closed"))
    assert refusal(trial, one.id).code == "site_closed_for_randomization"


def test_a_shelf_without_one_arm_refuses_in_the_same_words_whichever_it_is(trial: World) -> None:
    people = [eligible(trial), eligible(trial, "EXAMPLE-000002", "02")]
    said = []
    for one, site, kind in zip(people, ("01", "02"), on_shelf(trial, "01"), strict=True):
        take_away(trial, on_shelf(trial, site)[kind])
        refused = refusal(trial, one.id, by=f"coordinator_{site}")
        said.append((refused.code, refused.facts, json.loads(trial.last_audit().body)["facts"]))
    assert said[0] == said[1] == ("site_closed_for_randomization", {}, {})
    assert used(trial) == 0


def test_kits_that_expire_before_their_last_use_serve_no_arm(trial: World) -> None:
    one = eligible(trial)
    kind = next(iter(on_shelf(trial, "01")))
    soon = trial.clock.now().date() + timedelta(days=trial.study.kit.do_not_dispense_days - 1)
    take_away(trial, on_shelf(trial, "01")[kind], expiry=soon)
    assert refusal(trial, one.id).code == "site_closed_for_randomization"
    assert used(trial) == 0


@pytest.mark.parametrize("scope", ["study", "site:01"])
def test_a_cap_that_is_reached_uses_no_slot(trial: World, scope: str) -> None:
    one = eligible(trial)
    with trial.database.writing() as connection:
        counter = table_of(Enrolment)
        connection.execute(counter.update().where(counter.c.scope == scope).values(cap=0))
    refused = refusal(trial, one.id)
    assert (refused.code, refused.facts) == ("cap_reached", {"scope": scope})
    assert used(trial) == 0


def test_a_list_without_a_slot_left_is_exhausted(trial: World) -> None:
    one = eligible(trial)
    with trial.database.writing() as connection:
        connection.execute(table_of(StratumCounter).update().values(slots=0))
    assert refusal(trial, one.id).code == "list_exhausted"


def test_a_paused_site_randomizes_nobody(trial: World) -> None:
    one = eligible(trial)
    pause = PauseSite(site="01", what="randomization", reason="the refrigerator is being serviced")
    trial.do(pause_site, pause, by="investigator_01")
    assert refusal(trial, one.id).code == "site_paused"


@pytest.mark.parametrize("by", ["pharmacist_01", "monitor", "trial_manager", "supply_manager", "administrator"])
def test_others_do_not_randomize(trial: World, by: str) -> None:
    assert refusal(trial, eligible(trial).id, by=by).code == "role_not_allowed"


def test_another_sites_participant_is_not_found(trial: World) -> None:
    one, _ = randomized(trial)
    for participant in (one.id, eligible(trial, "EXAMPLE-000002").id, "nobody"):
        assert refusal(trial, participant, by="coordinator_02").code == "not_found"


def test_slots_of_a_stratum_are_used_in_order_whichever_site_asks(trial: World) -> None:
    for number in range(4):
        one, _ = randomized(trial, f"EXAMPLE-10000{number}", ("01", "02")[number % 2])
        assert trial.row(Draw, participant=one.id).position == number + 1
