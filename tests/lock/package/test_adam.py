"""Analysis datasets take over what was decided before: populations, responses, treatment-emergence."""

from collections import Counter
from functools import cache

import pytest

from irt.lock.opened import View
from irt.lock.package.adam import adam_datasets
from irt.lock.package.adam.responses import codes_of
from irt.lock.package.dataset import Dataset
from tests.analysis.invented import changed
from tests.lock.package.packages import VIEWS, trial

Records = list[dict[str, object]]


def records(made: Dataset) -> Records:
    return [dict(zip([one.name for one in made.variables], row, strict=True)) for row in made.rows]


@cache
def datasets(view: View = "final") -> dict[str, Records]:
    return {one.name: records(one) for one in adam_datasets(trial(view))}


@pytest.mark.parametrize("view", VIEWS)
def test_adsl_has_everybody_with_the_populations_as_they_were_fixed(view) -> None:
    people = {row["participant"]: row for row in trial(view).tables["participants"]}
    rows = {str(row["SUBJID"]): row for row in datasets(view)["ADSL"]}
    assert rows.keys() == people.keys()
    columns = {"FASFL": "full_analysis", "PPROTFL": "per_protocol", "SAFFL": "safety"}
    for flag, column in columns.items():
        told = {number for number, row in rows.items() if row[flag] == "Y"}
        assert told == {number for number, row in people.items() if row[column] == "Y"}
        assert 0 < len(told) < len(people)
    for number, row in rows.items():
        assert (row["RANDFL"] == "Y") == bool(people[number]["arm"])
        assert row["STRATAV"] == (people[number]["stratum_corrected"] or people[number]["stratum_used"])
        assert (row["RANDDT"], row["TRTSDT"]) == (people[number]["randomized_on"], people[number]["first_dose_on"])
    assert sum(row["STRATAR"] != row["STRATAV"] for row in rows.values()) == 1


def test_treatments_are_numbered_with_the_control_first() -> None:
    pairs = {(row["TRT01P"], row["TRT01PN"]) for row in datasets()["ADSL"]}
    assert pairs == {("placebo", 1), ("low-dose interleukin-2", 2), ("", None)}
    assert {(row["TRT01A"], row["TRT01AN"]) for row in datasets("letters")["ADSL"]} == {
        ("Arm A", 1), ("Arm B", 2), ("", None)
    }  # fmt: skip
    crossed = [row for row in datasets()["ADSL"] if row["TRT01P"] == "placebo" and row["TRT01AN"] == 2]
    assert len(crossed) == 1  # the wrong box


def test_adrs_has_each_endpoint_of_each_participant_as_decided() -> None:
    codes = codes_of(trial().study.analysis.endpoints)
    told = {(row["participant"], codes[row["endpoint"]]): row for row in trial().tables["responses"]}
    rows = datasets()["ADRS"]
    assert len(rows) == len(told)
    for row in rows:
        was = told[str(row["SUBJID"]), str(row["PARAMCD"])]
        share = was["response"] != ""
        assert row["AVALC"] == ({"1": "Y", "0": "N"}[was["response"]] if share else "")
        assert row["AVAL"] == (float(was["response"]) if share else float(was["observed"]) if was["observed"] else None)
        assert row["OBSVAL"] == (float(was["observed"]) if was["observed"] else None)
        assert row["DECIDED"] == was["decided_by"]
    assert {row["PARAM"] for row in rows if row["PARAMCD"] == "TIS20W12"} == {"TIS >= 20 at week 12"}


def test_the_event_that_decided_stands_with_its_day() -> None:
    primary = [row for row in datasets()["ADRS"] if row["PARAMCD"] == "TIS20W12"]
    events = {row["DECIDED"]: row["ICEVENT"] for row in primary}
    assert events["observed"] is None
    for decided in ("rescue", "death", "adverse_event", "lack_of_efficacy"):
        (row, *_) = [one for one in primary if one["DECIDED"] == decided]
        assert row["ICEVENT"]
        assert int(str(row["ICEDY"])) < int(str(row["ASMTDY"]))
        assert row["AVAL"] == 0.0
    missing = [row for row in primary if row["DECIDED"] == "missing"]
    assert missing
    assert all(row["AVAL"] == 0.0 and row["OBSVAL"] is None for row in missing)


def test_responders_by_arm_in_the_full_analysis_set_agree_with_the_tables() -> None:
    told: Counter[tuple[str, str]] = Counter()
    people = {row["participant"]: row for row in trial().tables["participants"]}
    for row in trial().tables["responses"]:
        if row["endpoint"] == "tis20_w12" and people[row["participant"]]["full_analysis"] == "Y":
            told[people[row["participant"]]["arm"], row["response"]] += 1
    arms = {1: "PBO", 2: "IL2"}
    found = Counter(
        (arms[int(str(row["TRTPN"]))], f"{float(str(row['AVAL'])):.0f}")
        for row in datasets()["ADRS"]
        if row["PARAMCD"] == "TIS20W12" and row["ANL01FL"] == "Y"
    )
    assert found == told
    assert sum(told.values()) > 40


def test_endpoint_codes_differ_even_where_names_begin_alike() -> None:
    endpoints = trial().study.analysis.endpoints
    codes = codes_of(endpoints)
    assert len(set(codes.values())) == len(codes) == len(endpoints)
    assert all(len(one) <= 8 for one in codes.values())
    assert codes["tis20_w12"] == "TIS20W12"
    assert codes["glucocorticoid_w24"] == "GLUCOW24"
    alike = [
        one.model_copy(update={"id": f"glucocorticoid_{rest}_w12"})
        for one, rest in zip(endpoints, ("one", "two", "three"), strict=False)
    ]
    assert list(codes_of(alike).values()) == ["GLUCOW12", "GLUC2W12", "GLUC3W12"]


def test_adae_counts_what_is_treatment_emergent() -> None:
    told = trial().tables["adverse_events"]
    rows = datasets()["ADAE"]
    assert len(rows) == len(told)
    emergent = Counter(row["participant"] for row in told if row["emergent"] == "Y")
    assert Counter(str(row["SUBJID"]) for row in rows if row["TRTEMFL"] == "Y") == emergent
    assert all(float(str(row["ATOXGR"])) == row["ATOXGRN"] for row in rows)
    serious = sum(row["AESER"] == "Y" for row in rows)
    assert serious == sum(row["serious"] == "Y" for row in told) > 0


def test_first_occurrences_are_one_for_each_participant_and_term() -> None:
    rows = datasets()["ADAE"]
    first = Counter((row["USUBJID"], row["AEDECOD"]) for row in rows if row["AOCCPFL"] == "Y")
    emergent = {(row["USUBJID"], row["AEDECOD"]) for row in rows if row["TRTEMFL"] == "Y"}
    assert set(first) == emergent
    assert set(first.values()) == {1}


def test_an_event_is_related_where_either_says_so() -> None:
    def judged(rows):
        causes = (("unrelated", "possible"), ("probable", ""), ("unlikely", "unlikely"))
        return [
            *(row | {"causality_drug": one, "sponsor_causality": two}
              for row, (one, two) in zip(rows, causes, strict=False)),
            *rows[3:],
        ]  # fmt: skip

    made = {one.name: one for one in adam_datasets(changed(trial(), adverse_events=judged))}
    of = {
        (row["SUBJID"], row["AESPID"]): row["AREL"] for row in records(made["ADAE"])
    }  # fmt: skip
    first = [(row["participant"], row["event"]) for row in trial().tables["adverse_events"][:3]]
    assert [of[one] for one in first] == ["RELATED", "RELATED", "NOT RELATED"]
