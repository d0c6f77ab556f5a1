"""Forms: every mistake at once with field, value and remedy; what was typed stays; one request id, one act."""

import re
from collections.abc import Callable
from typing import Literal

from flask import Flask
from pydantic import Field
from werkzeug.datastructures import MultiDict

from irt.gate.act import Order
from irt.gate.fields import CalendarDay, Code, DecimalNumber, Number, Reason, Year
from irt.people.tables import Account
from irt.web.forms import Mistakes, parse
from tests.cast import World
from tests.setting import open_trial
from tests.web.conftest import Visitor, hidden


class Asked(Order):
    site: Code
    birth_year: Year
    consent_on: CalendarDay
    kits: Number = Field(ge=8)
    dose: DecimalNumber
    sex: Literal["female", "male"]
    reason: Reason
    answers: dict[Code, Literal["yes", "no"]]
    rescreen_of: Code | None = None


RIGHT = {
    "site": "01", "birth_year": "1980", "consent_on": "2026-03-02", "kits": "8", "dose": "12.5", "sex": "male",
    "reason": "typed wrongly", "answers.I1": "yes", "rescreen_of": "", "password": "never in an order",
}  # fmt: skip


def test_a_right_form_becomes_the_order(app: Flask) -> None:
    with app.test_request_context():
        order = parse(Asked, MultiDict(RIGHT))
    assert isinstance(order, Asked)
    assert (order.kits, str(order.dose), order.answers, order.rescreen_of) == (8, "12.5", {"I1": "yes"}, None)


def test_a_value_of_the_address_is_never_taken_from_the_form(app: Flask) -> None:
    with app.test_request_context():
        order = parse(Asked, MultiDict(RIGHT | {"site": "02"}), {"site": "01"})
    assert isinstance(order, Asked)
    assert order.site == "01"


def test_all_mistakes_at_once_with_field_value_and_remedy(app: Flask) -> None:
    wrong = {
        "site": "0 1", "birth_year": "１９８０", "consent_on": "02.03.2026", "kits": "7", "dose": "1e3", "sex": "other",
        "reason": "", "answers.I1": "perhaps",
    }  # fmt: skip
    with app.test_request_context():
        found = parse(Asked, MultiDict(wrong))
    assert isinstance(found, Mistakes)
    assert {one.field for one in found.all} == {
        "site", "birth_year", "consent_on", "kits", "dose", "sex", "reason", "answers.I1"
    }  # fmt: skip
    sentence = {one.field: one.sentence for one in found.all}
    assert sentence["birth_year"] == (
        "Year of birth: “１９８０” is not accepted; write the year in four digits, such as 1968."
    )
    assert sentence["kits"] == "Kits: “7” is not accepted; write 8 or more."
    assert sentence["reason"] == "Reason: fill it in."
    assert "such as 2026-11-23" in sentence["consent_on"]


def test_a_refused_form_comes_back_with_what_was_typed_and_a_new_token(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    visitor = visit("administrator")
    first = visitor.tokens("/people/invite")
    typed = {"login": "A!", "name": "Somebody <b>New</b>", "email": "nowhere", "language": "en"}
    answer = visitor.post("/people/invite", first | typed)
    assert answer.status_code == 422
    assert answer.text.count("is not accepted") >= 2
    assert 'value="Somebody &lt;b&gt;New&lt;/b&gt;"' in answer.text
    assert hidden(answer.text)["request_id"] != first["request_id"]
    assert not trial.rows(Account, name="Somebody <b>New</b>")


def test_the_same_form_sent_twice_is_done_once(trial: World, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("administrator")
    form = visitor.tokens("/people/invite") | {
        "login": "twice", "name": "Twice", "email": "twice@hospital.example", "language": "en"
    }  # fmt: skip
    first, again = visitor.post("/people/invite", form), visitor.post("/people/invite", form)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(trial.rows(Account, login="twice")) == 1


def test_a_used_token_with_another_body_is_refused(trial: World, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("administrator")
    form = visitor.tokens("/people/invite") | {"name": "One", "email": "one@hospital.example", "language": "en"}
    assert visitor.post("/people/invite", form | {"login": "one"}).status_code == 303
    answer = visitor.post("/people/invite", form | {"login": "another"})
    assert answer.status_code == 422
    assert "already used for something else" in answer.text
    assert not trial.rows(Account, login="another")


def test_a_token_that_is_none_of_ours_is_refused(trial: World, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("administrator")
    form = visitor.tokens("/people/invite") | {"login": "one", "name": "One", "email": "one@hospital.example"}
    answer = visitor.post("/people/invite", form | {"language": "en", "request_id": "' or 1=1"})
    assert answer.status_code == 422
    assert not trial.rows(Account, login="one")


def test_a_wrong_password_signs_nothing(trial: World, visit: Callable[[str], Visitor]) -> None:
    open_trial(trial)
    visitor = visit("investigator_01")
    before = trial.snapshot()
    for password, said in (("", "type your password"), ("not the password", "it is not yours")):
        answer = visitor.send("/sites/01/delegation", password=password)
        assert answer.status_code == 422
        assert said in answer.text
        assert "not the password" not in answer.text
    assert trial.snapshot() == before


def test_a_form_names_the_meaning_of_its_signature(trial: World, visit: Callable[[str], Visitor]) -> None:
    open_trial(trial)
    visitor = visit("investigator_01")
    visitor.get("/language/en")
    page = visitor.get("/sites/01/delegation").text
    assert "I have delegated the tasks of this site to the persons named" in page
    assert re.search(r'<input[^>]*type="password"', page)
