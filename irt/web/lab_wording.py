"""The safety laboratory in words: tests and terms by their names, and what is wrong with a sample."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from irt.web import texts
from irt.web.forms import Mistake
from irt.web.lab_words import FIELDS
from irt.web.wired import service

REMEDIES = {"above_lower": _l("write more than the lower limit, %(limit)s")}


def test_name(test: str) -> str:
    """A test of the laboratory in the reader's language; one that the study no longer has by its code."""
    found = service().study.laboratory_test(test)
    return texts.said(found.label) if found else test


def term_name(term: str | None) -> str:
    """A term of the study's list in the reader's language; any other by its own words."""
    return next((texts.said(one.term) for one in service().study.adverse_event_terms if one.id == term), term or "")


def lab_mistakes(facts: Mapping[str, Any], remedies: Mapping[str, Any]) -> Iterator[Mistake]:
    """What is wrong with a sample, each thing at its field."""
    for one in facts["mistakes"]:
        part, _dot, test = one["field"].partition(".")
        label = str(FIELDS[part]) if part in FIELDS else ""
        named = " · ".join(filter(None, (test_name(test) if test else "", label))) or str(_("Values"))
        remedy = str({**remedies, **REMEDIES}[one["remedy"]]) % {"limit": one.get("limit", "")}
        if one["value"]:
            told = {"field": named, "value": one["value"][:80], "remedy": remedy}
            said = _("%(field)s: “%(value)s” is not accepted; %(remedy)s.", **told)
        else:
            said = _("%(field)s: %(remedy)s.", field=named, remedy=remedy)
        yield Mistake(one["field"], one["value"], said)
