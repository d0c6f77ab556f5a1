"""What the tables of kits say that the database does not: days by the depot's clock."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from irt.dispensing.tables import Discrepancy, Disposal, KitReturn
from irt.lock.extract import Trial
from irt.lock.extract.kits import accountability
from irt.participants.tables import Participant
from irt.supply.tables import Destruction, Kit, Movement
from tests.wiring import study_of_tests

LATE = datetime(2028, 3, 1, 22, 30, tzinfo=UTC)  # the next day in Shanghai, the same one in Berlin


@pytest.mark.parametrize(("zone", "day"), [("Asia/Shanghai", date(2028, 3, 2)), ("Europe/Berlin", date(2028, 3, 1))])
def test_a_kit_is_destroyed_on_a_day_of_the_depot(zone: str, day: date) -> None:
    study = study_of_tests()
    assert study.sites[0].time_zone == "Asia/Shanghai"
    study = study.model_copy(update={"supply": study.supply.model_copy(update={"depot_time_zone": zone})})
    trial = Trial(None, study, LATE)  # type: ignore[arg-type]
    row: Any = SimpleNamespace
    trial._read = {
        Participant: [row(id="p", screening_number="01-0001", site="01")],
        Kit: [row(number="100001", site="01", state="destroyed", vials=14)],
        Movement: [row(kit="100001", after="dispensed", participant="p")],
        Destruction: [row(state="done", kits=["100001"], signed_at=LATE)],
        Disposal: [], Discrepancy: [], KitReturn: [],
    }  # fmt: skip
    (told,) = accountability(trial)
    assert told["destroyed_on"] == day.isoformat()
