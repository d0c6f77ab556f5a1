"""A deviation in a sentence: its kind with its facts, in the reader's language."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from irt.web import texts, words

SENTENCES = {
    "visit_out_of_window": _l("%(visit)s took place on %(day)s, outside its window %(earliest)s to %(latest)s."),
    "visit_missed": _l("%(visit)s did not take place; its window was %(earliest)s to %(latest)s."),
    "visit_skipped": _l("%(visit)s was skipped; its window was %(earliest)s to %(latest)s."),
    "first_dose_late": _l("The first dose was taken on %(happened_on)s, too long after randomization."),
    "doses_missed": _l("%(number)s doses in a row were missed, from %(first)s to %(last)s."),
    "doses_too_close": _l("The dose of %(happened_on)s was closer to another one than the protocol allows."),
    "dose_not_due": _l("The dose of %(happened_on)s was not due."),
    "dose_while_held": _l("The dose of %(happened_on)s was taken while treatment was held."),
    "dose_after_stop": _l("The dose of %(happened_on)s was taken after treatment had been stopped."),
    "dose_of_expired_kit": _l("The dose of %(happened_on)s came from kit %(kit)s, which had expired."),
    "wrong_stratum": _l("Randomized in the stratum “%(used)s”; by the corrected values it is “%(stratum)s”."),
    "randomized_in_error": _l("Should not have been randomized."),
    "wrong_kit": _l("Kit %(kit)s was handed over instead of kit %(instead_of)s."),
    "kit_not_handed_over": _l("Kit %(kit)s was recorded as handed over, and was not."),
    "kit_lost": _l("Kit %(kit)s was lost."),
    "kit_damaged": _l("Kit %(kit)s was damaged."),
    "kit_elsewhere": _l("A kit was set aside for the participant at another site: %(at)s."),
    "kit_past_expiry": _l("Kit %(kit)s was still with the participant after its expiry, %(expiry)s."),
    "rescue": _l("Medication was given that changes what an outcome means."),
    "other": _l("Reported by a person."),
}
FACTS = {  # for facts that no sentence has a place for; None: said by the kind and the day already
    "visit": _l("Visit"),
    "earliest": _l("Window from"),
    "latest": _l("Window to"),
    "number": _l("Dose number"),
    "kit": _l("Kit"),
    "instead_of": _l("Instead of"),
    "expiry": _l("Expiry"),
    "at": _l("Site"),
    "reason": _l("Reason"),
    "medication": _l("Kind of medication"),
    **dict.fromkeys(("happened_on", "on", "day", "dose", "timing")),
}
PLACES = re.compile(r"%\((\w+)\)s")


def sentence(kind: str, happened_on: date, noted: Mapping[str, Any]) -> str:
    """What happened. Where a fact is missing for which the sentence has a place, the kind and all facts stand alone."""
    known = {"happened_on": happened_on, **noted}
    facts = {name: _said(name, value) for name, value in known.items()}
    template = str(SENTENCES.get(kind, ""))
    places = set(PLACES.findall(template))
    if not template or not places <= facts.keys():
        template, places = words.word(kind, "DEVIATIONS") + ".", set()
    left = [name for name in facts if name not in places and FACTS.get(name, name) is not None]
    rest = [_(" %(fact)s: %(value)s.", fact=FACTS.get(name, name), value=facts[name]) for name in left]
    return "".join([template % facts if places else template, *rest])


def _said(name: str, value: Any) -> str:
    if value is None:
        return str(_("not known"))
    if isinstance(value, list | tuple):
        return ", ".join(_said(name, one) for one in value)
    spoken = {
        "visit": texts.visit_name,
        "used": texts.stratum_words,
        "stratum": texts.stratum_words,
        "at": texts.site_name,
        "medication": texts.medication_name,
    }
    return spoken[name](str(value)) if name in spoken else str(value)
