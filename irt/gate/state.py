"""The study's states, and the rows that the gate stands on: the state before anything happened, and the empty chain."""

from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from irt.gate.audit import GENESIS
from irt.gate.rows import table_of
from irt.gate.tables import AuditHead, StudyState

STATES = ("setup", "open", "frozen", "closing", "locked", "released")  # closing: the days of an unlocking are over
CLEANING = ("open", "frozen")  # what cleans data: asked, answered, judged, coded, counted; sites record nothing else
DRUG_GOES_BACK = ("open", "frozen", "released")  # vials are sent back and destroyed; not while a lock waits for release

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_STATE = {"id": 1, "state": "setup", "file_sha256": None, "randomization": "running", "dispensing": "running"}
FIRST_HEAD = {"id": 1, "seq": 0, "hash": GENESIS, "recorded_at": BEGINNING}


def lay(connection: Connection) -> None:
    """Put the study's first state and the empty chain in place, once."""
    for model, first in ((StudyState, FIRST_STATE), (AuditHead, FIRST_HEAD)):
        table = table_of(model)
        if connection.execute(select(table)).first() is None:
            connection.execute(insert(table), first)
