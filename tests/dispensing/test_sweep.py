"""Every night: what is past its expiry leaves the shelf, and what is at home past it is noted once."""

from datetime import timedelta

import pytest

from irt.conduct.tables import Deviation
from irt.dispensing.sweep import SweepKits, Swept, sweep_kits
from irt.supply.manifest import read_expiry
from irt.supply.tables import Kit, Movement, Shelf
from tests.cast import World
from tests.dispensing.given import at_home, days_later, today
from tests.stocked import on_shelf, running_trial, take_away


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def sweep(world: World) -> Swept:
    found = world.do(sweep_kits, SweepKits(), by="operator")
    assert isinstance(found, Swept)
    return found


def test_a_kit_leaves_the_shelf_the_day_after_its_expiry(trial: World) -> None:
    kit, later = next(iter(on_shelf(trial, "01").values()))[:2]
    take_away(trial, [kit], expiry=today(trial))
    assert sweep(trial) == Swept(expired=0, at_home=0)
    days_later(trial, 1)
    assert sweep(trial) == Swept(expired=1, at_home=0)
    assert (trial.row(Kit, number=kit).state, trial.row(Kit, number=kit).site) == ("expired", "01")
    assert [line.after for line in trial.rows(Movement, kit=kit)][-1] == "expired"
    assert trial.row(Kit, number=later).state == "available"
    assert sweep(trial) == Swept(expired=0, at_home=0)


def test_a_shelf_that_is_empty_by_then_is_closed(trial: World) -> None:
    kits = [kit for shelf in on_shelf(trial, "01").values() for kit in shelf]
    assert trial.row(Shelf, site="01").randomization == "open"
    take_away(trial, kits, expiry=today(trial) - timedelta(days=1))
    assert sweep(trial).expired == len(kits) > 8
    assert [row.randomization for row in trial.rows(Shelf)][:2] == ["closed", "open"]


def test_a_kit_at_home_past_its_expiry_is_a_deviation_once(trial: World) -> None:
    one, kit = at_home(trial)
    day = today(trial)
    take_away(trial, [kit], expiry=day)
    assert sweep(trial).at_home == 0
    days_later(trial, 1)
    for _ in range(2):
        assert sweep(trial) == Swept(expired=0, at_home=1)
    found = trial.row(Deviation)
    assert (found.kind, found.participant, found.site) == ("kit_past_expiry", one.id, "01")
    assert (found.subject, found.happened_on) == (f"{one.id}/{kit}", day + timedelta(days=1))
    assert found.facts == {"kit": kit, "expiry": day.isoformat()}
    assert trial.row(Kit, number=kit).state == "dispensed"


def test_nobody_but_the_operator_sweeps(trial: World) -> None:
    assert trial.refusal(sweep_kits, SweepKits(), by="pharmacist_01").code == "role_not_allowed"


def test_kits_at_the_depot_leave_its_stock_the_day_after_their_expiry(trial: World) -> None:
    kit, later = [kit.number for kit in trial.rows(Kit, state="at_depot")][:2]
    take_away(trial, [kit], expiry=today(trial))
    assert sweep(trial).at_depot == 0
    days_later(trial, 1)
    assert sweep(trial).at_depot == 1
    assert (trial.row(Kit, number=kit).state, trial.row(Kit, number=kit).site) == ("expired", None)
    assert trial.row(Kit, number=later).state == "at_depot"


def test_an_expiry_that_names_a_month_is_its_last_day(trial: World) -> None:
    month = read_expiry("2026-02")
    assert month is not None
    assert (month.isoformat(), str(read_expiry("2028-02"))) == ("2026-02-28", "2028-02-29")
    kit = next(iter(on_shelf(trial, "01").values()))[0]
    until = today(trial).replace(day=1) + timedelta(days=31)
    take_away(trial, [kit], expiry=read_expiry(until.strftime("%Y-%m")))
    last = trial.row(Kit, number=kit).expiry
    assert (last + timedelta(days=1)).day == 1
    days_later(trial, (last - today(trial)).days)
    assert sweep(trial).expired == 0
    days_later(trial, 1)
    assert sweep(trial).expired == 1
