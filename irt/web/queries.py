"""Queries: the list with its filter, one with its thread, its steps; and source verification."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.outcomes.forms import keys_of
from irt.outcomes.queries import NEXT, OWNERS, RAISERS, answer, ask_again, close, raise_one
from irt.outcomes.query_tables import Query
from irt.outcomes.raising import STANDING
from irt.outcomes.source_checks import CHECKERS, verify_source
from irt.outcomes.tables import OutcomeForm, SourceCheck
from irt.web import outcome_shown, outcome_wording, paging, query_log, query_words, rating, records, texts, words
from irt.web.asking import Field, ask
from irt.web.pages import actor, form_page, holds, page, reading
from irt.web.participants import READERS as PARTICIPANT_READERS
from irt.web.query_log import READERS
from irt.web.wired import service

pages = Blueprint("queries", __name__, url_prefix="/queries")

PER_PAGE = 50
CHANNEL = _l(
    "The raters read this. Write nothing of adverse events, of the treatment, or of results from the laboratory: ask "
    "and answer about the value alone."
)


@page(pages, "/", roles=READERS)
def listed() -> Any:
    """The queries that the reader may see, those that wait first, the oldest first; filtered by the address."""
    wanted = select(Query).where(query_log.visible()).order_by(Query.raised_at, Query.participant, Query.number)
    for name in ("site", "owner", "origin"):
        if value := request.args.get(name, ""):
            wanted = wanted.where(getattr(Query, name) == value)
    with reading() as session:
        every = list(session.scalars(wanted))
        state = request.args.get("state", "")
        chosen = [row for row in every if (row.state == state if state in NEXT else row.state in STANDING)]
        if state == "all":
            chosen = every
        part = paging.page_of(len(chosen), PER_PAGE)
        found = query_log.shown(session, chosen[part.first : part.end])
    return render_template(
        "queries.html", found=found, asked=request.args, standing=query_log.standing(every), part=part,
        sites=texts.site_choices(actor().sites(READERS)), owners=OWNERS,
        states=[*query_words.QUERY_STATES.items(), ("all", _("All"))], origins=query_words.QUERY_ORIGINS,
        may_raise=holds(*RAISERS), kept={one: request.args.get(one) for one in ("state", "site", "owner", "origin")},
    )  # fmt: skip


def _seen(session: Session, query: str) -> dict[str, Any]:
    """A query that the reader may see, with its thread and the form that it is about, unless they are kept back."""
    row = session.scalars(select(Query).where(query_log.visible(), Query.id == query)).one_or_none() or abort(404)
    shown = query_log.shown(session, [row])[0]
    thread = [] if shown.hidden else query_log.thread_of(session, row.id)
    seen = rating.rated(session, row.participant)
    place = next((one for one in seen.places if one.visit == row.visit), None)
    instrument = service().study.instrument(row.instrument)
    form = seen.forms.get((row.visit, row.instrument))
    known = outcome_shown.known_of(session, [form] if form else [])
    may_answer = query_log.may_answer(row) and not shown.hidden
    return {
        "one": shown,
        "thread": thread,
        "names": records.names(session, *(line.written_by for line in thread)),
        "form": known.revision(instrument, form) if form and not shown.hidden and seen.reads(instrument) else None,
        "hidden": shown.hidden,
        "site": row.site,
        "to_correct": place.address if place and form and may_answer else None,
        "may_answer": may_answer,
        "may_settle": bool(query_log.to_close(session, [row])),
    }


@page(pages, "/<query>", roles=READERS)
def one(query: str) -> Any:
    """One query: what is asked, about which values, and what was written since."""
    with reading() as session:
        found = _seen(session, query)
    return render_template("query.html", **found, opens=holds(*PARTICIPANT_READERS))


def _stepped(query: str, function: Callable[..., Any], title: Any, *, optional: bool = False) -> Any:
    with reading() as session:
        found = _seen(session, query)
    title, here = f"{found['one'].number} · {title}", url_for("queries.one", query=query)
    if found["hidden"]:
        return render_template("plain.html", title=title, text=query_log.LATER)
    fields = (Field("text", "note", optional=optional),)
    return ask(
        function, title=title, fields=fields, given={"query": query}, done=here, back=here,
        template="query_step.html", channel=CHANNEL, **found,
    )  # fmt: skip


@form_page(pages, "/<query>/answer", roles=OWNERS)
def answered(query: str) -> Any:
    """Answer a query."""
    return _stepped(query, answer, _("Answer the query"))


@form_page(pages, "/<query>/ask-again", roles=RAISERS)
def asked_again(query: str) -> Any:
    """Ask again, where the answer does not settle it."""
    return _stepped(query, ask_again, _("Ask again"))


@form_page(pages, "/<query>/close", roles=RAISERS)
def closed(query: str) -> Any:
    """Close a query that is settled."""
    return _stepped(query, close, _("Close the query"), optional=True)


@form_page(pages, "/outcomes/<outcome>/raise", roles=RAISERS)
def raised(outcome: str) -> Any:
    """Raise a query about a recorded form, or about one of its values."""
    with reading() as session:
        row = records.one(session, OutcomeForm, id=outcome)
        if row.state == "draft":
            abort(404)
        seen = rating.rated(session, row.participant)
        instrument = service().study.instrument(row.instrument)
        current = seen.forms[row.visit, row.instrument]
        shown = outcome_shown.known_of(session, [current]).revision(instrument, current)
        name = query_log.place_said(seen, row.visit)
    labels = tuple((key, outcome_wording.label_of(instrument, key)) for key in keys_of(instrument))
    about = Field("field", "choice", label=words.field("query_value"), choices=labels, optional=True,
                  hint=_("Empty: it is about the whole form."))  # fmt: skip
    given = {"participant": row.participant, "visit": row.visit, "instrument": row.instrument}
    title = f"{seen.person.screening_number} · {name} · {texts.said(instrument.name)}"
    return ask(
        raise_one, title=title, fields=(about, Field("text", "note", label=_("Query"))), given=given,
        done=lambda done: url_for("queries.one", query=done.answer), template="query_step.html", channel=CHANNEL,
        back=url_for("outcomes.one", participant=row.participant), one=None, form=shown, hidden=False,
        site=row.site, press=_("Raise the query"),
    )  # fmt: skip


@form_page(pages, "/participants/<participant>/verify", roles=CHECKERS)
def verified(participant: str) -> Any:
    """Tick what was compared with its source: many forms of one participant in one step."""
    with reading() as session:
        seen = rating.rated(session, participant)
        visits = outcome_shown.visits_of(session, seen)
        marks = {row.form: row for row in records.rows(session, SourceCheck, participant=participant)}
        names = records.names(session, *(row.checked_by for row in marks.values()))
    recorded = [(place, [one for one in forms if one.latest]) for place, forms in visits]
    title = f"{seen.person.screening_number} · {_('Source verification')}"
    return ask(
        verify_source, title=title, fields=(Field("forms", "checks"),), given={"participant": participant},
        done=url_for("queries.verified", participant=participant), template="verify_source.html",
        back=url_for("outcomes.one", participant=participant), press=_("Compared with the source"), seen=seen,
        visits=[(place, forms) for place, forms in recorded if forms], marks=marks, names=names,
    )  # fmt: skip


assert Role.TRIAL_MANAGER not in READERS, "the trial manager sees how many there are, on the board"
