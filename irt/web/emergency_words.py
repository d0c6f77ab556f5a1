"""The words of the emergency door and the safety desk."""

from flask_babel import lazy_gettext as _l

GO_ON = {"stop": _l("Stops"), "continue": _l("Continues")}
AFTER_BREAK = {
    "stopped": _l("Treatment stopped"),
    "was_over": _l("Treatment was over before"),
    "continues": _l("Treatment continues"),
}
CLOSING_PARTS = {
    "report": _l("Report"),
    "follow_up": _l("Complete report"),
}
FIELDS = {
    "break_reason": _l("Why do you need to know now?"),
    "sponsor_told": _l("Was the sponsor spoken to before?"),
    "stop_note": _l("Why it stops, in words"),
    "alone": _l("A second person"),
    "part": _l("What was handled"),
}
