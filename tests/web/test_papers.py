"""The calendar file beside a calendar program that imported the one before: what moved moves, what fell away goes."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from icalendar import Calendar

from irt.dispensing.attendance import SkipVisit, skip_visit
from irt.dispensing.change_requests import AskChange, DecideChange, agree_change, ask_change
from irt.dispensing.first_dose import record_first_dose
from irt.dispensing.tables import Hold
from irt.dispensing.treatment import (
    HoldTreatment,
    ResumeTreatment,
    StopTreatment,
    hold_treatment,
    resume_treatment,
    stop_treatment,
)
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.study import load_study
from irt.web import create
from tests.cast import STUDY_FILE
from tests.stocked import running_trial
from tests.treated import Patient, patient
from tests.web.conftest import visiting

SHIFTING = load_study(STUDY_FILE).dosing.model_copy(update={"late_dose": "shift_grid"})
INVESTIGATOR, COORDINATOR = "investigator_01", "coordinator_01"


class Telephone:
    """A calendar program: of entries with one UID it keeps that of the highest SEQUENCE (RFC 5546, 2.1.5)."""

    def __init__(self, one: Patient) -> None:
        self.one = one
        self.visitor = visiting(one.world, create(one.world.service))
        self.entries: dict[str, tuple[int, date, str]] = {}

    def load(self) -> dict[str, date]:
        """Import the file as it is now; answers the days that stand in the program, by entry."""
        raw = self.visitor(COORDINATOR).get(f"/participants/{self.one.id}/dosing-calendar.ics").data
        for event in Calendar.from_ical(raw).walk("VEVENT"):
            sequence, before = int(event["sequence"]), self.entries.get(str(event["uid"]))
            if before is None or sequence > before[0]:
                self.entries[str(event["uid"])] = (sequence, event.decoded("dtstart"), str(event["status"]))
        standing = {uid: day for uid, (_, day, status) in self.entries.items() if status != "CANCELLED"}
        return {uid.partition("@")[0]: day for uid, day in standing.items()}


def doses(found: dict[str, date]) -> dict[int, date]:
    return {int(key.removeprefix("dose-")): day for key, day in found.items() if key.startswith("dose-")}


def every_other_day(one: Patient, first: int = 1, *, until: int = 167) -> dict[int, date]:
    """The doses of the grid whose first is on a day of the patient's count."""
    return {n: one.day(first + 2 * n - 2) for n in range(1, 85) if first + 2 * n - 2 <= until}


@pytest.fixture
def one(database_url: str) -> Patient:
    return patient(running_trial(database_url, "01"))


def do(one: Patient, act: Callable[..., Any], order: Any, by: str = INVESTIGATOR) -> None:
    one.world.do(act, order, by=by)


def changed(one: Patient, target: str, **parts: str) -> None:
    order = AskChange(participant=one.id, target=target, wanted=parts, reason="the source says otherwise")
    change = str(one.world.do(ask_change, order, by=COORDINATOR))
    do(one, agree_change, DecideChange(change=change, reason="seen in the source"), "data_manager")


def test_the_first_dose_and_its_change_move_every_day(one: Patient) -> None:
    telephone = Telephone(one)
    assert doses(telephone.load()) == every_other_day(one)
    one.on_day(3)
    do(one, record_first_dose, one.first(taken_on=one.day(3)), COORDINATOR)
    found = telephone.load()
    assert doses(found) == every_other_day(one, 3, until=169)
    assert found["visit-W4"] == one.day(31)
    changed(one, "first_dose", day=one.day(2).isoformat(), time="09:00")
    assert doses(telephone.load()) == every_other_day(one, 2, until=168)


def test_held_doses_go_and_come_back(one: Patient) -> None:
    one.begin()
    telephone = Telephone(one)
    telephone.load()
    do(one, hold_treatment, HoldTreatment(participant=one.id, from_on=one.day(2), hold_reason="fever"))
    assert doses(telephone.load()) == {1: one.day_1}
    one.on_day(8)
    do(one, resume_treatment, ResumeTreatment(participant=one.id, resumed_on=one.day(8)))
    left = {n: day for n, day in every_other_day(one).items() if n not in (2, 3, 4)}
    assert doses(telephone.load()) == left
    hold = one.world.row(Hold).id
    changed(one, f"hold:{hold}", from_on=one.day(2).isoformat(), resumed_on=one.day(6).isoformat())
    assert doses(telephone.load()) == left | {4: one.day(7)}


def test_after_a_stop_no_dose_stands_and_the_contact_comes_earlier(one: Patient) -> None:
    one.begin()
    one.on_day(6)
    one.take(2, 3)
    telephone = Telephone(one)
    before = telephone.load()
    do(one, stop_treatment, StopTreatment(participant=one.id, last_day=one.day(5), stop_reason="adverse_event"))
    found = telephone.load()
    assert doses(found) == every_other_day(one, until=5)
    assert (found["visit-SC"], found["visit-W12"]) == (one.day(35), before["visit-W12"])
    changed(one, "stop", day=one.day(6).isoformat())
    changed(one, "stop", day=one.day(4).isoformat())
    assert doses(telephone.load()) == every_other_day(one, until=5), "the dose of day 5 was given"


def test_after_withdrawal_neither_dose_nor_visit_stands(one: Patient) -> None:
    one.begin()
    one.on_day(6)
    one.take(2)
    telephone = Telephone(one)
    assert len(telephone.load()) == 84 + len(one.world.study.visits)
    do(one, withdraw, Withdraw(participant=one.id, left_on=one.day(5), reason="moves away"), COORDINATOR)
    assert telephone.load() == {"dose-1": one.day_1, "dose-2": one.day(3), "visit-W0": one.day_1}


def test_a_skipped_visit_goes(one: Patient) -> None:
    one.begin()
    one.on_day(30)
    telephone = Telephone(one)
    assert "visit-W4" in telephone.load()
    do(one, skip_visit, SkipVisit(participant=one.id, visit="W4", reason="in hospital"), COORDINATOR)
    assert "visit-W4" not in telephone.load()


def test_in_a_grid_that_shifts_a_late_dose_moves_what_follows_and_the_last_drop_off(database_url: str) -> None:
    one = patient(running_trial(database_url, "01", dosing=SHIFTING)).begin()
    telephone = Telephone(one)
    assert doses(telephone.load()) == every_other_day(one)
    one.on_day(9)
    one.record({2: one.taken(taken_on=one.day(4))})
    moved = doses(telephone.load())
    assert (moved[3], moved[84]) == (one.day(6), one.day(168))
    one.record({3: one.taken(taken_on=one.day(7))})
    moved = doses(telephone.load())
    assert (moved[4], moved[83], 84 in moved) == (one.day(9), one.day(167), False)
