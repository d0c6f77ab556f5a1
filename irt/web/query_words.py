"""Words and sentences of queries, source verification, the completeness board and progress; read through `words`."""

from typing import Any

from flask_babel import lazy_gettext as _l

from irt.study import FOLLOWED_ENZYME

ACTS = {
    "query.raise": _l("Query raised"),
    "query.answer": _l("Query answered"),
    "query.ask_again": _l("Query asked again"),
    "query.close": _l("Query closed"),
    "outcomes.verify_source": _l("Compared with the source"),
}
THINGS = {"outcome_form": _l("form"), "field": _l("value"), "query": _l("query")}
FIELDS = {"query_value": _l("About"), "text": _l("Text"), "forms": _l("Forms"), "owner": _l("Answers")}
QUERY_STATES = {"open": _l("Waits for the site"), "answered": _l("Answered"), "closed": _l("Closed")}
QUERY_ORIGINS = {"check": _l("Edit check"), "data_manager": _l("Data manager"), "monitor": _l("Monitor")}
QUERY_QUESTIONS = {  # of checks that are no part of study.toml
    FOLLOWED_ENZYME: _l(
        "The muscle enzyme chosen at baseline has no value at this visit, and no other can stand for it. Is there one "
        "in the source?"
    ),
}
QUERY_LINES = {
    "raised": _l("Raised"),
    "answered": _l("Answered"),
    "asked_again": _l("Asked again"),
    "closed": _l("Closed"),
}
FORM_STANDINGS = {
    "not_yet": _l("not due yet"),
    "due": _l("due"),
    "draft": _l("begun, not finished"),
    "done": _l("recorded"),
    "not_done": _l("not performed, with a reason"),
    "missing": _l("missing"),
}
FORM_NOTES = {
    "overdue": _l("its window is over"),
    "early": _l("early"),
    "late": _l("late"),
    "outside": _l("out of its time"),
    "query": _l("query open"),
    "checked": _l("compared with the source"),
}
SENTENCES: dict[str, Any] = {
    "query_state": _l("Query %(number)s is “%(state)s”, which does not allow this step. Read what was written since."),
    "query_not_yours": _l(
        "Query %(number)s is asked again and closed by whoever raised it; that of a check by the data manager."
    ),
    "nothing_chosen": _l("Nothing is ticked. Tick the forms that you compared with their source."),
    "form_corrected_since": _l(
        "One of these forms was corrected since the page was shown. Reload it, compare what changed, and tick again."
    ),
    "source_checked": _l("%(instrument)s: it is marked as compared already. Reload the page."),
}
