"""`irt scheduler` and `irt jobs`: what an operator sees of the door for time."""

import pytest

from tests.cli.conftest import Office

NAMES = (
    "kits.sweep", "visits.sweep", "supply.order", "shelf.review", "envelopes.remind", "verify", "unlock.lapse",
    "rehearsal", "clocks.remind",
)  # fmt: skip


def lines(said: str) -> dict[str, str]:
    return {line.split()[0]: line for line in said.splitlines() if line.split()[0] != "job"}


def test_a_simulated_clock_runs_each_due_time_once_and_the_same_days_again_nothing(laid: Office) -> None:
    command = "scheduler --clock simulated --days 3 --start 2026-03-02"
    said = "3 simulated days: 9 jobs × due times = 42, rows = 42, "
    assert laid.done(command).endswith(f"{said}42 run by this process\n")
    assert laid.done(command).endswith(f"{said}0 run by this process\n")
    found = lines(laid.done("jobs"))
    assert set(found) == set(NAMES)
    nightly = [line for name, line in found.items() if name != "clocks.remind"]
    assert all("2026-03-05 01:00" in line and "2026-03-06 01:00" in line for line in nightly)
    assert "skipped" in found["kits.sweep"]
    assert "state setup" in found["kits.sweep"]
    assert "findings 0" in found["verify"]
    assert "nobody_randomized" in found["rehearsal"]
    assert all("OVERDUE" in line for line in found.values()), "that was long ago"


def test_what_is_due_is_run_once_and_then_stands_there(laid: Office) -> None:
    assert all("never" in line for line in lines(laid.done("jobs")).values())
    assert laid.done("scheduler --once").endswith("9 jobs run\n")
    assert laid.done("scheduler --once").endswith("0 jobs run\n")
    assert not any("OVERDUE" in line or "never" in line for line in lines(laid.done("jobs")).values())


def test_the_outbox_is_a_job_where_there_is_a_mail_server(laid: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRT_MAIL_SERVER", "127.0.0.1")
    monkeypatch.setenv("IRT_MAIL_FROM", "irt@trial.example")
    monkeypatch.setenv("IRT_OUTBOX_MINUTES", "30")
    said = laid.done("scheduler --clock simulated --days 1 --start 2026-03-02")
    assert "10 jobs × due times = 62, rows = 62, 62 run" in said
    assert "sent 0" in lines(laid.done("jobs"))["outbox"]


def test_how_the_mail_stands_is_counted_without_an_address(laid: Office) -> None:
    said = laid.done("mail status")
    assert {name: line.split()[1] for name, line in lines(said).items()} == {
        "sent": "0", "waiting": "0", "given_up": "0", "not_wanted": "0", "oldest": "-",
    }  # fmt: skip
    assert "@" not in said


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("scheduler --clock simulated", "--days"),
        ("scheduler --clock simulated --days 3 --once", "--once"),
        ("scheduler --days 3", "--clock simulated"),
        ("scheduler --clock simulated --days 0", "--days"),
    ],
)
def test_words_that_do_not_fit_are_named(laid: Office, command: str, named: str) -> None:
    assert named in laid.refused(command)


def test_a_simulated_clock_stays_away_from_an_address_in_service(laid: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRT_BASE_URL", "https://irt.hospital.example")
    assert "base_url" in laid.refused("scheduler --clock simulated --days 3")


@pytest.mark.parametrize(
    ("key", "value"), [("NIGHTLY_AT", "25:00"), ("NIGHTLY_ZONE", "Asia/Beijing"), ("OUTBOX_MINUTES", "0")]
)
def test_a_time_that_is_none_stops_the_start(
    laid: Office, monkeypatch: pytest.MonkeyPatch, key: str, value: str
) -> None:
    monkeypatch.setenv(f"IRT_{key}", value)
    assert key.lower() in laid.refused("jobs")
