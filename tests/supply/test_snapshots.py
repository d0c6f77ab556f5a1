"""The depot's stock by type is shown anew when enough boxes left together: from two of its days no box is computed."""

from datetime import UTC, datetime, timedelta

from irt.supply.snapshots import Box, shown

MONDAYS = [datetime(2026, 3, 2, tzinfo=UTC) + timedelta(weeks=week) for week in range(5)]


def box(site: str, week: int, *, express: bool = False, cancelled: int | None = None) -> Box:
    day = MONDAYS[0] + timedelta(days=2)
    back = None if cancelled is None else day + timedelta(weeks=cancelled, hours=1)
    return Box(site, express, day + timedelta(weeks=week), back)


def test_where_nothing_left_the_last_monday_is_shown() -> None:
    assert shown(MONDAYS, []) == MONDAYS[-1]
    assert shown(MONDAYS[:1], [box("01", 0)]) == MONDAYS[0]


def test_four_boxes_to_three_sites_are_enough_also_over_several_weeks() -> None:
    together = [box(site, 0) for site in ("01", "01", "02", "03")]
    assert shown(MONDAYS[:2], together) == MONDAYS[1]
    apart = [box("01", 0), box("01", 1), box("02", 1), box("03", 2)]
    assert [shown(MONDAYS[:count], apart) for count in (2, 3, 4)] == [MONDAYS[0], MONDAYS[0], MONDAYS[3]]


def test_what_could_be_computed_is_not_shown() -> None:
    for few in (
        [box("01", 0)],
        [box(site, 0) for site in ("01", "02", "03")],
        [box(site, 0) for site in ("01", "01", "02", "02", "02")],
        [box("01", 0, express=True)],
        [box("01", 0), box("02", 0), box("03", 0), box("03", 0, express=True)],
        [box("01", 0), box("02", 0), box("03", 0), box("03", 0, cancelled=0)],
    ):
        assert shown(MONDAYS, few) == MONDAYS[0]


def test_a_box_that_comes_back_later_is_a_change_of_its_own() -> None:
    boxes = [box("01", 0), box("02", 0), box("03", 0), box("03", 0, cancelled=2)]
    assert [shown(MONDAYS[:count], boxes) for count in (2, 3, 4, 5)] == [MONDAYS[1], MONDAYS[2], MONDAYS[2], MONDAYS[2]]
