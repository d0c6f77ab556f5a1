"""Unlocking: with a reason, by everybody who is asked, for some days, as a version of its own."""

from datetime import timedelta

from irt.gate.tables import StudyState
from irt.lock.release import CarryOut, carry_out
from irt.lock.steps import SignLock, sign_lock
from irt.lock.tables import LockRequest, LockStep, Release
from irt.lock.unlocking import AskUnlock, LapseUnlock, SignUnlock, ask_unlock, lapse_unlock, sign_unlock
from tests.cast import World
from tests.lock.locked import allowed, asked, carried_out, data, locked, signed_for, signer, waiting


def wish(world: World, **other: object) -> AskUnlock:
    values = {"reason": "a form was read wrongly", "records": "02-0001, MMT-8 at week 12", "data_sha256": data(world)}
    return AskUnlock.model_validate(values | other)


def state(world: World) -> str:
    return str(world.row(StudyState).state)


def unlocked(world: World, **other: object) -> str:
    """Everybody agrees; answers the request."""
    request: str = world.do(ask_unlock, wish(world, **other), by="data_manager")
    for role in world.study.lock.reopen_signers:
        if role != "data_manager":
            world.do(sign_unlock, SignUnlock(request=request), by=signer(role))
    return request


def test_everybody_agrees_and_the_next_version_begins(database_url: str) -> None:
    world = locked(database_url)
    unlocked(world)
    assert state(world) == "frozen"
    (step,) = world.rows(LockStep, kind="unlocked")
    assert step.until == step.done_at + timedelta(days=world.study.lock.reopen_days)
    assert world.refusal(sign_lock, SignLock(data_sha256="0" * 64), by="sponsor").code == "data_changed"
    signed_for(world)
    assert state(world) == "locked"
    assert sorted(row.version for row in world.rows(LockStep, kind="locked")) == [1, 2]


def test_what_is_asked_names_what_was_shown(database_url: str) -> None:
    world = locked(database_url)
    assert world.refusal(ask_unlock, wish(world, data_sha256="0" * 64), by="data_manager").code == "data_changed"
    assert world.refusal(ask_unlock, wish(world), by="sponsor").code == "role_not_allowed"
    request = world.do(ask_unlock, wish(world), by="data_manager")
    assert world.refusal(sign_unlock, SignUnlock(request=request), by="data_manager").code == "signed_already"
    assert world.refusal(sign_unlock, SignUnlock(request=request), by="monitor").code == "nothing_to_sign"
    assert world.refusal(sign_unlock, SignUnlock(request="nowhere"), by="sponsor").code == "not_found"
    assert state(world) == "locked"


def test_after_its_days_it_is_closed_until_more_are_granted(database_url: str) -> None:
    world = locked(database_url)
    assert world.do(lapse_unlock, LapseUnlock(), by="operator") == 0, "nothing was unlocked"
    unlocked(world)
    world.clock.advance(timedelta(days=world.study.lock.reopen_days - 1))
    assert world.do(lapse_unlock, LapseUnlock(), by="operator") == 0
    world.clock.advance(timedelta(days=2))
    assert world.do(lapse_unlock, LapseUnlock(), by="operator") == 1
    assert state(world) == "closing"
    assert world.do(lapse_unlock, LapseUnlock(), by="operator") == 0
    unlocked(world)
    assert state(world) == "frozen"
    world.clock.advance(timedelta(days=world.study.lock.reopen_days + 1))
    world.do(lapse_unlock, LapseUnlock(), by="operator")
    assert waiting(world) == {}, "nothing changed: what was signed before still stands"
    signed_for(world)
    assert state(world) == "locked"


def test_after_a_release_it_needs_a_justification(database_url: str) -> None:
    world = locked(database_url)
    before, _ = carried_out(world)
    assert world.refusal(ask_unlock, wish(world), by="data_manager").code == "justification_needed"
    unlocked(world, justification="the regulator asks for the corrected form")
    assert state(world) == "frozen"
    signed_for(world)
    order = CarryOut(request=before)
    assert world.refusal(carry_out, order, by="unblinded_statistician").code == "request_lapsed"
    carried_out(world)
    assert sorted(row.version for row in world.rows(Release)) == [1, 2]
    (kept,) = world.rows(LockRequest, kind="unlock")
    assert kept.justification == "the regulator asks for the corrected form"


def test_a_request_to_release_lapses_with_the_version(database_url: str) -> None:
    world = locked(database_url)
    request = allowed(world)
    unlocked(world)
    assert world.refusal(carry_out, CarryOut(request=request), by="unblinded_statistician").facts == {"state": "frozen"}
    signed_for(world)
    assert world.refusal(carry_out, CarryOut(request=request), by="unblinded_statistician").code == "request_lapsed"
    assert asked(world) != request


def test_one_released_meanwhile_needs_the_justification_too(database_url: str) -> None:
    world = locked(database_url)
    request = world.do(ask_unlock, wish(world), by="data_manager")
    carried_out(world)
    assert world.refusal(sign_unlock, SignUnlock(request=request), by="sponsor").code == "justification_needed"
