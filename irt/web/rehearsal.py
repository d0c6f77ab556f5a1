"""The rehearsal of the release: what still stands before the lock, night by night, and what came of the last ones."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from irt.actor import Role
from irt.analysis import handing_over
from irt.clock import local_day
from irt.jobs.rehearsing import may_be_kept, rehearse
from irt.lock.package.archive import unpacked
from irt.lock.package.manifest import MARK
from irt.lock.rehearsal import can_rehearse, files_of, newest_rehearsals
from irt.paper.by_day import by_day
from irt.web import downloads, making
from irt.web.lock_board import whole_trial
from irt.web.lock_words import CHECKLIST
from irt.web.pages import actor, holds, page
from irt.web.report_page import shown
from irt.web.wired import service

pages = Blueprint("rehearsal", __name__, url_prefix="/rehearsal")

# Outcomes by participant, under whatever arms, are the trial statistician's alone before the release. The unblinded
# statistician sees none of them till then: whoever brought a list of their own would join it to them in their mind.
FETCHES = frozenset({Role.TRIAL_STATISTICIAN})
BEGINS = FETCHES | {Role.DATA_MANAGER, Role.TRIAL_MANAGER, Role.QUALITY}
READERS = BEGINS | {Role.AUDITOR}
KEY = "rehearsal"
DRAWN, LISTED, COMPARED = 90, 10, 5  # rehearsals in the picture, in the list, and side by side


@page(pages, "/", roles=READERS)
def one() -> Any:
    """What still stands before the lock by the last rehearsals, and what came of them."""
    with whole_trial() as trial:
        found, names = newest_rehearsals(trial.connection, DRAWN), trial.names
        possible = can_rehearse(trial)
    return render_template(
        "rehearsal.html", found=found[:LISTED], names=names, compared=found[:COMPARED][::-1],
        items=_items(found[:COMPARED]), picture=_picture(found), possible=possible, begins=holds(*BEGINS),
        fetches=holds(*FETCHES) and may_be_kept(service()), missing=handing_over.missing(),
        doing=making.how_far(service(), KEY),
        running=making.under_way(service(), KEY),
    )  # fmt: skip


def _items(rehearsals: Sequence[Any]) -> list[str]:
    """The items of the checklist that waited at one of these, in the order of the checklist."""
    open_then = {code for row in rehearsals for code in row.facts["open"]}
    return [code for code in CHECKLIST if code in open_then]


def _picture(rehearsals: Sequence[Any]) -> Markup | None:
    """How much waited on each day, by the last rehearsal of the day; nothing before two days are there."""
    counts: dict[date, int] = {}
    for row in reversed(rehearsals):
        waiting: Mapping[str, int] = row.facts["open"]
        counts[local_day(row.made_at, service().study.sites[0].time_zone)] = sum(waiting.values())
    if len(counts) < 2:
        return None
    return Markup(by_day(counts, _("What still stands before the lock, by day")))  # noqa: S704 (it escapes its texts)


@page(pages, "/now", roles=BEGINS, methods=("POST",))
def begun() -> Any:
    """Rehearse now, beside the request."""
    wired, by = service(), actor().account
    if not making.begin(wired, KEY, lambda told: rehearse(wired, told, by=by)):
        flash(_("A rehearsal goes on already."), "warning")
    return redirect(url_for("rehearsal.one"), 303)


@page(pages, "/progress", roles=READERS)
def progress() -> Any:
    """How far the rehearsal is, for the page that waits."""
    row = making.how_far(service(), KEY)
    return {} if row is None else {KEY: {"state": row.state, "done": row.done, "of": row.of}}


@page(pages, "/<rehearsal>/package", roles=FETCHES)
def package(rehearsal: str) -> Any:
    """Hand out the package of a rehearsal, marked as what it is."""
    files, _mistakes = unpacked(_files(rehearsal))
    return downloads.zipped(files[handing_over.PACKAGE], f"{MARK}-{service().study.id}-package-{rehearsal[:8]}.zip")


@page(pages, "/<rehearsal>/all", roles=FETCHES)
def everything(rehearsal: str) -> Any:
    """Hand out everything that a rehearsal came to."""
    return downloads.zipped(_files(rehearsal), f"{MARK}-{service().study.id}-{rehearsal[:8]}.zip")


@page(pages, "/<rehearsal>/report/<name>", roles=FETCHES)
def report(rehearsal: str, name: str) -> Any:
    """Show the report of a rehearsal, as HTML or as PDF."""
    files, _mistakes = unpacked(_files(rehearsal))
    return shown(files.get(f"{handing_over.ANALYSIS}{name}"), name)


def _files(rehearsal: str) -> bytes:
    if not may_be_kept(service()):
        abort(404)  # of a database that was thawed since
    with service().database.read.connect() as connection:
        content = files_of(connection, service().vault, rehearsal)
    return abort(404) if content is None else content
