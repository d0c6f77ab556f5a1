"""The pages of the laboratory, of coding and of pooled safety to look at: samples by the acts, events as rows."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select

from irt.db import Base
from irt.entropy import new_id
from irt.gate.rows import table_of
from irt.gate.tables import SignatureRow
from irt.participants.tables import Participant
from irt.safety.coding import CodeEvent, code_event, import_dictionary
from irt.safety.laboratory import CorrectLabs, DismissLabs, RecordLabs, correct_labs, dismiss_labs, record_labs
from irt.safety.tables import AdverseEvent, EventVersion
from irt.safety.withheld import RecordWithheld, record_withheld
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk
from tests.journeys.shot import Shot
from tests.safety.dictionary import release

UPPER = {"alt": "40", "ast": "40", "ggt": "60", "bilirubin": "21", "alp": "125", "creatinine": "97", "platelets": "350"}
SAMPLES = (
    (3, {"alt": "38", "ast": "44.5", "ggt": "41", "bilirubin": "9.8", "alp": "88", "creatinine": "61",
         "platelets": "231"}),
    (17, {"alt": "251", "ast": "190", "ggt": "58", "bilirubin": "12", "alp": "90", "creatinine": "64",
          "platelets": "96"}),
    (31, {"alt": "410", "ast": "302", "ggt": "188", "bilirubin": "47.5", "alp": "131"}),
)  # fmt: skip
TOLD = (  # study day, term, grade, words, serious
    (2, "injection_site_reaction", 1, "redness where it was injected", False), (3, "fever", 1, "发热 38.2 ℃", False),
    (4, "flu_like", 2, "felt as with influenza", False), (6, "injection_site_reaction", 2, "硬结", False),
    (9, None, 1, "felt invented", False), (12, "rash", 2, "itching rash on both arms", False),
    (15, "lung_infection", 3, "pneumonia", True), (19, "fever", 3, "39.6 ℃ for two days", False),
    (24, "alt_increased", 2, "ALT 170", False), (26, None, 2, "Itch, invented", False),
)  # fmt: skip


def safety_shots(desk: Desk, cast: Cast, site: str) -> Iterator[Shot]:
    """Leave samples and events of a site's participants, and name the pages by who works with them."""
    people = [one for one in _rows(desk, cast, Participant, site=site) if one.first_dose_on is not None]
    person = min(people, key=lambda one: one.first_dose_on)
    _samples(desk, cast, site, person)
    for place, one in enumerate(_rows(desk, cast, Participant)):
        if one.first_dose_on is not None:
            for day, *told in TOLD[place % 5 :: 3]:
                _tell(desk, one, one.first_dose_on + timedelta(day - 1), *told)
    event = _code(desk, cast)
    of = f"/participants/{person.id}/labs"
    pages = {
        ("coordinator", site): {"labs-record": f"{of}/record", "labs-correct": f"{of}/3/correct"},
        ("investigator", site): {
            "labs": f"{of}/", "labs-dismiss": f"{of}/2/ast/dismiss?grade=2", "labs-withheld": f"{of}/withheld",
            "labs-withheld-form": f"{of}/withheld/eosinophils/record",
        },
        ("data_manager", None): {"coding": "/coding/", "coding-event": f"/coding/{event}?q=invented"},
        ("medical_monitor", None): {"safety": "/safety/", "safety-pooled": "/safety/pooled"},
    }  # fmt: skip
    for (role, at), addresses in pages.items():
        yield from (Shot(name, role, at, path) for name, path in addresses.items())


def _rows(desk: Desk, cast: Cast, model: type[Base], **equal: Any) -> list[Any]:
    with desk.service.database.reading(cast.one("auditor")) as session:
        return list(session.scalars(select(model).filter_by(**equal)))


def _samples(desk: Desk, cast: Cast, site: str, person: Any) -> None:
    coordinator, investigator = cast.at(site, "coordinator"), cast.at(site, "investigator")
    for day, values in SAMPLES:
        taken_on = person.first_dose_on + timedelta(day - 1)
        upper = {name: UPPER[name] for name in values}
        lower = {"platelets": "125"} if "platelets" in values else {}
        told = {"participant": person.id, "taken_on": taken_on, "values": values, "lower": lower, "upper": upper}
        desk.do(coordinator, record_labs, RecordLabs(**told))
        sealed = {"participant": person.id, "analyte": "eosinophils", "taken_on": taken_on}
        desk.do(investigator, record_withheld, RecordWithheld(**sealed, value=f"0.{day + 20}", upper="0.45"))
    told["values"] = {**values, "bilirubin": "48.5"}
    desk.do(coordinator, correct_labs, CorrectLabs(**told, sample=3, reason="copied from the line above"))
    no = {"participant": person.id, "sample": 2, "analyte": "platelets", "grade": 1}
    desk.do(investigator, dismiss_labs, DismissLabs(**no, reason="clumped in the tube, 210 in citrate"))


def _code(desk: Desk, cast: Cast) -> str:
    manager = cast.one("data_manager")
    dictionary = desk.do(manager, import_dictionary, release()).answer.dictionary
    told = sorted(_rows(desk, cast, EventVersion, verbatim="felt invented"), key=lambda row: row.event)
    order = CodeEvent(event=told[0].event, dictionary=dictionary, llt_code="99000001")
    desk.do(manager, code_event, order)
    return str(told[1].event)


def _tell(desk: Desk, person: Any, onset: date, term: str | None, grade: int, verbatim: str, serious: bool) -> None:
    entropy, now = desk.service.entropy, desk.clock.now()
    event, signature = new_id(entropy), new_id(entropy)
    of = {"participant": person.id, "site": person.site}
    rows: list[tuple[type[Base], dict[str, Any]]] = [
        (SignatureRow, {"id": signature, "account": "nobody", "name": "Nobody", "act": "none", "meaning": "none",
                        "body": "none", "signed_at": now, "seal": "none"}),
        (AdverseEvent, {"id": event, **of, "number": 500 + onset.toordinal() % 400 + grade * 400, "opened_at": now,
                        "opened_by": "nobody"}),
        (EventVersion, {"id": new_id(entropy), "event": event, **of, "version": 1, "stands": True, "verbatim": verbatim,
                        "term": term, "grade": grade, "onset_on": onset, "causality_drug": "possible",
                        "seriousness": ["hospitalization"] if serious else [], "causality_procedure": "unrelated",
                        "action": "none", "outcome": "recovering", "reporter": "participant", "aware_at": now,
                        "recorded_at": now, "recorded_by": "nobody", "signature": signature}),
    ]  # fmt: skip
    with desk.service.database.writing() as connection:
        for model, values in rows:
            connection.execute(insert(table_of(model)), values)
