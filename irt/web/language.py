"""Which language a page speaks, and how it writes instants: in the site's zone, with the offset."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import g, has_request_context, request, session
from flask_babel import Babel, force_locale

LANGUAGES = {"en": "English", "zh_Hans_CN": "简体中文"}
TAGS = {"en": "en", "zh_Hans_CN": "zh-Hans"}  # for the lang attribute: fonts and hyphenation follow it
FIRST = "en"

babel = Babel()


def chosen() -> str:
    """The language of this request: as switched or as the account says, before sign-in as the browser asks."""
    if not has_request_context():
        return FIRST
    if "speaking" in g:
        return str(g.speaking)
    kept = session.get("language")
    if kept in LANGUAGES:
        return str(kept)
    for wanted, _ in request.accept_languages:
        if wanted.lower().startswith("zh"):
            return "zh_Hans_CN"
        if wanted.lower().startswith("en"):
            return "en"
    return FIRST


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within it every text is in this language: for a page that says the same in both."""
    g.speaking = code
    try:
        with force_locale(code):
            yield
    finally:
        del g.speaking


def switch(code: str) -> bool:
    """Keep `code` for this browser; whether it is a language of the pages."""
    if code in LANGUAGES:
        session["language"] = code
    return code in LANGUAGES


def moment(instant: datetime | None, zone: str, *, named: bool = True) -> str:
    """An instant as "2026-11-23 11:40 +08:00 Asia/Shanghai", without the zone's name on request; empty for None."""
    if instant is None:
        return ""
    local = instant.astimezone(ZoneInfo(zone))
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:5]}" + (f" {zone}" if named else "")
