"""A tick: what is due runs once, whoever asks, however often, and whatever became of the process before."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import exc, update

from irt.assurance.verify import verify
from irt.conduct.tables import Deviation
from irt.dispensing.attendance import SweepVisits, sweep_visits
from irt.dispensing.sweep import SweepKits, sweep_kits
from irt.gate.act import REGISTRY, Act, Order, act
from irt.gate.job_runs import Due, counts, whole
from irt.gate.rows import table_of
from irt.gate.tables import JobRun, Outbox, StudyState
from irt.jobs.outbox import sender_of
from irt.jobs.registry import Job, acting, check_stored
from irt.jobs.times import Every
from irt.migrate import newest
from irt.scheduler.loop import Loop
from tests.cast import World, world
from tests.scheduler.conftest import DAY, NIGHT, entries, looped, runs, told

ACTS = ("kits.sweep", "visits.sweep", "supply.order", "shelf.review", "envelopes.remind", "unlock.lapse")
INDEED = (*ACTS[:5], "verify", ACTS[5])  # in this order
JOBS = len(INDEED)
HOURLY = Every(60)
Another = Callable[[], World]


class Nothing(Order):
    """No fields."""


class Answer(BaseModel):
    looked_at: int
    whose: str


@act("test.counts", roles={"operator"})
def counting(act: Act, _order: Nothing) -> Answer:
    return Answer(looked_at=3, whose="a word that nobody should read")


@act("test.refuses", roles={"operator"})
def refusing(act: Act, _order: Nothing) -> None:
    act.refuse("not_found")


@act("test.breaks", roles={"operator"})
def breaking(act: Act, _order: Nothing) -> None:
    act.send("test", audience=["quality"])
    raise AssertionError("a message that could hold anything")


assert {"test.counts", "test.refuses", "test.breaks"} <= set(REGISTRY)


def sound(world: World) -> bool:
    return verify(world.database, world.keys, world.vault, world.study, revision=newest()) == []


def test_a_night_runs_every_job_once_in_its_order(trial: World) -> None:
    loop = looped(trial)
    loop.since = trial.clock.now()
    assert loop.tick() == 0
    trial.clock.move_to(NIGHT)
    assert (loop.tick(), loop.tick()) == (JOBS, 0)
    assert {(row.job, row.due_at, row.outcome, row.taken) for row in runs(trial)} == {
        (job, NIGHT, "done", 1) for job in INDEED
    }
    assert [line.split()[3] for line in told(loop)[1:]] == [f"{job}:" for job in INDEED]
    for job in ACTS:
        (entry,) = entries(trial, job)
        assert entry.request == trial.row(JobRun, job=job).id == Due(NIGHT, job).id
        assert (entry.at, entry.account) == (NIGHT, "operator")
    assert sound(trial)


def test_of_a_hundred_nights_that_the_machine_was_off_one_is_run(trial: World) -> None:
    loop = looped(trial)
    trial.clock.move_to(NIGHT)
    loop.tick()
    trial.clock.move_to(NIGHT + 100 * DAY + timedelta(hours=5))
    assert loop.tick() == JOBS
    assert {row.due_at for row in runs(trial)} == {NIGHT, NIGHT + 100 * DAY}
    missed = len(trial.rows(Deviation, kind="visit_missed"))
    assert trial.row(JobRun, id=Due(NIGHT + 100 * DAY, "visits.sweep").id).facts == {"count": missed}
    assert missed > 0


def test_who_does_not_lead_runs_nothing_and_who_loses_the_lead_stops(trial: World) -> None:
    trial.clock.move_to(NIGHT)
    loop = looped(trial)
    loop.leader.resign()
    assert loop.tick() == 0
    answers = iter([True, True, True, False])
    loop.leader.leads = lambda: next(answers)  # type: ignore[method-assign]
    assert loop.tick() == 2
    assert {row.job for row in runs(trial)} == set(ACTS[:2])
    assert [line for line in told(loop) if "UTC" not in line] == [
        "stands by: another scheduler runs the jobs", "runs the jobs", "stands by: another scheduler runs the jobs",
    ]  # fmt: skip


def test_two_who_both_believe_that_they_lead_run_nothing_twice(trial: World, another: Another) -> None:
    nights, worlds = 6, [another() for _ in range(2)]
    start = threading.Barrier(2)

    def live(one: World) -> int:
        loop, count = looped(one), 0
        for night in range(nights):
            one.clock.move_to(NIGHT + night * DAY)
            start.wait()
            for _ in range(3):
                count += loop.tick()
        return count

    with ThreadPoolExecutor(2) as pool:
        ended = sum(pool.map(live, worlds))
    found = runs(trial)
    assert len(found) == ended == JOBS * nights
    assert {row.outcome for row in found} == {"done"}
    for job in ACTS:
        assert sorted(entry.request for entry in entries(trial, job)) == [row.id for row in found if row.job == job]
    assert sound(trial)


@pytest.mark.parametrize("late", [timedelta(0), 3 * DAY])
def test_a_run_whose_process_was_killed_is_taken_over_and_ends_once(
    trial: World, another: Another, late: timedelta
) -> None:
    trial.clock.move_to(NIGHT)
    began, go = threading.Event(), threading.Event()
    ran: list[str] = []

    def slow(_service: Any, due: Due) -> Any:
        ran.append(due.id)
        if len(ran) == 1:
            began.set()
            go.wait(30)
        return "done", {"sent": len(ran)}

    dead, next_leader = looped(trial, Job("slow", HOURLY, work=slow)), another()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(dead.tick)
        began.wait(30)
        assert [(row.outcome, row.taken) for row in runs(trial)] == [(None, 1)]
        next_leader.clock.move_to(NIGHT + late)
        assert looped(next_leader, *dead.jobs).tick() == 1 + bool(late)
        go.set()
        assert first.result() == 0, "whoever lost it ends nothing"
    taken = runs(trial)[0]
    assert (taken.id, taken.outcome, taken.facts, taken.taken) == (Due(NIGHT, "slow").id, "done", {"sent": 2}, 2)
    assert len(runs(trial)) == 1 + bool(late)
    assert sound(trial)


def test_an_act_is_not_tried_while_the_study_does_not_allow_it(database_url: str) -> None:
    made = world(database_url)
    made.clock.move_to(NIGHT)
    assert made.row(StudyState).state == "setup"
    assert looped(made, acting(sweep_kits, SweepKits(), HOURLY)).tick() == 1
    assert [(row.outcome, row.facts) for row in runs(made)] == [("skipped", {"state": "setup"})]
    assert entries(made, "kits.sweep") == entries(made, "kits.sweep", "refusal") == []
    assert sound(made)


def test_what_an_earlier_job_of_the_night_did_to_the_state_counts_for_the_next(trial: World) -> None:
    trial.clock.move_to(NIGHT)
    freezing = Job("freezing", HOURLY, work=lambda service, _due: frozen(trial))
    assert looped(trial, freezing, acting(sweep_visits, SweepVisits(), HOURLY)).tick() == 2
    assert [(row.job, row.outcome, row.facts) for row in runs(trial)][1] == (
        "visits.sweep",
        "skipped",
        {"state": "frozen"},
    )
    assert entries(trial, "visits.sweep", "refusal") == []


def test_frozen_by_somebody_since_it_was_looked_at_is_no_refusal(trial: World, monkeypatch: pytest.MonkeyPatch) -> None:
    trial.clock.move_to(NIGHT)
    loop = looped(trial, acting(sweep_visits, SweepVisits(), HOURLY))
    monkeypatch.setattr(Loop, "_study_state", lambda _loop: ("open", False))
    frozen(trial)
    assert loop.tick() == 1
    assert [(row.outcome, row.facts) for row in runs(trial)] == [("skipped", {"state": "frozen"})]


def frozen(trial: World) -> Any:
    """The study's state is another, as if its database had been frozen."""
    state = table_of(StudyState)
    with trial.database.writing() as connection:
        connection.execute(update(state).values(state="frozen"))
    return "done", {}


def test_a_refusal_is_what_came_of_it_and_is_not_tried_again(trial: World) -> None:
    trial.clock.move_to(NIGHT)
    loop = looped(trial, acting(refusing, Nothing(), HOURLY))
    assert (loop.tick(), loop.tick()) == (1, 0)
    assert [(row.outcome, row.facts) for row in runs(trial)] == [("refused", {"code": "not_found"})]
    assert len(entries(trial, "test.refuses", "refusal")) == 1
    assert sound(trial)


def test_a_fault_ends_the_run_and_tells_its_kind_alone(trial: World) -> None:
    def broken(*_: Any) -> Any:
        raise KeyError("a message that could hold anything")

    trial.clock.move_to(NIGHT)
    sent = len(trial.rows(Outbox))
    loop = looped(trial, acting(breaking, Nothing(), HOURLY), Job("broken", HOURLY, work=broken))
    assert (loop.tick(), loop.tick()) == (2, 0)
    assert {row.job: (row.outcome, row.facts) for row in runs(trial)} == {
        "test.breaks": ("failed", {"fault": "AssertionError"}), "broken": ("failed", {"fault": "KeyError"}),
    }  # fmt: skip
    assert len(trial.rows(Outbox)) == sent
    assert entries(trial, "test.breaks") == []
    assert not any("anything" in line for line in told(loop))
    assert sound(trial)


def test_a_database_that_does_not_answer_leaves_the_run_for_the_next_tick(trial: World) -> None:
    answers = iter([exc.OperationalError("select", {}, Exception("gone")), None])

    def away(*_: Any) -> Any:
        if fault := next(answers):
            raise fault
        return "done", {}

    trial.clock.move_to(NIGHT)
    loop = looped(trial, Job("away", HOURLY, work=away))
    assert loop.tick() == 0
    assert [row.outcome for row in runs(trial)] == [None]
    assert loop.tick() == 1
    assert [(row.outcome, row.taken) for row in runs(trial)] == [("done", 2)]


def test_under_an_amended_study_file_reminders_alone_go_out_until_the_process_starts_anew(trial: World) -> None:
    trial.clock.move_to(NIGHT)
    old = looped(trial.under(cap=trial.study.cap + 1))
    assert (old.tick(), old.tick()) == (1, 0)
    assert [run.job for run in runs(trial)] == ["envelopes.remind"]
    assert entries(trial, "kits.sweep", "refusal") == trial.rows(Outbox, kind="findings.reported") == []
    assert len([line for line in told(old) if "StudyAmended" in line]) == 1, "it is said once"
    assert looped(trial).tick() == JOBS - 1


def test_of_an_answer_the_numbers_alone_are_kept(trial: World) -> None:
    trial.clock.move_to(NIGHT)
    loop = looped(trial, acting(counting, Nothing(), HOURLY))
    loop.tick()
    assert trial.row(JobRun).facts == {"looked_at": 3}
    assert not any("nobody" in line for line in told(loop))
    assert counts({"a": 1, "b": True, "c": 1.5, "d": None}) == {"a": 1}
    assert (counts(7), counts(True), counts("x"), counts([1])) == ({"count": 7}, {}, {}, {})
    assert [whole(one) for one in (0.001, 0.999, 1.0, 1.001, 59.2)] == [1, 1, 1, 2, 60]


def test_a_finding_of_the_check_is_told_to_quality_once(trial: World) -> None:
    trial.actor("quality")
    trial.put(Deviation, **stray_deviation(trial))
    trial.clock.move_to(NIGHT)
    loop = looped(trial, Job("verify", HOURLY, work=check_stored))
    assert (loop.tick(), loop.tick()) == (1, 0)
    (row,) = runs(trial)
    assert (row.outcome, row.facts) == ("found", {"findings": 1})
    (message,) = trial.rows(Outbox, kind="findings.reported")
    assert (message.audience, message.facts) == (["quality"], {"findings": 1})
    assert sender_of(trial.service).link(message) == "http://127.0.0.1:8000/jobs"
    (entry,) = entries(trial, "findings.report")
    assert entry.request == row.id
    found = verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest())
    assert [one.table for one in found] == ["deviation"], "the report itself is no finding"


def stray_deviation(trial: World) -> dict[str, Any]:
    """A deviation that no act noted."""
    columns = Deviation.__table__.columns
    values: dict[str, Any] = {one.name: None for one in columns}
    return values | {
        "id": "stray", "kind": "other", "site": "01", "subject": "stray", "happened_on": trial.clock.now().date(),
        "noted_at": trial.clock.now(), "noted_by": "nobody", "facts": {},
    }  # fmt: skip
