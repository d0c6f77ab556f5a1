"""A world in which things go wrong with boxes, played through the pages, in two twins.

People and kits fall into two families. In the twin every kit of the family `turned` is of the other type, and each of
its people is on the other arm: so whoever is of it draws the same box in both worlds, and so does whoever is not. A
wrong box always comes from the other family: what was of a participant's own arm in the one world is not in the other.
While somebody draws, the boxes of the other family are in quarantine.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select, update

from irt.app import build, lay_out
from irt.clock import SimulatedClock, local_day
from irt.conduct.sites import RecordApproval, SiteOrder, activate_site, record_approval, sign_delegation
from irt.dispensing.dispense import HandOver, hand_over
from irt.dispensing.first_dose import FirstDose, record_first_dose
from irt.entropy import SeededEntropy
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.participants.baseline import RecordBaseline, record_baseline
from irt.participants.screen import Screen, screen
from irt.randomization.eligibility import Confirm, confirm
from irt.randomization.opening import OpenStudy, open_study
from irt.randomization.prepare import SealOwnList, seal_own_list
from irt.randomization.randomize import RandomizeOrder, randomize
from irt.safety.practice import practise
from irt.simulation.cast import AT_SITE, CENTRAL, Cast, begin, bring_in, login_of
from irt.simulation.desk import Desk
from irt.simulation.opening import lay_foundation
from irt.simulation.run import FIRST_DAY, entropy_of
from irt.simulation.supply import Supply
from irt.supply.import_kits import ImportKits, import_kits
from irt.supply.lots import DecideLot, release_lot
from irt.supply.readiness import make_ready
from irt.supply.tables import Kit
from tests.cast import World, prove_once
from tests.masking.browser import Browser
from tests.masking.rare import Rare
from tests.masking.trial import PASSWORD, Trial
from tests.setting import answers, baseline_values, practice
from tests.stocked import csv_of, manifest_rows

HERE, THERE = "01", "02"
PLAYERS = (("pharmacist", HERE), ("coordinator", HERE), ("investigator", HERE), ("pharmacist", THERE),
           ("investigator", THERE))  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody in a story."""

    id: str
    number: str
    card: str
    site: str
    turned: bool


@dataclass
class Played:
    """One world: the trial, the hands that play in it, and what was done."""

    trial: Trial
    folder: Path
    port: int
    twin: bool
    families: dict[bool, set[str]] = field(default_factory=lambda: {False: set(), True: set()})
    people: list[Person] = field(default_factory=list)
    browsers: dict[tuple[str, str], Browser] = field(default_factory=dict)
    parked: set[str] = field(default_factory=set)
    wrong: list[tuple[str, str]] = field(default_factory=list)  # box, participant
    orders: dict[str, int] = field(default_factory=dict)
    posts: int = 0

    @property
    def world(self) -> World:
        """The same as tests read it."""
        service = self.trial.service
        return World(service.database, service.study, self.trial.clock, service.entropy, service.keys, service.vault)

    # -- the shelf ------------------------------------------------------------------------------------------------

    def draws(self, turned: bool, *keep: str) -> None:
        """Only boxes of one family stand on the shelves, and those to `keep`."""
        standing = self._numbers("available") | self.parked
        wanted = {kit for kit in standing if kit in self.families[turned] or kit in keep}
        self.put(wanted & self.parked, "available")
        self.put(standing - wanted - self.parked, "quarantined")
        self.parked = standing - wanted

    def put(self, kits: set[str], state: str) -> None:
        """Change the state of kits by hand."""
        table = table_of(Kit)
        if kits:
            with self.trial.service.database.writing() as connection:
                connection.execute(update(table).where(table.c.number.in_(kits)).values(state=state))

    def spare(self, turned: bool) -> str:
        """The lowest number of a family on the shelf here."""
        return min((self._numbers("available", HERE) | self._here(self.parked)) & self.families[turned])

    def _numbers(self, state: str, site: str | None = None) -> set[str]:
        table = table_of(Kit)
        found = select(table.c.number).where(table.c.state == state, table.c.site.is_not(None))
        with self.trial.service.database.read.connect() as connection:
            return set(connection.execute(found.where(table.c.site == site) if site else found).scalars())

    def _here(self, kits: set[str]) -> set[str]:
        return kits & self._numbers("quarantined", HERE)

    # -- the pages ------------------------------------------------------------------------------------------------

    def sign_in(self) -> None:
        """Everybody who plays signs in anew."""
        for role, site in PLAYERS:
            self.browsers[role, site] = Browser(self.port, self.folder / f"script-{role}-{site}.http")
            self.browsers[role, site].sign_in(login_of(role, site), PASSWORD)

    def send(self, role: str, path: str, site: str = HERE, status: int = 303, **fields: Any) -> str:
        """Open a form, fill it in and send it; answers where it led to."""
        return self.fill(role, path, fields, site, status)

    def fill(self, role: str, path: str, fields: dict[str, Any], site: str = HERE, status: int = 303) -> str:
        """The same for fields by any name."""
        self.trial.clock.advance(timedelta(seconds=1))
        browser = self.browsers[role, site]
        form = browser.ask("GET", path).form.empty()
        answer = browser.ask("POST", path, form | {name: str(value) for name, value in fields.items()})
        self.posts += 1
        assert answer.status == status, f"{role} {path} {fields}: {answer.status}"
        return next((line[10:] for line in answer.headers.splitlines() if line.startswith("Location: ")), "")

    def today(self) -> str:
        """The day at the sites."""
        return self.trial.clock.now().date().isoformat()


def lay(settings: Any, rare: Rare, folder: Path, twin: bool) -> Played:
    """The trial is open, two sites are active, nobody is in it yet; `twin` turns the family that can be turned."""
    lay_out(settings, SeededEntropy(bytes(range(32))))
    clock = SimulatedClock(FIRST_DAY)
    service = build(settings, clock=clock, entropy=entropy_of(3))
    prove_once(service.credentials, set())
    desk = Desk(service, clock, PASSWORD)
    lay_foundation(desk)
    cast = Cast()
    begin(desk, cast)
    for role in CENTRAL:
        bring_in(desk, cast, role, None)
    for site in (HERE, THERE):
        for role in AT_SITE:
            bring_in(desk, cast, role, site)
    life: Any = SimpleNamespace(participants=[])
    return Played(Trial(service, clock, rare, desk, cast, life), folder, 0, twin)


def open_up(played: Played, family_of_positions: list[bool], kits: dict[str, dict[bool, int]]) -> None:
    """Seal the list, import and ship each family's kits, open the study and the sites."""
    trial = played.trial
    trial.do("unblinded_statistician", seal_own_list, own_list(played, family_of_positions))
    supply = Supply(trial.desk, trial.cast)
    waiting = []
    for site, families in kits.items():
        for turned, count in families.items():
            played.families[turned] |= bring(played, turned, count)
            waiting.append((site, ship_all(played, supply, site, count)))
    trial.do("trial_manager", open_study, OpenStudy())
    for site, shipment in waiting:
        supply.receive(site, shipment, [])
    for site in kits:
        for kind in ("ethics", "contract"):
            approval = RecordApproval(
                site=site, kind=kind, reference=f"EXAMPLE-{site}", approved_on=trial.clock.now().date()
            )
            trial.do("trial_manager", record_approval, approval)
        investigator = trial.cast.at(site, "investigator")
        trial.desk.do(investigator, sign_delegation, SiteOrder(site=site))
        trial.desk.do(investigator, practise, practice(site))
        trial.do("trial_manager", make_ready, SiteOrder(site=site))
        trial.do("trial_manager", activate_site, SiteOrder(site=site))


def own_list(played: Played, turned: list[bool]) -> SealOwnList:
    """Arms in turn within each family, so that either needs as many kits of both types; turned in the twin."""
    study = played.trial.service.study
    names = [arm.id for arm in study.arms]
    chances = {False: cycle([0, 1]), True: cycle([0, 1, 1, 0])}  # among pairs as many alike as not
    wanted = [next(chances[one]) ^ (one and played.twin) for one in turned]
    wanted += [place % 2 for place in range(study.cap - len(wanted))]
    lines = [
        f"{stratum},{place},{names[arm]}" for stratum in study.strata_keys() for place, arm in enumerate(wanted, 1)
    ]
    return SealOwnList.from_file("\n".join(["stratum,position,arm", *lines]).encode())


def bring(played: Played, turned: bool, count: int) -> set[str]:
    """Import a family's kits, made again while numbers and types go together by chance; answers their numbers."""
    trial = played.trial
    while True:
        rows = manifest_rows(played.world, count, lots=1)
        if turned and played.twin:
            one, other = (arm.kit_type for arm in trial.service.study.arms)
            for row in rows:
                row[1] = other if row[1] == one else one
        order = ImportKits.from_file("kits.csv", csv_of(rows))
        if trial.desk.attempt(trial.cast.one("supply_manager"), import_kits, order):
            for lot in sorted({row[2] for row in rows}):
                trial.do("quality", release_lot, DecideLot(lot=lot, reason="certificate of analysis reviewed"))
            return {row[0] for row in rows}
        assert trial.desk.last_refusal in ("manifest_tells", "kits_known")


def ship_all(played: Played, supply: Supply, site: str, count: int) -> str:
    """Ship all that the depot holds, whatever it takes until the vault draws as many of each type as there are."""
    for _ in range(2000):
        with suppress(Refused):
            return supply.ship(site, count)
    raise AssertionError("the depot was never emptied")


def enrol(played: Played, site: str, turned: bool) -> Person:
    """One more participant, who draws from their own family's boxes and has taken the first dose from the first."""
    trial, world = played.trial, played.world
    coordinator, investigator = trial.cast.at(site, "coordinator"), trial.cast.at(site, "investigator")
    order = Screen(
        site=site, sex="female", birth_year=1980, identity_document=f"EXAMPLE-{len(played.people):06}",
        consent_version=trial.service.study.consent_version, consent_on=trial.clock.now().date(),
    )  # fmt: skip
    one = trial.desk.do(coordinator, screen, order).answer
    trial.desk.do(coordinator, record_baseline, RecordBaseline(participant=one.id, values=baseline_values(world)))
    trial.desk.do(investigator, confirm, Confirm(participant=one.id, answers=answers(world)))
    played.draws(turned)
    done = trial.desk.do(coordinator, randomize, RandomizeOrder(participant=one.id)).answer
    begin_treatment(played, one.id, done.kit, site)
    made = Person(one.id, one.screening_number, done.number, site, turned)
    played.people.append(made)
    trial.life.participants.append(SimpleNamespace(id=one.id, site=site, randomized_on=trial.clock.now().date()))
    return made


def begin_treatment(played: Played, participant: str, kit: str, site: str) -> None:
    """The first kit is handed over and its first dose injected, today: visits are counted from here."""
    trial, study = played.trial, played.trial.service.study
    order = HandOver(participant=participant, visit=study.dispensing_visits[0].id, kit=kit)
    trial.desk.do(trial.cast.at(site, "pharmacist"), hand_over, order)
    first = FirstDose(
        participant=participant, kit=kit, taken_on=local_day(trial.clock.now(), study.site(site).time_zone),
        taken_at="00:30", place="clinic", injection_site=study.treatment.injection_sites[0].id,
    )  # fmt: skip
    trial.desk.do(trial.cast.at(site, "coordinator"), record_first_dose, first)
