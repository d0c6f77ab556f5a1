"""A dose put right: a new line beside the old one, for a reason, by the same rules; never a change that is none."""

from typing import Any

import pytest

from irt.conduct.tables import Deviation
from irt.dispensing.diary import CorrectDose, correct_dose
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.tables import AuditEntry
from tests.treated import Patient, treated

COORDINATOR = "coordinator_01"


@pytest.fixture
def one(database_url: str) -> Patient:
    found = treated(database_url)
    found.on_day(12)
    found.take(2, 3, 4)
    return found


def order(one: Patient, dose: Any, **told: Any) -> CorrectDose:
    return CorrectDose(**{"participant": one.id, "dose": dose, "reason": "the diary says otherwise", **told})


def refused(one: Patient, dose: Any, **told: Any) -> Any:
    found = one.world.refusal(correct_dose, order(one, dose, **told), by=COORDINATOR)
    if found.code == "diary_mistakes":
        return [(line["field"], line["remedy"]) for line in found.facts["mistakes"]]  # type: ignore[attr-defined]
    return found.code


@pytest.mark.parametrize("by", ["investigator_01", COORDINATOR, "pharmacist_01"])
def test_the_right_line_stands_beside_the_wrong_one(one: Patient, by: str) -> None:
    before = one.doses(number=3)
    one.world.do(correct_dose, order(one, 3, outcome="missed", missed_reason="travelling"), by=by)
    old, new = one.doses(number=3)
    assert [old] == before
    assert (new.revision, new.outcome, new.taken_on, new.kit, new.reason) == (2, "missed", None, None, "travelling")
    assert new.note == "the diary says otherwise"
    entry = one.world.last_audit()
    assert (entry.act, entry.reason, entry.participant) == ("diary.correct", "the diary says otherwise", one.id)


def test_a_dose_that_stays_taken_keeps_its_day_unless_told(one: Patient) -> None:
    one.world.do(
        correct_dose, order(one, 3, outcome="taken", kit=one.kit, taken_at="07:15", place="home"), by=COORDINATOR
    )
    new = one.doses(number=3)[-1]
    assert (new.taken_on, new.taken_at) == (one.day(5), "07:15")
    one.world.do(correct_dose, order(one, 4, outcome="taken", kit=one.kit, taken_on=one.day(8)), by=COORDINATOR)
    assert one.doses(number=4)[-1].taken_on == one.day(8)


def test_sent_twice_it_is_done_once(one: Patient) -> None:
    wanted = order(one, 3, outcome="missed", missed_reason="travelling")
    for _ in range(2):
        one.world.perform(correct_dose, wanted, by=COORDINATOR, request_id="once")
    assert len(one.world.rows(AuditEntry, act="diary.correct")) == 1
    assert refused(one, 3, outcome="missed", missed_reason="travelling") == "dose_unchanged"
    assert refused(one, 2, outcome="taken", kit=one.kit, place="home") == "dose_unchanged"
    assert len(one.doses()) == 5


def test_all_rules_hold_again(one: Patient) -> None:
    assert refused(one, 5, outcome="missed", missed_reason="forgotten") == "dose_not_recorded"
    assert refused(one, "x1", outcome="void") == "dose_not_recorded"
    assert refused(one, 3, outcome="taken", kit=one.kit, taken_on=one.day(6)) == [("3", "why_doses_too_close")]
    assert refused(one, 4, outcome="taken", kit=one.kit, taken_on=one.day(9)) == [("4", "too_late")]
    assert refused(one, 3, outcome="taken", kit="9999999") == [("3", "kit_not_in_hand")]
    assert refused(one, 3, outcome="missed") == [("3", "choose_reason")]
    assert refused(one, 3, outcome="void") == [("3", "only_extra_void")]
    one.world.do(
        correct_dose, order(one, 3, outcome="taken", kit=one.kit, taken_on=one.day(6), why="on the road"),
        by=COORDINATOR,
    )  # fmt: skip
    noted = one.world.row(Deviation)
    assert (noted.kind, noted.subject, noted.told) == ("doses_too_close", f"{one.id}/scheduled/3", "on the road")
    assert one.doses(number=3)[-1].note == "the diary says otherwise · on the road"


def test_the_day_of_the_first_dose_stays(one: Patient) -> None:
    assert refused(one, 1, outcome="missed", missed_reason="forgotten") == "first_dose_stays"
    assert refused(one, 1, outcome="taken", kit=one.kit, taken_on=one.day(2)) == "first_dose_stays"
    told = order(one, 1, outcome="taken", kit=one.kit, taken_at="09:45", place="clinic", injection_site="thigh_right")
    one.world.do(correct_dose, told, by=COORDINATOR)
    assert (one.row().first_dose_on, one.doses(number=1)[-1].taken_at) == (one.day_1, "09:45")


def test_an_extra_dose_that_never_was(one: Patient) -> None:
    one.record({"x1": one.taken(taken_on=one.day(11), why="a mistake")})
    one.world.do(correct_dose, order(one, "x1", outcome="void"), by=COORDINATOR)
    old, new = one.doses(kind="extra")
    assert (old.outcome, new.outcome, new.taken_on, new.kit) == ("taken", "void", None, None)
    assert refused(one, "x1", outcome="void") == "dose_unchanged"
    one.take(6)
    one.record({"x1": one.taken(taken_on=one.day(9), why="in truth then")})
    assert [(row.number, row.revision) for row in one.doses(kind="extra")] == [(1, 1), (1, 2), (2, 1)]


def test_missed_after_all_makes_a_run_a_deviation(one: Patient) -> None:
    one.miss(5, 6)
    assert one.world.rows(Deviation) == []
    one.world.do(correct_dose, order(one, 4, outcome="missed", missed_reason="no_vial"), by=COORDINATOR)
    assert one.world.row(Deviation).subject == f"{one.id}/4"


def test_the_diary_of_somebody_who_left_is_still_corrected(one: Patient) -> None:
    one.world.do(withdraw, Withdraw(participant=one.id, reason="moves away"), by=COORDINATOR)
    one.on_day(30)
    one.world.do(correct_dose, order(one, 3, outcome="missed", missed_reason="travelling"), by=COORDINATOR)
    assert one.doses(number=3)[-1].outcome == "missed"


def test_another_site_and_other_roles_correct_nothing(one: Patient) -> None:
    wanted = order(one, 3, outcome="missed", missed_reason="travelling")
    assert one.world.refusal(correct_dose, wanted, by="coordinator_02").code == "not_found"
    for by in ("assessor_01", "monitor", "data_manager", "laboratory"):
        assert one.world.refusal(correct_dose, wanted, by=by).code == "role_not_allowed"
