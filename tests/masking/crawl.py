"""Every route as every role that must not know: pages, forms empty and filled in, real ids of own and other sites."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import or_, select
from werkzeug.routing import Rule

from irt.actor import MASKED_ROLES, SITE_ROLES, Role
from irt.conduct.tables import Deviation, PracticeBreak
from irt.dispensing.tables import ChangeRequest, Discrepancy, Disposal, Mishap
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry, Outbox
from irt.lock.review import LISTED
from irt.lock.tables import LockRequest, Rehearsal
from irt.outcomes.query_tables import Query
from irt.outcomes.tables import KioskCode, OutcomeForm
from irt.participants.tables import Participant, VisitRecord
from irt.people.tables import Account, RoleGrant
from irt.safety.envelope_tables import Envelope
from irt.safety.laboratory_tables import WithheldValue
from irt.safety.special_tables import SpecialReport
from irt.safety.tables import AdverseEvent, EventTold, SusarCandidate
from irt.safety.unblinding_tables import Unblinding
from irt.simulation.cast import login_of
from irt.supply.tables import Assignment, Destruction, Kit, LotDecision, Manifest, Quarantine, Shipment
from irt.vault._tables import Opening
from irt.web import lots, people, sites, study
from irt.web.pages import ROUTES
from tests.masking.browser import Browser, Form
from tests.masking.trial import PASSWORD, Trial

ANONYMOUS = "anonymous"
CRAWLERS: tuple[str, ...] = (
    *sorted(SITE_ROLES), *sorted(MASKED_ROLES - SITE_ROLES), Role.LABORATORY, Role.ADMINISTRATOR, ANONYMOUS,
)  # fmt: skip
LAST = ("quarantines.reported", "lots.decided", "auth.sign_out")  # they empty the shelf; it ends the session
MORE = (
    "/audit/?site={site}", "/audit/?number={number}", "/audit/?before={entry}", "/nowhere", "/health?x=%00",
    "/recall?q={kit}", "/recall?q={lot}", "/recall.csv?q={lot}", "/deviations/?kind=randomized_in_error",
)  # fmt: skip
# What is there from the blind review, a rehearsal or a release on: tests/masking/test_lock_twins.py
LATER = frozenset({
    "lock.unlock_signed", "review.signed", "review.listing", "release.allowed", "release.carried_out",
    "release.opened_again", "release.analysis", "release.report", "rehearsal.package", "rehearsal.everything",
    "rehearsal.report",
})  # fmt: skip
# Outcomes under the arms' names, as they were invented: the trial statistician's, and written apart where it is asked
FILES = frozenset({"rehearsal.package", "rehearsal.everything", "rehearsal.report"})
BEGUN = ("rehearsal.begun",)  # long work that would go on in another thread while others are asked
MANY = ("participant", "event", "entry", "some_entries", "every_entry", "candidate")
EVERY_ENTRY = Role.AUDITOR  # reads the whole audit trail, entry by entry


@dataclass
class Crawled:
    """What the crawl saw."""

    routes: set[str] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)  # answered with the page or its form, not with 403 or 404
    statuses: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    requests: int = 0
    bytes: int = 0


def crawl(
    trial: Trial,
    app: Flask,
    port: int,
    folder: Path,
    *,
    posts: bool = True,
    every_entry: bool = True,
    safety: bool = False,
    only: Collection[str] = (),
    apart: Path | None = None,
) -> Crawled:
    """Ask every route of `app` as every role of CRAWLERS; each role's transcript is a file in `folder`.

    `every_entry`: the auditor reads the whole trail; else some entries of every kind of act, most of those of mishaps.
    `safety`: of all but events and entries two of a kind are looked at; what the desk did is not asked for, for twins
    have not as much of it at every time. `only`: page groups; without any all are asked for. `apart`: the folder of a
    second transcript of each role, of what it was answered when it asked for FILES.
    """
    found, objects = Crawled(), objects_of(trial, desk=not safety)
    if safety:
        objects = {name: ids if name in MANY else ids[:2] for name, ids in objects.items()}
    if not every_entry:
        objects["every_entry"] = objects["some_entries"]
    browsers = {role: Browser(port, folder / f"{role}.http") for role in CRAWLERS}
    for role, browser in browsers.items():
        if role != ANONYMOUS:
            browser.sign_in(login_of(role, trial.sites[0] if role in SITE_ROLES else None), PASSWORD)
    for role, browser in browsers.items():
        _as_role(role, browser, app, objects, found, posts, only, apart)
        found.requests += browser.requests
        found.bytes += browser.bytes
    return found


def _as_role(
    role: str, browser: Browser, app: Flask, objects: Mapping[str, list[str]], found: Crawled, posts: bool,
    only: Collection[str], apart: Path | None,
) -> None:  # fmt: skip
    token = browser.ask("GET", "/" if role != ANONYMOUS else "/sign-in").form
    assert "csrf_token" in token.fields, f"{role}: the first page has no form"
    written = browser.written
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.endpoint in LAST, one.rule)):
        if only and rule.endpoint.partition(".")[0] not in only:
            continue
        if rule.endpoint in BEGUN:
            continue
        browser.written = apart / written.name if apart and rule.endpoint in FILES else written
        every = rule.endpoint == "audit.one" and role == EVERY_ENTRY
        for path in paths_of(app, rule, objects, objects["every_entry"] if every else objects["entry"]):
            if not _one_path(role, browser, rule, path, token, found, posts):
                break  # a page is shut to a role before it looks at its address, so it is at every other
    browser.written = written
    for path in MORE:
        filled = path.format(**{name: objects[name][0] for name in ("site", "number", "kit", "lot", "entry")})
        found.statuses[browser.ask("GET", filled).status] += 1


def _one_path(role: str, browser: Browser, rule: Rule, path: str, token: Form, found: Crawled, posts: bool) -> bool:
    """Ask one address, with its form empty and filled in; whether the page is open to the role."""
    methods = rule.methods or set()
    found.routes.add(rule.rule)
    page = token
    if "GET" in methods:
        answer = browser.ask("GET", path)
        _note(role, "GET", path, rule, answer.status, found)
        if answer.status == 403:
            return False  # so is the form
    if "POST" in methods and posts:
        if "GET" in methods and "request_id" in answer.form.fields:
            page = answer.form
        for form in (page.empty(), page.filled(PASSWORD)):
            _note(role, "POST", path, rule, browser.ask("POST", path, form).status, found)
    return True


def _note(role: str, method: str, path: str, rule: Rule, status: int, found: Crawled) -> None:
    found.statuses[status] += 1
    if status in (200, 409, 410, 422) or (status == 303 and role != ANONYMOUS):  # who is sent to sign in saw nothing
        found.reached.add(rule.rule)
    if status >= 500:
        found.failed.append(f"{role} {method} {path}: {status}")


def expected(app: Flask) -> set[str]:
    """The rules that somebody of the crawl must get to see: declared for one of their roles, or for everybody."""
    crawling = frozenset(MASKED_ROLES | {Role.LABORATORY, Role.ADMINISTRATOR})
    return {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in {*LATER, *BEGUN}
        and (
            rule.endpoint not in ROUTES
            or not isinstance(ROUTES[rule.endpoint].roles, frozenset)
            or ROUTES[rule.endpoint].roles & crawling  # type: ignore[operator]
        )
    }


def paths_of(app: Flask, rule: Rule, objects: Mapping[str, list[str]], entries: list[str]) -> Iterator[str]:
    """Every address of a route with real ids."""
    blueprint = rule.endpoint.partition(".")[0]
    names = sorted(rule.arguments)
    steps = {
        "sites": sites.STEPS, "study": study.STEPS, "people": people.STEPS | people.GRANT_STEPS, "lots": lots.STEPS,
    }.get(blueprint, {})  # fmt: skip
    choices = {
        **objects,
        "entry": entries,
        "step": [*steps, "nonsense"],
        "code": {"sites": objects["site"], "lots": objects["lot"]}.get(blueprint, ["en", "zh_Hans_CN", "xx"]),
        "way": ["release", "reject", "nonsense"]
        if blueprint == "quarantines"
        else ["destroy", "send-back", "nonsense"],
        "part": ["1", "99"],
        "book": ["accountability", "inventory", "day", "nonsense"],
        "form": ["csv", "pdf"],
        "filename": ["css/bootstrap.min.css" if blueprint == "bootstrap" else "irt.css"],
    }
    with app.test_request_context():
        for values in product(*(choices[name] for name in names)):
            yield app.url_map.bind("").build(rule.endpoint, dict(zip(names, values, strict=True)))


def objects_of(trial: Trial, *, desk: bool = True) -> dict[str, list[str]]:
    """Real ids for every kind of place in an address, of the crawlers' own site first and then of another."""
    participant, shipment, given = table_of(Participant), table_of(Shipment), table_of(Assignment)
    deviation, kit = table_of(Deviation), table_of(Kit)
    mishap = table_of(Mishap)
    account, grant, entry = table_of(Account), table_of(RoleGrant), table_of(AuditEntry)
    change = table_of(ChangeRequest)
    own, other = trial.sites
    with trial.service.database.read.connect() as connection:

        def all_of(column: object, *where: object) -> list[str]:
            return [row[0] for row in connection.execute(select(column).where(*where).order_by(column))]  # type: ignore[call-overload]

        randomized = participant.c.state.in_(("randomized", "completed"))
        here = all_of(participant.c.id, participant.c.site == own, randomized)
        newest = select(table_of(WithheldValue).c.participant).order_by(table_of(WithheldValue).c.recorded_at.desc())
        examined = connection.execute(newest.limit(1)).scalar()
        beyond = _beyond_the_plan(trial, here)
        here.sort(key=lambda one: (one != examined, one not in beyond))  # whose value only the investigator may see
        elsewhere = all_of(participant.c.id, participant.c.site == other, randomized)
        waiting = all_of(participant.c.id, participant.c.site == own, participant.c.state == "screened")
        waiting += all_of(participant.c.id, participant.c.site == own, participant.c.state == "screen_failed")
        boxes = all_of(shipment.c.id, shipment.c.site == own)[:1] + all_of(shipment.c.id, shipment.c.site == other)[:1]
        (invited,) = all_of(account.c.id, account.c.login == "spare-invited")
        (active,) = all_of(account.c.id, account.c.login == "spare-active")  # with a role proposed
        of_desk = or_(entry.c.act.startswith("desk."), entry.c.roles.contains(Role.SAFETY_OFFICER.value))
        read = select(entry.c.act, entry.c.hash).order_by(entry.c.seq)
        entries = list(connection.execute(read if desk else read.where(~of_desk)))
        hashes = [row.hash for row in entries]
        telling = [row.hash for row in entries if row.act in ("list.prepare", "list.seal_own", "kits.import")]
        returned = table_of(Disposal).c
        back = all_of(returned.id, returned.kind == "sent_back", returned.received_at.is_(None))
        invitation = trial.service.credentials.open_invitation(invited)
        assert invitation is not None
        return {
            "participant": [here[0], waiting[0], elsewhere[0]],
            "site": [own, other],
            "number": all_of(participant.c.screening_number, participant.c.id == here[0]),
            "shipment": boxes,
            "account": [active, trial.cast.one("supply_manager").account],
            "grant": all_of(grant.c.id, grant.c.account == active),
            "every_entry": hashes,
            "some_entries": _of_each_act(entries),
            "entry": [*telling, *hashes[:: max(1, len(hashes) // 12)]],
            "token": [trial.service.credentials.invitation_token(invitation), "stale.token"],
            "deviation": all_of(deviation.c.id)[:2],
            "notice": [*all_of(table_of(Outbox).c.id, table_of(Outbox).c.kind != "invitation")[::9], "nonsense"],
            "kind": ["pregnancy", "medication_error", "nonsense"],
            "kit": all_of(given.c.kit)[:1],
            "lot": all_of(kit.c.lot, kit.c.site == own)[:1],
            "target": ["birth_year", f"visit:{trial.service.study.visits[0].id}", "nonsense"],
            "change": all_of(change.c.id, change.c.site == own),
            "discrepancy": all_of(table_of(Discrepancy).c.id)[:2],
            "disposal": all_of(table_of(Disposal).c.id)[:2] + back[:2],
            "quarantine": all_of(table_of(Quarantine).c.id),
            "decision": all_of(table_of(LotDecision).c.id, table_of(LotDecision).c.kind == "extended"),
            "destruction": all_of(table_of(Destruction).c.id),
            "manifest": all_of(table_of(Manifest).c.id)[:2],
            **_of_lock(all_of),
            **_of_safety(trial, all_of, desk=desk),
            **_of_outcomes(trial, all_of, beyond.get(here[0], [])),
            "dose": ["2", "x1"],
            "day": [str(trial.clock.now().date()), "nonsense"],
            "mishap": [
                *all_of(mishap.c.id, mishap.c.site == own)[:: max(1, len(all_of(mishap.c.id)) // 12)],
                *all_of(mishap.c.id, mishap.c.site == other)[:1],
                "nonsense",
            ],
        }


def _of_lock(all_of: Callable[..., list[str]]) -> dict[str, list[str]]:
    """Requests to unlock and to release, listings of the blind review, files of a report."""
    asked = [*all_of(table_of(LockRequest).c.id)[-2:], "nonsense"]
    names = [*LISTED, "report_en.html", "report_zh.html", "nonsense"]
    rehearsed = [*all_of(table_of(Rehearsal).c.id)[-1:], "nonsense"]
    return {"asked": asked, "request": asked, "name": names, "rehearsal": rehearsed}


def _beyond_the_plan(trial: Trial, participants: Sequence[str]) -> dict[str, list[str]]:
    """A visit outside the plan by participant, as its row, the raters' pages and the laboratory's have it."""
    record, planned = table_of(VisitRecord).c, [one.id for one in trial.service.study.visits]
    wanted = select(record.participant, record.visit, record.visited_on).where(
        record.participant.in_(participants), record.visit.not_in(planned), record.state == "done"
    )
    with trial.service.database.read.connect() as connection:
        rows = connection.execute(wanted.order_by(record.participant, record.visit.desc(), record.revision)).all()
    return {who: [visit, f"day-{on}", f"X.{on}"] for who, visit, on in rows}


def _of_outcomes(trial: Trial, all_of: Callable[..., list[str]], beyond: Sequence[str]) -> dict[str, list[str]]:
    """Visits, instruments and what was asked about them; `beyond`: a visit outside the plan under each of its names."""
    dispensing = trial.service.study.dispensing_visits
    return {
        "visit": [dispensing[0].id, "W12", dispensing[-1].id, *beyond],
        "instrument": ["mmt8", "physician_global", "haq", "t_cells", "cytokines", "blood_count", "nonsense"],
        "query": [*all_of(table_of(Query).c.id)[:4], "nonsense"],
        "outcome": [*all_of(table_of(OutcomeForm).c.id)[:3], "nonsense"],
        "kiosk": [*all_of(table_of(KioskCode).c.id)[:1], "nonsense"],
        "subject": ["medication.1", "nonsense"],
        "medication": ["1", "99"],
    }


def _of_safety(trial: Trial, all_of: Callable[..., list[str]], *, desk: bool) -> dict[str, list[str]]:
    """Real ids of what is told of harm, and of what was opened; of the desk's openings only where it is asked for."""
    own, other = trial.sites
    envelope, opening = table_of(Envelope).c, table_of(Opening)
    return {
        "candidate": [*all_of(table_of(SusarCandidate).c.id)[:3], "nonsense"],
        "practice": [*all_of(table_of(PracticeBreak).c.id)[:2], "nonsense"],
        "opening": [*all_of(opening.c.id, *(() if desk else (opening.c.purpose == "code_break",)))[:3], "nonsense"],
        "envelope": [
            *all_of(envelope.id, envelope.site == own)[:1],
            *all_of(envelope.id, envelope.site == other)[:1],
            "nonsense",
        ],
        "event": [*all_of(table_of(AdverseEvent).c.id)[:4], "nonsense"],
        "told": [*all_of(table_of(EventTold).c.id)[:2], "nonsense"],
        "unblinding": [*all_of(table_of(Unblinding).c.id)[:2], "nonsense"],
        "sample": ["1", "99"],
        "analyte": ["eosinophils", "alt"],
        "report": [*all_of(table_of(SpecialReport).c.id), "nonsense"],
    }


def _of_each_act(entries: Sequence[Any]) -> list[str]:
    """The last entries of every kind of act: of what is done about mishaps many, of the rest a few."""
    of: dict[str, list[str]] = defaultdict(list)
    for act, entry in entries:
        of[act].append(entry)
    some = {one for act, found in of.items() for one in found[-24 if act.startswith("mishap.") else -3 :]}
    return [entry for _, entry in entries if entry in some]
