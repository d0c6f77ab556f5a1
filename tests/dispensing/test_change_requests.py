"""Changes of recorded values: asked for by the site, judged, made by agreement alone, both values kept."""

from typing import Any

import pytest

from irt.conduct.tables import Deviation
from irt.dispensing.change_requests import AskChange, DecideChange, agree_change, ask_change, decline_change
from irt.dispensing.counting import Counts, count_vials
from irt.dispensing.tables import ChangeRequest, Dose, KitReturn
from irt.gate.act import Act, Order, act
from irt.participants.tables import Participant, VisitRecord
from irt.supply.tables import Kit
from tests.cast import World
from tests.stocked import running_trial
from tests.treated import Patient, patient

BY, JUDGE = "coordinator_01", "data_manager"
WHY = "the source document says otherwise"


@pytest.fixture
def one(database_url: str) -> Patient:
    return patient(running_trial(database_url, "01", "02")).begin()


def wanted(one: Patient, target: str, **parts: str) -> AskChange:
    return AskChange(participant=one.id, target=target, wanted=parts, reason=WHY)


def asked(one: Patient, target: str, **parts: str) -> str:
    return str(one.world.do(ask_change, wanted(one, target, **parts), by=BY))


def decided(change: str) -> DecideChange:
    return DecideChange(change=change, reason="seen in the source")


class CountedForTests(Order):
    """A kit came back."""

    kit: str


@act("kit.counted_for_tests", roles=["pharmacist"])
def counted(act: Act, order: CountedForTests) -> None:
    """The kit is counted, as its return does it."""
    kit = act.find(Kit, number=order.kit)
    participant = act.find(Participant, id=kit.participant)
    count_vials(act, kit, participant, Counts(4, 14, 0, 0), act.now.date())


def test_nothing_changes_until_it_is_agreed_to(one: Patient) -> None:
    change = asked(one, "birth_year", birth_year="1979")
    row = one.world.row(ChangeRequest)
    assert (row.id, row.state, row.before, row.wanted, row.reason) == (change, "open", "1980", "1979", WHY)
    assert one.row().birth_year == 1980
    one.world.do(agree_change, decided(change), by=JUDGE)
    assert one.row().birth_year == 1979
    row = one.world.row(ChangeRequest)
    assert (row.state, row.before, row.wanted, row.decision) == ("agreed", "1980", "1979", "seen in the source")
    assert row.decided_by == one.world.actor(JUDGE).account
    entry = one.world.last_audit()
    assert (entry.act, entry.participant) == ("change.agree", one.id)


def test_declined_it_stays_and_may_be_asked_for_again(one: Patient) -> None:
    change = asked(one, "sex", sex="male")
    assert one.world.refusal(ask_change, wanted(one, "sex", sex="male"), by=BY).code == "change_open_already"
    one.world.do(decline_change, decided(change), by=JUDGE)
    assert (one.row().sex, one.world.row(ChangeRequest).state) == ("female", "declined")
    for function in (agree_change, decline_change):
        refused = one.world.refusal(function, decided(change), by=JUDGE)
        assert (refused.code, refused.facts) == ("change_state", {"state": "declined"})
    again = asked(one, "sex", sex="male")
    one.world.do(agree_change, decided(again), by=JUDGE)
    assert one.row().sex == "male"


def test_another_first_dose_moves_the_calendar_and_revises_the_diary(one: Patient) -> None:
    one.on_day(3)
    change = asked(one, "first_dose", day=one.day(2).isoformat(), time="18:15")
    one.world.do(agree_change, decided(change), by=JUDGE)
    assert one.row().first_dose_on == one.day(2)
    before, after = one.doses()
    assert (before.revision, before.taken_on, before.taken_at) == (1, one.day_1, "08:30")
    assert (after.revision, after.taken_on, after.taken_at, after.note) == (2, one.day(2), "18:15", WHY)
    assert (after.kit, after.place, after.injection_site) == (before.kit, before.place, before.injection_site)
    row = one.world.row(ChangeRequest)
    assert (row.before, row.wanted) == (f"{one.day_1} 08:30", f"{one.day(2)} 18:15")


def test_a_first_dose_that_comes_too_close_to_the_next_is_noted(one: Patient) -> None:
    one.on_day(4)
    one.take(2)
    assert one.world.rows(Deviation) == []
    change = asked(one, "first_dose", day=one.day(2).isoformat(), time="18:15")
    one.world.do(agree_change, decided(change), by=JUDGE)
    noted = {row.kind: (row.happened_on, row.told) for row in one.world.rows(Deviation)}
    assert noted == {"doses_too_close": (one.day(2), WHY), "dose_not_due": (one.day(3), WHY)}


def test_another_day_of_a_visit_is_a_revision(one: Patient) -> None:
    one.on_day(3)
    one.world.do(agree_change, decided(asked(one, "first_dose", day=one.day(2).isoformat(), time="09:00")), by=JUDGE)
    one.world.do(agree_change, decided(asked(one, "visit:W0", day=one.day(2).isoformat())), by=JUDGE)
    rows = sorted(one.world.rows(VisitRecord, participant=one.id), key=lambda row: row.revision)
    assert [(row.revision, row.visited_on) for row in rows] == [(1, one.day_1), (2, one.day(2))]
    assert rows[1].reason == WHY


def test_a_count_of_vials_is_revised(one: Patient) -> None:
    one.on_day(29)
    one.world.do(counted, CountedForTests(kit=one.kit), by="pharmacist_01")
    parts = {"unused": "3", "used": "14", "broken": "1", "lost": "0"}
    one.world.do(agree_change, decided(asked(one, f"return:{one.kit}", **parts)), by=JUDGE)
    rows = sorted(one.world.rows(KitReturn, kit=one.kit), key=lambda row: row.revision)
    counts = [(row.revision, row.unused, row.used, row.broken, row.lost) for row in rows]
    assert counts == [(1, 4, 14, 0, 0), (2, 3, 14, 1, 0)]
    assert (rows[1].reason, rows[1].returned_on) == (WHY, rows[0].returned_on)


@pytest.mark.parametrize(
    ("target", "parts", "named"),
    [
        ("birth_year", {"birth_year": "1901"}, [("birth_year", "at_least")]),
        ("birth_year", {"birth_year": "2090"}, [("birth_year", "at_most")]),
        ("birth_year", {"birth_year": "19x8"}, [("birth_year", "write_a_year")]),
        ("birth_year", {}, [("birth_year", "fill_in")]),
        ("birth_year", {"birth_year": "1979", "age": "40"}, [("age", "remove_unknown_field")]),
        ("sex", {"sex": "other"}, [("sex", "one_of")]),
        ("first_dose", {"day": "2026-02-01", "time": "8:30"}, [("day", "at_least"), ("time", "write_a_time")]),
        ("first_dose", {"day": "2030-01-01", "time": "08:30"}, [("day", "at_most")]),
        ("visit:W0", {"day": "yesterday"}, [("day", "write_a_day")]),
        ("visit:W0", {"day": "2026-02-27"}, [("day", "at_least")]),
    ],
)
def test_a_value_that_cannot_be_is_named(
    one: Patient, target: str, parts: dict[str, str], named: list[tuple[str, str]]
) -> None:
    refused = one.world.refusal(ask_change, wanted(one, target, **parts), by=BY)
    assert refused.code == "change_mistakes"
    mistakes: Any = refused.facts["mistakes"]
    assert [(found["field"], found["remedy"]) for found in mistakes] == named


def test_the_first_dose_stays_before_the_second(one: Patient) -> None:
    one.on_day(4)
    one.take(2)
    late = wanted(one, "first_dose", day=one.day(3).isoformat(), time="08:30")
    refused = one.world.refusal(ask_change, late, by=BY)
    mistakes: Any = refused.facts["mistakes"]
    assert [(found["remedy"], found["limit"]) for found in mistakes] == [("at_most", one.day(2).isoformat())]


def test_what_is_recorded_so_already_is_no_change(one: Patient) -> None:
    for target, parts in (
        ("birth_year", {"birth_year": "1980"}),
        ("sex", {"sex": "female"}),
        ("first_dose", {"day": one.day_1.isoformat(), "time": "08:30"}),
        ("visit:W0", {"day": one.day_1.isoformat()}),
    ):
        assert one.world.refusal(ask_change, wanted(one, target, **parts), by=BY).code == "change_unchanged"


@pytest.mark.parametrize("target", ["name", "visit:W4", "visit:", "return:1234567", "sex:female", "first_dose:2"])
def test_what_is_not_recorded_cannot_be_changed(one: Patient, target: str) -> None:
    refused = one.world.refusal(ask_change, wanted(one, target, day="2026-03-02"), by=BY)
    assert (refused.code, refused.facts) == ("change_target_unknown", {"target": target})


def test_a_value_that_moved_meanwhile_is_not_overwritten(one: Patient) -> None:
    one.on_day(3)
    dose = asked(one, "first_dose", day=one.day(2).isoformat(), time="09:00")
    revised = one.doses()[0]._asdict() | {"id": "other", "revision": 2, "taken_at": "10:00"}
    one.world.put(Dose, **revised)
    refused = one.world.refusal(agree_change, decided(dose), by=JUDGE)
    assert refused.code == "change_value_moved"
    assert (refused.facts["before"], refused.facts["value"]) == (f"{one.day_1} 08:30", f"{one.day_1} 10:00")
    one.world.do(decline_change, decided(dose), by=JUDGE)


def test_who_may_ask_and_who_may_decide(one: Patient) -> None:
    order = wanted(one, "sex", sex="male")
    assert one.world.refusal(ask_change, order, by="coordinator_02").code == "not_found"
    for by in ("monitor", JUDGE, "assessor_01"):
        assert one.world.refusal(ask_change, order, by=by).code == "role_not_allowed"
    change = asked(one, "sex", sex="male")
    for by in (BY, "investigator_01", "trial_manager"):
        assert one.world.refusal(agree_change, decided(change), by=by).code == "role_not_allowed"


def test_nobody_decides_on_their_own_request(one: Patient) -> None:
    world: World = one.world
    account = world.actor(JUDGE).account
    world.put(
        ChangeRequest, id="own", participant=one.id, site="01", target="sex", before="female", wanted="male",
        reason=WHY, state="open", requested_by=account, requested_at=world.clock.now(), decision=None, decided_by=None,
        decided_at=None,
    )  # fmt: skip
    assert world.refusal(agree_change, decided("own"), by=JUDGE).code == "change_own"


def test_agreed_to_twice_it_is_made_once(one: Patient) -> None:
    change = asked(one, "birth_year", birth_year="1979")
    for _ in range(2):
        one.world.perform(agree_change, decided(change), by=JUDGE, request_id="once")
    assert one.world.row(ChangeRequest).state == "agreed"
