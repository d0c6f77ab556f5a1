"""Names within the snapshot, and texts in the two languages: what questions and answers must agree on."""

import re

import odmlib.odm_1_3_2.model as o

from irt.study import Study, Words

VERSION = "MDV.1"
CENTRAL = "LOC.CENTRAL"
SCREENING, LOG = "SE.SCREENING", "SE.LOG"
# Tables that are kept as a log: one group of items, repeated for each row.
LOGS = (
    "participants", "allocations", "visits", "doses", "holds", "dispensing", "accountability", "medications",
    "adverse_events", "safety_laboratory", "intercurrent_events", "deviations", "special_reports", "unblinding_log",
)  # fmt: skip
ASSESSED, STATE = "assessed_on", "state"  # of a form, beside its values
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def study_oid(study: Study) -> str:
    """The study's OID."""
    return f"ST.{study.id}"


def plain(text: str) -> str:
    """A text with what XML cannot hold replaced, never dropped silently."""
    return _NOT_XML.sub("\ufffd", text)


def both(words: Words) -> list[o.TranslatedText]:
    """A text in English and in Chinese."""
    return [o.TranslatedText(_content=words.en, lang="en"), o.TranslatedText(_content=words.zh, lang="zh")]


def described(words: Words) -> o.Description:
    """A description in both languages."""
    made = o.Description()
    made.TranslatedText.extend(both(words))
    return made


def user_oid(account: str) -> str:
    """The OID of an account."""
    return f"USR.{account or 'system'}"


def place_oid(site: str) -> str:
    """The OID of a site; of no site, the trial's centre."""
    return f"LOC.{site}" if site else CENTRAL
