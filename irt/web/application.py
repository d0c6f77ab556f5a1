"""Wires the pages: extensions, headers, faults, blueprints; an undeclared route stops the start."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from flask import Flask, Request, request, url_for
from flask_bootstrap import Bootstrap5
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined, pass_context
from jinja2.runtime import Context
from werkzeug.middleware.proxy_fix import ProxyFix

from irt.web import faults, headers, identity, language, navigation, pages, texts, words
from irt.web.wired import service as wired_service
from irt.wiring import Service

UPLOAD_BYTES = 8 * 1024 * 1024
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"

csrf = CSRFProtect()


class InMemoryRequest(Request):
    """Uploads stay in memory: a manifest must never land in a temporary file in clear."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return io.BytesIO()


def create(service: Service, *, proxied: bool = False) -> Flask:
    """The app of one trial's service; raises UndeclaredRouteError when a page says of nobody that they may see it.

    `proxied`: a proxy on this machine stands in front, and the last address in its X-Forwarded-For is the visitor's.
    Without it all visitors would share the proxy's address, and one who guesses would slow everybody.
    """
    app = Flask("irt.web", root_path=str(Path(__file__).parent))
    app.request_class = InMemoryRequest
    app.extensions["irt"] = service
    _configure(app, service)
    _extend(app)
    headers.protect(app, secure=service.settings.secure_cookies)
    faults.handle(app)
    for blueprint in navigation.BLUEPRINTS:
        app.register_blueprint(blueprint)
    pages.require_declared(app)
    if proxied:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=0)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, service: Service) -> None:
    secure = service.settings.secure_cookies
    app.config.update(
        SECRET_KEY=service.keys.derived("web session"),
        SESSION_COOKIE_NAME="__Host-irt" if secure else "irt",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=service.settings.session_hours),
        MAX_CONTENT_LENGTH=UPLOAD_BYTES,
        WTF_CSRF_TIME_LIMIT=service.settings.session_hours * 3600,
        WTF_CSRF_SSL_STRICT=False,  # it asks for a referrer, which our own policy takes away; see headers.py
        BOOTSTRAP_SERVE_LOCAL=True,
        BABEL_DEFAULT_LOCALE=language.FIRST,
        BABEL_TRANSLATION_DIRECTORIES=str(TRANSLATIONS),
    )


def _extend(app: Flask) -> None:
    csrf.init_app(app)
    Bootstrap5(app)
    identity.logins.init_app(app)
    language.babel.init_app(app, locale_selector=language.chosen)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(words=words, texts=texts, LANGUAGES=language.LANGUAGES, TAGS=language.TAGS)
    app.jinja_env.filters.update(moment=_at_each_showing(texts.site_moment), word=_at_each_showing(words.word))
    app.context_processor(_common)


def _at_each_showing(said: Callable[..., str]) -> Callable[..., str]:
    """A filter that Jinja may not work out when it compiles a template: the first reader's language would stay."""

    @pass_context
    def filtered(_: Context, *values: Any) -> str:
        return said(*values)

    return filtered


def _common() -> dict[str, Any]:
    menu = navigation.menu(current_user.actor) if current_user.is_authenticated else ()
    return {
        "language": language.chosen(),
        "menu": menu,
        "in_emergency": current_user.is_authenticated and current_user.actor.emergency,
        "here_again": identity.here(),
        "here": navigation.here(menu, request.endpoint, request.path, url_for),
        "holds": pages.holds,
        "study": wired_service().study,
    }
