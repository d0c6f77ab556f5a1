"""The headers of every answer, errors included; and no page holds a script, a style or an address from elsewhere."""

import re
from collections.abc import Callable

from flask import Flask

from irt.web.headers import POLICY
from irt.web.pages import ASSETS
from tests.cast import World
from tests.setting import open_trial, recorded
from tests.web.conftest import Visitor
from tests.web.test_admission import filled

INLINE = re.compile(
    r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|(?:src|href|action)=\"(?:https?:)?//", re.I
)


def assert_protected(answer: object) -> None:
    headers = answer.headers  # type: ignore[attr-defined]
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_the_policy_lets_nothing_in_from_elsewhere_or_inline() -> None:
    directives = dict(one.split(" ", 1) for one in POLICY.split("; "))
    assert directives["default-src"] == directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    for own in ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action"):
        assert directives[own] == "'self'"


def test_every_page_is_protected_and_plain(trial: World, app: Flask, visit: Callable[[str], Visitor]) -> None:
    open_trial(trial, "01")
    participant, seen = recorded(trial).id, 0
    for name in ("investigator_01", "pharmacist_01", "trial_manager", "administrator", "auditor", "supply_manager"):
        visitor = visit(name)
        for rule in app.url_map.iter_rules():
            if rule.endpoint in ASSETS or "GET" not in rule.methods:
                continue
            answer = visitor.get(filled(rule.rule, participant, trial.actor(name).account))
            assert_protected(answer)
            assert answer.headers["Cache-Control"] == "no-store"
            assert not INLINE.search(answer.text), (rule.rule, INLINE.search(answer.text))
            seen += answer.status_code == 200
    assert seen > 60


def test_the_search_for_inline_code_finds_it() -> None:
    for planted in ("<script>x</script>", '<p style="x">', '<a onclick="x">', '<script src="//cdn.example/x.js">'):
        assert INLINE.search(planted)
    assert not INLINE.search('<script src="/static/irt.js" defer></script><a href="/sites/">')


def test_errors_are_protected_too(app: Flask) -> None:
    visitor = Visitor(app)
    for answer, status in (
        (visitor.get("/nowhere"), 404),
        (visitor.post("/sign-in", {}), 400),
        (visitor.client.put("/sign-in", base_url="https://localhost"), 405),
        (visitor.post("/sign-out", {}, headers={"Sec-Fetch-Site": "cross-site"}), 400),
    ):
        assert answer.status_code == status
        assert_protected(answer)
        assert answer.headers["Cache-Control"] == "no-store"


def test_style_sheets_may_be_kept(app: Flask) -> None:
    for path in ("/static/irt.css", "/static/irt.js", "/bootstrap/static/css/bootstrap.min.css"):
        answer = Visitor(app).get(path)
        assert answer.status_code == 200
        assert_protected(answer)
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
