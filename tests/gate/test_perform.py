"""The gate: once for a request id, whole or not at all, by the right person in the right state, and audited."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from irt.actor import Actor, Role
from irt.conduct.tables import Enrolment, Site, SiteApproval
from irt.db import canonical
from irt.entropy import new_id
from irt.gate import perform as perform_module
from irt.gate.act import REGISTRY, Act, Order, act
from irt.gate.audit import GENESIS, entry_hash
from irt.gate.fields import CalendarDay, Code, Reason
from irt.gate.refusals import RaceLost, Refused, Unavailable
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry, AuditHead, Outbox, Request, StudyState
from tests.wiring import Wiring, at_once

WHY = "as the plan says"
BOTH = {Role.COORDINATOR, Role.TRIAL_MANAGER}


def for_tests(*args: Any, **kwargs: Any) -> Callable[[Any], Any]:
    """An act that only these tests know: taken out of the registry again."""

    def register(function: Any) -> Any:
        made = act(*args, **{"during": None, **kwargs})(function)
        REGISTRY.pop(args[0])
        return made

    return register


class Approve(Order):
    site: Code
    kind: Code
    approved_on: CalendarDay = date(2026, 1, 5)


class ChangeState(Order):
    site: Code
    state: Code
    reason: Reason


class Nothing(Order):
    pass


@for_tests("test.approve", roles=BOTH)
def approve(act: Act, order: Approve) -> str:
    act.find(Site, code=order.site)
    values = {"site": order.site, "kind": order.kind, "reference": "EC 7", "approved_on": order.approved_on}
    approval = act.add(SiteApproval, id=new_id(act.entropy), recorded_at=act.now, **values)
    act.send("approved", audience=[Role.MONITOR], site=order.site, kind_of=order.kind)
    if order.kind == "refused":
        act.refuse("kind_unknown", kind=order.kind)
    assert order.kind != "broken", "an invariant is broken"
    return approval


@for_tests("test.change", roles=BOTH, reason=True)
def change(act: Act, order: ChangeState) -> None:
    act.change(Site, act.find(Site, code=order.site), state=order.state)


@for_tests("test.count", roles=BOTH)
def count(act: Act, order: Nothing) -> int | None:
    row = act.advance(Enrolment, "randomized", limit="cap", scope="study")
    return None if row is None else row.randomized


def entry_body(trial: Wiring) -> Any:
    return json.loads(trial.last_entry().body)


# -- once for a request id ---------------------------------------------------------------------------------------


def test_an_act_is_done_audited_and_announced(trial: Wiring, chen: Actor) -> None:
    done = trial.perform(approve, chen, Approve(site="01", kind="ethics"))
    (row,) = trial.rows(SiteApproval)
    (message,) = trial.rows(Outbox)
    entry = trial.last_entry()
    assert (done.answer, done.seq, done.hash, done.repeated) == (row.id, entry.seq, entry.hash, False)
    assert (entry.act, entry.account, entry.name, entry.site) == ("test.approve", chen.account, chen.name, "01")
    assert (message.kind, message.audience, message.site) == ("approved", ["monitor"], "01")
    body = entry_body(trial)
    assert body["order"] == {"site": "01", "kind": "ethics", "approved_on": "2026-01-05"}
    assert body["answer"] == row.id
    assert [(table, key, old) for table, key, old, _ in body["changes"]] == [
        ("site_approval", row.id, None),
        ("outbox", message.id, None),
    ]
    assert body["changes"][0][3]["recorded_at"] == "2026-11-02T08:00:00.000000Z"


def test_the_same_request_is_answered_as_before(trial: Wiring, chen: Actor) -> None:
    order = Approve(site="01", kind="ethics")
    first = trial.perform(approve, chen, order, request_id="form")
    trial.clock.advance(timedelta(days=400))
    again = trial.perform(approve, chen, order, request_id="form")
    assert (again.answer, again.seq, again.hash, again.repeated) == (first.answer, first.seq, first.hash, True)
    assert len(trial.rows(SiteApproval)) == len(trial.rows(AuditEntry)) == len(trial.rows(Request)) == 1


def test_the_same_request_at_once_is_done_once(trial: Wiring, chen: Actor) -> None:
    order = Approve(site="01", kind="ethics")
    answers: list[Any] = at_once(*[lambda: trial.perform(approve, chen, order, request_id="form")] * 4)
    assert sorted(one.repeated for one in answers) == [False, True, True, True]
    assert len({(one.answer, one.seq, one.hash) for one in answers}) == 1
    assert len(trial.rows(SiteApproval)) == 1


def test_a_request_id_used_for_something_else_is_refused(trial: Wiring, chen: Actor, manager: Actor) -> None:
    trial.perform(approve, chen, Approve(site="01", kind="ethics"), request_id="form")
    for function, by, order in (
        (approve, chen, Approve(site="01", kind="contract")),
        (approve, manager, Approve(site="01", kind="ethics")),
        (change, chen, ChangeState(site="01", state="ready", reason=WHY)),
    ):
        assert trial.refusal(function, by, order, request_id="form").code == "request_reused"


def test_a_refused_request_may_be_mended_and_sent_again(trial: Wiring, chen: Actor) -> None:
    refused = trial.refusal(approve, chen, Approve(site="01", kind="refused"), request_id="form")
    assert (refused.code, refused.facts) == ("kind_unknown", {"kind": "refused"})
    assert entry_body(trial) == {"code": "kind_unknown", "facts": {"kind": "refused"}, "request": "form"}
    assert not trial.perform(approve, chen, Approve(site="01", kind="ethics"), request_id="form").repeated


def test_a_broken_invariant_undoes_everything_and_is_no_refusal(trial: Wiring, chen: Actor) -> None:
    before = trial.kept()
    with pytest.raises(AssertionError, match="an invariant is broken"):
        trial.perform(approve, chen, Approve(site="01", kind="broken"))
    assert trial.kept() == before
    assert trial.rows(AuditEntry) == []
    assert trial.rows(AuditHead)[0].seq == 0


# -- who, where and when -----------------------------------------------------------------------------------------


def test_another_site_is_not_found(trial: Wiring, chen: Actor, manager: Actor) -> None:
    refused = trial.refusal(approve, chen, Approve(site="02", kind="ethics"))
    assert (refused.code, refused.facts) == ("not_found", {"what": "site"})
    missing = trial.refusal(approve, chen, Approve(site="77", kind="ethics"))
    assert (missing.code, missing.facts) == (refused.code, refused.facts)
    trial.perform(approve, manager, Approve(site="02", kind="ethics"))


def test_a_row_is_not_added_to_another_site(trial: Wiring, chen: Actor) -> None:
    @for_tests("test.smuggle", roles=BOTH)
    def smuggle(act: Act, order: Nothing) -> None:
        values = {"site": "02", "kind": "ethics", "reference": "EC 7", "approved_on": act.now.date()}
        act.add(SiteApproval, id="x", recorded_at=act.now, **values)

    assert trial.refusal(smuggle, chen, Nothing()).code == "not_found"


def test_only_the_roles_of_the_act_open_sites(trial: Wiring) -> None:
    both = trial.person("both", (Role.COORDINATOR, "01"), (Role.PHARMACIST, "02"))
    assert trial.refusal(approve, both, Approve(site="02", kind="ethics")).code == "not_found"


def test_another_role_is_refused_and_so_are_the_grants_that_a_caller_claims(trial: Wiring, chen: Actor) -> None:
    auditor = trial.person("auditor", (Role.AUDITOR, None))
    claimed = Actor(auditor.account, auditor.login, auditor.name, chen.grants)
    for actor in (auditor, claimed):
        assert trial.refusal(approve, actor, Approve(site="01", kind="ethics")).code == "role_not_allowed"
    nobody = Actor("nobody", "nobody", "Nobody", chen.grants)
    assert trial.refusal(approve, nobody, Approve(site="01", kind="ethics")).code == "account_inactive"


def test_an_act_waits_for_its_state_of_the_study(trial: Wiring, chen: Actor) -> None:
    @for_tests("test.when_open", roles=BOTH, during={"open"})
    def when_open(act: Act, order: Nothing) -> None:
        pass

    assert trial.refusal(when_open, chen, Nothing()).facts == {"state": "setup"}
    put_state(trial, state="open")
    trial.perform(when_open, chen, Nothing())


def test_a_changed_study_file_stops_every_act(trial: Wiring, chen: Actor) -> None:
    put_state(trial, file_sha256="0" * 64)
    assert trial.refusal(approve, chen, Approve(site="01", kind="ethics")).code == "study_file_changed"
    put_state(trial, file_sha256=trial.study.sha256)
    trial.perform(approve, chen, Approve(site="01", kind="ethics"))


def put_state(trial: Wiring, **values: str) -> None:
    with trial.database.writing() as connection:
        connection.execute(update(table_of(StudyState)).values(**values))


# -- changes and races -------------------------------------------------------------------------------------------


def test_a_change_is_audited_with_old_and_new_value_and_reason(trial: Wiring, chen: Actor) -> None:
    trial.perform(change, chen, ChangeState(site="01", state="ready", reason=WHY))
    assert entry_body(trial)["changes"] == [["site", "01", {"state": "set_up"}, {"state": "ready"}]]
    assert trial.last_entry().reason == "as the plan says"
    trial.perform(change, chen, ChangeState(site="01", state="ready", reason=WHY))
    assert entry_body(trial)["changes"] == []


def test_a_row_changed_meanwhile_loses_the_race_and_the_act_runs_again(trial: Wiring, chen: Actor) -> None:
    runs = []

    @for_tests("test.race", roles=BOTH)
    def race(act: Act, order: Nothing) -> int:
        runs.append(act.find(Site, code="01").state)
        site = act.find(Site, code="01", lock=False)
        if len(runs) < 3:
            act.connection.execute(update(table_of(Site)).where(Site.code == "01").values(state="closed"))
        act.change(Site, site, state="ready")
        return len(runs)

    assert trial.perform(race, chen, Nothing()).answer == 3
    assert runs == ["set_up"] * 3, "what a lost run did was rolled back"
    assert [row.state for row in trial.rows(Site, code="01")] == ["ready"]
    assert len(trial.rows(AuditEntry)) == 1


def test_a_race_lost_for_good_is_refused_as_busy(trial: Wiring, chen: Actor) -> None:
    runs = []

    @for_tests("test.lost", roles=BOTH)
    def lost(act: Act, order: Nothing) -> None:
        runs.append(1)
        raise RaceLost("site")

    assert trial.refusal(lost, chen, Nothing()).code == "busy"
    assert len(runs) == perform_module.ATTEMPTS == 4


def test_a_counter_reaches_its_limit_and_no_further_with_many_at_once(trial: Wiring, chen: Actor) -> None:
    calls = [lambda name=str(name): trial.perform(count, chen, Nothing(), request_id=name) for name in range(5)]
    answers: list[Any] = at_once(*calls)
    assert sorted(str(one.answer) for one in answers) == ["1", "2", "3", "None", "None"]
    assert [row.randomized for row in trial.rows(Enrolment)] == [3]


def test_a_database_that_does_not_answer_is_named(trial: Wiring, chen: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(trial.database), "writing", gone)
    with pytest.raises(Unavailable):
        trial.perform(approve, chen, Approve(site="01", kind="ethics"))
    with pytest.raises(Unavailable):
        trial.credentials.open_session(chen)


def gone(database: Any) -> Any:
    from irt.db import connect

    url = "sqlite:////nowhere/at/all.sqlite" if database.is_sqlite else "postgresql://nobody@127.0.0.1:1/nothing"
    return connect(url).write.begin()


# -- the chain ---------------------------------------------------------------------------------------------------


def test_the_chain_binds_acts_and_refusals_in_order(trial: Wiring, chen: Actor) -> None:
    for kind in ("ethics", "refused", "contract"):
        try:
            trial.perform(approve, chen, Approve(site="01", kind=kind))
        except Refused:
            trial.clock.advance(timedelta(hours=1))
    entries = trial.rows(AuditEntry)
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [entry.kind for entry in entries] == ["act", "refusal", "act"]
    assert [entry.previous for entry in entries] == [GENESIS, *(entry.hash for entry in entries[:-1])]
    assert all(entry_hash(entry._mapping) == entry.hash for entry in entries)
    assert all(entry.body == canonical(json.loads(entry.body)) for entry in entries)
    (head,) = trial.rows(AuditHead)
    assert (head.seq, head.hash) == (3, entries[-1].hash)


def test_recorded_at_never_goes_back_whatever_the_clocks_say(trial: Wiring, chen: Actor, database_url: str) -> None:
    from tests.wiring import wire

    behind = wire(database_url, seed=b"3" * 32)
    trial.clock.advance(timedelta(hours=2))
    trial.perform(approve, chen, Approve(site="01", kind="ethics"))
    behind.perform(approve, chen, Approve(site="01", kind="contract"))
    first, then = trial.rows(AuditEntry)
    assert then.at < first.at
    assert then.recorded_at == first.recorded_at
    behind.database.write.dispose()
    behind.database.read.dispose()


def test_a_bulk_is_audited_as_count_and_digests_that_name_a_changed_row(trial: Wiring, chen: Actor) -> None:
    def rows(*kinds: str) -> list[dict[str, Any]]:
        values = {"site": "01", "reference": "EC 7", "approved_on": date(2026, 1, 5), "recorded_at": trial.clock.now()}
        return [{"id": f"row-{number}", "kind": kind, **values} for number, kind in enumerate(kinds)]

    @for_tests("test.bulk", roles=BOTH)
    def bulk(act: Act, order: Nothing) -> None:
        act.bulk(SiteApproval, rows("a", "b", "c"), batch="site")

    trial.perform(bulk, chen, Nothing())
    assert [row.kind for row in trial.rows(SiteApproval)] == ["a", "b", "c"]
    ((table, batch, word, digest),) = entry_body(trial)["changes"]
    assert (table, batch, word, digest["count"]) == ("site_approval", {"site": "01"}, "bulk", 3)
    stored = [row._asdict() for row in trial.rows(SiteApproval)]
    assert digest == trial.keys.bulk_digest(SiteApproval, list(reversed(stored)))
    stored[1]["kind"] = "x"
    changed = trial.keys.bulk_digest(SiteApproval, stored)
    assert changed["digest"] != digest["digest"]
    size = len(digest["rows"]) // 3
    differing = [
        n for n in range(3) if changed["rows"][n * size : (n + 1) * size] != digest["rows"][n * size : (n + 1) * size]
    ]
    assert 1 in differing


def test_a_field_that_is_not_recorded_stays_out_of_the_chain_but_binds_the_request(trial: Wiring, chen: Actor) -> None:
    from pydantic import Field

    class Upload(Order):
        name: Code
        content: str = Field(json_schema_extra={"recorded": False})

    @for_tests("test.upload", roles=BOTH)
    def upload(act: Act, order: Upload) -> int:
        return len(order.content)

    first = trial.perform(upload, chen, Upload(name="a", content="marzipan"), request_id="form")
    assert first.answer == 8
    assert "marzipan" not in trial.last_entry().body
    other = Upload(name="a", content="nougat")
    assert trial.refusal(upload, chen, other, request_id="form").code == "request_reused"
