"""Freezing, thawing, endorsing and signing: what each asks for, what it does, and what undoes it."""

import pytest

from irt.conduct.study_acts import PauseStudy, pause_study
from irt.gate.tables import StudyState
from irt.lock.steps import Endorse, Freeze, SignLock, Thaw, endorse, freeze, sign_lock, thaw
from irt.lock.tables import LockSignature, LockStep
from irt.participants.screen import screen
from tests.cast import World
from tests.lock.locked import (
    data,
    endorsed,
    frozen,
    left,
    locked,
    of_site,
    ready,
    reviewed,
    signed_for,
    signer,
    waiting,
)  # fmt: skip
from tests.setting import screening
from tests.stocked import running_trial


def state(world: World) -> str:
    return str(world.row(StudyState).state)


def test_nothing_is_frozen_while_somebody_is_in_the_trial(database_url: str) -> None:
    world = running_trial(database_url, "01")
    screened = world.do(screen, screening(world, site="01", identity_document="EXAMPLE-000001"), by="coordinator_01")
    refused = world.refusal(freeze, Freeze(), by="data_manager")
    assert (refused.code, refused.facts) == ("participants_under_way", {"count": 1, "first": screened.screening_number})


def test_the_whole_way_to_the_lock(database_url: str) -> None:
    world = left(database_url)
    assert set(waiting(world)) == {"endorsed", "blind_review"}
    frozen(world)
    assert state(world) == "frozen"
    endorsed(world)
    assert set(waiting(world)) == {"blind_review"}
    reviewed(world)
    assert waiting(world) == {}
    shown = data(world)
    signed_for(world)
    assert state(world) == "locked"
    assert sorted(row.kind for row in world.rows(LockStep)) == ["frozen", "locked"]
    (step,) = world.rows(LockStep, kind="locked")
    assert (step.version, step.data_sha256) == (1, shown)
    roles = [row.role for row in world.rows(LockSignature, step="lock")]
    assert sorted(roles) == sorted(world.study.lock.signers)
    assert len({row.account for row in world.rows(LockSignature, step="lock")}) == len(roles)


def test_frozen_sites_record_nothing(database_url: str) -> None:
    world = left(database_url)
    frozen(world)
    order = screening(world, site="01", identity_document="EXAMPLE-000009")
    assert world.refusal(screen, order, by="coordinator_01").facts == {"state": "frozen"}
    order = PauseStudy(what="randomization", reason="a pause")
    assert world.refusal(pause_study, order, by="trial_manager").code == "study_state"
    world.do(thaw, Thaw(reason="a form was forgotten"), by="data_manager")
    assert state(world) == "open"
    world.do(screen, screening(world, site="01", identity_document="EXAMPLE-000009"), by="coordinator_01")


def test_nobody_signs_while_something_is_open(database_url: str) -> None:
    world = left(database_url)
    frozen(world)
    refused = world.refusal(sign_lock, SignLock(data_sha256=data(world)), by="data_manager")
    assert (refused.code, refused.facts) == ("checklist_open", {"items": ["endorsed", "blind_review"]})


@pytest.mark.parametrize("by", ["coordinator_01", "unblinded_statistician", "administrator", "laboratory"])
def test_others_do_not_sign(database_url: str, by: str) -> None:
    world = ready(database_url)
    assert world.refusal(sign_lock, SignLock(data_sha256=data(world)), by=by).code == "role_not_allowed"


def test_each_signs_once_and_in_a_role_that_is_asked_for(database_url: str) -> None:
    world = ready(database_url)
    order = SignLock(data_sha256=data(world))
    world.do(sign_lock, order, by="data_manager")
    assert world.refusal(sign_lock, order, by="data_manager").code == "signed_already"
    assert world.refusal(sign_lock, order, by="monitor").code == "nothing_to_sign"
    assert world.refusal(sign_lock, order, by="investigator_02").code == "nothing_to_sign", "not of the lead site"


def test_other_data_ask_for_other_signatures(database_url: str) -> None:
    world = ready(database_url)
    assert world.refusal(sign_lock, SignLock(data_sha256="0" * 64), by="sponsor").code == "data_changed"
    for role in world.study.lock.signers[:-1]:
        world.do(sign_lock, SignLock(data_sha256=data(world)), by=signer(role))
    reviewed_again(world)
    signed_for(world)
    assert state(world) == "locked"


def reviewed_again(world: World) -> None:
    """A decision changes the data, and asks for a new meeting."""
    from irt.lock.review import Decide, decide
    from irt.participants.tables import Participant

    person = world.rows(Participant)[0]
    order = Decide(participant=person.id, population="full_analysis", included="no", reason="never dosed")
    world.do(decide, order, by="trial_statistician")
    assert world.refusal(sign_lock, SignLock(data_sha256=data(world)), by="data_manager").code == "checklist_open"
    reviewed(world)


def test_an_investigator_endorses_the_own_site(database_url: str) -> None:
    world = left(database_url)
    frozen(world)
    order = Endorse(site="02", data_sha256=of_site(world, "02"))
    assert world.refusal(endorse, order, by="investigator_01").code == "not_found"
    assert world.refusal(endorse, Endorse(site="01", data_sha256="0" * 64), by="investigator_01").code == "data_changed"
    order = Endorse(site="01", data_sha256=of_site(world, "01"))
    world.do(endorse, order, by="investigator_01")
    assert world.refusal(endorse, order, by="investigator_01").code == "signed_already"
    assert waiting(world)["endorsed"].waiting == ("02",)


def test_a_locked_database_takes_nothing(database_url: str) -> None:
    world = locked(database_url)
    for act, order, by in (
        (thaw, Thaw(reason="why"), "data_manager"),
        (freeze, Freeze(), "data_manager"),
        (screen, screening(world, site="01", identity_document="EXAMPLE-000009"), "coordinator_01"),
        (sign_lock, SignLock(data_sha256=data(world)), "sponsor"),
    ):
        assert world.refusal(act, order, by=by).facts == {"state": "locked"}
