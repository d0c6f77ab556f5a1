"""The tabulation datasets: SDTM (version 2.0 as SDTMIG 3.4 names its variables), of what an IRT service holds."""

from irt.lock.opened import Opened
from irt.lock.package.dataset import Dataset
from irt.lock.package.sdtm.demographics import demographics
from irt.lock.package.sdtm.events import adverse_events, disposition
from irt.lock.package.sdtm.exposure import accountability, exposure
from irt.lock.package.sdtm.laboratory import laboratory
from irt.lock.package.sdtm.questionnaires import questionnaires
from irt.lock.package.sdtm.vital_signs import vital_signs
from irt.lock.package.subjects import Subjects

DOMAINS = (
    demographics, disposition, adverse_events, exposure, accountability, laboratory, questionnaires, vital_signs,
)  # fmt: skip


def sdtm_datasets(opened: Opened) -> list[Dataset]:
    """Every domain that has a record; what has none is left out."""
    subjects = Subjects(opened)
    return [made for domain in DOMAINS if (made := domain(subjects)).rows]
