"""Words and sentences of outcomes as they are recorded, and of the participant's page; read through `irt.web.words`."""

from typing import Any

from flask_babel import lazy_gettext as _l

ACTS = {
    "outcomes.draft": _l("Draft of outcomes kept"),
    "outcomes.rate": _l("Outcomes rated"),
    "outcomes.record": _l("Outcomes recorded"),
    "outcomes.correct": _l("Outcome corrected"),
    "kiosk.open": _l("Page for the participant opened"),
    "kiosk.answer": _l("Answered by the participant"),
    "kiosk.close": _l("Page for the participant closed"),
}
MEANINGS = {
    "I rated this myself, without knowing the treatment": _l("I rated this myself, without knowing the treatment"),
    "I correct this record; what stood there stays": _l("I correct this record; what stood there stays"),
}
THINGS = {"instrument": _l("instrument"), "kiosk_code": _l("code")}
FIELDS = {"assessed_on": _l("Day of assessment"), "not_done": _l("Not performed")}
CHOICES = {
    "negative": _l("Negative"),
    "positive": _l("Positive"),
    "yes": _l("Yes"),
    "no": _l("No"),
    "absent": _l("Absent"),
    "improved": _l("Improved"),
    "stable": _l("Stable"),
    "worse": _l("Worse"),
    "not_done": _l("Not performed"),
    "none": _l("None"),
    "prednisone": _l("Prednisone"),
    "prednisolone": _l("Prednisolone"),
    "methylprednisolone": _l("Methylprednisolone"),
    "hydrocortisone": _l("Hydrocortisone"),
    "cortisone": _l("Cortisone"),
    "triamcinolone": _l("Triamcinolone"),
    "dexamethasone": _l("Dexamethasone"),
    "betamethasone": _l("Betamethasone"),
}
FORM_TIMINGS = {"in_window": _l("in time"), "early": _l("early"), "late": _l("late"), "outside": _l("out of its time")}
FORM_STATES = {
    "open": _l("To be recorded"),
    "draft": _l("Draft"),
    "final": _l("On record"),
    "not_done": _l("Not performed"),
}
SOURCES = {
    "rater": _l("by the rater"),
    "participant": _l("by the participant alone"),
    "transcribed": _l("from a source"),
}
SENTENCES: dict[str, Any] = {
    "outcomes_mistakes": _l("Some values are not accepted; mend those named."),
    "nothing_written": _l("Nothing is written. Fill in at least one instrument, or say why it was not done."),
    "form_recorded": _l(
        "%(instrument)s: it is recorded already. Open the visit again; what is wrong is corrected there, with a reason."
    ),
    "form_not_recorded": _l("%(instrument)s: it is not recorded yet. Record it on the sheet of its visit."),
    "form_unchanged": _l("%(instrument)s: it reads like this already. Change what is wrong, or go back."),
    "visit_not_recorded": _l("Visit: it is not recorded, or was taken back. Record the visit first."),
    "before_screening": _l(
        "%(field)s: %(value)s is before the participant was screened on %(screened_on)s. Correct the day."
    ),
    "corrected_meanwhile": _l("It was corrected meanwhile. Go back, read what stands there now, and correct that."),
    "nothing_to_answer": _l("At this visit nothing is left for the participant to answer."),
    "kiosk_code_wrong": _l("This code is not known. Please compare it, letter by letter."),
    "kiosk_slowed": _l("Too many wrong codes. Please wait %(seconds)s seconds and type it again."),
    "kiosk_answered": _l("The answers of this code are kept already. Thank you."),
    "kiosk_closed": _l("This code was closed. Please ask the team for a new one."),
    "kiosk_lapsed": _l("The time of this code is over. Please ask the team for a new one."),
    "kiosk_transcribed": _l("The team has written these answers down already. Nothing is left to do. Thank you."),
}
