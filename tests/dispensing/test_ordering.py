"""Every night on a shipping day: a box for the site where a type runs low, with what its participants will need."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from irt.clock import local_day
from irt.dispensing.ahead import kits_needed
from irt.dispensing.ordering import OrderSupplies, order_supplies
from irt.dispensing.review import ReviewShelves, review_shelves
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.act import Act, Order, act
from irt.gate.job_runs import Due
from irt.gate.rows import table_of
from irt.gate.tables import Outbox
from irt.supply.resupply import smaller_sizes
from irt.supply.tables import Kit, Lot, Shelf, Shipment
from tests.cast import World
from tests.dispensing.test_assign import SECOND, on_the_day_of
from tests.stocked import (
    bring_in_kits,
    on_shelf,
    packed,
    randomized,
    running_trial,
    send_off,
    take_away,
    type_due,
    types_of,
)
from tests.wiring import study_of_tests


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", depot=96)


def night(world: World) -> Any:
    return world.do(order_supplies, OrderSupplies(), by="operator")


def to_a_shipping_day(world: World) -> None:
    while not world.study.supply.ships_on((world.clock.now() + timedelta(hours=8)).date()):
        world.clock.advance(timedelta(days=1))


def boxes(world: World, site: str) -> list[Any]:
    return [row for row in world.rows(Shipment, site=site) if row.kind == "resupply"]


def scarce(world: World, site: str) -> str:
    """One type runs low on a shelf; answers it."""
    kind = world.study.arms[0].kit_type
    take_away(world, on_shelf(world, site)[kind][1:])
    return kind


def test_a_site_in_stock_is_sent_nothing_and_on_other_days_nobody_is(trial: World) -> None:
    to_a_shipping_day(trial)
    assert night(trial).boxes == 0
    scarce(trial, "01")
    trial.clock.advance(timedelta(days=1))
    assert not trial.study.supply.ships_on((trial.clock.now() + timedelta(hours=8)).date())
    assert night(trial).model_dump() == {"boxes": 0, "kits": 0, "short": 0}


def scheduled(world: World) -> Any:
    """The night, as the scheduler runs it."""
    due, by = Due(world.clock.now(), "supply.order"), world.service.credentials.operator()
    return world.service.gate.perform(order_supplies, OrderSupplies(), by=by, request_id=due.id, due=due).answer


@pytest.mark.parametrize(("down", "boxes_sent"), [(0, 0), (1, 1)])
def test_a_shipping_day_without_a_night_is_made_up_for(trial: World, down: int, boxes_sent: int) -> None:
    to_a_shipping_day(trial)
    trial.clock.advance(timedelta(days=7 - down))
    scheduled(trial)
    scarce(trial, "01")
    trial.clock.advance(timedelta(days=1 + down))
    assert not trial.study.supply.ships_on((trial.clock.now() + timedelta(hours=8)).date())
    assert scheduled(trial).boxes == boxes_sent
    trial.clock.advance(timedelta(days=1))
    assert len(boxes(trial, "01")) == boxes_sent


def test_a_shelf_that_runs_low_of_one_type_is_filled_up_once(trial: World) -> None:
    to_a_shipping_day(trial)
    kind = scarce(trial, "01")
    ordered = night(trial)
    assert (ordered.boxes, ordered.short) == (1, 0)
    (box,) = boxes(trial, "01")
    kits = packed(trial, box.id)
    assert ordered.kits == box.kits == len(kits) >= trial.study.supply.smallest_box
    assert len({kit.lot for kit in trial.rows(Kit) if kit.number in kits}) == 1
    types = types_of(trial)
    assert sum(types[kit] == kind for kit in kits) >= trial.study.supply.minimum - 1
    assert "01" in {row.site for row in trial.rows(Outbox, kind="shipment.requested")}
    send_off(trial, box.id)
    assert night(trial).boxes == 0  # what is under way counts
    assert boxes(trial, "02") == []


def test_a_box_holds_what_known_participants_will_need(trial: World) -> None:
    people = [randomized(trial, f"EXAMPLE-00000{number}")[0] for number in range(1, 5)]
    for one in people[:1]:
        on_the_day_of(trial, one, SECOND, -10)
    to_a_shipping_day(trial)
    for kits in on_shelf(trial, "01").values():
        take_away(trial, kits)
    night(trial)
    (box,) = boxes(trial, "01")
    types, wanted = types_of(trial), [type_due(trial, one.id) for one in people]
    held = [types[kit] for kit in packed(trial, box.id)]
    for arm in trial.study.arms:
        assert held.count(arm.kit_type) >= trial.study.supply.minimum
        assert held.count(arm.kit_type) >= min(wanted.count(arm.kit_type), box.kits // 4)


class LookAhead(Order):
    """Which kits a site's participants will need."""

    site: str
    days: int


def needed(world: World, site: str, days: int) -> list[str]:
    from irt.gate.act import REGISTRY

    @act("test.look_ahead", roles={"operator"})
    def look(act: Act, order: LookAhead) -> list[str]:
        return kits_needed(act, order.site, act.now.date() + timedelta(days=order.days))

    del REGISTRY["test.look_ahead"]
    found: list[str] = world.do(look, LookAhead(site=site, days=days), by="operator")
    return found


def test_who_comes_needs_a_kit_and_who_left_needs_none(trial: World) -> None:
    one, _ = randomized(trial)
    on_the_day_of(trial, one, SECOND, -20)
    window = trial.study.dispensing_visits[SECOND].window_days
    assert needed(trial, "01", 20 - window - 1) == []
    assert needed(trial, "01", 20 - window) == [one.id]
    assert needed(trial, "01", 20 + 28) == [one.id, one.id]  # the visit after it, too
    assert needed(trial, "02", 60) == []
    trial.do(withdraw, Withdraw(participant=one.id, reason="wishes to stop"), by="coordinator_01")
    assert needed(trial, "01", 60) == []


def test_a_depot_that_cannot_fill_a_box_is_told_of_and_other_sites_are_served(trial: World) -> None:
    to_a_shipping_day(trial)
    scarce(trial, "01")
    take_away(trial, [kit.number for kit in trial.rows(Kit, state="at_depot")])
    assert night(trial).model_dump() == {"boxes": 0, "kits": 0, "short": 1}
    assert trial.rows(Outbox, kind="supply.short")[0].site == "01"
    bring_in_kits(trial, 40)
    assert night(trial).boxes == 1


def in_date_until(world: World, day: date) -> None:
    """All that lies at the depot expires on a day, its lots with it."""
    with world.database.writing() as connection:
        connection.execute(update(table_of(Lot)).values(expiry=day))
    take_away(world, [kit.number for kit in world.rows(Kit, state="at_depot")], expiry=day)


def test_a_box_ordered_by_night_may_leave_by_day_and_on_the_next(trial: World) -> None:
    to_a_shipping_day(trial)
    scarce(trial, "01")
    at_one = trial.clock.now().replace(hour=17, minute=0) - timedelta(days=1)  # 01:00 at the depot, by UTC yesterday
    trial.clock.move_to(max(at_one, trial.clock.now()))
    while (here := local_day(trial.clock.now(), "Asia/Shanghai")) and not trial.study.supply.ships_on(here):
        trial.clock.advance(timedelta(days=1))
    edge = here + timedelta(days=trial.study.kit.do_not_ship_days)
    in_date_until(trial, edge)
    assert night(trial).short == 1, "it could leave today, and not tomorrow"
    in_date_until(trial, edge + timedelta(days=1))
    assert night(trial).boxes == 1
    trial.clock.advance(timedelta(hours=30))
    send_off(trial, boxes(trial, "01")[0].id)
    assert boxes(trial, "01")[0].state == "in_transit"


def test_where_no_lot_can_fill_a_box_a_smaller_one_goes(database_url: str) -> None:
    plan = study_of_tests().supply.model_copy(update={"minimum": 9, "maximum": 12})
    trial = running_trial(database_url, "01", depot=96, supply=plan)
    to_a_shipping_day(trial)
    take_away(trial, [kit.number for kit in trial.rows(Kit, site="01")])
    at_depot, types = trial.rows(Kit, state="at_depot"), types_of(trial)
    lot = next(kit.lot for kit in at_depot)
    left = {kind: [kit.number for kit in at_depot if kit.lot == lot and types[kit.number] == kind][:7]
            for kind in set(types.values())}  # fmt: skip
    kept = {number for numbers in left.values() for number in numbers}
    take_away(trial, [kit.number for kit in at_depot if kit.number not in kept])
    assert smaller_sizes(trial.study, 24) == [24, 12, 8]
    found = night(trial)
    assert (found.boxes, found.short) == (1, 0)
    assert found.kits in (12, 8)


def test_the_night_sets_a_site_closed_whose_next_visits_need_the_shelf(trial: World) -> None:
    one, _ = randomized(trial)
    on_the_day_of(trial, one, SECOND, -trial.study.dispensing_visits[SECOND].window_days)
    kind = type_due(trial, one.id)
    take_away(trial, on_shelf(trial, "01")[kind][1:])
    trial.do(review_shelves, ReviewShelves(), by="operator")
    assert trial.row(Shelf, site="01").randomization == "closed"
    assert trial.row(Shelf, site="02").randomization == "open"


def test_nothing_of_the_night_is_told_but_numbers(trial: World) -> None:
    to_a_shipping_day(trial)
    scarce(trial, "01")
    night(trial)
    assert not [arm.kit_type for arm in trial.study.arms if arm.kit_type in trial.last_audit().body]
    assert trial.clock.now() > datetime(2026, 1, 1, tzinfo=UTC)
