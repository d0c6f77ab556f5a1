"""Refusal code → sentence in the reader's language; facts are put into words, lists of mistakes into single ones."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from irt.gate.refusals import Refused
from irt.web import texts, words
from irt.web.diary_wording import diary_mistake
from irt.web.event_wording import event_mistake
from irt.web.forms import REMEDIES, Mistake, mistake
from irt.web.lab_wording import lab_mistakes
from irt.web.outcome_wording import instrument_name, outcome_mistakes
from irt.web.result_wording import import_mistakes, result_mistakes
from irt.web.sentences import SENTENCES

STATE_TABLES = {
    "participant_state": "PARTICIPANT_STATES",
    "rescreen_state": "PARTICIPANT_STATES",
    "site_inactive": "SITE_STATES",
    "site_state": "SITE_STATES",
    "shipment_state": "SHIPMENT_STATES",
    "lot_state": "LOT_STATES",
    "lot_not_released": "LOT_STATES",
    "kit_moved_on": "KIT_STATES",
    "receipt_not_correctable": "KIT_STATES",
    "quarantine_state": "QUARANTINE_STATES",
    "destruction_state": "DESTRUCTION_STATES",
    "kit_back_already": "KIT_STATES",
    "kit_cannot_come_back": "KIT_STATES",
    "disposal_state": "DISPOSAL_STATES",
    "account_state": "ACCOUNT_STATES",
    "grant_state": "GRANT_STATES",
    "grant_exists": "GRANT_STATES",
    "study_state": "STUDY_STATES",
    "change_state": "CHANGE_STATES",
    "kit_not_at_hand": "KIT_STATES",
    "told_settled": "TOLD_STATES",
    "query_state": "QUERY_STATES",
}
WORDS_OF = {"act": "ACTS", "role": "ROLES", "other": "ROLES", "missing": "MISSING", "kind": "APPROVALS"}
VALUE_REMEDIES = {
    "remove_unknown_field": _l("the study has no such value; leave it out"),
    "fill_in": _l("fill it in"),
    "write_a_number": _l("write a number in the digits 0 to 9, with a point before decimals, such as 12.5"),
    "at_least": _l("write %(limit)s or more"),
    "at_most": _l("write %(limit)s or less"),
    "in_steps_of": _l("write it in steps of %(limit)s"),
    "one_of": _l("choose one of the answers offered"),
    "leave_out_unchanged": _l("it is recorded so already; leave it out"),
    "write_a_whole_number": REMEDIES["number"],
    "write_a_year": REMEDIES["year"],
    "write_a_day": REMEDIES["day"],
    "still_held": _l("treatment is still held; leave it empty, and resume treatment where that is meant"),
    "write_a_time": _l("write the time of the day in hours and minutes, such as 08:30"),
}
VALUES_OF = {"baseline_mistakes": "values", "change_mistakes": "wanted"}  # refusals that list mistakes of such fields
FIELD_OF = {  # refusals that are about one field of the form stand beside it
    "birth_year_impossible": "birth_year",
    "identity_document_too_short": "identity_document",
    "consent_version_not_current": "consent_version",
    "consent_before_earlier": "consent_on",
    "login_taken": "login",
    "site_needed": "site",
    "site_unknown": "site",
    "not_the_assigned_kit": "kit",
    "kit_on_hold": "kit",
    "kit_to_be_relabelled": "kit",
    "medication_ends_before": "ended_on",
    "no_deviation_excludes": "per_protocol",
    "no_line_chosen": "lines",
    "kit_not_in_hand": "kit",
    "first_dose_late": "reason",
    "say_in_words": "note",
    "visit_reason_needed": "reason",
    "unscheduled_reason_needed": "reason",
    "visit_before_stop": "visited_on",
    "visit_before_screening": "visited_on",
    "kit_not_theirs": "kit",
    "kit_back_already": "kit",
    "kit_cannot_come_back": "kit",
    "returned_before_given": "returned_on",
    "kits_not_disposable": "kits",
    "kits_in_quarantine": "kits",
    "shelf_not_whole": "kits",
    "kit_not_at_depot": "kit",
    "kit_not_lost_at_depot": "kit",
    "kits_in_question": "kits",
    "kits_in_disposal": "kits",
    "packed_kits_differ": "kits",
    "relabelled_kits_differ": "kits",
    "excursion_untold": "told",
    "failed_after_noticed": "failed_on",
    "temperature_not_in_range": "temperature",
    "not_sent_back": "kits",
    "kits_not_destroyable": "kits",
    "kits_in_destruction": "kits",
    "certificate_missing": "file",
    "receipt_not_correctable": "found",
    "file_not_pdf": "file",
    "file_too_large": "file",
    "expiry_not_earlier": "expiry",
    "expiry_not_later": "expiry",
    "kit_is_theirs": "kit",
    "kit_not_at_hand": "kit",
    "kit_doses_recorded": "kit",
    "kit_counted_already": "kit",
    "kit_not_handed_over": "kit",
    "used_missing": "used",
    "used_too_many": "used",
    "used_not_asked": "used",
    "used_before_too": "used",
    "kit_damaged_already": "kit",
    "whose_code": "kit",
    "kit_of_nobody": "kit",
    "kit_of_another": "kit",
    "event_of_another": "event",
    "stop_reason_missing": "stop_reason",
    "aware_in_future": "aware_at",
    "aware_before": "aware_on",
    "pregnancy_not_theirs": "whose",
    "pregnancy_days": "last_period_on",
    "pregnancy_not_ended": "outcome",
    "event_not_theirs": "event",
    "event_without_harm": "harm",
    "withheld_known": "taken_on",
    "result_done_or_not": "not_done",
    "recoding_reason_needed": "reason",
    "signature_password_wrong": "password",
    "signature_slowed": "password",
    "unblinding_scope_differs": "scope",
    "unblinding_site_needed": "site",
    "unblinding_several_sites": "numbers",
    "signature_paper_code_wrong": "password",
    "paper_code_used": "password",
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
    if code in VALUES_OF:
        return tuple(_value_mistake(VALUES_OF[code], one) for one in _listed(facts["mistakes"]))
    if code in LISTS:
        return tuple(LISTS[code](facts))
    if code in ("date_in_future", "before_screening", "day_not_possible", "not_offered"):
        return (Mistake(str(facts["field"]), str(facts["value"]), say(refusal)),)
    return (Mistake(str(facts.get("note", FIELD_OF[code])), "", say(refusal)),) if code in FIELD_OF else ()


def _of_criteria(facts: Mapping[str, Any]) -> Iterator[Mistake]:
    for one in _listed(facts["unanswered"]):
        yield mistake(f"answers.{one}", "", _("answer yes or no"))
    for one in _listed(facts["unknown"]):
        yield mistake(f"answers.{one}", "", _("the study has no such criterion"))


def _of_manifest(facts: Mapping[str, Any]) -> Iterator[Mistake]:
    for one in _listed(facts.get("mistakes") or facts.get("findings")):
        yield Mistake("file", "", str(one))


def _of_shipment(facts: Mapping[str, Any]) -> Iterator[Mistake]:
    for one in _listed(facts["not_named"]):
        yield mistake(f"kits.{one}", "", _("say how it arrived"))
    for one in _listed(facts["not_in_box"]):
        yield mistake(f"kits.{one}", "", _("it is not in this shipment; leave it out"))


def _of_completion(facts: Mapping[str, Any]) -> Iterator[Mistake]:
    for one in _listed(facts["visits"]):
        yield Mistake(
            "form", "", _("%(visit)s: record that it took place or was skipped.", visit=texts.visit_name(one))
        )
    for one in _listed(facts["kits"]):
        yield Mistake("form", "", _("Kit %(kit)s is not back: record its return, or what became of it.", kit=one))
    for one in _listed(facts["elsewhere"]):
        said = _("Kit %(kit)s waits at another site: it is handed over there, or is not to be given.", kit=one)
        yield Mistake("form", "", said)
    for one in _listed(facts["held"]):
        yield Mistake("form", "", _("Treatment is on hold since %(day)s: resume or stop it.", day=one))


LISTS: dict[str, Callable[[Mapping[str, Any]], Iterable[Mistake]]] = {
    "criteria_mistakes": _of_criteria,
    "manifest_mistakes": _of_manifest,
    "manifest_tells": _of_manifest,
    "shipment_kits_differ": _of_shipment,
    "diary_mistakes": lambda facts: map(diary_mistake, _listed(facts["mistakes"])),
    "event_mistakes": lambda facts: map(event_mistake, _listed(facts["mistakes"])),
    "participant_not_complete": _of_completion,
    "labs_mistakes": lambda facts: lab_mistakes(facts, VALUE_REMEDIES),
    "outcomes_mistakes": lambda facts: outcome_mistakes(facts, VALUE_REMEDIES),
    "withheld_mistakes": lambda facts: lab_mistakes(facts, VALUE_REMEDIES),
    "result_mistakes": lambda facts: result_mistakes(facts, VALUE_REMEDIES),
    "import_mistakes": lambda facts: import_mistakes(facts, VALUE_REMEDIES),
}


def spoken(refusal: Refused) -> dict[str, str]:
    """The facts of a refusal with their codes put into words."""
    return {name: _fact(refusal.code, name, value) for name, value in refusal.facts.items()}


def _value_mistake(form_field: str, one: Mapping[str, str]) -> Mistake:
    name = form_field if one["field"] == form_field else f"{form_field}.{one['field']}"
    remedy = str(VALUE_REMEDIES.get(one["remedy"], VALUE_REMEDIES["one_of"])) % {"limit": one.get("limit", "")}
    return mistake(name, one["value"], remedy)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _fact(code: str, name: str, value: Any) -> str:
    if value is None:
        return str({"here": _("at another site"), "day": _("skipped")}.get(name, ""))
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
        "visits": texts.visit_name,
        "dose": words.dose,
        "known": texts.visit_name,
        "site": texts.site_name,
        "at": texts.site_name,
        "meaning": words.meaning,
        "notice": lambda kind: words.word(kind, "NOTICE_KINDS"),
        "field": words.field,
        "instrument": instrument_name,
        "fields": lambda code: texts.study_label("values", code),
        "stratum": texts.stratum_words,
        "scope": _scope,
    }
    return spoken_by[name](value) if name in spoken_by else value


def _scope(scope: str) -> str:
    return str(_("the study")) if scope == "study" else texts.site_name(scope.removeprefix("site:"))
