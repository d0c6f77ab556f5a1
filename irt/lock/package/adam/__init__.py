"""The analysis datasets: ADaM as ADaMIG 1.3 names its variables: ADSL, ADRS, ADAE.

Populations, scores and responses stand in the tables that were handed over; nothing of them is decided again here.
"""

from irt.lock.opened import Opened
from irt.lock.package.adam.adverse_events import adverse_events
from irt.lock.package.adam.responses import responses
from irt.lock.package.adam.subject_level import subject_level
from irt.lock.package.dataset import Dataset
from irt.lock.package.subjects import Subjects


def adam_datasets(opened: Opened) -> list[Dataset]:
    """ADSL, and those of ADRS and ADAE that have a record."""
    subjects = Subjects(opened)
    return [made for part in (subject_level, responses, adverse_events) if (made := part(subjects)).rows]
