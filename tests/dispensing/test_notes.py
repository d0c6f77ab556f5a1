"""The note to file: signed by the site's investigator, uncovered by what happens later, signed again."""

from datetime import timedelta

import pytest

from irt.dispensing.counting import Counts
from irt.dispensing.ending import SignNote, recover, sign_note
from irt.dispensing.returns import ReturnKit, return_kit
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
    trial.do(sign_note, SignNote(mishap=told), by=INVESTIGATOR)
    row = mishap(trial, told)
    signature = trial.row(SignatureRow, id=row.note_signature)
    assert signature.meaning == "I have read this note to file and it is true"
    assert trial.refusal(sign_note, SignNote(mishap=told), by=INVESTIGATOR).code == "note_signed"
    trial.clock.advance(timedelta(minutes=1))
    trial.do(recover, back(trial, told, Counts(trial.study.kit.vials, 0, 0, 0)), by=PHARMACIST)
    trial.clock.advance(timedelta(minutes=1))
    trial.do(sign_note, SignNote(mishap=told), by=INVESTIGATOR)
    assert mishap(trial, told).note_signature != row.note_signature


def test_the_right_box_comes_back_in_its_time_and_the_note_stays_signed(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    right = ask(trial, one)
    told = reported(trial, one, shelf(trial)[0], box="recovered")
    give(trial, one, right)
    trial.clock.advance(timedelta(minutes=1))
    trial.do(sign_note, SignNote(mishap=told), by=INVESTIGATOR)
    trial.clock.advance(timedelta(days=20))
    counted = ReturnKit(
        participant=one.id, kit=right, returned_on=today(trial), unused=0, used=trial.study.kit.vials, broken=0, lost=0
    )
    trial.do(return_kit, counted, by=PHARMACIST)
    assert trial.refusal(sign_note, SignNote(mishap=told), by=INVESTIGATOR).code == "note_signed"


def test_only_the_sites_investigator_signs(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    order = SignNote(mishap=reported(trial, one, shelf(trial)[0]))
    assert trial.refusal(sign_note, order, by="investigator_02").code == "not_found"
    for by in (PHARMACIST, "coordinator_01", "monitor"):
        assert trial.refusal(sign_note, order, by=by).code == "role_not_allowed"
