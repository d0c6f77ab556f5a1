"""The decorator that makes a function an act, the registry of acts, and the Act through which rows change."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, NoReturn, ParamSpec, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlalchemy import Connection, Row, Select

from irt.actor import Actor, Role
from irt.db import Base
from irt.entropy import Entropy, new_id
from irt.gate import rows
from irt.gate.keys import Keys
from irt.gate.refusals import RaceLost, Refused
from irt.gate.statements import changed_by, rows_of
from irt.gate.tables import Outbox
from irt.study import Study

P = ParamSpec("P")
R = TypeVar("R")


class Order(BaseModel):
    """What an act is asked to do: frozen, strict, the one definition of its fields for every door."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    UNRECORDED: ClassVar[frozenset[str]] = frozenset()  # fields, beside those marked, that no audit entry holds


@dataclass(frozen=True)
class ActSpec:
    """An act as registered: the source of the permission matrix, the signature meanings and the API."""

    name: str
    run: Callable[..., Any]
    order: type[Order]
    answer: TypeAdapter[Any]
    roles: frozenset[Role]
    during: frozenset[str] | None  # study states; None: in every state
    sign: str | None  # the signature's meaning (21 CFR 11.50(a)(3)); None: unsigned
    reason: bool
    exclusive: bool  # takes the study's state for itself: no other act is under way
    reveals: bool  # may enter the vault by the reveal door: it is signed, and written in the visitors' book
    everywhere: bool  # concerns several sites: its audit entry is filed under none of them, and under no participant
    always: bool  # kept from nobody by the study's state, its file or a newer version of the training
    emergency: bool  # is so, and open to who came in by a paper code


REGISTRY: dict[str, ActSpec] = {}


def act(
    name: str,
    *,
    roles: Iterable[Role | str],
    during: Iterable[str] | None = ("open",),
    sign: str | None = None,
    reason: bool = False,
    exclusive: bool = False,
    reveals: bool = False,
    everywhere: bool = False,
    always: bool = False,
    emergency: bool = False,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a plain function `(act, order) -> answer` as an act that only the gate runs.

    `roles=()` asks for no role, only for an account in good standing: acts on oneself, such as activation.
    `reason` acts change something recorded earlier: their order has a field `reason` that is not empty.
    `everywhere` acts concern several sites: those who read the trail of one site do not read of them there.
    `always` acts are done in every state of the study, also while study.toml is another than the one taken in and by
    somebody who was trained for an earlier version only: what is owed to a participant's safety. `emergency` acts are
    done always too; they wait for nobody who changes the study's state, and they alone are open to who came in by a
    paper code.
    """

    def register(function: Callable[P, R]) -> Callable[P, R]:
        parameters = list(inspect.signature(function, eval_str=True).parameters.values())
        order, answer = parameters[1].annotation, inspect.signature(function, eval_str=True).return_annotation
        assert name not in REGISTRY, f"the act {name} is registered twice"
        assert issubclass(order, Order), f"{name}: its second parameter is an Order"
        assert sign is not None or not reveals, f"{name}: whoever is shown a treatment signs for it"
        assert during is None or not (always or emergency), f"{name}: done always, it asks for no state of the study"
        if reason:
            assert "reason" in order.model_fields, f"{name}: its order needs a reason"
            assert order.model_fields["reason"].is_required(), f"{name}: its reason can be left out"
        REGISTRY[name] = ActSpec(
            name,
            function,
            order,
            TypeAdapter(answer),
            frozenset(Role(role) for role in roles),
            None if during is None else frozenset(during),
            sign,
            reason,
            exclusive,
            reveals,
            everywhere,
            always or emergency,
            emergency,
        )
        function.spec = REGISTRY[name]  # type: ignore[attr-defined]
        return function

    return register


def spec_of(function: Callable[..., Any]) -> ActSpec:
    """The registration of an act's function."""
    spec = function.spec  # type: ignore[attr-defined]
    assert isinstance(spec, ActSpec)
    return spec


@dataclass
class Act:
    """One act under way: the only hand on the rows. Times, randomness, study and keys are given, not fetched."""

    connection: Connection
    spec: ActSpec
    actor: Actor
    now: datetime
    entropy: Entropy
    study: Study
    keys: Keys
    vault: Any
    state: str = "open"  # of the study
    signature: str | None = None
    site: str | None = None
    participant: str | None = None
    changes: list[list[Any]] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    sites: frozenset[str] | None = None

    def __post_init__(self) -> None:
        self.sites = self.actor.sites(self.spec.roles)

    # -- reading -------------------------------------------------------------------------------------------------

    def find(self, model: type[Base], *, lock: bool = True, **equal: Any) -> Row[Any]:
        """The one row with these values, locked unless told otherwise; refused as not found when there is none,
        or when it belongs to a site that the actor's role does not open."""
        found = self.seek(model, lock=lock, **equal)
        if found is None:
            raise Refused("not_found", what=rows.table_of(model).name)
        return found

    def seek(self, model: type[Base], *, lock: bool = False, **equal: Any) -> Row[Any] | None:
        """As `find`, but None when there is no such row in the actor's sites."""
        found = self.rows(model, lock=lock, **equal)
        assert len(found) <= 1, f"{rows.table_of(model).name}: {len(found)} rows where one was asked for"
        if not found:
            return None
        names = found[0]._fields
        if model.__tablename__ == "participant":
            self.about(participant=found[0].id, site=found[0].site)
        elif "site" in names and found[0].site is not None:
            self.about(site=found[0].site)
        return found[0]

    def rows(self, model: type[Base], *, lock: bool = False, **equal: Any) -> list[Row[Any]]:
        """All rows with these values in the actor's sites, ordered by primary key. A value None means null."""
        given = tuple(sorted(name for name, value in equal.items() if value is not None))
        none = tuple(sorted(name for name, value in equal.items() if value is None))
        statement = rows.selecting(model, given, lock, none)
        found = rows_of(self.connection, statement, equal)
        if self.sites is not None and found and "site" in found[0]._fields:
            return [row for row in found if row.site is None or row.site in self.sites]
        return found

    def select(self, statement: Select[Any], **parameters: Any) -> list[Row[Any]]:
        """Rows of a prebuilt select; the caller answers for its scope."""
        return rows_of(self.connection, statement, parameters)

    def about(self, *, site: str | None = None, participant: str | None = None) -> None:
        """Tell the audit entry which site and participant the act is about; the first named stays.

        Nothing of an act that is about several sites: whoever reads of one site alone would read of the others there.
        """
        if self.spec.everywhere:
            return
        self.site = self.site or site
        self.participant = self.participant or participant

    def admit(self, site: str) -> None:
        """Open one more site to this act alone. The caller holds a proof that somebody of that site stands before the
        actor: both numbers of their card, or the mishap that was opened by it. The audit entry keeps the site that
        was named first."""
        if self.sites is not None:
            self.sites |= {site}

    # -- changing ------------------------------------------------------------------------------------------------

    def add(self, model: type[Base], **values: Any) -> str:
        """Insert one row; answers its primary key as text."""
        self._guard_site(values)
        table = rows.table_of(model)
        row = {column.name: values.get(column.name) for column in table.columns}
        assert values.keys() <= row.keys(), f"{table.name}: unknown column"
        changed_by(self.connection, rows.inserting(model), row)
        return self.recorded_add(model, row)

    def recorded_add(self, model: type[Base], row: Mapping[str, Any]) -> str:
        """Tell the audit entry about a row that was just inserted; answers its primary key as text."""
        key = rows.key_text(model, row)
        self.changes.append([rows.table_of(model).name, key, None, self._audited(model, key, row)])
        return key

    def change(self, model: type[Base], row: Row[Any], **values: Any) -> None:
        """Change columns of a row that was found; a row changed meanwhile by another act loses the race."""
        old = row._mapping
        names = tuple(sorted(name for name, value in values.items() if old[name] != value))
        if not names:
            return
        nulls = tuple(name for name in names if old[name] is None)
        parameters = {f"key_{name}": old[name] for name in rows.key_of(model)}
        parameters |= {f"new_{name}": values[name] for name in names}
        parameters |= {f"old_{name}": old[name] for name in names if name not in nulls}
        if changed_by(self.connection, rows.updating(model, names, nulls), parameters) != 1:
            raise RaceLost(rows.table_of(model).name)
        key = rows.key_text(model, row)
        self._record_change(model, key, {name: old[name] for name in names}, {name: values[name] for name in names})

    def advance(self, model: type[Base], column: str, *, limit: str | None = None, **key: Any) -> Row[Any] | None:
        """Add one to a counter and answer its row; None when the column `limit` is reached."""
        parameters = {f"key_{name}": value for name, value in key.items()}
        found = rows_of(self.connection, rows.advancing(model, column, limit), parameters)
        row = found[0] if found else None
        if row is not None:
            new = row._mapping[column]
            self._record_change(model, rows.key_text(model, row), {column: new - 1}, {column: new})
        return row

    def bulk(self, model: type[Base], values: list[dict[str, Any]], *, batch: str) -> None:
        """Insert many rows, audited as count and digests. `batch` names the column that all of them share."""
        table, columns = rows.table_of(model), [column.name for column in rows.table_of(model).columns]
        full = [{name: row.get(name) for name in columns} for row in values]
        of = {row[batch] for row in full}
        assert len(of) == 1, f"{table.name}.{batch}: a bulk has one value"
        self.connection.execute(rows.inserting(model), full)
        self.changes.append([table.name, {batch: of.pop()}, "bulk", self.keys.bulk_digest(model, full)])

    def send(
        self,
        kind: str,
        *,
        audience: Iterable[Role | str],
        site: str | None = None,
        participant: str | None = None,
        **facts: Any,
    ) -> None:
        """Put a message into the outbox; it goes out after the commit, to those who then hold the roles."""
        self.add(
            Outbox,
            id=new_id(self.entropy),
            kind=kind,
            audience=sorted(str(one) for one in audience),
            site=site,
            participant=participant,
            facts=facts,
            created_at=self.now,
        )

    def refuse(self, code: str, **facts: Any) -> NoReturn:
        """Leave the act undone."""
        raise Refused(code, **facts)

    # -- inside --------------------------------------------------------------------------------------------------

    def _guard_site(self, values: Mapping[str, Any]) -> None:
        site = values.get("site")
        if site is not None and self.sites is not None and site not in self.sites:
            raise Refused("not_found", what="site")
        if site is not None:
            self.about(site=site)

    def _record_change(self, model: type[Base], key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self.changes.append(
            [rows.table_of(model).name, key, self._audited(model, key, old), self._audited(model, key, new)]
        )

    def _audited(self, model: type[Base], key: str, values: Mapping[str, Any]) -> dict[str, Any]:
        audited = rows.recorded(values)
        for name, treatment in _treated(model).items():
            if audited.get(name) is None:
                continue
            place = f"{rows.table_of(model).name}/{key}/{name}"
            text = str(audited[name])
            if treatment == "unmasking":
                audited[name] = {"sealed": self.vault.seal_text(text, f"audit|{place}", self.entropy)}
            else:
                audited[name] = {"digest": self.keys.digest(f"audit|{place}", text)}
        return audited


@cache
def _treated(model: type[Base]) -> dict[str, str]:
    """Columns that the audit trail must not hold in clear, and how it holds them."""
    kinds = {column.name: column.info for column in rows.table_of(model).columns}
    return {name: next(k for k in ("unmasking", "secret") if k in info) for name, info in kinds.items() if info}
