"""Why something about notices or special reports was refused, and what to do instead."""

from typing import Any

from flask_babel import lazy_gettext as _l

NOTICES: dict[str, Any] = {
    "notice_acknowledged": _l("You have acknowledged this notice already. Nothing is to be done."),
    "notice_not_yours": _l("%(notice)s: no role of yours is told of this. Open the page of your notices again."),
    "notice_urgent": _l("%(notice)s: this notice is urgent and always goes by mail. Leave it on."),
}
SPECIAL_REPORTS: dict[str, Any] = {
    "aware_in_future": _l("Time at which the site knew of it: it has not come yet. Write when the site first knew."),
    "aware_before": _l("Day on which the site knew of it: it is before the day on which it happened. Check both."),
    "pregnancy_not_theirs": _l(
        "Who is pregnant: the participant is recorded as male. Say that it is the partner, or ask for a change of the "
        "recorded sex."
    ),
    "pregnancy_days": _l("Delivery or outcome is not after the last menstrual period. Check these days."),
    "pregnancy_not_ended": _l(
        "A pregnancy that is ongoing or unknown has no day of its outcome, and no child yet. Leave these empty, or say "
        "how it ended."
    ),
    "event_not_theirs": _l("Adverse event that came of it: it is not one of this participant's. Choose another."),
    "event_without_harm": _l("Harm: no harm is said, yet an adverse event is named. Say yes, or leave the event out."),
}
