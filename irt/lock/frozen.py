"""What exactly is frozen: one SHA-256 over every row of the trial's data, as it is stored.

People, sessions, signatures, mail and the lock's own rows are not data; nor is what an emergency leaves that changes
no value of anybody: the visitors' book, envelopes on paper, reminders. Everything else is, so that a safety report or
a code break that comes between signing and release is seen, named, and signed for anew.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from irt.db import Base, canonical

# Not data, each with what it is instead.
ASIDE = frozenset({
    # who may do what, who was told what
    "account", "credential", "invitation", "role_grant", "training", "paper_code", "paper_code_batch", "access_review",
    "notice_acknowledgement", "mail_choice", "delegation", "practice_break",
    # the gate's own, and the lock's
    "study", "signature", "outbox", "blind_review",
    "lock_step", "lock_request", "lock_signature", "release", "release_again", "handover",
    # the vault is proved by its own means; the visitors' book grows with every emergency
    "vault_check", "sealed_list", "sealed_slot", "sealed_kit", "stratum_counter", "draw", "opening", "release_opening",
    # when the safety desk opened and closed a case, and how often, could tell an arm: a sum that moves tells it too
    "desk_opening", "desk_closing",
    # paper, reminders, plans
    "envelope", "envelope_export", "envelope_fate", "manifest_disposal", "clock_reminder", "supply_forecast",
    "recall_drill", "shelf", "kiosk_code",
    "dictionary", "dictionary_term",
})  # fmt: skip


# Made under the keys of one deployment: another one that has the same data has other digests here.
KEYED = frozenset({("participant", "identity"), ("manifest", "file_digest")})

# Of a site's participants, and not recorded by it.
NOT_THE_SITES = frozenset({
    "population_decision", "deviation", "event_code", "susar_candidate", "query", "query_message", "adjudication",
    "source_check", "change_request", "movement", "kit", "laboratory_result",
})  # fmt: skip

# Data, and other for other arms: published digests of the list, and of the files of kit lists.
BINDS_THE_ARMS = frozenset({"published_list", "manifest"})


@dataclass(frozen=True)
class Digest:
    """The SHA-256 of a table's rows."""

    sha256: str


@dataclass(frozen=True)
class Frozen:
    """The digests of all tables, and the one over them."""

    tables: Mapping[str, Digest]

    @property
    def sha256(self) -> str:
        """The one SHA-256 that is signed."""
        return hashlib.sha256(canonical(self.document()).encode()).hexdigest()

    def besides(self, names: Collection[str]) -> "Frozen":
        """The digests of all other tables."""
        return Frozen({name: one for name, one in self.tables.items() if name not in names})

    def document(self) -> dict[str, str]:
        """Table → SHA-256, to be kept: a count in the trail would tell what happened since."""
        return {name: one.sha256 for name, one in self.tables.items()}

    def others(self, kept: Mapping[str, Any]) -> list[str]:
        """The tables that are no longer as they were kept."""
        now = self.document()
        return sorted(name for name in {*now, *kept} if now.get(name) != kept.get(name))


def data_tables() -> dict[str, Table]:
    """The tables that hold the trial's data, by name."""
    tables = Base.metadata.tables
    return {
        name: tables[name] for name in sorted(tables) if name not in ASIDE and tables[name].info["kept_by"] == "act"
    }


def digest_of(connection: Connection) -> Frozen:
    """The digests of all data as they are stored now."""
    return Frozen({name: _digest(connection, table, None) for name, table in data_tables().items()})


def site_sha256(connection: Connection, site: str) -> str:
    """The SHA-256 over what one site recorded: every row of a data table that is the site's own."""
    tables = {
        name: table
        for name, table in data_tables().items()
        if "site" in table.c and "participant" in table.c and name not in NOT_THE_SITES
    }
    return Frozen({name: _digest(connection, table, site) for name, table in tables.items()}).sha256


def _digest(connection: Connection, table: Table, site: str | None) -> Digest:
    found = hashlib.sha256()
    for line in _lines(connection, table, site):
        found.update(line.encode())
    return Digest(found.hexdigest())


def _lines(connection: Connection, table: Table, site: str | None) -> Iterator[str]:
    """Each row as canonical JSON of what is stored, sorted: the order in which a database gives text differs."""
    columns = [column for column in table.columns if (table.name, column.name) not in KEYED]
    names = [column.name for column in columns]
    texts: list[Callable[[Any], Any]] = [_hex if _binary(column) else _same for column in columns]
    statement = select(*columns) if site is None else select(*columns).where(table.c.site == site)
    lines = [
        canonical({name: text(value) for name, text, value in zip(names, texts, row, strict=True)}) + "\n"
        for row in connection.execute(statement)
    ]
    yield from sorted(lines)


def _binary(column: Any) -> bool:
    return bool(column.type.python_type is bytes) if hasattr(column.type, "python_type") else False


def _hex(value: bytes | None) -> str | None:
    return None if value is None else hashlib.sha256(value).hexdigest()


def _same(value: Any) -> Any:
    return value
