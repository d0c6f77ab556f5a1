"""Sheets of a visit filled in, and codes for the participant's page, as the doors hand them to the acts."""

from datetime import date
from typing import Any

from irt.entropy import new_id
from irt.outcomes.capture import Sheet, rate, record
from irt.outcomes.forms import keys_of
from irt.outcomes.kiosk import AnswerKiosk, OpenKiosk, open_kiosk
from irt.study import Instrument
from tests.cast import World
from tests.treated import Patient

ANSWERS = {
    "patient_global.vas": "4.2", "haq.dressing": "1", "haq.arising": "0", "haq.eating": "0", "haq.walking": "2",
    "haq.hygiene": "1", "haq.reach": "1", "haq.grip": "3",
}  # fmt: skip


def least(instrument: Instrument) -> dict[str, str]:
    """An accepted value for each key of an instrument: the first choice, the least number."""
    keys = keys_of(instrument).items()
    return {key: one.choices[0] if one.type == "choice" else str(one.minimum) for key, one in keys}


def sheet(one: Patient, visit: str, *instruments: str, on: date | None = None, **other: str) -> Sheet:
    """The order for these instruments, each with accepted values; `other`: values by `instrument__key`."""
    study = one.world.study
    values = {f"{name}.{key}": text for name in instruments for key, text in least(study.instrument(name)).items()}
    values |= {name.replace("__", "."): text for name, text in other.items()}
    return Sheet(participant=one.id, visit=visit, assessed_on=on or one.day_1, readings=values)


def rated(one: Patient, visit: str = "W0", on: date | None = None) -> None:
    """Every instrument of the two raters of a visit is rated."""
    one.world.do(rate, sheet(one, visit, "mmt8", "cdasi", on=on), by="assessor_01")
    one.world.do(rate, sheet(one, visit, "physician_global", "mdaat", on=on), by="physician_assessor_01")


def transcribed(one: Patient, visit: str = "W0", *instruments: str) -> None:
    """The coordinator records what the participant wrote on paper."""
    one.world.do(record, sheet(one, visit, *(instruments or ("haq", "patient_global"))), by="coordinator_01")


def wanted(one: Patient, by: str = "coordinator_01", visit: str = "W0") -> tuple[OpenKiosk, str]:
    """The order for a code, and the code."""
    world: World = one.world
    minted = world.service.credentials.new_kiosk_code(world.actor(by))
    order = OpenKiosk(participant=one.id, visit=visit, code=new_id(world.entropy), digest=minted.digest)
    return order, minted.code


def opened(one: Patient, by: str = "coordinator_01", visit: str = "W0") -> str:
    """A code is open; answers its id."""
    order, _code = wanted(one, by, visit)
    one.world.do(open_kiosk, order, by=by)
    return order.code


def answers(code: str, **other: Any) -> AnswerKiosk:
    """The order for the usual answers."""
    return AnswerKiosk(code=code, readings=ANSWERS | {name.replace("__", "."): text for name, text in other.items()})
