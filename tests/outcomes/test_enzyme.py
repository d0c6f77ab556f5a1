"""The enzyme that is followed is fixed when the baseline is recorded; another baseline alone makes another choice."""

import pytest

from irt.outcomes.capture import correct, record
from irt.outcomes.tables import EnzymeChoice
from tests.outcomes.sheets import ENZYMES, correction, sheet, sources
from tests.treated import Patient, treated

BY = "coordinator_01"


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url)


def chosen(one: Patient) -> list[tuple[int, str | None]]:
    rows = sorted(one.world.rows(EnzymeChoice, participant=one.id), key=lambda row: row.revision)
    return [(row.revision, row.enzyme) for row in rows]


def test_it_is_fixed_at_baseline_and_stays(one: Patient) -> None:
    one.world.do(record, sheet(one, readings=sources()), by=BY)
    assert chosen(one) == [(1, "ck")]
    one.on_day(85)
    later = sheet(one, "W12", one.day(85), readings=sources(ldh="9000"))
    one.world.do(record, later, by=BY)
    assert chosen(one) == [(1, "ck")], "it is followed, whatever rises later"


def test_a_corrected_baseline_chooses_again(one: Patient) -> None:
    one.world.do(record, sheet(one, readings=sources()), by=BY)
    one.world.do(correct, correction(one, "muscle_enzymes", ENZYMES | {"alt": "41"}), by=BY)
    assert chosen(one) == [(1, "ck")], "the same choice is no revision"
    one.world.do(correct, correction(one, "muscle_enzymes", ENZYMES | {"ck": "140"}, revision=3), by=BY)
    assert chosen(one) == [(1, "ck"), (2, "ast")]
    one.world.do(correct, correction(one, "muscle_enzymes", {}, revision=4), by=BY)
    assert chosen(one) == [(1, "ck"), (2, "ast"), (3, None)]
