"""Whatever a file holds, checking it answers with mistakes and never breaks; what it lets through can be loaded."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irt.study import StudyMistakes, check_study, load_study, report
from tests.study.written import TEXT, values, write

ANYTHING = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(10**12), 10**12),
        st.sampled_from([0, 1, 2, 28, 240, 10**30, Decimal("0.1"), Decimal("1e400"), Decimal("nan"), Decimal("-inf")]),
        st.sampled_from(["", "01", "W4", "mmt8", "site", "negative", "IL2", "data_manager", "haq.total", "\n", "治疗"]),
        st.text(st.characters(codec="utf-8"), max_size=12),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "en", "x"]), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def edited_values(draw: st.DrawFn) -> dict[str, Any]:
    """The shipped values after one to six edits anywhere in them."""
    root = values()
    for _ in range(draw(st.integers(1, 6))):
        at: Any = root
        while isinstance(at, dict | list) and at:
            step = draw(st.sampled_from(sorted(at) if isinstance(at, dict) else list(range(len(at)))))
            if not isinstance(at[step], dict | list) or not at[step] or draw(st.integers(0, 3)) == 0:
                _edit(draw, at, step)
                break
            at = at[step]
    return root


def _edit(draw: st.DrawFn, at: Any, step: Any) -> None:
    match draw(st.sampled_from(["replace", "remove", "add", "twice"])):
        case "replace":
            at[step] = draw(ANYTHING)
        case "remove":
            del at[step]
        case "twice" if isinstance(at, list):
            at.append(at[step])
        case _ if isinstance(at, dict):
            at[draw(st.text(max_size=6))] = draw(ANYTHING)
        case _:
            at.append(draw(ANYTHING))


def _holds(path: Path) -> None:
    mistakes = check_study(path)
    told = report(mistakes)
    assert len(told.splitlines()) == len(mistakes) + 1
    assert all(one.key and one.problem and one.remedy for one in mistakes)
    if mistakes:
        with pytest.raises(StudyMistakes) as caught:
            load_study(path)
        assert caught.value.mistakes == mistakes
    else:
        study = load_study(path)
        assert len(study.strata_keys()) == len(set(study.strata_keys())) > 0


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changed=edited_values())
def test_edited_values_are_checked(changed: dict[str, Any], tmp_path: Path) -> None:
    _holds(write(tmp_path / "study.toml", changed))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.integers(0, len(TEXT)),
    gone=st.integers(0, 300),
    put=st.text(st.characters(codec="utf-8"), max_size=5) | st.sampled_from(["[[", '"', "=", "\n", "]", "9" * 5000]),
)
def test_edited_text_is_checked(place: int, gone: int, put: str, tmp_path: Path) -> None:
    _holds(write(tmp_path / "study.toml", TEXT[:place] + put + TEXT[place + gone :]))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "cannot be read"), (b"cap = ", "is no TOML"), (b'title = "\xff"', "is not UTF-8"),
        (b"cap = " + b"9" * 5000, "too large"), (b"cap = 1e" + b"9" * 30, "too large"),
        (b"cap = " + b"[" * 50_000, "too large"), (b"cap = 1\ncap = 2", "is no TOML"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_toml_is_one_mistake(content: bytes | None, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    if content is not None:
        path.write_bytes(content)
    (mistake,) = check_study(path)
    assert mistake.key == str(path)
    assert problem in mistake.problem
    _holds(path)


@pytest.mark.parametrize("text", ["\x7f", "\x85", "\u2028", "a\u2029b", "\x9b31m"])
def test_a_character_that_breaks_a_line_is_escaped(text: str, tmp_path: Path) -> None:
    changed = values()
    changed["visits"] = text
    path = write(tmp_path / "study.toml", changed)
    assert [one.key for one in check_study(path)] == ["visits"]
    assert all(line.isprintable() for line in report(check_study(path)).splitlines())
    _holds(path)


def test_a_folder_and_an_empty_file(tmp_path: Path) -> None:
    (mistake,) = check_study(tmp_path)
    assert "cannot be read" in mistake.problem
    empty = check_study(write(tmp_path / "study.toml", ""))
    assert {one.problem for one in empty} == {"is missing"}
    assert "arms" in {one.key for one in empty}
