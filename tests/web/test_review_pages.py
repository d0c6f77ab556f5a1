"""The pages of the blind review: who reads what before the meeting, and of what nobody reads the value."""

import csv
import io
from collections.abc import Callable

import pytest

from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.lock.contents import TABLES
from irt.lock.extract import Trial
from irt.lock.populations import Membership
from irt.lock.review import LISTED, Decide, decide, populations_now
from irt.lock.unlocking import AskUnlock, ask_unlock
from irt.participants.tables import Participant
from irt.safety.break_code import break_code
from irt.web import create, lock, review
from irt.web.trail import informed
from tests.cast import World, world
from tests.lock.locked import SITES, at, data, frozen, locked, ready
from tests.outcomes.rated import Core, record_visit
from tests.safety.broken import breaking
from tests.stocked import begin_running
from tests.treated import patient
from tests.web.conftest import Visitor, visiting

Visit = Callable[[str], Visitor]
Rows = list[dict[str, str]]

READERS = sorted(role.value for role in review.READERS)
UNINFORMED = ("data_manager", "quality", "sponsor")  # study.toml tells none of them that a code was broken
INFORMED = tuple(one for one in READERS if one not in UNINFORMED)
BETTER = Core(56, "4", "6", (1,) * 8, "4.4", {"ck": "800", "ldh": "900", "ast": "90", "alt": "80"})
SCORE = "70"  # what it comes to from the first core set: tests/outcomes/test_scoring.py
REASON = {True: "code broken before the primary outcome", False: "another reason of the protocol"}


def recorded(here: World) -> None:
    """One participant is treated to week 12, rated there, and leaves; in between the code was broken."""
    begin_running(here, SITES)
    one = patient(here).begin()
    record_visit(here, one.id, "W0", one.day_1, Core())
    one.on_day(9)
    here.do(break_code, breaking(None, participant=one.id), by="investigator_01")
    one.on_day(85)
    record_visit(here, one.id, "W12", one.day(85), BETTER)
    here.do(withdraw, Withdraw(participant=one.id, reason="moved away"), by="investigator_01")


def then_frozen(here: World) -> None:
    recorded(here)
    frozen(here)


@pytest.fixture
def trial(database_url: str) -> World:
    return at(database_url, "rated, broken, frozen", then_frozen, {})


def masked(trial: World) -> tuple[dict[str, Rows], list[Membership]]:
    """What the trial has."""
    with trial.database.read.connect() as connection:
        return populations_now(Trial(connection, trial.study, trial.clock.now()))


def listed(visitor: Visitor, name: str) -> Rows:
    """A listing as it is handed out, by the names of its columns."""
    answer = visitor.get(f"/review/listing/{name}.csv")
    assert answer.status_code == 200, name
    head, *rows = csv.reader(io.StringIO(answer.text.lstrip("\ufeff")))
    assert head == [one.en for one in TABLES[name].columns]
    return [dict(zip((one.name for one in TABLES[name].columns), row, strict=True)) for row in rows]


def line_of(page: str, population: str) -> str:
    """What the page says of the only participant in a population."""
    (found,) = [row for row in page.split("<tr>") if f"<td>{population}</td>" in row]
    return found


def test_who_is_told_of_a_code_break_is_as_study_toml_says(trial: World) -> None:
    assert {role.value for role in review.READERS & informed(trial.study)} == set(INFORMED)
    assert len(INFORMED) == 4


@pytest.mark.parametrize("who", READERS)
def test_a_response_is_read_by_nobody_and_all_else_by_everybody(trial: World, visit: Visit, who: str) -> None:
    tables, _ = masked(trial)
    kept = tables["responses"]
    assert {(row["observed"], row["response"]) for row in kept} >= {(SCORE, "1"), ("1", "1")}, "there is what to read"
    visitor = visit(who)
    assert listed(visitor, "responses") == [row | {"observed": "", "response": ""} for row in kept]
    for name in LISTED:
        if name not in ("responses", review.OF_BREAKS):
            told = {} if who in INFORMED or name != "participants" else {"code_broken": ""}
            assert listed(visitor, name) == [row | told for row in tables[name]]


@pytest.mark.parametrize("who", READERS)
def test_a_broken_code_is_told_to_those_whom_study_toml_tells(trial: World, visit: Visit, who: str) -> None:
    visitor, knows = visit(who), who in INFORMED
    tables, members = masked(trial)
    (person,) = tables["participants"]
    (outside,) = [one for one in members if not one.included]
    assert (person["code_broken"], "code_broken" in outside.reasons) == ("Y", True)
    assert [row["code_broken"] for row in listed(visitor, "participants")] == ["Y" if knows else ""]
    answer, page = visitor.get(f"/review/listing/{review.OF_BREAKS}.csv"), visitor.get("/review/").text
    assert answer.status_code == (200 if knows else 404)
    if knows:
        assert [row["kind"] for row in listed(visitor, review.OF_BREAKS)] == ["code_break"]
    assert (f"/review/listing/{review.OF_BREAKS}.csv" in page) == knows
    said = line_of(page, "Per-protocol set")
    assert (REASON[knows] in said, REASON[not knows] in page) == (True, False)
    assert "too few doses" in said, "what else keeps somebody out is told to all"


def test_there_is_no_other_listing(trial: World, visit: Visit) -> None:
    visitor = visit("auditor")
    for name in ("laboratory", "kits", "audit_trail", "scores", "nonsense"):
        assert visitor.get(f"/review/listing/{name}.csv").status_code == 404


@pytest.mark.parametrize("who", ["investigator_01", "monitor", "assessor_01", "safety_officer"])
def test_others_are_not_let_in(trial: World, visit: Visit, who: str) -> None:
    visitor = visit(who)
    for path in ("/review/", *(f"/review/listing/{name}.csv" for name in LISTED)):
        assert visitor.get(path).status_code == 403


def test_while_the_trial_goes_on_nobody_looks_at_anything(database_url: str) -> None:
    here = world(database_url)
    recorded(here)
    assert len(masked(here)[0]["responses"]) > 0
    visit = visiting(here, create(here.service))
    for who in READERS:
        visitor = visit(who)
        page = visitor.get("/review/")
        assert page.status_code == 200
        assert "nobody looks at populations while the trial goes on" in page.text
        assert not [word for word in ("Per-protocol set", "/review/listing/", *REASON.values()) if word in page.text]
        for name in LISTED:
            assert visitor.get(f"/review/listing/{name}.csv").status_code == 404, (who, name)


def test_of_many_decisions_the_last_is_shown(trial: World, visit: Visit) -> None:
    person = trial.row(Participant).id
    for number in range(1, 7):
        order = Decide(
            participant=person, population="per_protocol", included="yes" if number % 2 else "no",
            reason=f"the {number}. look at it",
        )  # fmt: skip
        trial.do(decide, order, by="data_manager")
        page = visit("sponsor").get("/review/").text
        assert [one for one in range(1, 7) if f"the {one}. look at it" in page] == [number]
        assert (">Included<" in line_of(page, "Per-protocol set")) == bool(number % 2)


# -- who is shown the button under which they sign ------------------------------------------------------------------

LOCK_READERS = (*sorted(role.value for role in lock.CENTRAL), "investigator_01", "investigator_02")


def test_sign_for_the_lock_is_shown_to_those_alone_who_can(database_url: str) -> None:
    here = ready(database_url)
    visit = visiting(here, create(here.service))
    shown = {who for who in LOCK_READERS if "Sign for the lock" in visit(who).get("/lock/").text}
    assert shown == {"investigator_01", "sponsor", "trial_statistician", "data_manager"}
    assert {one.removesuffix("_01") for one in shown} == set(here.study.lock.signers)


def test_sign_for_unlocking_is_shown_to_those_alone_who_can(database_url: str) -> None:
    here = locked(database_url)
    order = AskUnlock(reason="a form was misread", records="02-0001, week 12", data_sha256=data(here))
    request = here.do(ask_unlock, order, by="data_manager")
    visit = visiting(here, create(here.service))
    pages = {who: visit(who).get("/lock/").text for who in LOCK_READERS}
    assert not [who for who, page in pages.items() if "Sign for the lock" in page], "it is locked"
    shown = {who for who, page in pages.items() if "Sign for unlocking" in page}
    assert {who for who, page in pages.items() if f"/lock/unlock/{request}" in page} == shown
    assert shown == {"sponsor", "trial_statistician", "data_manager", "quality"}
    assert shown <= set(here.study.lock.reopen_signers)
