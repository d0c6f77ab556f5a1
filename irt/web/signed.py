"""Signatures as pages show them: name, time, meaning, and what was changed after they were given (21 CFR 11.50, 11.70).

A signature is never taken away; where the record beneath it changed, the page says so beside it, on screen and paper.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.gate.tables import SignatureRow
from irt.participants.baseline import current
from irt.participants.tables import BaselineValue, Participant
from irt.randomization.eligibility import standing_of
from irt.randomization.tables import Eligibility, Randomization, RandomizedInError, StratumCorrection
from irt.web import records, texts, words
from irt.web.wired import service

LAPSED = frozenset({"protocol_changed", "criteria_changed", "stratum_changed", "too_old"})


@dataclass(frozen=True)
class Change:
    """One thing that is otherwise now than when it was signed, in words; `at`: since when, where that is recorded."""

    what: str
    at: datetime | None = None


@dataclass(frozen=True)
class Signed:
    """A signature and what it no longer covers."""

    row: SignatureRow
    changes: tuple[Change, ...] = ()


def eligibility(session: Session, person: Participant, confirmed: Eligibility) -> Signed:
    """The investigator's signature under a confirmation; it covers the baseline values as they were then."""
    values = records.rows(session, BaselineValue, participant=person.id)
    later = [row for row in values if row.recorded_at > confirmed.confirmed_at]
    found = [
        Change(_("%(value)s corrected", value=texts.study_label("values", row.field)), row.recorded_at)
        for row in sorted(later, key=lambda row: (row.recorded_at, row.field))
    ]
    if person.state == "screened":  # once it was used, a later version or date takes nothing from it
        standing = _standing(person, confirmed, values)
        found += [Change(words.word(standing, "STANDINGS"))] if standing in LAPSED else []
    return Signed(records.one(session, SignatureRow, id=confirmed.signature), tuple(found))


def _standing(person: Participant, confirmed: Eligibility, revisions: list[BaselineValue]) -> str:
    stratum = records.stratum_of(current(revisions), person.site) or ""
    return str(standing_of(service().study, confirmed, stratum, person.site, service().clock.now(), revisions))


def randomization(session: Session, person: Participant, done: Randomization) -> Signed:
    """The signature under the request for randomization; it covers the stratum as used, and that it was right."""
    known, found = done.stratum, []
    corrected = records.rows(session, StratumCorrection, participant=person.id)
    for row in sorted(corrected, key=lambda row: row.revision):
        what = _(
            "Stratum corrected: %(stratum)s (%(reason)s)", stratum=texts.stratum_words(row.stratum), reason=row.reason
        )
        found.append(Change(what, row.recorded_at))
        known = row.stratum
    now = records.stratum_of(records.baseline_of(session, person.id), person.site)
    if now is not None and now != known:
        found.append(
            Change(_("By the present baseline values the stratum is: %(stratum)s", stratum=texts.stratum_words(now)))
        )
    for mark in records.rows(session, RandomizedInError, participant=person.id):
        found.append(Change(_("Marked as randomized in error (%(reason)s)", reason=mark.reason), mark.recorded_at))
    return Signed(records.one(session, SignatureRow, id=done.signature), tuple(found))


def under(session: Session, *acts: str, by: str | None = None, until: datetime | None = None) -> list[Signed]:
    """The signatures given for these acts, the oldest first; `by` an account, `until` an instant."""
    given = select(SignatureRow).where(SignatureRow.act.in_(acts)).order_by(SignatureRow.signed_at)
    found: list[Any] = [
        row
        for row in session.scalars(given)
        if (by is None or row.account == by) and (until is None or row.signed_at <= until)
    ]
    return [Signed(row) for row in found]
