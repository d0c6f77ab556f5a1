"""Emergency envelopes: which were issued, and what became of each; never a code and never what is in one."""

from functools import partial
from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.gate.act import spec_of
from irt.gate.tables import SignatureRow
from irt.participants.tables import Participant
from irt.safety.envelope_counts import count, due_among, latest, older_among, written
from irt.safety.envelope_tables import Envelope, EnvelopeFate
from irt.safety.envelopes import GONE, envelope_opened, envelope_returned
from irt.web import code_breaks, emergency_words, records, texts
from irt.web.asking import Field, ask
from irt.web.pages import actor, form_page, holds, page, reading
from irt.web.signed import Signed
from irt.web.site_worklists import Group, Line

pages = Blueprint("envelopes", __name__)

READERS = code_breaks.READERS | {Role.SAFETY_OFFICER}


def _reading_roles() -> frozenset[Role]:
    """Those whom study.toml lets know of code breaks, and whoever issues: that one was opened tells as much."""
    return code_breaks.told_roles() | ({Role.SAFETY_OFFICER} & actor().roles)


@page(pages, "/envelopes", roles=READERS, always=True)
def listed() -> Any:
    """What is issued, opened and accounted for, by participant, with the counts of all that the reader sees."""
    open_to = _reading_roles()
    if not open_to:
        abort(403)
    with reading(*open_to) as read:
        found = records.rows(read, Envelope)
        fates = records.rows(read, EnvelopeFate)
        people = {row.id: row for row in records.rows(read, Participant)}
        acts = tuple(spec_of(one).name for one in (envelope_opened, envelope_returned))
        given = read.scalars(select(SignatureRow).where(SignatureRow.act.in_(acts)))
        signed = {row.id: Signed(row) for row in given}
        whole = written(partial(records.rows, read))
        waiting, older = due_among(partial(records.rows, read)), older_among(partial(records.rows, read))
    became: dict[str, list[EnvelopeFate]] = {row.id: [] for row in found}
    for fate in sorted(fates, key=lambda row: (row.recorded_at, row.id)):
        became[fate.envelope].append(fate)
    found.sort(key=lambda row: (people[row.participant].screening_number, -row.serial))
    return render_template(
        "envelopes.html", found=found, became=became, people=people, signed=signed, counts=count(found, fates),
        newest={row.id for row in latest(whole).values()}, waiting=waiting, older=older.keys() - waiting,
        whole=whole, gone=GONE, not_in_it=not_in_it,
        may_open=holds(*spec_of(envelope_opened).roles), may_return=holds(*spec_of(envelope_returned).roles),
    )  # fmt: skip


@form_page(pages, "/envelopes/<envelope>/opened", roles=spec_of(envelope_opened).roles, always=True)
def opened(envelope: str) -> Any:
    """An envelope was opened while the service was down."""
    title, site, until = _titled(envelope, _("Envelope opened"))
    fields = (
        Field("happened_on", "day", value=texts.today_at(site).isoformat()),
        Field("happened_at", "time"),
        Field("opened_by", label=_("Who opened it?")),
        Field("told", "note", label=_("What has happened?")),
    )
    lead = _("Those who learn of emergency code breaks are told that it was opened. Write nothing of what it showed.")
    return _asked(envelope_opened, title, envelope, fields, f"{lead} {until}")


@form_page(pages, "/envelopes/<envelope>/returned", roles=spec_of(envelope_returned).roles, always=True)
def returned(envelope: str) -> Any:
    """An envelope came back, or was destroyed."""
    title, site, until = _titled(envelope, _("Account for an envelope"))
    fields = (
        Field("kind", "radio", label=_("What became of the envelope?"),
              choices=tuple(emergency_words.ENVELOPE_ENDS.items())),
        Field("happened_on", "day", value=texts.today_at(site).isoformat()),
        Field("told", "note", label=_("How was it found? Its seal, the signature across the flap.")),
    )  # fmt: skip
    lead = _("If the seal is broken and nobody said so, have the site record first that it was opened.")
    return _asked(envelope_returned, title, envelope, fields, f"{lead} {until}")


def _asked(function: Any, title: str, envelope: str, fields: tuple[Field, ...], lead: str) -> Any:
    here = url_for("envelopes.listed")
    return ask(
        function, title=title, given={"envelope": envelope}, fields=fields, lead=lead, done=here, back=here
    )  # fmt: skip


def _titled(envelope: str, what: str) -> tuple[str, str, str]:
    with reading() as read:
        row = records.one(read, Envelope, id=envelope)
        person = records.one(read, Participant, id=row.participant)
    return f"{person.screening_number} · {what} · {row.serial}", row.site, not_in_it(row)


def not_in_it(row: Any) -> str:
    """What an envelope cannot know."""
    return str(_("Kits given after %(moment)s are not in it.", moment=texts.site_moment(row.issued_at, row.site)))


def to_issue(read: Session) -> list[Group]:
    """For the safety officer: how many envelopes are due."""
    waiting = len(due_among(partial(records.rows, read)))
    note = _("Issue them with `irt envelopes export`.")
    line = Line(_("Envelopes to issue: %(count)s", count=waiting), note, _("Look"), url_for("envelopes.listed"))
    return [Group(_("Emergency envelopes"), [line] if waiting else [])]
