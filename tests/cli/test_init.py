"""`irt init` lays a trial out once, with keys and the first administrator; what is missing or wrong stops the start."""

import socket
from base64 import b64encode
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.cli.conftest import FIRST, ROOT, Office


def link_in(told: str) -> str:
    return next(word for word in told.split() if "/activate/" in word)


def test_init_lays_keys_and_sites_and_invites_the_first_administrator(office: Office) -> None:
    told = office.done("init", *FIRST)
    assert "8 sites laid" in told
    assert (office.folder / "keys/vault.key").stat().st_mode & 0o077 == 0
    assert (office.folder / "keys/service.key").stat().st_mode & 0o077 == 0
    invited = office.service().credentials.invited(link_in(told).rpartition("/")[2])
    assert (invited.login, invited.grants) == ("first", frozenset())
    assert link_in(office.done("invitation first")) == link_in(told)
    assert office.done("verify").strip().endswith("ok")


def test_init_again_changes_nothing_and_there_is_one_first_administrator(office: Office) -> None:
    office.done("init", *FIRST)
    before = office.kept()[1:]
    assert "0 sites laid" in office.done("init")
    assert office.kept()[1:] == before
    second = [word.replace("first", "second") for word in FIRST]
    assert "There is an administrator already" in office.run("init", *second).err


def test_a_new_folder_needs_nothing_but_the_command(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IRT_DATABASE_URL")
    monkeypatch.delenv("IRT_DATABASE_OWNER_URL", raising=False)
    office.done("init", *FIRST)
    assert (tmp_path / "var/irt.sqlite").exists()
    assert office.done("verify").strip().endswith("ok")


HALVES = [
    (["--administrator", "first"], "--name and --email"),
    (["--name", "Somebody"], "--administrator LOGIN"),
    ([*FIRST[:-1], "nobody at all"], "--email: 'nobody at all'"),
    (["--administrator", "no such", *FIRST[2:]], "--login: 'no such'"),
]


def test_half_an_administrator_is_refused_before_anything_is_laid(office: Office) -> None:
    for words, named in HALVES:
        assert named in office.refused("init", *words)
        assert not (office.folder / "keys").exists()


def test_a_wrong_study_file_is_refused_before_anything_is_laid(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = (ROOT / "config/study.toml").read_text().replace("cap = 240", "cap = 0", 1)
    monkeypatch.setenv("IRT_STUDY", str(office.write("study.toml", wrong)))
    assert "cap: " in office.refused("init")
    assert not (office.folder / "keys").exists()


def test_without_a_key_nothing_starts(laid: Office) -> None:
    (laid.folder / "keys/vault.key").unlink()
    for command in ("verify", "list prepare --design d.toml --login x", "invitation first", "mail"):
        said = laid.refused(command)
        assert "vault.key" in said
        assert "restore" in said


def test_a_lost_key_is_not_made_anew_over_a_trial(laid: Office) -> None:
    for key in ("vault.key", "service.key"):
        kept = (laid.folder / "keys" / key).rename(laid.folder / "kept")
        said = laid.refused("init")
        assert f"keys/{key} missing" in said
        assert "restore the key file from its copy" in said
        kept.rename(laid.folder / "keys" / key)


def test_another_key_is_noticed_at_the_start(laid: Office) -> None:
    vault, service = laid.folder / "keys/vault.key", laid.folder / "keys/service.key"
    right = vault.read_text(), service.read_text()
    vault.chmod(0o600)
    vault.write_text("irt-vault-key-1:" + "7" * 64 + "\n")
    assert "is not the key that this database was sealed with" in laid.refused("verify")
    vault.write_text(right[0])
    service.write_text(b64encode(b"7" * 32).decode())
    assert "service key: is not the key that this database was laid out with" in laid.refused("verify")
    service.write_text("no key")
    assert "service.key" in laid.refused("verify")
    service.write_text(right[1])
    assert laid.done("verify").strip().endswith("ok")


def test_a_key_that_others_can_read_is_refused(laid: Office) -> None:
    (laid.folder / "keys/vault.key").chmod(0o644)
    assert "chmod 0400" in laid.refused("verify")


def test_a_database_that_does_not_answer_is_said_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.done("init")
    monkeypatch.delenv("IRT_DATABASE_OWNER_URL", raising=False)
    if office.database.dialect == "sqlite":
        (office.folder / "no.sqlite").mkdir()
        monkeypatch.setenv("IRT_DATABASE_URL", f"sqlite:///{office.folder}/no.sqlite")
    else:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        monkeypatch.setenv("IRT_DATABASE_URL", f"postgresql://somebody:hidden-word@127.0.0.1:{port}/irt")
    for command in ("init", "verify"):
        said = office.refused(command)
        assert "start it, or mend database_url" in said
        assert "hidden-word" not in said


def test_an_empty_database_asks_for_init(laid: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IRT_DATABASE_OWNER_URL", raising=False)
    monkeypatch.setenv("IRT_DATABASE_URL", f"sqlite:///{laid.folder}/new.sqlite")
    assert "run `irt init`" in laid.refused("verify")


def test_a_database_of_another_revision_asks_for_init(laid: Office) -> None:
    engine = laid.engine()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    engine.dispose()
    assert "is at revision older" in laid.refused("verify")


def test_an_address_of_another_kind_is_named_without_its_password(
    laid: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IRT_DATABASE_URL", "mysql://somebody:hidden-word@127.0.0.1/irt")
    said = laid.refused("verify")
    assert "database_url" in said
    assert "postgresql://" in said
    assert "hidden-word" not in said


def test_nobody_is_invited_twice_over(laid: Office) -> None:
    assert "nobody: has no invitation" in laid.refused("invitation nobody")
