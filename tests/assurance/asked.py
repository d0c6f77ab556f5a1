"""Outcomes asked about in the trial in `lived`: a form, a query with its thread, a mark of the monitor."""

from datetime import date

from irt.gate.act import Act
from irt.outcomes.query_tables import Query, QueryMessage
from irt.outcomes.tables import OutcomeForm, SourceCheck
from irt.participants.tables import Participant


def ask(act: Act) -> None:
    """One query was answered and one closed, about forms that a monitor compared with their source."""
    for n in (1, 2):
        who = act.find(Participant, id=f"p{n}")
        of = {"participant": who.id, "site": who.site}
        act.add(OutcomeForm, id=f"of{n}", **of, visit="W0", instrument="mmt8", revision=1, state="final",
                assessed_on=date(2026, 3, 1), readings={"deltoid": str(n)}, source="rater", recorded_at=act.now,
                recorded_by="a1")  # fmt: skip
        act.add(SourceCheck, id=f"so{n}", **of, form=f"of{n}", checked_at=act.now, checked_by="a2")
        act.add(Query, id=f"q{n}", **of, number=1, visit="W0", instrument="mmt8", field="deltoid", origin="monitor",
                owner="assessor", state="open", raised_at=act.now, raised_by="a2")  # fmt: skip
        for ordinal, kind in enumerate(("raised", "answered", "closed")[: n + 1], 1):
            act.add(QueryMessage, id=f"q{n}-{ordinal}", query=f"q{n}", **of, ordinal=ordinal, kind=kind,
                    text="as in the source", written_at=act.now, written_by="a2")  # fmt: skip
        act.change(Query, act.find(Query, id=f"q{n}"), state=("answered", "closed")[n - 1])
