"""Words around emergencies: paper codes and accidental unblinding; read through `irt.web.words`."""

from flask_babel import lazy_gettext as _l

UNBLINDING_SCOPES = {
    "participants": _l("Participants"),
    "site": _l("All of a site"),
    "lot": _l("A lot"),
    "trial": _l("The whole trial"),
}
FIELDS = {
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
