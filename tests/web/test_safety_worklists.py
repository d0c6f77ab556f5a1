"""What waits about safety: laboratory values for the investigator, events to code for the data manager."""

from irt.safety.coding import import_dictionary
from irt.safety.laboratory import DismissLabs, dismiss_labs
from tests.safety.dictionary import release
from tests.safety.sampled import normal, sampled
from tests.safety.told import reported
from tests.treated import treated
from tests.web.test_worklists import seen_by

VALUES, TO_CODE = "Laboratory values to look at", "Events to code"


def test_a_value_waits_for_the_site_s_investigator_until_somebody_judges_it(database_url: str) -> None:
    one = normal(database_url, "01", "02")
    one.on_day(20)
    assert VALUES not in seen_by(one.world, "investigator_01")
    number = sampled(one, 15, alt="250")
    page = seen_by(one.world, "investigator_01")
    assert VALUES in page
    assert "grade 3" in page
    assert f"/participants/{one.id}/labs/" in page
    for name in ("investigator_02", "coordinator_01", "assessor_01", "monitor"):
        assert VALUES not in seen_by(one.world, name), name
    no = DismissLabs(participant=one.id, sample=number, analyte="alt", grade=3, reason="of the myositis")
    one.world.do(dismiss_labs, no, by="investigator_01")
    assert VALUES not in seen_by(one.world, "investigator_01")


def test_events_wait_for_a_code_once_there_is_a_dictionary(database_url: str) -> None:
    one = treated(database_url, "01")
    one.on_day(5)
    reported(one.world, one.id, term=None, verbatim="Itch, invented")
    assert TO_CODE not in seen_by(one.world, "data_manager")
    one.world.do(import_dictionary, release(), by="data_manager")
    page = seen_by(one.world, "data_manager")
    assert TO_CODE in page
    assert "1 wait" in page
    assert TO_CODE not in seen_by(one.world, "medical_monitor")
