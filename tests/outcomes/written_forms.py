"""Plain values of every instrument, and what tests record of them through the acts."""

from datetime import date, timedelta
from typing import Any

from irt.outcomes.capture import CorrectForm, Sheet, correct, rate, rated_by, record
from irt.outcomes.forms import keys_of
from irt.outcomes.tables import OutcomeForm
from irt.study import Study
from tests.cast import World
from tests.wiring import study_of_tests

PLAIN = {
    "ck": "900", "ck_uln": "200", "aldolase": "12.5", "aldolase_uln": "7.6", "ldh": "320", "ldh_uln": "250",
    "ast": "60", "ast_uln": "40", "alt": "50", "alt_uln": "40", "fvc": "80", "dlco": "70", "ild": "absent",
    "drug": "prednisone", "dose": "10", "neck_flexors": "6", "activity": "30", "damage": "4", "vas": "5.5",
}  # fmt: skip


def plain(instrument: str, study: Study | None = None, **other: str) -> dict[str, str]:
    """Values that break no check: those of PLAIN, else the least."""
    one = (study or study_of_tests()).instrument(instrument)
    found = {
        key: PLAIN.get(key, field.choices[0] if field.choices else str(field.minimum))
        for key, field in keys_of(one).items()
    }
    return {**found, **other}


def who_rates(instrument: str, site: str = "01") -> str:
    """The member of the cast who answers for an instrument."""
    return f"{rated_by(study_of_tests().instrument(instrument))}_{site}"


def sheet(participant: str, visit: str, on: date, **forms: dict[str, str]) -> Sheet:
    """These instruments of one visit."""
    readings = {f"{name}.{key}": text for name, values in forms.items() for key, text in values.items()}
    return Sheet(participant=participant, visit=visit, assessed_on=on, readings=readings)


def written(world: World, participant: str, visit: str, instrument: str, on: date | None = None, **other: str) -> Any:
    """A form with plain values but these is recorded by whoever answers for it; answers its row."""
    day = on or world.clock.now().date()
    order = sheet(participant, visit, day, **{instrument: plain(instrument, **other)})
    by = who_rates(instrument)
    world.do(record if by.startswith("coordinator") else rate, order, by=by)
    return latest(world, participant, visit, instrument)


def corrected(world: World, participant: str, visit: str, instrument: str, **other: str) -> Any:
    """The same form is put right to plain values but these, a minute later; answers its row."""
    world.clock.advance(timedelta(minutes=1))
    before = latest(world, participant, visit, instrument)
    order = CorrectForm(
        participant=participant, visit=visit, instrument=instrument, assessed_on=before.assessed_on,
        readings=plain(instrument, **other), revision=before.revision + 1, reason="an invented slip",
    )  # fmt: skip
    world.do(correct, order, by=who_rates(instrument))
    return latest(world, participant, visit, instrument)


def latest(world: World, participant: str, visit: str, instrument: str) -> Any:
    """The form that counts."""
    found = world.rows(OutcomeForm, participant=participant, visit=visit, instrument=instrument)
    return max(found, key=lambda row: int(row.revision))
