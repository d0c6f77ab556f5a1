"""Each role's start page names what waits for it, one click from doing it; what is nobody's is not there."""

from collections.abc import Callable

import pytest

from irt.conduct.study_acts import PauseStudy, pause_study
from irt.dispensing.withdrawal import withdraw
from irt.gate.act import spec_of
from irt.participants.leave import screen_fail
from irt.randomization.opening import AmendStudy, amend_study
from irt.web import create
from tests.cast import World
from tests.setting import open_trial, recorded, screened
from tests.web.conftest import Visitor


def seen_by(world: World, name: str, path: str = "/") -> str:
    """A page as somebody of the cast sees it, in English."""
    world.actor(name)
    visitor = Visitor(create(world.service))
    visitor.sign_in(name)
    visitor.get("/language/en")
    return visitor.get(path).text


def test_a_new_consent_version_waits_for_everybody_in_the_trial(trial: World) -> None:
    one = screened(open_trial(trial, "01"))
    assert "Consent to renew" not in seen_by(trial, "coordinator_01")
    after = trial.under(consent_version="99.0")
    after.do(amend_study, AmendStudy(reason="A new information sheet"), by="trial_manager")
    page = seen_by(after, "coordinator_01")
    assert "Consent to renew" in page
    assert f"/participants/{one.id}/consent" in page
    assert one.id not in seen_by(after, "coordinator_02")


@pytest.mark.parametrize("name", ["sponsor", "medical_monitor", "trial_manager"])
def test_whoever_may_pause_sees_the_pauses_in_force(trial: World, name: str) -> None:
    open_trial(trial, "01")
    assert "Pauses in force" not in seen_by(trial, name)
    pause = PauseStudy(what="dispensing", reason="A recall is being looked into")
    trial.do(pause_study, pause, by="trial_manager")
    assert "Pauses in force" in seen_by(trial, name)


def test_a_delegation_waits_again_when_somebody_comes(trial: World) -> None:
    open_trial(trial, "01")
    assert "/sites/01/delegation" not in seen_by(trial, "investigator_01")
    trial.actor("coordinator_01")
    assert "/sites/01/delegation" in seen_by(trial, "investigator_01")
    assert "Coordinator 01: Coordinator" in seen_by(trial, "investigator_01", "/sites/01/delegation")


@pytest.mark.parametrize("leaving", [screen_fail, withdraw])
def test_why_somebody_left_stands_on_their_page(trial: World, leaving: Callable[..., None]) -> None:
    one = recorded(open_trial(trial, "01"))
    trial.do(leaving, spec_of(leaving).order(participant=one.id, reason="Moved to another town"), by="coordinator_01")
    assert "Moved to another town" in seen_by(trial, "monitor", f"/participants/{one.id}")
    assert "Moved to another town" not in seen_by(trial, "assessor_01", f"/participants/{one.id}")
