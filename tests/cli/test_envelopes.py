"""`irt envelopes …`: exported into two places, opened with both halves alone, counted; and all that is refused."""

import json
import os
import re
import stat
from pathlib import Path

import pytest

from irt.dispensing.wrong_kit import wrong_kit
from irt.participants.screen import Screened
from irt.safety.envelope_tables import Envelope
from irt.vault._tables import Shown
from tests.cast import PASSWORD, World
from tests.cli.conftest import Office
from tests.dispensing.mishapped import at_second_visit, shelf, wrong
from tests.paper.reading import texts
from tests.safety.broken import arm_of
from tests.safety.envelopes_apart import PAGE, lay_keys
from tests.stocked import randomized, running_trial

EXPORT = "envelopes export --login safety_officer --centre centre/file.json --paper paper"
OPEN = "envelopes open --centre centre/file.json"


@pytest.fixture
def trial(office: Office, monkeypatch: pytest.MonkeyPatch) -> World:
    """A trial with two participants at site 01 and one at 02, and an empty folder for the centre."""
    lay_keys(office.folder / "keys")
    monkeypatch.setenv("IRT_PASSWORD", PASSWORD)
    made = running_trial(office.database.url, "01", "02", kits=24, depot=80)
    made.actor("safety_officer")
    (office.folder / "centre").mkdir()
    return made


@pytest.fixture
def people(trial: World) -> list[Screened]:
    return [*at_second_visit(trial, 2), randomized(trial, "EXAMPLE-000050", "02")[0]]


def codes(folder: Path) -> dict[tuple[str, int], str]:
    """The codes on the papers, by participant and serial."""
    found = {}
    for path in folder.iterdir():
        for page in texts(path.read_bytes()):
            read = PAGE.search(page)
            assert read is not None, page
            found[read[1], int(read[2])] = read[3]
    return found


def offline(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings, no key, no database."""
    for name in [name for name in os.environ if name.startswith("IRT_")]:
        monkeypatch.delenv(name)
    (office.folder / "keys").rename(office.folder / "gone")


def test_exported_in_two_halves(office: Office, trial: World, people: list[Screened]) -> None:
    assert office.done("envelopes due").startswith("due 3, issued 0,")
    ran = office.run(EXPORT)
    assert (ran.code, "3 new of 3" in ran.out) == (0, True), ran
    file, papers = office.folder / "centre" / "file.json", sorted((office.folder / "paper").iterdir())
    assert [path.name[:13] for path in papers] == ["envelopes-01-", "envelopes-02-"]
    for path in (file, *papers):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == ["file.json"]
    found = codes(office.folder / "paper")
    assert set(found) == {(one.screening_number, 1) for one in people}
    told = json.loads(file.read_text())
    assert set(told["envelopes"]) == {one.screening_number for one in people}
    for code in found.values():
        assert code not in ran.out + ran.err + file.read_text()
    labels = [said for arm in trial.study.arms if arm.label for said in (arm.label.en, arm.label.zh)]
    assert len(labels) == 4
    printed = [page for path in papers for page in texts(path.read_bytes())]
    for said in labels:
        assert "".join(said.split()) not in "".join(printed)
        assert said not in ran.out + ran.err + file.read_text()
    blank = {re.sub("|".join(found.values()) + "|01-000[12]", "", page).split("IL2-DM")[0] for page in printed[:2]}
    assert len(blank) == 1, "papers of one site differ in more than number and code"
    assert all(re.search(r"Kitsgivenafter\d{4}-\d\d-\d\d\d\d:\d\darenotinit", page) for page in printed)
    assert office.done("envelopes due").startswith("due 0, issued 3, current 3, superseded 0, opened 0")


def test_opened_with_both_and_nothing_else(
    office: Office, trial: World, people: list[Screened], monkeypatch: pytest.MonkeyPatch
) -> None:
    arms = {one.screening_number: arm_of(trial, one) for one in people}
    office.done(EXPORT)
    found = codes(office.folder / "paper")
    offline(office, monkeypatch)
    for (number, serial), code in found.items():
        label = next(arm.label for arm in trial.study.arms if arm.id == arms[number])
        assert label is not None
        said = office.done(
            OPEN, "--participant", number.lower(), "--serial", str(serial), "--code", f" {code.lower()} "
        )
        assert f"Assigned 分配: {label.zh} · {label.en}" in said
        assert "to nobody else" in said
        assert re.search(r"Kits given after \d{4}-\d\d-\d\d \d\d:\d\d UTC are not in it", said)
    one, other = sorted(found)[:2]
    asked = (OPEN, "--participant", one[0], "--serial", "1", "--code")
    assert "does not open the envelope 1" in office.refused(*asked, found[other])
    assert "five groups of four" in office.refused(*asked, found[one][:-1])
    assert "has no envelope" in office.refused(OPEN, "--participant", "99-0001", "--serial", "1", "--code", found[one])
    assert "or the earlier envelope, which opens with this one" in office.refused(
        OPEN, "--participant", one[0], "--serial", "2", "--code", found[one]
    )  # fmt: skip


def test_a_file_that_was_changed_opens_nothing(
    office: Office, trial: World, people: list[Screened], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.done(EXPORT)
    found, file = codes(office.folder / "paper"), office.folder / "centre" / "file.json"
    offline(office, monkeypatch)
    told = json.loads(file.read_text())
    (one, _), code = sorted(found.items())[0]
    for change in ({"sealed": "AAAA"}, {"sealed": "no base64"}, {"serial": 2}):
        changed = {**told, "envelopes": {one: {**told["envelopes"][one], **change}}}
        file.write_text(json.dumps(changed))
        serial = str(change.get("serial", 1))
        said = office.refused(OPEN, "--participant", one, "--serial", serial, "--code", code)
        assert "does not open" in said
    for content in ("", "{}", "[]", '{"format": "other"}'):
        file.write_text(content)
        assert "is no file of envelopes" in office.refused(OPEN, "--participant", one, "--serial", "1", "--code", code)
    assert "cannot be read" in office.refused(
        "envelopes open --centre none.json", "--participant", one, "--serial", "1", "--code", code
    )  # fmt: skip


def test_issued_again_after_a_wrong_box_in_place_of_the_old(
    office: Office, trial: World, people: list[Screened], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.done(EXPORT)
    one = people[0].screening_number
    before = json.loads((office.folder / "centre" / "file.json").read_text())["envelopes"]
    trial.do(wrong_kit, wrong(trial, people[0], shelf(trial)[0]), by="pharmacist_01")
    assert "1 new of 3" in office.done(EXPORT)
    after = json.loads((office.folder / "centre" / "file.json").read_text())["envelopes"]
    assert {number for number in after if after[number] != before[number]} == {one}
    assert len(list((office.folder / "paper").iterdir())) == 3, "no paper was written over"
    found = codes(office.folder / "paper")
    offline(office, monkeypatch)
    said = office.refused(OPEN, "--participant", one, "--serial", "1", "--code", found[one, 1])
    assert "was replaced by envelope 2" in said
    assert "does not open" in office.refused(OPEN, "--participant", one, "--serial", "2", "--code", found[one, 1])
    office.done(OPEN, "--participant", one, "--serial", "2", "--code", found[one, 2])


def test_again_and_all(office: Office, trial: World, people: list[Screened]) -> None:
    office.done(EXPORT)
    assert "No envelope is due" in office.refused_once(EXPORT)
    assert "99-0001" in office.refused_once(f"{EXPORT} --again 99-0001")
    assert "1 new of 3" in office.done(f"{EXPORT} --again {people[0].screening_number}")
    assert "3 new of 3" in office.done(f"{EXPORT} --all")
    assert sorted(row.serial for row in trial.rows(Envelope, participant=people[0].id)) == [1, 2, 3]


def test_both_halves_in_one_place_are_refused_before_anything_is_signed(
    office: Office, trial: World, people: list[Screened]
) -> None:
    for paper in ("centre", "centre/paper", ".", "centre/../centre"):
        said = office.refused(f"envelopes export --login safety_officer --centre centre/file.json --paper {paper}")
        assert "whoever came by both would read every treatment" in said
    (office.folder / "link").symlink_to(office.folder / "centre")
    assert "came by both" in office.refused(
        "envelopes export --login safety_officer --centre centre/file.json --paper link"
    )  # fmt: skip
    assert trial.rows(Envelope) == []


def test_another_trial_s_file_is_not_written_to(office: Office, trial: World, people: list[Screened]) -> None:
    file = office.folder / "centre" / "file.json"
    file.write_text('{"format": "irt-envelopes-1", "trial": "OTHER", "envelopes": {}}')
    assert "is the file of trial OTHER" in office.refused(EXPORT)
    file.write_text("something else")
    assert "is no file of envelopes" in office.refused(EXPORT)
    assert trial.rows(Envelope) == []


def test_what_dies_before_the_files_is_issued_again(
    office: Office, trial: World, people: list[Screened], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "paper/x.pdf")

    with monkeypatch.context() as patched:
        patched.setattr("irt.cli.envelopes.write_new", full)
        ran = office.run(EXPORT)
    assert ran.code == 1
    assert "No space left" in ran.err
    again = ran.err.rpartition(": ")[2].strip()
    assert again.split() == [
        word for one in sorted(one.screening_number for one in people) for word in ("--again", one)
    ]
    assert len(trial.rows(Envelope)) == len(trial.rows(Shown)) * 3 == 3
    assert not (office.folder / "centre" / "file.json").exists()
    assert "3 new of 3" in office.done(f"{EXPORT} {again}")
    assert {serial for _, serial in codes(office.folder / "paper")} == {2}


def test_envelopes_that_are_in_another_file_are_named(office: Office, trial: World, people: list[Screened]) -> None:
    office.done(EXPORT)
    (office.folder / "centre" / "file.json").rename(office.folder / "centre" / "old.json")
    ran = office.run(f"{EXPORT} --again {people[0].screening_number}")
    assert ran.code == 0
    assert "1 new of 1" in ran.out
    missing = ", ".join(sorted(one.screening_number for one in people[1:]))
    assert f"Not in centre/file.json: {missing}." in ran.err


def test_nobody_else_exports(office: Office, trial: World, people: list[Screened]) -> None:
    trial.actor("investigator_01")
    said = office.refused(EXPORT.replace("safety_officer", "investigator_01"))
    assert said
    assert trial.rows(Envelope) == []
