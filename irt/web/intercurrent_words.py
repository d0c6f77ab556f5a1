"""Words and sentences of intercurrent events; read through `irt.web.words`."""

from typing import Any

from flask_babel import lazy_gettext as _l

ACTS = {
    "medication.report": _l("Rescue or prohibited medication reported"),
    "medication.correct": _l("Rescue or prohibited medication corrected"),
    "intercurrent.adjudicate": _l("Intercurrent event judged"),
}
THINGS = {"interfering_medication": _l("medication"), "intercurrent_event": _l("event")}
FIELDS = {
    "drug": _l("Drug"),
    "drug_dose": _l("Dose and how often"),
    "started_on": _l("Started on"),
    "stands": _l("Was it given?"),
    "verdict": _l("To the estimand it is"),
}
VERDICTS = {
    "death": _l("Death"),
    "rescue": _l("Rescue"),
    "stop_for_adverse_event_or_lack_of_efficacy": _l("Stop for an adverse event or lack of efficacy"),
    "other": _l("Another event: what was measured counts"),
    "none": _l("No intercurrent event"),
}
INTERCURRENT_STANDINGS = {
    "to_judge": _l("To be judged"),
    "judged": _l("Judged"),
    "changed": _l("Told otherwise since it was judged"),
}
MEDICATION_STANDS = {"yes": _l("Yes"), "no": _l("No, it was recorded by mistake")}
SENTENCES: dict[str, Any] = {
    "medication_unchanged": _l("It reads like this already. Change what is wrong, or go back."),
    "medication_ends_before": _l("Ended on: %(ended_on)s is before the start, %(started_on)s. Correct one of the two."),
    "event_facts_moved": _l(
        "Something else was told of this event since the form was shown. Read what is known now, and judge that."
    ),
    "adjudicated_meanwhile": _l("The event was judged meanwhile. Read what was said, and judge anew if you must."),
}
