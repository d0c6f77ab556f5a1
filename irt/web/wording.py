"""Refusal code → sentence in the reader's language; facts are put into words, lists of mistakes into single ones."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from irt.gate.refusals import Refused
from irt.web import texts, words
from irt.web.forms import Mistake, mistake
from irt.web.sentences import SENTENCES

STATE_TABLES = {
    "participant_state": "PARTICIPANT_STATES",
    "rescreen_state": "PARTICIPANT_STATES",
    "site_inactive": "SITE_STATES",
    "site_state": "SITE_STATES",
    "shipment_state": "SHIPMENT_STATES",
    "account_state": "ACCOUNT_STATES",
    "grant_state": "GRANT_STATES",
    "grant_exists": "GRANT_STATES",
    "study_state": "STUDY_STATES",
    "kit_not_at_hand": "KIT_STATES",
}
WORDS_OF = {"act": "ACTS", "role": "ROLES", "other": "ROLES", "missing": "MISSING", "kind": "APPROVALS"}
BASELINE_REMEDIES = {
    "remove_unknown_field": _l("the study has no such value; leave it out"),
    "fill_in": _l("fill it in"),
    "write_a_number": _l("write a number in the digits 0 to 9, with a point before decimals, such as 12.5"),
    "at_least": _l("write %(limit)s or more"),
    "at_most": _l("write %(limit)s or less"),
    "in_steps_of": _l("write it in steps of %(limit)s"),
    "one_of": _l("choose one of the answers offered"),
    "leave_out_unchanged": _l("it is recorded so already; leave it out"),
}
FIELD_OF = {  # refusals that are about one field of the form stand beside it
    "birth_year_impossible": "birth_year",
    "identity_document_too_short": "identity_document",
    "consent_version_not_current": "consent_version",
    "consent_before_earlier": "consent_on",
    "login_taken": "login",
    "site_needed": "site",
    "site_unknown": "site",
    "not_the_assigned_kit": "kit",
    "kit_is_theirs": "kit",
    "kit_not_at_hand": "kit",
    "kit_doses_recorded": "kit",
    "kit_counted_already": "kit",
    "kit_not_handed_over": "kit",
    "used_missing": "used",
    "used_too_many": "used",
    "signature_password_wrong": "password",
    "signature_slowed": "password",
}


def say(refusal: Refused) -> str:
    """The sentence of a refusal; a code without words is still named, its facts never."""
    sentence = SENTENCES.get(refusal.code)
    if sentence is None:
        unknown = _("This was refused (%(code)s). Nothing was changed. Tell the trial manager.", code=refusal.code)
        return str(unknown)
    return str(sentence) % defaultdict(str, spoken(refusal))


def mistakes_of(refusal: Refused) -> tuple[Mistake, ...]:
    """The single mistakes that a refusal lists, each at its field; none for most refusals."""
    code, facts = refusal.code, refusal.facts
    if code == "baseline_mistakes":
        return tuple(_baseline_mistake(one) for one in _listed(facts["mistakes"]))
    if code == "criteria_mistakes":
        return tuple(
            mistake(f"answers.{one}", "", _("answer yes or no")) for one in _listed(facts["unanswered"])
        ) + tuple(
            mistake(f"answers.{one}", "", _("the study has no such criterion")) for one in _listed(facts["unknown"])
        )
    if code in ("manifest_mistakes", "manifest_tells"):
        return tuple(Mistake("file", "", str(one)) for one in _listed(facts.get("mistakes") or facts.get("findings")))
    if code == "shipment_kits_differ":
        return tuple(
            mistake(f"kits.{one}", "", _("say how it arrived")) for one in _listed(facts["not_named"])
        ) + tuple(
            mistake(f"kits.{one}", "", _("it is not in this shipment; leave it out"))
            for one in _listed(facts["not_in_box"])
        )
    if code == "date_in_future":
        return (Mistake(str(facts["field"]), str(facts["value"]), say(refusal)),)
    return (Mistake(FIELD_OF[code], "", say(refusal)),) if code in FIELD_OF else ()


def spoken(refusal: Refused) -> dict[str, str]:
    """The facts of a refusal with their codes put into words."""
    return {name: _fact(refusal.code, name, value) for name, value in refusal.facts.items()}


def _baseline_mistake(one: Mapping[str, str]) -> Mistake:
    name = "values" if one["field"] == "values" else f"values.{one['field']}"
    remedy = str(BASELINE_REMEDIES.get(one["remedy"], BASELINE_REMEDIES["one_of"])) % {"limit": one.get("limit", "")}
    return mistake(name, one["value"], remedy)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _fact(code: str, name: str, value: Any) -> str:
    if value is None:
        return _("at another site") if name == "here" else ""
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_fact(code, name, one) for one in value)
    if name in ("state", "wanted", "needed", "next"):
        return words.word(value, STATE_TABLES.get(code, "STUDY_STATES"))
    if name == "what":
        return words.word(value, "THINGS" if code == "not_found" else "WHAT")
    if name in WORDS_OF:
        return words.word(value, WORDS_OF[name])
    return _named(name, str(value))


def _named(name: str, value: str) -> str:
    spoken_by = {
        "visit": texts.visit_name,
        "known": texts.visit_name,
        "site": texts.site_name,
        "meaning": words.meaning,
        "field": words.field,
        "fields": lambda code: texts.study_label("values", code),
        "stratum": texts.stratum_words,
        "scope": _scope,
    }
    return spoken_by[name](value) if name in spoken_by else value


def _scope(scope: str) -> str:
    return str(_("the study")) if scope == "study" else texts.site_name(scope.removeprefix("site:"))
