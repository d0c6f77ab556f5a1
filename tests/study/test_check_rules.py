"""Rules of edit checks: one edit, one mistake, at its key."""

from collections.abc import Callable
from pathlib import Path

import pytest

from irt.study import check_study
from tests.study.test_rules import Values, drop, put
from tests.study.written import values, write

CHECKS = [one["id"] for one in values()["checks"]]


def at(check: str) -> int:
    return CHECKS.index(check)


def the(check: str, name: str, value: object) -> tuple[Callable[[Values], None], str]:
    """An edit of one key of a check, and the path of that key."""
    return put("checks", at(check), name, value=value), f"checks[{at(check)}].{name}"


def without(check: str, name: str) -> tuple[Callable[[Values], None], str]:
    return drop("checks", at(check), name), f"checks[{at(check)}].{name}"


ONE_EACH = [
    the("ck_changed", "kind", "changed"),
    the("ck_changed", "value", "muscle_enzymes.cpk"),
    the("ck_changed", "value", "t_cells.cd4_number"),
    the("ck_changed", "value", "chest_imaging.ild"),
    the("ck_changed", "factor", 1),
    the("ck_changed", "since", "last"),
    the("ck_changed", "minimum", 1),
    (put("checks", at("ck_changed"), "amount", value=5), f"checks[{at('ck_changed')}].amount"),
    without("ck_changed", "since"),
    without("mmt8_changed", "value"),
    (drop("checks", at("mmt8_changed"), "amount"), f"checks[{at('mmt8_changed')}].amount"),
    the("mmt8_changed", "amount", -1),
    (drop("checks", at("dose_plausible"), "maximum"), f"checks[{at('dose_plausible')}].minimum"),
    the("ck_uln_plausible", "maximum", 79),
    the("no_drug_no_dose", "when", "glucocorticoid.dose"),
    (put("checks", at("no_drug_no_dose"), "one_of", value=["nothing"]), f"checks[{at('no_drug_no_dose')}].one_of[0]"),
    (
        put("checks", at("aldolase_together"), "values", value=["muscle_enzymes.ck"]),
        f"checks[{at('aldolase_together')}].values",
    ),
    (
        put("checks", at("aldolase_together"), "values", value=["mmt8.total", "mmt8.deltoid"]),
        f"checks[{at('aldolase_together')}].values[0]",
    ),
    (
        put("checks", at("aldolase_together"), "values", value=["muscle_enzymes.ck", "muscle_enzymes.ck"]),
        f"checks[{at('aldolase_together')}].values[1]",
    ),
    the("dlco_beside_fvc", "factor", 0),
    the("dlco_beside_fvc", "other", "blood_count.eosinophils"),
    (put("checks", 1, "id", value=CHECKS[0]), "checks[1].id"),
    (put("checks", 1, "id", value="followed_enzyme"), "checks[1].id"),
    the("haq_given", "value", "haq.sum"),
    the("haq_given", "value", "t_cells.cd4_number"),
    the("haq_given", "minimum", 1),
    without("haq_given", "value"),
    (drop("checks", 0, "message", "zh"), "checks[0].message.zh"),
]


@pytest.mark.parametrize(("edit", "key"), ONE_EACH, ids=[f"{place}-{key}" for place, (_, key) in enumerate(ONE_EACH)])
def test_one_edit_is_one_mistake_at_its_key(edit: Callable[[Values], None], key: str, tmp_path: Path) -> None:
    changed = values()
    edit(changed)
    mistakes = check_study(write(tmp_path / "study.toml", changed))
    assert [one.key for one in mistakes] == [key], mistakes


def test_values_that_no_visit_records_together_are_named(tmp_path: Path) -> None:
    changed = values()
    for visit in changed["visits"]:
        visit["instruments"] = [one for one in visit.get("instruments", []) if one != "cdasi" or visit["id"] == "W4"]
        if visit["id"] == "W4":
            visit["instruments"] = ["cdasi"]
    changed["checks"] = [
        {
            "id": "both", "kind": "at_most_other", "value": "cdasi.activity", "other": "mmt8.total",
            "message": {"en": "x", "zh": "x"},
        },
    ]  # fmt: skip
    assert "checks[0]" in [one.key for one in check_study(write(tmp_path / "study.toml", changed))]


def test_an_item_of_a_field_with_several_can_be_checked(tmp_path: Path) -> None:
    changed = values()
    message = {"en": "x", "zh": "x"}
    changed["checks"] = [{"id": "x", "kind": "plausible", "value": "mdaat.item.26", "maximum": 3, "message": message}]
    assert check_study(write(tmp_path / "study.toml", changed)) == []
    changed["checks"][0]["value"] = "mdaat.item"
    assert [one.key for one in check_study(write(tmp_path / "study.toml", changed))] == ["checks[0].value"]


def test_a_study_without_checks_is_no_mistake(tmp_path: Path) -> None:
    changed = values()
    del changed["checks"]
    assert check_study(write(tmp_path / "study.toml", changed)) == []
