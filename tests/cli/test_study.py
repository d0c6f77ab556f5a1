"""A changed study file stops every command and the service until a signed amendment with a reason takes it in."""

import runpy
from pathlib import Path

import pytest

from irt.actor import Role
from irt.app import CannotStart
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry, StudyState
from irt.simulation.opening import EXAMPLE_BLOCKS
from tests.cli.conftest import ROOT, Office

STATISTICIAN, MANAGER = Role.UNBLINDED_STATISTICIAN, Role.TRIAL_MANAGER
DESIGN = f"block_sizes = {[2 * times for times in EXAMPLE_BLOCKS]}\nslots = 240\n"


@pytest.fixture
def opened(laid: Office) -> Office:
    """A study that is open: the list was sealed at the command line."""
    laid.people(STATISTICIAN, MANAGER)
    laid.write("design.toml", DESIGN)
    laid.done("list prepare --design design.toml --login unblinded-statistician")
    laid.open_study()
    return laid


def change_the_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The study file that IRT_STUDY names is another now: the trial's title has a word more."""
    text = (ROOT / "config/study.toml").read_text(encoding="utf-8")
    changed = text.replace('title = {en = "', 'title = {en = "Trial of ', 1)
    assert changed != text
    path = office.write("study.toml", changed)
    monkeypatch.setenv("IRT_STUDY", str(path))
    return path


def test_a_changed_file_stops_the_start_until_it_is_taken_in(opened: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    change_the_file(opened, monkeypatch)
    for command in ("mail", "list prepare --design design.toml --login unblinded-statistician", "serve --port 8931"):
        assert "take the change in with `irt study amend`" in opened.refused(command)
    with pytest.raises(CannotStart, match="irt study amend"):
        runpy.run_path(str(ROOT / "wsgi.py"))
    assert "of the study file in use" in opened.run("verify").out
    assert "--reason" in opened.refused("study amend --login trial-manager")
    assert "--reason" in opened.refused("study amend --login trial-manager --reason", "")
    told = opened.done("study amend --login trial-manager --reason", "Amendment 2, approved by the ethics committee")
    with opened.service().database.read.connect() as connection:
        entry = connection.execute(table_of(AuditEntry).select().order_by(AuditEntry.seq.desc())).first()
        kept = connection.execute(table_of(StudyState).select()).one().file_sha256
    assert entry is not None
    assert (entry.act, entry.reason) == ("study.amend", "Amendment 2, approved by the ethics committee")
    assert kept in told
    assert opened.done("verify").strip().endswith("ok")
    assert "application" in runpy.run_path(str(ROOT / "wsgi.py"))


def test_another_than_the_trial_manager_does_not_amend(opened: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    change_the_file(opened, monkeypatch)
    assert "does not allow" in opened.refused("study amend --login quality --reason", "Amendment 2")


def test_any_command_reads_the_file_that_irt_study_names(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    named = str(office.folder / "elsewhere.toml")
    monkeypatch.setenv("IRT_STUDY", named)
    for command in ("study check", "list assess --text", "kits generate --count 64 --lot A1=2030-06-30 --out k.csv"):
        ran = office.run(command)
        assert ran.code == 1
        assert named in ran.out + ran.err, command


def test_the_paragraphs_for_the_protocol_need_no_design_and_hold_none(office: Office) -> None:
    text = office.done("list assess --text")
    assert "permuted blocks" in text
    assert "区组" in text
    assert "--design" in office.refused("list assess")
