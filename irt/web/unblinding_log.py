"""The unblinding log: a line for each code break, opened envelope and accidental unblinding, never with a treatment.

It goes to the analysis, which counts who was unblinded, when and why. The safety desk's openings are not in it before
release: that a case is opened holds for candidates of either arm alike, but when it was opened could tell, for a case
on the test drug is reported in days and one on placebo mostly not at all. Nor are the words in which a code break was
asked for: nobody has read them for a treatment. Whether and when a treatment was shown comes from the visitors' book.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.paper.book import Column, table_csv
from irt.participants.tables import Participant
from irt.people.tables import RoleGrant
from irt.safety.emergency_tables import CodeBreak
from irt.safety.envelope_tables import Envelope, EnvelopeFate
from irt.safety.showing import shown_at
from irt.safety.unblinding_tables import UnblindedParticipant, Unblinding, UnblindingAssessment
from irt.web import records, texts, words
from irt.web.code_breaks import event_numbers, told_roles
from irt.web.pages import reading
from irt.web.wired import service

READERS = frozenset({Role.TRIAL_STATISTICIAN, Role.TRIAL_MANAGER, Role.MONITOR})


def as_csv() -> bytes:
    """The lines that the reader may know of, the earliest first, each site in its own time."""
    may_know = READERS & told_roles()
    with reading(*READERS) as session:
        lines = list(_reported(session))
    if may_know:
        with reading(*may_know) as session:
            lines += [*_broken(session), *_from_envelopes(session)]
    columns = [
        _("Kind"), words.field("site"), _("Participants"), _("When"), _("Recorded"), _("By"), words.field("reason"),
        _("What followed"), _("Assessed"), _("Adverse event"), _("Second person"), _("Treatment shown"),
    ]  # fmt: skip
    ordered = sorted(lines, key=lambda line: line[0])
    return table_csv([Column(str(one)) for one in columns], [cells for _at, cells in ordered])


def _broken(session: Session) -> Iterator[tuple[tuple[datetime, str], list[Any]]]:
    numbers, events = _numbers(session), event_numbers(session)
    rows = records.rows(session, CodeBreak)
    with service().database.read.connect() as connection:
        shown = shown_at(connection, [row.id for row in rows])
    for row in rows:
        at = texts.site_moment(row.broken_at, row.site)
        yield (row.broken_at, row.id), [
            _("Emergency code break"), row.site, numbers[row.participant], at, at,
            words.word(Role.INVESTIGATOR, "ROLES"), texts.code_break_reason(row.reason),
            words.word(row.treatment, "AFTER_BREAK"), "", events.get(row.event or "", ""), _second(row),
            texts.site_moment(shown.get(row.id), row.site) or _("not shown"),
        ]  # fmt: skip


def _second(row: CodeBreak) -> str:
    """Whether a second person was asked for, and agreed."""
    if row.alone:
        return str(_("Without a second person"))
    return str(_("A second person agreed") if row.second is not None else _("None was asked for"))


def _from_envelopes(session: Session) -> Iterator[tuple[tuple[datetime, str], list[Any]]]:
    numbers = _numbers(session)
    envelopes = {row.id: row for row in records.rows(session, Envelope)}
    for row in records.rows(session, EnvelopeFate, kind="opened"):
        whose = numbers[envelopes[row.envelope].participant]
        opened = " ".join([row.happened_on.isoformat(), row.happened_at or ""]).strip()
        yield (row.recorded_at, row.id), [
            _("Emergency envelope opened"), row.site, whose, opened, texts.site_moment(row.recorded_at, row.site),
            _roles(session, row.recorded_by, row.recorded_at), "", "", "", "", "", "",
        ]  # fmt: skip


def _reported(session: Session) -> Iterator[tuple[tuple[datetime, str], list[Any]]]:
    numbers, named, assessed = _numbers(session), records.rows(session, UnblindedParticipant), {}
    for said in sorted(records.rows(session, UnblindingAssessment), key=lambda row: row.revision):
        assessed[said.unblinding] = said.assessed_at
    for row in records.rows(session, Unblinding):
        people = sorted(numbers[one.participant] for one in named if one.unblinding == row.id)
        whose = "; ".join(people) or " ".join([words.word(row.scope, "UNBLINDING_SCOPES"), row.lot or ""]).strip()
        learned = " ".join([row.learned_on.isoformat(), row.learned_at or ""]).strip()
        yield (row.reported_at, row.id), [
            _("Accidental unblinding"), row.site or "", whose, learned, texts.site_moment(row.reported_at, row.site),
            _roles(session, row.reported_by, row.reported_at), row.how, "",
            texts.site_moment(assessed.get(row.id), row.site), "", "", "",
        ]  # fmt: skip


def _numbers(session: Session) -> dict[str, str]:
    return {row.id: row.screening_number for row in records.rows(session, Participant)}


def _roles(session: Session, account: str, at: datetime) -> str:
    """The roles that somebody held then."""
    held = {
        row.role
        for row in records.rows(session, RoleGrant, account=account)
        if row.state in ("active", "ended")
        and (row.second_at or row.proposed_at) <= at
        and (row.ended_at is None or row.ended_at > at)
    }
    return "; ".join(words.word(role, "ROLES") for role in sorted(held))
