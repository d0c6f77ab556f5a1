"""Refusal code → sentence, naming the field, the value and the remedy. Every code raised in the house stands here."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from irt.gate.refusals import Refused
from irt.web import texts, words
from irt.web.forms import Mistake, mistake

SENTENCES: dict[str, Any] = {
    # the gate
    "not_found": _l("%(what)s: there is none like this at your sites. Start again from the list."),
    "busy": _l("Other steps were under way at the same moment. Nothing was changed; send the form again."),
    "account_inactive": _l("Your account is not active. Ask the administrator."),
    "role_not_allowed": _l("Your role does not allow this step (%(act)s). Ask the trial manager."),
    "study_state": _l("The study is in the state “%(state)s”, which does not allow this step. Ask the trial manager."),
    "study_file_changed": _l(
        "The study file was changed and not yet taken in. Until the trial manager signs the amendment, nothing can be "
        "recorded."
    ),
    "request_reused": _l("This form was already used for something else. It is shown anew; check it and send it again."),
    "signature_missing": _l("Password: type it; it signs “%(meaning)s”."),
    "signature_unasked": _l("This step is not signed. Reload the page and send the form again."),
    "signature_forged": _l("The signature is not yours. Sign again with your own password."),
    "signature_for_another": _l("The signature was given for another step. Sign this one with your password."),
    "signature_stale": _l("The signature is older than %(minutes)s minutes. Sign again with your password."),
    "signature_reused": _l("The signature was already used. Sign again with your password."),
    "signature_password_wrong": _l("Password: it is not yours. Nothing was done; type it again."),
    # people
    "sign_in_wrong": _l("Login and password do not fit together. Check both and try again."),
    "sign_in_slowed": _l("There were several failed attempts. Wait %(seconds)s seconds, then try again."),
}
PLURAL: dict[str, str] = {}  # code → the fact that lists mistakes, one sentence each


def say(refusal: Refused) -> str:
    """The sentence of a refusal in the reader's language; a code without words is still named, never a value."""
    sentence = SENTENCES.get(refusal.code)
    if sentence is None:
        return _("This was refused (%(code)s). Nothing was changed. Tell the trial manager.", code=refusal.code)
    return str(sentence) % defaultdict(str, spoken(refusal.facts))


def mistakes_of(refusal: Refused) -> tuple[Mistake, ...]:
    """The single mistakes that a refusal lists; none for most."""
    return ()


def spoken(facts: Mapping[str, Any]) -> dict[str, str]:
    """Facts with their codes put into words."""
    tables = {"act": "ACTS", "what": "THINGS"}
    return {name: _fact(name, value, tables) for name, value in facts.items()}


def _fact(name: str, value: Any, tables: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_fact(name, one, tables) for one in value)
    if name in tables:
        return words.word(value, tables[name])
    if name == "visit":
        return texts.visit_name(str(value))
    return str(value)


__all__ = ["SENTENCES", "mistake", "mistakes_of", "say"]
