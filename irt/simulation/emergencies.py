"""Emergencies by night: an investigator breaks a code, alone or one after the other, and is shown it once, at the door.

What is shown is held against the packager's list and kept nowhere.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from irt.conduct.study_acts import PauseStudy, pause_study, resume_study
from irt.safety.break_code import Agree, BreakCode, agree, break_code
from irt.safety.showing import line_of, show_once
from irt.simulation import changes, telling, treatment
from irt.simulation.illness import ANAPHYLAXIS, Illness, facts_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from irt.actor import Actor
    from irt.simulation.harm import Harm
    from irt.simulation.life import Enrolled

NIGHT, LATE_EVENING = 2, 21  # hours by the clock at the site
SERIES = 3
MOST_OF_WRONG_KITS = 2


def of_an_event(harm: Harm, day: date) -> bool:
    """Somebody collapses: reported at once, the code broken by participant, and treatment stopped."""
    one = harm.somebody(day)
    return one is not None and _by_night(harm, one, day, partial(_collapses, harm, one))


def by_kit(harm: Harm, day: date) -> bool:
    """A child has got hold of a vial: the code is broken by the number on the box, and treatment goes on."""
    one = harm.somebody(day)
    if one is None:
        return False
    breaking: dict[str, Any] = {
        "kit": one.home[-1].kit,
        "break_reason": "another_person_exposed",
        "told": "a child took a vial",
    }
    return _by_night(harm, one, day, partial(broken, harm, one, **breaking))


def while_paused(harm: Harm, day: date) -> bool:
    """Randomization and dispensing are paused everywhere for a night; the emergency door stays open."""
    one = harm.somebody(day)
    return one is not None and _by_night(harm, one, day, partial(_paused, harm, one))


def series(harm: Harm, day: date, *, alone: bool) -> bool:
    """Three of one site come in together; a second person agrees to the third, or the investigator is alone."""
    one = harm.somebody(day)
    return one is not None and _by_night(harm, one, day, partial(_one_after_the_other, harm, one, day, alone=alone))


def wrong_kit(harm: Harm, one: Enrolled, other: str) -> None:
    """Somebody who took the wrong box home calls in the evening: the first one, and one more if the content differs."""
    if harm.of_wrong_kits < (MOST_OF_WRONG_KITS if _content(harm, other) != _assigned(harm, one) else 1):
        harm.of_wrong_kits += 1
        evening = telling.moment(harm, one, harm.life.today(one), LATE_EVENING)
        reason, told = "treatment_depends_on_it", "fever after the wrong box"
        harm.life.when(evening, partial(broken, harm, one, kit=other, break_reason=reason, told=told))


def broken(harm: Harm, one: Enrolled, *, stop: bool = False, **breaking: Any) -> None:
    """A code is broken and shown once; what is stopped by it stops in the participant's life too."""
    life = harm.life
    stop = stop and not one.left and one.stopped_on is None
    if stop:
        treatment.lived(life, one, life.today(one))
        breaking |= {"stop_reason": "adverse_event"}
    if "kit" not in breaking:
        breaking |= {"participant": one.id}
    investigator = life.cast.at(one.site, "investigator")
    order = BreakCode(treatment="stop" if stop else "continue", **breaking)
    looked_at(harm, one, investigator, life.desk.do(investigator, break_code, order).answer)
    if stop:
        assert one.first_dose is not None, "whoever is stopped was treated"
        changes.after_stop(life, one, max(one.first_dose, life.today(one) - telling.DAY))


def looked_at(harm: Harm, one: Enrolled, actor: Actor, opening: str) -> None:
    """Look at what a line of the book lets in for, as the door shows it: as packed, assigned beside given."""
    service = harm.life.desk.service
    line = line_of(service.housekeeping, opening, actor.account)
    had = list(dict.fromkeys(one.had))
    shown = show_once(
        service.housekeeping, service.vault, service.study, line, kits=had, now=service.clock.now()
    )  # fmt: skip
    assigned = _assigned(harm, one)
    seen = [(content.kit, content.kind, content.as_assigned) for content in shown.kits]
    known = [(kit, _content(harm, kit), _content(harm, kit) == assigned) for kit in had]
    assert (shown.participant, shown.arm, seen) == (one.id, _arm(harm, assigned), known), "what was packed and given"


def _content(harm: Harm, kit: str) -> str:
    return harm.life.supply.contents[kit]


def _assigned(harm: Harm, one: Enrolled) -> str:
    """What the packager put into the boxes that were set aside for somebody."""
    return _content(harm, next(iter(one.given.values())))


def _arm(harm: Harm, kind: str) -> str:
    return next(arm.id for arm in harm.life.study.arms if arm.kit_type == kind)


def _by_night(harm: Harm, one: Enrolled, day: date, doing: Callable[[], object]) -> bool:
    harm.life.when(telling.moment(harm, one, day, NIGHT, harm.chance.number(5, 50)), doing)
    return True


def _collapses(harm: Harm, one: Enrolled) -> None:
    now = harm.life.desk.clock.now()
    ill = Illness(facts_of(harm.chance, harm.life.study, ANAPHYLAXIS, worst=True), now - telling.HOUR, ANAPHYLAXIS.days)
    ill.facts |= {"causality_drug": "probable"}
    telling.reported(harm, one, ill, now)
    reason, told = "treatment_depends_on_it", "shock, in the emergency room"
    broken(harm, one, stop=True, break_reason=reason, told=told, event=ill.event, sponsor_told="no")


def _paused(harm: Harm, one: Enrolled) -> None:
    manager = harm.life.cast.one("trial_manager")
    for what in ("randomization", "dispensing"):
        order = PauseStudy.model_validate({"what": what, "reason": "a signal is looked into over night"})
        harm.life.desk.do(manager, pause_study, order)
    broken(harm, one, break_reason="overdose", told="took several vials at once", sponsor_told="yes")
    for what in ("randomization", "dispensing"):
        order = PauseStudy.model_validate({"what": what, "reason": "nothing was found"})
        harm.life.desk.do(manager, resume_study, order)


def _one_after_the_other(harm: Harm, one: Enrolled, day: date, *, alone: bool) -> None:
    there = [one, *(other for other in harm.on_treatment(day) if other.site == one.site and other is not one)]
    for number in range(SERIES):
        more: dict[str, Any] = {}
        if number + 1 == SERIES and alone:
            more = {"alone": "yes"}
        elif number + 1 == SERIES:
            word = Agree(site=one.site, reason="three came in with one ambulance")
            harm.life.desk.do(harm.life.cast.at(one.site, "coordinator"), agree, word)
        told = "hurt in an accident of a bus, before an operation"
        broken(harm, there[number % len(there)], break_reason="treatment_depends_on_it", told=told, **more)
