"""What is told beside adverse events: a pregnancy, an overdose, a wrong box; and that a treatment became known."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from irt.clock import local_day, local_time
from irt.safety.special_reports import (
    FollowPregnancy,
    ReportMisuse,
    ReportPregnancy,
    follow_pregnancy,
    report_misuse,
    report_pregnancy,
)
from irt.safety.unblindings import AssessUnblinding, ReportUnblinding, assess
from irt.safety.unblindings import report as report_unblinding
from irt.simulation import changes, telling

if TYPE_CHECKING:
    from irt.simulation.harm import Harm
    from irt.simulation.life import Enrolled

OLDEST_MOTHER = 45
HEARD_AFTER = 30  # days


def pregnancy(harm: Harm, day: date) -> bool:
    """A participant is pregnant, and treatment stops; or the partner of one is."""
    for one in harm.on_treatment(day):
        hers = one.person.sex == "female"
        if not hers or day.year - one.person.birth_year <= OLDEST_MOTHER:
            harm.life.when(telling.moment(harm, one, day, 10), partial(_pregnant, harm, one, hers=hers))
            return True
    return False


def overdose(harm: Harm, day: date) -> bool:
    """Somebody has injected two vials at once."""
    one = harm.somebody(day)
    if one is not None:
        told = {"kind": "overdose", "told": "two vials at once, after one was forgotten", "kit": one.home[-1].kit}
        vials = {"vials_taken": 2, "vials_intended": 1}
        harm.life.when(telling.moment(harm, one, day, 11), partial(_misused, harm, one, **told, **vials))
    return one is not None


def medication_error(harm: Harm, one: Enrolled, kit: str) -> None:
    """The investigator reports the wrong box, whatever it held."""
    told = {"kind": "medication_error", "told": "the box of somebody else was handed over", "kit": kit}
    harm.life.when(telling.later(harm, one, 1), partial(_misused, harm, one, **told))


def unblinding(harm: Harm, day: date) -> bool:
    """A letter lay open where it could be read: the coordinator reports it, and the trial manager judges it."""
    one = harm.somebody(day)
    if one is not None:
        harm.life.when(telling.moment(harm, one, day, 12), partial(_known, harm, one))
    return one is not None


def _pregnant(harm: Harm, one: Enrolled, *, hers: bool) -> None:
    life, today = harm.life, harm.life.today(one)
    facts = {"whose": "participant" if hers else "partner", "last_period_on": today - timedelta(days=40)}
    order = ReportPregnancy.model_validate({"participant": one.id, "outcome": "unknown", **facts, **_now(harm, one)})
    report = life.desk.do(life.cast.at(one.site, "investigator"), report_pregnancy, order).answer
    if hers:
        changes.stopped(life, one, "pregnancy")
    facts |= {"report": report, "expected_on": today + timedelta(days=240), "reason": "seen by ultrasound"}
    life.when(telling.later(harm, one, HEARD_AFTER), partial(_goes_on, harm, one, facts))


def _goes_on(harm: Harm, one: Enrolled, facts: dict[str, Any]) -> None:
    order = FollowPregnancy.model_validate({"outcome": "ongoing", **facts, **_now(harm, one)})
    harm.life.desk.do(harm.life.cast.at(one.site, "investigator"), follow_pregnancy, order)


def _misused(harm: Harm, one: Enrolled, **told: Any) -> None:
    facts = {"participant": one.id, "happened_on": harm.life.today(one) - telling.DAY, "harm": "no", **told}
    order = ReportMisuse.model_validate(facts | _now(harm, one))
    harm.life.desk.do(harm.life.cast.at(one.site, "investigator"), report_misuse, order)


def _known(harm: Harm, one: Enrolled) -> None:
    life = harm.life
    order = ReportUnblinding(
        scope="participants", numbers=(one.number,), learned_on=life.today(one), who="the coordinator on duty",
        how="a letter of the emergency room lay open", done="the letter was closed and put away",
    )  # fmt: skip
    found = life.desk.do(life.cast.at(one.site, "coordinator"), report_unblinding, order).answer
    judged = AssessUnblinding(
        unblinding=found, revision=1, impact="none on what raters see", reason="asked at the site",
        corrective="letters are kept in a locked drawer",
    )  # fmt: skip
    manager = life.cast.one("trial_manager")
    life.when(telling.later(harm, one, 2), partial(life.desk.do, manager, assess, judged))


def _now(harm: Harm, one: Enrolled) -> dict[str, Any]:
    now, zone = harm.life.desk.clock.now(), harm.life.study.site(one.site).time_zone
    return {"aware_on": local_day(now, zone), "aware_at": local_time(now, zone)}
