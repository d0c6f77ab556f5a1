"""The safety desk: one case opened for one expedited report (ICH E6(R3) 3.15.2(d)(iii)), by the safety officer alone.

Whoever is masked reads the same of every candidate, from its first minute: "handled by the safety desk". A placebo case
is mostly not reported, so neither what became of a case nor when it was closed is shown to anybody else, and what
became of it is not kept here at all.
"""

from typing import Literal

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Reason
from irt.safety.emergency_tables import DeskClosing, DeskOpening
from irt.safety.tables import SusarCandidate
from irt.vault import reveal


class OpenCase(Order):
    """Which candidate is opened, and why it must be known now."""

    candidate: Code
    reason: Reason


class CloseCase(Order):
    """Which candidate was handled: its report, or the complete one that follows a first within days."""

    candidate: Code
    part: Literal["report", "follow_up"]


@act(
    "desk.open", roles=[Role.SAFETY_OFFICER], during=None, always=True, reveals=True,
    sign="I need to know this participant's treatment for an expedited report",
)  # fmt: skip
def open_case(act: Act, order: OpenCase) -> str:
    """Write down that a case is opened; answers its line of the visitors' book, which shows the treatment once.

    Refused: not_found, not_randomized (an event before any treatment is no case of the desk).
    """
    candidate = act.find(SusarCandidate, id=order.candidate, lock=False)
    opening = reveal.enter(act, "desk", candidate.participant)
    act.add(
        DeskOpening,
        id=opening,
        candidate=candidate.id,
        participant=candidate.participant,
        site=candidate.site,
        reason=order.reason,
        opened_at=act.now,
        opened_by=act.actor.account,
        signature=act.signature,
    )
    return opening


@act(
    "desk.close",
    roles=[Role.SAFETY_OFFICER],
    during=None,
    always=True,
    sign="This case was handled as the regulations ask",
)
def close_case(act: Act, order: CloseCase) -> str:
    """Write down that a case was handled; answers the closing.

    Refused: not_found, case_closed, no_follow_up (only what is fatal or threatens life has one), report_first.
    """
    candidate = act.find(SusarCandidate, id=order.candidate, lock=False)  # two at once: the table's key lets one close
    closed = {row.part for row in act.rows(DeskClosing, candidate=candidate.id)}
    if order.part in closed:
        act.refuse("case_closed", part=order.part)
    if order.part == "follow_up" and candidate.urgency != "fatal":
        act.refuse("no_follow_up")
    if order.part == "follow_up" and "report" not in closed:
        act.refuse("report_first")
    # Two at once: the second loses the race by the table's key, and is refused.
    closing = new_id(act.entropy)
    act.add(
        DeskClosing, id=closing, candidate=candidate.id, site=candidate.site, part=order.part, closed_at=act.now,
        closed_by=act.actor.account, signature=act.signature,
    )  # fmt: skip
    return closing
