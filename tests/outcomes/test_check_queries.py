"""Queries that checks raise: with the form, once, closed with the correction, not asked again when explained."""

import pytest

from irt.outcomes.capture import CorrectForm, Sheet, correct, draft, record
from irt.outcomes.kiosk import answer_kiosk
from irt.outcomes.query_tables import Query
from tests.outcomes.answered import answers, opened
from tests.outcomes.queried import DRUG, answered, asked_again, closed, slip, thread
from tests.outcomes.written_forms import corrected, plain, sheet, written
from tests.treated import Patient, treated


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url)


def test_the_act_that_records_a_form_raises_the_query(one: Patient) -> None:
    query = slip(one)
    assert (query.number, query.visit, query.instrument, query.field) == (1, "W0", DRUG, "dose")
    assert (query.origin, query.owner, query.state, query.site) == ("check", "coordinator", "open", "01")
    assert thread(one.world, query) == [("raised", None)]
    assert one.world.last_audit().act == "outcomes.record"
    assert str(query.id) in one.world.last_audit().body


def test_a_form_that_holds_raises_none(one: Patient) -> None:
    written(one.world, one.id, "W0", DRUG)
    written(one.world, one.id, "W0", "muscle_enzymes")
    assert one.world.rows(Query) == []


def test_a_draft_raises_none(one: Patient) -> None:
    order = sheet(one.id, "W0", one.day(1), **{DRUG: plain(DRUG, drug="none", dose="5")})
    one.world.do(draft, order, by="coordinator_01")
    assert one.world.rows(Query) == []


def test_several_are_numbered_for_each_participant(one: Patient) -> None:
    wrong = {DRUG: plain(DRUG, drug="none", dose="500"), "muscle_enzymes": plain("muscle_enzymes", aldolase="")}
    one.world.do(record, sheet(one.id, "W0", one.day(1), **wrong), by="coordinator_01")
    found = sorted(one.world.rows(Query), key=lambda row: int(row.number))
    assert [(row.number, row.check_id) for row in found] == [
        (1, "aldolase_together"), (2, "no_drug_no_dose"), (3, "dose_plausible"),
    ]  # fmt: skip


def test_one_that_stands_is_not_raised_again_and_is_closed_by_the_correction(one: Patient) -> None:
    query = slip(one)
    corrected(one.world, one.id, "W0", DRUG, drug="none", dose="6")
    assert len(one.world.rows(Query)) == 1
    corrected(one.world, one.id, "W0", DRUG)
    assert one.world.row(Query, id=query.id).state == "closed"
    assert thread(one.world, query) == [("raised", None), ("closed", None)]
    assert one.world.last_audit().act == "outcomes.correct"


def test_an_answered_one_is_closed_by_the_correction_too(one: Patient) -> None:
    query = answered(one.world, slip(one), "coordinator_01", "A slip, corrected.")
    corrected(one.world, one.id, "W0", DRUG)
    assert thread(one.world, query)[-1] == ("closed", None)


def test_a_form_that_was_not_done_after_all_asks_nothing(one: Patient) -> None:
    query = slip(one)
    order = CorrectForm(
        participant=one.id, visit="W0", instrument=DRUG, assessed_on=one.day(1), revision=2, reason="of somebody else"
    )
    one.world.do(correct, order, by="coordinator_01")
    assert one.world.row(Query, id=query.id).state == "closed"


def test_the_same_slip_after_a_correction_is_a_new_query(one: Patient) -> None:
    slip(one)
    corrected(one.world, one.id, "W0", DRUG)
    corrected(one.world, one.id, "W0", DRUG, drug="none", dose="5")
    assert sorted((row.number, row.state) for row in one.world.rows(Query)) == [(1, "closed"), (2, "open")]


def test_what_was_explained_is_not_asked_again_while_the_form_reads_the_same(one: Patient) -> None:
    query = answered(one.world, slip(one), "coordinator_01")
    closed(one.world, query, "data_manager")
    written(one.world, one.id, "W0", "muscle_enzymes")  # all checks are asked anew
    assert [row.state for row in one.world.rows(Query)] == ["closed"]
    corrected(one.world, one.id, "W0", DRUG, drug="none", dose="7")
    assert sorted(row.state for row in one.world.rows(Query)) == ["closed", "open"]


def test_a_corrected_baseline_raises_what_it_breaks_at_a_later_visit(one: Patient) -> None:
    written(one.world, one.id, "W0", "muscle_enzymes", aldolase="", aldolase_uln="")
    one.on_day(85)
    written(one.world, one.id, "W12", "muscle_enzymes")
    assert one.world.rows(Query) == []
    corrected(one.world, one.id, "W0", "muscle_enzymes", ck_uln="210")
    query = one.world.row(Query)
    assert (query.check_id, query.visit, query.field) == ("ck_uln_changed", "W12", "ck_uln")
    closed(one.world, answered(one.world, query, "coordinator_01"), "data_manager")
    corrected(one.world, one.id, "W0", "muscle_enzymes", ck_uln="210", ck="901")
    assert [row.state for row in one.world.rows(Query)] == ["closed"]


def test_a_questionnaire_without_a_total_is_asked_about_until_it_has_one(one: Patient) -> None:
    few = dict.fromkeys(list(plain("haq"))[5:], "")
    written(one.world, one.id, "W0", "haq", **few)
    query = one.world.row(Query)
    assert (query.check_id, query.field, query.owner, query.state) == ("haq_given", None, "coordinator", "open")
    corrected(one.world, one.id, "W0", "haq")
    assert one.world.row(Query, id=query.id).state == "closed"


def test_what_the_participant_left_out_on_the_page_is_asked_about_too(one: Patient) -> None:
    few = {f"haq__{key}": "" for key in ("dressing", "arising")}
    one.world.do(answer_kiosk, answers(opened(one), **few), by="coordinator_01")
    assert one.world.row(Query).check_id == "haq_given"


def test_the_enzyme_that_is_followed_is_asked_for_at_a_later_visit(one: Patient) -> None:
    missing = {"aldolase": "", "aldolase_uln": ""}
    written(one.world, one.id, "W0", "muscle_enzymes", aldolase="80")
    one.on_day(85)
    written(one.world, one.id, "W12", "muscle_enzymes", **missing)
    query = one.world.row(Query)
    assert (query.check_id, query.visit, query.field) == ("followed_enzyme", "W12", "aldolase")
    corrected(one.world, one.id, "W0", "muscle_enzymes")  # 1.6 × its limit: CK is the most abnormal then
    assert one.world.row(Query, id=query.id).state == "closed"
    corrected(one.world, one.id, "W0", "muscle_enzymes", aldolase="80")
    assert sorted((row.number, row.state) for row in one.world.rows(Query)) == [(1, "closed"), (2, "open")]


def test_an_enzyme_that_was_not_measured_is_explained_once(one: Patient) -> None:
    written(one.world, one.id, "W0", "muscle_enzymes", aldolase="80")
    one.on_day(85)
    written(one.world, one.id, "W12", "muscle_enzymes", aldolase="", aldolase_uln="")
    closed(one.world, answered(one.world, one.world.row(Query), "coordinator_01"), "data_manager")
    written(one.world, one.id, "W12", DRUG)
    assert [row.state for row in one.world.rows(Query)] == ["closed"]


def test_it_is_asked_by_the_data_manager_and_answered_by_who_rates(one: Patient) -> None:
    query = slip(one)
    world = one.world
    query = answered(world, query, "coordinator_01")
    assert query.state == "answered"
    query = asked_again(world, query, "data_manager")
    query = answered(world, query, "coordinator_01", "Page 3.")
    assert closed(world, query, "data_manager").state == "closed"
    assert [kind for kind, _ in thread(world, query)] == ["raised", "answered", "asked_again", "answered", "closed"]


def test_what_the_participant_answers_is_the_coordinators(one: Patient) -> None:
    world = one.world
    written(world, one.id, "W0", "haq", **dict.fromkeys(plain("haq"), "3"))
    one.on_day(85)
    written(world, one.id, "W12", "haq")
    assert world.row(Query, check_id="haq_changed").owner == "coordinator"
    assert world.row(Query).field is None


def test_a_study_without_checks_asks_nothing(one: Patient) -> None:
    quiet = one.world.under(checks=())
    assert quiet.study.checks == ()
    order = Sheet(participant=one.id, visit="W0", assessed_on=one.day(1))
    assert quiet.refusal(record, order, by="coordinator_01").code in ("study_file_changed", "nothing_written")
