"""Two counts that should agree and do not: open until they do, or until somebody says why they differ."""

from typing import Any

from sqlalchemy import Row

from irt.dispensing.tables import Discrepancy
from irt.entropy import new_id
from irt.gate.act import Act
from irt.supply import ledger
from irt.supply.tables import Kit

COUNT_REVISED = "count_revised"  # resolutions that nobody wrote: the numbers agree now
AGREES_NOW = "agrees_now"
BY_ITSELF = (COUNT_REVISED, AGREES_NOW)


def settle_difference(
    act: Act, participant: Row[Any], kind: str, expected: int, found: int, kit: str | None = None, *, by: str
) -> bool:
    """Keep the discrepancy about two numbers in step with them; answers whether nothing about them is open now.

    They agree: the open one is resolved, `by` a code. They differ: one is open and states both, unless the last one was
    about these very numbers and a person has said why. That about the vials of a kit is one, whoever had it last.
    """
    whose = {} if kind == "vials" else {"participant": participant.id}
    known = sorted(act.rows(Discrepancy, kind=kind, kit=kit, **whose), key=_age)
    last = known[-1] if known else None
    if last is not None and last.state == "open":
        if expected == found:
            _resolve(act, last, by)
        else:
            act.change(Discrepancy, last, expected=expected, found=found)
        return expected == found
    if expected == found or (last is not None and _explained(last, expected, found)):
        return True
    open_discrepancy(act, participant, kind, expected, found, kit)
    return False


def open_discrepancy(
    act: Act, participant: Row[Any], kind: str, expected: int, found: int, kit: str | None = None
) -> str:
    """Two counts differ: somebody is to say why."""
    return act.add(
        Discrepancy,
        id=new_id(act.entropy),
        participant=participant.id,
        site=participant.site,
        kit=kit,
        kind=kind,
        expected=expected,
        found=found,
        state="open",
        opened_at=act.now,
    )


def resolve(act: Act, discrepancy: Row[Any], reason: str) -> None:
    """Somebody says why two counts differ; a kit that is back becomes reconciled, what is missing stays unaccounted."""
    _resolve(act, discrepancy, reason)
    if discrepancy.kind != "vials":
        return
    kit = act.find(Kit, number=discrepancy.kit)
    if kit.state == "returned":
        ledger.move(act, kit, "reconciled", site=kit.site, participant=kit.participant)


def _resolve(act: Act, discrepancy: Row[Any], resolution: str) -> None:
    act.change(
        Discrepancy, discrepancy, state="resolved", resolution=resolution, resolved_by=act.actor.account,
        resolved_at=act.now,
    )  # fmt: skip


def _age(discrepancy: Row[Any]) -> tuple[Any, ...]:
    return discrepancy.state == "open", discrepancy.opened_at, discrepancy.id


def _explained(last: Row[Any], expected: int, found: int) -> bool:
    """Whether a person has said why; of adherence, why it is at least so far above what was due, for both go on."""
    if last.resolution in BY_ITSELF:
        return False
    if last.kind == "adherence":
        return bool(found - expected <= last.found - last.expected)
    return bool((last.expected, last.found) == (expected, found))
