"""`irt study …`: every mistake of a study file in one run; a changed file stops the start until it is taken in."""

import re
import runpy
from pathlib import Path

import pytest
from sqlalchemy import text

from irt.actor import Role
from irt.app import CannotStart
from tests.cli.conftest import ROOT, Office

TEXT = (ROOT / "config/study.toml").read_text(encoding="utf-8")


def test_a_study_file_without_mistakes(office: Office) -> None:
    assert office.done("study check").strip().endswith("no mistakes")


def test_mistakes_are_listed_by_key_with_their_remedy(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = TEXT.replace("cap = 60 ", "cap = -1 ", 1).replace('time_zone = "Asia/Shanghai"', 'time_zone = "Mars"', 1)
    wrong = wrong.replace("masked_weeks", "masked_week", 1)
    path = office.write("wrong.toml", wrong)
    ran = office.run("study check", str(path))
    assert ran.code == 1
    for key in ("sites[0].cap", "sites[0].time_zone", "dosing.masked_week", "dosing.masked_weeks"):
        assert f"{key}: " in ran.out
    assert all(";" in line for line in ran.out.splitlines()[:-1])
    monkeypatch.setenv("IRT_STUDY", str(path))
    assert office.run("study check") == ran


def test_texts_that_no_label_can_hold_are_a_mistake(office: Office) -> None:
    long = f'directions = {{en = "{" ".join(["WORD"] * 110)}", zh = "{"字" * 560}"}}'
    path = office.write("long.toml", re.sub("(?m)^directions = .*$", long, TEXT))
    ran = office.run("study check", str(path))
    assert ran.code == 1
    assert ran.out.startswith("label: ")
    assert "too long for a label; shorten it" in ran.out


def test_a_study_file_that_is_not_there(office: Office) -> None:
    assert "none.toml: cannot be read" in office.run("study check none.toml").out


@pytest.fixture
def opened(laid: Office, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The study is open, with a study file of its own."""
    path = laid.write("study.toml", TEXT)
    monkeypatch.setenv("IRT_STUDY", str(path))
    laid.people(Role.UNBLINDED_STATISTICIAN, Role.TRIAL_MANAGER)
    laid.write("design.toml", "block_sizes = [4]\nslots = 260\n")
    laid.done("list prepare --design design.toml --login unblinded-statistician")
    laid.open_study()
    return path


def test_a_changed_study_file_stops_the_start_until_it_is_taken_in(laid: Office, opened: Path) -> None:
    opened.write_text(TEXT.replace("cap = 60 ", "cap = 62 ", 1), encoding="utf-8")
    for command in ("mail", "kits import design.toml --login trial-manager"):
        assert "irt study amend" in laid.refused(command)
    found = laid.run("verify")
    assert (found.code, "study" in found.out) == (1, True)
    assert "--reason" in laid.refused("study amend --login trial-manager --reason x")
    assert laid.run("study amend --login quality", "--reason", "site 01 may take more").code == 1
    told = laid.run("study amend --login trial-manager", "--reason", "site 01 may take two more: amendment 1")
    assert told.code == 0, told
    assert "I take this changed study file in" in told.err
    with laid.engine().connect() as connection:
        entry = connection.execute(text("SELECT act, reason FROM audit ORDER BY seq DESC LIMIT 1")).one()
    assert tuple(entry) == ("study.amend", "site 01 may take two more: amendment 1")
    assert laid.done("verify").strip().endswith("ok")
    assert "mail_server" in laid.refused("mail"), "it starts again"


def test_a_changed_study_file_stops_the_pages_too(laid: Office, opened: Path) -> None:
    assert "application" in runpy.run_path(str(ROOT / "wsgi.py"))
    opened.write_text(TEXT.replace("cap = 60 ", "cap = 62 ", 1), encoding="utf-8")
    with pytest.raises(CannotStart, match="irt study amend"):
        runpy.run_path(str(ROOT / "wsgi.py"))


def test_any_command_reads_the_file_that_irt_study_names(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    named = str(office.folder / "elsewhere.toml")
    monkeypatch.setenv("IRT_STUDY", named)
    for command in (
        "init", "verify", "study check", "list assess --text", "simulate", "demo --port 8931", "mail",
        "kits generate --count 64 --lot A1=2030-06-30 --out k.csv",
    ):  # fmt: skip
        ran = office.run(command)
        assert (ran.code, named in ran.out + ran.err) == (1, True), command


def test_an_unchanged_file_is_not_taken_in(laid: Office, opened: Path) -> None:
    assert "Nothing is to be done" in laid.run("study amend --login trial-manager --reason amendment").err
