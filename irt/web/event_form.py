"""The form of an adverse event: the term list first, then what happened, then what is thought of it."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from irt.clock import local_day, local_time
from irt.dispensing.adherence import GIVEN
from irt.dispensing.course import latest_doses
from irt.dispensing.tables import Dose
from irt.participants.tables import Participant
from irt.safety.facts import HIGHEST
from irt.safety.tables import EventTold, EventVersion
from irt.web import event_words, records, texts, words
from irt.web.asking import Field
from irt.web.wired import service

USUAL = {"reporter": "participant"}  # where nothing is known yet: what is judged, and since when it is known, is asked
AS_TEXT = (
    "term", "verbatim", "grade", "onset_on", "onset_at", "outcome", "ended_on", "ended_at", "causality_drug",
    "causality_procedure", "action", "treatment", "reporter",
)  # fmt: skip


def fields(values: Mapping[str, str]) -> tuple[Field, ...]:
    """Every field of the form, filled in with what is known."""
    known = {**USUAL, **values}
    grades = tuple((str(grade), str(grade)) for grade in range(1, HIGHEST + 1))
    version = service().study.safety.ctcae_version
    found = (
        Field("term", "choice", choices=_terms(), hint=_("Empty: any other, in words below."), optional=True),
        Field("verbatim", hint=_("Chinese or English, as it was told.")),
        Field("grade", "radio", choices=grades, hint=_("CTCAE %(version)s", version=version)),
        Field("onset_on", "day"),
        Field("onset_at", "time", optional=True),
        Field("seriousness", "checks", choices=tuple(event_words.SERIOUSNESS.items()), optional=True,
              hint=_("Nothing ticked: not serious. Severe is not the same as serious.")),
        Field("causality_drug", "radio", choices=tuple(event_words.CAUSALITIES.items())),
        Field("causality_procedure", "radio", choices=tuple(event_words.CAUSALITIES.items())),
        Field("action", "radio", choices=tuple(event_words.DRUG_ACTIONS.items())),
        Field("treatment", optional=True),
        Field("outcome", "radio", words.field("event_outcome"), choices=tuple(event_words.EVENT_OUTCOMES.items())),
        Field("ended_on", "day", optional=True),
        Field("ended_at", "time", optional=True),
        Field("reporter", "radio", choices=tuple(event_words.REPORTERS.items())),
    )  # fmt: skip
    filled = (Field(**{**vars(one), "value": known.get(one.name, one.value)}) for one in found)
    return *filled, *known_since(values)


def known_since(values: Mapping[str, str] | None = None) -> tuple[Field, ...]:
    """Since when the site knows: asked, unless it is known by a note."""
    known = values or {}
    hint = _(
        "When anybody of the site's team first knew of it. The time for the report is counted from the "
        "earliest that was told."
    )
    return (
        Field("aware_on", "day", value=known.get("aware_on", ""), hint=hint),
        Field("aware_at", "time", value=known.get("aware_at", "")),
    )


def as_heard(row: EventTold) -> dict[str, str]:
    """What is known of an event that was heard of."""
    zone = texts.zone_of(row.site)
    return {
        "verbatim": row.told,
        "aware_on": local_day(row.aware_at, zone).isoformat(),
        "aware_at": local_time(row.aware_at, zone),
    }


def as_suggested(named: Mapping[str, str]) -> dict[str, str]:
    """What a laboratory value suggests: a term, its grade and the day of the sample. The person judges all of it."""
    terms = {one.id: texts.said(one.term) for one in service().study.adverse_event_terms}
    term = named.get("term", "")
    known = {"term": term, "verbatim": terms.get(term, ""), "grade": named.get("grade", "")}
    return {**known, "onset_on": named.get("onset", ""), "reporter": "laboratory"}


def as_recorded(version: EventVersion) -> dict[str, str]:
    """A version as the form shows it; since when what is new is known, is asked anew, or is known by a note."""
    told = {name: getattr(version, name) for name in AS_TEXT}
    return {name: str(value) for name, value in told.items() if value is not None} | {
        "seriousness": ",".join(version.seriousness)
    }


def last_dose_words(session: Session, person: Participant) -> str:
    """What the act will find in the diary."""
    lines = latest_doses(records.rows(session, Dose, participant=person.id)).values()
    given = [row for row in lines if row.outcome in GIVEN]
    if not given:
        return str(_("No dose is recorded. The last dose before the onset is filled in from the diary."))
    last = max(given, key=lambda row: (row.taken_on, row.taken_at or "", row.number))
    said = _(
        "Last dose recorded: %(day)s %(time)s, kit %(kit)s. The one before the onset is filled in from the diary.",
        day=last.taken_on, time=last.taken_at or "", kit=last.kit,
    )  # fmt: skip
    return " ".join(str(said).split())


def _terms() -> tuple[tuple[str, str], ...]:
    """The study's terms with the grades that each may take."""
    terms = service().study.adverse_event_terms
    return tuple((one.id, f"{texts.said(one.term)} ({', '.join(map(str, one.grades))})") for one in terms)
