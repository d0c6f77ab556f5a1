"""The blind review: who is in which population, decided masked; the record of the meeting, and its signatures."""

from collections import Counter
from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from irt.actor import Role
from irt.gate.act import spec_of
from irt.lock.contents import TABLES
from irt.lock.populations import POPULATIONS, Membership, digest
from irt.lock.review import (
    LISTED,
    decide,
    populations_now,
    record_review,
    review_signers,
    sign_review,
)
from irt.lock.steps import SIGNING
from irt.lock.tables import BlindReview, PopulationDecision
from irt.paper.book import Column, table_csv
from irt.web import downloads, lock_words, words
from irt.web.asking import Field, ask
from irt.web.language import chosen
from irt.web.lock_board import Given, given, state_of, whole_trial
from irt.web.pages import actor, form_page, holds, page
from irt.web.trail import informed
from irt.web.wired import service

pages = Blueprint("review", __name__, url_prefix="/review")

READERS = frozenset({
    Role.DATA_MANAGER, Role.TRIAL_STATISTICIAN, Role.MEDICAL_MONITOR, Role.SPONSOR, Role.QUALITY, Role.TRIAL_MANAGER,
    Role.AUDITOR,
})  # fmt: skip
BEGUN = (*SIGNING, "locked", "released")  # while the trial goes on, nobody looks at populations
OF_BREAKS = "unblinding_log"  # for those whom study.toml tells of a code break
INCLUDED = {"yes": _l("Included"), "no": _l("Not included")}


@page(pages, "/", roles=READERS)
def one() -> Any:
    """Populations as they are now, what was decided about them, the last record and who has signed it."""
    with whole_trial() as trial:
        if state_of(trial) not in BEGUN:
            return render_template("review_not_yet.html")
        tables, members = populations_now(trial)
        reviews = sorted(trial.all(BlindReview), key=lambda row: int(row.revision))
        last = reviews[-1] if reviews else None
        signed = given(trial, "review", last.id, review_signers(trial.study), last.populations_sha256) if last else []
        decisions = sorted(trial.all(PopulationDecision), key=lambda row: int(row.revision))  # the last one counts
        told = {(trial.numbers[row.participant], row.population): row for row in decisions}
        state, names = state_of(trial), trial.names
    now = digest(members)
    return render_template(
        "review.html", out=[(one, _reasons(one)) for one in members if not one.included or one.decided], told=told,
        names=names,
        counts=Counter(one.population for one in members if one.included), of=_randomized(members), now=now, last=last,
        signed=signed, stands=last is not None and last.populations_sha256 == now, going_on=state in SIGNING,
        decides=holds(*spec_of(decide).roles), records=holds(Role.TRIAL_STATISTICIAN),
        signs=_may_sign(signed), populations=POPULATIONS,
        listings=[(name, TABLES[name], len(tables[name])) for name in LISTED if holds(*_readers(name))],
    )  # fmt: skip


def _may_sign(signed: list[Given]) -> bool:
    """Whether the reader can still sign: by a role that signs, and once."""
    done = {one.row.account for one in signed if one.row is not None}
    return holds(*spec_of(sign_review).roles) and actor().account not in done


def _readers(name: str) -> frozenset[Role]:
    """Who may read a listing; nobody reads one that there is not."""
    readers = READERS if name in LISTED else frozenset()
    return readers & informed(service().study) if name == OF_BREAKS else readers


def _told(name: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows of a listing as they lie before the meeting: of responses what decided them and never what they are,
    and of a code break only what the reader may know."""
    blank = {"observed", "response"} if name == "responses" else set()
    blank |= set() if holds(*informed(service().study)) else {"code_broken"}
    return [{key: "" if key in blank else value for key, value in row.items()} for row in rows]


def _reasons(one: Membership) -> list[str]:
    """Why somebody is not in a population, as far as the reader may know."""
    knows = holds(*informed(service().study))
    return [reason if knows or reason != "code_broken" else "not_told" for reason in one.reasons]


def _randomized(members: list[Membership]) -> int:
    return len({one.participant for one in members})


@page(pages, "/listing/<name>.csv", roles=READERS)
def listing(name: str) -> Any:
    """A listing that lies before the meeting, without arms."""
    if not holds(*_readers(name)):
        abort(404)
    with whole_trial() as trial:
        if state_of(trial) not in BEGUN:
            abort(404)
        rows = _told(name, populations_now(trial)[0][name])
    columns = TABLES[name].columns
    labels = [Column(one.en if chosen() == "en" else one.zh) for one in columns]
    return downloads.csv(table_csv(labels, [[row[one.name] for one in columns] for row in rows]), f"listing-{name}")


@form_page(pages, "/decide", roles=spec_of(decide).roles)
def decided() -> Any:
    """Decide about one participant and one population."""
    with whole_trial() as trial:
        people = tuple((row.id, row.screening_number) for row in trial.randomized())
    fields = (
        Field("participant", "choice", choices=people),
        Field("population", "radio", choices=tuple(lock_words.POPULATIONS.items())),
        Field("included", "radio", choices=tuple(INCLUDED.items())),
        Field("reason", "note", _l("Why")),
    )
    here = url_for("review.one")
    lead = _(
        "Nobody is left out of the full analysis set but who was randomized in error or never dosed. Decide by what is "
        "known masked."
    )
    return ask(decide, title=_("Decide a population"), lead=lead, fields=fields, done=here, back=here)


@form_page(pages, "/record", roles=spec_of(record_review).roles)
def recorded() -> Any:
    """Record the meeting, over the populations as they are now."""
    with whole_trial() as trial:
        now = digest(populations_now(trial)[1])
    fields = (
        Field("held_on", "day"),
        Field("present", "note", hint=_("Names and roles.")),
        Field("agenda", "note"),
        Field("decisions", "note"),
        Field("populations_sha256", "shown", value=now),
    )
    here = url_for("review.one")
    lead = _(
        "The listings that lay before the meeting are kept by their SHA-256. Everybody who signs the lock signs this."
    )
    return ask(record_review, title=_("Record a blind review"), lead=lead, fields=fields, done=here, back=here)


@form_page(pages, "/sign", roles=spec_of(sign_review).roles)
def signed() -> Any:
    """Sign the record of the last meeting."""
    with whole_trial() as trial:
        reviews = sorted(trial.all(BlindReview), key=lambda row: int(row.revision)) or abort(404)
        members = populations_now(trial)[1]
    now = digest(members)
    last, here = reviews[-1], url_for("review.one") if holds(*READERS) else url_for("lock.one")
    fields = (Field("review", "shown", value=last.id), Field("populations_sha256", "shown", value=now))
    counts = ", ".join(
        f"{words.word(one, 'POPULATIONS')} {len([m for m in members if m.population == one and m.included])}"
        for one in POPULATIONS
    )
    lead = _(
        "Meeting of %(day)s. Present: %(present)s. Agenda: %(agenda)s. Decisions: %(decisions)s. Populations: "
        "%(counts)s. SHA-256 of the populations: %(sha256)s",
        day=last.held_on, present=last.present, agenda=last.agenda, decisions=last.decisions, counts=counts,
        sha256=now,
    )  # fmt: skip
    return ask(
        sign_review, title=_("Sign the blind review"),
        lead=lead, fields=fields, done=here, back=here,
    )  # fmt: skip
