"""The words of adverse events: criteria, judgements, outcomes, clocks, and the fields of the form."""

from flask_babel import lazy_gettext as _l

SERIOUSNESS = {
    "death": _l("Death"),
    "life_threatening": _l("Life-threatening"),
    "hospitalisation": _l("Hospital admission, or a longer stay"),
    "disability": _l("Persistent or significant disability"),
    "congenital_anomaly": _l("Congenital anomaly or birth defect"),
    "medically_important": _l("Otherwise medically important"),
}
CAUSALITIES = {
    "unrelated": _l("Unrelated"),
    "unlikely": _l("Unlikely"),
    "possible": _l("Possible"),
    "probable": _l("Probable"),
    "definite": _l("Definite"),
}
DRUG_ACTIONS = {
    "none": _l("None"),
    "held": _l("Put on hold"),
    "withdrawn": _l("Stopped for good"),
    "not_applicable": _l("Not applicable"),
}
EVENT_OUTCOMES = {
    "recovered": _l("Recovered"),
    "recovering": _l("Recovering"),
    "not_recovered": _l("Not recovered"),
    "sequelae": _l("Recovered with sequelae"),
    "fatal": _l("Fatal"),
    "unknown": _l("Unknown"),
}
REPORTERS = {
    "participant": _l("Participant"),
    "relative": _l("Relative"),
    "physician": _l("Physician"),
    "laboratory": _l("Laboratory result"),
    "other": _l("Somebody else"),
}
EXPECTEDNESS = {
    "expected": _l("Expected: in the reference safety information"),
    "unexpected": _l("Unexpected"),
}
CLOCKS = {
    "report": _l("Report to the sponsor"),
    "opinion": _l("Sponsor's opinion"),
    "first": _l("First report"),
    "follow_up": _l("Complete report"),
}
CLOCK_STATES = {
    "due": _l("Running"),
    "overdue": _l("Overdue, not done"),
    "done": _l("In time"),
    "late": _l("Done late"),
}
TOLD_STATES = {
    "open": _l("Waits for the investigator"),
    "reported": _l("Reported as an adverse event"),
    "followed_up": _l("Told as news of an event"),
    "no_event": _l("No adverse event"),
}
SHOWN_ONLY = {  # what the list may be narrowed to
    "serious": _l("Serious"),
    "special": _l("Of special interest"),
    "to_judge": _l("Sponsor's opinion due"),
    "late": _l("Reported late"),
    "desk": _l("Handled by the safety desk"),
    "void": _l("Told by mistake"),
}
FIELDS = {
    "verbatim": _l("In the reporter's words"),
    "term": _l("Term"),
    "grade": _l("Grade"),
    "onset_on": _l("Onset"),
    "onset_at": _l("Time of onset"),
    "ended_on": _l("End"),
    "ended_at": _l("Time of end"),
    "seriousness": _l("Serious because of"),
    "causality_drug": _l("Related to the study drug"),
    "causality_procedure": _l("Related to a study procedure"),
    "action": _l("Action with the study drug"),
    "treatment": _l("Treatment given"),
    "event_outcome": _l("Outcome of the event"),
    "reporter": _l("Told by"),
    "aware_on": _l("Known at the site since"),
    "aware_at": _l("Known at the site at"),
    "serious": _l("May it be serious?"),
    "expectedness": _l("Expectedness"),
    "event": _l("Adverse event"),
}
