"""Who is signed in: Flask-Login's user id is the random token of a session that the database keeps as a hash."""

from typing import Any
from urllib.parse import urlsplit

from flask import session
from flask_login import LoginManager, UserMixin, login_user, logout_user
from sqlalchemy import select

from irt.actor import Actor
from irt.people.tables import Account
from irt.web import language
from irt.web.wired import service


class Visitor(UserMixin):  # type: ignore[misc]
    """A signed-in browser."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        """The session's token: worth nothing once the session has ended."""
        return self.token


logins = LoginManager()
logins.session_protection = None  # the token's own limits hold; addresses of phones change


@logins.user_loader  # type: ignore[untyped-decorator]
def _visitor(token: str) -> Visitor | None:
    actor = service().credentials.actor_of(token)
    return None if actor is None else Visitor(token, actor)


def let_in(actor: Actor) -> None:
    """Open a session for somebody who just proved who they are: a new token, and nothing kept of the old one."""
    session.clear()
    login_user(Visitor(service().credentials.open_session(actor), actor), remember=False)
    with service().database.reading(actor) as reading:
        account = reading.scalars(select(Account).where(Account.id == actor.account)).one()
        language.switch(account.language)


def let_out(visitor: Any) -> None:
    """End the session here and in the database; the language stays."""
    kept = session.get("language")
    if visitor.is_authenticated:
        service().credentials.end_session(visitor.token)
        logout_user()
    session.clear()
    if kept:
        language.switch(kept)


def local_path(wanted: str | None) -> str | None:
    """`wanted` when it is a path of this service; None for another host, a scheme or a trick with slashes."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return None
    parts = urlsplit(wanted)
    plain = not any(ord(sign) < 32 for sign in wanted)
    return wanted if plain and not parts.netloc and not parts.scheme else None
