"""A small trial that has rows in every table, lived through the gate, the vault and the ledger, on either database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from irt.actor import Actor, Grant, Role, Signature
from irt.assurance.verify import Finding, verify
from irt.clock import SimulatedClock
from irt.conduct.tables import Delegation, Enrolment, Site, SiteApproval
from irt.db import Database, connect
from irt.entropy import SeededEntropy, new_id
from irt.gate.act import REGISTRY, Act, Order, act, spec_of
from irt.gate.housekeeping import Housekeeping
from irt.gate.job_runs import Due
from irt.gate.keys import Keys
from irt.gate.perform import Gate
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.signatures import body_of, seal_of
from irt.gate.tables import Delivery, JobRun, Outbox, StudyState
from irt.migrate import newest
from irt.participants.tables import BaselineValue, Consent, Participant
from irt.people.tables import (
    AccessReview,
    Account,
    Credential,
    Invitation,
    PaperCode,
    PaperCodeBatch,
    RoleGrant,
    SignInAttempt,
    SignInSession,
    Training,
)
from irt.randomization.tables import Eligibility, PublishedList, Randomization, RandomizedInError, StratumCorrection
from irt.study import load_study
from irt.supply import assigning, ledger
from irt.supply.tables import Assignment, Kit, Lot, Manifest, Shelf, Shipment
from irt.vault import Vault, blind, proof
from irt.vault._key import VaultKey
from irt.vault._tables import VaultCheck
from tests.assurance.enveloped import account_for, issue
from tests.assurance.examined import examine
from tests.assurance.harmed import harm
from tests.assurance.locking import lock_and_release, make
from tests.assurance.opened import break_one, open_one, show
from tests.assurance.rated import rate
from tests.assurance.supplied import release, supply
from tests.assurance.told import tell
from tests.assurance.treated import settle, treat
from tests.assurance.unblinded import unblind
from tests.cast import STUDY_FILE

ARMS = (("RAREARMONE", "RAREKITONE"), ("RAREARMTWO", "RAREKITTWO"))
STRATA = ("F", "M")
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EXPIRY = date(2027, 6, 30)
GRANTS = frozenset({Grant(role) for role in Role})
INVESTIGATOR = Actor("a1", "lin", "Lin", GRANTS)


class Nothing(Order):
    """No fields."""

    note: str = ""


@dataclass
class Trial:
    """What a test needs to live on in the trial, and to verify it."""

    database: Database
    keys: Keys = field(default_factory=lambda: Keys(bytes(range(32))))
    vault: Vault = field(default_factory=lambda: Vault(VaultKey(bytes(range(1, 33)))))
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(START))
    entropy: SeededEntropy = field(default_factory=lambda: SeededEntropy(bytes(32)))
    study: Any = field(
        default_factory=lambda: SimpleNamespace(
            sha256="5" * 64,
            arms=tuple(SimpleNamespace(id=arm, kit_type=kind, ratio=1) for arm, kind in ARMS),
            strata_keys=lambda: STRATA,
            site=lambda _code: SimpleNamespace(time_zone="Asia/Shanghai"),
            dosing=load_study(STUDY_FILE).dosing,
            safety=load_study(STUDY_FILE).safety,
            visits=load_study(STUDY_FILE).visits,
            first_visit=load_study(STUDY_FILE).first_visit,
            last_visit=load_study(STUDY_FILE).last_visit,
            core_set=load_study(STUDY_FILE).core_set,
            instrument=load_study(STUDY_FILE).instrument,
            lock=load_study(STUDY_FILE).lock,
        )
    )

    def do(self, name: str, run: Callable[[Act], None], *, sign: str | None = None, by: Actor = INVESTIGATOR) -> None:
        """Perform `run` as an act of its own, that no registry keeps; a name with a dot stands in for the real act."""
        full = name if "." in name else f"lived.{name}"
        real = REGISTRY.pop(full, None)

        @act(full, roles=set(Role), during=None, sign=sign)
        def function(act: Act, order: Nothing) -> None:
            run(act)

        del REGISTRY[full]
        if real is not None:
            REGISTRY[full] = real
        self.clock.advance(timedelta(minutes=7))
        order, signature = Nothing(note=name), None
        if sign:
            signature = self._sign(function, order, sign, by)
        gate = Gate(self.database, self.clock, self.entropy, _standing, self.vault, self.keys, self.study)
        gate.perform(function, order, by=by, request_id=new_id(self.entropy), signature=signature)

    def _sign(self, function: Any, order: Order, meaning: str, by: Actor) -> Signature:
        name = spec_of(function).name
        made = Signature(
            new_id(self.entropy), by.account, by.name, name, meaning,
            body_of(self.keys, name, order), self.clock.now(), "",
        )  # fmt: skip
        fields = {slot: getattr(made, slot) for slot in made.__slots__}
        return Signature(**{**fields, "seal": seal_of(self.keys, made)})

    def verify(self, **more: Any) -> list[Finding]:
        """What verification finds now."""
        return verify(self.database, self.keys, self.vault, self.study, revision=newest(), **more)


def _standing(_connection: Any, _actor: Actor, *, always: bool) -> frozenset[Grant]:
    """Everybody holds every role."""
    return GRANTS


def live(url: str) -> Trial:
    """Live the trial in the fresh database at `url`; close `database` afterwards with `closing`."""
    trial = Trial(connect(url))
    trial.do("people", _people)
    trial.do("sites", _sites)
    trial.do("vault", _vault, sign="I approve")
    trial.do("stock", _stock, sign="I import")
    trial.do("release", release, sign="I release")
    for shipment in ("s1", "s2"):
        trial.do("ship", lambda act, which=shipment: _ship(act, which))  # type: ignore[misc]
    trial.do("delegate", _delegate, sign="I delegate")
    for number in range(1, 7):
        trial.do("screen", lambda act, n=number: _screen(act, n))  # type: ignore[misc]
        trial.do("confirm", lambda act, n=number: _confirm(act, n), sign="I confirm")  # type: ignore[misc]
        trial.do("randomize", lambda act, n=number: _randomize(act, n), sign="I request")  # type: ignore[misc]
    _refused(trial)
    trial.do("hand over", _hand_over)
    trial.do("correct", _correct)
    trial.do("treat", treat)
    trial.do("settle", settle, sign="I settle")
    trial.do("tell", tell, sign="I tell")
    trial.do("supply", supply, sign="I decide")
    trial.do("harm", harm, sign="I judge")
    trial.do("examine", examine)
    trial.do("rate", rate, sign="I rate")
    trial.do("unblind", unblind, sign="I report")
    for who in ("p1", "p2"):
        trial.do("code_break.open", lambda act, which=who: break_one(act, which), sign="I need to")  # type: ignore[misc]
    for case in ("sc1", "sc2"):
        trial.do("desk.open", lambda act, which=case: open_one(act, which), sign="I need to")  # type: ignore[misc]
    for n in (1, 2):
        trial.do("envelopes", lambda act, n=n: issue(act, n), sign="I issue")  # type: ignore[misc]
        trial.do("envelope", lambda act, n=n: account_for(act, n), sign="I account")  # type: ignore[misc]
    lock_and_release(trial)
    _keep_house(trial)
    return trial


def closing(trial: Trial) -> None:
    """Let the connections go."""
    trial.database.write.dispose()
    trial.database.read.dispose()


def _people(act: Act) -> None:
    for n in (1, 2):
        account = f"a{n}"
        act.add(Account, id=account, login=f"login{n}", name=f"Person {n}", email=f"p{n}@example.org", language="en",
                state="active", created_at=act.now)  # fmt: skip
        act.add(Credential, account=account, password_hash=f"$argon2id$invented{n}", set_at=act.now)
        act.add(Invitation, id=f"i{n}", account=account, kind="activation", state="used", expires_at=act.now)
        act.add(RoleGrant, id=f"g{n}", account=account, role="investigator", at_site="01", state="active",
                proposed_by="a9", proposed_at=act.now)  # fmt: skip
        act.add(Training, id=f"t{n}", account=account, version="1", at=act.now, recorded_by="a9")
        act.add(AccessReview, id=f"r{n}", at=act.now, reviewed_by="a9", accounts=n, findings={"ended": [], "kept": n})
        act.add(PaperCodeBatch, id=f"pb{n}", account=account, ordinal=1, issued_at=act.now)
        act.add(PaperCode, id=f"pc{n}", batch=f"pb{n}", account=account, ordinal=1, digest=f"digest{n}")
    act.change(Credential, act.find(Credential, account="a1"), password_hash="$argon2id$renewed")


def _sites(act: Act) -> None:
    act.add(Enrolment, scope="study", randomized=0, cap=20)
    for code in ("01", "02"):
        act.add(Site, code=code, site=code, state="set_up", randomization="running", dispensing="running")
        act.add(Enrolment, scope=f"site:{code}", randomized=0, cap=10)
        act.add(Shelf, site=code, randomization="closed", set_at=act.now)
        act.add(SiteApproval, id=f"sa{code}", site=code, kind="ethics", reference="E-1",
                approved_on=date(2026, 1, 5), recorded_at=act.now)  # fmt: skip
    act.change(StudyState, act.find(StudyState, id=1), state="open", file_sha256=act.study.sha256)


def _vault(act: Act) -> None:
    act.add(VaultCheck, id=1, sealed=proof.proof(act.vault, act.keys, act.entropy), laid_at=act.now)
    design = blind.Design(strata=STRATA, ratio=(1, 1), block_sizes=(2, 4), slots=20, weights=None)
    made = blind.seal_list(act, design)
    act.add(PublishedList, id=1, merkle_root=made.merkle_root, seed_sha256=made.seed_sha256,
            algorithm=design.algorithm, strata=made.strata, prepared_by="a1", prepared_at=act.now)  # fmt: skip


def _stock(act: Act) -> None:
    act.add(Lot, code="L1", expiry=EXPIRY, state="received", set_at=act.now)
    for manifest, first in (("m1", 100), ("m2", 200)):
        numbers = [f"K{first + n}" for n in range(24)]
        act.add(Manifest, id=manifest, file_digest=f"digest {manifest}", kits=24, imported_by="a1",
                imported_at=act.now)  # fmt: skip
        kit = {"manifest": manifest, "lot": "L1", "expiry": EXPIRY, "vials": 2, "moves": 0, "state": "at_depot"}
        act.bulk(Kit, [{"number": number, **kit} for number in numbers], batch="manifest")
        blind.seal_kits(act, manifest, {number: ARMS[n % 2][1] for n, number in enumerate(numbers)}, {})


def _ship(act: Act, shipment: str) -> None:
    site = "01" if shipment == "s1" else "02"
    numbers = blind.pick(act, count=16, shelf=ledger.IN_LOT, lots=["L1"], until=date(2026, 12, 1))
    act.add(Shipment, id=shipment, number=f"S-{shipment}", site=site, kind="by_hand", state="requested", kits=16,
            requested_at=act.now)  # fmt: skip
    for state in ("packed", "in_transit", "available"):
        for number in numbers:
            ledger.move(act, act.find(Kit, number=number), state, site=site, shipment=shipment)
    act.change(Shipment, act.find(Shipment, id=shipment), state="received", sent_at=act.now, received_at=act.now)
    act.change(Shelf, act.find(Shelf, site=site), randomization="open", set_at=act.now)
    act.send("shipment.sent", audience={Role.PHARMACIST}, site=site, shipment=shipment)


def _delegate(act: Act) -> None:
    for code in ("01", "02"):
        act.add(
            Delegation,
            id=f"d{code}",
            site=code,
            signed_by="a1",
            persons=[["a1", "Anna", "investigator"]],
            signature=act.signature,
            signed_at=act.now,
        )


def _screen(act: Act, n: int) -> None:
    who, site = f"p{n}", f"0{1 + n % 2}"
    act.add(Participant, id=who, site=site, screening_number=f"{site}-{n:04}", sex="female", birth_year=1970 + n,
            identity=act.keys.digest("identity", who), state="screened", screened_at=act.now)  # fmt: skip
    act.add(Consent, id=f"c{n}", participant=who, site=site, version="1", signed_on=date(2026, 3, 1),
            recorded_at=act.now)  # fmt: skip
    act.add(BaselineValue, id=f"b{n}", participant=who, site=site, field="tis", revision=1, value="11.5",
            recorded_at=act.now, recorded_by="a1")  # fmt: skip


def _confirm(act: Act, n: int) -> None:
    act.add(Eligibility, id=f"e{n}", participant=f"p{n}", site=f"0{1 + n % 2}", revision=1, protocol_version="1",
            answers={"age": "yes", "pregnant": "no"}, eligible=True, stratum=STRATA[n // 4], confirmed_by="a1",
            confirmed_at=act.now, signature=act.signature)  # fmt: skip


def _randomize(act: Act, n: int) -> None:
    who = act.find(Participant, id=f"p{n}")
    stratum = STRATA[n // 4]
    kit = blind.draw(act, participant=who.id, stratum=stratum, shelf=ledger.ON_SHELF, closed="closed", site=who.site,
                     until=date(2026, 12, 1))  # fmt: skip
    assigning.set_aside(act, who, "day-1", kit)
    for scope in (f"site:{who.site}", "study"):
        act.advance(Enrolment, "randomized", limit="cap", scope=scope)
    act.add(Randomization, participant=who.id, site=who.site, number=f"R{n}", stratum=stratum, eligibility=f"e{n}",
            randomized_by="a1", randomized_at=act.now, signature=act.signature)  # fmt: skip
    act.change(Participant, who, state="randomized")
    act.send("participant.randomized", audience={Role.MONITOR}, site=who.site, participant=who.id, number=n)


def _hand_over(act: Act) -> None:
    for who in ("p1", "p2", "p3"):
        given = act.find(Assignment, participant=who)
        ledger.move(act, act.find(Kit, number=given.kit), "dispensed", site=given.site, participant=who)
        act.change(Assignment, given, state="handed_over", handed_over_at=act.now, handed_over_by="a1")
    act.change(Participant, act.find(Participant, id="p1"), first_dose_on=date(2026, 3, 2))


def _correct(act: Act) -> None:
    for who in ("p1", "p2"):
        site = act.find(Participant, id=who).site
        act.add(StratumCorrection, id=f"sc-{who}", participant=who, site=site, revision=1, stratum="M",
                reason="misread", recorded_by="a1", recorded_at=act.now)  # fmt: skip
        act.add(RandomizedInError, participant=who, site=site, reason="too young", recorded_by="a1",
                recorded_at=act.now)  # fmt: skip


def _refused(trial: Trial) -> None:
    try:
        trial.do("refused", lambda act: act.refuse("site_inactive", site="01"))
    except Refused:
        return
    raise AssertionError("a refusal was not raised")


def _keep_house(trial: Trial) -> None:
    keep = Housekeeping(trial.database, trial.keys)
    show(trial, keep)
    make(trial, keep)
    with trial.database.read.connect() as connection:
        outbox = [row.id for row in connection.execute(select(table_of(Outbox)))]
    now = trial.clock.now()
    for n in (1, 2):
        keep.add(SignInSession, token_hash=f"hash{n}", account=f"a{n}", created_at=now, seen_at=now)
        keep.add(SignInAttempt, id=f"at{n}", login_digest=f"ld{n}", source="here", at=now, outcome="in")
        keep.add(Delivery, id=f"{outbox[n]}.a{n}", outbox=outbox[n], account=f"a{n}", state="waiting", attempts=n,
                 due_at=now)  # fmt: skip
        due = Due(now + timedelta(days=n), "verify")
        keep.add(JobRun, id=due.id, job=due.job, due_at=due.at, outcome="done", facts={"findings": 0},
                 started_at=now, finished_at=now, seconds=n, taken=1)  # fmt: skip
    assert keep.change(SignInSession, token_hash="hash1", ended_at=now)


def secrets() -> Iterator[str]:
    """What no finding may ever hold."""
    for pair in ARMS:
        yield from pair
