"""Every address of every page with ids of what there is in a world, asked by everybody of the cast."""

from collections.abc import Iterator
from itertools import islice, product

from flask import Flask
from werkzeug.routing import Rule

from irt.conduct.tables import Deviation, PracticeBreak
from irt.db import Base
from irt.entropy import SystemEntropy, new_id
from irt.gate.tables import AuditEntry, Outbox
from irt.lock.review import LISTED
from irt.lock.tables import LockRequest, Rehearsal
from irt.participants.tables import Participant
from irt.people.tables import Account, RoleGrant
from irt.supply.tables import Kit, Lot, Manifest, Shipment
from irt.vault._tables import Opening
from irt.web.pages import ASSETS
from tests.cast import CAST, World
from tests.web.conftest import Visitor, visiting

MOST = 5  # addresses of one page, but for the whole audit trail, and each file that has a name
READS_ALL = "auditor"
IDS: dict[str, tuple[type[Base], str]] = {
    "account": (Account, "id"), "asked": (LockRequest, "id"), "deviation": (Deviation, "id"),
    "entry": (AuditEntry, "hash"), "grant": (RoleGrant, "id"), "kit": (Kit, "number"), "lot": (Lot, "code"),
    "manifest": (Manifest, "id"), "notice": (Outbox, "id"), "opening": (Opening, "id"),
    "participant": (Participant, "id"), "practice": (PracticeBreak, "id"), "rehearsal": (Rehearsal, "id"),
    "request": (LockRequest, "id"), "shipment": (Shipment, "id"),
}  # fmt: skip
FIXED = {
    "site": ("01", "02"), "visit": ("W0", "W12"), "book": ("accountability", "inventory", "day"),
    "form": ("csv", "pdf"), "day": ("2026-03-02",), "step": ("pause", "hold", "close", "disable", "end"),
    "way": ("release", "destroy"), "target": ("birth_year",), "kind": ("overdose", "pregnancy"),
    "instrument": ("mmt8", "cytokines"), "analyte": ("alt", "eosinophils"), "code": ("en", "01"),
    "name": (*LISTED, "report_en.html", "report_zh.html", "nonsense"), "medication": ("1",), "part": ("1",),
    "sample": ("1",), "dose": ("2",), "subject": ("death",),
}  # fmt: skip
SIGNS_OUT = "auth.sign_out"
# Routes that no visitor is answered 200 at: of what this world has nothing, and what is only sent.
NOT_OPENED = """
    auth: activation choose_language · changes: agreed declined · coding: coded
    depot: certificate received signed withdrawn · desk: closed one opened shown_for_report worksheet
    dispensing: cancelled handed_over kept_back slip · disposals: withdrawn witnessed · doses: corrected
    eligibility: randomized · envelopes: opened returned · events: begun followed judged none one voided
    intercurrent: corrected judged · kiosk: answered closed ended · labels: dispensed to_relabel
    labs: corrected withheld_corrected withheld_recorded · lock: unlock_signed · lots: decided relabelled
    mishaps: handed_over note note_as_pdf one recovered signed turned_up uncollected · outcomes: corrected
    quarantines: decided logger · queries: answered asked_again closed one raised
    rehearsal: begun everything package report · release: analysed analysis package report
    results: corrected recorded · returns: resolved · sites: stepped · special: followed one · supply: logger
    unblindings: assessed one
"""


def addresses(app: Flask, world: World, rule: Rule, *, whole: bool) -> Iterator[str]:
    """The addresses of one route; `whole`: each entry of the audit trail."""
    lists = []
    for name in sorted(rule.arguments):
        model, column = IDS.get(name, (None, ""))
        known = [str(getattr(row, column)) for row in world.rows(model)] if model else []
        every = whole and name == "entry"
        some = known if every else known[:: max(1, len(known) // 4)]
        lists.append([*some, *FIXED.get(name, ("none",))])
    values = product(*lists)
    most = MOST * (len(FIXED["name"]) if "name" in rule.arguments else 1)
    chosen = values if whole and "entry" in rule.arguments else islice(values, most)
    with app.test_request_context():
        adapter = app.url_map.bind("")
        yield from (adapter.build(rule.endpoint, dict(zip(sorted(rule.arguments), one, strict=True))) for one in chosen)


def answers(app: Flask, world: World) -> Iterator[tuple[str, str, str, int, bytes]]:
    """Who, route, method and address, status, and everything that was answered: every page as everybody, asked for
    and sent empty."""
    rules = sorted((one for one in app.url_map.iter_rules() if one.endpoint not in ASSETS), key=lambda one: one.rule)
    for name in CAST:
        if name == "operator":  # signs in nowhere
            continue
        visitor = visiting(world, app)(name)
        token = visitor.tokens("/account")
        for rule in rules:
            if rule.endpoint != SIGNS_OUT:
                yield from _asked(visitor, token, name, app, world, rule)


def _asked(
    visitor: Visitor, token: dict[str, str], name: str, app: Flask, world: World, rule: Rule
) -> Iterator[tuple[str, str, str, int, bytes]]:
    for path in addresses(app, world, rule, whole=name == READS_ALL):
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            sent = token | {"request_id": new_id(SystemEntropy())}  # an id that was used answers as it did then
            answer = visitor.get(path) if method == "GET" else visitor.post(path, sent)
            told = str(answer.headers).encode() + answer.data
            yield name, rule.endpoint, f"{method} {path}", answer.status_code, told
            if answer.status_code == 403:
                return
