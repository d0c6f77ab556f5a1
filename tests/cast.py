"""The world that tests live in: one database, the gate with a clock that is moved by hand, and a named cast.

Everybody comes in as in service: invited, activated with a password of their own, trained, granted by two. Somebody is
brought in when first asked for, so that a test pays only for those it needs. All are invented.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from irt.actor import Actor, Grant, Role, Signature
from irt.clock import SimulatedClock
from irt.db import Base, Database, connect
from irt.entropy import SeededEntropy, new_id
from irt.gate.act import Order, spec_of
from irt.gate.keys import Keys
from irt.gate.perform import Done, Gate
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.signatures import body_of, seal_of
from irt.gate.tables import AuditEntry
from irt.study import Study, load_study

STUDY_FILE = Path(__file__).parents[1] / "config" / "study.toml"
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


@dataclass
class World:
    """One trial under test."""

    database: Database
    study: Study
    clock: SimulatedClock
    entropy: SeededEntropy
    keys: Keys
    vault: Any = None
    actors: dict[str, Actor] = field(default_factory=dict)

    @cached_property
    def gate(self) -> Gate:
        """The gate, as `irt.app` would make it."""
        return Gate(self.database, self.clock, self.entropy, self.standing, self.vault, self.keys, self.study)

    def standing(self, connection: Any, actor: Actor) -> frozenset[Grant] | None:
        return frozenset([CAST[actor.login]])

    def actor(self, name: str) -> Actor:
        """Somebody of the cast, signed in."""
        if name not in self.actors:
            self.actors[name] = Actor(name, name, name.replace("_", " ").title(), frozenset([CAST[name]]))
        return self.actors[name]

    def sign(self, function: Callable[..., Any], order: Order, by: str) -> Signature | None:
        """The signature that `function` asks for, made with the password; None when it asks for none."""
        spec = spec_of(function)
        if spec.sign is None:
            return None
        actor = self.actor(by)
        unsealed = Signature(
            new_id(self.entropy),
            actor.account,
            actor.name,
            spec.name,
            spec.sign,
            body_of(self.keys, spec.name, order),
            self.clock.now(),
            "",
        )
        return Signature(*[getattr(unsealed, name) for name in unsealed.__slots__[:-1]], seal_of(self.keys, unsealed))

    def perform(self, function: Callable[..., Any], order: Order, by: str, request_id: str | None = None) -> Done:
        """Do an act as somebody, signing where it asks for it."""
        return self.gate.perform(
            function,
            order,
            by=self.actor(by),
            request_id=request_id or new_id(self.entropy),
            signature=self.sign(function, order, by),
        )

    def do(self, function: Callable[..., Any], order: Order, by: str) -> Any:
        """As `perform`, but the answer alone."""
        return self.perform(function, order, by).answer

    def under(self, study: Study) -> "World":
        """The same world after study.toml was changed to `study`."""
        return dataclasses.replace(self, study=study, actors=dict(self.actors))

    def refusal(self, function: Callable[..., Any], order: Order, by: str) -> Refused:
        """The refusal that this act meets; it has left every table of the domain as it was, and is itself audited."""
        before = self.snapshot()
        with pytest.raises(Refused) as caught:
            self.perform(function, order, by)
        assert self.snapshot() == before, f"{caught.value.code} changed something"
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

    def snapshot(self) -> dict[str, list[Any]]:
        """All rows of all tables that acts keep."""
        tables = [table for table in Base.metadata.sorted_tables if table.info.get("kept_by") == "act"]
        with self.database.read.connect() as connection:
            return {table.name: sorted(map(str, connection.execute(select(table)))) for table in tables}


def world(database_url: str, study: Study | None = None, vault: Any = None) -> World:
    """A world on a database that is migrated already; the operator has laid out nothing yet."""
    import irt.tables  # noqa: F401  # every table, so that a snapshot is whole

    return World(
        database=connect(database_url),
        study=study or load_study(STUDY_FILE),
        clock=SimulatedClock(START),
        entropy=SeededEntropy(b"the seed of every test's world.."),
        keys=Keys(b"the service key of a test's trial"[:32]),
        vault=vault,
    )
