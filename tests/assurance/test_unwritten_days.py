"""Vials are held against the diary where it is whole: not after a hold that ended later than its last line."""

import pytest

from irt.assurance.verify import verify
from irt.dispensing.returns import ReturnKit, return_kit
from irt.dispensing.tables import Discrepancy
from irt.dispensing.treatment import HoldTreatment, ResumeTreatment, hold_treatment, resume_treatment
from irt.migrate import newest
from tests.treated import Patient, treated


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url)


def test_days_after_a_hold_that_nobody_wrote_down_are_a_gap(one: Patient) -> None:
    service = one.world.service
    one.on_day(7)
    one.take(2, 3)
    hold = HoldTreatment(participant=one.id, from_on=one.day(7), hold_reason="fever")
    one.world.do(hold_treatment, hold, by="investigator_01")
    one.on_day(11)
    one.world.do(resume_treatment, ResumeTreatment(participant=one.id, resumed_on=one.day(11)), by="investigator_01")
    one.on_day(29)
    counted = ReturnKit(
        participant=one.id, kit=one.kit, returned_on=one.day(29), unused=6, used=12, broken=0, lost=0
    )  # fmt: skip
    one.world.do(return_kit, counted, by="pharmacist_01")
    assert one.world.rows(Discrepancy) == [], "of days that are not written yet nothing is asked"
    assert verify(service.database, service.keys, service.vault, service.study, revision=newest()) == []
