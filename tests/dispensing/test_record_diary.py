"""The diary: many days at once, every mistake of every line named, departures noted, nothing when one line is wrong."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from irt.conduct.tables import Deviation
from irt.dispensing.diary import record_diary
from irt.dispensing.diary_lines import Entry
from irt.dispensing.first_dose import record_first_dose
from irt.dispensing.tables import Discrepancy, KitReturn
from irt.dispensing.treatment import (
    HoldTreatment,
    ResumeTreatment,
    StopTreatment,
    hold_treatment,
    resume_treatment,
    stop_treatment,
)
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.refusals import Refused
from irt.gate.statements import Statement
from irt.study import load_study
from irt.supply import ledger
from irt.supply.tables import Kit, Movement
from tests.cast import STUDY_FILE, World
from tests.stocked import take_away
from tests.treated import Patient, patient, treated

COORDINATOR, INVESTIGATOR = "coordinator_01", "investigator_01"
MISSED = Entry(outcome="missed", missed_reason="forgotten")


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url)


def mistakes(one: Patient, doses: dict[Any, Entry], by: str = COORDINATOR) -> list[tuple[str, str]]:
    """The line and the remedy of every mistake."""
    refused = one.world.refusal(record_diary, one.diary(doses), by=by)
    assert refused.code == "diary_mistakes"
    said = list(refused.facts["mistakes"])  # type: ignore[call-overload]
    assert json.loads(one.world.last_audit().body)["facts"]["mistakes"] == len(said), "the trail counts them"
    return [(line["field"], line["remedy"]) for line in said]


def deviations(one: Patient) -> list[tuple[str, str]]:
    """The kind and the subject of every deviation."""
    rows = sorted(one.world.rows(Deviation), key=lambda row: (row.kind, row.subject))
    return [(row.kind, row.subject.removeprefix(f"{one.id}/")) for row in rows]


@pytest.mark.parametrize("by", [INVESTIGATOR, COORDINATOR, "pharmacist_01"])
def test_two_weeks_in_one_act(one: Patient, by: str) -> None:
    one.on_day(28)
    lines = {n: one.taken(injection_site="thigh_left") for n in range(2, 15)}
    lines[5] = MISSED
    lines[9] = one.taken(outcome="partial", missed_reason="broken_vial", taken_at="21:15", place="clinic")
    lines[14] = one.taken(taken_on=one.day(28))
    one.world.do(record_diary, one.diary(lines), by=by)
    rows = {row.number: row for row in one.doses()}
    assert sorted(rows) == list(range(1, 15))
    assert (rows[2].outcome, rows[2].taken_on, rows[2].kit, rows[2].place) == ("taken", one.day(3), one.kit, "home")
    assert (rows[5].outcome, rows[5].taken_on, rows[5].kit, rows[5].reason) == ("missed", None, None, "forgotten")
    assert (rows[9].outcome, rows[9].reason, rows[9].taken_at, rows[9].place) == (
        "partial", "broken_vial", "21:15", "clinic",
    )  # fmt: skip
    assert rows[14].taken_on == one.day(28), "a day late is not missed"
    assert deviations(one) == []
    entry = one.world.last_audit()
    assert (entry.act, entry.participant, entry.site) == ("diary.record", one.id, "01")


def test_a_line_costs_a_statement_or_two(one: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    one.on_day(29)
    one.world.actor(COORDINATOR)
    seen: list[str] = []
    run = Statement.run

    def counted(self: Statement, *of: Any) -> Any:
        seen.append(self.sql)
        return run(self, *of)

    monkeypatch.setattr(Statement, "run", counted)
    one.take(*range(2, 16))
    assert len(one.doses()) == 15
    assert 14 < len(seen) < 2 * 14 + 14, "\n".join(seen)


def test_sent_twice_it_is_recorded_once(one: Patient) -> None:
    one.on_day(5)
    order = one.diary({2: one.taken()})
    for _ in range(2):
        one.world.perform(record_diary, order, by=COORDINATOR, request_id="once")
    assert len(one.doses()) == 2
    assert mistakes(one, {2: one.taken(), 3: MISSED}) == [("2", "recorded_already")]
    assert len(one.doses()) == 2, "nothing is recorded when one line is wrong"


def test_two_at_once_record_a_dose_once(one: Patient) -> None:
    one.on_day(5)
    people = [INVESTIGATOR, COORDINATOR, "pharmacist_01"]
    for name in people:
        one.world.actor(name)

    def record(by: str) -> str:
        try:
            one.world.do(record_diary, one.diary({2: one.taken(), 3: MISSED}), by=by)
        except Refused as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(record, people)) == ["diary_mistakes", "diary_mistakes", "done"]
    assert len(one.doses()) == 3


def test_every_mistake_of_every_line_at_once(one: Patient) -> None:
    one.on_day(21)
    lines: dict[Any, Entry] = {
        2: one.taken(taken_on=one.day(2)),
        3: one.taken(taken_on=one.day(7), taken_at="09:00"),
        4: Entry(outcome="missed"),
        5: Entry(outcome="missed", missed_reason="dreaming"),
        6: Entry(outcome="missed", missed_reason="other"),
        7: Entry(outcome="missed", missed_reason="forgotten", kit=one.kit),
        8: one.taken(kit=None),
        9: one.taken(kit="9999999", injection_site="nose"),
        10: one.taken(missed_reason="forgotten"),
        11: one.taken(taken_at="10:01"),
        12: one.taken(),
        85: MISSED,
        1: MISSED,
        "x1": one.taken(),
        "x2": one.taken(taken_on=one.day_1 - timedelta(days=1), why="a test"),
        "x3": MISSED,
    }  # fmt: skip
    assert mistakes(one, lines) == [
        ("1", "recorded_already"),
        ("2", "before_due"), ("2", "why_doses_too_close"),
        ("3", "too_late"),
        ("4", "choose_reason"),
        ("5", "not_offered"),
        ("6", "say_in_words"),
        ("7", "missed_has_none"),
        ("8", "name_kit"),
        ("9", "kit_not_in_hand"), ("9", "not_offered"),
        ("10", "taken_has_no_reason"),
        ("11", "not_yet"),
        ("12", "due_later"), ("12", "not_yet"),
        ("85", "no_such_dose"),
        ("x1", "say_the_day"),
        ("x2", "before_first_dose"), ("x2", "kit_not_in_hand"),
        ("x3", "extra_was_given"),
    ]  # fmt: skip
    assert mistakes(one, {}) == [("", "nothing_written")]


def test_doses_too_close_are_recorded_only_with_why_and_as_a_deviation(one: Patient) -> None:
    one.on_day(10)
    late = {2: one.taken(taken_on=one.day(4)), 3: one.taken()}
    assert mistakes(one, late) == [("3", "why_doses_too_close")], "the later of the two asks"
    one.record({2: late[2]})
    assert mistakes(one, {3: one.taken()}) == [("3", "why_doses_too_close")], "against what is recorded too"
    one.record({3: one.taken(why="the clinic told so")})
    assert deviations(one) == [("doses_too_close", "scheduled/3")]
    noted = one.world.row(Deviation)
    assert (noted.happened_on, noted.told) == (one.day(5), "the clinic told so")
    assert noted.facts == {"dose": "scheduled", "number": 3, "kit": one.kit}


def test_a_daily_cadence_forbids_only_two_on_one_day(database_url: str) -> None:
    one = treated(database_url, dosing=load_study(STUDY_FILE).dosing.model_copy(update={"interval_days": 1}))
    one.on_day(4)
    one.take(2, 3)
    assert mistakes(one, {"x1": one.taken(taken_on=one.day(3))}) == [
        ("x1", "why_dose_not_due"), ("x1", "why_doses_too_close"),
    ]  # fmt: skip


def test_a_dose_that_was_not_due_asks_why(one: Patient) -> None:
    one.on_day(12)
    one.take(2)
    assert mistakes(one, {"x1": one.taken(taken_on=one.day(8))}) == [("x1", "why_dose_not_due")]
    one.record({"x7": one.taken(taken_on=one.day(8), why="taken by mistake"), "x2": one.taken(taken_on=one.day(6),
               why="by mistake too")})  # fmt: skip
    extras = one.doses(kind="extra")
    assert [(row.number, row.taken_on) for row in extras] == [(1, one.day(6)), (2, one.day(8))]
    assert deviations(one) == [("dose_not_due", "extra/1"), ("dose_not_due", "extra/2")]


def test_during_a_hold_a_dose_asks_why_and_nothing_is_missed(one: Patient) -> None:
    one.on_day(3)
    world = one.world
    world.do(hold_treatment, HoldTreatment(participant=one.id, from_on=one.day(3), hold_reason="fever"), INVESTIGATOR)
    one.on_day(9)
    assert mistakes(one, {2: MISSED, 3: one.taken()}) == [("2", "held_then"), ("3", "why_dose_while_held")]
    world.do(resume_treatment, ResumeTreatment(participant=one.id, resumed_on=one.day(7)), by=INVESTIGATOR)
    one.record({3: one.taken(why="did not know"), 4: one.taken()})
    assert deviations(one) == [("dose_while_held", "scheduled/3")]


def test_after_a_stop_a_dose_is_an_extra_one(one: Patient) -> None:
    one.on_day(6)
    stop = StopTreatment(participant=one.id, last_day=one.day(5), stop_reason="adverse_event")
    one.world.do(stop_treatment, stop, by=INVESTIGATOR)
    one.on_day(9)
    assert mistakes(one, {4: one.taken(), "x1": one.taken(taken_on=one.day(9))}) == [
        ("4", "due_no_more"), ("4", "why_dose_after_stop"), ("x1", "why_dose_after_stop"),
    ]  # fmt: skip
    one.record({2: one.taken(), 3: one.taken(), "x1": one.taken(taken_on=one.day(7), why="did not know")})
    assert deviations(one) == [("dose_after_stop", "extra/1")]


def test_the_days_before_a_withdrawal_are_still_filled_in(one: Patient) -> None:
    one.on_day(6)
    one.world.do(withdraw, Withdraw(participant=one.id, reason="moves away"), by=COORDINATOR)
    one.on_day(9)
    assert mistakes(one, {4: MISSED}) == [("4", "due_no_more")]
    one.record({2: one.taken(), 3: MISSED})
    assert len(one.doses()) == 3


def test_a_kit_counts_only_while_it_was_in_their_hands(one: Patient) -> None:
    one.on_day(10)
    give_back(one.world, one.kit)
    one.on_day(14)
    assert mistakes(one, {6: one.taken(), 7: one.taken()}) == [("6", "kit_not_in_hand"), ("7", "kit_not_in_hand")]
    one.take(2, 5)


def give_back(world: World, kit: str) -> None:
    """The kit came back, as the act of a return will record it."""
    take_away(world, [kit], state="returned", moves=99)
    row = world.row(Kit, number=kit)
    world.put(
        Movement, kit=kit, line=99, before="dispensed", after="returned", site=row.site, participant=row.participant,
        shipment=None, moved_at=world.clock.now(), moved_by="nobody",
    )  # fmt: skip
    assert "returned" in ledger.TRANSITIONS["dispensed"]


def test_no_kit_gives_more_doses_than_it_has_vials(one: Patient) -> None:
    take_away(one.world, [one.kit], vials=3)
    one.on_day(9)
    assert mistakes(one, {2: one.taken(), 3: one.taken(), 4: one.taken()}) == [("4", "no_vial_left")]
    one.take(2, 3)
    assert mistakes(one, {4: one.taken()}) == [("4", "no_vial_left")]


def test_from_an_expired_box_it_is_recorded_and_a_deviation(one: Patient) -> None:
    take_away(one.world, [one.kit], expiry=one.day(4))
    one.on_day(9)
    one.take(2, 3)
    assert deviations(one) == [("dose_of_expired_kit", "scheduled/3")]


def test_a_run_of_missed_doses_is_one_deviation_however_it_grows(one: Patient) -> None:
    assert one.world.study.treatment.missed_in_a_row == 3
    one.on_day(20)
    one.miss(4, 5)
    assert deviations(one) == []
    one.miss(6)
    one.miss(7)
    one.miss(3)
    assert deviations(one) == [("doses_missed", "4")]
    assert one.world.row(Deviation).facts == {
        "first": one.day(7).isoformat(), "last": one.day(11).isoformat(), "number": 3,
    }  # fmt: skip
    one.take(8)
    one.miss(9, 10)
    assert len(deviations(one)) == 1


def test_nothing_before_the_first_dose_is_recorded(one: Patient) -> None:
    other = patient(one.world, "EXAMPLE-000002")
    refused = one.world.refusal(record_diary, other.diary({2: other.taken()}), by=COORDINATOR)
    assert (refused.code, refused.facts) == ("first_dose_missing", {"participant": other.number})
    other.world.do(record_first_dose, other.first(), by=COORDINATOR)


def test_another_site_and_other_roles_record_nothing(one: Patient) -> None:
    one.on_day(4)
    order = one.diary({2: one.taken()})
    assert one.world.refusal(record_diary, order, by="coordinator_02").code == "not_found"
    for by in ("assessor_01", "monitor", "supply_manager", "laboratory"):
        assert one.world.refusal(record_diary, order, by=by).code == "role_not_allowed"


def test_a_dose_too_many_for_the_used_vials_asks_why_or_which_was_missed(one: Patient) -> None:
    """The kit came back with 3 used vials, of 5 doses that were due: the first one is among them."""
    one.on_day(10)
    one.world.put(
        KitReturn, id="a count", kit=one.kit, participant=one.id, site="01", revision=1, returned_on=one.day(10),
        unused=15, used=3, broken=0, lost=0, reason=None, counted_by="nobody", counted_at=one.world.clock.now(),
    )  # fmt: skip
    lines: dict[Any, Entry] = {number: one.taken() for number in (2, 3, 4, 5)}
    assert mistakes(one, lines) == [("4", "vials_say_fewer"), ("5", "vials_say_fewer")]
    assert mistakes(one, lines | {2: MISSED}) == [("5", "vials_say_fewer")]
    one.record(lines | {2: MISSED, 5: one.taken(why="the vial went into the sharps box at the clinic")})
    assert [row.outcome for row in one.doses()] == ["taken", "missed", "taken", "taken", "taken"]
    asked = one.world.row(Discrepancy, kind="diary")
    assert (asked.state, asked.expected, asked.found) == ("open", 3, 4), "somebody resolves what was told all the same"
