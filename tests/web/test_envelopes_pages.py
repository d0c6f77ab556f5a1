"""The pages of envelopes: who sees them, what is told, and never a code or an arm."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from irt.clock import local_instant
from irt.dispensing.wrong_kit import wrong_kit
from irt.gate.tables import AuditEntry, Outbox
from irt.jobs.outbox import page_of
from irt.safety.envelope_reminding import RemindOfEnvelopes, remind_of_envelopes
from irt.safety.envelope_tables import Envelope, EnvelopeFate
from tests.cast import PASSWORD, World
from tests.dispensing.mishapped import ask, at_second_visit, give, shelf, wrong
from tests.safety.enveloped import halves, issued
from tests.stocked import randomized, running_trial
from tests.web.conftest import Visitor

READ = (
    "investigator_01", "coordinator_01", "pharmacist_01", "monitor", "medical_monitor", "trial_manager",
    "trial_statistician", "safety_officer",
)  # fmt: skip
SHUT = ("assessor_01", "physician_assessor_01", "laboratory", "data_manager", "auditor", "sponsor", "depot",
        "supply_manager", "administrator")  # fmt: skip


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


def test_who_sees_them_and_of_which_site(trial: World, visit: Callable[[str], Visitor]) -> None:
    one, other = randomized(trial)[0], randomized(trial, "EXAMPLE-000050", "02")[0]
    found = halves(trial)
    for login in READ:
        visitor = visit(login)
        page = visitor.get("/envelopes")
        assert page.status_code == 200, login
        assert one.screening_number in page.text
        assert (other.screening_number in page.text) is not login.endswith("_01"), login
        for envelope in found:
            assert envelope.code.letters not in page.text
            assert envelope.code.grouped not in page.text
        for arm in trial.study.arms:
            assert arm.label is not None
            assert arm.label.en not in page.text
    for login in SHUT:
        visitor = visit(login)
        assert visitor.get("/envelopes").status_code == 403, login
        assert "/envelopes" not in visitor.get("/").text, login


def test_opened_and_returned_through_the_forms(trial: World, visit: Callable[[str], Visitor]) -> None:
    one = randomized(trial)[0]
    halves(trial)
    envelope = trial.row(Envelope, participant=one.id).id
    visitor = visit("investigator_01")
    form = {"happened_at": "03:10", "opened_by": "the physician on duty", "told": "Shock", "password": PASSWORD}
    shown = visitor.send(f"/envelopes/{envelope}/opened", happened_on="1999-01-01", **form)
    assert shown.status_code == 422
    day = trial.clock.now().date().isoformat()
    named = visitor.send(
        f"/envelopes/{envelope}/opened", happened_on=day, **form | {"told": "It was low-dose Interleukin-2"}
    )
    assert named.status_code == 422
    assert "nterleukin" not in named.text.partition("<form")[0]
    assert visitor.send(f"/envelopes/{envelope}/opened", happened_on=day, **form).status_code == 303
    page = visitor.get("/envelopes").text
    assert "the physician on duty" in page
    entry = next(row for row in trial.rows(AuditEntry, act="envelope.opened") if row.kind == "act")
    for login, status in (("trial_manager", 200), ("data_manager", 404), ("quality", 404)):
        reader = visit(login)
        assert reader.get(trial.entry_page(entry.seq)).status_code == status, login
    lines = visit("trial_statistician").get("/unblindings/log.csv").text
    assert one.screening_number in lines
    assert "Emergency envelope opened" in lines
    assert "Shock" not in lines
    assert f"/envelopes/{envelope}/opened" not in page
    again = visitor.send(f"/envelopes/{envelope}/opened", happened_on=day, **form)
    assert again.status_code == 422
    assert "recorded already" in again.text
    monitor = visit("monitor")
    form = {"kind": "returned", "happened_on": day, "told": "The seal is broken", "password": PASSWORD}
    assert monitor.send(f"/envelopes/{envelope}/returned", **form).status_code == 303
    assert sorted(row.kind for row in trial.rows(EnvelopeFate)) == ["opened", "returned"]
    assert f"/envelopes/{envelope}/returned" not in monitor.get("/envelopes").text


def test_what_was_given_since_is_not_in_it(trial: World, visit: Callable[[str], Visitor]) -> None:
    one, _ = at_second_visit(trial, 2)
    halves(trial)
    envelope, since = trial.row(Envelope, participant=one.id), "Kits were given since"
    issued = local_instant(envelope.issued_at, trial.study.site("01").time_zone)
    said = f"Kits given after {issued:%Y-%m-%d %H:%M} +08:00 Asia/Shanghai are not in it."
    visitor = visit("investigator_01")
    page = visitor.get("/envelopes").text
    assert (page.count(said), since in page) == (2, False)
    trial.clock.advance(timedelta(minutes=1))
    give(trial, one, ask(trial, one))
    page = visit("safety_officer").get("/envelopes").text
    assert (page.count(said), page.count(since)) == (2, 1)
    assert said in visitor.get(f"/envelopes/{envelope.id}/opened").text
    assert said in visit("monitor").get(f"/envelopes/{envelope.id}/returned").text


def test_a_message_leads_to_the_page(trial: World, visit: Callable[[str], Visitor]) -> None:
    randomized(trial)
    trial.do(remind_of_envelopes, RemindOfEnvelopes(), by="operator")
    (message,) = trial.rows(Outbox, kind="envelopes.due")
    assert page_of("", message) == "/envelopes"
    assert "1 to issue, 0 older than the newest kit" in visit("safety_officer").get("/").text
    assert "to issue, 0 older" not in visit("trial_manager").get("/notices").text


def test_another_site_finds_none(trial: World, visit: Callable[[str], Visitor]) -> None:
    one = randomized(trial)[0]
    halves(trial)
    visitor = visit("investigator_02")
    assert visitor.get(f"/envelopes/{trial.row(Envelope, participant=one.id).id}/opened").status_code == 404
    assert one.screening_number not in visitor.get("/envelopes").text


def test_the_safety_officer_is_told_how_many_are_due(trial: World, visit: Callable[[str], Visitor]) -> None:
    one, _ = at_second_visit(trial, 2)
    visitor = visit("safety_officer")
    assert "Envelopes to issue: 2" in visitor.get("/").text
    halves(trial)
    assert "Envelopes to issue" not in visitor.get("/").text
    trial.do(wrong_kit, wrong(trial, one, shelf(trial)[0]), by="pharmacist_01")
    assert "Envelopes to issue: 1" in visitor.get("/").text


def test_an_export_that_broke_off_replaces_nothing(trial: World, visit: Callable[[str], Visitor]) -> None:
    randomized(trial)
    halves(trial)
    issued(trial, everybody=True)
    page = visit("safety_officer").get("/envelopes").text
    assert page.count("Export broke off: due again") == 1
    assert '<span class="chip calm">Replaced</span>' not in page
