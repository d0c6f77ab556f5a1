"""Forms are drafted, rated or recorded, and corrected: whole, by their rater alone, at a visit that has begun."""

from datetime import timedelta
from typing import Any

import pytest

from irt.gate.tables import AuditEntry, SignatureRow
from irt.outcomes.capture import SIGNED, CorrectForm, Sheet, correct, draft, rate, record
from irt.outcomes.kiosk import answer_kiosk
from irt.participants.tables import VisitRecord
from tests.cast import world
from tests.outcomes.answered import answers as kiosk_answers
from tests.outcomes.answered import opened
from tests.outcomes.sheets import (
    BY,
    MUSCLES,
    activity,
    answers,
    by_rater,
    correction,
    forms,
    muscles,
    sheet,
    sources,
    whole_visit,
)
from tests.treated import Patient, treated
from tests.wiring import at_once

ASSESSOR = "assessor_01"


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url)


def test_a_whole_visit_is_recorded_by_those_who_rate_it(one: Patient) -> None:
    whole_visit(one)
    kept = {row.instrument: row for row in forms(one)}
    assert {row.state for row in kept.values()} == {"final"}
    assert set(kept) == {name.partition(".")[0] for written in by_rater().values() for name in written}
    assert kept["mmt8"].readings == dict.fromkeys(MUSCLES, "7")
    assert {kept[name].source for name in ("mmt8", "mdaat")} == {"rater"}
    assert {kept[name].source for name in ("haq", "muscle_enzymes")} == {"transcribed"}
    signed = one.world.row(SignatureRow, id=kept["mmt8"].signature)
    assert (signed.meaning, signed.act) == (SIGNED, "outcomes.rate")
    assert kept["haq"].signature is None


def test_the_entry_says_who_recorded_what(one: Patient) -> None:
    one.world.do(rate, sheet(one), by=ASSESSOR)
    entry = one.world.last_audit()
    assert (entry.act, entry.participant, entry.site) == ("outcomes.rate", one.id, "01")
    assert '"neck_flexors":"7"' in entry.body


def test_what_is_not_written_stays_open_and_what_is_has_to_be_whole(one: Patient) -> None:
    one.world.do(rate, sheet(one), by=ASSESSOR)
    assert [row.instrument for row in forms(one)] == ["mmt8"]
    one.world.do(rate, sheet(one, readings={"cdasi.activity": "20", "cdasi.damage": "0"}), by=ASSESSOR)
    assert [row.instrument for row in forms(one)] == ["cdasi", "mmt8"]
    lacking = sheet(one, "W4", readings={"glucocorticoid.drug": "prednisone"})
    one.on_day(29)
    refused = one.world.refusal(record, lacking, by=BY["coordinator"])
    assert refused.facts == {"mistakes": [{"field": "readings.glucocorticoid.dose", "value": "", "remedy": "fill_in"}]}


def test_every_mistake_is_named_at_once(one: Patient) -> None:
    wrong = muscles(deltoid="11", biceps="6.5", quadriceps="７", gluteus_medius="-1", neck_flexors="NaN")
    order = sheet(one, readings={**wrong, "mmt8.tongue": "3", "cdasi.activity": "10"}, not_done={"cdasi": "no time"})
    refused = one.world.refusal(rate, order, by=ASSESSOR)
    found = {one["field"].removeprefix("readings.mmt8."): one for one in refused.facts["mistakes"]}
    assert {name: mistake["remedy"] for name, mistake in found.items()} == {
        "deltoid": "at_most", "biceps": "in_steps_of", "quadriceps": "write_a_number", "gluteus_medius": "at_least",
        "neck_flexors": "write_a_number", "tongue": "remove_unknown_field", "not_done.cdasi": "done_or_not",
    }  # fmt: skip
    assert found["deltoid"] == {"field": "readings.mmt8.deltoid", "value": "11", "remedy": "at_most", "limit": "10"}


def test_not_done_has_a_reason(one: Patient) -> None:
    one.world.do(rate, sheet(one, readings={}, not_done={"mmt8": "the arm is in plaster"}), by=ASSESSOR)
    (row,) = forms(one)
    assert (row.state, row.readings, row.reason) == ("not_done", {}, "the arm is in plaster")
    assert one.world.refusal(rate, sheet(one, readings={}), by=ASSESSOR).code == "nothing_written"


def test_a_draft_counts_for_nothing_and_becomes_final(one: Patient) -> None:
    one.world.do(draft, sheet(one, readings={"mmt8.deltoid": "5"}), by=ASSESSOR)
    assert one.world.refusal(draft, sheet(one, readings={"mmt8.deltoid": "50"}), by=ASSESSOR).code == (
        "outcomes_mistakes"
    )
    assert one.world.refusal(correct, correction(one, "mmt8", {"deltoid": "6"}), by=ASSESSOR).code == (
        "form_not_recorded"
    )
    one.world.do(draft, sheet(one, readings={"mmt8.deltoid": "6"}), by=ASSESSOR)
    one.world.do(draft, sheet(one, readings={}, not_done={"cdasi": "no skin disease"}), by=ASSESSOR)
    kept = {row.instrument: (row.state, row.readings, row.reason) for row in forms(one)}
    assert kept == {"mmt8": ("draft", {}, None), "cdasi": ("draft", {}, "no skin disease")}, "cleared stays cleared"
    one.world.do(draft, sheet(one, readings={"cdasi.activity": "6"}), by=ASSESSOR)
    assert forms(one, instrument="cdasi")[-1].reason is None
    one.world.do(rate, sheet(one), by=ASSESSOR)
    states = [row.state for row in forms(one, instrument="mmt8")]
    assert states == ["draft"] * (len(states) - 1) + ["final"]
    for act in (draft, rate):
        assert one.world.refusal(act, sheet(one), by=ASSESSOR).code == "form_recorded"


def test_a_correction_keeps_what_stood_there(one: Patient) -> None:
    one.world.do(rate, sheet(one), by=ASSESSOR)
    right = dict.fromkeys(MUSCLES, "7") | {"biceps": "4"}
    one.world.do(correct, correction(one, "mmt8", right), by=ASSESSOR)
    before, after = forms(one)
    assert (before.readings["biceps"], after.readings["biceps"]) == ("7", "4")
    assert (before.reason, after.reason) == (None, "copied wrongly from the paper")
    again = correction(one, "mmt8", right, revision=3)
    assert one.world.refusal(correct, again, by=ASSESSOR).code == "form_unchanged"
    lacking = correction(one, "mmt8", {"biceps": "4"}, revision=3)
    assert one.world.refusal(correct, lacking, by=ASSESSOR).code == "outcomes_mistakes"
    one.world.do(correct, correction(one, "mmt8", {}, revision=3), by=ASSESSOR)
    assert [row.state for row in forms(one)] == ["final", "final", "not_done"]
    same = correction(one, "mmt8", {}, revision=4)
    assert one.world.refusal(correct, same, by=ASSESSOR).code == "form_unchanged"
    one.world.do(correct, correction(one, "mmt8", {}, revision=4, reason="the device was broken"), by=ASSESSOR)
    assert forms(one)[-1].reason == "the device was broken"


def test_of_two_who_correct_the_same_reading_the_second_is_told(one: Patient) -> None:
    one.world.do(rate, sheet(one), by=ASSESSOR)
    one.world.do(correct, correction(one, "mmt8", dict.fromkeys(MUSCLES, "7") | {"deltoid": "3"}), by=ASSESSOR)
    older = correction(one, "mmt8", dict.fromkeys(MUSCLES, "7") | {"biceps": "4"})
    assert one.world.refusal(correct, older, by=ASSESSOR).code == "corrected_meanwhile"
    assert forms(one)[-1].readings["deltoid"] == "3"


def test_what_the_participant_answered_is_transcribed_once_the_team_corrects_it(one: Patient) -> None:
    code = opened(one)
    one.world.do(answer_kiosk, kiosk_answers(code), by="coordinator_01")
    one.world.do(correct, correction(one, "patient_global", {"vas": "9.9"}), by="coordinator_01")
    assert [row.source for row in forms(one, instrument="patient_global")] == ["participant", "transcribed"]


def test_a_reason_names_no_treatment(one: Patient) -> None:
    named = sheet(one, readings={}, not_done={"mmt8": "he is on placebo"})
    for act in (draft, rate):
        assert one.world.refusal(act, named, by=ASSESSOR).code == "treatment_named"
    one.world.do(rate, sheet(one), by=ASSESSOR)
    wrong = correction(one, "mmt8", {}, reason="he is on IL-2")
    assert one.world.refusal(correct, wrong, by=ASSESSOR).code == "treatment_named"


@pytest.mark.parametrize(
    ("by", "readings"),
    [
        ("physician_assessor_01", muscles()),
        ("assessor_01", activity()),
        ("assessor_01", {"haq.grip": "1"}),
        ("investigator_01", muscles()),
        ("assessor_02", muscles()),
        ("assessor_01", {"t_cells.cd4_number": "400"}),
        ("assessor_01", {"nothing.x": "1"}),
    ],
)
def test_nobody_rates_what_is_anothers(one: Patient, by: str, readings: dict[str, str]) -> None:
    assert one.world.refusal(rate, sheet(one, readings=readings), by=by).code == "not_found"


@pytest.mark.parametrize("by", ["coordinator_01", "pharmacist_01", "laboratory", "monitor", "data_manager"])
def test_nobody_but_a_rater_rates(one: Patient, by: str) -> None:
    assert one.world.refusal(rate, sheet(one), by=by).code == "role_not_allowed"


@pytest.mark.parametrize("by", ["assessor_01", "pharmacist_01", "laboratory", "monitor"])
def test_nobody_but_the_coordinator_records_from_sources(one: Patient, by: str) -> None:
    assert one.world.refusal(record, sheet(one, readings=sources()), by=by).code == "role_not_allowed"


def test_the_laboratorys_results_are_nobody_elses(one: Patient) -> None:
    order = sheet(one, readings={"blood_count.eosinophils": "0.3"})
    assert one.world.refusal(record, order, by="coordinator_01").code == "not_found"


def test_nothing_written_is_no_draft(one: Patient) -> None:
    assert one.world.refusal(draft, sheet(one, readings={}), by=ASSESSOR).code == "nothing_written"


def test_a_visit_has_to_have_begun(one: Patient) -> None:
    assert one.world.refusal(rate, sheet(one, "W12"), by=ASSESSOR).code == "visit_not_due"
    assert one.world.refusal(rate, sheet(one, "W99"), by=ASSESSOR).code == "visit_not_in_study"
    assert one.world.refusal(rate, sheet(one, "ET.1"), by=ASSESSOR).code == "visit_not_recorded"
    one.on_day(85)
    one.world.do(rate, sheet(one, "W12", one.day(85)), by=ASSESSOR)
    late = sheet(one, "W12", one.day(86), readings={"cdasi.activity": "3", "cdasi.damage": "0"})
    assert one.world.refusal(rate, late, by=ASSESSOR).code == "date_in_future"
    early = sheet(one, on=one.day_1 - timedelta(days=400), readings={"cdasi.activity": "3", "cdasi.damage": "0"})
    assert one.world.refusal(rate, early, by=ASSESSOR).code == "before_screening"


def test_a_visit_outside_the_plan_is_rated_once_it_was_recorded(one: Patient) -> None:
    one.on_day(40)
    one.world.put(
        VisitRecord, id="et", participant=one.id, site="01", visit="ET.1", revision=1, state="done",
        visited_on=one.day(40), reason="stopped", recorded_at=one.world.clock.now(), recorded_by="nobody",
    )  # fmt: skip
    one.world.do(rate, sheet(one, "ET.1", one.day(40)), by=ASSESSOR)
    assert [row.visit for row in forms(one)] == ["ET.1"]


@pytest.mark.parametrize(("act", "order", "by"), [(rate, sheet, ASSESSOR), (correct, None, ASSESSOR)])
def test_repeated_it_is_recorded_once(one: Patient, act: Any, order: Any, by: str) -> None:
    if order is None:
        one.world.do(rate, sheet(one), by=ASSESSOR)
    asked: Sheet | CorrectForm = order(one) if order else correction(one, "mmt8", dict.fromkeys(MUSCLES, "9"))
    signature, actor = one.world.sign(act, asked, by), one.world.actor(by)
    for _ in range(2):
        one.world.service.gate.perform(act, asked, by=actor, request_id="the-same-one", signature=signature)
    assert len(one.world.rows(AuditEntry, act=act.spec.name, kind="act")) == 1


def test_two_at_once_one_is_recorded(one: Patient, database_url: str) -> None:
    worlds = [one.world, world(database_url, one.world.study, seed=bytes([7] * 32))]
    signed = [here.sign(rate, sheet(one), ASSESSOR) if here is one.world else None for here in worlds]
    actor = one.world.actor(ASSESSOR)
    signed[1] = worlds[1].service.credentials.sign(actor, "seven grey herons wade", rate, sheet(one))

    def call(place: int) -> Any:
        return lambda: worlds[place].service.gate.perform(
            rate, sheet(one), by=actor, request_id=f"request-{place}", signature=signed[place]
        )

    found = at_once(call(0), call(1))
    assert sorted(getattr(result, "code", "done") for result in found) == ["done", "form_recorded"]
    assert len(forms(one)) == 1


def test_what_the_participant_wrote_on_paper_is_transcribed(one: Patient) -> None:
    one.world.do(record, sheet(one, readings=answers(grip="", reach="")), by="coordinator_01")
    kept = {row.instrument: row for row in forms(one)}
    assert len(kept["haq"].readings) == 6
    assert kept["patient_global"].readings == {"vas": "4.0"}
