"""Coding by the pages: without a dictionary, with one, by a search, and anew; the import by the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from irt.cli import group
from irt.gate.refusals import Refused
from irt.safety.coding import import_dictionary
from irt.safety.dictionary_tables import Dictionary, EventCode
from tests.cast import PASSWORD, World
from tests.safety.dictionary import LLT, chinese, files, release
from tests.safety.sampled import happened, tell
from tests.treated import Patient, treated
from tests.web.conftest import Visitor
from tests.web.test_main_path import done

Visit = Callable[[str], Visitor]


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url, "01")


@pytest.fixture
def trial(one: Patient) -> World:
    return one.world


@pytest.fixture
def event(one: Patient) -> str:
    return happened(one.world, one.id, "01", one.day_1, verbatim="felt invented")


def imported(trial: World) -> str:
    return str(trial.do(import_dictionary, release(), by="data_manager").dictionary)


def test_without_a_dictionary_the_page_says_so_and_works(trial: World, event: str, visit: Visit) -> None:
    manager = visit("data_manager")
    page = manager.get("/coding/").text
    assert "No dictionary is imported. MedDRA is licensed" in page
    assert "felt invented" in page
    assert "To be coded" in page
    assert manager.get(f"/coding/{event}").status_code == 200
    assert manager.get("/coding/none").status_code == 404


def test_an_event_is_found_coded_and_coded_anew(trial: World, one: Patient, event: str, visit: Visit) -> None:
    dictionary, manager = imported(trial), visit("data_manager")
    assert f"/coding/{event}" in manager.get("/coding/").text
    page = manager.get(f"/coding/{event}").text
    assert "99000001" in page, "its own words are looked for"
    assert "99000004" not in page
    for sought, codes in {
        "felt": {"99000001", "99000002"}, "INVENTED": {"99000001", "99000002", "99000004"}, "99000004": {"99000004"},
        "%": {"99000002"}, "_": set(), "old": set(), "' OR '1'='1": set(),
    }.items():  # fmt: skip
        page = manager.get(f"/coding/{event}", query_string={"q": sought}).text
        assert {code for code in ("99000001", "99000002", "99000003", "99000004") if code in page} == codes, sought
    address = f"/coding/{event}?q=felt"
    answer = manager.send(address)
    assert answer.status_code == 422, "nothing was chosen"
    done(manager.send(address, llt_code=f"{dictionary}|99000001"))
    page = manager.get("/coding/").text
    assert "Felt invented · Invented malaise · Invented general disorders" in page
    assert "Code anew" in page
    answer = manager.send(address, llt_code=f"{dictionary}|99000002")
    assert "Reason: the event was coded before." in answer.text
    tell(trial, event, one.id, "01", one.day_1, verbatim="felt quite invented")
    assert "Told otherwise since" in manager.get("/coding/").text
    done(manager.send(address, llt_code=f"{dictionary}|99000002", reason="fits the new words"))
    assert len(trial.rows(EventCode)) == 2
    assert "fits the new words" in manager.get(address).text


def test_chinese_words_find_the_same_codes(trial: World, event: str, visit: Visit) -> None:
    imported(trial)
    trial.do(import_dictionary, release(chinese(), language="zh"), by="data_manager")
    manager = visit("data_manager")
    manager.get("/language/zh_Hans_CN")
    page = manager.get(f"/coding/{event}", query_string={"q": "瘙痒"}).text
    assert "虚构的瘙痒" in page
    assert "99000004" in page
    assert "待编码" in manager.get("/coding/").text


def test_the_command_imports_a_folder(trial: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trial.actor("data_manager")
    monkeypatch.setattr("irt.cli.dictionary.service_of", lambda: trial.service)
    monkeypatch.setenv("IRT_PASSWORD", PASSWORD)
    for name, content in files().items():
        (tmp_path / name).write_bytes(content)
    told = ["meddra", "import", str(tmp_path), "--version", "0.1", "--language", "en", "--login", "data_manager"]
    answer = CliRunner().invoke(group, told, catch_exceptions=False)
    assert answer.output == "MedDRA 0.1 (en): 4 terms imported\n"
    (tmp_path / "llt.asc").write_text(LLT.replace("$Y$", "$?$"))
    told[4] = "0.2"
    answer = CliRunner().invoke(group, told)
    assert isinstance(answer.exception, Refused)
    assert answer.exception.code == "dictionary_mistakes"
    (tmp_path / "pt.asc").unlink()
    answer = CliRunner().invoke(group, told)
    assert answer.exit_code == 2
    assert "pt.asc: cannot be read" in answer.output
    assert len(trial.rows(Dictionary)) == 1
