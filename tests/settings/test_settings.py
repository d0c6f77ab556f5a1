"""The deployment's configuration: every mistake named with its key, and an example that holds every key once."""

import re
from pathlib import Path

import pytest

from irt.settings import Settings, SettingsError, read_settings
from tests.house.sources import ROOT


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings({}) == Settings()


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "irt.toml"
    file.write_text('session_hours = 8\nbase_url = "https://trial.example"\n')
    found = read_settings({"IRT_CONFIG": str(file), "IRT_SESSION_HOURS": "10"})
    assert (found.session_hours, found.base_url) == (10, "https://trial.example")


def test_every_mistake_is_named_with_key_value_and_remedy(tmp_path: Path) -> None:
    file = tmp_path / "irt.toml"
    file.write_text('session_hours = 99\nsession_houres = 9\ndatabase_url = "oracle://me:hidden-word@there/irt"\n')
    with pytest.raises(SettingsError) as caught:
        read_settings({"IRT_CONFIG": str(file), "IRT_MAIL_PORT": "mail"})
    said = str(caught.value)
    assert len(said.splitlines()) == 4
    for words in ("session_hours (", "found 99", "session_houres (", "unknown key", "IRT_MAIL_PORT", "found 'mail'"):
        assert words in said
    assert "write sqlite:///FILE or postgresql://" in said
    assert "hidden-word" not in said


@pytest.mark.parametrize("content", ["session_hours = ", "\xff"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "irt.toml"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(SettingsError, match=r"irt\.toml: .*mend the file"):
        read_settings({"IRT_CONFIG": str(file)})
    with pytest.raises(SettingsError, match="IRT_CONFIG: none"):
        read_settings({"IRT_CONFIG": "none"})


def test_the_example_holds_every_key_once_and_starts_a_service(tmp_path: Path) -> None:
    example = (ROOT / "config/irt.example.toml").read_text()
    keys = re.findall(r"^(?:# )?([a-z_]+) = ", example, re.MULTILINE)
    assert sorted(keys) == sorted(Settings.model_fields)
    file = tmp_path / "irt.toml"
    file.write_text(re.sub(r"^# ([a-z_]+ = )", r"\1", example, flags=re.MULTILINE))
    assert read_settings({"IRT_CONFIG": str(file)}).mail_server == "mail.example.org"
