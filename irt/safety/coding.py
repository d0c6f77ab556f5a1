"""A dictionary comes in whole or not at all, and events are coded by it; an earlier code stays beside the later one."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Reason
from irt.gate.state import CLEANING
from irt.participants.state import find_participant
from irt.safety.dictionary_tables import Dictionary, DictionaryTerm, EventCode
from irt.safety.meddra import FILES, MOST_SHOWN, read_terms
from irt.safety.tables import AdverseEvent, EventVersion

Content = Annotated[Base64Bytes, Field(repr=False, json_schema_extra={"recorded": False})]


class ImportDictionary(Order):
    """The three files of a release; the trail keeps their digest and nothing of what they say."""

    version: Code
    language: Literal["en", "zh"]
    encoding: Literal["utf-8", "gb18030", "latin-1"] = "utf-8"
    llt: Content
    pt: Content
    mdhier: Content

    @staticmethod
    def encoded(files: Mapping[str, bytes]) -> dict[str, bytes]:
        """The fields for the bytes of the files, which are given by their names."""
        return {name.partition(".")[0]: b64encode(files[name]) for name in FILES}


class ImportedDictionary(BaseModel):
    """How many terms came in."""

    model_config = ConfigDict(frozen=True)
    dictionary: str
    terms: int


class CodeEvent(Order):
    """The event, and the lowest level term of a dictionary that says what it was; why, when it was coded before."""

    event: Code
    dictionary: Code
    llt_code: Code
    reason: Reason | None = None


@act("meddra.import", roles=[Role.DATA_MANAGER], during=("setup", *CLEANING))
def import_dictionary(act: Act, order: ImportDictionary) -> ImportedDictionary:
    """Take in a release of MedDRA in one language, once. Refused: dictionary_known, dictionary_mistakes."""
    if act.rows(Dictionary, version=order.version, language=order.language):
        act.refuse("dictionary_known", version=order.version)
    files = dict(zip(FILES, (order.llt, order.pt, order.mdhier), strict=True))
    terms, mistakes = read_terms(files, order.encoding)
    if mistakes:
        more = [f"… and {len(mistakes) - MOST_SHOWN} more"] if len(mistakes) > MOST_SHOWN else []
        act.refuse("dictionary_mistakes", mistakes=[*map(str, mistakes[:MOST_SHOWN]), *more])
    dictionary = new_id(act.entropy)
    act.add(
        Dictionary, id=dictionary, version=order.version, language=order.language,
        sha256=sha256(b"".join(files.values())).hexdigest(), terms=len(terms), imported_at=act.now,
        imported_by=act.actor.account,
    )  # fmt: skip
    stored = [{"dictionary": dictionary, "sought": one.llt_name.casefold(), **vars(one)} for one in terms]
    act.bulk(DictionaryTerm, stored, batch="dictionary")
    return ImportedDictionary(dictionary=dictionary, terms=len(terms))


@act("event.code", roles=[Role.DATA_MANAGER], during=CLEANING)
def code_event(act: Act, order: CodeEvent) -> None:
    """Code an event as it is told now, or code it anew with a reason.

    Refused: not_found, event_void, term_not_current, coded_so_already, recoding_reason_needed.
    """
    event = act.find(AdverseEvent, lock=False, id=order.event)  # it only grows: the participant's row is the lock
    find_participant(act, event.participant)
    told = max(act.rows(EventVersion, event=event.id), key=lambda row: int(row.version), default=None)
    if told is None or not told.stands:
        act.refuse("event_void", event=event.number)
    dictionary = act.find(Dictionary, lock=False, id=order.dictionary)
    term = act.find(DictionaryTerm, lock=False, dictionary=dictionary.id, llt_code=order.llt_code)
    if not term.current:
        act.refuse("term_not_current", term=term.llt_name)
    before = latest_code(act.rows(EventCode, event=event.id))
    if before is not None:
        if codes_as(before, told.verbatim, dictionary.version, term.llt_code):
            act.refuse("coded_so_already", term=term.llt_name)
        if order.reason is None:
            act.refuse("recoding_reason_needed")
    act.add(
        EventCode, id=new_id(act.entropy), event=event.id, participant=event.participant, site=event.site,
        revision=before.revision + 1 if before else 1, about=told.version, verbatim=told.verbatim,
        dictionary=dictionary.id, version=dictionary.version, llt_code=term.llt_code, llt_name=term.llt_name,
        pt_code=term.pt_code, pt_name=term.pt_name, soc_code=term.soc_code, soc_name=term.soc_name,
        reason=order.reason if before else None, coded_at=act.now, coded_by=act.actor.account,
    )  # fmt: skip


def latest_code(codes: Iterable[Any]) -> Any | None:
    """The code that counts among those of one event; None where it has none."""
    return max(codes, key=lambda row: int(row.revision), default=None)


def codes_as(code: Any, verbatim: str, version: str, llt_code: str) -> bool:
    """Whether a code says just this of these words."""
    return (code.verbatim, code.version, code.llt_code) == (verbatim, version, llt_code)


def waits(code: Any | None, verbatim: str) -> bool:
    """Whether an event with these words is still to be coded: never was, or was told otherwise when it was."""
    return code is None or code.verbatim != verbatim
