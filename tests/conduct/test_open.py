"""Whether a site may screen, randomize or dispense: by its state, its own pause and the study's."""

from typing import Literal

import pytest

from irt.conduct.open import require_open
from irt.conduct.sites import CloseSite, PauseSite, SiteOrder, close_recruitment, close_site, pause_site
from irt.conduct.study_acts import PauseStudy, pause_study, resume_study
from irt.gate.act import REGISTRY, Act, Order, act
from irt.gate.fields import Code
from irt.gate.refusals import Refused
from tests.cast import World, world
from tests.setting import open_trial

EVERYTHING = ("screening", "randomization", "dispensing")
WHY = "The freezer failed"


@pytest.fixture
def trial(database_url: str) -> World:
    return open_trial(world(database_url), "01")


class May(Order):
    """What is to happen where."""

    site: Code
    what: Literal["screening", "randomization", "dispensing"]


@act("test.may", roles=["coordinator"])
def may(act: Act, order: May) -> str:
    """Ask as an act asks."""
    return str(require_open(act, order.site, order.what, lock=order.what == "screening").code)


REGISTRY.pop("test.may")  # it is no act of the service


def answers(world: World, site: str = "01") -> list[str]:
    found = []
    for what in EVERYTHING:
        try:
            found.append(world.do(may, May(site=site, what=what), by="coordinator_01"))
        except Refused as refused:
            found.append(refused.code)
    return found


def test_an_active_site_may_do_everything(trial: World) -> None:
    assert answers(trial) == ["01"] * 3
    assert answers(trial, "02") == ["not_found"] * 3
    assert answers(trial, "99") == ["not_found"] * 3


def test_a_site_that_is_not_active_yet_may_do_nothing(trial: World) -> None:
    refused = trial.refusal(may, May(site="02", what="dispensing"), by="coordinator_02")
    assert (refused.code, refused.facts["state"]) == ("site_inactive", "set_up")


def test_recruitment_ends_before_dispensing(trial: World) -> None:
    trial.do(close_recruitment, SiteOrder(site="01"), by="trial_manager")
    assert answers(trial) == ["site_inactive", "site_inactive", "01"]
    trial.do(close_site, CloseSite(site="01", reason="The end"), by="trial_manager")
    assert answers(trial) == ["site_inactive"] * 3


@pytest.mark.parametrize("what", ["randomization", "dispensing"])
def test_a_pause_stops_what_it_names(trial: World, what: str) -> None:
    order = PauseStudy(what=what, reason=WHY)
    stopped = ["01", *("study_paused" if what == one else "01" for one in EVERYTHING[1:])]
    trial.do(pause_study, order, by="sponsor")
    assert answers(trial) == stopped
    trial.do(pause_site, PauseSite(site="01", what=what, reason=WHY), by="investigator_01")
    trial.do(resume_study, order, by="sponsor")
    assert answers(trial) == [one.replace("study", "site") for one in stopped]
