"""The release: every combination but one is refused; what it yields, once, to one person; in two steps as A and B."""

import random
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from irt.db import instant_text
from irt.dispensing.disposal import DisposeOf, send_back
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry, SignatureRow, StudyState
from irt.lock.handing_over import Keep, fetched, keep
from irt.lock.opened import Opened
from irt.lock.package.signed import over_frozen
from irt.lock.release import (
    AskRelease,
    CarryOut,
    OpenAgain,
    SignRelease,
    allow_release,
    ask_release,
    carry_out,
    open_again,
    open_release,
)
from irt.lock.steps import Thaw, thaw
from irt.lock.tables import Handover, Release, ReleaseAgain
from irt.randomization.tables import PublishedList, Randomization
from irt.safety.events import report_event
from irt.supply.tables import Assignment, Kit
from irt.vault._rows import kit_binding, type_of
from irt.vault._seal import disclose
from irt.vault._tables import ReleaseOpening, ReleaseShown, SealedKit, SealedSlot
from tests.assurance.tampering import Owner
from tests.cast import World
from tests.databases import MADE
from tests.lock.locked import (
    allowed,
    asked,
    carried_out,
    data,
    endorsed,
    frozen,
    left,
    locked,
    reviewed,
    signed_for,
)
from tests.lock.release_matrix import DATA, DRAWS, LISTS, changed, matrix, shown
from tests.safety.told import reporting
from tests.wiring import study_of_tests

STATISTICIAN = "unblinded_statistician"


def opened(world: World, opening: str, by: str = STATISTICIAN, **other: Any) -> Opened:
    wired = world.service
    values = {"account": world.actor(by).account, "software": "test", "now": world.clock.now()} | other
    return open_release(wired.housekeeping, wired.vault, wired.study, opening, **values)


@pytest.mark.long(60)
def test_of_all_combinations_one_opens_the_allocation(database_url: str) -> None:
    found = matrix(database_url, MADE[database_url].owner_url)
    print(shown(found))
    assert len(found) > 3000
    assert [key for key, outcome in found.items() if outcome == "opened"] == [
        ("locked", "trial_statistician+sponsor", STATISTICIAN, "as locked", "as published", "in turn")
    ]
    assert set(found.values()) == {
        "opened", "study_state", "role_not_allowed", "not_allowed_yet", "data_moved", "list_faulty",
    }  # fmt: skip
    otherwise_right = {key[3:]: outcome for key, outcome in found.items() if key[:3] == RIGHT}
    assert otherwise_right == {key: _code(*key) for key in product(DATA, LISTS, DRAWS)}


RIGHT = ("locked", "trial_statistician+sponsor", STATISTICIAN)


def _code(data: str, listed: str, drawn: str) -> str:
    """What was published is part of the data: another root is told before the list is looked at."""
    if data != DATA[0] or listed in ("another root", "another seed"):
        return "data_moved"
    return "opened" if (listed, drawn) == (LISTS[0], DRAWS[0]) else "list_faulty"


@pytest.mark.parametrize("name", ["merkle_root", "seed_sha256"])
def test_a_list_other_than_was_published_opens_nothing_though_it_was_locked_so(database_url: str, name: str) -> None:
    world = left(database_url)
    owner = Owner(MADE[database_url].owner_url, random.Random(1))
    with changed(owner, table_of(PublishedList), {name: "0" * 64}, {"id": 1}):
        frozen(world)
        endorsed(world)
        reviewed(world)
        signed_for(world)
        order = CarryOut(request=allowed(world))
        assert world.refusal(carry_out, order, by=STATISTICIAN).code == "list_faulty"
        assert world.rows(ReleaseOpening) == []


def test_a_kit_without_a_type_opens_nothing(database_url: str) -> None:
    world = locked(database_url)
    order, owner = CarryOut(request=allowed(world)), Owner(MADE[database_url].owner_url, random.Random(1))
    with changed(owner, table_of(SealedKit), {}, {"kit": world.rows(SealedKit)[0].kit}):
        assert world.refusal(carry_out, order, by=STATISTICIAN).code == "list_faulty"
    world.do(carry_out, order, by=STATISTICIAN)


def test_a_kit_that_was_assigned_to_the_other_arm_opens_nothing(database_url: str) -> None:
    world = locked(database_url)
    order, owner = CarryOut(request=allowed(world)), Owner(MADE[database_url].owner_url, random.Random(1))
    kit = world.row(SealedKit, kit=world.rows(Assignment)[0].kit)
    instead = next(arm.kit_type for arm in world.study.arms if arm.kit_type != disclose(type_of(world.vault, kit)))
    sealed = world.vault.seal_bytes(instead.encode(), kit_binding(kit.kit, kit.manifest), world.entropy)
    with changed(owner, table_of(SealedKit), {"sealed": sealed}, {"kit": kit.kit}):
        assert world.refusal(carry_out, order, by=STATISTICIAN).code == "list_faulty"


def test_what_it_yields(database_url: str) -> None:
    world = locked(database_url)
    _, opening = carried_out(world)
    assert world.row(StudyState).state == "released"
    found = opened(world, opening)
    assert repr(found) == "<opened>"
    assert len(found.tables["allocations"]) == 4
    assert len(found.tables["randomization_list"]) == len(world.rows(SealedSlot))
    assert {row["arm"] for row in found.tables["randomization_list"]} == {arm.id for arm in world.study.arms}
    assert found.facts["frozen_sha256"] == data(world)
    assert found.facts["replayed"] == "yes"
    assert found.plan is not None
    assert found.plan.block_sizes == (2, 4)
    assert [row["safety"] for row in found.tables["participants"]] == ["N"] * 4
    for row in found.tables["allocations"]:
        (slot,) = (one for one in found.tables["randomization_list"] if one["participant"] == row["participant"])
        assert (slot["arm"], slot["stratum"], slot["used"]) == (row["arm"], row["stratum_used"], "Y")


def test_it_yields_every_signature_from_freezing_to_release(database_url: str) -> None:
    world = left(database_url)
    frozen(world)
    world.do(thaw, Thaw(reason="a form was forgotten"), by="data_manager")
    world.clock.advance(timedelta(minutes=1))
    frozen(world)
    endorsed(world)
    reviewed(world)
    signed_for(world)
    _, opening = carried_out(world)
    found = opened(world, opening).tables["signatures"]
    acts = ("lock.freeze", "lock.endorse", "review.record", "review.sign", "lock.sign", "release.ask",
            "release.allow", "release.carry_out")  # fmt: skip
    given = [row for act in acts for row in world.rows(SignatureRow, act=act)]
    assert sorted((row["account"], row["meaning"]) for row in found) == sorted((g.account, g.meaning) for g in given)
    one, two = (row for row in found if row["step"] == "freeze")
    assert one["signed_at_utc"] < two["signed_at_utc"]
    assert {row["role"] for row in (one, two)} == {"data_manager"}
    assert {row["told"] for row in (one, two)} == {"version 1: the database"}
    assert {row["told"] for row in found if row["step"] == "release"} == {"version 1: final; the plan is final"}
    assert len(over_frozen({"signatures": found}, {"frozen_sha256": data(world)})) == len(
        [row for row in found if row["step"] in ("lock", "release")]
    )


def test_it_is_opened_once_within_a_minute_for_whoever_carried_it_out(database_url: str) -> None:
    world = locked(database_url)
    _, opening = carried_out(world)
    with pytest.raises(Refused, match="not_found"):
        opened(world, opening, by="sponsor")
    with pytest.raises(Refused, match="not_found"):
        opened(world, "nothing")
    with pytest.raises(Refused, match="shown_too_late"):
        opened(world, opening, now=world.clock.now() + timedelta(seconds=61))
    opened(world, opening)
    with pytest.raises(Refused, match="already_shown"):
        opened(world, opening)
    assert len(world.rows(ReleaseShown)) == 1


def test_a_request_that_is_sent_again_opens_nothing_again(database_url: str) -> None:
    world = locked(database_url)
    request = allowed(world)
    first = world.perform(carry_out, CarryOut(request=request), by=STATISTICIAN, request_id="once")
    again = world.perform(carry_out, CarryOut(request=request), by=STATISTICIAN, request_id="once")
    assert (again.repeated, again.answer) == (True, first.answer)
    assert len(world.rows(ReleaseOpening)) == 1
    order = CarryOut(request=request)
    assert world.refusal(carry_out, order, by=STATISTICIAN).code == "released_already"


def test_two_ask_and_one_is_told(database_url: str) -> None:
    world = locked(database_url)
    asked(world)
    order = AskRelease(told="again")
    assert world.refusal(ask_release, order, by="trial_statistician").code == "request_under_way"
    assert world.refusal(ask_release, order, by="data_manager").code == "request_under_way"


def test_nobody_allows_their_own_request(database_url: str) -> None:
    world = locked(database_url)
    request = asked(world)
    order = SignRelease(request=request)
    assert world.refusal(allow_release, order, by="trial_statistician").code == "signed_already"
    assert world.refusal(allow_release, order, by="monitor").code == "nothing_to_sign"
    assert world.refusal(allow_release, order, by=STATISTICIAN).code == "role_not_allowed"


def test_lost_before_it_was_kept_it_is_opened_again(database_url: str) -> None:
    world = locked(database_url)
    request, opening = carried_out(world)
    first = opened(world, opening)
    world.clock.advance(timedelta(hours=3))
    again = world.do(open_again, OpenAgain(request=request, reason="the server went down"), by=STATISTICIAN)
    found = opened(world, again)
    assert found.facts["merkle_root"] == world.row(PublishedList).merkle_root
    assert found.facts["opened_at"] == instant_text(world.row(ReleaseAgain).opened_at) > first.facts["opened_at"]
    (signed,) = [row for row in found.tables["signatures"] if row not in first.tables["signatures"]]
    assert (signed["step"], signed["role"], signed["data_sha256"]) == ("release_again", STATISTICIAN, data(world))
    assert signed["told"] == "version 1: final; the server went down"
    assert signed["meaning"].startswith("What was made of the release was lost")
    world.do(keep, Keep.of(request, "package", b"a package"), by=STATISTICIAN)
    order = OpenAgain(request=request, reason="once more")
    assert world.refusal(open_again, order, by=STATISTICIAN).code == "package_kept"


def test_what_was_made_is_kept_once_and_sealed(database_url: str) -> None:
    world = locked(database_url)
    request, _ = carried_out(world)
    order = Keep.of(request, "analysis", b"numbers")
    assert world.refusal(keep, order, by=STATISTICIAN).code == "package_missing"
    first = world.do(keep, Keep.of(request, "package", b"PBO and IL2"), by=STATISTICIAN)
    assert world.do(keep, Keep.of(request, "package", b"others"), by=STATISTICIAN) == first
    (row,) = world.rows(Handover)
    assert b"PBO" not in row.sealed
    assert "PBO" not in "".join(entry.body for entry in world.rows(AuditEntry, act="handover.keep"))
    with world.database.read.connect() as connection:
        assert fetched(connection, world.vault, request, "package") == b"PBO and IL2"
        assert fetched(connection, world.vault, request, "analysis") is None


def test_in_two_steps_arms_are_letters_first(database_url: str) -> None:
    world = locked(database_url, lock=two_steps())
    _, opening = carried_out(world)
    first = opened(world, opening)
    assert (first.view, first.active, first.control) == ("letters", "A", "B")
    told = repr({name: [dict(row) for row in rows] for name, rows in first.tables.items()})
    for arm in world.study.arms:
        assert f"'{arm.id}'" not in told
        assert f"'{arm.kit_type}'" not in told
    assert "seed" not in first.facts
    assert {row["arm"] for row in first.tables["allocations"]} <= {"A", "B"}
    _, opening = carried_out(world)
    second = opened(world, opening)
    assert second.view == "final"
    pairs = {
        (a["arm"], b["arm"])
        for a, b in zip(first.tables["randomization_list"], second.tables["randomization_list"], strict=True)
    }
    assert len(pairs) == 2, "one letter for each arm, throughout"
    assert world.refusal(ask_release, AskRelease(told="a third"), by="trial_statistician").code == "nothing_to_release"
    assert sorted(row.view for row in world.rows(Release)) == ["final", "letters"]


@pytest.mark.parametrize("tables", [[], ["adverse_event", "event_version"]])
def test_between_the_two_steps_the_drug_goes_back_and_nothing_else_moves(database_url: str, tables: list[str]) -> None:
    world = locked(database_url, lock=two_steps())
    carried_out(world)
    kits = tuple(sorted(one.number for one in world.rows(Kit, site="01", state="not_dispensed")))
    back = DisposeOf(site="01", kits=kits, method="Example carrier, waybill 1")
    world.do(send_back, back, by="pharmacist_01")
    assert data(world) != world.row(Release).data_sha256
    order = CarryOut(request=allowed(world))
    if not tables:
        world.do(carry_out, order, by=STATISTICIAN)
        return
    participant = next(row.participant for row in world.rows(Randomization) if row.site == "01")
    world.do(report_event, reporting(world, participant), by="investigator_01")
    refused = world.refusal(carry_out, order, by=STATISTICIAN)
    assert (refused.code, refused.facts["tables"]) == ("data_moved", tables)


def two_steps() -> Any:
    return study_of_tests().lock.model_copy(update={"two_steps": True})


def test_who_signs_is_as_the_study_says(database_url: str) -> None:
    world = locked(database_url)
    assert world.refusal(ask_release, AskRelease(told="now"), by="sponsor").code == "nothing_to_sign"
