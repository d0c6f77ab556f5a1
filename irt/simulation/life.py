"""The trial, day by day: people come, are screened, confirmed, randomized and given their kits; boxes travel.

Everything passes the gate as the person whose task it is. Now and then somebody makes a mistake, and is refused.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from zoneinfo import ZoneInfo

from irt.clock import local_day
from irt.dispensing.diary_lines import Entry
from irt.participants.baseline import RecordBaseline, record_baseline
from irt.participants.leave import Leave, screen_fail
from irt.participants.screen import Screen, screen
from irt.randomization.eligibility import Answer, Confirm, confirm
from irt.randomization.randomize import RandomizeOrder, randomize
from irt.simulation import changes, incidents, mistakes, office, oversight, treatment, troubles
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk
from irt.simulation.habits import Box, Habits, habits_of
from irt.simulation.harm import Harm
from irt.simulation.nature import Nature, Person
from irt.simulation.rounds import Rounds
from irt.simulation.supply import Supply

Progress = Callable[[int, int], None]
WORKDAY = time(9, 0)


@dataclass
class Enrolled:
    """A participant as the simulation knows them."""

    id: str
    number: str
    site: str
    person: Person
    habits: Habits
    randomized_on: date | None = None
    left: bool = False  # withdrawn, completed or failed: nothing more is done
    withdrawn: bool = False
    died: bool = False
    given: dict[str, str] = field(default_factory=dict)  # visit → the box that counts for it
    seen: set[str] = field(default_factory=set)  # visits that took place or were skipped
    home: list[Box] = field(default_factory=list)  # boxes in their hands, the newest last
    had: list[str] = field(default_factory=list)  # every box that ever was in their hands
    first_dose: date | None = None
    last_dose: date | None = None
    lived_to: date = date.max  # doses due before this day have been lived
    stopped_on: date | None = None
    pauses: list[tuple[date, date | None]] = field(default_factory=list)
    unrecorded: dict[str, Entry] = field(default_factory=dict)  # what waits to be written into the diary

    @property
    def held(self) -> bool:
        """Whether treatment is on hold now."""
        return bool(self.pauses) and self.pauses[-1][1] is None

    def on_hold(self, day: date) -> bool:
        """Whether treatment was held on a day."""
        return changes.on_hold(self.pauses, day)


class Life:
    """A trial under way, until so many are randomized and, if wanted, until the last of them has come so far."""

    def __init__(self, desk: Desk, cast: Cast, nature: Nature, supply: Supply, *, incidents: bool = True) -> None:
        self.desk, self.cast, self.nature, self.supply = desk, cast, nature, supply
        self.study = desk.service.study
        self.wanted_visits = frozenset(visit.id for visit in self.study.visits)
        self.participants: list[Enrolled] = []
        self.randomized = 0
        self.screened = 0
        self.full: set[str] = set()
        self.harm: Harm | None = None  # nobody falls ill
        self.rounds: Rounds | None = None  # nothing is rated
        self.incidents = incidents  # of storage; without them supply is as a forecast has it
        self.warm_box = False  # whether a box arrived too warm by now: one does
        self.lost_box: tuple[str, str, date] | None = None  # the site, the shipment and the day of the one that is lost
        self._agenda: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = count()

    def live(
        self, participants: int, *, progress: Progress, through: str | None = None, until: date | None = None
    ) -> None:
        """Recruit until `participants` are randomized, and go on until all have passed the visit `through`.

        Without `through`, stop when the last one is randomized. With `until`, live to the day before it, whatever was
        reached by then, and no visit is left out.
        """
        self.wanted = participants
        follow_up = through is not None
        if through is not None and until is None:
            last = self.study.visit(through).day
            self.wanted_visits = frozenset(visit.id for visit in self.study.visits if visit.day <= last)
        day = self.first_day = self.desk.clock.now().date() + timedelta(days=1)
        while day < until if until else self.randomized < participants or (follow_up and self._agenda):
            self._day(day)
            progress(self.randomized, participants)
            day += timedelta(days=1)

    def at(self, day: date, site: str, doing: Callable[[], object]) -> None:
        """Put something on the agenda of a site's working day."""
        zone = ZoneInfo(self.study.site(site).time_zone)
        self.when(datetime.combine(day, WORKDAY, zone) + timedelta(minutes=self.nature.minutes() * 45), doing)

    def when(self, moment: datetime, doing: Callable[[], object]) -> None:
        """Put something on the agenda at a moment, by day or by night."""
        heapq.heappush(self._agenda, (moment, next(self._order), doing))

    def _day(self, day: date) -> None:
        office.morning(self, day)
        oversight.morning(self, day)
        self.supply.morning(self, day)
        if self.incidents:
            incidents.morning(self, day)
        if self.harm is not None:
            self.harm.morning(day)
        if self.rounds is not None:
            self.rounds.morning(day)
        if self.randomized < self.wanted:
            for site in self.study.sites:
                for _ in range(self.nature.arrivals(site.code)):
                    self.at(day, site.code, partial(self._arrives, site.code))
        while self._agenda and self._agenda[0][0].date() <= day:
            when, _, doing = heapq.heappop(self._agenda)
            if when > self.desk.clock.now():
                self.desk.clock.move_to(when)
            doing()
        mistakes.of_the_day(self)

    def _arrives(self, site: str) -> None:
        if self.randomized >= self.wanted or site in self.full:
            return
        today = self._today(site)
        person = self.nature.person(today)
        coordinator = self.cast.at(site, "coordinator")
        order = Screen(
            site=site,
            sex=person.sex,
            birth_year=person.birth_year,
            identity_document=person.document,
            consent_version=self.study.consent_version,
            consent_on=today,
        )
        screened = self.desk.do(coordinator, screen, order).answer
        self.screened += 1
        one = Enrolled(screened.id, screened.screening_number, site, person, habits_of(self.nature, self.study))
        self.participants.append(one)
        self.at(today + timedelta(days=1), site, partial(self._baseline, one))

    def _baseline(self, one: Enrolled) -> None:
        coordinator = self.cast.at(one.site, "coordinator")
        mistakes.before_baseline(self, one)
        self.desk.do(coordinator, record_baseline, RecordBaseline(participant=one.id, values=dict(one.person.baseline)))
        self.at(self._today(one.site) + timedelta(days=2), one.site, partial(self._eligibility, one))

    def _eligibility(self, one: Enrolled) -> None:
        investigator = self.cast.at(one.site, "investigator")
        mistakes.before_eligibility(self, one)
        answers: dict[str, Answer] = {
            criterion.id: "yes" if criterion.kind == "inclusion" else "no" for criterion in self.study.criteria
        }
        if one.person.fails_screening:
            failed = self.nature.pick(self.study.criteria)
            answers[failed.id] = "no" if failed.kind == "inclusion" else "yes"
        confirmed = self.desk.do(investigator, confirm, Confirm(participant=one.id, answers=answers)).answer
        if not confirmed.eligible:
            reason = "a criterion is not met"
            self.desk.do(investigator, screen_fail, Leave(participant=one.id, reason=reason))
            one.left = True
            return
        self.at(self._today(one.site) + timedelta(days=1), one.site, partial(self._randomize, one))

    def _randomize(self, one: Enrolled) -> None:
        if self.randomized >= self.wanted:
            return
        coordinator = self.cast.at(one.site, "coordinator")
        today = self._today(one.site)
        done = self.desk.attempt(coordinator, randomize, RandomizeOrder(participant=one.id))
        if done is None:  # a pause or an empty shelf: asked again some days later, while it can be
            if self.desk.last_refusal == "cap_reached":
                self.full.add(one.site)
            elif self.desk.last_refusal not in ("site_inactive", "eligibility_not_confirmed"):
                self.at(today + timedelta(days=2), one.site, partial(self._randomize, one))
            return
        self.randomized += 1
        one.randomized_on = today
        first = self.study.dispensing_visits[0].id
        one.given[first] = done.answer.kit
        mistakes.after_randomizing(self, one)
        office.after_randomizing(self, one)
        oversight.after_randomizing(self, one)
        one.seen.add(first)
        troubles.handed_over(self, one, first)
        if self.rounds is not None:
            self.rounds.visited(one, first)  # before the first dose
        if one.home:
            treatment.begin(self, one)

    def today(self, one: Enrolled) -> date:
        """The day that it is at a participant's site."""
        return self._today(one.site)

    def _today(self, site: str) -> date:
        return local_day(self.desk.clock.now(), self.study.site(site).time_zone)
