"""Transport files read back by a reader that is not the writer: pandas.read_sas."""

import io
import math
from datetime import date, timedelta, timezone

import pandas as pd
import pytest

from irt.lock.package.adam import adam_datasets
from irt.lock.package.dataset import Dataset, Variable
from irt.lock.package.sdtm import sdtm_datasets
from irt.lock.package.xpt import EPOCH, LONGEST_TEXT, day_number, length_of, text_of, xpt
from tests.lock.package.packages import AT, LONG, VIEWS, files_of, package, read_xpt, trial

NAMES = ("DM", "DS", "AE", "EX", "DA", "LB", "QS", "VS", "ADSL", "ADRS", "ADAE")


def dataset(*columns: tuple[Variable, tuple[object, ...]]) -> Dataset:
    rows = tuple(zip(*(values for _, values in columns), strict=True))
    return Dataset("TT", "A dataset", "SDTM", "EVENTS", "One record", tuple(one for one, _ in columns), rows)  # type: ignore[arg-type]


@pytest.mark.parametrize("view", VIEWS)
def test_every_dataset_comes_back_value_for_value(view) -> None:
    files, values = files_of(package(view)), 0
    datasets = [*sdtm_datasets(trial(view)), *adam_datasets(trial(view))]
    assert tuple(one.name for one in datasets) == NAMES
    for made in datasets:
        folder = made.standard.lower()
        mark = "REHEARSAL_" if view == "rehearsal" else ""
        found = read_xpt(files[f"{folder}/{mark}{made.name.lower()}.xpt"])
        assert list(found.columns) == [one.name for one in made.variables]
        assert len(found) == len(made.rows)
        for variable in made.variables:
            for was, told in zip(made.column(variable.name), found[variable.name], strict=True):
                values += 1
                assert same(variable, was, told), (made.name, variable.name, was, told)
    assert values > 200_000


def same(variable: Variable, was: object, told: object) -> bool:
    if variable.type in ("text", "datetime"):
        return text_of(was) == (told if isinstance(told, str) else "")  # type: ignore[arg-type]
    assert isinstance(told, float)
    if was in (None, ""):
        return math.isnan(told)
    if variable.type == "date":
        return EPOCH + timedelta(days=int(told)) == date.fromisoformat(str(was))
    return told == float(was)  # type: ignore[arg-type]


NUMBERS = (0.0, 1.0, -1.5, 0.1, 42.5, 1e6, 1e-10, 97.619048, 123456789.123456, -0.0001)


def test_numbers_and_missing_ones_are_exact() -> None:
    made = dataset((Variable("N", "Number", "float"), (*NUMBERS, None, "")))
    found = read_xpt(xpt(made, AT))["N"]
    assert [one for one in found if not math.isnan(one)] == [pytest.approx(one, rel=1e-15) for one in NUMBERS]
    assert sum(math.isnan(one) for one in found) == 2


def test_zero_and_missing_are_written_as_sas_writes_them() -> None:
    content = xpt(dataset((Variable("N", "Number", "float"), (0.0, None, 1.0))), AT)
    begins = content.index(b"HEADER RECORD*******OBS") + 80
    assert content[begins : begins + 24].hex(" ", 8) == "0000000000000000 2e00000000000000 4110000000000000"


def test_chinese_is_utf8_and_cut_between_characters() -> None:
    texts = ("发热", "a" + "热" * 100, "", "x" * 300, "trailing   ", LONG)
    made = dataset((Variable("T", "Text"), texts), (Variable("E", "Empty"), ("",) * 6))
    found = read_xpt(xpt(made, AT))
    assert [one if isinstance(one, str) else "" for one in found["T"]] == [
        "发热", "a" + "热" * 66, "", "x" * 200, "trailing", LONG[:66]
    ]  # fmt: skip
    assert length_of(made.variables[0], list(texts)) == LONGEST_TEXT
    assert length_of(made.variables[1], ["", None]) == 1
    assert all(not isinstance(one, str) or not one.strip() for one in found["E"])


def test_days_are_counted_as_sas_counts_them() -> None:
    assert (day_number("1960-01-01"), day_number("1960-01-02"), day_number("2027-06-13")) == (0, 1, 24635)
    found = pd.read_sas(
        io.BytesIO(xpt(dataset((Variable("D", "Day", "date"), ("2027-06-13", None))), AT)), format="xport"
    )
    assert found["D"][0] in (24635, pd.Timestamp("2027-06-13"))


def test_labels_names_and_the_one_time_are_in_the_headers() -> None:
    content = files_of(package())["sdtm/dm.xpt"]
    assert content[:240].count(b"10JAN29:03:04:05") == 2
    assert content[:720].count(b"10JAN29:03:04:05") == 4
    assert b"DM      SASDATA" in content[:720]
    assert b"Demographics" in content[:720]
    for label in (b"Study Identifier", b"Reason Arm and/or Actual Arm is Null"):
        assert label in content
    assert b"REHEARSAL Demographics" in files_of(package("rehearsal"))["sdtm/REHEARSAL_dm.xpt"][:720]


def test_the_machine_has_no_say_in_the_bytes() -> None:
    made = dataset((Variable("T", "Text"), ("a",)))
    assert xpt(made, AT) == xpt(made, AT.astimezone(timezone(timedelta(hours=8))))


def test_a_name_or_label_that_the_format_does_not_hold_is_no_variable() -> None:
    for name, label in (("TOOLONGNAME", "x"), ("A", "x" * 41), ("A", "发热"), ("热", "x")):
        with pytest.raises(AssertionError):
            Variable(name, label)
