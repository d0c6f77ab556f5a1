"""Laboratory values: recorded whole or not at all, corrected beside what stood there, suggested events dismissed."""

from decimal import Decimal
from typing import Any

import pytest

from irt.assurance.verify import verify
from irt.migrate import newest
from irt.safety.laboratory import CorrectLabs, DismissLabs, correct_labs, dismiss_labs, record_labs
from irt.safety.laboratory_tables import LabDismissal, LabSample, LabValue
from irt.safety.readings import Reading, baselines_of, livers, readings, suggestions, told
from irt.safety.tables import AdverseEvent, EventVersion
from tests.safety.sampled import happened, labs, normal, sampled, tell
from tests.treated import Patient
from tests.wiring import at_once

COORDINATOR, INVESTIGATOR = "coordinator_01", "investigator_01"


@pytest.fixture
def one(database_url: str) -> Patient:
    one = normal(database_url, "01", "02")
    one.on_day(20)
    return one


def found(one: Patient) -> list[Reading]:
    world = one.world
    return readings(world.rows(LabSample, participant=one.id), world.rows(LabValue, participant=one.id))


def suggested(one: Patient) -> list[tuple[int, str, int, str]]:
    """Sample, test, grade and standing of what is suggested now."""
    world = one.world
    written = {"alt": "30", "alt_uln": "40", "ast": "100", "ast_uln": "40"}
    baselines = baselines_of(world.study, found(one), written, one.day_1)
    events = told(world.rows(AdverseEvent, participant=one.id), world.rows(EventVersion, participant=one.id))
    lines = suggestions(world.study, found(one), baselines, one.day_1, events, world.rows(LabDismissal))
    return [(line.reading.number, line.reading.analyte, line.grade, line.standing) for line in lines]


def test_a_sample_is_recorded_once_as_printed(one: Patient) -> None:
    order = labs(one, 15, alt="121", platelets="200")
    first = one.world.perform(record_labs, order, by=COORDINATOR, request_id="once")
    again = one.world.perform(record_labs, order, by=COORDINATOR, request_id="once")
    assert (first.seq, first.answer.number) == (again.seq, 1)
    (sample,) = one.world.rows(LabSample)
    assert (sample.number, sample.revision, sample.taken_on, sample.stands) == (1, 1, one.day(15), True)
    stored = {row.analyte: (row.value, row.unit, row.lower, row.upper) for row in one.world.rows(LabValue)}
    assert stored == {
        "alt": (Decimal(121), "U/L", None, Decimal(40)),
        "platelets": (Decimal(200), "10⁹/L", Decimal(125), None),
    }
    assert (one.world.last_audit().act, one.world.last_audit().participant) == ("labs.record", one.id)
    refused = one.world.refusal(record_labs, order, by=INVESTIGATOR)
    assert (refused.code, refused.facts) == ("labs_known", {"sample": 1, "day": one.day(15).isoformat()})


def test_every_mistake_shows_at_once(one: Patient) -> None:
    order = labs(one, 15, alt="12,5", ast="-1", ggt="20000", bilirubin="1.05", creatinine="70")
    order = order.model_copy(update={"upper": {**order.upper, "alt": "0", "creatinine": "", "shoe": "43"},
                                     "lower": {"bilirubin": "30"}})  # fmt: skip
    refused = one.world.refusal(record_labs, order, by=COORDINATOR)
    mistakes: Any = refused.facts["mistakes"]
    assert {(wrong["field"], wrong["remedy"]) for wrong in mistakes} == {
        ("upper.shoe", "remove_unknown_field"), ("values.alt", "write_a_number"), ("upper.alt", "above_lower"),
        ("values.ast", "at_least"), ("values.ggt", "at_most"), ("values.bilirubin", "in_steps_of"),
        ("upper.bilirubin", "above_lower"), ("upper.creatinine", "fill_in"),
    }  # fmt: skip
    empty = one.world.refusal(record_labs, labs(one, 15), by=COORDINATOR)
    assert empty.facts["mistakes"] == [{"field": "values", "value": "", "remedy": "fill_in"}]


def test_what_is_withheld_is_no_value_of_a_sample(one: Patient) -> None:
    """The site's coordinator may not enter it, and no page of samples would seal it."""
    order = labs(one, 15, eosinophils="2.5")
    order = order.model_copy(update={"upper": {"eosinophils": "0.5"}})
    refused = one.world.refusal(record_labs, order, by=INVESTIGATOR)
    assert refused.code == "labs_mistakes"
    assert "2.5" not in one.world.last_audit().body


def test_not_of_tomorrow_nor_of_another_site(one: Patient) -> None:
    assert one.world.refusal(record_labs, labs(one, 21, alt="30"), by=COORDINATOR).code == "date_in_future"
    assert one.world.refusal(record_labs, labs(one, 15, alt="30"), by="coordinator_02").code == "not_found"


@pytest.mark.parametrize("by", ["pharmacist_01", "assessor_01", "physician_assessor_01", "laboratory", "monitor"])
def test_others_record_nothing(one: Patient, by: str) -> None:
    assert one.world.refusal(record_labs, labs(one, 15, alt="30"), by=by).code == "role_not_allowed"


def test_two_at_once_are_two_samples(one: Patient) -> None:
    world = one.world
    for name in (COORDINATOR, INVESTIGATOR):
        world.actor(name)
    done = at_once(
        lambda: world.perform(record_labs, labs(one, 15, alt="30"), by=COORDINATOR, request_id="one"),
        lambda: world.perform(record_labs, labs(one, 15, alt="31"), by=INVESTIGATOR, request_id="two"),
    )
    assert sorted(told.answer.number for told in done) == [1, 2]  # type: ignore[union-attr]


def correction(one: Patient, sample: int, **values: str) -> CorrectLabs:
    return CorrectLabs(**labs(one, 15, **values).model_dump(), sample=sample, reason="read from the wrong line")


def test_a_correction_stands_beside_what_was_recorded(one: Patient) -> None:
    number = sampled(one, 15, alt="900", ggt="50")
    order = correction(one, number, alt="90", bilirubin="12")
    first = one.world.perform(correct_labs, order, by=COORDINATOR, request_id="once")
    assert one.world.perform(correct_labs, order, by=COORDINATOR, request_id="once").seq == first.seq
    assert one.world.last_audit().reason == "read from the wrong line"
    assert {(line.analyte, line.found.value) for line in found(one)} == {
        ("alt", Decimal(90)), ("bilirubin", Decimal(12)),
    }  # fmt: skip
    values = {(row.analyte, row.revision): row.value for row in one.world.rows(LabValue)}
    assert values[("alt", 1)] == 900
    assert values[("ggt", 2)] is None, "it was not measured"
    assert one.world.refusal(correct_labs, order, by=COORDINATOR).code == "labs_unchanged"
    assert one.world.refusal(correct_labs, order.model_copy(update={"sample": 7}), by=COORDINATOR).code == "not_found"
    assert one.world.refusal(correct_labs, order, by="monitor").code == "role_not_allowed"
    assert one.world.refusal(correct_labs, order, by="coordinator_02").code == "not_found"


def test_without_any_value_there_was_no_sample(one: Patient) -> None:
    number = sampled(one, 15, alt="900")
    one.world.do(correct_labs, correction(one, number), by=INVESTIGATOR)
    assert found(one) == []
    assert suggested(one) == []
    refused = one.world.refusal(correct_labs, correction(one, number, alt="30"), by=INVESTIGATOR)
    assert refused.code == "labs_taken_back"
    assert sampled(one, 15, alt="30") == 2


def test_two_corrections_at_once_both_stand_one_after_the_other(one: Patient) -> None:
    number, world = sampled(one, 15, alt="900"), one.world
    for name in (COORDINATOR, INVESTIGATOR):
        world.actor(name)
    at_once(
        lambda: world.perform(correct_labs, correction(one, number, alt="90"), by=COORDINATOR, request_id="one"),
        lambda: world.perform(correct_labs, correction(one, number, alt="91"), by=INVESTIGATOR, request_id="two"),
    )
    assert sorted(row.revision for row in world.rows(LabSample)) == [1, 2, 3]


def test_a_raised_value_suggests_its_term_relative_to_an_abnormal_baseline(one: Patient) -> None:
    sampled(one, 15, alt="121", ast="149", ggt="61", platelets="124")
    assert suggested(one) == [
        (1, "alt", 2, "waiting"), (1, "ggt", 1, "waiting"), (1, "platelets", 1, "waiting"),
    ]  # fmt: skip


def test_nothing_is_suggested_up_to_the_day_of_the_first_dose(one: Patient) -> None:
    sampled(one, 1, alt="900", ggt="200")
    assert suggested(one) == []
    sampled(one, 15, ggt="399")
    assert suggested(one) == [], "GGT was 200 at baseline: 399 is less than twice that"
    sampled(one, 16, ggt="400")
    assert suggested(one) == [(3, "ggt", 1, "waiting")]


def test_an_event_of_its_term_on_that_day_confirms_it(one: Patient) -> None:
    sampled(one, 15, alt="121")
    event = happened(one.world, one.id, "01", one.day(16), term="alt_increased", grade=2)
    assert suggested(one) == [(1, "alt", 2, "waiting")], "it began later"
    tell(one.world, event, one.id, "01", one.day(14), term="alt_increased", grade=2)
    assert suggested(one) == [(1, "alt", 2, "confirmed")]
    tell(one.world, event, one.id, "01", one.day(14), term="alt_increased", grade=1)
    assert suggested(one) == [(1, "alt", 2, "worse")]
    tell(one.world, event, one.id, "01", one.day(10), ended_on=one.day(14), term="alt_increased", grade=2)
    assert suggested(one) == [(1, "alt", 2, "waiting")], "it was over"
    tell(one.world, event, one.id, "01", one.day(15), ended_on=one.day(15), term="alt_increased", grade=3)
    assert suggested(one) == [(1, "alt", 2, "confirmed")]
    tell(one.world, event, one.id, "01", one.day(15), stands=False, term="alt_increased", grade=3)
    assert suggested(one) == [(1, "alt", 2, "waiting")], "told by mistake"


def dismissal(one: Patient, **other: Any) -> DismissLabs:
    told = {"participant": one.id, "sample": 1, "analyte": "alt", "grade": 2, "reason": "muscle, CK rises with it"}
    return DismissLabs(**{**told, **other})


def test_a_physician_dismisses_with_a_reason(one: Patient) -> None:
    sampled(one, 15, alt="121")
    first = one.world.perform(dismiss_labs, dismissal(one), by=INVESTIGATOR, request_id="once")
    assert one.world.perform(dismiss_labs, dismissal(one), by=INVESTIGATOR, request_id="once").seq == first.seq
    assert suggested(one) == [(1, "alt", 2, "dismissed")]
    assert one.world.last_audit().reason == "muscle, CK rises with it"
    assert one.world.refusal(dismiss_labs, dismissal(one), by=INVESTIGATOR).code == "nothing_suggested"
    one.world.do(correct_labs, correction(one, 1, alt="201"), by=COORDINATOR)
    assert suggested(one) == [(1, "alt", 3, "waiting")], "of another value nobody said anything"
    one.world.do(correct_labs, correction(one, 1, alt="122"), by=COORDINATOR)
    assert suggested(one) == [(1, "alt", 2, "waiting")]


def test_what_is_not_suggested_is_not_dismissed(one: Patient) -> None:
    sampled(one, 15, alt="121")
    for other in ({"grade": 3}, {"analyte": "ast"}, {"sample": 2}, {"analyte": "eosinophils"}):
        assert one.world.refusal(dismiss_labs, dismissal(one, **other), by=INVESTIGATOR).code == "nothing_suggested"
    assert one.world.refusal(dismiss_labs, dismissal(one), by=COORDINATOR).code == "role_not_allowed"
    assert one.world.refusal(dismiss_labs, dismissal(one), by="investigator_02").code == "not_found"


def test_dismissed_twice_at_once_it_is_dismissed_once(one: Patient) -> None:
    sampled(one, 15, alt="121")
    world = one.world
    world.actor(INVESTIGATOR)
    at_once(
        lambda: world.perform(dismiss_labs, dismissal(one), by=INVESTIGATOR, request_id="one"),
        lambda: world.perform(dismiss_labs, dismissal(one), by=INVESTIGATOR, request_id="two"),
    )
    assert len(world.rows(LabDismissal)) == 1


def test_hys_law_is_seen_in_one_sample_only(one: Patient) -> None:
    sampled(one, 15, alt="121")
    sampled(one, 16, bilirubin="41")
    sampled(one, 17, alt="120", bilirubin="40.1")
    by_sample = livers(one.world.study, found(one), {})
    assert {number: law.by_limit for number, law in by_sample.items()} == {1: False, 2: False, 3: True}


def test_verification_finds_the_rows_as_they_were_written(one: Patient) -> None:
    number = sampled(one, 15, alt="121")
    one.world.do(correct_labs, correction(one, number, alt="122"), by=COORDINATOR)
    one.world.do(dismiss_labs, dismissal(one), by=INVESTIGATOR)
    world = one.world
    assert verify(world.database, world.keys, world.vault, world.study, revision=newest()) == []
