"""Safety in two twins: harm is told and judged, codes are broken, and the safety officer closes each case as its arm
asks for: a placebo case at once, the other after ten days.

The officer's hand has a stream of randomness and a door of its own: what they do otherwise in the twin draws no other
ids and boxes for everybody else.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from irt.app import build
from irt.clock import local_day
from irt.entropy import SeededEntropy
from irt.jobs.registry import jobs_of
from irt.safety.events import ReportEvent, report_event
from irt.safety.opinions import JudgeEvent, judge_event
from irt.safety.tables import SusarCandidate
from irt.simulation.cast import login_of
from irt.supply.tables import Assignment
from irt.web import create
from tests.cast import prove_once
from tests.masking.browser import Browser, served
from tests.masking.mishap_script import Round
from tests.masking.mishap_world import HERE, THERE, Person, Played, enrol
from tests.masking.stock_ends import leave_unblindings
from tests.masking.trial import PASSWORD, examine, leave_accounts, report_mistake
from tests.scheduler.conftest import looped

PEOPLE = ((HERE, True), (HERE, False), (HERE, True), (HERE, True), (HERE, True), (HERE, False), (THERE, True),
          (THERE, True))  # fmt: skip
KITS = {HERE: {False: 60, True: 60}, THERE: {True: 24}}
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")
SHOWN = re.compile(r'big-number">([^<]+)<')
BREAK = {"break_reason": "treatment_depends_on_it", "told": "shock, in the emergency room", "password": PASSWORD,
         "sponsor_told": "no"}  # fmt: skip


@dataclass
class Safety:
    """One world: what was played, the officer's door, and what the tests alone may know."""

    played: Played
    officer_port: int = 0
    waiting: list[tuple[str, list[str]]] = field(default_factory=list)  # cases to be closed later, and their parts
    closed_at_once: list[bool] = field(default_factory=list)

    # -- before anything is compared ----------------------------------------------------------------------------

    def enrol(self) -> None:
        """Everybody comes in; at the second visit one is given a box of the other family, and it is told."""
        played = self.played
        for who in PEOPLE:
            enrol(played, *who)
        second = played.trial.service.study.dispensing_visits[1]
        played.trial.clock.advance(timedelta(days=second.day - 1))
        played.sign_in()
        at, mixed_up = Round(played, second.id), played.people[3]
        at.ask(mixed_up)
        box = played.spare(not mixed_up.turned)
        played.put({box}, "available")
        played.parked -= {box}
        at.give(mixed_up, box, status=422)
        at.report(mixed_up, box, right_box="at_site")
        played.put(played.parked, "available")
        played.parked = set()

    def tell_and_break(self) -> None:
        """Harm of every degree is told and judged, and codes are broken in every way."""
        played, trial = self.played, self.played.trial
        serious, mild, fatal, mixed_up, by_kit, on_paper, _there, serious_there = played.people
        self._event(mild, term="chills", grade=1)
        for one in (serious, serious_there):
            done = self._event(one, term="fever", grade=3, seriousness=("hospitalisation",))
            self._judge(done, "unlikely")
        done = self._event(fatal, term=None, grade=5, seriousness=("death",), outcome="fatal", ended_on=played.today())
        self._judge(done, "unrelated")
        leave_accounts(trial)
        examine(trial, HERE, serious.id)
        for site in (HERE, THERE):
            report_mistake(trial, site)
        leave_unblindings(trial.desk, trial.cast, HERE, THERE)
        self._break(f"/participants/{mixed_up.id}/code-break", treatment="stop", stop_reason="adverse_event")
        self._break("/code-break", treatment="continue", kit=self._kit(by_kit))
        played.send("investigator", "/code-break", status=422, **BREAK, treatment="continue", kit="9999990")
        self._break(f"/participants/{serious_there.id}/code-break", site=THERE, treatment="continue")
        self._break_on_paper(on_paper)

    def _event(self, one: Person, **told: Any) -> Any:
        trial = self.played.trial
        today = local_day(trial.clock.now(), trial.service.study.site(one.site).time_zone)
        facts = {
            "participant": one.id, "onset_on": today, "causality_drug": "possible", "causality_procedure": "unrelated",
            "action": "none", "outcome": "recovering", "reporter": "participant", "aware_on": today,
            "aware_at": "00:00", "verbatim": "not well",
        }  # fmt: skip
        return trial.desk.do(trial.cast.at(one.site, "investigator"), report_event, ReportEvent(**facts | told)).answer

    def _judge(self, done: Any, causality: str) -> None:
        said = {"causality_drug": causality, "expectedness": "unexpected", "reason": "not listed"}
        opinion = JudgeEvent.model_validate({"event": done.event, "version": done.version, **said})
        self.played.trial.do("medical_monitor", judge_event, opinion)

    def _kit(self, one: Person) -> str:
        return str(self.played.world.rows(Assignment, participant=one.id)[0].kit)

    # -- codes --------------------------------------------------------------------------------------------------

    def _break(self, path: str, site: str = HERE, **fields: str) -> None:
        there = self.played.send("investigator", path, site, **BREAK | fields)
        self._look(self.played.browsers["investigator", site], there)

    def _look(self, browser: Browser, path: str) -> None:
        """What is shown once goes into a transcript of its own, which is to differ; asking again does not."""
        written = browser.written
        browser.written = self.played.folder / f"shown-{path.split('/')[2]}.http"
        assert SHOWN.search(browser.ask("GET", path).body.decode()), "the treatment is shown"
        browser.written = written
        assert not SHOWN.search(browser.ask("GET", path).body.decode()), "it is shown again"

    def _break_on_paper(self, one: Person) -> None:
        """Locked out, on another machine, the third within the hour: a colleague agrees before."""
        played = self.played
        agreed = {"site": HERE, "reason": "a third one", "password": PASSWORD}
        played.fill("coordinator", "/code-breaks/agree", agreed)
        mine = played.browsers["investigator", HERE]
        form = mine.ask("GET", "/account/paper-codes").form.empty() | {"password": PASSWORD}
        codes = CODE.findall(mine.ask("POST", "/account/paper-codes", form).body.decode())
        elsewhere = Browser(played.port, played.folder / "script-on-paper.http")
        form = elsewhere.ask("GET", "/sign-in/paper-code").form.empty()
        form |= {"login": login_of("investigator", HERE), "code": codes[0]}
        assert elsewhere.ask("POST", "/sign-in/paper-code", form).status == 303
        played.browsers["investigator", HERE] = elsewhere
        self._break(f"/participants/{one.id}/code-break", treatment="continue", password=codes[1])
        played.browsers["investigator", HERE] = mine

    # -- the desk -----------------------------------------------------------------------------------------------

    def open_cases(self) -> None:
        """The officer opens every case, and closes at once those that are not reported; the clock stands still."""
        officer = self._officer("opening")
        for case in self._cases():
            answer = self._send(officer, f"/desk/{case.id}/open", reason="an expedited report")
            shown = officer.ask("GET", answer).body.decode()
            found = SHOWN.search(shown)
            assert found, "the officer is shown the treatment"
            parts = ["report", "follow_up"] if case.urgency == "fatal" else ["report"]
            placebo = found[1] not in self._names_of_test_arm()
            self.closed_at_once.append(placebo)
            if placebo:
                self._close(officer, case.id, parts)
            else:
                self.waiting.append((case.id, parts))

    def close_later(self) -> None:
        """What was reported is closed: the officer comes again only where there is something."""
        if self.waiting:
            officer = self._officer("closing")
            for case, parts in self.waiting:
                self._close(officer, case, parts)
            self._acknowledge(officer)

    def _officer(self, what: str) -> Browser:
        officer = Browser(self.officer_port, self.played.folder.parents[1] / "secret" / f"officer-{what}.http")
        officer.sign_in(login_of("safety_officer", None), PASSWORD)
        return officer

    def _cases(self) -> list[Any]:
        return sorted(self.played.world.rows(SusarCandidate), key=lambda row: (row.arose_at, row.id))

    def _close(self, officer: Browser, case: str, parts: list[str]) -> None:
        for part in parts:
            self._send(officer, f"/desk/{case}/close", part=part)
        assert officer.ask("GET", f"/desk/{case}/worksheet.pdf").status == 200

    def _acknowledge(self, officer: Browser) -> None:
        page = officer.ask("GET", "/notices").body.decode()
        for path in dict.fromkeys(re.findall(r'"(/notices/[^"/]+/acknowledge)"', page)):
            self._send(officer, path)

    @staticmethod
    def _send(officer: Browser, path: str, **fields: str) -> str:
        form = officer.ask("GET", path).form.empty()
        answer = officer.ask("POST", path, form | {"password": PASSWORD} | fields)
        assert answer.status == 303, f"{path}: {answer.status}"
        return next(line[10:] for line in answer.headers.splitlines() if line.startswith("Location: "))

    def _names_of_test_arm(self) -> tuple[str, ...]:
        label = self.played.trial.service.study.arms[0].label
        assert label is not None
        return label.en, label.zh

    # -- time ---------------------------------------------------------------------------------------------------

    def live_on(self, days: int) -> None:
        """Days go by; every four hours clocks are looked at."""
        service = self.played.trial.service
        jobs = [job for job in jobs_of(service.settings, service.study) if job.name == "clocks.remind"]
        loop = looped(self.played.world, *jobs)
        for _ in range(days):
            self.played.trial.clock.advance(timedelta(days=1))
            loop.tick()


@contextmanager
def officers_door(safety: Safety) -> Iterator[None]:
    """The same database and clock behind a door at which only the officer comes in."""
    trial, entropy = safety.played.trial, SeededEntropy(bytes([7] * 32))
    service = build(trial.service.settings, clock=trial.clock, entropy=entropy)
    prove_once(service.credentials, set())
    with served(create(service)) as port:
        safety.officer_port = port
        yield
    service.database.write.dispose()
    service.database.read.dispose()
