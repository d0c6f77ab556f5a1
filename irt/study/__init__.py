"""study.toml parsed into frozen values; every mistake in it is named by its key, with its remedy, in one run."""

from irt.study.checks import FOLLOWED_ENZYME, Check
from irt.study.closing import AdverseEventTerm, Analysis, Endpoint, Lock, Safety
from irt.study.design import ActivityRoute, Arm, BaselineField, Criterion, Factor, Site, Threshold
from irt.study.instruments import CoreSet, Enzyme, Instrument, InstrumentField, PrednisoneEquivalent, Total
from irt.study.label import Label
from irt.study.laboratory import LaboratoryTest
from irt.study.mistakes import Mistake, StudyMistakes, report
from irt.study.parse import check_study, load_study, parse_study
from irt.study.part import Words
from irt.study.schedule import Ancillary, Choice, Dosing, Kit, StopReason, Supply, Treatment, UnscheduledVisit, Visit
from irt.study.whole import Study

__all__ = [
    "FOLLOWED_ENZYME",
    "ActivityRoute",
    "AdverseEventTerm",
    "Analysis",
    "Ancillary",
    "Arm",
    "BaselineField",
    "Check",
    "Choice",
    "CoreSet",
    "Criterion",
    "Dosing",
    "Endpoint",
    "Enzyme",
    "Factor",
    "Instrument",
    "InstrumentField",
    "Kit",
    "Label",
    "LaboratoryTest",
    "Lock",
    "Mistake",
    "PrednisoneEquivalent",
    "Safety",
    "Site",
    "StopReason",
    "Study",
    "StudyMistakes",
    "Supply",
    "Threshold",
    "Total",
    "Treatment",
    "UnscheduledVisit",
    "Visit",
    "Words",
    "check_study",
    "load_study",
    "parse_study",
    "report",
]
