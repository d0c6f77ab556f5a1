"""What befalls people under treatment: how often, how badly, for how long, and what is thought of it.

The rates are examples. Fever, chills, a rash and the place of an injection are likelier while the box at hand holds the
test drug, which nature alone knows; infections and pains come of the disease and of living, in everybody alike.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from irt.safety.facts import HIGHEST, THREATENING
from irt.simulation.nature import Chance
from irt.study import Study

IN_HOSPITAL_FROM, IN_HOSPITAL = 3, 0.3  # grade, and how often
PROCEDURE = 0.1


@dataclass(frozen=True)
class Cause:
    """One thing that may befall somebody on a day."""

    term: str | None  # of the study's list; None: in words alone
    words: tuple[str, ...]
    drug: float  # a day, while the box at hand holds the test drug
    other: float  # a day, of anybody else
    grades: tuple[float, ...] = (0.63, 0.29, 0.07, 0.01, 0.0)  # weights of grades 1 to 5
    days: int = 6  # until it is over, about
    in_hospital: float = 0.0  # whatever the grade


INJECTION = Cause(
    "injection_site_reaction", ("注射处红肿", "redness where it was injected"), 0.0032, 0.0007, (0.8, 0.19, 0.01, 0, 0)
)
LUNG_INFECTION = Cause(
    "lung_infection", ("肺炎", "pneumonia"), 0.00022, 0.00022, (0, 0.3, 0.55, 0.15, 0), 16, in_hospital=0.7
)
ANAPHYLAXIS = Cause("anaphylaxis", ("注射后休克", "collapse after an injection"), 0.0, 0.0, (0, 0, 0.4, 0.6, 0), 3)
CAUSES = (
    Cause("fever", ("发热", "fever in the evening"), 0.0017, 0.0004),
    Cause("chills", ("寒战", "shivers after the injection"), 0.0011, 0.0002, days=2),
    Cause("flu_like", ("流感样症状", "felt as if a flu were coming"), 0.0008, 0.0002),
    INJECTION,
    Cause("rash", ("躯干皮疹", "spots on the trunk"), 0.0011, 0.0003, days=12),
    Cause("urticaria", ("荨麻疹", "hives"), 0.0003, 0.0001),
    Cause("upper_respiratory_infection", ("感冒", "a cold"), 0.0016, 0.0016, (0, 0.93, 0.07, 0, 0), 8),
    LUNG_INFECTION,
    Cause("other_infection", ("尿路感染", "带状疱疹", "a urinary infection"), 0.0005, 0.0005, days=10),
    Cause("myalgia", ("肌肉疼痛", "sore muscles"), 0.0005, 0.0005, days=9),
    Cause(None, ("头痛", "a headache"), 0.0005, 0.0004, days=2),
    Cause(None, ("腹泻", "loose stools"), 0.0003, 0.0003, days=3),
    Cause(None, ("跌倒致骨折", "a fall with a broken wrist"), 0.00003, 0.00003, (0, 0, 1.0, 0, 0), 40, in_hospital=0.8),
)  # fmt: skip


@dataclass
class Illness:
    """An event of one participant as the site knows it by now."""

    facts: dict[str, Any]  # fields of the form, without those of the moment
    began: datetime
    days: int
    told: str | None = None
    event: str | None = None
    version: int = 0
    judged: bool = False  # by the sponsor
    over: bool = False

    @property
    def serious(self) -> bool:
        """Whether it is told as serious."""
        return bool(self.facts["seriousness"])


def daily(*, test_drug: bool) -> tuple[float, ...]:
    """How likely each cause is on one day."""
    return tuple(cause.drug if test_drug else cause.other for cause in CAUSES)


def facts_of(chance: Chance, study: Study, cause: Cause, *, worst: bool = False) -> dict[str, Any]:
    """What would be told of it by somebody who does not know what was injected; `worst`: as bad as it gets."""
    known = {one.id: one for one in study.adverse_event_terms}
    term = cause.term if cause.term in known else None
    grades = [grade for grade in known[term].grades if grade < HIGHEST] if term else list(range(1, HIGHEST))
    weights = [cause.grades[grade - 1] for grade in grades]
    grade = grades[-1] if worst or not any(weights) else grades[chance.one_of(weights)]
    seriousness: tuple[str, ...] = ()
    if grade >= THREATENING:
        seriousness = ("life_threatening", "hospitalisation")
    elif chance.happens(max(cause.in_hospital, IN_HOSPITAL if grade >= IN_HOSPITAL_FROM else 0.0)):
        seriousness = ("hospitalisation",)
    return {
        "verbatim": chance.pick(cause.words),
        "term": term,
        "grade": grade,
        "seriousness": seriousness,
        "causality_drug": _suspected(chance, cause),
        "causality_procedure": "possible" if cause is INJECTION or chance.happens(PROCEDURE) else "unrelated",
        "action": "none",
        "treatment": chance.pick(("paracetamol", "对症处理", None)) if grade > 1 else None,
        "outcome": "not_recovered",
        "reporter": "physician" if seriousness else chance.pick(("participant", "participant", "relative")),
    }


def _suspected(chance: Chance, cause: Cause) -> str:
    """Masked physicians suspect what the brochure names, whatever was injected."""
    named = cause.drug > cause.other or cause is ANAPHYLAXIS
    weights = (0.06, 0.14, 0.5, 0.24, 0.06) if named else (0.55, 0.27, 0.15, 0.03, 0.0)
    return ("unrelated", "unlikely", "possible", "probable", "definite")[chance.one_of(weights)]
