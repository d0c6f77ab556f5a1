"""Words and sentences of the safety laboratory, of coding and of the safety views; read through `irt.web.words`."""

from typing import Any

from flask_babel import lazy_gettext as _l

ACTS = {
    "labs.record": _l("Laboratory values recorded"),
    "labs.correct": _l("Laboratory values corrected"),
    "labs.dismiss": _l("Suggested adverse event dismissed"),
    "withheld_labs.record": _l("Withheld laboratory value recorded"),
    "withheld_labs.correct": _l("Withheld laboratory value corrected"),
    "meddra.import": _l("Dictionary of terms imported"),
    "event.code": _l("Adverse event coded"),
}
THINGS = {
    "lab_sample": _l("sample"),
    "withheld_lab_value": _l("laboratory value"),
    "dictionary": _l("dictionary"),
    "dictionary_term": _l("term"),
    "adverse_event": _l("adverse event"),
}
FIELDS = {
    "upper": _l("Upper limit of normal"),
    "lower": _l("Lower limit of normal"),
    "sample": _l("Sample"),
    "llt_code": _l("Term"),
    "term": _l("Term"),
    "grade": _l("Grade"),
    "serious": _l("Serious"),
}
LAB_STANDINGS = {
    "waiting": _l("Waits for a word"),
    "worse": _l("Worse than reported"),
    "confirmed": _l("Reported as an adverse event"),
    "dismissed": _l("Dismissed"),
}
LAB_WHY = {
    "copied": _l("Copied wrongly"),
    "unit": _l("Wrong unit"),
    "mixed_up": _l("Another sample or person"),
    "laboratory": _l("Corrected by the laboratory"),
    "not_measured": _l("It was not measured"),
}
DICTIONARY_LANGUAGES = {"en": _l("English"), "zh": _l("Chinese")}
CODINGS = {"waits": _l("To be coded"), "coded": _l("Coded"), "changed": _l("Told otherwise since")}
SENTENCES: dict[str, Any] = {
    "labs_mistakes": _l("Laboratory values: some are not accepted; mend those named."),
    "labs_known": _l("Sample %(sample)s of %(day)s holds these values already. Nothing is to be done."),
    "labs_unchanged": _l("Sample %(sample)s reads like this already. Change what is wrong, or go back."),
    "labs_taken_back": _l("Sample %(sample)s was taken back. Record a new one."),
    "nothing_suggested": _l("Of sample %(sample)s nothing like this is suggested any more. Look at the page again."),
    "withheld_mistakes": _l("Laboratory value: it is not accepted; mend what is named."),
    "withheld_known": _l("Day: there is a value of %(day)s already. Correct that one."),
    "withheld_unchanged": _l("It reads like this already. Change what is wrong, or go back."),
    "dictionary_known": _l("This language of release %(version)s is imported already. Nothing is to be done."),
    "dictionary_mistakes": _l("The dictionary was not imported:%(mistakes)s"),
    "event_void": _l("Event %(event)s was told by mistake. It is not coded."),
    "term_not_current": _l("“%(term)s” is kept for old data only. Choose a current term."),
    "coded_so_already": _l("The event is coded as “%(term)s” already. Nothing is to be done."),
    "recoding_reason_needed": _l("Reason: the event was coded before. Write why it is coded anew."),
}
