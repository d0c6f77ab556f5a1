"""The rules between fields: each a plain function over what could be read, none stopped by another's finding."""

from irt.study.mistakes import Mistake
from irt.study.rules import (
    analysis,
    checks,
    eligibility,
    enrolment,
    instruments,
    label,
    laboratory,
    people,
    schedule,
    supply,
    treatment,
    unique,
)
from irt.study.whole import StudyFile

RULES = (
    *unique.RULES,
    *enrolment.RULES,
    *eligibility.RULES,
    *schedule.RULES,
    *treatment.RULES,
    *supply.RULES,
    *label.RULES,
    *laboratory.RULES,
    *instruments.RULES,
    *checks.RULES,
    *people.RULES,
    *analysis.RULES,
)


def broken_rules(study: StudyFile) -> list[Mistake]:
    """The mistakes that show only between fields; what is None in `study` was not readable and is passed over."""
    return [mistake for rule in RULES for mistake in rule(study)]
