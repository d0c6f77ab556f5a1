"""Tabulation datasets say what the tables say, each record where SDTM has it."""

import re
from collections import Counter, defaultdict
from datetime import date
from functools import cache

import pytest

from irt.lock.opened import View
from irt.lock.package.dataset import Dataset
from irt.lock.package.sdtm import sdtm_datasets
from irt.lock.package.sdtm.laboratory import enzyme_instruments, enzyme_limits
from irt.lock.package.sdtm.names import instrument_tests
from tests.analysis.invented import changed, invented
from tests.lock.package.packages import VIEWS, trial


@cache
def domains(view: View = "final") -> dict[str, Dataset]:
    return {one.name: one for one in sdtm_datasets(trial(view))}


def records(domain: str, view: View = "final") -> list[dict[str, object]]:
    made = domains(view)[domain]
    return [dict(zip([one.name for one in made.variables], row, strict=True)) for row in made.rows]


def people() -> dict[str, dict[str, str]]:
    return {row["participant"]: dict(row) for row in trial().tables["participants"]}


@pytest.mark.parametrize("view", VIEWS)
def test_every_record_is_of_a_participant_numbered_and_with_a_key_of_its_own(view) -> None:
    known = {f"IL2-DM-{one}" for one in people()}
    for name, made in domains(view).items():
        rows = records(name, view)
        assert {row["USUBJID"] for row in rows} <= known
        assert {row["DOMAIN"] for row in rows} == {name}
        keys = [one.name for one in sorted(made.variables, key=lambda one: one.key) if one.key]
        assert len({tuple(row[key] for key in keys) for row in rows}) == len(rows), name
        if name != "DM":
            numbers: defaultdict[object, list[object]] = defaultdict(list)
            for row in rows:
                numbers[row["USUBJID"]].append(row[f"{name}SEQ"])
            assert all(one == list(range(1, len(one) + 1)) for one in numbers.values())


def test_days_are_study_days_and_there_is_no_day_0() -> None:
    anchors = {row["USUBJID"]: row["RFSTDTC"] for row in records("DM")}
    seen = set()
    for domain in ("DS", "AE", "EX", "LB", "QS", "DA", "VS"):
        start = "ST" if domain in ("DS", "AE", "EX") else ""
        on, day = f"{domain}{start}DTC", f"{domain}{start}DY"
        for row in records(domain):
            if row[day] is None:
                assert not row[on] or not anchors[row["USUBJID"]]
                continue
            apart = (date.fromisoformat(str(row[on])) - date.fromisoformat(str(anchors[row["USUBJID"]]))).days
            assert row[day] == apart + (apart >= 0)
            seen.add(row[day])
    assert 0 not in seen
    assert 1 in seen
    assert min(seen) < 0  # type: ignore[type-var]


def test_dm_has_everybody_with_the_arm_or_why_there_is_none() -> None:
    rows = {str(row["SUBJID"]): row for row in records("DM")}
    assert rows.keys() == people().keys()
    for number, row in rows.items():
        who = people()[number]
        assert (row["ARMCD"], row["ACTARMCD"], row["SITEID"]) == (who["arm"], who["actual_arm"], who["site"])
        assert bool(row["ARM"]) == bool(row["ARMCD"])
        assert (not row["ARMCD"] or not row["ACTARMCD"]) == bool(row["ARMNRS"])
        assert row["RFXSTDTC"] == who["first_dose_on"]
    reasons = Counter(row["ARMNRS"] for row in rows.values())
    failed = sum(who["state"] == "screen_failed" for who in people().values())
    never = sum(bool(who["arm"]) and not who["actual_arm"] for who in people().values())
    assert (reasons["SCREEN FAILURE"], reasons["ASSIGNED, NOT TREATED"]) == (failed, never)
    assert failed > 0
    assert never > 0
    assert {row["COUNTRY"] for row in rows.values()} == {"CHN"}


def test_ex_has_each_dose_taken_by_what_was_in_the_kit() -> None:
    types = {row["kit"]: row["kit_type"] for row in trial().tables["kits"]}
    taken = Counter(
        (row["participant"], row["taken_on"], row["kit"])
        for row in trial().tables["doses"]
        if row["outcome"] == "taken"
    )
    rows = records("EX")
    assert Counter((str(row["USUBJID"])[7:], row["EXSTDTC"], row["EXREFID"]) for row in rows) == taken
    for row in rows:
        dose, treatment = (1e6, "LOW-DOSE INTERLEUKIN-2") if types[str(row["EXREFID"])] == "IL2" else (0.0, "PLACEBO")
        assert (row["EXDOSE"], row["EXTRT"]) == (dose, treatment)
    # The wrong box: somebody of the control arm has doses of the other one.
    planned = {row["USUBJID"]: row["ARMCD"] for row in records("DM")}
    crossed = {row["USUBJID"] for row in rows if planned[row["USUBJID"]] == "PBO" and row["EXDOSE"]}
    assert crossed
    assert {row["ACTARMCD"] for row in records("DM") if row["USUBJID"] in crossed} == {"IL2"}


def test_letters_tell_no_dose() -> None:
    rows = records("EX", "letters")
    assert {row["EXDOSE"] for row in rows} == {None}
    assert {row["EXTRT"] for row in rows} == {"ARM A", "ARM B"}
    assert {row["ARM"] for row in records("DM", "letters")} == {"Arm A", "Arm B", ""}


def test_a_partial_dose_has_no_amount() -> None:
    def partial(rows):
        place = next(place for place, row in enumerate(rows) if row["outcome"] == "taken")
        return [*rows[:place], rows[place] | {"outcome": "partial", "reason": "broken_vial"}, *rows[place + 1 :]]

    made = next(one for one in sdtm_datasets(changed(trial(), doses=partial)) if one.name == "EX")
    adjusted = dict(zip(made.column("EXADJ"), made.column("EXDOSE"), strict=True))
    assert adjusted["PARTIAL DOSE BROKEN_VIAL"] is None


def test_da_accounts_for_each_vial_given_and_returned() -> None:
    sums: Counter[object] = Counter()
    for row in records("DA"):
        sums[row["DATESTCD"]] += row["DASTRESN"]  # type: ignore[assignment, operator]
    told = trial().tables["accountability"]
    for code, column in (("DISPAMT", "vials"), ("RETAMT", "unused"), ("USEDRET", "used"), ("LOST", "lost")):
        assert sums[code] == sum(int(row[column] or 0) for row in told), code
    assert sums["DISPAMT"] > 4000


def test_ds_tells_how_each_began_and_ended() -> None:
    by: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for row in records("DS"):
        by[str(row["USUBJID"])[7:]].append(row)
    codes = Counter(row["DSDECOD"] for row in records("DS"))
    for number, who in people().items():
        told = [row["DSDECOD"] for row in by[number] if row["DSSCAT"] == "STUDY PARTICIPATION"]
        assert len(told) == 1
        assert (told[0] == "DEATH") == bool(who["died_on"])
        assert ("RANDOMIZED" in {row["DSDECOD"] for row in by[number]}) == bool(who["arm"])
    for expected in ("ADVERSE EVENT", "LACK OF EFFICACY", "WITHDRAWAL BY SUBJECT", "TREATMENT UNBLINDED", "DEATH",
                     "SCREEN FAILURE", "COMPLETED", "OTHER"):  # fmt: skip
        assert codes[expected] >= 1, expected
    assert codes["TREATMENT UNBLINDED"] == 1  # the safety desk's opening is none of the participant's events
    assert codes["INFORMED CONSENT OBTAINED"] == len(people())


def test_ae_has_each_event_in_cdisc_terms() -> None:
    told = {(row["participant"], row["event"]): row for row in trial().tables["adverse_events"]}
    rows = records("AE")
    assert len(rows) == len(told)
    for row in rows:
        was = told[str(row["USUBJID"])[7:], str(row["AESPID"])]
        assert (row["AETERM"], row["AESER"], row["AETOXGR"]) == (was["verbatim"], was["serious"], was["grade"])
        criteria = [row[one] for one in ("AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESMIE")]
        assert ("Y" in criteria) == (row["AESER"] == "Y")
        assert row["AEREL"] == was["causality_drug"].upper()
    assert {row["AEOUT"] for row in rows} == {"RECOVERED/RESOLVED", "FATAL"}


def test_an_event_that_is_not_coded_has_the_studys_term_or_its_words() -> None:
    def bare(rows):
        return [rows[0] | {"pt": "", "term": "fever"}, rows[1] | {"pt": "", "term": "", "verbatim": "头晕"}, *rows[2:]]

    opened = changed(trial(), adverse_events=bare)
    terms = next(one for one in sdtm_datasets(opened) if one.name == "AE").column("AEDECOD")
    assert "Fever" in terms
    assert "头晕" in terms


def test_qs_has_each_rated_value_and_lb_each_measured_one() -> None:
    study = trial().study
    rated = {one.id for one in study.instruments if one.rater in ("assessor", "physician_assessor", "participant")}
    told = Counter(
        row["participant"] for row in trial().tables["assessments"] if row["instrument"] in rated and row["value"]
    )
    assert Counter(str(row["USUBJID"])[7:] for row in records("QS")) == told
    totals = [row for row in records("QS") if row["QSTESTCD"] == "HAQTOT"]
    assert totals
    assert all(0 <= float(str(row["QSSTRESN"])) <= 3 for row in totals)
    enzymes = sum(row["instrument"] == "muscle_enzymes" and not row["field"].endswith("_uln") and bool(row["value"])
                  for row in trial().tables["assessments"])  # fmt: skip
    screened = sum(row["field"].endswith("_uln") for row in trial().tables["baseline"])
    apart, safety = len(trial().tables["laboratory"]), len(trial().tables["safety_laboratory"])
    assert len(records("LB")) == enzymes + screened + apart + safety
    assert all(row["LBORNRHI"] for row in records("LB") if row["LBTESTCD"] == "CK")


def test_limits_of_normal_are_those_that_the_study_file_names() -> None:
    study = trial().study
    measured = {"ck", "aldolase", "ldh", "ast", "alt", "creatinine"}
    assert study.limits_at_screening == {one: f"{one}_uln" for one in measured}, (
        "and no weight that a dose is divided by"
    )
    enzymes = [one.model_copy(update={"upper_limit": "muscle_enzymes.top"}) for one in study.core_set.enzymes[:1]]
    other = study.model_copy(update={"core_set": study.core_set.model_copy(update={"enzymes": enzymes})})
    assert enzyme_limits(other) == {("muscle_enzymes", "ck"): "top"}
    assert enzyme_instruments(other) == {"muscle_enzymes"}


def test_the_last_value_before_the_first_dose_is_marked_once() -> None:
    first = {row["USUBJID"]: row["RFXSTDTC"] for row in records("DM")}
    for domain in ("QS", "LB", "VS"):
        marked = [row for row in records(domain) if row[f"{domain}LOBXFL"]]
        assert len({(row["USUBJID"], row[f"{domain}TESTCD"]) for row in marked}) == len(marked) > 10
        latest: dict[tuple[object, object], str] = {}
        for row in records(domain):
            on, key = str(row[f"{domain}DTC"]), (row["USUBJID"], row[f"{domain}TESTCD"])
            if row[f"{domain}ORRES"] and on <= str(first[row["USUBJID"]]):
                latest[key] = max(latest.get(key, ""), on)
        assert latest == {(row["USUBJID"], row[f"{domain}TESTCD"]): row[f"{domain}DTC"] for row in marked}


def test_below_the_limit_is_a_text_and_no_number_and_not_done_is_said() -> None:
    def not_done(rows):
        place = next(place for place, row in enumerate(rows) if row["instrument"] == "cdasi")
        gone = rows[place] | {"field": "", "value": "", "state": "not_done"}
        return [one for one in rows if (one["participant"], one["visit"], one["instrument"]) !=
                (gone["participant"], gone["visit"], "cdasi")] + [gone]  # fmt: skip

    made = {one.name: one for one in sdtm_datasets(changed(trial(), assessments=not_done))}
    results = list(zip(made["LB"].column("LBORRES"), made["LB"].column("LBSTRESN"), strict=True))
    below = sum(row["below"] == "Y" for row in trial().tables["laboratory"])
    assert [number for text, number in results if str(text).startswith("<")] == [None] * below
    assert below > 0
    assert all(number is not None for text, number in results if text and not str(text).startswith("<"))
    status = [one for one in zip(made["QS"].column("QSTESTCD"), made["QS"].column("QSSTAT"), strict=True) if one[1]]
    assert status == [("QSALL", "NOT DONE")]


def test_what_the_laboratory_did_not_do_is_told_of_each_instrument() -> None:
    def not_done(rows):
        gone = {
            "field": "",
            "value": "",
            "below": "",
            "unit": "",
            "state": "not_done",
            "collected_on": "",
            "study_day": "",
        }
        first = rows[0] | gone
        return [*rows, first | {"instrument": "cytokines"}, first | {"instrument": "t_cells"}]

    made = next(one for one in sdtm_datasets(changed(trial(), laboratory=not_done)) if one.name == "LB")
    told = zip(made.column("LBTESTCD"), made.column("LBCAT"), made.column("LBSTAT"), strict=True)
    assert sorted(one for one in told if one[2]) == [
        ("LBALL", "CYTOKINES", "NOT DONE"), ("LBALL", "T CELLS", "NOT DONE")
    ]  # fmt: skip


def test_a_box_given_by_mistake_belongs_to_no_visit() -> None:
    def no_visit(rows):
        return [rows[0] | {"visit": ""}, *rows[1:]]

    made = next(one for one in sdtm_datasets(changed(trial(), dispensing=no_visit)) if one.name == "DA")
    given = zip(made.column("DATESTCD"), made.column("VISIT"), made.column("VISITNUM"), strict=True)
    assert [(visit, number) for code, visit, number in given if code == "DISPAMT" and not visit] == [("", None)]


def test_who_leaves_while_treated_stops_treatment_with_it() -> None:
    stops = {row["USUBJID"]: row["DSDECOD"] for row in records("DS") if row["DSSCAT"] == "STUDY TREATMENT"}
    dosed = {f"IL2-DM-{number}" for number, who in people().items() if who["first_dose_on"]}
    assert stops.keys() == dosed
    left = {
        f"IL2-DM-{number}" for number, who in people().items() if who["state"] == "withdrawn" and who["first_dose_on"]
    }
    assert left
    assert all(stops[one] != "COMPLETED" for one in left)


def test_every_value_has_a_code_of_its_own_of_eight_letters_at_most() -> None:
    study = trial().study
    codes = [code for code, _ in instrument_tests(study, study.instruments).values()]
    assert len(codes) == len(set(codes)) > 80
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]{0,7}", one) for one in codes)
    for domain, code in (("QS", "QSTESTCD"), ("LB", "LBTESTCD")):
        names = {(row[code], row[code[:-2]]) for row in records(domain)}
        assert len(names) == len({one for one, _ in names}), f"{domain}: one name for each code"


def test_unscheduled_visits_are_told_apart() -> None:
    def apart(rows):
        return [rows[0] | {"visit": "UV.1"}, rows[1] | {"visit": "UV.2"}, *rows[2:]]

    opened = changed(trial(), laboratory=apart)
    made = next(one for one in sdtm_datasets(opened) if one.name == "LB")
    named = set(zip(made.column("VISIT"), made.column("VISITNUM"), strict=True))
    assert ("UNSCHEDULED VISIT 1", 902.01) in named
    assert ("UNSCHEDULED VISIT 2", 902.02) in named


def test_a_trial_that_nobody_was_dosed_in_yet_has_its_demographics() -> None:
    opened = invented(2, 5)
    assert len(next(one for one in sdtm_datasets(opened) if one.name == "DM").rows) >= 2
