"""The pages of adverse events, code breaks, the safety desk, notices and paper codes to look at; all by the acts."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import select

from irt.clock import local_day, local_time
from irt.db import Base
from irt.dispensing.tables import Mishap
from irt.participants.tables import Participant
from irt.people.paper_codes import IssueCodes, issue
from irt.safety.break_code import BreakCode, break_code
from irt.safety.desk import CloseCase, close_case
from irt.safety.envelope_tables import Envelope
from irt.safety.envelopes import (
    EnvelopeOpened,
    EnvelopeReturned,
    IssueEnvelopes,
    WrittenEnvelopes,
    envelope_opened,
    envelope_returned,
    envelopes_written,
    issue_envelopes,
)
from irt.safety.events import FollowUp, ReportEvent, TellEvent, follow_up, report_event, tell_event
from irt.safety.opinions import JudgeEvent, judge_event
from irt.safety.special_reports import ReportMisuse, ReportPregnancy, report_misuse, report_pregnancy
from irt.safety.tables import SusarCandidate
from irt.safety.unblindings import AssessUnblinding, ReportUnblinding, assess, report
from irt.simulation.cast import Cast, login_of
from irt.simulation.desk import Desk
from tests.journeys.served import PASSWORD
from tests.journeys.shot import Shot

LETTER = "the hospital's letter of discharge came"
SEEN = "ward round"


class Night:
    """One site's bad night: three events, one of them a case of the desk, codes broken, reports of all kinds."""

    def __init__(self, desk: Desk, cast: Cast, site: str) -> None:
        self.desk, self.cast, self.site = desk, cast, site
        self.zone = desk.service.study.site(site).time_zone
        self.doctor, self.coordinator = cast.at(site, "investigator"), cast.at(site, "coordinator")
        wrong = next(row for row in self.rows(Mishap, site=site) if row.kind == "wrong_kit")
        self.person: str = wrong.participant
        others = (row for row in self.rows(Participant, site=site, state="randomized") if row.id != self.person)
        self.other: str = next(others).id
        self._events()
        self._reports()
        self._breaks()
        self._envelopes()

    def rows(self, model: type[Base], **equal: Any) -> list[Any]:
        """What is stored with these values."""
        with self.desk.service.database.reading(self.cast.one("auditor")) as session:
            return list(session.scalars(select(model).filter_by(**equal)))

    def known(self) -> dict[str, Any]:
        """Known at the site since now."""
        now = self.desk.clock.now()
        return {"aware_on": local_day(now, self.zone), "aware_at": local_time(now, self.zone)}

    def _told(self, **other: Any) -> dict[str, Any]:
        common = {"causality_procedure": "unrelated", "action": "held", "outcome": "not_recovered",
                  "reporter": "relative", "treatment": "fluids, ceftriaxone 2 g/d", "onset_at": "21:40",
                  "onset_on": local_day(self.desk.clock.now(), self.zone) - timedelta(days=1)}  # fmt: skip
        return {**common, **self.known(), **other}

    def _events(self) -> None:
        grave = self._told(verbatim="肺炎，血氧 88 %，急诊入院", term="lung_infection", grade=4,
                           causality_drug="possible", seriousness=["hospitalisation", "life_threatening"])  # fmt: skip
        self.event = self._reported(self.person, grave)
        judged = {"version": 1, "causality_drug": "possible", "expectedness": "unexpected", "reason": SEEN}
        monitor = self.cast.one("medical_monitor")
        self.desk.do(monitor, judge_event, JudgeEvent(event=self.event, **judged))
        later = grave | self.known() | {"outcome": "recovering", "treatment": "ceftriaxone, then oral"}
        self.desk.do(self.doctor, follow_up, FollowUp(event=self.event, version=1, reason=LETTER, **later))
        second = self._told(verbatim="rigors and fever of 40.1 °C", term="fever", grade=4, causality_drug="probable",
                            seriousness=["medically_important"])  # fmt: skip
        settled = self._reported(self.other, second)
        self.desk.do(monitor, judge_event, JudgeEvent(event=settled, **judged))
        third = second | {"verbatim": "fell from the bicycle, wrist broken", "term": None, "grade": 3,
                          "causality_drug": "unlikely", "action": "none"}  # fmt: skip
        self.to_judge = self._reported(self.other, third)
        words = {"told": "in hospital since last night, says the daughter", "serious": True, **self.known()}
        self.desk.do(self.coordinator, tell_event, TellEvent(participant=self.person, **words))
        mild = words | {"told": "昨晚注射部位红肿", "serious": False}
        self.desk.do(self.coordinator, tell_event, TellEvent(participant=self.other, **mild))
        (case,), (closed,) = (self.rows(SusarCandidate, event=one) for one in (self.event, settled))
        self.case: str = case.id
        self.desk.do(self.cast.one("safety_officer"), close_case, CloseCase(candidate=closed.id, part="report"))

    def _reported(self, participant: str, told: dict[str, Any]) -> str:
        done = self.desk.do(self.doctor, report_event, ReportEvent(participant=participant, **told))
        return str(done.answer.event)

    def _reports(self) -> None:
        yesterday = local_day(self.desk.clock.now(), self.zone) - timedelta(days=1)
        twice = {"kind": "overdose", "told": "injected twice, morning and evening", "happened_on": yesterday,
                 "vials_taken": 2, "vials_intended": 1, "harm": "no", **self.known()}  # fmt: skip
        told = self.desk.do(self.doctor, report_misuse, ReportMisuse(participant=self.other, **twice))
        self.overdose: str = told.answer
        partner = {"whose": "partner", "last_period_on": yesterday - timedelta(days=40), "outcome": "ongoing"}
        self.desk.do(self.doctor, report_pregnancy, ReportPregnancy(participant=self.person, **partner, **self.known()))
        number = self.rows(Participant, id=self.person)[0].screening_number
        learned = {"learned_on": yesterday, "who": "the study nurse of the morning shift", "site": self.site,
                   "how": "a laboratory print with the blood count lay on the desk",
                   "done": "the print was destroyed"}  # fmt: skip
        of_one = ReportUnblinding(scope="participants", numbers=(number,), **learned)
        self.unblinding: str = self.desk.do(self.coordinator, report, of_one).answer
        assessed: str = self.desk.do(self.coordinator, report, ReportUnblinding(scope="site", **learned)).answer
        said = AssessUnblinding(unblinding=assessed, revision=1, impact="none: the nurse rates nobody",
                                corrective="prints are folded", reason="asked on the telephone")  # fmt: skip
        self.desk.do(self.cast.one("trial_manager"), assess, said)

    def _breaks(self) -> None:
        """One with a stop, hours ago; the shown pages break two more, before a second person would be asked for."""
        why = BreakCode(participant=self.other, break_reason="treatment_depends_on_it", told="shock of unknown cause",
                        treatment="stop", stop_reason="adverse_event", stop_note="fever of 40.1 °C")  # fmt: skip
        self.desk.do(self.doctor, break_code, why)
        self.desk.clock.advance(timedelta(hours=2))

    def _envelopes(self) -> None:
        """All were issued; one was opened in the night, one is destroyed."""
        officer = self.cast.one("safety_officer")
        line = self.desk.do(officer, issue_envelopes, IssueEnvelopes()).answer.opening
        self.desk.do(officer, envelopes_written, WrittenEnvelopes(opening=line))
        here = {"happened_on": local_day(self.desk.clock.now(), self.zone)}
        of = {row.participant: row.id for row in self.rows(Envelope, site=self.site)}
        when = {"happened_at": self.known()["aware_at"], "opened_by": "the doctor on call of the ward"}
        told = EnvelopeOpened(envelope=of[self.other], told="shock; the service did not answer", **here, **when)
        self.desk.do(self.doctor, envelope_opened, told)
        gone = EnvelopeReturned(envelope=of[self.other], kind="destroyed", told="opened, shredded", **here)
        self.desk.do(self.cast.one("monitor"), envelope_returned, gone)
        self.envelope: str = of[self.person]

    def paper_codes(self, site: str) -> Iterator[str]:
        """The codes of a sheet that the investigator of another site took."""
        credentials, holder = self.desk.service.credentials, self.cast.at(site, "investigator")
        sheet = credentials.new_paper_codes(holder)
        self.desk.do(holder, issue, IssueCodes(batch="f" * 32, digests=sheet.digests))
        return iter(sheet.codes)


def _sign(page: Page) -> None:
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_load_state()


def _break(page: Page) -> None:
    page.locator("[name=break_reason]").select_option("treatment_depends_on_it")
    page.locator("[name=told]").fill("血氧 88 %，休克，急诊室")
    page.locator("[name=treatment][value=continue]").check()
    _sign(page)
    page.locator(".big-number").wait_for(timeout=5_000)


def _open_case(page: Page) -> None:
    page.locator("[name=reason]").fill("the report is due in seven days")
    _sign(page)
    page.locator(".big-number").wait_for(timeout=5_000)


def _paper(login: str, codes: Iterator[str]) -> Callable[[Page], None]:
    def enter(page: Page) -> None:
        spoken = page.locator("html").get_attribute("lang")
        page.locator("[name=login]").fill(login)
        page.locator("[name=code]").fill(next(codes))
        page.locator("[name=code]").press("Enter")
        page.wait_for_url("**/emergency")
        if page.locator("html").get_attribute("lang") != spoken:  # signing in, a person's own language is spoken
            page.get_by_role("link", name="English" if spoken == "en" else "简体中文").click()

    return enter


def emergency_shots(desk: Desk, cast: Cast, site: str) -> Iterator[Shot]:
    """Live the night, and name its pages by who works with them."""
    night = Night(desk, cast, site)
    of, other, event = f"/participants/{night.person}", f"/participants/{night.other}", f"/events/{night.event}"
    special = f"/special-reports/of/{night.other}"
    doctor = {
        "doctor-start": "/", "doctor-participant": of, "doctor-stopped": other, "events": "/events/", "event": event,
        "event-report": f"/events/of/{night.person}/report", "event-follow-up": f"{event}/follow-up",
        "event-void": f"{event}/void", "code-break": f"{of}/code-break", "code-break-any": "/code-break",
        "code-breaks": "/code-breaks/", "code-break-agree": "/code-breaks/agree", "practice": f"/sites/{site}/practice",
        "special-overdose": f"{special}/overdose", "special-pregnancy": f"{special}/pregnancy",
        "special-one": f"/special-reports/{night.overdose}",
        "special-follow-up": f"/special-reports/{night.overdose}/follow-up", "unblindings": "/unblindings/",
        "unblinding-report": "/unblindings/report", "notices": "/notices", "account": "/account",
        "account-notices": "/account/notices", "paper-codes": "/account/paper-codes", "envelopes": "/envelopes",
        "envelope-opened": f"/envelopes/{night.envelope}/opened",
    }  # fmt: skip
    case = f"/desk/{night.case}"
    by_others = {
        "event-tell": ("coordinator", site, f"/events/of/{night.person}/tell"),
        "officer-start": ("safety_officer", None, "/"),
        "desk": ("safety_officer", None, "/desk/"),
        "desk-case": ("safety_officer", None, case),
        "desk-open": ("safety_officer", None, f"{case}/open"),
        "desk-close": ("safety_officer", None, f"{case}/close"),
        "monitor-start": ("medical_monitor", None, "/"),
        "event-judge": ("medical_monitor", None, f"/events/{night.to_judge}/judge"),
        "monitor-event": ("medical_monitor", None, event),
        "special-list": ("medical_monitor", None, "/special-reports/"),
        "monitor-code-breaks": ("medical_monitor", None, "/code-breaks/"),
        "manager-notices": ("trial_manager", None, "/notices"),
        "manager-unblindings": ("trial_manager", None, "/unblindings/"),
        "unblinding": ("trial_manager", None, f"/unblindings/{night.unblinding}"),
        "unblinding-assess": ("trial_manager", None, f"/unblindings/{night.unblinding}/assess"),
        "data-start": ("data_manager", None, "/"),
        "officer-envelopes": ("safety_officer", None, "/envelopes"),
        "envelope-returned": ("monitor", None, f"/envelopes/{night.envelope}/returned"),
    }
    yield from (Shot(name, "investigator", site, path) for name, path in doctor.items())
    yield Shot("code-break-shown", "investigator", site, f"{of}/code-break", _break)
    yield Shot("practice-shown", "investigator", site, f"/sites/{site}/practice", _break)
    yield Shot("paper-codes-issued", "investigator", site, "/account/paper-codes", _sign)
    yield from (Shot(name, role, at, path) for name, (role, at, path) in by_others.items())
    yield Shot("desk-shown", "safety_officer", None, f"{case}/open", _open_case)
    elsewhere = next(one.code for one in desk.service.study.sites if one.code != site)
    enter = _paper(login_of("investigator", elsewhere), night.paper_codes(elsewhere))
    yield Shot("emergency-sign-in", "investigator", elsewhere, "/sign-in/paper-code")
    yield Shot("emergency", "investigator", elsewhere, "/sign-in/paper-code", enter)
