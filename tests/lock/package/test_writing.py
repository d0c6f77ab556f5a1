"""The package as it is handed over: what is in it, the same each time, marked where it is a rehearsal."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from irt.lock.package.manifest import FACTS, SUMS, digest, named
from irt.lock.package.reading import read_package
from irt.lock.package.writing import write_package
from tests.analysis.invented import STUDY, changed
from tests.lock.package.packages import AT, VERSIONS, VIEWS, files_of, package, trial

SDTM = ("dm", "ds", "ae", "ex", "da", "lb", "qs", "vs")
ADAM = ("adsl", "adrs", "adae")


def test_it_holds_all_that_is_promised() -> None:
    files = files_of(package())
    datasets = [f"{folder}/{name}.{kind}" for folder, names in (("sdtm", SDTM), ("adam", ADAM)) for name in names
                for kind in ("xpt", "json")]  # fmt: skip
    tables = [one for one in files if one.startswith("tables/")]
    assert len(tables) == 28
    others = {
        "README.txt", "study.toml", "dictionary.csv", "codelists.csv", "certificate.pdf", "sdtm/define.xml",
        "adam/define.xml", "odm/odm.xml", "environment.json", FACTS, SUMS,
    }  # fmt: skip
    assert set(files) == {*tables, *datasets, *others}
    assert next(iter(files)) == "README.txt"
    assert list(files)[-2:] == [FACTS, SUMS]
    assert files["study.toml"] == STUDY.read_bytes()
    assert json.loads(files["environment.json"]) == {"irt": "0.1.0", **VERSIONS}


@pytest.mark.parametrize("view", VIEWS)
def test_the_same_gives_the_same_bytes_and_opens_as_it_was(view) -> None:
    again = write_package(trial(view), made_at=AT, software="0.1.0", versions=dict(reversed(VERSIONS.items())))
    assert digest(again) == digest(package(view))
    opened = read_package(again)
    assert dict(opened.tables) == dict(trial(view).tables)
    assert (opened.view, opened.study) == (view, trial(view).study)
    assert opened.facts == trial(view).facts


def test_another_time_changes_no_table_and_no_value() -> None:
    later = files_of(write_package(trial(), made_at=AT + timedelta(days=1), software="0.1.0", versions=VERSIONS))
    files = files_of(package())
    same = {name for name in files if later[name] == files[name]}
    bear_a_time = {"README.txt", "certificate.pdf", FACTS, SUMS}
    assert set(files) - same == bear_a_time | {name for name in files if name.startswith(("sdtm/", "adam/", "odm/"))}


@pytest.mark.parametrize("view", VIEWS)
def test_the_manifest_says_what_each_file_is(view) -> None:
    files = files_of(package(view))
    document = json.loads(files[named(FACTS, view)])
    facts = trial(view).facts
    assert document["view"] == view
    assert (document["study"], document["lock_version"], document["made_at"]) == ("IL2-DM", "1", AT.isoformat())
    assert (document["frozen_sha256"], document["merkle_root"]) == (facts["frozen_sha256"], facts["merkle_root"])
    listed = {one["name"]: (one["bytes"], one["sha256"]) for one in document["files"]}
    manifests = (named(FACTS, view), named(SUMS, view))
    assert listed == {name: (len(raw), digest(raw)) for name, raw in files.items() if name not in manifests}
    assert all(one["what"] for one in document["files"])


def test_a_rehearsal_is_marked_in_every_name_and_within() -> None:
    files = files_of(package("rehearsal"))
    assert all(name.rpartition("/")[2].startswith("REHEARSAL_") for name in files)
    for name, content in files.items():
        if name.endswith((".json", ".xml", ".xpt", ".txt")) and "environment" not in name:
            assert b"REHEARSAL" in content[:2000] or name.endswith("manifest.json"), name
    assert json.loads(files[f"REHEARSAL_{FACTS}"])["view"] == "rehearsal"
    for view in ("final", "letters"):
        plain = files_of(package(view))
        assert not any("REHEARSAL" in name for name in plain)
        assert not any(b"REHEARSAL" in plain[name] for name in plain if name.endswith((".xml", ".txt", ".json")))


def test_letters_tell_that_arms_are_letters_and_not_which() -> None:
    files = files_of(package("letters"))
    readme = files["README.txt"].decode()
    assert "ARMS ARE CALLED A AND B" in readme
    assert "组别以 A 和 B 表示" in readme
    seed = trial().facts["seed"].encode()
    for name, content in files.items():
        if name == "study.toml":  # says which arms there are, of nobody
            continue
        assert seed not in content, name
        assert b"PBO" not in content, name
        assert b"placebo" not in content.lower(), name


@pytest.mark.parametrize("view", VIEWS)
def test_the_readme_says_how_to_verify_in_both_languages(view) -> None:
    files = files_of(package(view))
    text = files[named("README.txt", view)].decode()
    for said in ("sha256sum -c", "irt package verify FILE.zip", "HOW TO READ", "如何核对", "如何读取", AT.isoformat()):
        assert said in text
    assert trial(view).facts["merkle_root"] in text
    assert named(SUMS, view) in text
    assert all(len(line) < 200 for line in text.splitlines())


SAID = {
    "final": ("THE TRIAL'S OWN", "the list and the seed against the Merkle", "record of the release"),
    "letters": ("ARMS ARE CALLED A AND B", "The list is not held against the Merkle root", "record of the release"),
    "rehearsal": ("IS INVENTED", "was never published; signatures are not checked", "Nothing was published"),
}


@pytest.mark.parametrize("view", VIEWS)
def test_the_readme_says_of_each_view_what_is_true_of_it(view) -> None:
    text = files_of(package(view))[named("README.txt", view)].decode()
    others = {said for one in VIEWS for said in SAID[one]} - set(SAID[view])
    assert [said for said in SAID[view] if said not in text] == []
    assert [said for said in others if said in text] == []
    assert (": the package handed over at database lock" in text) == (view != "rehearsal")


def test_the_readme_of_a_list_without_a_published_seed_names_its_root_alone() -> None:
    def unpublished(rows):
        return [row for row in rows if row["key"] != "seed_sha256"]

    own = write_package(
        changed(trial(), generation_record=unpublished), made_at=AT, software="0.1.0", versions=VERSIONS
    )  # fmt: skip
    text = files_of(own)["README.txt"].decode()
    assert "the list against the Merkle root\n" in text
    assert "the seed" not in text


def test_every_part_that_is_done_is_told() -> None:
    told: list[tuple[int, int]] = []
    write_package(
        trial(), lambda done, of: told.append((done, of)), made_at=AT, software="0.1.0", versions=VERSIONS
    )  # fmt: skip
    assert told == [(place, 9) for place in range(1, 10)]


def test_no_time_but_the_one_given_is_in_the_archive() -> None:
    with zipfile.ZipFile(io.BytesIO(package())) as archive:
        assert {one.date_time for one in archive.infolist()} == {(2029, 1, 10, 3, 4, 4)}
    with pytest.raises(ValueError, match="offset"):
        write_package(trial(), made_at=AT.replace(tzinfo=None), software="0", versions={})


def test_what_a_trial_does_not_have_is_left_out() -> None:
    def none(rows):
        return []

    bare = changed(trial(), adverse_events=none, laboratory=none, safety_laboratory=none, responses=none)
    files = files_of(write_package(bare, made_at=AT, software="0.1.0", versions=VERSIONS))
    assert "sdtm/ae.xpt" not in files
    assert "adam/adrs.json" not in files
    assert "sdtm/lb.xpt" in files  # enzymes
    assert dict(read_package(write_package(bare, made_at=AT, software="0.1.0", versions={})).tables) == dict(
        bare.tables
    )
