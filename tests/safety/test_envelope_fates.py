"""What became of envelopes: opened, returned, destroyed; done, refused, repeated, concurrent, audited."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from irt.entropy import new_id
from irt.gate.refusals import Refused
from irt.gate.tables import AuditEntry, Outbox
from irt.participants.screen import Screened
from irt.participants.visits import local_day
from irt.safety.envelope_counts import count
from irt.safety.envelope_tables import Envelope, EnvelopeFate
from irt.safety.envelopes import EnvelopeOpened, EnvelopeReturned, envelope_opened, envelope_returned
from tests.cast import World
from tests.safety.enveloped import halves
from tests.stocked import randomized, running_trial


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


@pytest.fixture
def one(trial: World) -> Screened:
    found, _ = randomized(trial)
    halves(trial)
    return found


def today(world: World) -> date:
    return local_day(world.clock.now(), world.study.site("01").time_zone)


def the_envelope(world: World, one: Screened, serial: int = 1) -> str:
    return str(world.row(Envelope, participant=one.id, serial=serial).id)


def opening(world: World, envelope: str, **other: Any) -> EnvelopeOpened:
    values = {
        "happened_on": today(world),
        "happened_at": "03:10",
        "opened_by": "the physician on duty",
        "told": "Shock",
    }
    return EnvelopeOpened(envelope=envelope, **{**values, **other})


def returning(world: World, envelope: str, **other: Any) -> EnvelopeReturned:
    values = {"kind": "returned", "happened_on": today(world), "told": "The seal is intact"}
    return EnvelopeReturned(envelope=envelope, **{**values, **other})


def counts(world: World) -> tuple[int, ...]:
    found = count(world.rows(Envelope), world.rows(EnvelopeFate))
    return found.issued, found.current, found.superseded, found.opened, found.returned, found.destroyed, found.out


def test_opened_is_told_to_those_who_learn_of_code_breaks(trial: World, one: Screened) -> None:
    envelope = the_envelope(trial, one)
    fate = trial.do(envelope_opened, opening(trial, envelope), by="coordinator_01")
    row = trial.row(EnvelopeFate, id=fate)
    assert (row.kind, row.site, row.happened_at, row.opened_by) == ("opened", "01", "03:10", "the physician on duty")
    (sent,) = trial.rows(Outbox, kind="envelope.opened")
    assert sent.audience == sorted(trial.study.safety.code_break_recipients)
    assert (sent.site, sent.participant, sent.facts) == ("01", one.id, {"number": one.screening_number})
    assert counts(trial) == (1, 1, 0, 1, 0, 0, 1)


def test_back_by_monitor_or_pharmacist_also_when_it_was_replaced(trial: World, one: Screened) -> None:
    halves(trial, everybody=True)
    old, new = the_envelope(trial, one), the_envelope(trial, one, 2)
    trial.do(envelope_returned, returning(trial, old, kind="destroyed"), by="pharmacist_01")
    assert counts(trial) == (2, 1, 1, 0, 0, 1, 1)
    trial.do(envelope_opened, opening(trial, new), by="investigator_01")
    trial.do(envelope_returned, returning(trial, new), by="monitor")
    assert counts(trial) == (2, 1, 1, 1, 1, 1, 0)


def test_that_it_was_opened_may_be_told_after_it_came_back(trial: World, one: Screened) -> None:
    envelope = the_envelope(trial, one)
    trial.do(envelope_returned, returning(trial, envelope, told="The seal is broken"), by="monitor")
    trial.do(envelope_opened, opening(trial, envelope), by="investigator_01")
    assert counts(trial) == (1, 1, 0, 1, 1, 0, 0)


def test_refused(trial: World, one: Screened) -> None:
    envelope = the_envelope(trial, one)
    for login in ("pharmacist_01", "monitor", "safety_officer", "assessor_01"):
        assert trial.refusal(envelope_opened, opening(trial, envelope), by=login).code == "role_not_allowed"
    for login in ("investigator_01", "coordinator_01", "safety_officer", "laboratory"):
        assert trial.refusal(envelope_returned, returning(trial, envelope), by=login).code == "role_not_allowed"
    assert trial.refusal(envelope_opened, opening(trial, envelope), by="investigator_02").code == "not_found"
    assert trial.refusal(envelope_returned, returning(trial, envelope), by="pharmacist_02").code == "not_found"
    assert trial.refusal(envelope_opened, opening(trial, "nonsense"), by="investigator_01").code == "not_found"
    for told in ("the paper said rhIL-2", "信封内写着安慰剂"):
        refusal = trial.refusal(envelope_returned, returning(trial, envelope, told=told), by="monitor")
        assert refusal.code == "treatment_named"
    day = timedelta(days=1)
    late, early = (opening(trial, envelope, happened_on=today(trial) + step) for step in (day, -day))
    assert trial.refusal(envelope_opened, late, by="investigator_01").code == "date_in_future"
    assert trial.refusal(envelope_opened, early, by="investigator_01").code == "date_too_early"
    trial.do(envelope_opened, opening(trial, envelope), by="investigator_01")
    assert trial.refusal(envelope_opened, opening(trial, envelope), by="coordinator_01").code == (
        "envelope_opened_already"
    )
    trial.do(envelope_returned, returning(trial, envelope), by="monitor")
    again = returning(trial, envelope, kind="destroyed")
    assert trial.refusal(envelope_returned, again, by="pharmacist_01").code == "envelope_gone"


def test_a_repeated_request_is_one_row(trial: World, one: Screened) -> None:
    order, request = opening(trial, the_envelope(trial, one)), new_id(trial.entropy)
    first = trial.perform(envelope_opened, order, "investigator_01", request)
    again = trial.perform(envelope_opened, order, "investigator_01", request)
    assert (again.answer, again.repeated) == (first.answer, True)
    back, request = returning(trial, the_envelope(trial, one)), new_id(trial.entropy)
    first = trial.perform(envelope_returned, back, "monitor", request)
    assert trial.perform(envelope_returned, back, "monitor", request).answer == first.answer
    assert len(trial.rows(EnvelopeFate)) == 2


@pytest.mark.parametrize("what", ["opened", "returned"])
def test_two_at_once_are_told_once(trial: World, one: Screened, what: str) -> None:
    envelope = the_envelope(trial, one)
    if what == "opened":
        function, by, orders = envelope_opened, "investigator_01", [opening(trial, envelope)] * 2
    else:
        kinds = ("returned", "destroyed")
        function, by = envelope_returned, "monitor"
        orders = [returning(trial, envelope, kind=kind) for kind in kinds]  # type: ignore[misc]
    asked = [(order, new_id(trial.entropy), trial.sign(function, order, by)) for order in orders]

    def ask(each: tuple) -> str:
        order, request, signature = each
        try:
            trial.service.gate.perform(function, order, by=trial.actor(by), request_id=request, signature=signature)
        except Refused as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(ask, asked))
    assert answers == ["done", "envelope_opened_already" if what == "opened" else "envelope_gone"]
    assert len(trial.rows(EnvelopeFate)) == 1


def test_one_audit_entry_each(trial: World, one: Screened) -> None:
    envelope = the_envelope(trial, one)
    trial.do(envelope_opened, opening(trial, envelope), by="investigator_01")
    trial.do(envelope_returned, returning(trial, envelope), by="monitor")
    for act, rows in (
        ("envelope.opened", {"signature", "outbox", "envelope_fate"}),
        ("envelope.returned", {"signature", "envelope_fate"}),
    ):
        (entry,) = trial.rows(AuditEntry, act=act, kind="act")
        assert (entry.site, entry.participant) == ("01", one.id)
        assert {change[0] for change in json.loads(entry.body)["changes"]} == rows
