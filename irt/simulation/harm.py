"""Harm in a simulated trial: who falls ill on a day, and the few things that befall every trial in turn.

Nature acts on the contents of the kits given, which it knows from the packager's list; whoever acts in the trial does
not. All of it is drawn from a stream of its own: without harm a trial is what it would have been.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from irt.simulation import emergencies, samples, special, sponsor, telling
from irt.simulation.illness import CAUSES, LUNG_INFECTION, daily, facts_of
from irt.simulation.nature import Chance

if TYPE_CHECKING:
    from irt.simulation.life import Enrolled, Life

AFTERWARDS = 28  # days after the last dose in which somebody is still asked
RATES = {drug: daily(test_drug=drug) for drug in (True, False)}


def _told_late(harm: Harm, day: date) -> bool:
    """Somebody was in hospital, and the site told nobody for more than a day."""
    one = harm.somebody(day)
    if one is None:
        return False
    facts = facts_of(harm.chance, harm.life.study, LUNG_INFECTION)
    facts |= {"grade": max(3, facts["grade"]), "seriousness": ("hospitalisation",), "causality_drug": "possible"}
    began = telling.moment(harm, one, day, 4)
    telling.befalls(harm, one, facts, began, LUNG_INFECTION.days, late=True)
    return True


PLANNED: tuple[tuple[int, Callable[[Harm, date], bool]], ...] = (  # the day of the trial from which on it may happen
    (35, emergencies.of_an_event),
    (42, special.unblinding),
    (50, emergencies.by_kit),
    (58, _told_late),
    (65, emergencies.while_paused),
    (72, special.overdose),
    (80, partial(emergencies.series, alone=False)),
    (90, special.pregnancy),
    (100, partial(emergencies.series, alone=True)),
)  # fmt: skip


class Harm:
    """What befalls the participants of one life, and what is remembered of it."""

    def __init__(self, life: Life, seed: int) -> None:
        self.life, self.chance = life, Chance(seed, 0x29)
        self.deaths = 0
        self.cases: set[str] = set()  # candidates that the safety officer has seen
        self.read: set[str] = set()  # notices that whoever they reached has seen
        self.remind_until = date.min
        self.of_wrong_kits = 0  # codes broken because of one
        self._planned = list(PLANNED)
        self._test_drug = life.study.arms[0].kit_type

    def morning(self, day: date) -> None:
        """Some fall ill; what is planned happens on its day, or as soon as there is somebody; the sponsor goes on."""
        sponsor.morning(self, day)
        for one in self.life.participants:
            if self._may_fall_ill(one, day):
                self._falls_ill(one, day)
        trial_day = (day - self.life.first_day).days
        if self._planned and trial_day >= self._planned[0][0] and self._planned[0][1](self, day):
            self._planned.pop(0)

    def sampled(self, one: Enrolled) -> None:
        """Blood is taken before the first dose."""
        samples.taken(self, one)

    def visited(self, one: Enrolled, visit: str) -> None:
        """Blood is taken at some visits at the clinic."""
        clinic = [planned.id for planned in self.life.study.visits if not planned.contact]
        if one.first_dose is not None and visit in clinic and clinic.index(visit) % samples.EVERY == 0:
            samples.taken(self, one)

    def wrong_box(self, one: Enrolled, other: str, *, at_home: bool) -> None:
        """Somebody was given another box than the right one."""
        special.medication_error(self, one, other)
        if at_home:
            emergencies.wrong_kit(self, one, other)

    def takes_test_drug(self, one: Enrolled) -> bool:
        """Whether the box at hand holds the test drug, and doses of it are taken."""
        taken = bool(one.home) and one.stopped_on is None and not one.held
        return taken and self.life.supply.contents[one.home[-1].kit] == self._test_drug

    def on_treatment(self, day: date) -> list[Enrolled]:
        """Who has doses before and behind them, and a box at home, in the order in which they came."""
        last = self.life.study.dosing.last_day
        return [
            one
            for one in self.life.participants
            if one.first_dose is not None and 1 < (day - one.first_dose).days < last - AFTERWARDS
            and one.home and not one.left and not one.held and one.stopped_on is None
        ]  # fmt: skip

    def somebody(self, day: date) -> Enrolled | None:
        """One of those on treatment."""
        there = self.on_treatment(day)
        return self.chance.pick(there) if there else None

    def _may_fall_ill(self, one: Enrolled, day: date) -> bool:
        if one.first_dose is None or one.left or day <= one.first_dose:
            return False
        return (day - (one.stopped_on or one.first_dose)).days <= (
            AFTERWARDS if one.stopped_on else self.life.study.dosing.last_day + AFTERWARDS
        )

    def _falls_ill(self, one: Enrolled, day: date) -> None:
        rates = RATES[self.takes_test_drug(one)]
        if not self.chance.happens(sum(rates)):
            return
        cause = CAUSES[self.chance.one_of(rates)]
        began = telling.moment(self, one, day, self.chance.number(6, 19), self.chance.number(0, 59))
        days = max(1, int(cause.days * self.chance.times(0.5)))
        telling.befalls(self, one, facts_of(self.chance, self.life.study, cause), began, days)
