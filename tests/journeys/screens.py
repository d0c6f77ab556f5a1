"""Pictures of the pages of treatment and supply, in both languages, on a desk and on a phone.

`python -m tests.journeys.screens FOLDER` lives a small trial, walks through its pages, saves a picture of each as
page.language.width.png, and fails where a page scrolls sideways.
"""

import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import func, select

from irt.clock import local_day
from irt.db import Base
from irt.dispensing.change_requests import AskChange, ask_change
from irt.dispensing.dispense import Assign, assign
from irt.dispensing.returns import ReturnKit, return_kit
from irt.dispensing.tables import Discrepancy, Mishap
from irt.participants.tables import Participant
from irt.simulation.cast import Cast, login_of
from irt.simulation.desk import Desk
from irt.simulation.run import Plan, entropy_of, simulate
from irt.supply.tables import Assignment, Kit
from tests.databases import fresh_sqlite
from tests.journeys.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.emergency_shots import emergency_shots
from tests.journeys.outcome_shots import outcome_shots
from tests.journeys.query_shots import query_shots
from tests.journeys.safety_shots import safety_shots
from tests.journeys.served import PASSWORD, at_an_address, furnished
from tests.journeys.shot import Shot
from tests.journeys.supply_shots import supply_shots

LANGUAGES = {"en": "en", "zh": "zh_Hans_CN"}
WIDTHS = {1280: 900, 390: 844}
# What a page hides by scrolling within itself: tables and the like, the menu and boards of all visits apart.
CUT = """[...document.querySelectorAll('main *')].filter(one => one.scrollWidth > one.clientWidth + 1
  && ['auto', 'scroll', 'hidden'].includes(getComputedStyle(one).overflowX) && one.clientWidth > 20
  && !one.classList.contains('board'))
  .map(one => `${one.className} ${one.scrollWidth} of ${one.clientWidth}`).join(', ')"""
PARTICIPANTS, SEED, UNTIL = 40, 5, date(2026, 6, 8)


def lived(folder: Path) -> tuple[Desk, Cast]:
    """A small trial, weeks after its first dose, in a new database in `folder`."""
    desk = furnished(fresh_sqlite(folder, folder), folder, entropy_of(SEED))
    # The shots tell harm and outcomes of their own.
    plan = Plan(PARTICIPANTS, SEED, password=PASSWORD, until=UNTIL, harm=False, rounds=False)
    life = simulate(desk.service, desk.clock, plan, lambda _done, _of: None)
    return life.desk, life.cast


class Busy:
    """The site where most went wrong, a wrong box among it, on a day on which two of its participants are due."""

    def __init__(self, desk: Desk, cast: Cast) -> None:
        self.desk, self.cast = desk, cast
        wrong = select(Mishap.site).where(Mishap.kind == "wrong_kit")
        counted = select(Mishap.site).where(Mishap.site.in_(wrong)).group_by(Mishap.site)
        counted = counted.order_by(func.count().desc(), Mishap.site.desc())
        with desk.service.database.reading(cast.one("auditor")) as session:
            self.site = session.scalars(counted).first() or ""
        self.pharmacist, self.coordinator = cast.at(self.site, "pharmacist"), cast.at(self.site, "coordinator")
        self.due = self._two_are_due()
        self._work()

    def rows(self, model: type[Base], **equal: Any) -> list[Any]:
        """What is stored of the site, as its pharmacist reads it."""
        with self.desk.service.database.reading(self.pharmacist) as session:
            return list(session.scalars(select(model).filter_by(site=self.site, **equal)))

    def _two_are_due(self) -> list[str]:
        """Move on, day by day, until the kits of two participants can be asked for; answers who they are, first one
        who has a kit at home."""
        for _day in range(60):
            for person in self.rows(Participant, state="randomized"):
                given = {row.visit for row in self.rows(Assignment, participant=person.id)}
                for visit in self.desk.service.study.dispensing_visits:
                    if visit.id not in given:
                        order = Assign(participant=person.id, visit=visit.id)
                        self.desk.attempt(self.pharmacist, assign, order)
                waiting = dict.fromkeys(row.participant for row in self.rows(Assignment, state="assigned"))
                found = sorted(waiting, key=lambda one: not self._at_home(one))
                if len(found) > 1 and self._at_home(found[0]):
                    return found[:2]
            self.desk.clock.advance(timedelta(days=1))
        raise AssertionError("nobody is due within two months")

    def _at_home(self, person: str) -> list[Any]:
        return self.rows(Kit, participant=person, state="dispensed")

    def _work(self) -> None:
        """A kit comes back with one vial too few, a change is asked for, a damaged box waits for its end."""
        today = local_day(self.desk.clock.now(), self.desk.service.study.site(self.site).time_zone)
        kit = self._at_home(self.due[0])[0]
        counted = ReturnKit(
            participant=self.due[0], kit=kit.number, returned_on=today, unused=0, used=kit.vials - 1, broken=0, lost=0
        )
        self.desk.do(self.pharmacist, return_kit, counted)
        reason = "the identity document shows another year"
        change = AskChange(participant=self.due[0], target="birth_year", wanted={"birth_year": "1971"}, reason=reason)
        self.desk.do(self.coordinator, ask_change, change)

    def quiet_sites(self) -> tuple[str, str]:
        """Two other sites, the ones with most kits on their shelves."""
        counted = select(Kit.site).where(Kit.state == "available", Kit.site != self.site).group_by(Kit.site)
        with self.desk.service.database.reading(self.cast.one("auditor")) as session:
            first, second, *_ = session.scalars(counted.order_by(func.count().desc(), Kit.site))
        return str(first), str(second)

    def _next_visit(self) -> date:
        """The first day from tomorrow on which somebody's visit is planned."""
        study, today = self.desk.service.study, self.desk.clock.now().date()
        begun = [one.first_dose_on for one in self.rows(Participant, state="randomized") if one.first_dose_on]
        days = (first + timedelta(days=visit.day - 1) for first in begun for visit in study.dispensing_visits)
        return min(day for day in days if day > today)

    def shots(self) -> Iterator[Shot]:
        """The pages of the treatment, as those who work with them at the site see them."""
        first, second = self.due
        (aside,) = self.rows(Assignment, participant=second, state="assigned")
        wrong = next(row for row in self.rows(Mishap) if row.kind == "wrong_kit")
        asked = self.rows(Discrepancy, state="open")[0]
        comes = f"/books/?site={self.site}&day={self._next_visit()}"
        of_first, of_second, mishap = f"/participants/{first}", f"/participants/{second}", f"/mishaps/{wrong.id}"
        by_pharmacist = {
            "worklist": "/",
            "tomorrow": comes,
            "visits": "/visits",
            "dispensing": "/dispensing",
            "hand-over": f"{of_second}/visits/{aside.visit}/hand-over",
            "record-visit": f"{of_second}/visits/{aside.visit}/record",
            "slip": f"{of_second}/visits/{aside.visit}/slip",
            "return": f"{of_second}/return",
            "kits": f"{of_first}/kits",
            "discrepancies": "/discrepancies",
            "discrepancy": f"/discrepancies/{asked.id}/resolve",
            "what-happened": f"/what-happened?participant={second}",
            "wrong-box": f"/what-happened/wrong-box?participant={second}",
            "lost-or-damaged": "/what-happened/lost-or-damaged",
            "another-site": "/what-happened/another-site",
            "mishaps": "/mishaps",
            "mishap": mishap,
            "note-to-file": f"{mishap}/note",
            "accountability": f"/books/accountability?site={self.site}",
            "inventory": f"/books/inventory?site={self.site}",
            "disposals": "/disposals",
            "disposal-form": f"/sites/{self.site}/disposals/destroy",
            "shelf": "/shelf",
        }
        by_investigator = {
            "participant": of_first,
            "participants": "/participants/",
            "diary": f"{of_first}/diary",
            "diary-form": f"{of_second}/diary/record",
            "hold": f"{of_second}/hold",
            "unscheduled-visit": f"{of_second}/unscheduled-visit",
            "changes": "/changes",
            "changes-offered": f"{of_first}/changes",
            "deviations": "/deviations/",
            "sign-note": f"{mishap}/sign",
        }
        lot = self.rows(Kit)[0].lot
        by_others = {
            "recall": ("trial_manager", f"/recall?q={lot}"),
            "sign-off": ("monitor", f"/books/{self.site}/sign-off/accountability"),
            "sign-off-inventory": ("monitor", f"/books/{self.site}/sign-off/inventory"),
            "classify": ("data_manager", "/deviations/"),
            "change": ("data_manager", "/changes"),
        }
        yield from (Shot(name, "pharmacist", self.site, path) for name, path in by_pharmacist.items())
        yield from (Shot(name, "investigator", self.site, path) for name, path in by_investigator.items())
        yield from (Shot(name, role, None, path) for name, (role, path) in by_others.items())


class Album:
    """The pictures that were made, each with its width."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.made = 0
        self.scrolling: list[str] = []

    def fill(self, browser: Browser, shots: list[Shot]) -> None:
        """Take every page in both languages and at both widths."""
        for language, code in LANGUAGES.items():
            for sitting in dict.fromkeys((one.role, one.site) for one in shots):
                context = browser.new_context(locale="zh-CN" if language == "zh" else "en-GB")
                page = context.new_page()
                self._sign_in(page, *sitting)
                page.goto(f"{self.address}/language/{code}")
                for one in shots:
                    if (one.role, one.site) == sitting:
                        self._take(page, one, language)
                context.close()

    def _sign_in(self, page: Page, role: str, site: str | None) -> None:
        page.goto(f"{self.address}/sign-in")
        page.locator("[name=login]").fill(login_of(role, site))
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(f"{self.address}/")

    def _take(self, page: Page, one: Shot, language: str) -> None:
        answer = page.goto(self.address + one.path)
        assert answer, f"{one.path} has no answer"
        assert answer.ok, f"{one.path} answers {answer.status}"
        if one.then is not None:
            one.then(page)
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            wide = page.evaluate("document.documentElement.scrollWidth")
            within = page.evaluate(CUT)
            file = self.folder / f"{one.name}.{language}.{width}.png"
            page.screenshot(path=file, full_page=True)
            self.made += 1
            if wide > width or within:
                self.scrolling.append(file.name)
            print(file.name, f"{wide} of {width}", within and f"cut: {within}")


def main(folder: Path) -> int:
    """Make all pictures in `folder`; the exit status says whether a page scrolls sideways."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        busy = Busy(*lived(Path(home)))
        with at_an_address(busy.desk.service) as address:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            album = Album(folder, address)
            album.fill(browser, list(busy.shots()))
            album.fill(browser, list(supply_shots(busy.desk, busy.cast, busy.quiet_sites())))
            album.fill(browser, list(safety_shots(busy.desk, busy.cast, busy.site)))
            album.fill(browser, list(emergency_shots(busy.desk, busy.cast, busy.site)))
            album.fill(browser, list(outcome_shots(busy.desk, busy.cast, busy.site)))
            album.fill(browser, list(query_shots(busy.desk, busy.cast, busy.site)))
            browser.close()
    print(f"{album.made} screens, {len(album.scrolling)} with sideways scroll")
    return 1 if album.scrolling else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
