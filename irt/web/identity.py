"""Who is signed in: Flask-Login's user id is the random token of a session that the database keeps as a hash."""

from typing import Any
from urllib.parse import urlsplit

from flask import request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from irt.actor import Actor
from irt.entropy import new_id
from irt.people.paper_codes import Enter, enter
from irt.people.tables import Account
from irt.web import language
from irt.web.pages import shown_at
from irt.web.wired import service


class Visitor(UserMixin):  # type: ignore[misc]
    """A signed-in browser."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        """The session's token: worth nothing once the session has ended."""
        return self.token


DEVICE_DAYS = 180

logins = LoginManager()
logins.session_protection = None  # the token's own limits hold; addresses of phones change


@logins.user_loader  # type: ignore[untyped-decorator]
def _visitor(token: str) -> Visitor | None:
    actor = service().credentials.actor_of(token)
    return None if actor is None else Visitor(token, actor)


def proved(login: str, password: str) -> Actor:
    """Who signs in here; strangers' failures do not slow a browser that this person used before."""
    device = request.cookies.get(_device_cookie())
    return service().credentials.sign_in(login, password, request.remote_addr or "", device=device)


def proved_on_paper(login: str, code: str) -> Actor:
    """Who comes in by a paper code, which is used up by now."""
    wired = service()
    person, signature = wired.credentials.sign_in_on_paper(login, code, request.remote_addr or "")
    wired.gate.perform(enter, Enter(), by=person, request_id=new_id(wired.entropy), signature=signature)
    return person


def let_in(actor: Actor, answer: Response) -> None:
    """Open a session for somebody who just proved who they are: a new token; the browser's old session is over."""
    wired = service()
    if current_user.is_authenticated:
        wired.credentials.end_session(current_user.token)
    session.clear()
    login_user(Visitor(wired.credentials.open_session(actor), actor), remember=False)
    with wired.database.reading(actor) as reading:
        account = reading.scalars(select(Account).where(Account.id == actor.account)).one()
        language.switch(account.language)
    if actor.emergency:
        return  # this may be anybody's machine
    known = request.cookies.get(_device_cookie())
    if not known or not wired.credentials.knows_device(actor.login, known):
        answer.set_cookie(
            _device_cookie(), wired.credentials.new_device(actor), max_age=DEVICE_DAYS * 86400,
            secure=wired.settings.secure_cookies, httponly=True, samesite="Strict",
        )  # fmt: skip


def _device_cookie() -> str:
    return "__Host-irt-device" if service().settings.secure_cookies else "irt-device"


def let_out(visitor: Any) -> None:
    """End the session here and in the database; the language stays."""
    kept = session.get("language")
    if visitor.is_authenticated:
        service().credentials.end_session(visitor.token)
        logout_user()
    session.clear()
    if kept:
        language.switch(kept)


def here() -> str:
    """The path of this request with its query."""
    return str(request.full_path).rstrip("?")


def form_here() -> str | None:
    """Where the form that was just sent is shown; None for a button without a page of its own."""
    path = local_path(here())
    return path if path is not None and shown_at(path) is not None else None


def local_path(wanted: str | None) -> str | None:
    """`wanted` when it is a path of this service; None for another host, a scheme or a trick with slashes."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return None
    parts = urlsplit(wanted)
    plain = not any(ord(sign) < 32 for sign in wanted)
    return wanted if plain and not parts.netloc and not parts.scheme else None
