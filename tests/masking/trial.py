"""A small trial lived under rare names, with everything that brings such a name near a place where it could stay.

Kit lists as CSV and XLSX, taken in and refused; designs and lists of one's own, refused; randomization, hand-over,
mistakes of every day; messages sent by a mail server.
"""

import base64
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from sqlalchemy import select

from irt.actor import Role
from irt.app import build, lay_out
from irt.clock import SimulatedClock
from irt.dispensing.change_requests import AskChange, DecideChange, agree_change, ask_change
from irt.dispensing.tables import KitReturn
from irt.entropy import SeededEntropy, new_id
from irt.gate.act import Order
from irt.jobs.outbox import sender_of
from irt.participants.screen import Screen, screen
from irt.people.access import ProposeRole, propose
from irt.people.accounts import InviteAccount, invite
from irt.randomization.prepare import PrepareList, SealOwnList, prepare_list, seal_own_list
from irt.safety.envelope_reminding import RemindOfEnvelopes, remind_of_envelopes
from irt.safety.envelope_tables import Envelope as EnvelopeRow
from irt.safety.envelopes import (
    EnvelopeReturned,
    IssueEnvelopes,
    WrittenEnvelopes,
    envelope_returned,
    envelopes_written,
    issue_envelopes,
    seal_issued,
)
from irt.safety.laboratory import RecordLabs, record_labs
from irt.safety.special_reports import ReportMisuse, report_misuse
from irt.safety.withheld import RecordWithheld, record_withheld
from irt.settings import Settings
from irt.simulation.cast import Cast, assemble, login_of
from irt.simulation.desk import Desk
from irt.simulation.life import Life
from irt.simulation.nature import Nature
from irt.simulation.opening import lay_foundation, open_trial
from irt.simulation.run import FIRST_DAY, entropy_of
from irt.simulation.supply import Supply
from irt.supply.import_kits import ImportKits, import_kits
from irt.vault.envelopes import SealedEnvelope
from irt.wiring import Service
from tests.cast import prove_once
from tests.masking.browser import Answer, Browser
from tests.masking.event_ends import leave_events
from tests.masking.outcome_ends import leave_outcomes
from tests.masking.rare import Rare
from tests.masking.stock_ends import leave_stock_ends, leave_unblindings
from tests.postgres import free_port

PASSWORD = "seven grey herons wade"
WITHHELD = "187.43"  # a laboratory value that one site's investigators alone may see, and nobody else
MANY = 24_000  # kits in the refused list that is larger than a form parser keeps in memory by default


class Box:
    """The mail server's hand: keeps each message as it came over the wire."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.port = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        """Take one message."""
        assert isinstance(envelope.content, bytes)
        self.messages.append(envelope.content)
        return "250 kept"


@dataclass
class Trial:
    """The trial that was lived, and who lives in it."""

    service: Service
    clock: SimulatedClock
    rare: Rare
    desk: Desk
    cast: Cast
    life: Life
    sealed: list[SealedEnvelope] = field(default_factory=list)  # both halves of each envelope issued

    @property
    def sites(self) -> tuple[str, str]:
        """Two sites with randomized participants, the busiest first: the crawlers' own, and another."""
        busy = Counter(one.site for one in self.life.participants if one.randomized_on)
        (own, _), (other, _) = busy.most_common(2)
        return own, other

    def do(self, role: str, function: Callable[..., Any], order: Order) -> Any:
        """Perform an act as somebody with a central role."""
        return self.desk.do(self.cast.one(role), function, order).answer

    def refused(self, role: str, function: Callable[..., Any], order: Order, code: str) -> None:
        """Try what must be refused with `code`."""
        done = self.desk.attempt(self.cast.one(role), function, order)
        assert done is None, f"{code}: was not refused"
        assert self.desk.last_refusal == code, f"refused with {self.desk.last_refusal}, not {code}"


def settings_for(folder: Path, rare: Rare, database_url: str, owner_url: str | None = None) -> Settings:
    """A deployment under the rare names: study file and keys in `folder`, which is not searched."""
    return Settings(
        database_url=database_url, database_owner_url=owner_url, study=rare.study_file(folder), keys=folder / "keys",
        secure_cookies=False, mail_server="127.0.0.1", mail_starttls=False, mail_from="irt@trial.example",
    )  # fmt: skip


def live(settings: Settings, rare: Rare, participants: int, box: Box, seed: int = 1) -> Trial:
    """Live a trial with so many participants in the database of `settings`, which is laid out first.

    Messages go to `box` every day.
    """
    lay_out(settings, SeededEntropy(bytes([seed] * 32)))
    clock = SimulatedClock(FIRST_DAY)
    service = build(settings, clock=clock, entropy=entropy_of(seed))
    prove_once(service.credentials, set())
    desk = Desk(service, clock, PASSWORD)
    lay_foundation(desk)
    cast = assemble(desk)
    supply = Supply(desk, cast)
    trial = Trial(service, clock, rare, desk, cast, Life(desk, cast, Nature(service.study, seed), supply))
    refuse_lists(trial)
    visits = len(service.study.dispensing_visits)
    open_trial(desk, cast, supply, 2 * participants * visits + 30 * len(service.study.sites))
    last = [visit.id for visit in service.study.visits if not visit.contact][-1]  # nobody has completed yet
    trial.life.live(participants, through=last, progress=lambda _done, _of: send(service, box))
    leave_open_ends(trial)
    leave_stock_ends(desk, cast, *trial.sites)
    leave_unblindings(desk, cast, *trial.sites)
    send(service, box)
    return trial


def refuse_lists(trial: Trial) -> None:
    """The statistician's mistakes: designs that cannot be, lists of their own with wrong rows. All name arms."""
    study, (one, two) = trial.service.study, trial.rare.arms
    for sizes in ((3, 5), (2, 2)):
        trial.refused(
            "unblinded_statistician", prepare_list, PrepareList(block_sizes=sizes, slots=1), "design_mistakes"
        )
    stratum = study.strata_keys()[0]
    lines = [
        "stratum,position,arm",
        f"{stratum},1,{one}",
        f"{stratum},2,{two}x",
        f"{two},1,{two}",
        f"{stratum},9,{one}",
    ]
    for content in ("\n".join(lines), ";".join(lines), f"{one}\n{two}\n"):
        order = SealOwnList.from_file(content.encode())
        trial.refused("unblinded_statistician", seal_own_list, order, "list_mistakes")


def leave_open_ends(trial: Trial) -> None:
    """What gives the pages something to show: a person invited, a role proposed, a participant not yet randomized, a
    change asked for."""
    leave_accounts(trial)
    site = trial.sites[0]
    here = next(one for one in trial.life.participants if one.site == site and one.randomized_on)
    change = AskChange(participant=here.id, target="birth_year", wanted={"birth_year": "1950"}, reason="a slip")
    trial.desk.do(trial.cast.at(site, "coordinator"), ask_change, change)
    examine(trial, site, here.id)
    _miscount(trial, site)
    leave_events(trial.desk, trial.cast, site, here.id)
    leave_outcomes(trial.desk, trial.cast, site, here.id)
    for each in trial.sites:
        report_mistake(trial, each)
    _envelopes(trial)


def leave_accounts(trial: Trial) -> None:
    """What every crawl asks for: a person invited, a role proposed, a participant not yet randomized."""
    for name in ("spare-invited", "spare-active"):
        order = InviteAccount(login=name, name=name, email=f"{name}@hospital.example")
        account = trial.do("administrator", invite, order)
    trial.do("administrator", propose, ProposeRole(account=account, role=Role.SUPPLY_MANAGER, site=None))
    site = trial.sites[0]
    for number in range(2):
        screened = Screen(
            site=site, sex="female", birth_year=1970, identity_document=f"EXAMPLE-LATE-{number}",
            consent_version=trial.service.study.consent_version, consent_on=trial.clock.now().date(),
        )  # fmt: skip
        trial.desk.do(trial.cast.at(site, "coordinator"), screen, screened)


def report_mistake(trial: Trial, site: str) -> None:
    """An investigator reports a medication error."""
    one = next(one for one in trial.life.participants if one.site == site and one.randomized_on)
    today = trial.clock.now().date() - timedelta(days=1)
    order = ReportMisuse(
        participant=one.id, kind="medication_error", told="two vials on one day", happened_on=today, vials_taken=2,
        vials_intended=1, harm="no", aware_on=today, aware_at="12:00",
    )  # fmt: skip
    trial.desk.do(trial.cast.at(site, "investigator"), report_misuse, order)


def examine(trial: Trial, site: str, participant: str) -> None:
    """A sample of somebody at the site is recorded, and a value that its investigators alone may see."""
    told = {"participant": participant, "taken_on": trial.clock.now().date()}
    sample = RecordLabs(**told, values={"alt": "250", "ggt": "61"}, upper={"alt": "40", "ggt": "60"})
    trial.desk.do(trial.cast.at(site, "coordinator"), record_labs, sample)
    withheld = RecordWithheld(**told, analyte="eosinophils", value=WITHHELD, upper="0.52")
    trial.desk.do(trial.cast.at(site, "investigator"), record_withheld, withheld)


def _envelopes(trial: Trial) -> None:
    """By night it is told that envelopes are due; they are issued and sealed; one came back."""
    service, officer = trial.service, trial.cast.one("safety_officer")
    trial.desk.do(service.credentials.operator(), remind_of_envelopes, RemindOfEnvelopes())
    issued = trial.do("safety_officer", issue_envelopes, IssueEnvelopes())
    trial.sealed = seal_issued(
        service.housekeeping, service.vault, service.study, service.entropy, issued.opening, account=officer.account,
        now=trial.clock.now(),
    )  # fmt: skip
    trial.do("safety_officer", envelopes_written, WrittenEnvelopes(opening=issued.opening))
    with service.database.reading(officer) as session:
        one = session.scalars(select(EnvelopeRow).order_by(EnvelopeRow.id)).first()
    assert one is not None
    today = trial.clock.now().date()
    back = EnvelopeReturned(envelope=one.id, kind="returned", happened_on=today, told="The seal is intact")
    trial.do("monitor", envelope_returned, back)


def _miscount(trial: Trial, site: str) -> None:
    """A recorded count at the site is changed to one vial less: a discrepancy is open."""
    with trial.service.database.reading(trial.cast.at(site, "pharmacist")) as session:
        count = session.scalars(select(KitReturn).where(KitReturn.unused > 0).order_by(KitReturn.kit)).first()
    assert count is not None, "vials came back"
    parts = {"unused": count.unused - 1, "used": count.used, "broken": count.broken, "lost": count.lost}
    wanted = {name: str(number) for name, number in parts.items()}
    order = AskChange(participant=count.participant, target=f"return:{count.kit}", wanted=wanted, reason="miscounted")
    change = trial.desk.do(trial.cast.at(site, "coordinator"), ask_change, order).answer
    trial.desk.do(trial.cast.one("data_manager"), agree_change, DecideChange(change=change, reason="as counted again"))


# -- kit lists, brought by browser --------------------------------------------------------------------------------


def manifest(trial: Trial, kits: int) -> list[list[str]]:
    """A kit list that is in order, heading first, its lots named after its first kit: a lot comes in one list."""
    start = trial.clock.now().date() + timedelta(days=900)
    heading, *rows = csv.reader(io.StringIO(trial.life.supply.manifest(kits, start).decode()))
    return [heading, *([number, kind, f"{lot}-{rows[0][0]}", *rest] for number, kind, lot, *rest in rows)]


def as_csv(rows: list[list[str]]) -> bytes:
    """A kit list as CSV."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def as_xlsx(rows: list[list[str]]) -> bytes:
    """A kit list as XLSX, with its dates and counts as such."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for at, (number, kind, lot, expiry, vials) in enumerate(rows):
        book.active.append([number, kind, lot, date.fromisoformat(expiry), int(vials)] if at else rows[0])
    book.save(file)
    return file.getvalue()


def kit_lists(trial: Trial) -> dict[str, tuple[str, bytes, int]]:
    """Kit lists as a packager may send them: what → file name, bytes, and the answer's status (303: taken in)."""
    named, (one, _) = trial.rare.file, trial.rare.kit_types
    wrong = manifest(trial, 40)
    wrong[3][1], wrong[4][3], wrong[5][0], wrong[6][2] = f"{one}-", "2019-01-01", "12", f"{one} lot"
    lot = manifest(trial, 40)
    lot[1][2] = f"L-{one}"[:20]
    ordered = manifest(trial, MANY)
    ordered[1:] = sorted(ordered[1:], key=lambda row: row[1])
    return {
        "CSV": (f"{named}-1.csv", as_csv(manifest(trial, 60)), 303),
        "XLSX": (f"{named}-2.xlsx", as_xlsx(manifest(trial, 60)), 303),
        "CSV with wrong rows": (f"{named}-3.csv", as_csv(wrong), 422),
        "XLSX with wrong rows": (f"{named}-4.xlsx", as_xlsx([row for row in wrong if row[3] != "2019-01-01"]), 422),
        "lot that names a type": (f"{named}-5.csv", as_csv(lot), 422),
        "types in order, a large file": (f"{named}-6.csv", as_csv(ordered), 422),
        "no kit list at all": (f"{named}-7.xlsx", one.encode() * 50, 422),
        "another kind of file": (f"{named}.doc", one.encode(), 422),
    }


def bring(browser: Browser, lists: dict[str, tuple[str, bytes, int]]) -> dict[str, Answer]:
    """The supply manager brings each file through the page."""
    browser.sign_in(login_of("supply_manager", None), PASSWORD)
    answers = {}
    for what, (name, content, status) in lists.items():
        form = browser.ask("GET", "/supply/manifest").form
        answers[what] = browser.ask("POST", "/supply/manifest", form.filled(PASSWORD), (name, content))
        assert answers[what].status == status, f"{what}: {answers[what].status}, not {status}"
    return answers


def bring_without_signature(trial: Trial) -> None:
    """The same act by somebody whose task it is not, from another door."""
    order = ImportKits(filename=f"{trial.rare.file}.csv", content=base64.b64encode(as_csv(manifest(trial, 40))))
    coordinator = trial.cast.at(trial.sites[0], "coordinator")
    trial.desk.service.credentials.sign(coordinator, PASSWORD, import_kits, order)
    assert trial.desk.attempt(coordinator, import_kits, order) is None
    assert trial.desk.last_refusal == "role_not_allowed"
    assert new_id(trial.service.entropy)


# -- messages -----------------------------------------------------------------------------------------------------


@contextmanager
def mail_server() -> Iterator[Box]:
    """A mail server on the loopback address that keeps what it is given."""
    box = Box()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    box.port = server.port
    try:
        yield box
    finally:
        server.stop()


def send(trial_service: Service, box: Box) -> None:
    """Send all that waits in the outbox."""
    settings = trial_service.settings.model_copy(update={"mail_port": box.port})
    sender = replace(sender_of(trial_service), settings=settings)
    before = len(box.messages)
    assert sender.run() == len(box.messages) - before
