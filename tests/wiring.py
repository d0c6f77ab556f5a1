"""A gate wired for a test: the real database, vault and study file, a clock that stands still and a seeded entropy."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from irt import tables
from irt.actor import Actor, Role
from irt.clock import SimulatedClock
from irt.db import Base, Database, connect
from irt.entropy import SeededEntropy, new_id
from irt.gate.housekeeping import Housekeeping
from irt.gate.keys import Keys
from irt.gate.perform import Done, Gate
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry
from irt.people.credentials import Credentials
from irt.people.passwords import HASHER
from irt.people.tables import Account, Credential, RoleGrant, Training
from irt.settings import Settings
from irt.study import Study, load_study
from irt.vault import Vault
from irt.vault._seal import VaultKey

assert tables.ALL
STUDY_FILE = Path(__file__).parents[1] / "config" / "study.toml"
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PASSWORD = "seven grey herons wade"
PASSWORD_HASH = HASHER.hash(PASSWORD, salt=b"a salt for tests")
NOWHERE = "192.0.2.1"


@dataclass
class Wiring:
    """A gate and what stands around it."""

    database: Database
    clock: SimulatedClock
    entropy: SeededEntropy
    keys: Keys
    study: Study
    credentials: Credentials
    gate: Gate

    def perform(self, function: Any, by: Actor, order: Any, **more: Any) -> Done:
        """Perform an act, signed with the test password if it asks for a signature."""
        if function.spec.sign and "signature" not in more:
            more["signature"] = self.credentials.sign(by, PASSWORD, function, order)
        return self.gate.perform(function, order, by=by, **{"request_id": new_id(self.entropy), **more})

    def person(
        self, login: str, *grants: tuple[Role, str | None], state: str = "active", trained: bool = True
    ) -> Actor:
        """Somebody who was here before the test began, written past the gate."""
        account, now = new_id(self.entropy), self.clock.now()
        with self.database.writing() as connection:
            values = {"id": account, "login": login, "name": login.title(), "email": f"{login}@hospital.example"}
            values |= {"language": "en", "state": state, "created_at": now}
            connection.execute(insert(table_of(Account)), values)
            if state == "active":
                secret = {"account": account, "password_hash": PASSWORD_HASH, "set_at": now}
                connection.execute(insert(table_of(Credential)), secret)
            for role, site in grants:
                values = {"id": new_id(self.entropy), "account": account, "role": role, "at_site": site}
                values |= {"state": "active", "proposed_by": "before", "proposed_at": now}
                connection.execute(insert(table_of(RoleGrant)), values)
            if trained:
                values = {"id": new_id(self.entropy), "account": account, "version": self.study.training_version}
                values |= {"at": now, "recorded_by": "before"}
                connection.execute(insert(table_of(Training)), values)
        return self.as_now(Actor(account, login, login.title(), frozenset()))

    def as_now(self, actor: Actor) -> Actor:
        """The same person with the grants that stand now."""
        with self.database.writing() as connection:
            return replace(actor, grants=self.credentials.standing(connection, actor) or frozenset())

    def refusal(self, function: Any, by: Actor, order: Any, **more: Any) -> Refused:
        """The refusal that this act meets: it changes no row that acts keep, and is recorded in the chain."""
        before = self.kept()
        with pytest.raises(Refused) as refusal:
            self.perform(function, by, order, **more)
        assert self.kept() == before, f"{refusal.value} changed something"
        entry = self.last_entry()
        assert (entry.kind, entry.act, entry.account) == ("refusal", function.spec.name, by.account)
        assert json.loads(entry.body)["code"] == refusal.value.code
        return refusal.value

    def kept(self) -> dict[str, list[str]]:
        """Every row of every table that acts keep."""
        with self.database.read.connect() as connection:
            return {
                table.name: sorted(map(str, connection.execute(table.select())))
                for table in Base.metadata.sorted_tables
                if table.info["kept_by"] == "act" or table.name == "request"
            }

    def last_entry(self) -> Any:
        """The newest audit entry."""
        return self.rows(AuditEntry)[-1]

    def rows_of_act(self, act: str) -> list[Any]:
        """The audit entries of one act, oldest first."""
        return self.rows(AuditEntry, act=act, kind="act")

    def changes(self) -> list[Any]:
        """What the newest audit entry says was changed: table, key, old, new."""
        return list(json.loads(self.last_entry().body)["changes"])

    def rows(self, model: Any, **equal: Any) -> list[Any]:
        """Rows as they are stored."""
        table = table_of(model)
        with self.database.read.connect() as connection:
            where = [table.c[name] == value for name, value in equal.items()]
            return list(connection.execute(table.select().where(*where).order_by(*table.primary_key)))


def at_once(*calls: Callable[[], Done]) -> list[Done | Refused]:
    """What these calls answer when all begin at the same moment, each in a thread of its own."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Done]) -> Done | Refused:
        start.wait()
        try:
            return call()
        except Refused as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@lru_cache(maxsize=1)
def study_of_tests() -> Study:
    """config/study.toml, read once: a study is frozen."""
    return load_study(STUDY_FILE)


def wire(url: str, study: Study | None = None, seed: bytes = bytes(32)) -> Wiring:
    """A gate on the migrated database at `url`. Two with different seeds stand for two processes."""
    database, clock, entropy, keys = connect(url), SimulatedClock(START), SeededEntropy(seed), Keys(bytes(range(32)))
    study = study or study_of_tests()
    housekeeping = Housekeeping(database, keys)
    credentials = Credentials(database, keys, housekeeping, clock, entropy, Settings(), study)
    vault = Vault(VaultKey(bytes(range(32, 64))))
    gate = Gate(database, clock, entropy, credentials.standing, vault, keys, study)
    return Wiring(database, clock, entropy, keys, study, credentials, gate)
