"""Errors planted in the vials' books through the gate: each is named by `irt verify`, and only by these checks."""

from collections.abc import Iterator

import pytest

from tests.assurance import plant_envelopes, plant_events, plant_lock, plant_outcomes, plant_quality, plant_queries
from tests.assurance.lived import Trial, closing, secrets
from tests.assurance.plant_accountability import naming, plant
from tests.assurance.plantings import PLANTINGS, kept
from tests.databases import Database

BOOKS = {
    "exposed_kit",
    "lot",
    "kit",
    "movement",
    "kit_return",
    "discrepancy",
    "dose",
    "disposal",
    "participant",
    "assignment",
    "kit_allowance",
    "adverse_event",
    "event_version",
    "event_opinion",
    "event_told",
    "susar_candidate",
    "clock_reminder",
    "opening",
    "envelope",
    "envelope_fate",
    "query",
    "query_message",
    "outcome_form",
    "laboratory_result",
    "enzyme_choice",
    "kiosk_code",
    "interfering_medication",
    "adjudication",
    "study",
    "lock_step",
    "lock_request",
    "lock_signature",
    "release",
    "release_again",
    "release_opening",
    "handover",
    "population_decision",
    "blind_review",
}


@pytest.fixture
def trial(database: Database) -> Iterator[Trial]:
    lived = kept(database.url)
    yield lived
    closing(lived)


def test_books_in_order_are_ok_and_at_least_twenty_errors_are_planted(trial: Trial) -> None:
    assert trial.verify() == []
    assert plant_quality.__doc__
    assert plant_events.__doc__
    assert plant_envelopes.__doc__
    assert plant_queries.__doc__
    assert plant_outcomes.__doc__
    assert plant_lock.__doc__
    assert len(PLANTINGS) >= 120


@pytest.mark.parametrize("text", PLANTINGS)
def test_an_error_is_named(trial: Trial, text: str) -> None:
    named, found = plant(trial, text)
    assert naming(named, found), found
    assert {one.table for one in found} <= BOOKS, "the audit trail agrees: only the books can tell"
    assert not [secret for secret in secrets() if secret in repr(found)]
