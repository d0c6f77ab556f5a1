"""`irt doses` beside tables written by hand: on hold, one missed dose, withdrawn; and what it says to a wrong word."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from irt.cli import doses, main
from irt.dispensing.first_dose import record_first_dose
from irt.dispensing.treatment import HoldTreatment, ResumeTreatment, hold_treatment, resume_treatment
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.randomization.tables import Randomization
from tests.setting import screened
from tests.treated import Patient, patient, treated

Printed = Callable[..., str]


@pytest.fixture
def one(database_url: str) -> Patient:
    """Day 1 is Monday, 2 March 2026."""
    return treated(database_url)


@pytest.fixture
def run(one: Patient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """The command over the world's database; answers the exit status and all that was printed."""

    def command(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(doses, "service_of", lambda database: one.world.service)
        monkeypatch.setattr(sys, "argv", ["irt", "doses", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        code = ended.value.code
        return (1, told.err + code) if isinstance(code, str) else (int(code or 0), told.out + told.err)

    return command


def drawn(one: Patient) -> str:
    return str(one.world.row(Randomization, participant=one.id).number)


def test_on_hold(one: Patient, run: Callable[..., Any]) -> None:
    one.on_day(12)
    one.take(2, 3)
    order = HoldTreatment(participant=one.id, from_on=one.day(7), hold_reason="fever")
    one.world.do(hold_treatment, order, by="investigator_01")
    assert run(one.number, "--on", "2026-03-12") == (
        0,
        f"""\
participant 01-0001, randomization number {drawn(one)}, site 01, on 2026-03-12
first dose: 2026-03-02
on hold: from 2026-03-08 to further notice

due 6 = taken 3 + partial 0 + missed 0 + held 3 + unrecorded 0; extra 0
adherence by the diary: 100.0%

dose  due         status  taken       kit      reason
1     2026-03-02  taken   2026-03-02  {one.kit}
2     2026-03-04  taken   2026-03-04  {one.kit}
3     2026-03-06  taken   2026-03-06  {one.kit}
4     2026-03-08  held
5     2026-03-10  held
6     2026-03-12  held

kit      handed over  back  vials  used  left
{one.kit}  2026-03-02         18     3     15

next: none, treatment is on hold
""",
    )
    one.world.do(
        resume_treatment, ResumeTreatment(participant=one.id, resumed_on=one.day(13)), by="investigator_01"
    )  # fmt: skip
    known = run(drawn(one))[1]
    assert "on hold: from 2026-03-08 to 2026-03-14\n" in known
    assert known.endswith("next: 2026-03-14, 2026-03-16, 2026-03-18\n")
    before = run(drawn(one), "--on", "2026-03-12")[1]
    assert "on hold: from 2026-03-08 to further notice\n" in before, "that it would end was not known yet"
    assert before.endswith("next: none, treatment is on hold\n")
    assert "on hold" not in run(drawn(one), "--on", "2026-03-07")[1]


def test_one_missed_dose(one: Patient, run: Callable[..., Any]) -> None:
    one.on_day(14)
    one.take(2, 4)
    one.miss(3, reason="travelling")
    one.record({6: one.taken(outcome="partial", missed_reason="broken_vial", taken_on=one.day(12))})
    assert run(drawn(one), "--on", "2026-03-15") == (
        0,
        f"""\
participant 01-0001, randomization number {drawn(one)}, site 01, on 2026-03-15
first dose: 2026-03-02

due 7 = taken 3 + partial 1 + missed 1 + held 0 + unrecorded 2; extra 0
adherence by the diary: 57.1%

dose  due         status      taken       kit      reason
1     2026-03-02  taken       2026-03-02  {one.kit}
2     2026-03-04  taken       2026-03-04  {one.kit}
3     2026-03-06  missed                           travelling
4     2026-03-08  taken       2026-03-08  {one.kit}
5     2026-03-10  unrecorded
6     2026-03-12  partial     2026-03-13  {one.kit}  broken_vial
7     2026-03-14  unrecorded

kit      handed over  back  vials  used  left
{one.kit}  2026-03-02         18     4     14

next: 2026-03-16, 2026-03-18, 2026-03-20
""",
    )
    earlier = run(one.number, "--on", "2026-03-05")[1]
    assert "due 2 = taken 2 + partial 0 + missed 0 + held 0 + unrecorded 0" in earlier
    assert earlier.endswith("next: 2026-03-06, 2026-03-08, 2026-03-10\n")


def test_withdrawn(one: Patient, run: Callable[..., Any]) -> None:
    one.on_day(6)
    one.take(2)
    one.record({"x1": one.taken(taken_on=one.day(6), why="mistook the day")})
    one.on_day(9)
    one.world.do(withdraw, Withdraw(participant=one.id, reason="moves away"), by="coordinator_01")
    one.on_day(30)
    assert run(one.number) == (
        0,
        f"""\
participant 01-0001, randomization number {drawn(one)}, site 01, on 2026-03-31
first dose: 2026-03-02
withdrawn: on 2026-03-10

due 4 = taken 2 + partial 0 + missed 0 + held 0 + unrecorded 2; extra 1
adherence by the diary: 75.0%

dose  due         status      taken       kit      reason
1     2026-03-02  taken       2026-03-02  {one.kit}
2     2026-03-04  taken       2026-03-04  {one.kit}
3     2026-03-06  unrecorded
4     2026-03-08  unrecorded

extra  status  taken       kit      reason
x1     taken   2026-03-07  {one.kit}

kit      handed over  back  vials  used  left
{one.kit}  2026-03-02         18     3     15

next: none
""",
    )


def test_never_dosed(one: Patient, run: Callable[..., Any]) -> None:
    """Counted from randomization on 2 March; nothing is owed while there is still time for a first dose."""
    other = patient(one.world, "EXAMPLE-000002")
    said = run(other.number)[1]
    assert "first dose: not recorded; days are counted from randomization, 2026-03-02\n" in said
    assert "due 0 = taken 0" in said
    assert "adherence by the diary: none due" in said
    assert said.endswith("next: 2026-03-04, 2026-03-06, 2026-03-08\n")
    other.on_day(9)
    said = run(other.number)[1]
    assert "due 5 = taken 0 + partial 0 + missed 0 + held 0 + unrecorded 5; extra 0" in said
    assert "1     2026-03-02  unrecorded" in said
    assert said.endswith("next: 2026-03-12, 2026-03-14, 2026-03-16\n")
    other.world.do(
        withdraw, Withdraw(participant=other.id, left_on=other.day(4), reason="moves away"), by="coordinator_01"
    )
    said = run(other.number)[1]
    assert "withdrawn: on 2026-03-05" in said
    assert "due 2 = taken 0 + partial 0 + missed 0 + held 0 + unrecorded 2; extra 0" in said
    assert said.endswith("next: none\n")


def test_before_the_first_dose_it_was_not_recorded(one: Patient, run: Callable[..., Any]) -> None:
    other = patient(one.world, "EXAMPLE-000002")
    other.on_day(3)
    one.world.do(record_first_dose, other.first(taken_on=other.day(3)), by="coordinator_01")
    assert "first dose: 2026-03-04\n" in run(other.number)[1]
    assert "first dose: not recorded" in run(other.number, "--on", "2026-03-03")[1]


def test_what_it_says_to_a_wrong_word(one: Patient, run: Callable[..., Any]) -> None:
    waits = screened(one.world, identity_document="EXAMPLE-000003")
    for words, said in (
        (("99-9999",), "'99-9999': nobody has this number"),
        ((waits.screening_number,), "is not randomized, so no dose is due"),
        ((one.number, "--on", "tomorrow"), "'tomorrow': is no day; write YYYY-MM-DD, such as 2026-03-02"),
        ((one.number, "--on", "2026-03-03"), "2026-03-03: has not come yet; today is 2026-03-02 at the site"),
    ):  # fmt: skip
        code, printed = run(*words)
        assert (code, said in printed) == (1, True), printed
