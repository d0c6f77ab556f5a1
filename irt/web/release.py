"""The release: asked for, allowed, carried out; then package and final analysis, for the unblinded statistician."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from irt import __version__
from irt.actor import Actor, Role
from irt.analysis import handing_over
from irt.entropy import new_id
from irt.gate.act import spec_of
from irt.gate.perform import Done
from irt.lock.handing_over import Keep, fetched, keep, kept_of
from irt.lock.package.archive import packed, unpacked
from irt.lock.release import STATES, allow_release, ask_release, carry_out, open_again, open_release
from irt.lock.standing import standing
from irt.lock.tables import LockRequest, LockStep, Release
from irt.web import downloads, making, words
from irt.web.asking import Field, ask
from irt.web.lock_board import given, open_requests, state_of, whole_trial
from irt.web.pages import actor, form_page, holds, page
from irt.web.report_page import shown
from irt.web.wired import service
from irt.wiring import Service

pages = Blueprint("release", __name__, url_prefix="/release")

CARRIES_OUT = frozenset({Role.UNBLINDED_STATISTICIAN})
ASKS = spec_of(ask_release).roles
READERS = (ASKS - {Role.INVESTIGATOR, Role.MONITOR}) | CARRIES_OUT | {Role.AUDITOR}
WARNING = _l(
    "The list is opened now, once, for you. It is checked against the published root, its seed, every draw and every "
    "kit first; where anything disagrees, nothing is opened."
)


@page(pages, "/", roles=READERS)
def one() -> Any:
    """How far the release is; for whoever carries it out, what came of it."""
    with whole_trial() as trial:
        steps, state = standing(trial.all(LockStep)), state_of(trial)
        requests = open_requests(trial, steps.version, "release")
        releases = sorted(trial.all(Release), key=lambda row: (row.released_at, row.request), reverse=True)
        signers, names = trial.study.lock.release_signers, trial.names
        signed = {row.request: given(trial, "release", row.request, signers, row.data_sha256) for row in releases}
        kept = {row.request: kept_of(trial.connection, row.request) for row in releases}
    return render_template(
        "release.html", state=state, requests=requests, releases=releases, names=names, signed=signed, kept=kept,
        locked=state in STATES, carries=holds(*CARRIES_OUT), missing=handing_over.missing(),
        making={row.request: _makings(row.request) for row in releases},
        may_ask=holds(Role(signers[0])), may_allow=any(holds(Role(role)) for role in signers[1:-1]),
    )  # fmt: skip


def _makings(asked: str) -> dict[str, Any]:
    return {kind: making.as_shown(service(), f"{asked}|{kind}") for kind in ("package", "analysis")}


@page(pages, "/<asked>/progress", roles=CARRIES_OUT)
def progress(asked: str) -> Any:
    """How far package and analysis are, for the page that waits."""
    return {
        kind: {"state": state, "stage": row.stage, "done": row.done, "of": row.of}
        for kind, (row, state) in _makings(asked).items()
        if row is not None
    }


@form_page(pages, "/ask", roles=ASKS)
def asked_for() -> Any:
    """Ask for the release."""
    here, fields = url_for("release.one"), (Field("told", "note", _l("Why now")),)
    return ask(ask_release, title=_("Ask for the release"), fields=fields, done=here, back=here)


@form_page(pages, "/<asked>/allow", roles=spec_of(allow_release).roles)
def allowed(asked: str) -> Any:
    """Allow a release that another asked for."""
    here = url_for("release.one")
    title, lead = _("Allow the release"), _about(asked)
    return ask(allow_release, title=title, lead=lead, given={"request": asked}, done=here, back=here)


@form_page(pages, "/<asked>/carry-out", roles=CARRIES_OUT)
def carried_out(asked: str) -> Any:
    """Carry the release out, and begin to make the package."""
    return _opening(carry_out, asked, (), _("Carry out the release"))


@form_page(pages, "/<asked>/again", roles=CARRIES_OUT)
def opened_again(asked: str) -> Any:
    """Open a release once more, where its package was lost before it was kept."""
    return _opening(open_again, asked, (Field("reason", "note"),), _("Open the release again"))


def _opening(function: Callable[..., Any], asked: str, fields: tuple[Field, ...], title: str) -> Any:
    here = url_for("release.one")
    if handing_over.missing():  # the page says what
        return redirect(here, 303)
    if making.under_way(service(), f"{asked}|package"):
        flash(_("The package is being made already."), "warning")
        return redirect(here, 303)

    def opened(done: Done) -> str:
        if not done.repeated:
            _make_package(asked, done.answer)
        return here

    return ask(
        function, title=title, lead=f"{WARNING} {_about(asked)}", fields=fields, given={"request": asked},
        done=opened, back=here, press=_("Sign and open the list"), style="danger",
    )  # fmt: skip


def _about(asked: str) -> str:
    """What was asked for, as whoever signs sees it."""
    with whole_trial() as trial:
        row = next((one for one in trial.all(LockRequest) if one.id == asked and one.kind == "release"), None)
    if row is None:
        abort(404)
    return str(
        _("Asked for: %(told)s (%(view)s; SHA-256 of the data %(sha256)s)", told=row.told,
          view=words.word(row.view, "VIEWS"), sha256=row.data_sha256)
    )  # fmt: skip


def _make_package(asked: str, opening: str) -> None:
    """Open what the line of the book lets in for, now, and make the package of it beside the request."""
    wired, by = service(), actor()
    found = open_release(
        wired.housekeeping, wired.vault, wired.study, opening, account=by.account, software=__version__,
        now=wired.clock.now(),
    )  # fmt: skip

    def work(told: making.Step) -> None:
        content = handing_over.packed(found, told, made_at=wired.clock.now(), software=__version__)
        _keep(wired, by, Keep.of(asked, "package", content))

    making.begin(wired, f"{asked}|package", work)


def _keep(wired: Service, by: Actor, order: Keep) -> None:
    wired.gate.perform(keep, order, by=by, request_id=new_id(wired.entropy))


@page(pages, "/<asked>/analyse", roles=CARRIES_OUT, methods=("POST",))
def analysed(asked: str) -> Any:
    """Begin the final analysis of a package that is kept."""
    wired, by, content = service(), actor(), _kept(asked, "package")

    def work(told: making.Step) -> None:
        files, _results = handing_over.analysed(content, told)
        _keep(wired, by, Keep.of(asked, "analysis", packed(files, wired.clock.now())))

    if not making.begin(wired, f"{asked}|analysis", work):
        flash(_("The analysis is being made already."), "warning")
    return redirect(url_for("release.one"), 303)


@page(pages, "/<asked>/package", roles=CARRIES_OUT, methods=("POST",))
def package(asked: str) -> Any:
    """Hand out the package, in clear or encrypted to a public key."""
    content, name = _kept(asked, "package"), f"{service().study.id}-package-{asked[:8]}.zip"
    key = request.form.get("recipient", "").strip()
    if not key:
        return downloads.zipped(content, name)
    from irt.lock.package.encryption import NotReadable, encrypt

    try:
        return downloads.zipped(encrypt(content, key), f"{name}.age")
    except NotReadable:
        told = _("This is no public key of age. Give the line that begins with age1, as age-keygen prints it.")
        flash(told, "danger")
        return redirect(url_for("release.one"), 303)


@page(pages, "/<asked>/analysis", roles=CARRIES_OUT)
def analysis(asked: str) -> Any:
    """Hand out everything that the analysis came to."""
    return downloads.zipped(_kept(asked, "analysis"), f"{service().study.id}-analysis-{asked[:8]}.zip")


@page(pages, "/<asked>/report/<name>", roles=CARRIES_OUT)
def report(asked: str, name: str) -> Any:
    """Show the report, as HTML or as PDF."""
    return shown(unpacked(_kept(asked, "analysis"))[0].get(name), name)


def _kept(asked: str, kind: Any) -> bytes:
    with service().database.read.connect() as connection:
        content = fetched(connection, service().vault, asked, kind)
    return abort(404) if content is None else content
