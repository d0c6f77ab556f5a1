"""Dataset-JSON v1.1: whole texts, ISO days, and the same values as the transport files."""

import json

import pandas as pd
import pytest
from odmlib.dataset_json_1_1.model import DatasetJSON

from irt.lock.package.xpt import day_number, text_of
from tests.lock.package.packages import AT, AWKWARD, LONG, VIEWS, files_of, package, read_xpt

TYPES = {"string", "integer", "double", "date"}


@pytest.mark.parametrize("view", VIEWS)
def test_each_file_is_what_the_standard_asks_for(view) -> None:
    files = files_of(package(view))
    names = [name for name in files if name.startswith(("sdtm/", "adam/")) and name.endswith(".json")]
    assert len(names) == 11
    for name in names:
        document = json.loads(files[name])
        assert document["datasetJSONVersion"] == "1.1.0"
        assert document["datasetJSONCreationDateTime"] == AT.isoformat()
        assert document["records"] == len(document["rows"]) > 0
        assert document["metaDataRef"] in {one.rpartition("/")[2] for one in files}
        assert ("REHEARSAL" in document["label"]) == (view == "rehearsal")
        for column in document["columns"]:
            assert column["dataType"] in TYPES
            assert column["itemOID"] == f"IT.{document['name']}.{column['name']}"
        assert all(len(row) == len(document["columns"]) for row in document["rows"])
        columns = {one["name"]: one for one in document["columns"]}
        keys = [one["keySequence"] for one in columns.values() if "keySequence" in one]
        assert sorted(keys) == list(range(1, len(keys) + 1))


def test_odmlib_takes_the_head_of_each() -> None:
    files = files_of(package())
    for name in ("sdtm/dm.json", "sdtm/lb.json", "adam/adsl.json"):
        document = json.loads(files[name])
        head = {key: value for key, value in document.items() if key not in ("rows", "columns", "sourceSystem")}
        assert DatasetJSON(**head).name == document["name"]


def test_long_and_awkward_words_are_whole() -> None:
    document = json.loads(files_of(package())["sdtm/ae.json"])
    place = [one["name"] for one in document["columns"]].index("AETERM")
    words = [row[place] for row in document["rows"]]
    assert LONG in words
    assert AWKWARD in words
    assert document["columns"][place]["length"] == len(LONG)


@pytest.mark.parametrize("dataset", ["sdtm/dm", "sdtm/lb", "sdtm/ae", "adam/adsl", "adam/adrs"])
def test_both_forms_say_the_same(dataset: str) -> None:
    files = files_of(package())
    document = json.loads(files[f"{dataset}.json"])
    frame = read_xpt(files[f"{dataset}.xpt"])
    for place, column in enumerate(document["columns"]):
        for row, told in zip(document["rows"], frame[column["name"]], strict=True):
            value = row[place]
            if column["dataType"] == "string":
                assert text_of(value) == (told if isinstance(told, str) else "")
            elif value is None:
                assert pd.isna(told)
            else:
                assert told == (day_number(value) if column["dataType"] == "date" else value)
