"""The world that tests live in: one database, the gate with a clock that is moved by hand, and a named cast.

Everybody comes in as in service: invited, activated with a password of their own, trained, granted by two. Somebody is
brought in when first asked for, so that a test pays only for those it needs. All are invented.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from irt import tables
from irt.actor import Actor, Grant, Role, Signature
from irt.clock import SimulatedClock
from irt.db import Base, Database, connect
from irt.entropy import SeededEntropy, new_id
from irt.gate.act import Order, spec_of
from irt.gate.housekeeping import Housekeeping
from irt.gate.keys import Keys, digest_of
from irt.gate.perform import Done, Gate
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry
from irt.people.access import GrantOrder, ProposeRole, propose, second
from irt.people.accounts import InviteAccount, bootstrap, invite
from irt.people.activation import ActivateAccount, activate
from irt.people.credentials import Credentials
from irt.people.passwords import HASHER, Passwords
from irt.people.review import RecordTraining, record_training
from irt.settings import Settings
from irt.study import Study
from irt.vault import Vault
from irt.vault._seal import VaultKey
from irt.wiring import Service
from tests.wiring import study_of_tests

assert tables.ALL  # every table is mapped, so that a snapshot is whole
STUDY_FILE = Path(__file__).parents[1] / "config" / "study.toml"
PASSWORD = "seven grey herons wade"
PASSWORD_HASH = HASHER.hash(PASSWORD, salt=b"a salt for tests")  # hashed once: everybody pays 20 ms otherwise
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in Beijing

CAST = {
    "investigator_01": Grant(Role.INVESTIGATOR, "01"),
    "coordinator_01": Grant(Role.COORDINATOR, "01"),
    "pharmacist_01": Grant(Role.PHARMACIST, "01"),
    "assessor_01": Grant(Role.ASSESSOR, "01"),
    "physician_assessor_01": Grant(Role.PHYSICIAN_ASSESSOR, "01"),
    "investigator_02": Grant(Role.INVESTIGATOR, "02"),  # must see nothing of 01
    "coordinator_02": Grant(Role.COORDINATOR, "02"),
    "pharmacist_02": Grant(Role.PHARMACIST, "02"),
    "monitor": Grant(Role.MONITOR),
    "data_manager": Grant(Role.DATA_MANAGER),
    "medical_monitor": Grant(Role.MEDICAL_MONITOR),
    "trial_manager": Grant(Role.TRIAL_MANAGER),
    "trial_statistician": Grant(Role.TRIAL_STATISTICIAN),
    "sponsor": Grant(Role.SPONSOR),
    "quality": Grant(Role.QUALITY),
    "depot": Grant(Role.DEPOT),
    "auditor": Grant(Role.AUDITOR),
    "laboratory": Grant(Role.LABORATORY),
    "supply_manager": Grant(Role.SUPPLY_MANAGER),
    "safety_officer": Grant(Role.SAFETY_OFFICER),
    "unblinded_statistician": Grant(Role.UNBLINDED_STATISTICIAN),
    "administrator": Grant(Role.ADMINISTRATOR),
    "administrator_two": Grant(Role.ADMINISTRATOR),
    "operator": Grant(Role.OPERATOR),
}


def _grant_of(name: str) -> Grant:
    """The grant of somebody of the cast; at the sites that it does not name, of whoever is called so."""
    role, _, site = name.rpartition("_")
    return CAST[name] if name in CAST else Grant(Role(role), site)


class CountedEntropy(SeededEntropy):
    """Bytes from a seed, and how many were taken."""

    def __init__(self, seed: bytes) -> None:
        super().__init__(seed)
        self.seed, self.taken = seed, 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        self.taken += count
        return super().take(count)


@dataclass
class World:
    """One trial under test."""

    database: Database
    study: Study
    clock: SimulatedClock
    entropy: SeededEntropy
    keys: Keys
    vault: Vault
    actors: dict[str, Actor] = field(default_factory=dict)
    database_url: str = ""

    @cached_property
    def service(self) -> Service:
        """Everything that `irt.app` would hand to a door."""
        settings, housekeeping = Settings(), Housekeeping(self.database, self.keys)
        credentials = Credentials(
            self.database, self.keys, housekeeping, self.clock, self.entropy, settings, self.study
        )
        prove_once(credentials, {(PASSWORD_HASH, PASSWORD)})
        gate = Gate(self.database, self.clock, self.entropy, credentials.standing, self.vault, self.keys, self.study)
        return Service(
            settings, self.study, self.database, gate, credentials, housekeeping, self.clock, self.entropy, self.keys,
            self.vault,
        )  # fmt: skip

    # -- who -----------------------------------------------------------------------------------------------------

    def actor(self, name: str) -> Actor:
        """Somebody of the cast, signed in."""
        if name not in self.actors:
            self.actors[name] = self._operator() if name == "operator" else self._bring_in(name, _grant_of(name))
        return self.actors[name]

    def _operator(self) -> Actor:
        return self.service.credentials.operator()

    def _bring_in(self, name: str, grant: Grant) -> Actor:
        title = name.replace("_", " ").capitalize()
        invitation = InviteAccount(login=name, name=title, email=f"{name}@hospital.example")
        if name == "administrator":
            account = self.do(bootstrap, invitation, by="operator").account
            self._activate(account)
        else:
            account = self.do(invite, invitation, by="administrator")
            self._activate(account)
            self.do(record_training, RecordTraining(account=account), by="administrator")
            order = ProposeRole(account=account, role=grant.role, site=grant.site)
            proposed = self.do(propose, order, by="administrator")
            if proposed.state == "proposed":
                self.do(second, GrantOrder(grant=proposed.grant), by="quality")
        return self.service.credentials.sign_in(name, PASSWORD, "192.0.2.1")

    def _activate(self, account: str) -> None:
        credentials = self.service.credentials
        invitation = credentials.open_invitation(account)
        assert invitation is not None
        invited = credentials.invited(credentials.invitation_token(invitation))
        order = ActivateAccount(invitation=invitation, password_hash=PASSWORD_HASH)
        self.service.gate.perform(activate, order, by=invited, request_id=new_id(self.entropy))

    def sign(self, function: Callable[..., Any], order: Order, by: str) -> Signature | None:
        """The signature that `function` asks for, made with the password; None when it asks for none."""
        if spec_of(function).sign is None:
            return None
        return self.service.credentials.sign(self.actor(by), PASSWORD, function, order)

    # -- doing ---------------------------------------------------------------------------------------------------

    def perform(self, function: Callable[..., Any], order: Order, by: str, request_id: str | None = None) -> Done:
        """Do an act as somebody, signing where it asks for it."""
        return self.service.gate.perform(
            function,
            order,
            by=self.actor(by),
            request_id=request_id or new_id(self.entropy),
            signature=self.sign(function, order, by),
        )

    def do(self, function: Callable[..., Any], order: Order, by: str) -> Any:
        """As `perform`, but the answer alone."""
        return self.perform(function, order, by).answer

    def under(self, **changed: Any) -> "World":
        """The same world after study.toml was changed in these keys; its hash is another."""
        study = self.study.model_copy(update={"sha256": digest_of(sorted(changed)), **changed})
        return replace(self, study=study, actors=dict(self.actors))

    def refusal(self, function: Callable[..., Any], order: Order, by: str) -> Refused:
        """The refusal that this act meets; it has left every table of the domain as it was, and is itself audited."""
        self.actor(by)
        before = self.stored()
        with pytest.raises(Refused) as caught:
            self.perform(function, order, by)
        assert self.stored() == before, f"{caught.value.code} changed something"
        last = self.last_audit()
        assert (last.kind, last.act) == ("refusal", spec_of(function).name)
        return caught.value

    def rows(self, model: type[Base], **equal: Any) -> list[Any]:
        """The stored rows with these values."""
        table = table_of(model)
        statement = select(table).order_by(*table.primary_key)
        for name, value in equal.items():
            statement = statement.where(table.c[name] == value)
        with self.database.read.connect() as connection:
            return list(connection.execute(statement))

    def row(self, model: type[Base], **equal: Any) -> Any:
        """The one stored row with these values."""
        (found,) = self.rows(model, **equal)
        return found

    def put(self, model: type[Base], **values: Any) -> None:
        """Put a row there by hand, where the act that makes it is not what the test is about."""
        with self.database.writing() as connection:
            connection.execute(insert(table_of(model)), values)

    def last_audit(self) -> Any:
        """The newest entry of the audit trail."""
        return self.rows(AuditEntry)[-1]

    def entry_page(self, seq: int) -> str:
        """The address of an entry of the audit trail."""
        return f"/audit/{self.row(AuditEntry, seq=seq).hash}"

    def snapshot(self) -> dict[str, list[Any]]:
        """All rows of all tables that acts keep."""
        with self.database.read.connect() as connection:
            found = {one: connection.exec_driver_sql(f'SELECT * FROM "{one}"').all() for one in kept_by_acts()}
            return {name: sorted(map(str, rows)) for name, rows in found.items()}

    def stored(self) -> list[set[Any]]:
        """The same to be compared alone, past SQLAlchemy: every refusal is held to it twice. A row has its key, so a
        set loses none."""
        with self.database.read.connect() as connection:
            driver: Any = connection.connection.driver_connection
            if connection.dialect.name == "sqlite":
                return [set(driver.execute(f'SELECT * FROM "{one}"')) for one in kept_by_acts()]
            every = " UNION ALL ".join(f"SELECT '{one}', stored::text FROM \"{one}\" stored" for one in kept_by_acts())
            return [set(driver.execute(every))]


@cache
def kept_by_acts() -> list[str]:
    """The names of the tables that acts keep."""
    return [table.name for table in Base.metadata.sorted_tables if table.info.get("kept_by") == "act"]


def prove_once(credentials: Credentials, proven: set[tuple[str | None, str]]) -> None:
    """A password that was proved before is known again: at 20 ms for each signature it is half the time of a test."""
    credentials._passwords.check = _known_again(credentials._passwords.check, proven)  # type: ignore[method-assign]


def prove_once_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in every service that the test builds: a command wires its own."""
    in_service = Passwords.check

    def check(passwords: Passwords, stored: str | None, password: str) -> bool:
        return _known_again(partial(in_service, passwords), PROVEN)(stored, password)

    monkeypatch.setattr(Passwords, "check", check)


PROVEN: set[tuple[str | None, str]] = set()  # in commands of this process: a hash is of one password whoever asks


def _known_again(
    in_service: Callable[[str | None, str], bool], proven: set[tuple[str | None, str]]
) -> Callable[[str | None, str], bool]:
    def check(stored: str | None, password: str) -> bool:
        if (stored, password) in proven:
            return True
        if right := in_service(stored, password):
            proven.add((stored, password))
        return right

    return check


def world(database_url: str, study: Study | None = None, seed: bytes = bytes(32)) -> World:
    """A world on a database that is migrated already; nobody has done anything yet.

    Two worlds on one database with different seeds stand for two processes.
    """
    return World(
        database=connect(database_url),
        study=study or study_of_tests(),
        clock=SimulatedClock(START),
        entropy=CountedEntropy(seed),
        keys=Keys(bytes(range(32))),
        vault=Vault(VaultKey(bytes(range(32, 64)))),
        database_url=database_url,
    )
