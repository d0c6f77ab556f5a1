"""The books: a line for each kit that was ever there, totals that follow every move, and never a word of types."""

from collections import Counter
from dataclasses import astuple, fields, replace
from datetime import date, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from irt.clock import local_day
from irt.dispensing.books import COUNTED, KIT_COLUMNS, KitLine, Ledger, accountability, gather, inventory
from irt.dispensing.coming import Coming, expected_on, in_order, unused_expected
from irt.dispensing.dispense import HandOver, hand_over
from irt.dispensing.elsewhere import elsewhere, hand_over_elsewhere, not_collected
from irt.dispensing.receiving import ReceiveShipment, receive_shipment
from irt.dispensing.sign_off import SignOff, checked, sign_off
from irt.dispensing.tables import KitReturn, LineReview
from irt.participants.visits import Window
from irt.supply.tables import Kit, Movement
from irt.web.records import rows
from tests.cast import World
from tests.dispensing.mishapped import at_second_visit, came, left_there, mishap, scanned, second
from tests.dispensing.tally import tally
from tests.stocked import on_the_way, packed, randomized, running_trial, types_of

KITS = 16


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def ledger(trial: World, site: str = "01") -> Ledger:
    return gather(partial(trial.rows), site, trial.study.site(site).time_zone)


def handed_over(trial: World) -> tuple[str, str]:
    """A participant with a box; answers screening number and kit."""
    trial.clock.advance(timedelta(hours=1))
    one, told = randomized(trial)
    order = HandOver(participant=one.id, visit=trial.study.dispensing_visits[0].id, kit=told.kit)
    trial.do(hand_over, order, by="pharmacist_01")
    return one.screening_number, told.kit


def test_every_kit_that_came_has_one_line_and_those_on_their_way_none(trial: World) -> None:
    number, kit = handed_over(trial)
    on_the_way(trial, "01", 8)
    lines = accountability(ledger(trial))
    assert len(lines) == len({one.kit for one in lines}) == KITS
    first = lines[0]
    today = local_day(trial.clock.now(), "Asia/Shanghai")
    assert (first.participant, first.kit, first.state) == (number, kit, "dispensed")
    assert (first.assigned_on, first.handed_over_on, first.returned_on) == (today, today, None)
    assert (first.unaccounted, first.discrepancy) == (None, "none")
    assert {one.state for one in lines[1:]} == {"available"}
    assert not {one.kit for one in lines} & {one.kit for one in accountability(ledger(trial, "02"))}


def counted(trial: World, kit: str, revision: int, **vials: int) -> None:
    """A count is there, as if the pharmacist had recorded it."""
    row = trial.row(Kit, number=kit)
    values = {"unused": 0, "used": 0, "broken": 0, "lost": 0} | vials
    trial.put(
        KitReturn, id=f"return-{revision}", kit=kit, participant=row.participant, site="01", revision=revision,
        returned_on=date(2026, 3, 30), **values, used_before=0, reason=None, counted_by="nobody",
        counted_at=trial.clock.now(),
    )  # fmt: skip


def test_the_last_count_stands_in_the_line_and_what_it_leaves_open(trial: World) -> None:
    _, kit = handed_over(trial)
    counted(trial, kit, 1, used=14, unused=3)
    counted(trial, kit, 2, used=14, unused=4, broken=1)
    line = next(one for one in accountability(ledger(trial)) if one.kit == kit)
    assert (line.unused, line.used, line.broken, line.lost) == (4, 14, 1, 0)
    assert line.unaccounted == trial.study.kit.vials - 19 == -1
    assert line.returned_on == date(2026, 3, 30)


def test_the_totals_follow_every_move(trial: World) -> None:
    handed_over(trial)
    shipment = on_the_way(trial, "01", 8)
    first, second, *others = packed(trial, shipment)
    found = {first: "damaged", second: "missing"} | dict.fromkeys(others, "intact")
    trial.do(
        receive_shipment, ReceiveShipment(shipment=shipment, kits=found, temperature="in_range"), by="pharmacist_01"
    )
    lines = inventory(ledger(trial))
    assert [one.totals["received"] for one in lines[:KITS]] == list(range(1, KITS + 1))
    last = lines[-1].totals
    stands = Counter(kit.state for kit in trial.rows(Kit, site="01"))
    assert last["received"] == KITS + 7
    assert last["available"] == stands["available"] == KITS - 1 + 6
    assert (last["with_participants"], last["unusable"], last["gone"]) == (1, 2, 0)
    for one in lines:
        assert tuple(one.totals) == COUNTED
        assert one.totals["received"] <= sum(one.totals[name] for name in COUNTED[1:])
    assert sum(last[name] for name in COUNTED[1:]) == KITS + 8


def test_a_kit_given_at_another_site_is_in_the_books_of_the_participants_own(trial: World) -> None:
    _, kit = handed_over(trial)
    moved = {Kit: lambda row: row.number == kit, Movement: lambda row: (row.kit, row.after) == (kit, "dispensed")}

    def rows(model: Any, **equal: str) -> list[Any]:
        """As if the box had been handed to somebody of site 02."""
        found = [SimpleNamespace(**row._mapping) for row in trial.rows(model)]
        for row in found:
            row.site = "02" if model in moved and moved[model](row) else row.site
        return [row for row in found if all(getattr(row, name) == value for name, value in equal.items())]

    books = {site: gather(rows, site, "Asia/Shanghai") for site in ("01", "02")}
    listed = {site: {one.kit for one in accountability(book)} for site, book in books.items()}
    assert (kit in listed["01"], kit in listed["02"]) == (False, True)
    here, there = (inventory(books[site])[-1].totals for site in ("01", "02"))
    assert (here["received"], here["available"], here["with_participants"], here["gone"]) == (KITS, KITS - 1, 0, 1)
    assert (there["received"], there["available"], there["with_participants"]) == (KITS + 1, KITS, 1)


def test_a_guests_box_keeps_its_line_where_it_was_received(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    told = mishap(trial, trial.do(elsewhere, came(trial, one), by="pharmacist_02"))
    day = local_day(trial.clock.now(), "Asia/Shanghai")

    def line(site: str) -> KitLine | None:
        return next((found for found in accountability(ledger(trial, site)) if found.kit == told.kit), None)

    waiting = line("02")
    assert waiting is not None
    assert line("01") is None
    assert (waiting.participant, waiting.visit, waiting.state) == (one.screening_number, second(trial), "assigned")
    assert (waiting.assigned_on, waiting.handed_over_on) == (day, None)
    moves = inventory(ledger(trial, "02"))
    trial.clock.advance(timedelta(days=1))
    trial.do(hand_over_elsewhere, scanned(told.id, told.kit), by="pharmacist_02")
    passed, theirs, next_day = line("02"), line("01"), day + timedelta(days=1)
    assert passed is not None
    assert theirs is not None
    assert passed == replace(waiting, state="passed_on", handed_over_on=next_day)
    assert (theirs.participant, theirs.state, theirs.assigned_on, theirs.handed_over_on) == (
        one.screening_number, "dispensed", day, next_day,
    )  # fmt: skip
    after = inventory(ledger(trial, "02"))
    assert after[:-1] == moves, "what was written stays"
    last = after[-1]
    assert (last.kit, last.before, last.after, last.participant) == (
        told.kit, "assigned", "dispensed", one.screening_number,
    )  # fmt: skip
    assert (last.totals["received"], last.totals["available"], last.totals["gone"]) == (KITS, KITS - 1, 1)
    assert last.totals["set_aside"] == last.totals["with_participants"] == 0
    assert scoped(trial, "pharmacist_02") == [passed], "those who work there see it"
    lines = [vars(found) for site in ("01", "02") for found in accountability(ledger(trial, site))]
    found = tally([{name: "" if one[name] is None else str(one[name]) for name in KIT_COLUMNS} for one in lines])
    assert found.wrong == []
    vials = trial.study.kit.vials
    assert (found.sites["02"]["vials passed on"], found.sites["02"]["vials out"]) == (vials, (KITS - 1) * vials)
    assert found.sites["02"]["vials"] == KITS * vials


def scoped(trial: World, name: str) -> list[KitLine]:
    """The lines of guests' kits in the books of site 02, as somebody reads them."""
    with trial.database.reading(trial.actor(name)) as session:
        book = gather(partial(rows, session), "02", "Asia/Shanghai")
    return [one for one in accountability(book) if one.participant]


def test_a_box_that_was_not_collected_stays_in_the_books_of_the_visited_site(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    told = mishap(trial, trial.do(elsewhere, came(trial, one), by="pharmacist_02"))
    trial.do(not_collected, left_there(told.id, told.kit), by="pharmacist_02")
    (line,) = scoped(trial, "pharmacist_02")
    assert (line.kit, line.participant, line.state) == (told.kit, one.screening_number, "not_dispensed")
    assert inventory(ledger(trial, "02"))[-1].totals["set_aside"] == 1


def test_no_column_and_no_order_knows_a_type(trial: World) -> None:
    handed_over(trial)
    types = set(types_of(trial).values())
    assert len(types) > 1
    lines = [*map(astuple, accountability(ledger(trial))), *map(astuple, inventory(ledger(trial)))]
    assert len(lines) > KITS
    assert not [line for line in lines if types & set(map(str, line))]
    assert not [name for name in KIT_COLUMNS if "type" in name or "arm" in name]


# -- signed off ----------------------------------------------------------------------------------------------------


def order_of(trial: World, *kits: str) -> SignOff:
    lines = {one.kit: one.digest for one in accountability(ledger(trial)) if not kits or one.kit in kits}
    return SignOff(site="01", book="accountability", lines=lines)


def standing(trial: World) -> dict[str, bool]:
    found = checked(accountability(ledger(trial)), trial.rows(LineReview, site="01"))
    return {one.line.kit: one.valid for one in found if one.review}


def test_a_line_is_signed_as_it_stands_and_unsigned_once_it_changes(trial: World) -> None:
    _, kit = handed_over(trial)
    assert trial.do(sign_off, order_of(trial), by="monitor") == KITS
    assert set(standing(trial).values()) == {True}
    entry, rows = trial.last_audit(), trial.rows(LineReview)
    assert (entry.act, entry.site, len(rows)) == ("book.sign_off", "01", KITS)
    assert len({row.signature for row in rows}) == 1
    counted(trial, kit, 1, used=18)
    assert [number for number, valid in standing(trial).items() if not valid] == [kit]
    trial.do(sign_off, order_of(trial, kit), by="monitor")
    assert all(standing(trial).values())


def test_what_changed_after_it_was_shown_is_not_signed(trial: World) -> None:
    shown = order_of(trial)
    _, kit = handed_over(trial)
    refused = trial.refusal(sign_off, shown, by="monitor")
    assert (refused.code, refused.facts) == ("line_changed", {"kits": [kit]})
    none = SignOff(site="01", book="accountability", lines={})
    assert trial.refusal(sign_off, none, by="monitor").code == "no_line_chosen"
    elsewhere = SignOff(site="02", book="accountability", lines=shown.lines)
    assert trial.refusal(sign_off, elsewhere, by="monitor").code == "line_changed"
    nowhere = SignOff(site="99", book="accountability", lines=shown.lines)
    assert trial.refusal(sign_off, nowhere, by="monitor").code == "line_changed"
    for name in ("pharmacist_01", "data_manager", "auditor", "supply_manager"):
        assert trial.refusal(sign_off, order_of(trial), by=name).code == "role_not_allowed"


def test_a_move_that_was_signed_stays_signed_and_the_next_one_is_not(trial: World) -> None:
    before = inventory(ledger(trial))
    order = SignOff(site="01", book="inventory", lines={one.key: one.digest for one in before})
    assert trial.do(sign_off, order, by="monitor") == len(before)
    _, kit = handed_over(trial)
    found = checked(inventory(ledger(trial)), trial.rows(LineReview, book="inventory"))
    assert [one.line.key for one in found if one.valid] == [one.key for one in before]
    assert {(one.line.kit, one.line.after) for one in found if not one.valid} == {(kit, "assigned"), (kit, "dispensed")}
    accountable = checked(accountability(ledger(trial)), trial.rows(LineReview, book="accountability"))
    assert not any(one.review for one in accountable), "each book is signed by itself"
    forged = SignOff(site="01", book="inventory", lines={before[0].key: "0" * 64})
    assert trial.refusal(sign_off, forged, by="monitor").code == "line_changed"


def test_every_value_of_a_move_but_the_totals_is_under_the_signature(trial: World) -> None:
    line = inventory(ledger(trial))[0]
    names = [one.name for one in fields(line)]
    others = {name: replace(line, **{name: "another"}).digest for name in names}
    assert others.pop("totals") == line.digest
    assert len({*others.values(), line.digest}) == len(names)


def test_every_value_of_a_line_is_under_the_signature(trial: World) -> None:
    line = accountability(ledger(trial))[0]
    others = {
        replace(line, **{name: "another" if isinstance(getattr(line, name), str) else 99}).digest
        for name in KIT_COLUMNS
    }
    assert len(others | {line.digest}) == len(KIT_COLUMNS) + 1


# -- who comes -----------------------------------------------------------------------------------------------------

DAY = date(2026, 3, 30)
WINDOW = Window("W4", DAY, DAY - timedelta(days=3), DAY + timedelta(days=3))


@pytest.mark.parametrize(("shift", "said"), [(0, "planned"), (-3, "in_window"), (3, "in_window"), (4, "late")])
def test_how_likely_a_visit_is_on_a_day(shift: int, said: str) -> None:
    assert expected_on(WINDOW, DAY + timedelta(days=shift)) == said


def test_planned_ones_stand_first_and_late_ones_last() -> None:
    def coming(number: str, planned_on: date, expected: str) -> Coming:
        return Coming(number, number, "W4", planned_on, DAY, expected, "to_ask", "", ())  # type: ignore[arg-type]

    rows = [
        coming("late", DAY - timedelta(days=9), "late"),
        coming("window", DAY - timedelta(days=1), "in_window"),
        coming("b", DAY, "planned"),
        coming("a", DAY, "planned"),
    ]
    assert [one.number for one in in_order(rows)] == ["a", "b", "window", "late"]


def test_the_vials_expected_unused_are_those_of_no_written_and_no_unwritten_dose() -> None:
    kit = SimpleNamespace(number="K", vials=18)
    given = [SimpleNamespace(kit=number) for number in ("K", "K", "another", "K")]
    since, until = date(2026, 3, 2), date(2026, 3, 30)
    unwritten = [since - timedelta(days=2), date(2026, 3, 20), date(2026, 3, 28), until]
    assert unused_expected(kit, since, until, given, unwritten) == 18 - 3 - 2
    assert unused_expected(SimpleNamespace(number="K", vials=2), since, until, given, unwritten) == 0
