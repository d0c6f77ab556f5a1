"""Screening: numbers in order, the same person known again, another site's not found, the document kept nowhere."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from irt.conduct.sites import CloseSite, PauseSite, SiteOrder, close_recruitment, close_site, pause_site
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.refusals import Refused
from irt.gate.tables import AuditEntry
from irt.participants.leave import Leave, screen_fail
from irt.participants.screen import Screen, Screened, screen
from irt.participants.tables import Consent, Participant
from tests.cast import World, world
from tests.setting import open_trial, screened, screening

DOCUMENT = "110101-1990 0307 123x"


@pytest.fixture
def trial(database_url: str) -> World:
    return open_trial(world(database_url), "01", "02")


def test_a_person_is_screened_under_the_sites_next_number(trial: World) -> None:
    first = trial.perform(screen, screening(trial), by="coordinator_01", request_id="once")
    again = trial.perform(screen, screening(trial), by="coordinator_01", request_id="once")
    assert isinstance(first.answer, Screened)
    assert first.answer.screening_number == "01-0001"
    assert (again.answer, again.repeated) == (first.answer, True)
    row, consent = trial.row(Participant), trial.row(Consent)
    assert (row.site, row.sex, row.birth_year, row.state) == ("01", "female", 1980, "screened")
    assert (consent.participant, consent.version) == (row.id, trial.study.consent_version)
    entry = trial.last_audit()
    assert (entry.act, entry.site, entry.participant) == ("participant.screen", "01", row.id)
    assert screened(trial, "investigator_01", identity_document="ANOTHER-1").screening_number == "01-0002"
    assert screened(trial, "coordinator_02", site="02", identity_document="ANOTHER-2").screening_number == "02-0001"


def test_the_document_is_in_no_table(trial: World) -> None:
    screened(trial, identity_document=DOCUMENT)
    trial.refusal(screen, screening(trial, identity_document=DOCUMENT), by="coordinator_01")
    stored = str(trial.snapshot()) + str(trial.rows(AuditEntry))
    assert "01-0001" in stored
    for form in (DOCUMENT, "11010119900307123X", "0307 123x"):
        assert form not in stored
    assert DOCUMENT not in repr(screening(trial, identity_document=DOCUMENT))


@pytest.mark.parametrize("written", [DOCUMENT, "11010119900307123X", "１１０１０１19900307１２３ｘ"])
def test_the_same_person_is_known_however_the_document_is_typed(trial: World, written: str) -> None:
    screened(trial, identity_document=DOCUMENT)
    refused = trial.refusal(screen, screening(trial, identity_document=written), by="coordinator_01")
    assert (refused.code, refused.facts) == ("already_screened", {"here": "01-0001"})
    elsewhere = screening(trial, site="02", identity_document=written)
    refused = trial.refusal(screen, elsewhere, by="coordinator_02")
    assert (refused.code, refused.facts) == ("already_screened", {"here": None}), "another site's number is not told"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"identity_document": "A-1-2 3"}, "identity_document_too_short"),
        ({"consent_version": "0.0"}, "consent_version_not_current"),
        ({"birth_year": 2027}, "birth_year_impossible"),
        ({"birth_year": 1905}, "birth_year_impossible"),
        ({"site": "02"}, "not_found"),
        ({"site": "99"}, "not_found"),
        ({"rescreen_of": "nobody"}, "not_found"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(trial: World, change: dict[str, Any], code: str) -> None:
    assert trial.refusal(screen, screening(trial, **change), by="coordinator_01").code == code


def test_a_consent_of_tomorrow_is_refused_by_the_sites_calendar(trial: World) -> None:
    tomorrow = trial.clock.now().date() + timedelta(days=1)
    assert trial.refusal(screen, screening(trial, consent_on=tomorrow), by="coordinator_01").code == "date_in_future"
    trial.clock.advance(timedelta(hours=16))  # tomorrow has begun in Beijing, not yet in UTC
    assert trial.clock.now().date() < tomorrow
    screened(trial, consent_on=tomorrow)


@pytest.mark.parametrize("by", ["pharmacist_01", "monitor", "trial_manager", "administrator"])
def test_others_screen_nobody(trial: World, by: str) -> None:
    assert trial.refusal(screen, screening(trial), by=by).code == "role_not_allowed"


def test_a_site_that_does_not_recruit_screens_nobody(trial: World) -> None:
    site = SiteOrder(site="01")
    pause = PauseSite(site="01", what="randomization", reason="The freezer failed")
    trial.do(pause_site, pause, by="trial_manager")
    screened(trial)  # a pause of randomization does not stop screening
    another = screening(trial, identity_document="ANOTHER-1")
    trial.do(close_recruitment, site, by="trial_manager")
    assert trial.refusal(screen, another, by="coordinator_01").code == "site_inactive"
    trial.do(close_site, CloseSite(site="01", reason="The end"), by="trial_manager")
    assert trial.refusal(screen, another, by="coordinator_01").facts["state"] == "closed"


def test_a_screen_failure_is_screened_again_under_a_new_number(trial: World) -> None:
    first = screened(trial)
    again = screening(trial, rescreen_of=first.id)
    refused = trial.refusal(screen, again, by="coordinator_01")
    assert (refused.code, refused.facts["number"]) == ("rescreen_state", "01-0001")
    trial.do(screen_fail, Leave(participant=first.id, reason="An infection"), by="investigator_01")
    assert trial.refusal(screen, screening(trial), by="coordinator_01").facts == {"here": "01-0001"}
    other = screening(trial, rescreen_of=first.id, identity_document="ANOTHER-1")
    assert trial.refusal(screen, other, by="coordinator_01").code == "rescreen_of_another"
    elsewhere = screening(trial, site="02", rescreen_of=first.id)
    assert trial.refusal(screen, elsewhere, by="coordinator_02").code == "not_found"
    second = trial.do(screen, again, by="coordinator_01")
    assert second.screening_number == "01-0002"
    assert trial.row(Participant, id=second.id).rescreen_of == first.id
    assert trial.last_audit().participant == second.id, "the trail names whom the act brought in, not the earlier row"
    assert trial.row(Participant, id=first.id).state == "screen_failed"
    assert trial.refusal(screen, again, by="coordinator_01").code == "already_screened", "one live row a person"


def test_who_has_withdrawn_is_not_screened_again(trial: World) -> None:
    first = screened(trial)
    trial.do(withdraw, Withdraw(participant=first.id, reason="Moved away"), by="coordinator_01")
    assert trial.refusal(screen, screening(trial), by="coordinator_01").code == "already_screened"
    again = screening(trial, rescreen_of=first.id)
    assert trial.refusal(screen, again, by="coordinator_01").code == "rescreen_state"


def test_at_once_numbers_have_no_hole_and_a_person_one_live_row(trial: World) -> None:
    jobs = [
        (f"coordinator_{site}", screening(trial, site=site, identity_document=document))
        for site in ("01", "02")
        for document in ("SAMEPERSON", f"{site}PERSON1", f"{site}PERSON2", f"{site}PERSON3")
    ]
    for by, _ in jobs:
        trial.actor(by)

    def attempt(job: tuple[str, Screen]) -> str:
        try:
            return str(trial.do(screen, job[1], by=job[0]).screening_number)
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(attempt, jobs))
    assert answers.count("already_screened") == 1
    for site in ("01", "02"):
        numbers = [one for one in answers if one.startswith(f"{site}-")]
        assert numbers == [f"{site}-{count:04d}" for count in range(1, len(numbers) + 1)]
    assert len(trial.rows(Participant)) == len(jobs) - 1
