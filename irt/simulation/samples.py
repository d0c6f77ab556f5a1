"""The site's laboratory at visits: values near the baseline, now and then a flare; what they suggest is looked at."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from irt.participants.baseline import current
from irt.participants.tables import BaselineValue
from irt.safety.laboratory import DismissLabs, RecordLabs, dismiss_labs, record_labs
from irt.safety.laboratory_tables import LabDismissal, LabSample, LabValue
from irt.safety.readings import Suggestion, baselines_of, readings, suggestions, told
from irt.safety.tables import AdverseEvent, EventVersion
from irt.safety.withheld import RecordWithheld, record_withheld
from irt.simulation import telling
from irt.simulation.illness import Illness

if TYPE_CHECKING:
    from irt.simulation.harm import Harm
    from irt.simulation.life import Enrolled
    from irt.study import LaboratoryTest

EVERY = 2  # how many visits apart
SPREAD, FLARE, TIMES = 0.2, 0.012, Decimal("4.2")
STRIKING = Decimal("1.5")  # times what is usual, where that is raised by the disease
USUAL = Decimal("0.55")  # of the upper limit of normal
LIMITS = {"ggt": Decimal(60), "bilirubin": Decimal(21)}
EOSINOPHILS, UPPER, RAISED = Decimal("0.18"), Decimal("0.52"), 3  # 10⁹/L; by the test drug
CONFIRMED, LASTS = 0.5, 24


def taken(harm: Harm, one: Enrolled) -> None:
    """Blood is taken: the coordinator records what all may see, the investigator what is withheld."""
    life, values, upper, striking = harm.life, dict[str, str](), dict[str, str](), False
    for test in life.study.safety_laboratory:
        usual = _usual(one, test)
        if usual is None or test.shown_to != "site":
            continue
        flare = TIMES if harm.chance.happens(FLARE) else 1
        values[test.id] = _written(test, usual[0] * flare * Decimal(f"{harm.chance.times(SPREAD):.3f}"))
        upper[test.id] = str(usual[1])
        striking |= Decimal(values[test.id]) >= (usual[1] if usual[0] <= usual[1] else STRIKING * usual[0])
    today = life.today(one)
    if values:
        order = RecordLabs(participant=one.id, taken_on=today, values=values, upper=upper)
        life.desk.do(life.cast.at(one.site, "coordinator"), record_labs, order)
    for test in life.study.safety_laboratory:
        if test.shown_to == "investigator":
            _withheld(harm, one, test)
    if striking:
        life.when(telling.later(harm, one, 1), partial(_looked_at, harm, one))


def _withheld(harm: Harm, one: Enrolled, test: LaboratoryTest) -> None:
    value = EOSINOPHILS * (RAISED if harm.takes_test_drug(one) else 1) * Decimal(f"{harm.chance.times(0.3):.3f}")
    order = RecordWithheld(
        participant=one.id, analyte=test.id, taken_on=harm.life.today(one), value=_written(test, value),
        upper=str(UPPER),
    )  # fmt: skip
    harm.life.desk.do(harm.life.cast.at(one.site, "investigator"), record_withheld, order)


def _usual(one: Enrolled, test: LaboratoryTest) -> tuple[Decimal, Decimal] | None:
    """What is usual for somebody, with the upper limit of normal; None of a test that the site does not make."""
    written = one.person.baseline
    if test.baseline and test.baseline_limit and test.baseline in written and test.baseline_limit in written:
        return Decimal(written[test.baseline]), Decimal(written[test.baseline_limit])
    return (LIMITS[test.id] * USUAL, LIMITS[test.id]) if test.id in LIMITS else None


def _written(test: LaboratoryTest, value: Decimal) -> str:
    return str(min(max(value, test.minimum), test.maximum).quantize(test.step or Decimal(1)))


def _looked_at(harm: Harm, one: Enrolled) -> None:
    """The investigator goes through what the values suggest, one after the other: an event, or none."""
    life, investigator = harm.life, harm.life.cast.at(one.site, "investigator")
    while waiting := _suggested(harm, one):
        found = waiting[0]
        if found.standing == "waiting" and harm.chance.happens(CONFIRMED):
            _confirmed(harm, one, found)
            continue
        reading = found.reading
        order = DismissLabs(
            participant=one.id, sample=reading.number, analyte=reading.analyte, grade=found.grade,
            reason="as the muscle has it; no complaint",
        )  # fmt: skip
        life.desk.do(investigator, dismiss_labs, order)


def _suggested(harm: Harm, one: Enrolled) -> list[Suggestion]:
    life = harm.life
    with life.desk.service.database.reading(life.cast.at(one.site, "investigator")) as session:

        def rows(model: Any) -> list[Any]:
            return list(session.scalars(select(model).filter_by(participant=one.id)))

        found = readings(rows(LabSample), rows(LabValue))
        baselines = baselines_of(life.study, found, current(rows(BaselineValue)), one.first_dose)
        events = told(rows(AdverseEvent), rows(EventVersion))
        all_of_them = suggestions(life.study, found, baselines, one.first_dose, events, rows(LabDismissal))
    return [suggestion for suggestion in all_of_them if suggestion.open]


def _confirmed(harm: Harm, one: Enrolled, found: Suggestion) -> None:
    """The laboratory's event, from the morning of the sample."""
    chance = harm.chance
    facts = {
        "verbatim": f"{found.reading.analyte} {found.reading.found.value}", "term": found.term, "grade": found.grade,
        "seriousness": (), "causality_drug": chance.pick(("unlikely", "possible")), "action": "none",
        "causality_procedure": "unrelated", "treatment": None, "outcome": "not_recovered", "reporter": "laboratory",
    }  # fmt: skip
    ill = Illness(facts, telling.moment(harm, one, found.reading.taken_on, 8), chance.number(LASTS // 2, LASTS))
    telling.reported(harm, one, ill, harm.life.desk.clock.now() - timedelta(minutes=5))
