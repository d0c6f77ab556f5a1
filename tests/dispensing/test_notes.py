"""The note to file: signed by the site's investigator, uncovered by what happens later, signed again."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from irt.dispensing.counting import Counts
from irt.dispensing.ending import recover, sign_note
from irt.dispensing.returns import ReturnKit, return_kit
from irt.dispensing.tables import Mishap
from irt.gate.rows import table_of
from irt.gate.tables import SignatureRow
from tests.cast import World
from tests.dispensing.mishapped import (
    INVESTIGATOR,
    PHARMACIST,
    ask,
    at_second_visit,
    back,
    give,
    mishap,
    read_note,
    reported,
    shelf,
    today,
)  # fmt: skip
from tests.stocked import running_trial


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def test_a_note_is_signed_once_until_something_changes(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    told = reported(trial, one, shelf(trial)[0])
    trial.clock.advance(timedelta(minutes=1))
    trial.do(sign_note, read_note(trial, told), by=INVESTIGATOR)
    row = mishap(trial, told)
    signature = trial.row(SignatureRow, id=row.note_signature)
    assert signature.meaning == "I have read this note to file and it is true"
    assert trial.refusal(sign_note, read_note(trial, told), by=INVESTIGATOR).code == "note_signed"
    trial.clock.advance(timedelta(minutes=1))
    trial.do(recover, back(trial, told, Counts(trial.study.kit.vials, 0, 0, 0)), by=PHARMACIST)
    trial.clock.advance(timedelta(minutes=1))
    trial.do(sign_note, read_note(trial, told), by=INVESTIGATOR)
    assert mishap(trial, told).note_signature != row.note_signature


def test_the_right_box_comes_back_in_its_time_and_the_note_stays_signed(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    right = ask(trial, one)
    told = reported(trial, one, shelf(trial)[0], box="recovered")
    give(trial, one, right)
    trial.clock.advance(timedelta(minutes=1))
    trial.do(sign_note, read_note(trial, told), by=INVESTIGATOR)
    trial.clock.advance(timedelta(days=20))
    counted = ReturnKit(
        participant=one.id, kit=right, returned_on=today(trial), unused=0, used=trial.study.kit.vials, broken=0, lost=0
    )
    trial.do(return_kit, counted, by=PHARMACIST)
    assert trial.refusal(sign_note, read_note(trial, told), by=INVESTIGATOR).code == "note_signed"


def test_only_the_sites_investigator_signs(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    order = read_note(trial, reported(trial, one, shelf(trial)[0]))
    assert trial.refusal(sign_note, order, by="investigator_02").code == "not_found"
    for by in (PHARMACIST, "coordinator_01", "monitor"):
        assert trial.refusal(sign_note, order, by=by).code == "role_not_allowed"


def test_a_note_that_changed_after_it_was_read_is_not_signed(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    told = reported(trial, one, shelf(trial)[0])
    read = read_note(trial, told)
    trial.do(recover, back(trial, told, Counts(3, 5, 5, 5)), by=PHARMACIST)
    assert trial.refusal(sign_note, read, by=INVESTIGATOR).code == "note_changed"
    assert mishap(trial, told).note_signed_at is None
    again = read_note(trial, told)
    assert again != read
    trial.do(sign_note, again, by=INVESTIGATOR)
    assert mishap(trial, told).note_covers == again.covers


def test_what_was_written_at_the_moment_of_the_signature_uncovers_it_too(trial: World) -> None:
    """The act that moved the box may have begun before the signature and ended after it: its time says nothing."""
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    told = reported(trial, one, shelf(trial)[0])
    read = read_note(trial, told)
    trial.do(sign_note, read, by=INVESTIGATOR)
    trial.do(recover, back(trial, told, Counts(trial.study.kit.vials, 0, 0, 0)), by=PHARMACIST)
    table = table_of(Mishap)
    with trial.database.writing() as connection:
        later = trial.clock.now() + timedelta(minutes=1)
        connection.execute(update(table).where(table.c.id == told).values(note_signed_at=later))
    trial.do(sign_note, read_note(trial, told), by=INVESTIGATOR)
    assert mishap(trial, told).note_covers != read.covers
