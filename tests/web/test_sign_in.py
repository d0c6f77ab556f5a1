"""Signing in and out, the invitation's link, one's own password, the language."""

from collections.abc import Callable

from flask import Flask

from irt.people.accounts import InviteAccount, invite
from irt.people.tables import Account, SignInSession
from irt.web import create
from irt.web.identity import local_path
from tests.cast import PASSWORD, World
from tests.web.conftest import Visitor


def test_a_wrong_password_and_an_unknown_login_look_alike(trial: World, app: Flask) -> None:
    trial.actor("monitor")
    wrong = Visitor(app).sign_in("monitor", "not the password at all")
    unknown = Visitor(app).sign_in("nobody-here", "not the password at all")
    assert wrong.status_code == unknown.status_code == 422
    assert "Login and password do not fit together" in wrong.text
    assert "Login and password do not fit together" in unknown.text


def test_after_signing_in_the_page_asked_for_is_shown(trial: World, app: Flask) -> None:
    trial.actor("monitor")
    visitor = Visitor(app)
    sent = visitor.get("/audit/?site=01").headers["Location"]
    answer = visitor.send(sent, login="monitor", password=PASSWORD)
    assert answer.headers["Location"] == "/audit/?site=01"


def test_nobody_is_sent_elsewhere_after_signing_in(trial: World, app: Flask) -> None:
    trial.actor("monitor")
    for trap in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/%0d%0aX: y\r\n"):
        assert local_path(trap) is None
    answer = Visitor(app).send("/sign-in?next=//evil.example", login="monitor", password=PASSWORD)
    assert answer.headers["Location"] == "/"


def test_signing_out_ends_the_session_in_the_database(trial: World, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("monitor")
    cookie = visitor.client.get_cookie("__Host-irt", domain="localhost")
    assert cookie is not None
    assert cookie.secure
    assert cookie.http_only
    visitor.post("/sign-out", visitor.tokens("/account"))
    assert all(row.ended_at is not None for row in trial.rows(SignInSession))
    visitor.client.set_cookie("__Host-irt", cookie.value, domain="localhost", secure=True, path="/")
    assert visitor.get("/").status_code == 303  # the old cookie opens nothing


def test_a_form_without_its_token_changes_nothing(trial: World, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("administrator")
    before = trial.snapshot()
    answer = visitor.post("/people/invite", {"login": "new.person", "name": "New", "email": "a@b.example"})
    assert answer.status_code == 400
    assert "This form is too old" in answer.text
    assert trial.snapshot() == before


def test_an_invitation_sets_ones_own_password(trial: World, app: Flask) -> None:
    order = InviteAccount(login="new.person", name="New Person", email="new@hospital.example", language="en")
    account = trial.do(invite, order, by="administrator")
    credentials = trial.service.credentials
    link = f"/activate/{credentials.invitation_token(credentials.open_invitation(account) or '')}"
    visitor = Visitor(app)
    assert "New Person" in visitor.get(link).text
    for first, second, said in (
        ("four wild words here", "another", "the two are not the same"),
        ("tiny", "tiny", "it is too short"),
    ):
        answer = visitor.send(link, new_password=first, password_again=second)
        assert answer.status_code == 422
        assert said in answer.text
        assert first not in answer.text
    chosen = {"new_password": "four wild words here", "password_again": "four wild words here"}
    assert visitor.send(link, **chosen).headers["Location"] == "/sign-in"
    assert trial.row(Account, id=account).state == "active"
    assert visitor.get(link).status_code == 410  # used
    assert visitor.sign_in("new.person", "four wild words here").status_code == 303
    assert "You hold no role yet" in visitor.get("/").text


def test_a_forged_link_opens_nothing(app: Flask) -> None:
    answer = Visitor(app).get("/activate/aaaaaaaaaaaaaaaaaaaa.0000")
    assert answer.status_code == 410
    assert "Ask the administrator for a new one" in answer.text


def test_a_new_password_ends_every_session(trial: World, visit: Callable[[str], Visitor]) -> None:
    here, elsewhere = visit("monitor"), visit("monitor")
    trial.clock.advance(trial.clock.now().resolution * 1_000_000)
    fields = {"new_password": "five quite new words now", "password_again": "five quite new words now"}
    wrong = here.send("/account/password", current_password="not mine", **fields)
    assert "Present password: it is not yours" in wrong.text
    trial.clock.advance(trial.clock.now().resolution * 120_000_000)
    assert here.send("/account/password", current_password=PASSWORD, **fields).status_code == 303
    assert elsewhere.get("/account").status_code == 303
    assert here.sign_in("monitor", "five quite new words now").status_code == 303


def test_the_language_is_the_browsers_then_the_switchs_then_the_accounts(trial: World, app: Flask) -> None:
    trial.actor("monitor")
    visitor = Visitor(app)
    assert 'lang="zh-Hans"' in visitor.get("/sign-in", headers={"Accept-Language": "zh-CN,en;q=0.5"}).text
    assert "Sign in" in visitor.get("/sign-in", headers={"Accept-Language": "de, en;q=0.7"}).text
    assert visitor.get("/language/zh_Hans_CN?next=/sign-in").headers["Location"] == "/sign-in"
    assert "登录" in visitor.get("/sign-in", headers={"Accept-Language": "en"}).text
    assert visitor.get("/language/en?next=//evil.example").headers["Location"] == "/"
    visitor.sign_in("monitor")
    assert "待办" in visitor.get("/").text  # the account's own language
    visitor.get("/language/en")
    assert "For you" in visitor.get("/").text


def test_behind_a_proxy_one_who_guesses_slows_themselves_and_nobody_elsewhere(trial: World) -> None:
    trial.actor("monitor")
    app = create(trial.service, proxied=True)

    def tried(address: str, password: str) -> int:
        visitor = Visitor(app)
        form = {**visitor.tokens("/sign-in"), "login": "monitor", "password": password}
        return visitor.post("/sign-in", form, headers={"X-Forwarded-For": f"10.0.0.9, {address}"}).status_code

    assert {tried("203.0.113.7", f"guess number {count}") for count in range(6)} == {422}
    assert tried("203.0.113.7", PASSWORD) == 422
    assert tried("203.0.113.8", PASSWORD) == 303
