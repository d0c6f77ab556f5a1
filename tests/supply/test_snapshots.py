"""A lot is shown anew by type when enough boxes of it left together: from two of its days no box is computed."""

from datetime import UTC, datetime, timedelta

import pytest

from irt.supply.snapshots import Box, shown

MONDAYS = [datetime(2026, 3, 2, tzinfo=UTC) + timedelta(weeks=week) for week in range(5)]
CAME_IN = MONDAYS[0] + timedelta(days=1)
SITES = ("01", "01", "02", "03")


def during(week: int) -> datetime:
    return MONDAYS[0] + timedelta(weeks=week, days=2)


def box(site: str, week: int, *, lot: str = "L0", express: bool = False, cancelled: int | None = None) -> Box:
    back = None if cancelled is None else during(week) + timedelta(weeks=cancelled, hours=1)
    return Box(lot, site, express, during(week), back)


def of_one_lot(mondays: list[datetime], boxes: list[Box], *others: datetime) -> datetime:
    return shown({"L0": CAME_IN}, mondays, boxes, [("L0", at) for at in others])["L0"]


def of_two(weeks: int, boxes: list[Box]) -> dict[str, datetime]:
    return shown({"L0": CAME_IN, "L1": CAME_IN}, MONDAYS[: weeks + 1], boxes)


def test_where_nothing_left_the_last_monday_is_shown() -> None:
    assert of_one_lot(MONDAYS, []) == MONDAYS[-1]
    assert of_one_lot(MONDAYS[:1], [box("01", 0)]) == CAME_IN, "as it came in, which the supply manager knows"


def test_four_boxes_to_three_sites_are_enough_also_over_several_weeks() -> None:
    together = [box(site, 0) for site in SITES]
    assert of_one_lot(MONDAYS[:2], together) == MONDAYS[1]
    apart = [box("01", 0), box("01", 1), box("02", 1), box("03", 2)]
    assert [of_one_lot(MONDAYS[:count], apart) for count in (2, 3, 4)] == [CAME_IN, CAME_IN, MONDAYS[3]]


def test_what_could_be_computed_is_not_shown() -> None:
    for few in (
        [box("01", 0)],
        [box(site, 0) for site in ("01", "02", "03")],
        [box(site, 0) for site in ("01", "01", "02", "02", "02")],
        [box("01", 0, express=True)],
        [box("01", 0), box("02", 0), box("03", 0), box("03", 0, express=True)],
        [box("01", 0), box("02", 0), box("03", 0), box("03", 0, cancelled=0)],
    ):
        assert of_one_lot(MONDAYS, few) == CAME_IN


def test_a_box_that_comes_back_later_is_a_change_of_its_own() -> None:
    boxes = [box("01", 0), box("02", 0), box("03", 0), box("03", 0, cancelled=2)]
    assert [of_one_lot(MONDAYS[:count], boxes) for count in (2, 3, 4, 5)] == [
        MONDAYS[1], MONDAYS[2], MONDAYS[2], MONDAYS[2],
    ]  # fmt: skip


def test_a_kit_lost_or_destroyed_at_the_depot_is_not_shown_by_itself() -> None:
    assert of_one_lot(MONDAYS, [], during(0)) == CAME_IN
    assert of_one_lot(MONDAYS, [box("01", 1), box("02", 1), box("03", 1)], during(0)) == CAME_IN
    assert of_one_lot(MONDAYS[:3], [box(site, 1) for site in SITES], during(0)) == MONDAYS[2]


@pytest.mark.parametrize("express", [False, True])
def test_one_box_of_another_lot_is_not_shown_with_many(express: bool) -> None:
    many = [box(site, 0, lot="L1") for site in SITES]
    assert of_two(1, [*many, box("02", 0, express=express)]) == {"L0": CAME_IN, "L1": MONDAYS[1]}
    later = [box(site, 1) for site in SITES]
    assert of_two(2, [*many, box("02", 0, express=express), *later]) == {"L0": MONDAYS[2], "L1": MONDAYS[2]}


def test_boxes_of_two_lots_are_not_enough_for_either() -> None:
    halves = [box("01", 0), box("02", 0), box("01", 0, lot="L1"), box("03", 0, lot="L1")]
    assert of_two(4, halves) == {"L0": CAME_IN, "L1": CAME_IN}


def test_of_which_lot_a_single_box_is_shows_in_no_date() -> None:
    assert of_two(1, [box("01", 0)]) == of_two(1, [box("01", 0, lot="L1")]) == {"L0": CAME_IN, "L1": CAME_IN}


def test_a_lot_that_came_in_later_is_shown_as_it_came_in_until_the_next_monday() -> None:
    late = during(1)
    boxes = [box(site, 1) for site in SITES]
    assert shown({"L0": CAME_IN, "L1": late}, MONDAYS[:2], boxes)["L1"] == late
    assert shown({"L0": CAME_IN, "L1": late}, MONDAYS[:3], boxes) == {"L0": MONDAYS[2], "L1": MONDAYS[2]}
