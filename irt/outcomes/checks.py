"""Edit checks of study.toml asked of what is recorded: where one does not hold, exactly. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from irt.outcomes.forms import Readings, is_given, keys_of, value_of
from irt.outcomes.whereabouts import first_visit
from irt.study import FOLLOWED_ENZYME, Check, Study

Visits = Mapping[str, Mapping[str, Readings]]  # by visit, by instrument


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A check that does not hold, and the value that it is about; `field` None: the whole form."""

    check: str
    visit: str
    instrument: str
    field: str | None


def as_of(rows: Iterable[Any], moment: datetime | None = None) -> dict[tuple[str, str], Any]:
    """The form that counted of each visit and instrument of one participant, now or at an earlier moment."""
    known = (row for row in rows if row.state != "draft" and (moment is None or row.recorded_at <= moment))
    return {(row.visit, row.instrument): row for row in sorted(known, key=lambda row: int(row.revision))}


def findings(
    study: Study, rows: Iterable[Any], choices: Iterable[Any], moment: datetime | None = None
) -> list[Finding]:
    """Every check that does not hold among the forms of one participant that are final, in the order of study.toml;
    then, where the enzyme that is followed was not measured.

    `rows`: all of their forms; `choices`: the enzymes chosen for them; `moment`: as they stood then.
    """
    final = [row for row in as_of(rows, moment).values() if row.state == "final"]
    visits: defaultdict[str, dict[str, Readings]] = defaultdict(dict)
    for row in final:
        visits[row.visit][row.instrument] = row.readings
    days = {(row.visit, row.instrument): row.assessed_on for row in final}
    found = [
        Finding(check.id, visit, *_about(study, check.value or check.values[0]))
        for check in study.checks
        for visit in sorted(visits)
        if not _holds(study, check, visit, visits, days)
    ]
    return found + _not_followed(study, visits, (row for row in choices if moment is None or row.chosen_at <= moment))


def _not_followed(study: Study, visits: Visits, choices: Iterable[Any]) -> list[Finding]:
    """Later visits whose form of enzymes lacks the one that was fixed at the first."""
    last = max(choices, key=lambda row: int(row.revision), default=None)
    followed = next((one.value for one in study.core_set.enzymes if last is not None and one.id == last.enzyme), None)
    if followed is None:
        return []
    instrument = followed.partition(".")[0]
    later = (visit for visit in sorted(visits) if visit != first_visit(study) and instrument in visits[visit])
    return [
        Finding(FOLLOWED_ENZYME, visit, *_about(study, followed))
        for visit in later
        if not is_given(study, followed, visits[visit])
    ]


def _about(study: Study, pointer: str) -> tuple[str, str | None]:
    instrument, _, key = pointer.partition(".")
    return instrument, key if key in keys_of(study.instrument(instrument)) else None


def _holds(study: Study, check: Check, visit: str, visits: Visits, days: Mapping[tuple[str, str], date]) -> bool:
    forms = visits[visit]
    if check.kind == "together":
        return _together(check, forms)
    assert check.value is not None, "study.toml's check sees to it"
    value = value_of(study, check.value, forms)
    if check.kind == "given":
        return check.value.partition(".")[0] not in forms or is_given(study, check.value, forms)
    if value is None or (check.kind == "implies" and not _applies(check, forms)):
        return True
    if check.kind in ("plausible", "implies"):
        return _within(value, check)
    if check.kind == "at_most_other":
        other = value_of(study, check.other or "", forms)
        return other is None or value <= Fraction(check.factor or 1) * other
    before = _since(study, check, visit, visits, days)
    return before is None or _near(value, before, check)


def _together(check: Check, forms: Mapping[str, Readings]) -> bool:
    named = [pointer.partition(".") for pointer in check.values]
    if any(instrument not in forms for instrument, _, _ in named):
        return True  # one of the forms is not there yet
    return len({bool(forms[instrument].get(key)) for instrument, _, key in named}) == 1


def _applies(check: Check, forms: Mapping[str, Readings]) -> bool:
    instrument, _, key = (check.when or "").partition(".")
    return forms.get(instrument, {}).get(key) in check.one_of


def _within(value: Fraction, check: Check) -> bool:
    if check.minimum is not None and value < Fraction(check.minimum):
        return False
    return check.maximum is None or value <= Fraction(check.maximum)


def _near(value: Fraction, before: Fraction, check: Check) -> bool:
    if check.amount is not None:
        return abs(value - before) <= Fraction(check.amount)
    low, high = sorted((value, before))
    return low == high or (low > 0 and high <= Fraction(check.factor or 1) * low)


def _since(
    study: Study, check: Check, visit: str, visits: Visits, days: Mapping[tuple[str, str], date]
) -> Fraction | None:
    """The value that a change is judged against; None where there is none."""
    instrument, first = (check.value or "").partition(".")[0], first_visit(study)
    if check.since == "baseline":
        return value_of(study, check.value or "", visits.get(first, {})) if visit != first else None
    mine = _rank(study, visit, days[visit, instrument])
    earlier = sorted(
        (_rank(study, other, days[other, instrument]), other) for other in visits if (other, instrument) in days
    )
    values: Iterator[Fraction | None] = (
        value_of(study, check.value or "", visits[other]) for rank, other in reversed(earlier) if rank < mine
    )
    return next((one for one in values if one is not None), None)


def _rank(study: Study, visit: str, on: date) -> tuple[date, int, str]:
    """The order of visits by the days of their forms; of one day, by the plan."""
    plan = [one.id for one in study.visits]
    return on, plan.index(visit) if visit in plan else len(plan), visit
