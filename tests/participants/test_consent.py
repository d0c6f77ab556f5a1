"""Renewed consent."""

from datetime import timedelta
from typing import Any

import pytest

from irt.participants.consent import ConsentAgain, consent_again
from irt.participants.leave import Leave, screen_fail
from irt.participants.tables import Consent, Participant
from irt.randomization.opening import AmendStudy, amend_study
from tests.cast import World, world
from tests.setting import open_trial, screened


@pytest.fixture
def amended(database_url: str) -> World:
    """01-0001 has consented to the old version; a new one is in force."""
    trial = open_trial(world(database_url), "01", "02")
    screened(trial)
    for name in ("investigator_01", "coordinator_02", "pharmacist_01"):
        trial.actor(name)
    trial.clock.advance(timedelta(days=10))
    newer = trial.under(consent_version="99.0")
    newer.do(amend_study, AmendStudy(reason="A new information sheet"), by="trial_manager")
    return newer


def again(world: World, **other: Any) -> ConsentAgain:
    participant = world.row(Participant).id
    values = {"participant": participant, "consent_version": "99.0", "consent_on": world.clock.now().date()}
    return ConsentAgain(**(values | other))


def test_a_renewed_consent_stands_beside_the_first(amended: World) -> None:
    order = again(amended)
    first = amended.perform(consent_again, order, by="coordinator_01", request_id="once")
    repeated = amended.perform(consent_again, order, by="coordinator_01", request_id="once")
    assert (repeated.seq, repeated.repeated) == (first.seq, True)
    assert len(amended.rows(Consent)) == 2
    assert amended.row(Consent, version="99.0").signed_on == order.consent_on
    assert amended.last_audit().participant == order.participant


def test_what_cannot_be_is_refused(amended: World) -> None:
    today = amended.clock.now().date()
    for change, code in (
        ({"consent_version": "98.0"}, "consent_version_not_current"),
        ({"consent_on": today + timedelta(days=1)}, "date_in_future"),
        ({"consent_on": today - timedelta(days=11)}, "consent_before_earlier"),
        ({"participant": "nobody"}, "not_found"),
    ):
        assert amended.refusal(consent_again, again(amended, **change), by="coordinator_01").code == code
    amended.do(consent_again, again(amended), by="investigator_01")
    assert amended.refusal(consent_again, again(amended), by="coordinator_01").code == "consent_already_recorded"


def test_others_record_no_consent(amended: World) -> None:
    assert amended.refusal(consent_again, again(amended), by="coordinator_02").code == "not_found"
    assert amended.refusal(consent_again, again(amended), by="pharmacist_01").code == "role_not_allowed"


def test_a_screen_failure_does_not_consent_again(amended: World) -> None:
    order = again(amended)
    amended.do(screen_fail, Leave(participant=order.participant, reason="An infection"), by="investigator_01")
    refused = amended.refusal(consent_again, order, by="coordinator_01")
    assert (refused.code, refused.facts["state"]) == ("participant_state", "screen_failed")
