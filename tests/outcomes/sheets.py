"""Sheets of the IL-2 trial as raters write them, for whoever is under treatment at site 01."""

from datetime import date
from typing import Any

from irt.outcomes.capture import CorrectForm, Sheet, rate, record
from irt.outcomes.tables import OutcomeForm
from tests.treated import Patient

MUSCLES = (
    "neck_flexors", "deltoid", "biceps", "wrist_extensors", "gluteus_maximus", "gluteus_medius", "quadriceps",
    "ankle_dorsiflexors",
)  # fmt: skip
ORGANS = (
    "extramuscular", "constitutional", "cutaneous", "skeletal", "gastrointestinal", "pulmonary", "cardiovascular",
    "other", "muscle",
)  # fmt: skip
CATEGORIES = ("dressing", "arising", "eating", "walking", "hygiene", "reach", "grip", "activities")
ENZYMES = {
    "ck": "1400", "ck_uln": "200", "ldh": "300", "ldh_uln": "250", "ast": "60", "ast_uln": "40", "alt": "50",
    "alt_uln": "40",
}  # fmt: skip
BY = {"assessor": "assessor_01", "physician_assessor": "physician_assessor_01", "coordinator": "coordinator_01"}


def muscles(each: str = "7", **other: str) -> dict[str, str]:
    """MMT-8 with the same for each muscle, but for those named."""
    return {f"mmt8.{name}": other.get(name, each) for name in MUSCLES}


def activity(vas: str = "5.5") -> dict[str, str]:
    """The physician-assessor's: global activity and the MDAAT."""
    mdaat = dict.fromkeys((f"mdaat.{name}" for name in ORGANS), vas)
    return {"physician_global.vas": vas, **mdaat, **{f"mdaat.item.{number}": "1" for number in range(1, 27)}}


def answers(each: str = "1", vas: str = "4.0", **other: str) -> dict[str, str]:
    """The participant's: HAQ with the same for each category, but for those named, and the global VAS."""
    return {"patient_global.vas": vas} | {f"haq.{name}": other.get(name, each) for name in CATEGORIES}


def sources(**enzymes: str) -> dict[str, str]:
    """What the coordinator takes from sources: enzymes, lung, imaging, glucocorticoid."""
    return {
        **{f"muscle_enzymes.{name}": text for name, text in {**ENZYMES, **enzymes}.items()},
        "pulmonary_function.fvc": "82.5", "chest_imaging.ild": "absent",
        "glucocorticoid.drug": "methylprednisolone", "glucocorticoid.dose": "8",
    }  # fmt: skip


def by_rater() -> dict[str, dict[str, str]]:
    """A whole visit, by the role that records it."""
    return {
        "assessor": muscles() | {"cdasi.activity": "24", "cdasi.damage": "3"},
        "physician_assessor": activity(),
        "coordinator": sources() | answers(),
    }


def sheet(one: Patient, visit: str = "W0", on: date | None = None, **other: Any) -> Sheet:
    """A sheet of a visit, of MMT-8 on study day 1 unless told."""
    values = {"readings": muscles(), **other}
    return Sheet(participant=one.id, visit=visit, assessed_on=on or one.day_1, **values)


def correction(one: Patient, instrument: str, readings: dict[str, str], **other: Any) -> CorrectForm:
    """A form of the first visit as it should read."""
    told = {"visit": "W0", "assessed_on": one.day_1, "revision": 2, "reason": "copied wrongly from the paper", **other}
    return CorrectForm(participant=one.id, instrument=instrument, readings=readings, **told)


def whole_visit(one: Patient, visit: str = "W0", on: date | None = None, **changed: str) -> None:
    """Everybody records what they have of a visit; `changed` by `instrument__key`."""
    other = {name.replace("__", ".", 1): text for name, text in changed.items()}
    for role, readings in by_rater().items():
        mine = {name: other.get(name, text) for name, text in readings.items()}
        order = sheet(one, visit, on, readings=mine)
        one.world.do(record if role == "coordinator" else rate, order, by=BY[role])


def forms(one: Patient, **equal: Any) -> list[Any]:
    """The stored revisions of forms, by visit, instrument and revision."""
    found = one.world.rows(OutcomeForm, participant=one.id, **equal)
    return sorted(found, key=lambda row: (row.visit, row.instrument, row.revision))
