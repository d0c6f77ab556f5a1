"""What a simulated trial comes to, as one JSON object: the same for the same seed on either database."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from irt.assurance.findings import Finding
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry, SignatureRow
from irt.randomization.tables import Randomization
from irt.simulation.life import Life
from irt.simulation.outcome_tally import outcome_figures
from irt.simulation.stock import supply_figures
from irt.simulation.tally import treatment_figures
from irt.simulation.toll import safety_figures
from irt.supply.tables import Assignment
from irt.vault import check


def figures(life: Life, seconds: float, findings: Sequence[Finding]) -> dict[str, Any]:
    """Counts from the database itself, not from what the simulation believes; and what verification found."""
    service = life.desk.service
    with service.database.read.connect() as connection:
        randomized = list(connection.execute(select(table_of(Randomization))))
        given = list(connection.execute(select(table_of(Assignment))))
        entry, signature = table_of(AuditEntry), table_of(SignatureRow)
        acts = connection.execute(select(func.count()).where(entry.c.kind == "act")).scalar_one()
        signatures = connection.execute(select(func.count()).select_from(signature)).scalar_one()
        pairs = [(row.participant, row.kit) for row in given]
        treated = treatment_figures(connection, service.study, service.clock.now())
        supplied = supply_figures(connection, service.study)
        rated = outcome_figures(connection, service.study, service.clock.now())
        harmed = safety_figures(connection, service.study, service.clock.now())
        mismatched = check.kits_mismatched(connection, service.vault, service.study, pairs)
    return {
        "screened": life.screened,
        "randomized": len(randomized),
        "by_stratum": dict(sorted(Counter(row.stratum for row in randomized).items())),
        "by_site": dict(sorted(Counter(row.site for row in randomized).items())),
        "dispensed": sum(row.state == "handed_over" for row in given),
        **supplied,
        **treated,
        **harmed,
        **rated,
        "refused": dict(sorted(life.desk.refused.items())),
        "acts": acts,
        "signatures": signatures,
        "seconds": round(seconds, 1),
        "kits_mismatched": mismatched,
        "verify": "ok" if not findings else [str(finding) for finding in findings[:20]],
    }
