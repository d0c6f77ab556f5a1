"""Departures from the protocol: noted once for each fact, wherever the fact is made, and judged anew when it moves."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Row

from irt.conduct.tables import Deviation, DeviationRevision
from irt.entropy import new_id
from irt.gate.act import Act

Kind = Literal[
    "visit_out_of_window", "visit_missed", "visit_skipped", "first_dose_late", "doses_missed", "doses_too_close",
    "dose_not_due", "dose_while_held", "dose_after_stop", "dose_of_expired_kit", "wrong_stratum",
    "randomized_in_error", "wrong_kit", "kit_not_handed_over", "kit_lost", "kit_damaged", "kit_elsewhere",
    "kit_past_expiry", "rescue", "other",
]  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A deviation as it was noted at one time: whether it stood then, its day, its facts, and what a person wrote."""

    stands: bool
    happened_on: date
    facts: Mapping[str, Any]
    told: str | None


def history(deviation: Any, revisions: Iterable[Any]) -> list[Told]:
    """A deviation as it was first noted and as it was judged anew, in order; the last is how it is now."""
    later = sorted(revisions, key=lambda row: int(row.revision))
    return [
        Told(True, deviation.happened_on, deviation.facts or {}, deviation.told),
        *(Told(row.stands, row.happened_on, row.facts or {}, row.told) for row in later),
    ]


def note(
    act: Act,
    kind: Kind,
    *,
    site: str,
    participant: str | None,
    subject: str,
    happened_on: date,
    facts: Mapping[str, Any] | None = None,
    told: str | None = None,
) -> str:
    """Note a deviation, once for each kind and subject; answers its id, whether it is new or known.

    One that is known, and whose day or facts are others by now, or that stood no longer, gets a revision.
    `subject` names the fact: participant and visit, dose or kit, joined by `/`. `facts` hold codes, numbers and days,
    never words, and nothing that could tell an arm; `told` is what a person wrote.
    """
    known = act.rows(Deviation, kind=kind, subject=subject)
    if known:
        _revise(act, known[0], stands=True, happened_on=happened_on, facts=dict(facts or {}), told=told)
        return str(known[0].id)
    return act.add(
        Deviation,
        id=new_id(act.entropy),
        site=site,
        participant=participant,
        kind=kind,
        subject=subject,
        happened_on=happened_on,
        facts=dict(facts or {}),
        told=told,
        noted_at=act.now,
        noted_by=act.actor.account,
    )


def lift(act: Act, known: Row[Any], told: str | None) -> None:
    """Mark a deviation as one that no longer stands, because the fact is another; what was noted stays readable."""
    now = history(known, act.rows(DeviationRevision, deviation=known.id))[-1]
    _revise(act, known, stands=False, happened_on=now.happened_on, facts=now.facts, told=told)


def standing_of(act: Act, kind: Kind, participant: str | None = None) -> list[Row[Any]]:
    """The deviations of a kind that stand now: of one participant, or of all."""
    of: dict[str, Any] = {} if participant is None else {"participant": participant}
    known, revisions = act.rows(Deviation, kind=kind, **of), defaultdict(list)
    for row in act.rows(DeviationRevision) if known else ():
        revisions[row.deviation].append(row)
    return [row for row in known if history(row, revisions[row.id])[-1].stands]


def _revise(
    act: Act, known: Row[Any], *, stands: bool, happened_on: date, facts: Mapping[str, Any], told: str | None
) -> None:
    """Put what holds now beside what was noted before; nothing where it is the same."""
    before = history(known, act.rows(DeviationRevision, deviation=known.id))
    if (before[-1].stands, before[-1].happened_on, before[-1].facts) == (stands, happened_on, facts):
        return
    act.add(
        DeviationRevision,
        id=new_id(act.entropy),
        deviation=known.id,
        site=known.site,
        revision=len(before) + 1,
        stands=stands,
        happened_on=happened_on,
        facts=dict(facts),
        told=told,
        noted_at=act.now,
        noted_by=act.actor.account,
    )
