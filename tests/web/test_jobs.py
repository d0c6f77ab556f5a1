"""The page of the jobs: how each stands, in both languages, and red where somebody should look."""

import re
from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from irt.gate.act import spec_of
from irt.gate.job_runs import Due
from irt.gate.tables import Delivery, JobRun, Outbox
from irt.jobs.deliveries import deliveries
from irt.jobs.registry import jobs_of
from irt.jobs.runs import Book
from irt.mail import KEPT_TRYING
from irt.people.tables import Account
from irt.settings import Settings
from irt.web import job_words
from irt.web.jobs import told
from tests.cast import World
from tests.scheduler.conftest import NIGHT, looped
from tests.web.conftest import Visitor
from tests.wiring import study_of_tests

RED = "table-danger"
BY_DAY = "Remind of safety clocks"


def rows(page: str) -> dict[str, str]:
    """The lines of the table about what is done at night, by the words of the job."""
    found = re.findall(r"<tr( class=\"table-danger\")?><td>([^<]+)</td>(.*?)</tr>", page, re.DOTALL)
    assert sum(job == BY_DAY for _, job, _ in found) == 1
    return {job: f"{red}{rest}" for red, job, rest in found if job != BY_DAY}


def test_each_job_with_its_runs_and_in_red_what_is_late_or_bad(trial: World, visit: Callable[[str], Visitor]) -> None:
    trial.clock.move_to(NIGHT + timedelta(minutes=30))
    before = rows(visit("trial_manager").get("/jobs").text)
    assert len(before) == 8
    assert all("Never yet" in line and RED not in line for line in before.values())
    looped(trial, *jobs_of(trial.service.settings, trial.study)).tick()
    done = rows(visit("trial_manager").get("/jobs").text)
    assert all("2026-03-03 01:00 +08:00" in line and "2026-03-04 01:00 +08:00" in line for line in done.values())
    assert "Findings: 0" in done["Check all that is stored"]
    assert "Being set up" in done["Note missed visits"]
    assert "Nobody is randomized yet" in done["Rehearse the release"]
    assert not any(RED in line for line in done.values())
    trial.clock.move_to(NIGHT + timedelta(days=1, minutes=61))
    late = rows(visit("trial_manager").get("/jobs").text)
    assert all(RED in line and "Overdue" in line for line in late.values())


def test_what_somebody_should_look_at_is_red_though_it_ran_in_time(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    trial.clock.move_to(NIGHT)
    quality = visit("quality")
    book = Book(trial.service.housekeeping, trial.clock)
    for job, came in (
        ("verify", ("found", {"findings": 3})),
        ("kits.sweep", ("refused", {"code": "study_file_changed"})),
        ("visits.sweep", ("failed", {"fault": "KeyError"})),
        ("supply.order", ("failed", {"fault": "KeyError"})),
        ("shelf.review", ("done", {"count": 2})),
        ("envelopes.remind", ("done", {"due": 1, "older": 4})),
        ("unlock.lapse", ("done", {"count": 0})),
        ("rehearsal", ("failed", {"mistakes": 2})),
    ):
        assert book.note(Due(NIGHT, job), came, 61.5)
        assert not book.note(Due(NIGHT, job), came, 1.0)
    found = rows(quality.get("/jobs").text)
    assert [job for job, line in found.items() if RED not in line] == [
        "Set which sites may randomize", "Look whether emergency envelopes are due",
        "Close an unlocking whose days are over",
    ]  # fmt: skip
    assert "Envelopes older than the newest kit: 4" in found["Look whether emergency envelopes are due"]
    assert "Mistakes in the package: 2" in found["Rehearse the release"]
    assert "Findings: 3" in found["Check all that is stored"]
    assert "KeyError" in found["Note missed visits"]
    assert all(">62<" in line for line in found.values())
    quality.get("/language/zh_Hans_CN")
    chinese = quality.get("/jobs").text
    assert "核查全部存储数据" in chinese
    assert "发现: 3" in chinese


def test_how_the_mail_stands_in_counts_alone(trial: World, visit: Callable[[str], Visitor]) -> None:
    manager = visit("trial_manager")
    with trial.database.read.connect() as connection:
        stands = deliveries(connection, trial.clock.now())
    accounts = trial.rows(Account)
    assert (stands.waiting, stands.sent, stands.given_up, stands.oldest) == (len(accounts), 0, 0, trial.clock.now())
    rows = sorted(trial.rows(Outbox), key=lambda row: row.id)
    for row, state in zip(rows, ("sent", "given_up"), strict=False):
        key = {"id": f"{row.id}.{row.audience[0]}", "outbox": row.id, "account": row.audience[0]}
        trial.service.housekeeping.add(Delivery, **key, state=state, attempts=1, due_at=trial.clock.now())
    with trial.database.read.connect() as connection:
        after = deliveries(connection, trial.clock.now())
        later = deliveries(connection, trial.clock.now() + KEPT_TRYING + timedelta(days=1))
    assert (after.sent, after.given_up, after.waiting) == (1, 1, len(accounts) - 2)
    assert (later.waiting, later.oldest) == (0, None)
    page = manager.get("/jobs").text
    assert "Waiting to be sent" in page
    assert not any(
        account.email in page or account.login in page for account in accounts if account.login != "trial_manager"
    )


def test_every_job_and_every_number_of_it_has_words(app_alone: Flask) -> None:
    settings = Settings(mail_server="mail.hospital.example", mail_from="irt@hospital.example")
    jobs = jobs_of(settings, study_of_tests())
    assert {job.name for job in jobs} == set(job_words.JOBS)
    counted = set()
    for job in jobs:
        if job.function is not None:
            answer = spec_of(job.function).answer.json_schema()
            counted |= {f"{job.name}/{name}" for name in answer.get("properties", {"count": None})}
    assert len(counted) >= 4
    counted |= {f"rehearsal/{name}" for name in ("open", "rows", "mistakes")}
    assert counted | {"verify/findings", "outbox/sent"} == set(job_words.JOB_COUNTS)


def test_an_outcome_tells_numbers_and_codes_alone(app_alone: Flask) -> None:
    with app_alone.test_request_context():
        assert told("kits.sweep", {"expired": 2, "at_home": 0}) == [
            "Expired on a shelf: 2", "At home past their expiry: 0",
        ]  # fmt: skip
        assert told("x", {"code": "unheard_of"})[0].startswith("This")
    assert {column.name for column in JobRun.__table__.columns} == {
        "id", "job", "due_at", "outcome", "facts", "started_at", "finished_at", "seconds", "taken", "mac",
    }  # fmt: skip
