"""Laying the list: sealed at once, published by what binds it, once for a trial, and never told."""

import json
from collections import Counter

import pytest

from irt.randomization.opening import AmendStudy, OpenStudy, amend_study, open_study
from irt.randomization.prepare import PrepareList, SealOwnList, prepare_list, seal_own_list
from irt.randomization.tables import PublishedList
from irt.supply.readiness import LaySites, lay_sites
from irt.vault import _rows
from irt.vault._seal import disclose
from irt.vault._tables import SealedList, SealedSlot, StratumCounter
from irt.vault.check import faults
from tests.cast import World, world

STATISTICIAN = "unblinded_statistician"


@pytest.fixture
def trial(database_url: str) -> World:
    return world(database_url)


def design(world: World, *sizes: int, slots: int | None = None) -> PrepareList:
    return PrepareList(block_sizes=sizes or (2, 4), slots=slots or world.study.cap)


def own_list(world: World, slots: int | None = None, arm: str | None = None, *, reverse: bool = False) -> SealOwnList:
    arms = [one.id for one in world.study.arms]
    lines = [
        f"{stratum},{position},{arm or arms[position % len(arms)]}"
        for stratum in sorted(world.study.strata_keys(), reverse=reverse)
        for position in range(1, (slots or world.study.cap) + 1)
    ]
    return SealOwnList.from_file("\n".join(["stratum,position,arm", *lines]).encode())


def check(world: World) -> list[object]:
    published = world.row(PublishedList)
    with world.database.read.connect() as connection:
        return list(faults(connection, world.vault, world.study, published.merkle_root, published.seed_sha256))


def test_a_prepared_list_is_sealed_and_published_by_what_binds_it(trial: World) -> None:
    told = trial.do(prepare_list, design(trial), by=STATISTICIAN)
    published = trial.row(PublishedList)
    assert (told.merkle_root, told.seed_sha256) == (published.merkle_root, published.seed_sha256)
    assert told.strata == dict.fromkeys(trial.study.strata_keys(), trial.study.cap) == published.strata
    slots = trial.rows(SealedSlot)
    assert Counter(slot.stratum for slot in slots) == told.strata
    arms = Counter(disclose(_rows.arm_of(trial.vault, slot)) for slot in slots)
    assert set(arms) == {arm.id for arm in trial.study.arms}
    assert max(arms.values()) - min(arms.values()) <= 4 * len(trial.study.strata_keys())
    assert {(row.used, row.slots) for row in trial.rows(StratumCounter)} == {(0, trial.study.cap)}
    assert check(trial) == []


def test_a_study_file_that_names_its_strata_in_another_order_is_held_against_the_same_root(trial: World) -> None:
    trial.do(prepare_list, design(trial), by=STATISTICIAN)
    reordered = trial.under(strata=tuple(
        factor.model_copy(update={"levels": factor.levels[::-1]}) if factor.levels and factor.cut is None else factor
        for factor in trial.study.strata
    ))  # fmt: skip
    assert sorted(reordered.study.strata_keys()) == sorted(trial.study.strata_keys())
    assert reordered.study.strata_keys() != trial.study.strata_keys()
    assert check(reordered) == []


def test_the_audit_trail_holds_nothing_of_the_design(trial: World) -> None:
    trial.do(prepare_list, design(trial, 2, 6, slots=777), by=STATISTICIAN)
    entry = json.loads(trial.last_audit().body)
    assert entry["order"] == {}
    assert "block_sizes" not in trial.last_audit().body
    bulk = next(change for change in entry["changes"] if change[0] == "sealed_slot")
    assert bulk[2] == "bulk"
    assert bulk[3]["count"] == 777 * len(trial.study.strata_keys())


def test_a_list_is_laid_once(trial: World) -> None:
    first = trial.perform(prepare_list, design(trial), by=STATISTICIAN, request_id="once")
    again = trial.perform(prepare_list, design(trial), by=STATISTICIAN, request_id="once")
    assert (again.answer, again.repeated) == (first.answer, True)
    assert trial.refusal(prepare_list, design(trial), by=STATISTICIAN).code == "list_prepared_already"
    assert trial.refusal(seal_own_list, own_list(trial), by=STATISTICIAN).code == "list_prepared_already"
    assert len(trial.rows(SealedList)) == 1


def test_a_wrong_design_is_refused_with_every_mistake_and_the_trail_keeps_their_number(trial: World) -> None:
    refused = trial.refusal(prepare_list, design(trial, 3, 4, slots=5), by=STATISTICIAN)
    assert refused.code == "design_mistakes"
    keys = [str(mistake).split(":")[0] for mistake in refused.facts["mistakes"]]  # type: ignore[attr-defined]
    assert keys == ["block_sizes[0]", "slots"]
    assert json.loads(trial.last_audit().body)["facts"] == {"mistakes": 2}


@pytest.mark.parametrize("by", ["trial_statistician", "trial_manager", "supply_manager", "administrator"])
def test_others_lay_no_list(trial: World, by: str) -> None:
    assert trial.refusal(prepare_list, design(trial), by=by).code == "role_not_allowed"
    assert trial.refusal(seal_own_list, own_list(trial), by=by).code == "role_not_allowed"


def test_an_open_study_takes_no_list(trial: World) -> None:
    trial.do(lay_sites, LaySites(), by="operator")
    trial.do(prepare_list, design(trial), by=STATISTICIAN)
    trial.do(open_study, OpenStudy(), by="trial_manager")
    assert trial.refusal(seal_own_list, own_list(trial), by=STATISTICIAN).code == "study_state"


@pytest.mark.parametrize("reverse", [False, True])  # the order of the strata in the file says nothing
def test_a_list_made_elsewhere_is_sealed_in_its_order(trial: World, reverse: bool) -> None:
    told = trial.do(seal_own_list, own_list(trial, reverse=reverse), by=STATISTICIAN)
    assert told.seed_sha256 is None
    arms = [one.id for one in trial.study.arms]
    for slot in trial.rows(SealedSlot):
        assert disclose(_rows.arm_of(trial.vault, slot)) == arms[slot.position % len(arms)]
    assert check(trial) == []
    assert json.loads(trial.last_audit().body)["order"] == {}


@pytest.mark.parametrize("wrong", ["kit types exchanged", "order", "ratio", "name"])
def test_arms_that_are_not_those_of_the_list_are_neither_opened_with_nor_amended_to(trial: World, wrong: str) -> None:
    one, two = trial.study.arms
    arms = {
        "kit types exchanged": (one.model_copy(update={"kit_type": two.kit_type}),
                                two.model_copy(update={"kit_type": one.kit_type})),
        "order": (two, one),
        "ratio": (one, two.model_copy(update={"ratio": 2})),
        "name": (one, two.model_copy(update={"id": "another"})),
    }  # fmt: skip
    trial.do(lay_sites, LaySites(), by="operator")
    trial.do(prepare_list, design(trial), by=STATISTICIAN)
    trial.actor("trial_manager")
    changed = trial.under(arms=arms[wrong])
    assert changed.refusal(open_study, OpenStudy(), by="trial_manager").code == "list_arms"
    trial.do(open_study, OpenStudy(), by="trial_manager")
    refused = changed.refusal(amend_study, AmendStudy(reason="Amendment 3"), by="trial_manager")
    assert (refused.code, refused.facts) == ("list_arms", {}), "an arm is not named"


def test_a_wrong_list_names_every_row_and_no_arm(trial: World) -> None:
    stratum, arm = trial.study.strata_keys()[0], trial.study.arms[0].id
    lines = ["stratum,position,arm", f"{stratum},1,{arm}", f"{stratum},3,{arm}", f"nowhere,1,{arm}", f"{stratum},3,X"]
    refused = trial.refusal(seal_own_list, SealOwnList.from_file("\n".join(lines).encode()), by=STATISTICIAN)
    assert refused.code == "list_mistakes"
    mistakes = [str(one) for one in refused.facts["mistakes"]]  # type: ignore[attr-defined]
    assert [one.split(":")[0] for one in mistakes[:3]] == ["row 3, position", "row 4, stratum", "row 5, arm"]
    assert len(mistakes) == 3 + len(trial.study.strata_keys())
    assert not [one for one in mistakes for kind in trial.study.arms if kind.id in one.split()]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"arm,stratum,position\n", b"stratum,position,arm\n"])
def test_a_file_that_is_no_list_is_refused(trial: World, content: bytes) -> None:
    refused = trial.refusal(seal_own_list, SealOwnList.from_file(content), by=STATISTICIAN)
    assert refused.code == "list_mistakes"
