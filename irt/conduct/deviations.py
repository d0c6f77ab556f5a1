"""Departures from the protocol: noted once for each fact, wherever the fact is made."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from irt.conduct.tables import Deviation
from irt.entropy import new_id
from irt.gate.act import Act

Kind = Literal[
    "visit_out_of_window", "visit_missed", "visit_skipped", "first_dose_late", "doses_missed", "doses_too_close",
    "dose_not_due", "dose_while_held", "dose_after_stop", "dose_of_expired_kit", "wrong_stratum",
    "randomized_in_error", "wrong_kit", "kit_not_handed_over", "kit_lost", "kit_damaged", "kit_elsewhere",
    "kit_past_expiry", "rescue", "other",
]  # fmt: skip


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

    `subject` names the fact: participant and visit, dose or kit, joined by `/`. `facts` hold codes, numbers and days,
    never words, and nothing that could tell an arm; `told` is what a person wrote.
    """
    known = act.rows(Deviation, kind=kind, subject=subject)
    if known:
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
