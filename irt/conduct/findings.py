"""What the nightly check found is told to quality; what it was stands where the check is run again."""

from typing import Annotated

from pydantic import Field

from irt.actor import Role
from irt.gate.act import Act, Order, act


class ReportFindings(Order):
    """How much the check found."""

    findings: Annotated[int, Field(ge=1)]


@act("findings.report", roles={Role.OPERATOR}, during=None)
def report_findings(act: Act, order: ReportFindings) -> None:
    """Tell quality that something stored is not as the acts left it: how much, and not what."""
    act.send("findings.reported", audience=[Role.QUALITY], findings=order.findings)
