"""What is wrong with a result, or with a row of a file, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from irt.outcomes.forms import keys_of
from irt.web import texts, words
from irt.web.forms import Mistake
from irt.web.wired import service

COLUMN_REMEDIES = {
    "save_anew": _l("it cannot be read; save it as CSV UTF-8 or as XLSX with one sheet, at most 5 MB"),
    "no_rows": _l("it holds no row; write one for each value"),
    "add_column": _l("the column is missing; take the heading of the template"),
    "remove_column": _l("no such column is taken, or it stands twice; remove it"),
    "plain_value": _l("it begins like a formula; write the plain value"),
    "known_number": _l("no participant has this number; write it as in the template"),
    "known_visit": _l("no sample is asked for at this visit; write one of %(limit)s"),
    "write_a_day": _l("write a day that exists as year-month-day, such as 2026-11-23"),
    "not_in_future": _l("it is after today, %(limit)s, at the site"),
    "after_screening": _l("it is before the person was screened, on %(limit)s"),
    "known_test": _l("there is no such test at this visit; write one of %(limit)s"),
    "study_unit": _l("write the value in %(limit)s"),
    "yes_or_no": _l("write yes, no, or nothing"),
    "no_below_here": _l("this test has no limit of detection; write no"),
    "one_day": _l("another row of the same sample, %(limit)s, has another day; write one day for all"),
    "stands_twice": _l("an earlier row holds this test too; keep one of them"),
    "correct_recorded": _l("it is recorded otherwise; leave the row out, and correct the result on its page"),
    "whole_result": _l("it belongs to the same sample; add its row"),
}


def result_mistakes(facts: Mapping[str, Any], remedies: Mapping[str, Any]) -> Iterator[Mistake]:
    """What is wrong with a result, each thing at its field."""
    for one in facts["mistakes"]:
        first, _dot, key = one["field"].partition(".")
        field = keys_of(service().study.instrument(one["instrument"])).get(key) if key else None
        named = texts.said(field.label) if field else key or words.field(first)
        remedy = str(remedies[one["remedy"]]) % {"limit": one.get("limit", "")}
        told = {"field": named, "value": one["value"][:80], "remedy": remedy}
        if one["value"]:
            yield Mistake(one["field"], one["value"], _("%(field)s: “%(value)s” is not accepted; %(remedy)s.", **told))
        else:
            yield Mistake(one["field"], "", _("%(field)s: %(remedy)s.", field=named, remedy=remedy))


def import_mistakes(facts: Mapping[str, Any], remedies: Mapping[str, Any]) -> Iterator[Mistake]:
    """What is wrong with a file, row by row."""
    for one in facts["mistakes"]:
        told = {"place": place_of(one), "value": one["value"], "remedy": _remedy(one, remedies)}
        yield Mistake("file", "", _("%(place)s “%(value)s”: %(remedy)s.", **told))


def place_of(one: Mapping[str, str]) -> str:
    """Where a mistake of a file stands."""
    if not one["row"]:
        return str(_("File"))
    return str(_("Row %(row)s, %(column)s", row=one["row"], column=one["column"]))


def remedy_of(one: Mapping[str, str]) -> str:
    """What is to be done about a mistake of a file."""
    from irt.web.wording import VALUE_REMEDIES

    return _remedy(one, VALUE_REMEDIES)


def _remedy(one: Mapping[str, str], remedies: Mapping[str, Any]) -> str:
    return str({**remedies, **COLUMN_REMEDIES}[one["remedy"]]) % {"limit": one.get("limit", "")}
