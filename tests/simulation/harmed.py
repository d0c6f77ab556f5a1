"""What a lived trial must show of harm: the books agree with the acts and with the figures."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry
from irt.people.tables import NoticeAcknowledgement
from irt.safety.laboratory_tables import LabDismissal, LabSample, WithheldValue
from irt.safety.tables import EventOpinion, EventTold, EventVersion
from irt.vault._tables import Opening, Shown

FIGURES = ("adverse_events", "serious", "susar_candidates", "overdue_reports", "code_breaks", "desk_openings",
           "special_reports", "unblindings")  # fmt: skip
LIVED = (EventOpinion, EventTold, LabDismissal, LabSample, NoticeAcknowledgement, WithheldValue)


def check_harm(connection: Connection, figures: Mapping[str, Any]) -> None:
    """Each figure is above 0; each opening has its line of the book, its entry of the audit trail, and was shown."""
    assert min(figures[name] for name in FIGURES) > 0, figures
    by = figures["code_breaks_by"]
    assert min(by.values()) > 0
    assert by["participant"] + by["kit"] == figures["code_breaks"]
    assert by["serial"] > by["alone"], "once somebody agreed, and once nobody did"
    book = Counter(row.purpose for row in rows(connection, Opening))
    acts = Counter(row.act for row in rows(connection, AuditEntry) if row.kind == "act")
    assert figures["code_breaks"] == book["code_break"] == acts["code_break.open"]
    assert figures["desk_openings"] == book["desk"] == acts["desk.open"]
    assert {row.opening for row in rows(connection, Shown)} == {row.id for row in rows(connection, Opening)}
    refused = {row.act for row in rows(connection, AuditEntry) if row.kind == "refusal"}
    assert not refused & {"code_break.open", "code_break.agree", "desk.open"}, "none is refused"
    assert min(len(rows(connection, table)) for table in LIVED) > 0
    versions = rows(connection, EventVersion)
    assert {"recovered", "not_recovered"} <= {row.outcome for row in versions}
    assert sum(row.outcome == "fatal" for row in versions) <= 2
    assert any(row.last_kit for row in versions), "the box of the last dose comes from the diary"


def rows(connection: Connection, table: type[Any]) -> list[Any]:
    """All rows of a table."""
    return list(connection.execute(select(table_of(table))))
