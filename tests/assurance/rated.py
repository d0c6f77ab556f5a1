"""The outcomes of the trial in `lived`: a row in every table about forms, results, queries and intercurrent events."""

from datetime import date, timedelta
from decimal import Decimal

from irt.gate.act import Act
from irt.outcomes.intercurrent_tables import Adjudication, InterferingMedication
from irt.outcomes.query_tables import Query, QueryMessage
from irt.outcomes.tables import EnzymeChoice, KioskCode, LaboratoryResult, OutcomeForm, SourceCheck
from irt.participants.tables import Participant

DAY = date(2026, 3, 2)


def rate(act: Act) -> None:
    """p1 and p2 are rated, asked about and followed; each has a result that can unmask, and had rescue medication."""
    for n in (1, 2):
        who = act.find(Participant, id=f"p{n}", lock=False)
        of = {"participant": who.id, "site": who.site}
        made = {"recorded_at": act.now, "recorded_by": "a1"}
        act.add(OutcomeForm, id=f"of{n}", **of, visit="V1", instrument="mmt8", revision=1, state="final",
                assessed_on=DAY, readings={"deltoid": "7"}, source="rater", signature=act.signature,
                **made)  # fmt: skip
        act.add(LaboratoryResult, id=f"lr{n}", **of, visit="V1", instrument="cytokines", revision=1, state="final",
                collected_on=DAY, readings='{"il6":"<0.5"}', **made)  # fmt: skip
        act.add(OutcomeForm, id=f"oe{n}", **of, visit="W0", instrument="muscle_enzymes", revision=1, state="final",
                assessed_on=DAY, readings={"ck": "900", "ck_uln": "200"}, source="transcribed", **made)  # fmt: skip
        act.add(EnzymeChoice, id=f"en{n}", **of, revision=1, form=f"oe{n}", enzyme="ck", upper_limit=Decimal(200),
                chosen_at=act.now)  # fmt: skip
        act.add(KioskCode, id=f"kc{n}", **of, visit="V1", digest=f"{n}" * 64, state="open", opened_at=act.now,
                opened_by="a1", lapses_at=act.now + timedelta(hours=4))  # fmt: skip
        act.add(SourceCheck, id=f"sc{n}", **of, form=f"of{n}", checked_at=act.now, checked_by="a1")
        act.add(Query, id=f"qu{n}", **of, number=1, visit="V1", instrument="mmt8", field="deltoid", origin="monitor",
                owner="assessor", state="open", raised_at=act.now, raised_by="a1")  # fmt: skip
        act.add(QueryMessage, id=f"qm{n}", query=f"qu{n}", **of, ordinal=1, kind="raised", text="is it right?",
                written_at=act.now, written_by="a1")  # fmt: skip
        act.add(InterferingMedication, id=f"im{n}", **of, number=1, revision=1, kind="ivig", drug="invented",
                started_on=DAY, stands=True, **made)  # fmt: skip
        act.add(Adjudication, id=f"ad{n}", **of, subject="medication/1", revision=1, basis="0" * 64, verdict="rescue",
                happened_on=DAY, told="it was", decided_at=act.now, decided_by="a1",
                signature=act.signature)  # fmt: skip
