"""Every other rule between fields: one edit, one mistake, at its key."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from irt.study import check_study
from tests.study.written import values, write

Values = dict[str, Any]
PLACES = ("death", "rescue", "stop_for_adverse_event_or_lack_of_efficacy", "missing", "other")


def put(*path: str | int, value: Any) -> Callable[[Values], None]:
    """An edit that sets the value at this path; with no value at the last key, adds it."""

    def edit(root: Any) -> None:
        for step in path[:-1]:
            root = root[step]
        root[path[-1]] = value

    return edit


def drop(*path: str | int) -> Callable[[Values], None]:
    """An edit that takes the value at this path away."""

    def edit(root: Any) -> None:
        for step in path[:-1]:
            root = root[step]
        del root[path[-1]]

    return edit


def without_medical_stops(root: Values) -> None:
    """Nobody could be recorded to have stopped for an adverse event or for lack of efficacy."""
    del root["treatment"]["stop_reasons"][:2]


def without_rescue(root: Values) -> None:
    """No rescue could be reported."""
    for one in root["interfering_medications"]:
        one["intercurrent"] = "other"


ONE_EACH: list[tuple[Callable[[Values], None], str]] = [
    (drop("arms", 1), "arms"),
    (put("arms", 0, "ratio", value=0), "arms[0].ratio"),
    (put("arms", 1, "kit_type", value="IL2"), "arms[1].kit_type"),
    (put("arms", 1, "id", value="IL2"), "arms[1].id"),
    (put("sites", 2, "cap", value=20), "sites[2].cap"),
    (put("sites", 2, "cap", value=241), "sites[2].cap"),
    (put("sites", 2, "code", value="０３"), "sites[2].code"),
    (put("sites", 2, "time_zone", value="localtime"), "sites[2].time_zone"),
    (put("sites", 2, "time_zone", value="Factory"), "sites[2].time_zone"),
    (put("sites", 2, "time_zone", value="../UTC"), "sites[2].time_zone"),
    (put("criteria", value=[]), "criteria"),
    (put("strata", 0, "source", value="steroid"), "strata[0].source"),
    (put("strata", 0, "cut", value=100), "strata[0].cut"),
    (drop("strata", 0, "cut"), "strata[0].cut"),
    (put("strata", 0, "cut", value="ten"), "strata[0].cut"),
    (put("strata", 0, "levels", value=["low", "middle", "high"]), "strata[0].levels"),
    (put("strata", 1, "levels", value=["negative", "high"]), "strata[1].levels"),
    (put("strata", 1, "cut", value=1), "strata[1].cut"),
    (put("strata", 1, "source", value="site"), "strata[1].levels"),
    (put("baseline", 0, "required", value=False), "strata[0].source"),
    (put("baseline", 2, "maximum", value=25), "baseline[2].maximum"),
    (put("baseline", 2, "step", value=0), "baseline[2].step"),
    (put("baseline", 2, "step", value=2), "baseline[2].step"),
    (drop("baseline", 2, "step"), "baseline[2].step"),
    (put("baseline", 1, "minimum", value=1), "baseline[1].minimum"),
    (put("thresholds", 0, "value", value="mmt"), "thresholds[0].value"),
    (put("thresholds", 0, "value", value="anti_mda5"), "thresholds[0].value"),
    (put("criteria", 2, "thresholds", value=["mmt9"]), "criteria[2].thresholds[0]"),
    (put("activity_routes", 0, "threshold", value="mmt9"), "activity_routes[0].threshold"),
    (put("activity_routes", 0, "among", 1, value="mmt9"), "activity_routes[0].among[1]"),
    (put("activity_routes", 0, "abnormal", value=6), "activity_routes[0].abnormal"),
    (put("visits", 0, "day", value=2), "visits[0].day"),
    (put("visits", 3, "window_days", value=-1), "visits[3].window_days"),
    (put("visits", 2, "day", value=30), "visits[2].window_days"),
    (drop("visits", 0, "window_days"), "visits[0].window_days"),
    (drop("visits", 2, "window_days"), "visits[2].window_days"),
    (drop("visits", 7, "window_days"), "visits[7].window_days"),
    (put("unscheduled_visits", 0, "id", value="W24"), "unscheduled_visits[0].id"),
    (put("unscheduled_visits", 0, "instruments", 0, value="x"), "unscheduled_visits[0].instruments[0]"),
    (drop("visits", 3, "dispense"), "visits[2].day"),
    (put("dosing", "doses", value=85), "dosing.doses"),
    (put("dosing", "doses", value=60), "dosing.doses"),
    (put("dosing", "late_dose", value="skip"), "dosing.late_dose"),
    (put("dosing", "late_by_days", value=2), "dosing.late_by_days"),
    (put("dosing", "masked_weeks", value=522), "dosing.masked_weeks"),
    (put("treatment", "missed_in_a_row", value=85), "treatment.missed_in_a_row"),
    (put("treatment", "missed_in_a_row", value=0), "treatment.missed_in_a_row"),
    (drop("treatment"), "treatment"),
    (drop("treatment", "hold_reasons"), "treatment.hold_reasons"),
    (put("treatment", "injection_sites", value=[]), "treatment.injection_sites"),
    (put("treatment", "missed_reasons", value=[]), "treatment.missed_reasons"),
    (put("treatment", "hold_reasons", value=[]), "treatment.hold_reasons"),
    (put("treatment", "stop_reasons", value=[]), "treatment.stop_reasons"),
    (put("treatment", "injection_sites", 1, "id", value="abdomen_left"), "treatment.injection_sites[1].id"),
    (put("treatment", "missed_reasons", 5, "id", value="forgotten"), "treatment.missed_reasons[5].id"),
    (put("treatment", "hold_reasons", 5, "id", value="fever"), "treatment.hold_reasons[5].id"),
    (put("treatment", "stop_reasons", 6, "id", value="pregnancy"), "treatment.stop_reasons[6].id"),
    (drop("treatment", "missed_reasons", 2, "name", "zh"), "treatment.missed_reasons[2].name.zh"),
    (put("treatment", "stop_reasons", 0, "intercurrent", value="death"), "treatment.stop_reasons[0].intercurrent"),
    (drop("treatment", "stop_reasons", 3, "intercurrent"), "treatment.stop_reasons[3].intercurrent"),
    (put("treatment", "stop_reasons", 3, "early_termination", value=1), "treatment.stop_reasons[3].early_termination"),
    (without_medical_stops, "treatment.stop_reasons"),
    (drop("unscheduled_visits", 0, "within_days"), "unscheduled_visits"),
    (put("unscheduled_visits", 1, "within_days", value=7), "unscheduled_visits[1].within_days"),
    (put("unscheduled_visits", 0, "within_days", value="7"), "unscheduled_visits[0].within_days"),
    (put("kit", "vials", value=17), "kit.vials"),
    (put("kit", "do_not_dispense_days", value=48), "kit.do_not_ship_days"),
    (put("kit", "storage_maximum_celsius", value=2), "kit.storage_maximum_celsius"),
    (put("kit", "ancillaries", 1, "id", value="water"), "kit.ancillaries[1].id"),
    (put("instruments", 0, "rater", value="surgeon"), "instruments[0].rater"),
    (put("instruments", 0, "can_unmask", value=True), "instruments[0].rater"),
    (put("instruments", 10, "shown_to_physician_assessor", value=True), "instruments[10].shown_to_physician_assessor"),
    (put("instruments", 0, "fields", 0, "maximum", value=9), "instruments[0].totals[0].maximum"),
    (put("instruments", 0, "totals", 0, "of", 7, value="toes"), "instruments[0].totals[0].of[7]"),
    (put("instruments", 4, "totals", 0, "minimum_answered", value=9), "instruments[4].totals[0].minimum_answered"),
    (put("instruments", 8, "fields", 0, "choices", value=[]), "instruments[8].fields[0].choices"),
    (put("instruments", 1, "fields", 1, "id", value="activity"), "instruments[1].fields[1].id"),
    (put("instruments", 4, "marks", value=[{"en": "none", "zh": "无"}]), "instruments[4].marks"),
    (put("instruments", 8, "marks", value=[{"en": "none", "zh": "无"}]), "instruments[8].marks"),
    (put("instruments", 2, "fields", 0, "ends", value=[{"en": "none", "zh": "无"}]), "instruments[2].fields[0].ends"),
    (put("instruments", 8, "fields", 0, "below_detection", value=True), "instruments[8].fields[0].below_detection"),
    (put("capture", "kiosk_hours", value=0), "capture.kiosk_hours"),
    (put("core_set", "mmt_max", value=150), "core_set.mmt_max"),
    (put("core_set", "haq", value="haq.sum"), "core_set.haq"),
    (put("core_set", "haq", value="mdaat.skeletal"), "core_set.haq"),
    (put("core_set", "extramuscular", value="cdasi.activity"), "core_set.extramuscular"),
    (put("core_set", "enzymes", 0, "value", value="muscle_enzymes.x"), "core_set.enzymes[0].value"),
    (put("prednisone_equivalents", 0, "equal_to_5_mg", value=4), "prednisone_equivalents[0].equal_to_5_mg"),
    (put("adverse_event_terms", 0, "grades", value=[1, 6]), "adverse_event_terms[0].grades[1]"),
    (put("adverse_event_terms", 0, "grades", value=[0]), "adverse_event_terms[0].grades[0]"),
    (put("adverse_event_terms", 0, "grades", value=[3, 1]), "adverse_event_terms[0].grades"),
    (put("adverse_event_terms", 0, "grades", value=[1, 1]), "adverse_event_terms[0].grades[1]"),
    (put("safety_laboratory", 0, "term", value="alt_high"), "safety_laboratory[0].term"),
    (drop("safety_laboratory", 0, "term"), "safety_laboratory[0].term"),
    (put("safety_laboratory", 0, "id", value="ast"), "safety_laboratory[1].id"),
    (put("safety_laboratory", 0, "step", value=0), "safety_laboratory[0].step"),
    (put("safety_laboratory", 0, "maximum", value=0), "safety_laboratory[0].maximum"),
    (put("safety_laboratory", 0, "shown_to", value="assessor"), "safety_laboratory[0].shown_to"),
    (put("safety_laboratory", 0, "baseline", value="alanine"), "safety_laboratory[0].baseline"),
    (drop("safety_laboratory", 0, "baseline_limit"), "safety_laboratory[0].baseline_limit"),
    (put("safety_laboratory", 0, "above", value=[1, 5, 3, 20]), "safety_laboratory[0].above"),
    (put("safety_laboratory", 0, "above", value=[0, 3, 5, 20]), "safety_laboratory[0].above"),
    (put("safety_laboratory", 0, "above_baseline", value=[1.5, 3]), "safety_laboratory[0].above_baseline"),
    (put("safety_laboratory", 0, "below", value=[5]), "safety_laboratory[0].below"),
    (put("safety_laboratory", 6, "below", value=[25, 50, 75]), "safety_laboratory[6].below"),
    (put("safety_laboratory", 7, "term", value="upper_respiratory_infection"), "safety_laboratory[7]"),
    (put("safety", "fatal_report_days", value=15), "safety.fatal_report_days"),
    (put("safety", "sponsor_time_zone", value="localtime"), "safety.sponsor_time_zone"),
    (put("safety", "investigator_report_hours", value=0), "safety.investigator_report_hours"),
    (drop("safety", "indication", "zh"), "safety.indication.zh"),
    (put("safety", "country", value="China"), "safety.country"),
    (put("safety", "code_break_recipients", 0, value="assessor"), "safety.code_break_recipients[0]"),
    (put("safety", "serious_event_recipients", 0, value="assessor"), "safety.serious_event_recipients[0]"),
    (put("lock", "signers", 3, value="sponsor"), "lock.signers[3]"),
    (put("lock", "signers", 1, value="pharmacist"), "lock.signers[1]"),
    (put("lock", "release_signers", value=["sponsor", "unblinded_statistician"]), "lock.release_signers"),
    (put("lock", "release_signers", 0, value="auditor"), "lock.release_signers[0]"),
    (put("lock", "lead_site", value="99"), "lock.lead_site"),
    (put("lock", "reopen_days", value=0), "lock.reopen_days"),
    (put("arms", 0, "control", value=True), "arms[1].control"),
    (put("arms", 1, "control", value=False), "arms[1].control"),
    (put("analysis", "per_protocol_adherence", value=0), "analysis.per_protocol_adherence"),
    (put("lock", "signers", 1, value="statistician"), "lock.signers[1]"),
    (put("lock", "signers", 1, value="unblinded_statistician"), "lock.signers[1]"),
    (put("lock", "release_signers", value=["sponsor"]), "lock.release_signers"),
    (put("lock", "release_signers", value=["sponsor", "trial_statistician"]), "lock.release_signers"),
    (put("analysis", "alpha", value=1), "analysis.alpha"),
    (put("analysis", "primary", value="tis20"), "analysis.primary"),
    (put("analysis", "fixed_sequence", 1, value="doi"), "analysis.fixed_sequence[1]"),
    (put("analysis", "primary", value="doi_w12"), "analysis.fixed_sequence"),
    (put("analysis", "covariates", 0, value="height"), "analysis.covariates[0]"),
    (drop("analysis", "intercurrent_precedence", 0), "analysis.intercurrent_precedence"),
    (
        put("analysis", "intercurrent_precedence", value=[*PLACES, "death"]),
        "analysis.intercurrent_precedence[5]",
    ),
    (put("analysis", "response_levels", value=[20, 40]), "analysis.response_levels"),
    (put("analysis", "response_levels", value=[40, 20, 60]), "analysis.response_levels"),
    (put("analysis", "endpoints", 0, "measure", value="mmt8.total"), "analysis.endpoints[0]"),
    (put("analysis", "endpoints", 0, "visit", value="W13"), "analysis.endpoints[0].visit"),
    (drop("analysis", "endpoints", 0, "threshold"), "analysis.endpoints[0].threshold"),
    (put("analysis", "endpoints", 6, "measure", value="mmt8.sum"), "analysis.endpoints[6].measure"),
    (put("analysis", "endpoints", 6, "visit", value="W8"), "analysis.endpoints[6].visit"),
    (put("interfering_medications", 0, "id", value="pulse_steroid"), "interfering_medications[1].id"),
    (put("interfering_medications", 0, "intercurrent", value="death"), "interfering_medications[0].intercurrent"),
    (drop("interfering_medications", 0, "intercurrent"), "interfering_medications[0].intercurrent"),
    (without_rescue, "interfering_medications"),
    (drop("interfering_medications"), "interfering_medications"),
    (put("label", "gtin", value="0950600013435"), "label.gtin"),
    (put("label", "gtin", value="09506000134353"), "label.gtin"),
    (put("label", "gtin", value="09506000134３52"), "label.gtin"),
    (drop("label", "form", "zh"), "label.form.zh"),
    (put("sites", 3, value="site 04"), "sites[3]"),
    (put("title", "fr", value="x"), "title.fr"),
    (put("a b", value=1), '"a b"'),
]


@pytest.mark.parametrize(("edit", "key"), ONE_EACH, ids=[f"{place}-{key}" for place, (_, key) in enumerate(ONE_EACH)])
def test_one_edit_is_one_mistake_at_its_key(edit: Callable[[Values], None], key: str, tmp_path: Path) -> None:
    changed = values()
    edit(changed)
    mistakes = check_study(write(tmp_path / "study.toml", changed))
    assert [one.key for one in mistakes] == [key], mistakes
    assert mistakes[0].problem
    assert mistakes[0].remedy


def test_site_as_a_further_factor_is_no_mistake(tmp_path: Path) -> None:
    changed = values()
    changed["strata"].append({"id": "site", "source": "site"})
    assert check_study(write(tmp_path / "study.toml", changed)) == []


def test_a_study_without_an_early_termination_visit_says_so_at_every_stop(tmp_path: Path) -> None:
    changed = values()
    for reason in changed["treatment"]["stop_reasons"]:
        reason["early_termination"] = False
    del changed["unscheduled_visits"][0]["within_days"]
    assert check_study(write(tmp_path / "study.toml", changed)) == []
