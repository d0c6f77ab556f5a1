"""Deny by default: who may see which page, page by page and role by role, against a table written by hand."""

from collections.abc import Callable

import pytest
from flask import Blueprint, Flask

from irt.actor import Role
from irt.entropy import new_id
from irt.web import pages
from irt.web.pages import ASSETS, ROUTES, Audience, UndeclaredRouteError
from tests.cast import CAST, World
from tests.setting import open_trial, recorded
from tests.web.conftest import Visitor

CARE = "investigator coordinator pharmacist"
OVERSIGHT = "monitor data_manager medical_monitor trial_manager auditor"
SITE_STOCK = f"{CARE} monitor trial_manager"
BOOKS = f"{CARE} monitor trial_manager auditor data_manager"
EVENTS = f"investigator coordinator {OVERSIGHT} safety_officer"
RECALL = f"{CARE} monitor trial_manager data_manager medical_monitor quality"
LABS = "investigator coordinator monitor data_manager medical_monitor auditor"
QUERIES = "investigator coordinator monitor data_manager auditor"
MASKED = f"{CARE} {OVERSIGHT} assessor physician_assessor trial_statistician sponsor quality depot"
SECOND = "administrator trial_manager quality"
REHEARSE = "trial_statistician data_manager trial_manager quality"
SAFETY = "medical_monitor monitor trial_manager safety_officer"
SIGN_LOCK = "investigator data_manager trial_statistician medical_monitor trial_manager sponsor quality monitor"
REVIEW = "data_manager trial_statistician medical_monitor sponsor quality trial_manager auditor"
OPENS = "unblinded_statistician"
RATERS = "assessor physician_assessor investigator coordinator"
EXPECTED = {
    "auth.sign_in": "anybody", "auth.sign_out": "anybody", "auth.choose_language": "anybody",
    "auth.activation": "anybody", "home.health": "anybody",
    "paper_codes.entered": "anybody", "paper_codes.emergency": "signed in", "paper_codes.taken": "investigator",
    "intercurrent.listed": "medical_monitor data_manager monitor trial_statistician auditor",
    "intercurrent.one": "investigator coordinator medical_monitor data_manager monitor trial_statistician auditor",
    "intercurrent.reported": "investigator coordinator", "intercurrent.corrected": "investigator coordinator",
    "intercurrent.judged": "medical_monitor",
    "results.listed": "laboratory", "results.one": "laboratory", "results.recorded": "laboratory",
    "results.corrected": "laboratory", "results.imported": "laboratory", "results.template": "laboratory",
    "unblindings.listed": f"{MASKED} laboratory", "unblindings.one": f"{MASKED} laboratory",
    "unblindings.as_csv": "trial_statistician trial_manager monitor",
    "unblindings.reported": f"{MASKED} laboratory", "unblindings.assessed": "trial_manager quality",
    "home.worklist": "signed in", "auth.own_account": "signed in", "auth.own_new_password": "signed in",
    "notices.listed": "signed in", "notices.acknowledged": "signed in", "notices.by_mail": "signed in",
    "special.listed": SAFETY, "special.one": f"{SAFETY} investigator coordinator",
    "special.reported": "investigator", "special.followed": "investigator",
    "participants.listed": f"{CARE} {OVERSIGHT} assessor physician_assessor",
    "participants.one": f"{CARE} {OVERSIGHT} assessor physician_assessor",
    "participants.screened": "investigator coordinator",
    "participants.consent": "investigator coordinator",
    "participants.baseline": "investigator coordinator",
    "participants.baseline_correction": "investigator coordinator",
    "participants.screen_failure": "investigator coordinator",
    "participants.withdrawal": "investigator coordinator",
    "eligibility.confirmed": "investigator",
    "eligibility.randomized": "investigator coordinator",
    "eligibility.confirmation": f"{CARE} {OVERSIGHT}",
    "eligibility.stratum": "investigator coordinator",
    "eligibility.in_error": "investigator trial_manager",
    "dispensing.listed": CARE, "dispensing.assigned": CARE, "dispensing.handed_over": "pharmacist",
    "dispensing.allowed": "trial_manager medical_monitor",
    "returns.kits": f"{CARE} {OVERSIGHT}", "returns.taken_back": "pharmacist",
    "returns.discrepancies": f"{CARE} {OVERSIGHT}", "returns.resolved": CARE,
    "disposals.listed": f"{SITE_STOCK} auditor", "disposals.disposed": "pharmacist",
    "disposals.witnessed": f"{CARE} monitor", "disposals.withdrawn": "pharmacist",
    "dispensing.slip": f"{CARE} {OVERSIGHT}", "dispensing.cancelled": CARE, "dispensing.kept_back": "pharmacist",
    "visits.listed": f"{CARE} monitor data_manager trial_manager",
    "visits.recorded": CARE, "visits.skipped": "investigator coordinator", "visits.unscheduled": CARE,
    "doses.diary": f"{CARE} {OVERSIGHT}", "doses.recorded": CARE, "doses.corrected": CARE, "doses.first": CARE,
    "doses.held": "investigator", "doses.resumed": "investigator", "doses.stopped": "investigator",
    "doses.completed": "investigator coordinator",
    "changes.listed": f"{CARE} {OVERSIGHT}", "changes.offered": CARE, "changes.asked": CARE,
    "changes.agreed": "data_manager", "changes.declined": "data_manager",
    "mishaps.asked": CARE, "mishaps.wrong": CARE, "mishaps.still_here": CARE, "mishaps.gone": CARE,
    "mishaps.another_site": CARE, "mishaps.turned_up": CARE,
    "mishaps.listed": f"{CARE} {OVERSIGHT}", "mishaps.one": f"{CARE} {OVERSIGHT}",
    "mishaps.note": f"{CARE} {OVERSIGHT}", "mishaps.note_as_pdf": f"{CARE} {OVERSIGHT}",
    "mishaps.recovered": "pharmacist coordinator", "mishaps.handed_over": "pharmacist",
    "mishaps.uncollected": "pharmacist",
    "mishaps.signed": "investigator",
    "supply.depot": "supply_manager depot trial_manager auditor",
    "supply.manifest": "supply_manager",
    "supply.shipments": f"{SITE_STOCK} depot supply_manager auditor quality",
    "supply.requested": "trial_manager",
    "supply.shipment": f"{SITE_STOCK} depot auditor quality", "supply.logger": f"{SITE_STOCK} depot auditor quality",
    "supply.packed": "depot", "supply.cancelled": "depot trial_manager",
    "supply.corrected": "pharmacist",
    "lots.listed": "quality medical_monitor trial_manager monitor data_manager auditor sponsor depot supply_manager "
                   "pharmacist",
    "depot.destroyed": "depot quality trial_manager auditor",
    "depot.certificate": "depot quality trial_manager auditor",
    "depot.received": "depot", "depot.destroying": "depot", "depot.signed": "quality", "depot.withdrawn": "depot",
    "depot.reported": "depot",
    "depot.types": "supply_manager", "depot.put_away": "supply_manager",
    "recall.drilled": "quality trial_manager",
    "lots.decided": "quality medical_monitor", "lots.relabelled": "pharmacist",
    "quarantines.listed": f"{SITE_STOCK} quality medical_monitor auditor depot",
    "quarantines.logger": f"{SITE_STOCK} quality medical_monitor auditor depot",
    "quarantines.reported": "pharmacist coordinator", "quarantines.decided": "quality",
    "supply.sent": "depot", "supply.received": "pharmacist", "supply.shelf": SITE_STOCK,
    "forecast.latest": "supply_manager",
    "queries.listed": f"assessor physician_assessor {QUERIES}", "queries.one": f"assessor physician_assessor {QUERIES}",
    "queries.answered": "assessor physician_assessor investigator coordinator",
    "queries.asked_again": "monitor data_manager", "queries.closed": "monitor data_manager",
    "queries.raised": "monitor data_manager", "queries.verified": "monitor",
    "board.listed": f"investigator coordinator {OVERSIGHT} trial_statistician",
    "progress.listed": f"{OVERSIGHT} trial_statistician sponsor quality",
    "deviations.listed": f"{CARE} {OVERSIGHT} trial_statistician",
    "deviations.as_csv": f"{CARE} {OVERSIGHT} trial_statistician",
    "deviations.reported": f"{CARE} monitor data_manager",
    "deviations.classified": "data_manager trial_statistician",
    "events.listed": EVENTS, "events.one": EVENTS, "events.begun": "investigator coordinator",
    "events.told": "investigator coordinator", "events.none": "investigator", "events.reported": "investigator",
    "events.followed": "investigator", "events.voided": "investigator", "events.judged": "medical_monitor",
    "books.day": BOOKS, "books.kits": BOOKS, "books.moves": BOOKS, "books.printed": BOOKS,
    "books.signed_off": "monitor",
    "labels.listed": "depot supply_manager", "labels.of_lot": "depot supply_manager",
    "labels.of_kit": "depot supply_manager", "labels.of_shipment": "depot", "labels.dispensed": "pharmacist",
    "labels.to_relabel": "pharmacist",
    "recall.one": RECALL, "recall.as_csv": RECALL,
    "papers.dosing_calendar": CARE, "papers.reminders": CARE, "papers.card": CARE,
    "desk.listed": "safety_officer", "desk.one": "safety_officer", "desk.opened": "safety_officer",
    "desk.shown_for_report": "safety_officer", "desk.closed": "safety_officer", "desk.worksheet": "safety_officer",
    "code_breaks.asked": "investigator", "code_breaks.of_participant": "investigator",
    "code_breaks.shown": "investigator", "code_breaks.agreed": f"{CARE} medical_monitor",
    "code_breaks.listed": f"{CARE} monitor medical_monitor trial_manager trial_statistician",
    "code_breaks.practised": "investigator", "code_breaks.practice_shown": "investigator",
    "labs.listed": LABS, "labs.recorded": "investigator coordinator", "labs.corrected": "investigator coordinator",
    "labs.dismissed": "investigator", "labs.withheld": "investigator", "labs.withheld_recorded": "investigator",
    "labs.withheld_corrected": "investigator",
    "outcomes.listed": RATERS, "outcomes.sheet": RATERS, "outcomes.corrected": RATERS,
    "outcomes.one": f"{RATERS} monitor data_manager auditor",
    "kiosk.opened": "investigator coordinator", "kiosk.closed": "investigator coordinator",
    "kiosk.entered": "anybody", "kiosk.answered": "anybody", "kiosk.ended": "anybody",
    "coding.listed": "data_manager", "coding.coded": "data_manager",
    "safety.listed": "medical_monitor auditor", "safety.as_csv": "medical_monitor auditor",
    "safety.pooled": "medical_monitor auditor sponsor",
    "envelopes.listed": f"{CARE} monitor medical_monitor trial_manager trial_statistician safety_officer",
    "envelopes.opened": "investigator coordinator", "envelopes.returned": "pharmacist monitor",
    "sites.listed": f"{CARE} {OVERSIGHT} sponsor quality", "sites.one": f"{CARE} {OVERSIGHT} sponsor quality",
    "sites.stepped": "investigator trial_manager",
    "study.one": f"{CARE} {OVERSIGHT} sponsor quality depot trial_statistician supply_manager safety_officer "
                 "unblinded_statistician",
    "study.stepped": "trial_manager medical_monitor sponsor",
    "lock.one": f"{SIGN_LOCK} auditor", "lock.frozen": "data_manager", "lock.thawed": "data_manager",
    "lock.endorsed": "investigator", "lock.signed": SIGN_LOCK, "lock.unlock_asked": "data_manager",
    "lock.unlock_signed": SIGN_LOCK,
    "review.one": REVIEW, "review.listing": REVIEW, "review.decided": "trial_statistician data_manager",
    "review.recorded": "trial_statistician", "review.signed": SIGN_LOCK,
    "release.one": f"{REVIEW} {OPENS}", "release.asked_for": SIGN_LOCK, "release.allowed": SIGN_LOCK,
    "release.progress": OPENS, "release.carried_out": OPENS, "release.opened_again": OPENS, "release.analysed": OPENS,
    "release.package": OPENS, "release.analysis": OPENS, "release.report": OPENS,
    "rehearsal.one": f"{REHEARSE} auditor", "rehearsal.begun": REHEARSE, "rehearsal.progress": f"{REHEARSE} auditor",
    "rehearsal.package": "trial_statistician", "rehearsal.everything": "trial_statistician",
    "rehearsal.report": "trial_statistician",
    "people.listed": SECOND, "people.one": SECOND, "people.granted": SECOND,
    "people.stepped": "administrator trial_manager",
    "people.invited": "administrator", "people.proposed": "administrator", "people.reviewed": "administrator quality",
    "audit.listed": "auditor monitor trial_manager data_manager quality",
    "audit.one": "auditor monitor trial_manager data_manager quality",
    "jobs.listed": "auditor trial_manager data_manager quality",
}  # fmt: skip


def admitted(endpoint: str) -> set[Role] | str:
    """Who may see a page, by the table."""
    written = EXPECTED[endpoint]
    return written if written in ("anybody", "signed in") else {Role(role) for role in written.split()}


def test_every_route_stands_in_the_table(app: Flask) -> None:
    rules = {rule.endpoint for rule in app.url_map.iter_rules()} - set(ASSETS)
    assert rules == set(EXPECTED)
    for endpoint in rules:
        declared = ROUTES[endpoint].roles
        expected = admitted(endpoint)
        assert (declared.value if isinstance(declared, Audience) else set(declared)) == expected, endpoint


def test_an_undeclared_route_stops_the_start(trial: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stray = Blueprint("stray", __name__)
    stray.add_url_rule("/stray", "open", lambda: "open to all")
    monkeypatch.setattr("irt.web.navigation.BLUEPRINTS", (stray,))
    with pytest.raises(UndeclaredRouteError, match=r"/stray .stray.open.: declare"):
        pages.require_declared(_with(stray))


def _with(blueprint: Blueprint) -> Flask:
    app = Flask("stray")
    app.register_blueprint(blueprint)
    return app


@pytest.mark.parametrize("name", [name for name in CAST if name not in ("operator", "administrator_two")])
def test_each_page_admits_whom_the_table_says(
    trial: World, app: Flask, visit: Callable[[str], Visitor], name: str
) -> None:
    open_trial(trial, "01")
    participant = recorded(trial).id
    visitor, role, seen = visit(name), CAST[name].role, 0
    token = visitor.tokens("/account")
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ASSETS:
            continue
        path = filled(rule.rule, participant, trial.actor(name).account)
        allowed = admitted(rule.endpoint)
        expected = isinstance(allowed, str) or role in allowed
        for method in sorted(rule.methods & {"GET", "POST"}):
            if rule.endpoint in ("auth.sign_out", "auth.sign_in"):
                continue
            form = token | {"request_id": new_id(trial.entropy)}
            answer = visitor.get(path) if method == "GET" else visitor.post(path, form)
            assert (answer.status_code != 403) == expected, (method, path, answer.status_code)
            assert answer.status_code < 500, (method, path)
            seen += 1
    assert seen > 60


def test_nobody_signed_in_sees_no_page(app: Flask) -> None:
    visitor, seen = Visitor(app), 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ASSETS or EXPECTED[rule.endpoint] == "anybody" or "GET" not in rule.methods:
            continue
        answer = visitor.get(filled(rule.rule, "x", "x"))
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in?next=")
        seen += 1
    assert seen > 35


def test_a_role_that_ended_sees_nothing_from_then_on(trial: World, visit: Callable[[str], Visitor]) -> None:
    from irt.people.accounts import AccountWithReason, disable

    monitor = visit("monitor")
    assert monitor.get("/audit/").status_code == 200
    trial.do(disable, AccountWithReason(account=trial.actor("monitor").account, reason="left"), by="administrator")
    assert monitor.get("/audit/").headers["Location"].startswith("/sign-in")


def filled(rule: str, participant: str, account: str) -> str:
    """An address for a rule. A step that this role may not take is not found, so one is chosen that it may."""
    values = {
        "/lots/<step>/<path:code>": "/lots/hold/none", "<quarantine>": "none", "<manifest>": "none",
        "<decision>": "none",
        "<deviation>": "none", "<unblinding>": "none", "<event>": "none", "<told>": "none",
        "<notice>": "none", "<rehearsal>": "none", "<report>": "none", "<kind>": "overdose",
        "<int:medication>": "1", "<subject>": "death", "<instrument>": "cytokines",
        "<int:sample>": "1", "<analyte>": "alt", "<day>": "2026-03-02",
        "<participant>": participant, "<account>": account, "<visit>": "W0", "<shipment>": "none",
        "<target>": "sex", "<change>": "none", "<grant>": "none",
        "<int:seq>": "1", "<token>": "none", "/sites/<code>": "/sites/01", "<code>": "en",
        "<lot>": "none", "<int:part>": "1", "<kit>": "none",
        "<asked>": "none", "<request>": "none", "<name>": "participants",
        "<book>.<form>": "accountability.csv", "<site>": "01", "/study/<step>": "/study/pause", "<step>": "pause",
    }  # fmt: skip
    for variable, value in values.items():
        rule = rule.replace(variable, value)
    return rule
