"""The trial, day by day: people come, are screened, confirmed, randomized and given their kits; boxes travel.

Everything passes the gate as the person whose task it is. Now and then somebody makes a mistake, and is refused.
"""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from zoneinfo import ZoneInfo

from irt.clock import local_day, local_time
from irt.dispensing.dispense import Assign, HandOver, assign, hand_over
from irt.dispensing.first_dose import FirstDose, record_first_dose
from irt.participants.baseline import RecordBaseline, record_baseline
from irt.participants.leave import Leave, screen_fail, withdraw
from irt.participants.screen import Screen, screen
from irt.participants.visits import windows
from irt.randomization.eligibility import Answer, Confirm, confirm
from irt.randomization.randomize import RandomizeOrder, randomize
from irt.simulation import mistakes, office
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk
from irt.simulation.nature import Nature, Person
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
    randomized_on: date | None = None
    withdrawn: bool = False
    given: dict[str, str] = field(default_factory=dict)


class Life:
    """A trial under way, until so many are randomized and, if wanted, until the last kit is handed over."""

    def __init__(self, desk: Desk, cast: Cast, nature: Nature, supply: Supply) -> None:
        self.desk, self.cast, self.nature, self.supply = desk, cast, nature, supply
        self.study = desk.service.study
        self.participants: list[Enrolled] = []
        self.randomized = 0
        self.screened = 0
        self.handed_over: Counter[str] = Counter()
        self.full: set[str] = set()
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()

    def live(self, participants: int, *, follow_up: bool, progress: Progress, until: date | None = None) -> None:
        """Recruit until `participants` are randomized; with `follow_up` go on until nothing is left to do.

        With `until`, live to the day before it, whatever was reached by then.
        """
        self.wanted = participants
        day = self.first_day = self.desk.clock.now().date() + timedelta(days=1)
        while day < until if until else self.randomized < participants or (follow_up and self._agenda):
            self._day(day)
            progress(self.randomized, participants)
            day += timedelta(days=1)

    def at(self, day: date, site: str, doing: Callable[[], None]) -> None:
        """Put something on the agenda of a site's working day."""
        zone = ZoneInfo(self.study.site(site).time_zone)
        when = datetime.combine(day, WORKDAY, zone) + timedelta(minutes=self.nature.minutes() * 45)
        heapq.heappush(self._agenda, (when, next(self._order), doing))

    def _day(self, day: date) -> None:
        office.morning(self, day)
        self.supply.morning(self, day)
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
        one = Enrolled(screened.id, screened.screening_number, site, person)
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
        self._hand_over(one, first)
        self._first_dose(one, one.given[first])
        self._plan_visits(one, today)

    def _plan_visits(self, one: Enrolled, anchor: date) -> None:
        planned = {window.visit: window for window in windows(self.study, anchor)}
        for index, visit in enumerate(self.study.dispensing_visits[1:], 1):
            if index == one.person.withdraws_before_visit:
                self.at(planned[visit.id].earliest, one.site, partial(self._withdraw, one))
                return
            off = self.nature.days_off(visit.window_days)
            self.at(planned[visit.id].due + timedelta(days=off), one.site, partial(self._visit, one, visit.id))

    def _visit(self, one: Enrolled, visit: str) -> None:
        pharmacist = self.cast.at(one.site, "pharmacist")
        mistakes.before_visit(self, one, visit)
        done = self.desk.attempt(pharmacist, assign, Assign(participant=one.id, visit=visit))
        if done is None:
            window = next(w for w in windows(self.study, one.randomized_on or date.min) if w.visit == visit)
            again = self._today(one.site) + timedelta(days=1)
            if again <= window.latest:
                self.at(again, one.site, partial(self._visit, one, visit))
            return
        one.given[visit] = done.answer.kit
        self._hand_over(one, visit)

    def _hand_over(self, one: Enrolled, visit: str) -> None:
        pharmacist = self.cast.at(one.site, "pharmacist")
        mistakes.before_hand_over(self, one, visit)
        order = HandOver(participant=one.id, visit=visit, kit=one.given[visit])
        if self.desk.attempt(pharmacist, hand_over, order) is not None:
            self.handed_over[visit] += 1

    def _first_dose(self, one: Enrolled, kit: str) -> None:
        now, zone = self.desk.clock.now(), self.study.site(one.site).time_zone
        order = FirstDose(
            participant=one.id, kit=kit, taken_on=local_day(now, zone), taken_at=local_time(now, zone), place="clinic",
            injection_site=self.nature.pick(self.study.treatment.injection_sites).id,
        )  # fmt: skip
        self.desk.attempt(self.cast.at(one.site, "coordinator"), record_first_dose, order)

    def _withdraw(self, one: Enrolled) -> None:
        coordinator = self.cast.at(one.site, "coordinator")
        self.desk.do(coordinator, withdraw, Leave(participant=one.id, reason="the participant wishes to stop"))
        one.withdrawn = True
        mistakes.after_withdrawal(self, one)

    def _today(self, site: str) -> date:
        return local_day(self.desk.clock.now(), self.study.site(site).time_zone)
