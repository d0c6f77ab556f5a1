"""The pharmacy's books on screen, as PDF and as CSV: accountability, inventory, and what a day brings."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.dispensing.books import KitLine, Ledger, MoveLine, accountability, gather, inventory
from irt.dispensing.sign_off import AT_ONCE, Checked, checked, sign_off
from irt.dispensing.tables import LineReview
from irt.gate.act import spec_of
from irt.participants.tables import Participant
from irt.web import book_tables, coming, downloads, records, texts
from irt.web.asking import Field, ask
from irt.web.pages import actor, form_page, holds, page, reading
from irt.web.participants import CARE

pages = Blueprint("books", __name__, url_prefix="/books")

READERS = CARE | {Role.MONITOR, Role.TRIAL_MANAGER, Role.AUDITOR, Role.DATA_MANAGER}
ONE_DAY = timedelta(days=1)
PER_PAGE = 60  # lines of the inventory log


def chosen_site() -> str:
    """The site of the address, else the reader's first; the page "not found" for one that is not theirs."""
    codes = [code for code, _name in texts.site_choices(actor().sites(READERS))]
    wanted = request.args.get("site") or codes[0]
    return wanted if wanted in codes else abort(404)


def chosen_day(site: str) -> date:
    """The day of the address, else tomorrow at the site."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return texts.today_at(site) + ONE_DAY


def ledger_of(session: Session, site: str) -> Ledger:
    """The rows of a site's books, within the reader's sites."""
    return gather(partial(records.rows, session), site, texts.zone_of(site))


def kit_lines(session: Session, site: str) -> list[Checked[KitLine]]:
    """The accountability log with what was signed of it; of one participant where the address names one."""
    lines = accountability(ledger_of(session, site))
    if wanted := request.args.get("participant", ""):
        number = records.one(session, Participant, id=wanted, site=site).screening_number
        lines = [one for one in lines if one.participant == number]
    return checked(lines, records.rows(session, LineReview, site=site, book="accountability"))


def move_lines(session: Session, site: str) -> list[Checked[MoveLine]]:
    """The inventory log with what was signed of it."""
    reviews = records.rows(session, LineReview, site=site, book="inventory")
    return checked(inventory(ledger_of(session, site)), reviews)


def _left(found: Sequence[Checked[Any]]) -> list[Checked[Any]]:
    return [one for one in found if not one.valid]


def _signers(session: Session, found: Iterable[Checked[Any]]) -> dict[str, str]:
    return records.names(session, *(one.review.reviewed_by for one in found if one.review))


@page(pages, "/", roles=READERS)
def day() -> Any:
    """Who comes, which box is set aside, what comes back; tomorrow, or any day."""
    site = chosen_site()
    on = chosen_day(site)
    with reading() as session:
        found = coming.of_day(session, site, on)
    return render_template(
        "book_day.html", found=found, site=site, on=on, tomorrow=texts.today_at(site) + ONE_DAY, **_choices()
    )


@page(pages, "/accountability", roles=READERS)
def kits() -> Any:
    """The accountability log of a site or of one participant, a line for each kit."""
    site = chosen_site()
    with reading() as session:
        found = kit_lines(session, site)
        who = _signers(session, found)
    return render_template(
        "book_kits.html", found=found, who=who, site=site, left=len(_left(found)),
        participant=request.args.get("participant"), may_sign=holds(*spec_of(sign_off).roles), **_choices(),
    )  # fmt: skip


@page(pages, "/inventory", roles=READERS)
def moves() -> Any:
    """The inventory log of a site: every move, with running totals, the last page first."""
    site = chosen_site()
    with reading() as session:
        found = move_lines(session, site)
        last = min(request.args.get("last", len(found), int), len(found))
        shown = found[max(last - PER_PAGE, 0) : max(last, 0)]
        who = _signers(session, shown) | records.names(session, *(one.line.moved_by for one in shown))
    return render_template(
        "book_moves.html", found=shown, first=max(last - PER_PAGE, 0), last=last, count=len(found), per_page=PER_PAGE,
        who=who, site=site, left=len(_left(found)), may_sign=holds(*spec_of(sign_off).roles),
        labels=book_tables.LABELS, **_choices(),
    )  # fmt: skip


@page(pages, "/<book>.<form>", roles=READERS)
def printed(book: str, form: str) -> Any:
    """A book as it is on the screen, as a file: `form` is pdf or csv."""
    site = chosen_site()
    on = chosen_day(site)
    with reading() as session:
        if book == "accountability":
            made = book_tables.of_kits(session, kit_lines(session, site))
        elif book == "inventory":
            made = book_tables.of_moves(session, move_lines(session, site), site)
        elif book == "day":
            made = book_tables.of_day(coming.of_day(session, site, on), on)
        else:
            abort(404)
    if form == "csv":
        return downloads.csv(made.csv(), book, site)
    return downloads.pdf(made.pdf(site), book, site) if form == "pdf" else abort(404)


def _choices() -> dict[str, Any]:
    return {"sites": texts.site_choices(actor().sites(READERS))}


@form_page(pages, "/<site>/sign-off/<book>", roles=spec_of(sign_off).roles)
def signed_off(site: str, book: str) -> Any:
    """The unsigned lines of a site's book, to tick and sign; `all` ticks all that were shown."""
    if site not in {code for code, _name in texts.site_choices(None)} or book not in SIGNED:
        abort(404)
    lines, shown_at = SIGNED[book]
    with reading() as session:
        found = _left(lines(session, site))[:AT_ONCE]
        who = _signers(session, found) | records.names(session, *(getattr(one.line, "moved_by", "") for one in found))
    given: dict[str, Any] = {"site": site, "book": book}
    if request.form.get("all"):
        given["lines"] = dict(one.split(":", 1) for one in request.form.getlist("shown") if ":" in one)
    here = url_for(shown_at, site=site)
    return ask(
        sign_off, title=_("Sign lines off"), fields=(Field("all"),), given=given, done=here, back=here, book=book,
        template="book_sign.html", lead=texts.site_name(site), found=found, who=who, site=site,
        labels=book_tables.LABELS,
    )  # fmt: skip


SIGNED: dict[str, tuple[Callable[[Session, str], Sequence[Checked[Any]]], str]] = {
    "accountability": (kit_lines, "books.kits"),
    "inventory": (move_lines, "books.moves"),
}
