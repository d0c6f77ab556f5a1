"""Errors about outcomes, planted through the gate in the trial of `plantings`."""

from decimal import Decimal
from typing import Any

from irt.gate.act import Act
from irt.outcomes.intercurrent_tables import Adjudication, InterferingMedication
from irt.outcomes.tables import EnzymeChoice, KioskCode, LaboratoryResult, OutcomeForm
from tests.assurance.plantings import Named, planting


def _again(act: Act, model: Any, row: str, **other: Any) -> Named:
    """The same row once more, but for this."""
    before = act.find(model, lock=False, id=row)._asdict()
    key = act.add(model, **before | {"id": "plant", "revision": 2} | other)
    return str(model.__tablename__), key


@planting("a revision of a form is left out")
def _form(act: Act) -> Named:
    return _again(act, OutcomeForm, "of1", revision=3, reason="planted")


@planting("a form is a draft again")
def _draft(act: Act) -> Named:
    return _again(act, OutcomeForm, "of1", state="draft", signature=None)


@planting("a rater's judgement without a signature")
def _unsigned(act: Act) -> Named:
    return _again(act, OutcomeForm, "of1", reason="planted", signature=None)


@planting("a code was answered, and no form came of it")
def _unanswered(act: Act) -> Named:
    act.change(KioskCode, act.find(KioskCode, id="kc1"), state="answered", ended_at=act.now)
    return "kiosk_code", "kc1"


@planting("a revision of a laboratory's result is left out")
def _result(act: Act) -> Named:
    return _again(act, LaboratoryResult, "lr1", revision=3, why="transcription")


@planting("a revision of a medication is left out")
def _medication(act: Act) -> Named:
    return _again(act, InterferingMedication, "im1", revision=3, reason="planted")


@planting("a number of a participant's medications is left out")
def _medication_number(act: Act) -> Named:
    return _again(act, InterferingMedication, "im1", revision=1, number=3)


@planting("a judgement of an event is left out")
def _adjudication(act: Act) -> Named:
    return _again(act, Adjudication, "ad1", revision=3)


@planting("another enzyme is followed than the most abnormal")
def _enzyme(act: Act) -> Named:
    return _again(act, EnzymeChoice, "en1", enzyme="ldh")


@planting("the enzyme that is followed has another upper limit than at the first visit")
def _limit(act: Act) -> Named:
    return _again(act, EnzymeChoice, "en1", upper_limit=Decimal(100))


@planting("a revision of the enzyme's choice is left out")
def _choice(act: Act) -> Named:
    return _again(act, EnzymeChoice, "en1", revision=3)


@planting("the first visit was corrected, and the enzyme was not chosen anew")
def _not_chosen(act: Act) -> Named:
    _again(act, OutcomeForm, "oe1", readings={"ck": "900", "ck_uln": "250"}, reason="planted")
    return "enzyme_choice", "en1"


@planting("enzymes were measured at the first visit, and none was chosen")
def _none_chosen(act: Act) -> Named:
    _again(act, OutcomeForm, "oe1", participant="p3", revision=1)
    return "enzyme_choice", "of participant p3"
