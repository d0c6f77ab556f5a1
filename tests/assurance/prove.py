"""Tamper with a copy of the configured database in every way, and show that `irt verify` names each.

    python -m tests.assurance.prove [--seed N] [--every-column]

The database is the deployment's own (IRT_DATABASE_URL, IRT_KEYS, …) and stays as it is; on PostgreSQL its owner must be
a superuser, and nobody else connected while the copy is made. Ends with 1 when a tampering was not named.
"""

import argparse
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

import irt.tables
from irt.app import build
from irt.assurance.verify import report, verify
from irt.db import connect
from irt.migrate import newest
from irt.settings import read_settings
from tests.assurance.tampering import Owner, filled, missed

COPY = "irt_tampered"


@contextmanager
def copied(url: str, owner_url: str) -> Iterator[tuple[str, str]]:
    """The addresses of a copy, for the service and for the owner; removed afterwards."""
    if make_url(url).get_backend_name() == "sqlite":
        folder = Path(tempfile.mkdtemp(prefix="irt-tampered-"))
        with closing(sqlite3.connect(str(make_url(url).database))) as db, closing(sqlite3.connect(folder / COPY)) as to:
            db.backup(to)
        yield f"sqlite:///{folder / COPY}", f"sqlite:///{folder / COPY}"
        shutil.rmtree(folder)
        return
    owner, service = (make_url(one).set(drivername="postgresql+psycopg") for one in (owner_url, url))
    engine = create_engine(owner.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {COPY}"))
        connection.execute(text(f'CREATE DATABASE {COPY} TEMPLATE "{owner.database}"'))
        yield _shown(service), _shown(owner)
        connection.execute(text(f"DROP DATABASE {COPY} WITH (FORCE)"))
    engine.dispose()


def _shown(url: URL) -> str:
    return url.set(database=COPY).render_as_string(hide_password=False)


def main() -> int:
    """Print what was tried, what was missed, and the verdict on the untouched database before and after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every-column", action="store_true")
    given = parser.parse_args()
    settings = read_settings()
    service = build(settings)
    parts = service.keys, service.vault, service.study
    print("untouched:", report(verify(service.database, *parts, revision=newest())))
    service.database.write.dispose()
    service.database.read.dispose()
    with copied(settings.database_url, settings.owner_url) as (url, owner_url):
        copy = connect(url)
        tried, unseen = missed(
            owner_url,
            lambda: verify(copy, *parts, revision=newest()),
            seed=given.seed,
            every_column=given.every_column,
        )
        owner = Owner(owner_url, random.Random(given.seed))
        full = {table.name for table in filled(owner)}
        owner.engine.dispose()
        copy.write.dispose()
        copy.read.dispose()
    print("tables without a row:", ", ".join(sorted(set(irt.tables.ALL) - full)) or "none")
    for kind, number in tried.items():
        print(f"{kind:24} {number}")
    print(f"{'not named':24} {len(unseen)}", *unseen, sep="\n  ")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
