"""What the participant answers: by a code that opens one visit once, in the name of whoever handed the page over."""

import json
from datetime import timedelta
from typing import Any

import pytest

from irt.gate.refusals import Refused
from irt.gate.tables import AuditEntry
from irt.outcomes.forms import totals_of
from irt.outcomes.kiosk import CloseKiosk, answer_kiosk, close_kiosk, known_codes, open_kiosk, standing_of
from irt.outcomes.tables import KioskCode, OutcomeForm
from tests.cast import World, world
from tests.outcomes.answered import ANSWERS, answers, opened, transcribed, wanted
from tests.treated import Patient, treated
from tests.wiring import at_once

BY = "coordinator_01"


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url)


def of(one: Patient, **equal: Any) -> list[Any]:
    return one.world.rows(OutcomeForm, participant=one.id, **equal)


def test_what_the_participant_answers_is_kept_as_theirs(one: Patient) -> None:
    code = opened(one)
    one.world.do(answer_kiosk, answers(code), by=BY)
    (haq,), (vas,) = of(one, instrument="haq"), of(one, instrument="patient_global")
    for form in (haq, vas):
        assert (form.state, form.source, form.revision, form.signature) == ("final", "participant", 1, None)
        assert (form.visit, form.assessed_on) == ("W0", one.day_1)
        assert form.recorded_by == one.world.actor(BY).account
    assert vas.readings == {"vas": "4.2"}
    assert str(totals_of(one.world.study.instrument("haq"), haq.readings)["total"]) == "8/7"
    row = one.world.row(KioskCode, id=code)
    assert (row.state, row.ended_at) == ("answered", one.world.clock.now())


def test_the_trail_says_who_answered_and_holds_no_code(one: Patient) -> None:
    order, code = wanted(one)
    one.world.do(open_kiosk, order, by=BY)
    one.world.do(answer_kiosk, answers(order.code), by=BY)
    made, kept = (one.world.rows(AuditEntry, act=name, kind="act")[0] for name in ("kiosk.open", "kiosk.answer"))
    for entry in (made, kept):
        assert (entry.site, entry.participant, entry.account) == ("01", one.id, one.world.actor(BY).account)
        assert code not in entry.body
        assert code.replace("-", "") not in entry.body
        assert order.digest not in entry.body
    assert "digest" in json.loads(made.body)["changes"][0][3]["digest"]


@pytest.mark.parametrize("by", ["assessor_01", "pharmacist_01", "data_manager", "monitor"])
def test_nobody_else_opens_or_closes_it(one: Patient, by: str) -> None:
    order, _ = wanted(one)
    assert one.world.refusal(open_kiosk, order, by=by).code == "role_not_allowed"
    assert one.world.refusal(close_kiosk, CloseKiosk(code=opened(one)), by=by).code == "role_not_allowed"


def test_another_site_finds_nothing(one: Patient) -> None:
    order, _ = wanted(one, by="coordinator_02")
    assert one.world.refusal(open_kiosk, order, by="coordinator_02").code == "not_found"
    code = opened(one)
    for function, told in ((answer_kiosk, answers(code)), (close_kiosk, CloseKiosk(code=code))):
        assert one.world.refusal(function, told, by="coordinator_02").code == "not_found"


def test_only_who_opened_it_answers_for_it(one: Patient) -> None:
    code = opened(one)
    assert one.world.refusal(answer_kiosk, answers(code), by="investigator_01").code == "not_found"


def test_a_newer_code_closes_the_older(one: Patient) -> None:
    first, second = opened(one), opened(one, by="investigator_01")
    assert [one.world.row(KioskCode, id=code).state for code in (first, second)] == ["closed", "open"]
    assert one.world.refusal(answer_kiosk, answers(first), by=BY).code == "kiosk_closed"
    one.world.do(answer_kiosk, answers(second), by="investigator_01")


def test_a_visit_with_nothing_to_answer_opens_no_page(one: Patient) -> None:
    one.on_day(29)
    order, _ = wanted(one, visit="W4")
    assert one.world.refusal(open_kiosk, order, by=BY).code == "nothing_to_answer"
    order, _ = wanted(one, visit="W12")
    assert one.world.refusal(open_kiosk, order, by=BY).code == "visit_not_due"
    transcribed(one)
    order, _ = wanted(one)
    assert one.world.refusal(open_kiosk, order, by=BY).code == "nothing_to_answer"


def test_it_lapses_and_works_once(one: Patient) -> None:
    late = opened(one)
    hours = timedelta(hours=one.world.study.capture.kiosk_hours)
    one.world.clock.advance(hours - timedelta(seconds=1))
    assert standing_of(one.world.row(KioskCode, id=late), one.world.clock.now()) == "open"
    one.world.clock.advance(timedelta(seconds=1))
    assert standing_of(one.world.row(KioskCode, id=late), one.world.clock.now()) == "lapsed"
    assert one.world.refusal(answer_kiosk, answers(late), by=BY).code == "kiosk_lapsed"
    code = opened(one)
    one.world.do(answer_kiosk, answers(code), by=BY)
    assert one.world.refusal(answer_kiosk, answers(code), by=BY).code == "kiosk_answered"
    assert one.world.refusal(close_kiosk, CloseKiosk(code=code), by=BY).code == "kiosk_answered"


def test_closed_it_opens_nothing(one: Patient) -> None:
    code = opened(one)
    one.world.do(close_kiosk, CloseKiosk(code=code), by="investigator_01")
    assert one.world.last_audit().participant == one.id
    assert one.world.refusal(answer_kiosk, answers(code), by=BY).code == "kiosk_closed"
    assert one.world.refusal(close_kiosk, CloseKiosk(code=code), by=BY).code == "kiosk_closed"


@pytest.mark.parametrize("instruments", [("haq",), ("haq", "patient_global")])
def test_what_the_team_wrote_down_meanwhile_stays(one: Patient, instruments: tuple[str, ...]) -> None:
    code = opened(one)
    transcribed(one, "W0", *instruments)
    assert one.world.refusal(answer_kiosk, answers(code), by=BY).code == "kiosk_transcribed"
    assert {row.source for row in of(one)} == {"transcribed"}


@pytest.mark.parametrize(
    ("name", "text", "field", "remedy"),
    [
        ("patient_global__vas", "", "readings.patient_global.vas", "fill_in"),
        ("patient_global__vas", "10.1", "readings.patient_global.vas", "at_most"),
        ("haq__dressing", "1.5", "readings.haq.dressing", "in_steps_of"),
        ("haq__nonsense", "1", "readings.haq.nonsense", "remove_unknown_field"),
    ],
)
def test_every_mistake_is_named(one: Patient, name: str, text: str, field: str, remedy: str) -> None:
    refused = one.world.refusal(answer_kiosk, answers(opened(one), **{name: text}), by=BY)
    assert refused.code == "outcomes_mistakes"
    assert [(wrong["field"], wrong["remedy"]) for wrong in refused.facts["mistakes"]] == [(field, remedy)]


def test_of_each_instrument_something_is_answered(one: Patient) -> None:
    nothing = dict.fromkeys((name.replace(".", "__") for name in ANSWERS if name.startswith("haq")), "")
    refused = one.world.refusal(answer_kiosk, answers(opened(one), **nothing), by=BY)
    assert [wrong["field"] for wrong in refused.facts["mistakes"]] == ["readings.haq.dressing"]


def test_what_is_not_asked_is_not_taken(one: Patient) -> None:
    code = opened(one)
    assert one.world.refusal(answer_kiosk, answers(code, mmt8__deltoid="3"), by=BY).code == "kiosk_transcribed"
    assert one.world.refusal(answer_kiosk, answers("nonsense"), by=BY).code == "not_found"


def test_sent_twice_it_is_kept_once(one: Patient) -> None:
    code = opened(one)
    first = one.world.perform(answer_kiosk, answers(code), by=BY, request_id="a" * 20)
    again = one.world.perform(answer_kiosk, answers(code), by=BY, request_id="a" * 20)
    assert (first.seq, again.repeated) == (again.seq, True)
    assert len(of(one)) == 2


def test_sent_from_two_devices_at_once_it_is_kept_once(one: Patient) -> None:
    code, actor = opened(one), one.world.actor(BY)
    other: World = world(one.world.database_url, seed=b"\1" * 32)
    other.clock.move_to(one.world.clock.now())
    calls = [
        lambda gate=here.service.gate, name=name: gate.perform(answer_kiosk, answers(code), by=actor, request_id=name)
        for here, name in ((one.world, "b" * 20), (other, "c" * 20))
    ]
    outcomes = at_once(*calls)
    assert [found.code for found in outcomes if isinstance(found, Refused)] == ["kiosk_answered"]
    assert len(of(one)) == 2


def test_two_codes_at_once_leave_one_open(one: Patient) -> None:
    actor = one.world.actor(BY)
    other: World = world(one.world.database_url, seed=b"\1" * 32)
    other.clock.move_to(one.world.clock.now())
    orders = [wanted(one)[0], wanted(one)[0]]
    calls = [
        lambda gate=here.service.gate, order=order: gate.perform(open_kiosk, order, by=actor, request_id=order.code)
        for here, order in zip((one.world, other), orders, strict=True)
    ]
    at_once(*calls)
    assert sorted(row.state for row in one.world.rows(KioskCode)) == ["closed", "open"]


def test_the_code_names_its_opener_and_nobody_else(one: Patient) -> None:
    credentials, order, code = one.world.service.credentials, *wanted(one)
    one.world.do(open_kiosk, order, by=BY)
    with one.world.database.read.connect() as connection:
        given = [(row.opened_by, row.digest) for row in known_codes(connection, one.world.clock.now())]
    actor, digest = credentials.opener_of(f" {code.lower().replace('-', ' ')}", given, "192.0.2.7")
    assert (actor.account, digest) == (one.world.actor(BY).account, order.digest)
    stolen = [(one.world.actor("investigator_01").account, order.digest)]
    for rows in ([], stolen):
        with pytest.raises(Refused) as wrong:
            credentials.opener_of(code, rows, "192.0.2.7")
        assert wrong.value.code == "kiosk_code_wrong"


def test_wrong_codes_slow_down_and_a_right_one_never_waits(one: Patient) -> None:
    credentials, order, code = one.world.service.credentials, *wanted(one)
    given = [(one.world.actor(BY).account, order.digest)]
    codes = []
    for _ in range(6):
        with pytest.raises(Refused) as wrong:
            credentials.opener_of("AAAA-AAAA-AA", given, "192.0.2.7")
        codes.append(wrong.value.code)
    assert codes == ["kiosk_code_wrong"] * 5 + ["kiosk_slowed"]
    assert credentials.opener_of(code, given, "192.0.2.7")[1] == order.digest
    with pytest.raises(Refused) as wrong:
        credentials.opener_of("AAAA-AAAA-AA", given, "192.0.2.7")
    assert wrong.value.code == "kiosk_code_wrong"
    assert "192.0.2.7" not in str(credentials.new_kiosk_code(one.world.actor(BY)))
