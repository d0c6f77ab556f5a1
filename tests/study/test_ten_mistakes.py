"""The ten mistakes of a study file: all in one file are all named in one run, and each alone is one mistake."""

from collections.abc import Callable
from pathlib import Path

import pytest

from irt.study import check_study, report
from tests.study.written import TEXT, edited, write

Edit = Callable[[str], str]

# The mistake, its key path, and a word of the remedy.
TEN: dict[str, tuple[Edit, str, str]] = {
    "unknown key": (lambda text: edited(text, 'code = "06"', "cap = 40", "cap = 40\ncapp = 3"), "sites[5].capp", "cap"),
    "missing key": (
        lambda text: edited(text, 'id = "E3"', 'kind = "exclusion"\n', ""), "criteria[9].kind", '"exclusion"',
    ),
    "wrong type": (lambda text: edited(text, "[kit]", "vials = 18", 'vials = "18"'), "kit.vials", "a whole number"),
    "site twice": (lambda text: edited(text, "[[sites]]", 'code = "08"', 'code = "03"'), "sites[7].code", "remove"),
    "level twice": (
        lambda text: edited(text, 'id = "anti_mda5"', '["negative", "positive"]', '["negative", "negative"]'),
        "strata[1].levels[1]", "remove",
    ),
    "cap below the sum": (lambda text: edited(text, "registration", "cap = 240", "cap = 239"), "cap", "240"),
    "overlapping windows": (
        lambda text: edited(text, 'id = "W8"', "window_days = 3", "window_days = 26"),
        "visits[2].window_days", "narrower",
    ),
    "do-not-ship shorter": (
        lambda text: edited(text, "[kit]", "do_not_ship_days = 47", "do_not_ship_days = 32"),
        "kit.do_not_ship_days", "at least 33",
    ),
    "unknown instrument": (
        lambda text: edited(text, 'id = "W16"', '"blood_count"', '"blood_cont"'),
        "visits[4].instruments[1]", "blood_count",
    ),
    "impossible time zone": (
        lambda text: edited(text, 'code = "02"', "Asia/Shanghai", "Asia/Peking"), "sites[1].time_zone", "IANA",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TEN)
def test_each_alone_is_one_mistake(name: str, tmp_path: Path) -> None:
    edit, key, remedy = TEN[name]
    (mistake,) = check_study(write(tmp_path / "study.toml", edit(TEXT)))
    assert mistake.key == key
    assert remedy in mistake.remedy


def test_all_in_one_file_are_named_in_one_run(tmp_path: Path) -> None:
    text = TEXT
    for edit, _, _ in TEN.values():
        text = edit(text)
    mistakes = check_study(write(tmp_path / "study.toml", text))
    assert sorted(one.key for one in mistakes) == sorted(key for _, key, _ in TEN.values())
    told = report(mistakes)
    for _, key, remedy in TEN.values():
        assert any(line.startswith(f"{key}: ") and remedy in line for line in told.splitlines()), key
    assert told.splitlines()[-1] == "10 mistakes"


def test_the_sum_of_the_sites_caps_below_the_study_is_named_too(tmp_path: Path) -> None:
    text = edited(TEXT, "registration", "cap = 240", "cap = 400")
    (mistake,) = check_study(write(tmp_path / "study.toml", text))
    assert (mistake.key, "340" in mistake.problem) == ("cap", True)


def test_a_whole_site_standing_twice_is_one_mistake(tmp_path: Path) -> None:
    start, end = TEXT.index('[[sites]]\ncode = "08"'), TEXT.index("# --- Strata")
    text = TEXT[:end] + TEXT[start:end] + TEXT[end:]
    (mistake,) = check_study(write(tmp_path / "study.toml", text))
    assert mistake.key == "sites[8].code"
