"""The status of a site is set from what is in date on its shelf: at receipts, and anew every day."""

from datetime import timedelta

import pytest

from irt.dispensing.review import ReviewShelves, review_shelves
from irt.gate.refusals import Refused
from irt.randomization.randomize import RandomizeOrder, randomize
from irt.supply.tables import Kit, Shelf
from tests.cast import World
from tests.stocked import eligible, on_shelf, running_trial, take_away


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def status(world: World) -> dict[str, str]:
    return {shelf.site: shelf.randomization for shelf in world.rows(Shelf) if shelf.site in ("01", "02")}


def test_a_site_that_runs_out_of_one_type_is_closed_overnight(trial: World) -> None:
    assert status(trial) == {"01": "open", "02": "open"}
    assert trial.do(review_shelves, ReviewShelves(), by="operator") == 2
    kind = min(on_shelf(trial, "01"))
    take_away(trial, on_shelf(trial, "01")[kind], state="damaged")
    assert status(trial)["01"] == "open"  # nothing is said at once: what was taken tells nobody what it was
    assert trial.do(review_shelves, ReviewShelves(), by="operator") == 1
    assert status(trial) == {"01": "closed", "02": "open"}
    person = eligible(trial)
    with pytest.raises(Refused, match="site_closed_for_randomization"):
        trial.do(randomize, RandomizeOrder(participant=person.id), by="coordinator_01")


def test_a_site_whose_kits_expire_too_soon_is_closed_overnight(trial: World) -> None:
    latest = max(kit.expiry for kit in trial.rows(Kit, site="01"))
    trial.clock.advance(timedelta(days=(latest - trial.clock.now().date()).days - 5))
    assert trial.do(review_shelves, ReviewShelves(), by="operator") == 0
    assert status(trial) == {"01": "closed", "02": "closed"}


def test_only_the_operator_sets_the_status(trial: World) -> None:
    assert trial.refusal(review_shelves, ReviewShelves(), by="pharmacist_01").code == "role_not_allowed"
