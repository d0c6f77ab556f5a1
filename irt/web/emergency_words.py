"""The words of the emergency door and the safety desk."""

from flask_babel import lazy_gettext as _l

GO_ON = {"stop": _l("Stops"), "continue": _l("Continues")}
AFTER_BREAK = {
    "stopped": _l("Treatment stopped"),
    "was_over": _l("Treatment was over before"),
    "continues": _l("Treatment continues"),
}
ENVELOPE_ENDS = {"returned": _l("It came back"), "destroyed": _l("It was destroyed")}
ENVELOPE_FATES = {"opened": _l("Was opened"), "returned": _l("Returned"), "destroyed": _l("Destroyed")}
CLOSING_PARTS = {
    "report": _l("Report"),
    "follow_up": _l("Complete report"),
}
UNBLINDING_SCOPES = {
    "participants": _l("Participants"),
    "site": _l("All of a site"),
    "lot": _l("A lot"),
    "trial": _l("The whole trial"),
}
FIELDS = {
    "opened_by": _l("Who opened it?"),
    "break_reason": _l("Why do you need to know now?"),
    "sponsor_told": _l("Was the sponsor spoken to before?"),
    "stop_note": _l("Why it stops, in words"),
    "alone": _l("A second person"),
    "part": _l("What was handled"),
    "code": _l("Paper code"),
    "unblinding": _l("Report"),
    "scope": _l("Of whom"),
    "numbers": _l("Participants"),
    "learned_on": _l("Day on which it was learned"),
    "learned_at": _l("Time"),
    "who": _l("Who learned it"),
    "how": _l("How it happened"),
    "done": _l("What was done"),
    "impact": _l("Impact"),
    "corrective": _l("Corrective action"),
    "revision": _l("Assessment"),
}
