"""The one door for rows that are no acts: sessions, sign-in attempts, deliveries, job claims.

It writes only tables marked as housekeeping. Each of their rows carries a keyed digest, so that `irt verify` sees a row
changed by another hand.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, exc, select, update

from irt.db import Base, Database
from irt.gate import rows
from irt.gate.keys import Keys
from irt.gate.refusals import Unavailable


@dataclass(frozen=True)
class Housekeeping:
    """Writes housekeeping rows, each call in a short transaction of its own."""

    database: Database
    keys: Keys

    def add(self, model: type[Base], **values: Any) -> None:
        """Insert one row with its digest."""
        full = self._full(model, values)
        with self._writing() as connection:
            connection.execute(rows.inserting(model), full)

    def add_missing(self, model: type[Base], **values: Any) -> bool:
        """Insert one row unless its key is taken; whether it was inserted."""
        full = self._full(model, values)
        with self._writing() as connection:
            if self._find(connection, model, full) is not None:
                return False
            try:
                connection.execute(rows.inserting(model), full)
            except exc.IntegrityError:
                connection.rollback()
                return False
            return True

    def change(self, model: type[Base], expect: Mapping[str, Any] | None = None, /, **values: Any) -> bool:
        """Change one row, found by the key columns among `values`, if its columns still hold what `expect` says.

        Whether it was changed: a rival that was faster makes this False.
        """
        with self._writing() as connection:
            row = self._find(connection, model, values)
            if row is None or any(row._mapping[name] != value for name, value in (expect or {}).items()):
                return False
            full = self._full(model, {**row._mapping, **values})
            table = rows.table_of(model)
            where = [table.c[name] == row._mapping[name] for name in rows.key_of(model)]
            connection.execute(update(table).where(*where).values(full))
            return True

    def _find(self, connection: Connection, model: type[Base], values: Mapping[str, Any]) -> Row[Any] | None:
        table = rows.table_of(model)
        where = [table.c[name] == values[name] for name in rows.key_of(model)]
        return connection.execute(select(table).where(*where).with_for_update()).one_or_none()

    def _full(self, model: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
        table = rows.table_of(model)
        assert table.info["kept_by"] == "housekeeping", f"{table.name} is not a housekeeping table"
        full = {column.name: values.get(column.name) for column in table.columns}
        full["mac"] = self.keys.housekeeping_mac(model, full)
        return full

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self.database.writing() as connection:
                yield connection
        except (exc.OperationalError, exc.InterfaceError) as fault:
            raise Unavailable(type(fault.orig).__name__) from fault
