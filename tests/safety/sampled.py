"""Samples of a participant under treatment, through the acts; events as rows, for the acts that tell them are apart."""

from datetime import date
from typing import Any

from irt.entropy import new_id
from irt.gate.tables import SignatureRow
from irt.participants.baseline import CorrectBaseline, correct_baseline
from irt.safety.laboratory import RecordLabs, record_labs
from irt.safety.tables import AdverseEvent, EventVersion
from tests.cast import World
from tests.treated import Patient, treated

LIMITS = {"alt": "40", "ast": "40", "ggt": "60", "bilirubin": "20", "alp": "120", "creatinine": "100"}


def normal(database_url: str, *sites: str) -> Patient:
    """Under treatment since today; ALT was 30 and AST 100 of 40 at baseline."""
    one = treated(database_url, *sites)
    values = {"alt": "30", "alt_uln": "40", "ast": "100", "ast_uln": "40"}
    one.world.do(
        correct_baseline, CorrectBaseline(participant=one.id, values=values, reason="as printed"), by="coordinator_01"
    )
    return one


def labs(one: Patient, day: int, **values: str) -> RecordLabs:
    """The order for a sample of a study day with these values of the usual limits."""
    upper = {name: LIMITS[name] for name in values if name in LIMITS}
    lower = {"platelets": "125"} if "platelets" in values else {}
    return RecordLabs(participant=one.id, taken_on=one.day(day), values=values, lower=lower, upper=upper)


def sampled(one: Patient, day: int, **values: str) -> int:
    """A sample that the coordinator recorded; answers its number."""
    return int(one.world.do(record_labs, labs(one, day, **values), by="coordinator_01").number)


def happened(world: World, participant: str, site: str, onset: date, **other: Any) -> str:
    """An adverse event is there, as if it had been reported; answers its id."""
    number = len(world.rows(AdverseEvent, participant=participant)) + 1
    event = new_id(world.entropy)
    of = {"participant": participant, "site": site}
    now = world.clock.now()
    world.put(AdverseEvent, id=event, **of, number=number, opened_at=now, opened_by="nobody")
    tell(world, event, participant, site, onset, **other)
    return event


def tell(world: World, event: str, participant: str, site: str, onset: date, **other: Any) -> None:
    """One more version of an event is there, as if it had been followed up."""
    version, now = len(world.rows(EventVersion, event=event)) + 1, world.clock.now()
    signature = new_id(world.entropy)
    world.put(
        SignatureRow, id=signature, account="nobody", name="Nobody", act="none", meaning="none", body="none",
        signed_at=now, seal="none",
    )  # fmt: skip
    told = {
        "stands": True, "verbatim": "felt unwell", "term": None, "grade": 1, "ended_on": None, "seriousness": [],
        "causality_drug": "possible", "causality_procedure": "unrelated", "action": "none", "outcome": "recovering",
        "reporter": "participant", "onset_at": None, "ended_at": None, "treatment": None, "last_dose_on": None,
        "last_dose_at": None, "last_kit": None,
    }  # fmt: skip
    world.put(
        EventVersion, id=new_id(world.entropy), event=event, participant=participant, site=site, version=version,
        onset_on=onset, why=None if version == 1 else "more is known", aware_at=now, recorded_at=now,
        recorded_by="nobody", signature=signature, **{**told, **other},
    )  # fmt: skip
