"""A participant at another site: let in by both numbers of the card, served there, in the books at home."""

import json
from datetime import timedelta

import pytest

from irt.conduct.tables import Deviation
from irt.dispensing.dispense import Assign, assign
from irt.dispensing.elsewhere import HandOverElsewhere, elsewhere, hand_over_elsewhere
from irt.dispensing.lost import lost_or_damaged
from irt.dispensing.lot_holds import hold_lot, resume_lot
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.tables import Outbox
from irt.supply.lots import ChangeExpiry, DecideLot, Relabel, relabel, shorten_lot
from irt.supply.tables import Assignment, Kit, Lot, Movement
from tests.cast import World
from tests.dispensing.mishapped import (
    PHARMACIST,
    ask,
    assignments,
    at_second_visit,
    came,
    give,
    gone,
    kit_of,
    mishap,
    second,
    shelf,
    waits,
)  # fmt: skip
from tests.stocked import on_shelf, running_trial, take_away, type_due, types_of

THERE = "pharmacist_02"


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def test_the_kit_stands_there_and_is_assigned_at_home(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    row = mishap(trial, trial.do(elsewhere, came(trial, one), by="coordinator_02"))
    assert trial.last_audit().site == "02"
    assert kit_of(trial, row.kit) == ("assigned", "02", one.id)
    assert types_of(trial)[row.kit] == type_due(trial, one.id)
    assert (row.kind, row.site, row.box, row.replacement) == ("elsewhere", "02", "at_site", "set_aside")
    assert trial.row(Assignment, kit=row.kit).site == "01"
    noted = trial.row(Deviation)
    assert (noted.kind, noted.site, noted.facts["at"]) == ("kit_elsewhere", "01", "02")
    (told,) = [one for one in trial.rows(Outbox) if one.kind == "mishap.elsewhere"]
    assert (told.site, told.audience) == ("01", ["coordinator"])
    assert trial.do(elsewhere, came(trial, one), by=THERE) == row.id
    trial.do(hand_over_elsewhere, HandOverElsewhere(mishap=row.id, kit=row.kit), by=THERE)
    assert kit_of(trial, row.kit) == ("dispensed", "01", one.id)
    assert [line.site for line in trial.rows(Movement, kit=row.kit)][-2:] == ["02", "01"]
    assert assignments(trial, one) == [(1, "handed_over")]
    assert (mishap(trial, row.id).box, mishap(trial, row.id).replacement) == ("with_participant", "handed_over")
    refused = trial.refusal(elsewhere, came(trial, one), by=THERE)
    assert refused.code == "visit_has_its_kit"
    assert trial.refusal(assign, Assign(participant=one.id, visit=second(trial)), by=THERE).code == "not_found"


def test_a_box_set_aside_at_home_is_given_to_nobody(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    at_home = ask(trial, one)
    row = mishap(trial, trial.do(elsewhere, came(trial, one), by=THERE))
    assert kit_of(trial, at_home) == ("not_dispensed", "01", one.id)
    assert assignments(trial, one) == [(1, "void"), (2, "assigned")]
    assert waits(trial, one) == row.kit


def test_whatever_does_not_fit_is_refused_in_one_way(trial: World) -> None:
    one, other = at_second_visit(trial, 2)
    said = []

    def refused(order: object) -> None:
        found = trial.refusal(elsewhere, order, by=THERE)  # type: ignore[arg-type]
        said.append((found.code, found.facts, json.loads(trial.last_audit().body)["facts"], trial.last_audit().site))

    card = came(trial, one)
    refused(card.model_copy(update={"randomization_number": "R000000"}))
    refused(card.model_copy(update={"screening_number": other.screening_number}))
    (own,) = at_second_visit_elsewhere(trial)
    refused(came(trial, own))
    trial.do(withdraw, Withdraw(participant=one.id, reason="wishes to stop"), by="coordinator_01")
    refused(card)
    assert said == [("card_unknown", {}, {}, None)] * 4
    assert trial.refusal(elsewhere, came(trial, other, site="01"), by=THERE).code == "not_found"
    assert trial.refusal(elsewhere, came(trial, other), by="monitor").code == "role_not_allowed"


def at_second_visit_elsewhere(world: World) -> list[object]:
    """A participant of site 02."""
    from tests.stocked import randomized

    return [randomized(world, "EXAMPLE-000009", "02")[0]]


def test_only_the_scanned_box_is_handed_over_and_only_there(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    told = trial.do(elsewhere, came(trial, one), by=THERE)
    box = HandOverElsewhere(mishap=told, kit=shelf(trial, "02")[0])
    assert trial.refusal(hand_over_elsewhere, box, by=THERE).code == "not_the_assigned_kit"
    assert trial.refusal(hand_over_elsewhere, box, by=PHARMACIST).code == "not_found"
    assert trial.refusal(hand_over_elsewhere, box, by="coordinator_02").code == "role_not_allowed"
    right = mishap(trial, told).kit
    for request in ("once", "once", "twice"):
        trial.perform(hand_over_elsewhere, HandOverElsewhere(mishap=told, kit=right), by=THERE, request_id=request)
    assert [line.after for line in trial.rows(Movement, kit=right)].count("dispensed") == 1


def test_the_box_that_waits_there_may_be_lost_and_replaced(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    told = trial.do(elsewhere, came(trial, one), by=THERE)
    kit = mishap(trial, told).kit
    row = mishap(trial, trial.do(lost_or_damaged, gone(trial, kit), by=THERE))
    assert (row.site, row.replacement) == ("02", "set_aside")
    assert kit_of(trial, row.replacement_kit) == ("assigned", "02", one.id)
    trial.do(hand_over_elsewhere, HandOverElsewhere(mishap=told, kit=row.replacement_kit), by=THERE)
    assert kit_of(trial, row.replacement_kit) == ("dispensed", "01", one.id)


def test_a_shelf_that_cannot_serve_there_refuses_alike(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    for kind in on_shelf(trial, "02"):
        hidden = on_shelf(trial, "02")[kind]
        take_away(trial, hidden)
        assert trial.refusal(elsewhere, came(trial, one), by=THERE).code == "kit_being_sent"
        take_away(trial, hidden, state="available")


def test_a_visit_that_is_not_due_is_told_so(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    give(trial, one, ask(trial, one))
    assert trial.refusal(elsewhere, came(trial, one), by=THERE).code == "visit_has_its_kit"
    trial.clock.advance(__import__("datetime").timedelta(days=10))
    assert trial.refusal(elsewhere, came(trial, one), by=THERE).code == "visit_none_due"


def test_a_guests_box_of_a_shortened_lot_is_relabelled_where_it_stands(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    lot, reason = trial.row(Lot), "a stability result"
    trial.do(hold_lot, DecideLot(lot=lot.code, reason=reason), by="quality")
    sooner = ChangeExpiry(lot=lot.code, expiry=lot.expiry - timedelta(days=30), reason=reason)
    decision = trial.do(shorten_lot, sooner, by="quality")
    trial.do(resume_lot, DecideLot(lot=lot.code, reason=reason), by="quality")
    row = mishap(trial, trial.do(elsewhere, came(trial, one), by=THERE))
    box = HandOverElsewhere(mishap=row.id, kit=row.kit)
    assert trial.refusal(hand_over_elsewhere, box, by=THERE).code == "kit_to_be_relabelled"
    standing = tuple(kit.number for kit in trial.rows(Kit, site="02"))
    assert row.kit in standing
    trial.do(relabel, Relabel(decision=decision, site="02", kits=standing), by=THERE)
    trial.do(hand_over_elsewhere, box, by=THERE)
    assert kit_of(trial, row.kit) == ("dispensed", "01", one.id)
